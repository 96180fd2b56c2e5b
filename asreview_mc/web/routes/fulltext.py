"""Full texts: which are sought, retrieved or not to be had, the copies kept, and the way to judge each."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import FileResponse, Response
from starlette.datastructures import UploadFile

from asreview_mc.core.errors import ReadError
from asreview_mc.core.event import Retrieval
from asreview_mc.project import fulltexts, stages
from asreview_mc.project.review import Review
from asreview_mc.web.guard import FILE_POLICY
from asreview_mc.web.pages import back, page
from asreview_mc.web.who import Anybody, Rooms, Screener, form_of, texts_of
from asreview_mc.web.words import words_of

router = APIRouter(include_in_schema=False)
LARGEST_PDF = 100 << 20
_CHUNK = 1 << 20


@router.get("/full-text")
async def listed(request: Request, who: Anybody, house: Rooms) -> Response:
    """List the reports that have passed title and abstract."""

    def look(review: Review) -> list[dict[str, Any]]:
        state, records = review.state, review.records
        rows = []
        for record_id in state.eligible("fulltext"):
            logged = state.retrievals.get(record_id)
            kept = logged.event if logged and isinstance(logged.event, Retrieval) else None
            own = [one for one in state.visible("fulltext", record_id, who.name) if one.reviewer == who.name]
            rows.append(
                {
                    "record": records[record_id],
                    "status": state.retrieval_status(record_id),
                    "retrieval": kept,
                    "there": bool(kept and kept.file and (review.folder / kept.file).is_file()),
                    "own": own[-1] if own else None,
                    "together": stages.reports(review, record_id),
                    "doi": quote(records[record_id].doi, safe="/:;()<>._-"),
                }
            )
        return rows

    rows = await house.reading.run(look)
    return page(request, who, "fulltext.html.jinja", rows=rows, routes=("open access", "library", "authors", "other"))


@router.post("/full-text/status/{record_id}")
async def note_status(request: Request, record_id: str, who: Screener, house: Rooms) -> Response:
    """Note whether a report is to be had."""
    said = texts_of(await form_of(request))
    status, note, route = said.get("status", ""), said.get("note", "")[:2000], said.get("route", "")[:100]
    await house.desk.run(
        lambda desk: fulltexts.retrieve(desk.review, record_id, status, by=who.name, note=note, route=route)
    )
    return back("/full-text", f"{record_id}: {status}.")


@router.post("/full-text/study/{record_id}")
async def link(request: Request, record_id: str, who: Screener, house: Rooms) -> Response:
    """Note that records report the same study, or that they do not after all."""
    said = texts_of(await form_of(request))
    others, apart = list(words_of(said.get("records", "").replace(" ", ","))), said.get("answer") == "apart"
    note = said.get("note", "")[:2000]
    await house.desk.run(lambda desk: stages.link(desk.review, record_id, others, who.name, note=note, apart=apart))
    told = "are not of one study" if apart else "report one study"
    return back(f"/full-text#{record_id}", f"{record_id} and {', '.join(others)} {told}.")


@router.post("/full-text/file/{record_id}")
async def attach(request: Request, record_id: str, who: Screener, house: Rooms) -> Response:
    """Keep a PDF in the project."""
    form = await form_of(request)
    file = form.get("file")
    if not isinstance(file, UploadFile) or not file.filename:
        raise HTTPException(422, "no file was chosen")
    route = texts_of(form).get("route", "")[:100]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "report.pdf"
        await _save(file, path)
        await house.desk.run(
            lambda desk: fulltexts.retrieve(desk.review, record_id, "retrieved", by=who.name, route=route, file=path)
        )
    return back("/full-text", f"The full text of {record_id} is kept in the project.")


@router.get("/full-text/file/{record_id}")
async def show(record_id: str, who: Anybody, house: Rooms) -> Response:
    """Return a kept full text, which may run and load nothing."""

    def look(review: Review) -> str:
        logged = review.state.retrievals.get(review.record(record_id).record_id)
        return logged.event.file if logged and isinstance(logged.event, Retrieval) else ""

    kept = await house.reading.run(look)
    folder = (house.folder / fulltexts.FULL_TEXTS).resolve()
    path = (house.folder / kept).resolve()
    if not kept or path.parent != folder or not path.is_file():
        raise HTTPException(404, f"no full text of {record_id} is kept")
    headers = {"Content-Security-Policy": FILE_POLICY, "Content-Disposition": f'inline; filename="{path.name}"'}
    return FileResponse(path, media_type="application/pdf", headers=headers)


async def _save(file: UploadFile, path: Path) -> None:
    """Write an upload that is a PDF and not too large.

    Raises
    ------
    ReadError
        If it is not.
    """
    size = 0
    with path.open("wb") as out:
        while chunk := await file.read(_CHUNK):
            if not size and not chunk[:1024].lstrip().startswith(b"%PDF-"):
                raise ReadError("this is no PDF", where=file.filename, remedy="Attach the report as PDF")
            size += len(chunk)
            if size > LARGEST_PDF:
                raise ReadError(f"this is larger than {LARGEST_PDF >> 20} MiB", where=file.filename)
            await asyncio.to_thread(out.write, chunk)
    if not size:
        raise ReadError("this file is empty", where=file.filename)
