"""The owner's page: files, protocol, people, work, blinding, the end of a stage, backups; and everybody's exports."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Query, Request
from fastapi.responses import FileResponse, Response
from starlette.background import BackgroundTask
from starlette.datastructures import FormData, UploadFile

from asreview_mc.core.protocol import STAGES
from asreview_mc.project import audit, drafts, gather, stages, team
from asreview_mc.project.review import Review
from asreview_mc.project.screen import stage_named
from asreview_mc.web.pages import back, page
from asreview_mc.web.who import Anybody, Caller, Leader, Rooms, form_of, texts_of
from asreview_mc.web.words import words_of

router = APIRouter(include_in_schema=False)
EXPORTS = ("ris", "csv", "json", "html")
_CHUNK = 1 << 20


@router.get("/owner")
async def owner(request: Request, who: Leader, house: Rooms) -> Response:
    """Show everything that an owner sets."""
    return await _owner(request, who, house)


async def _owner(request: Request, who: Caller, house: Rooms, **more: Any) -> Response:  # noqa: ANN401
    def look(review: Review) -> dict[str, Any]:
        state = review.state
        return {
            "readings": [logged.event for logged in state.readings],
            "draft": drafts.draft_text(review),
            "draft_note": review.draft_note(),
            "status": audit.status(review),
            "shares": {stage: team.shares(review, stage) for stage in STAGES},
            "calibration": team.calibration(review, "abstract"),
            "unblinded": state.unblinded,
            "frozen": state.frozen,
        }

    shown = await house.reading.run(look)
    protocol = await house.protocol()
    people = [
        {"name": one.name, "role": one.role, "left": one.left, "joined": house.accounts.has_password(one.name)}
        for one in protocol.reviewers
    ]
    backups = sorted((house.folder / "backups").glob("*.db"), reverse=True)
    values = {"routes": gather.ROUTES, "people": people, "protocol": protocol, "invitation": None, **shown, **more}
    return page(request, who, "owner.html.jinja", backups=[path.name for path in backups[:5]], **values)


@router.post("/owner/add")
async def add(request: Request, who: Leader, house: Rooms) -> Response:
    """Read reference files into the review, then merge the certain duplicates."""
    form = await form_of(request)
    said = texts_of(form)
    told = {name: said.get(name, "").strip() for name in ("source", "searched", "query")}
    told |= {"via": said.get("via", "database"), "by": who.name}
    with tempfile.TemporaryDirectory() as folder:
        paths = await _saved(form, Path(folder))
        added = await house.job("add", paths=paths, told=told)
    remarks = await house.reading.run(lambda review: gather.remarks(review, added))
    merged = await house.job("dedup", by=who.name)
    n = sum(event.read for event in added)
    doubtful = f"{merged['merged']} duplicates merged, {merged['to_review']} doubtful pairs"
    return back("/owner#files", " ".join([f"{n} records read; {doubtful}.", *(f"{remark}." for remark in remarks)]))


async def _saved(form: FormData, folder: Path) -> list[Path]:
    paths: list[Path] = []
    for number, file in enumerate(form.getlist("files")):
        if isinstance(file, UploadFile) and file.filename:
            place = folder / str(number)
            place.mkdir()
            name = PurePosixPath(file.filename.replace("\\", "/")).name[-100:]
            if name in ("", ".", ".."):
                raise HTTPException(422, "a file without a name")
            paths.append(place / name)
            with paths[-1].open("wb") as out:
                while chunk := await file.read(_CHUNK):
                    await asyncio.to_thread(out.write, chunk)
    if not paths:
        raise HTTPException(422, "no file was chosen")
    return paths


@router.post("/owner/protocol")
async def protocol(request: Request, who: Leader, house: Rooms) -> Response:
    """Keep the draft, and accept it where a reason is given."""
    said = texts_of(await form_of(request))
    text, reason = said.get("text", "").replace("\r\n", "\n"), said.get("reason", "").strip()

    def change(review: Review) -> None:
        drafts.save_draft(review, text)
        if reason:
            review.accept_protocol(who.name, reason)

    await house.desk.run(lambda desk: change(desk.review))
    return back("/owner#protocol", "The protocol holds from now on." if reason else "The draft is kept.")


@router.post("/owner/invite")
async def invite(request: Request, who: Leader, house: Rooms) -> Response:
    """Make an invitation, shown once."""
    name = (await house.protocol()).reviewer(texts_of(await form_of(request)).get("name", "")).name
    token = await asyncio.to_thread(house.accounts.invite, name)
    invitation = {"name": name, "link": f"{house.settings.address}/join/{token}"}
    return await _owner(request, who, house, invitation=invitation)


@router.post("/owner/team")
async def lead(request: Request, who: Leader, house: Rooms) -> Response:
    """Share out, calibrate, lift or restore the blinding, close or open a stage, freeze or thaw the included set."""
    form = await form_of(request)
    said, people = texts_of(form), [str(name) for name in form.getlist("people")]
    stage, reason = stage_named(said.get("stage", "abstract")), said.get("reason", "").strip()
    number = said.get("n", "").strip()
    if number and not number.isdecimal():
        raise HTTPException(422, f"{number!r} is no number")
    n, giver = int(number[:7]) if number else None, said.get("from", "")
    named = list(words_of(said.get("records", "").replace(" ", ",")))

    def act(review: Review) -> str:
        verbs: dict[str, Callable[[], object]] = {
            "assign": lambda: team.assign(review, who.name, people, stage=stage, record_ids=named, n=n, note=reason),
            "withdraw": lambda: team.withdraw(review, who.name, giver, named, stage=stage, note=reason),
            "hand on": lambda: team.hand_on(review, who.name, giver, to=people, stage=stage, note=reason),
            "calibrate": lambda: team.calibrate(review, who.name, n=n or team.CALIBRATION, stage=stage),
            "unblind": lambda: team.unblind(review, who.name, reason, sees=people),
            "blind": lambda: team.unblind(review, who.name, reason, sees=people, end=True),
            "close": lambda: stages.close(review, stage, who.name, reason=reason),
            "reopen": lambda: stages.reopen(review, stage, who.name, reason),
            "freeze": lambda: stages.freeze(review, who.name, reason=reason),
            "thaw": lambda: stages.thaw(review, who.name, reason),
        }
        verb = said.get("verb", "")
        if verb not in verbs:
            raise HTTPException(422, f"no such step: {verb[:40]!r}")
        verbs[verb]()
        return verb

    done = await house.desk.run(lambda desk: act(desk.review))
    house.orders.want(who.name)
    return back("/owner#team", f"Done: {done}.")


@router.post("/owner/backup")
async def backup(who: Leader, house: Rooms) -> Response:
    """Write a backup into the review's folder; it holds pending decisions, so that no browser gets it."""
    name = datetime.now(UTC).strftime("review-%Y%m%d-%H%M%S.db")
    await house.job("backup", file=name)
    return back("/owner#backup", f"backups/{name} is written.")


