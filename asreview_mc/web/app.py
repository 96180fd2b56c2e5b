"""The application: every route in its place, every error answered in the caller's way."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit

from fastapi import FastAPI, HTTPException, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse
from fastapi.staticfiles import StaticFiles

from asreview_mc.core.errors import (
    AsreviewMCError,
    DecisionError,
    LogError,
    OutputError,
    ProjectError,
    ProtocolError,
    ReadError,
    UnknownError,
)
from asreview_mc.core.version import __version__
from asreview_mc.project.workshop import Workshop
from asreview_mc.web.guard import Guard
from asreview_mc.web.house import House, Settings, Shop
from asreview_mc.web.pages import page, told
from asreview_mc.web.routes import (
    api,
    conflicts,
    duplicates,
    extraction,
    fulltext,
    overview,
    owner,
    records,
    screen,
    signin,
    topics,
)
from asreview_mc.web.who import NotSignedInError

ROUTES = (signin, overview, screen, records, conflicts, fulltext, duplicates, topics, extraction, owner, api)
UPLOADS = ("/full-text/file", "/owner/add")
_STATUS: tuple[tuple[type[AsreviewMCError], int], ...] = (
    (UnknownError, 404),
    (DecisionError, 409),
    (ProtocolError, 422),
    (ReadError, 422),
    (OutputError, 422),
    (ProjectError, 503),
    (LogError, 503),
)


def create_app(
    folder: Path, settings: Settings | None = None, *, open_shop: Callable[[Path], Shop] = Workshop
) -> FastAPI:
    """Return the page of the review in `folder` as an ASGI application.

    Parameters
    ----------
    settings : Settings or None
        ``None`` for one person at this machine.
    open_shop : callable
        Makes what does the slow work; a process each unless told otherwise.

    Raises
    ------
    ProjectError
        If there is no review in the folder.
    """
    chosen = settings or Settings()
    house = House(folder, chosen, open_shop)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        house.workshop.ask("overview", reviewer="")  # so that the first page finds the process there
        yield
        await house.close()

    app = FastAPI(
        title="asreview-mc",
        version=__version__,
        description="Everything a reviewer does on the page, for scripts. Send `Authorization: Bearer TOKEN`.",
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/openapi.json",
    )
    app.state.house = house
    app.add_middleware(Guard, hosts=chosen.hosts, uploads=UPLOADS, secure=chosen.secure)
    app.mount("/static", StaticFiles(packages=[("asreview_mc.web", "static")]), name="static")
    for module in ROUTES:
        app.include_router(module.router)
    app.add_exception_handler(AsreviewMCError, _ours)
    app.add_exception_handler(NotSignedInError, _not_signed_in)
    app.add_exception_handler(HTTPException, _refused)
    app.add_exception_handler(404, _refused)
    app.add_exception_handler(405, _refused)
    app.add_exception_handler(RequestValidationError, _unreadable)
    return app


def _for_script(request: Request) -> bool:
    return request.url.path.startswith("/api/")


async def _ours(request: Request, error: Exception) -> Response:
    """Answer a user's error in one line, by its kind."""
    if not isinstance(error, AsreviewMCError):
        raise error
    status = next((status for kind, status in _STATUS if isinstance(error, kind)), 422)
    if _for_script(request):
        return JSONResponse({"error": str(error), "kind": type(error).__name__}, status)
    return page(request, None, "error.html.jinja", status, status=status, message=told(error), before=_before(request))


def _before(request: Request) -> str:
    """Return the page of ours that led here, empty where there is none."""
    came_from = urlsplit(request.headers.get("referer", ""))
    same = came_from.netloc == request.url.netloc and came_from.path.startswith("/")
    return came_from._replace(scheme="", netloc="", fragment="").geturl() if same else ""


async def _not_signed_in(request: Request, error: Exception) -> Response:
    if _for_script(request):
        return JSONResponse(
            {"error": "nobody is signed in", "kind": "NotSignedInError"}, 401, {"WWW-Authenticate": "Bearer"}
        )
    return RedirectResponse("/sign-in", 303)


async def _refused(request: Request, error: Exception) -> Response:
    status = getattr(error, "status_code", 500)
    detail = str(getattr(error, "detail", "")) or "refused"
    headers = getattr(error, "headers", None)
    if _for_script(request):
        return JSONResponse({"error": detail, "kind": "Refused"}, status, headers)
    answer = page(request, None, "error.html.jinja", status, status=status, message=detail)
    answer.headers.update(headers or {})
    return answer


async def _unreadable(request: Request, error: Exception) -> Response:
    told = error.errors() if isinstance(error, RequestValidationError) else []
    said = "; ".join(f"{'.'.join(map(str, one['loc'][1:]))}: {one['msg']}" for one in told)
    if _for_script(request):
        return JSONResponse({"error": said, "kind": "Unreadable"}, 422)
    return page(request, None, "error.html.jinja", 422, status=422, message=said)
