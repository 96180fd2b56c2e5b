"""Doubtful duplicates: two records side by side with their differences marked, one or two works."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from asreview_mc.core.record import Record
from asreview_mc.project import stages
from asreview_mc.project.review import Review
from asreview_mc.web.pages import back, page
from asreview_mc.web.who import Rooms, Screener, form_of, texts_of
from asreview_mc.web.words import compared

router = APIRouter(include_in_schema=False)
SHOWN = 10
_FIELDS = ("title", "authors", "year", "journal", "volume", "issue", "pages", "doi", "publication_type", "abstract")


@router.get("/duplicates")
async def pairs(request: Request, who: Screener, house: Rooms) -> Response:
    """Show the pairs that wait for a person."""
    doubts = await house.job("doubts")

    def look(review: Review) -> list[dict[str, Any]]:
        records = review.records
        return [
            doubt | {"fields": _side_by_side(records[doubt["record_id"]], records[doubt["other"]])}
            for doubt in doubts[:SHOWN]
        ]

    return page(request, who, "duplicates.html.jinja", pairs=await house.reading.run(look), found=len(doubts))


@router.post("/duplicates")
async def judge(request: Request, who: Screener, house: Rooms) -> Response:
    """Log what a person made of a pair."""
    said = texts_of(await form_of(request))
    record_id, other, same = said.get("record_id", ""), said.get("other", ""), said.get("answer") == "same"
    note = said.get("note", "")[:2000]
    if said.get("answer") == "study":
        await house.desk.run(lambda desk: stages.link(desk.review, other, [record_id], who.name, note=note))
        return back("/duplicates", f"{record_id} and {other}: two reports of one study.")
    await house.job("judge", record_id=record_id, other=other, same=same, by=who.name, note=note)
    return back("/duplicates", f"{record_id} and {other}: {'one work' if same else 'two works'}.")


def _side_by_side(one: Record, other: Record) -> list[dict[str, Any]]:
    rows = []
    for name in _FIELDS:
        first, second = _text(one, name), _text(other, name)
        if first or second:
            left, right = compared(first, second)
            rows.append({"name": name.replace("_", " "), "left": left, "right": right, "same": first == second})
    return rows


def _text(record: Record, name: str) -> str:
    value = getattr(record, name)
    return "; ".join(value) if isinstance(value, tuple) else str(value or "")
