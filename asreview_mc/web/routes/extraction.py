"""Data extraction and appraisal: the form beside the text, filled in blind, compared once both are in."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from starlette.datastructures import FormData

from asreview_mc.core.errors import DecisionError
from asreview_mc.core.protocol import SEVERAL
from asreview_mc.project import form_desk
from asreview_mc.project.review import Review
from asreview_mc.web.pages import back, page, told, view
from asreview_mc.web.who import Caller, Rooms, Screener, Settler, form_of, texts_of

router = APIRouter(include_in_schema=False)
FORM_NAMES = {"extraction": "Data extraction"}
Name = Annotated[str, Query(max_length=100)]


@router.get("/extraction")
async def extraction(request: Request, who: Settler, house: Rooms, form: Name = "", record: Name = "") -> Response:
    """Show a form for one included record, or the list of them."""
    return await _shown(request, who, house, form, record)


async def _shown(
    request: Request,
    who: Caller,
    house: Rooms,
    form: str,
    record_id: str,
    *,
    sent: FormData | None = None,
    problem: str = "",
) -> Response:
    """Return the page; what was `sent` and refused stands in the form again, with the `problem` above it."""
    known = form_desk.forms(await house.protocol())
    name = form or (known[0] if known else "")

    def look(review: Review) -> dict[str, Any]:
        if not name:
            return {"papers": [], "record": None, "fields": [], "base": 0}
        papers = form_desk.papers(review, name, who.name)
        record = view(review.whole_record(record_id)) if record_id else None
        return {
            "papers": papers,
            "record": record,
            "fields": form_desk.sheet(review, record_id, name, who.name) if record else [],
            "base": form_desk.base(review, record_id, name, who.name) if record else 0,
            "pdf": bool(record and _kept(review, record_id)),
        }

    shown = await house.reading.run(look)
    for field in shown["fields"]:
        field["shown"] = _typed(field, sent)
    return page(
        request,
        who,
        "extraction.html.jinja",
        409 if problem else 200,
        form=name,
        forms=known,
        form_names=FORM_NAMES,
        problem=problem,
        **shown,
    )


def _kept(review: Review, record_id: str) -> str:
    logged = review.state.retrievals.get(record_id)
    return str(getattr(logged.event, "file", "")) if logged else ""


def _typed(field: dict[str, Any], sent: FormData | None) -> list[str]:
    """Return what the inputs of a field hold: what was sent, or what was given, or what is suggested."""
    if sent is not None:
        return [str(value) for value in sent.getlist(f"field.{field['code']}")]
    value = field["own"] if field["own"] is not None else field["suggested"]
    if value is None:
        return []
    return [str(one) for one in value] if isinstance(value, list) else [str(value)]


@router.post("/extraction/{record_id}")
async def keep(request: Request, record_id: str, who: Screener, house: Rooms) -> Response:
    """Keep what an extractor filled in, as their own."""
    sent = await form_of(request)
    said = texts_of(sent)
    form, since, note = said.get("form", "")[:100], said.get("base", ""), said.get("note", "").strip()[:5000]
    fields = {one.code: one for one in (await house.protocol()).form(form)}
    values = {
        code: [str(one) for one in sent.getlist(f"field.{code}")]
        if field.type in SEVERAL and field.choices
        else said.get(f"field.{code}", "")
        for code, field in fields.items()
        if f"here.{code}" in said
    }
    base = int(since[:16]) if since.isdecimal() else None

    try:
        await house.desk.run(
            lambda desk: form_desk.keep(desk.review, record_id, values, who.name, form=form, note=note, since=base)
        )
    except DecisionError as error:
        return await _shown(request, who, house, form, record_id, sent=sent, problem=told(error))
    return back(f"/extraction?form={form}&record={record_id}", f"The form of {record_id} is kept.")


@router.post("/extraction/{record_id}/agree")
async def agree(request: Request, record_id: str, who: Settler, house: Rooms) -> Response:
    """End differences; alone at this machine also for those who sit beside."""
    sent = await form_of(request)
    said = texts_of(sent)
    form, note = said.get("form", "")[:100], said.get("note", "").strip()[:5000]
    together = [str(name) for name in sent.getlist("with")] if not house.settings.team else []
    of = {name.removeprefix("of."): value for name, value in said.items() if name.startswith("of.") and value}
    try:
        await house.desk.run(
            lambda desk: form_desk.agree(desk.review, record_id, of, who.name, form=form, together=together, note=note)
        )
    except DecisionError as error:
        return await _shown(request, who, house, form, record_id, problem=told(error))
    return back(f"/extraction?form={form}&record={record_id}#differences", f"{record_id}: the differences are noted.")