@router.get("/export")
async def export(
    who: Anybody,
    house: Rooms,
    kind: Annotated[str, Query(alias="format", max_length=10)] = "csv",
    what: Annotated[str, Query(pattern="^[a-z]{1,20}$")] = "included",
) -> Response:
    """Return records with their decisions, or the report, as far as who asks may see them."""
    if kind not in EXPORTS:
        raise HTTPException(422, f"no export is called {kind[:10]!r}")
    folder = tempfile.TemporaryDirectory()
    path = Path(folder.name) / (f"report.{kind}" if kind == "html" else f"{what}.{kind}")
    try:
        if kind == "html":
            await house.job("report", path=path, viewer=who.name)
        else:
            await house.job("export", path=path, what=what, viewer=who.name)
    except BaseException:
        folder.cleanup()
        raise
    return FileResponse(
        path, filename=path.name, media_type="application/octet-stream", background=BackgroundTask(folder.cleanup)
    )


@router.get("/account")
async def account(request: Request, who: Anybody, house: Rooms) -> Response:
    """Show one's tokens for scripts."""
    return page(request, who, "account.html.jinja", tokens=house.accounts.tokens(who.name), token=None)


@router.post("/account/token")
async def token(request: Request, who: Anybody, house: Rooms) -> Response:
    """Make a token, shown once, or end one."""
    said, made = texts_of(await form_of(request)), None
    place = said.get("end", "")
    if place.isdecimal():
        house.accounts.end_token(who.name, int(place[:4]))
    else:
        made = house.accounts.new_token(who.name, said.get("label", "").strip() or "script")
    return page(request, who, "account.html.jinja", tokens=house.accounts.tokens(who.name), token=made)
