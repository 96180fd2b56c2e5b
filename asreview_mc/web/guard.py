"""What every request passes before anything else sees it: host, origin, size; and the headers every answer carries."""

from __future__ import annotations

from collections.abc import Collection
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'"
)
PICTURE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"
FILE_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; object-src 'self'; frame-ancestors 'none'; base-uri 'none'"
)
LARGEST_BODY = 1 << 20
LARGEST_UPLOAD = 200 << 20
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class Guard:
    """Refuses requests meant for another host, sent from another site, or too large.

    Parameters
    ----------
    hosts : collection of str
        Names, without port, under which this server is reached; any other was set by somebody who rebinds names.
    uploads : collection of str
        Paths that take files; all others take `LARGEST_BODY` at most.
    secure : bool
        Whether browsers reach it by TLS alone.
    """

    def __init__(self, app: ASGIApp, hosts: Collection[str], uploads: Collection[str], *, secure: bool) -> None:
        self._app = app
        self._hosts = frozenset(name.lower() for name in hosts)
        self._uploads = tuple(uploads)
        self._secure = secure

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or answer why not."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        refused = self._refusal(scope, headers)
        if refused:
            status, why = refused
            await PlainTextResponse(f"{why}\n", status)(scope, receive, self._with_headers(send))
            return
        most = LARGEST_UPLOAD if scope["path"].startswith(self._uploads) else LARGEST_BODY
        await self._app(scope, _limited(receive, most), self._with_headers(send))

    def _refusal(self, scope: Scope, headers: Headers) -> tuple[int, str] | None:
        host = headers.get("host", "")
        if _bare(host) not in self._hosts:
            return 421, "This server is not known by that name; give it with --name."
        if scope["method"] in SAFE:
            return None
        origin, site = headers.get("origin"), headers.get("sec-fetch-site", "none")
        if origin is not None and urlsplit(origin).netloc.lower() != host.lower():
            return 403, "This was sent from another site."
        if site not in ("same-origin", "none"):
            return 403, "This was sent from another site."
        length = headers.get("content-length", "0")
        most = LARGEST_UPLOAD if scope["path"].startswith(self._uploads) else LARGEST_BODY
        if not length.isdecimal() or int(length) > most:
            return 413, f"At most {most:,} bytes can be taken in here."
        return None

    def _with_headers(self, send: Send) -> Send:
        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.setdefault("Content-Security-Policy", PAGE_POLICY)
                headers["X-Content-Type-Options"] = "nosniff"
                headers["Referrer-Policy"] = "same-origin"
                headers["Cross-Origin-Opener-Policy"] = "same-origin"
                headers["Cross-Origin-Resource-Policy"] = "same-origin"
                headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()"
                headers.setdefault("Cache-Control", "no-store")
                if self._secure:
                    headers["Strict-Transport-Security"] = "max-age=31536000"
            await send(message)

        return sending


def _bare(host: str) -> str:
    """Return a Host header without its port, in lower case."""
    try:
        return (urlsplit(f"//{host}").hostname or "").lower()
    except ValueError:
        return ""


def _limited(receive: Receive, most: int) -> Receive:
    """Cut a body that is longer than it said, as one sent in chunks may be."""
    seen = 0

    async def receiving() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > most:
            return {"type": "http.disconnect"}
        return message

    return receiving
