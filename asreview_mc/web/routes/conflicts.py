"""Conflicts: what each reviewer said side by side, and how they are settled."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from fastapi import APIRouter, Request
from fastapi.responses import Response

from asreview_mc.core.event import Logged
from asreview_mc.core.protocol import Stage
from asreview_mc.project import consent
from asreview_mc.project import screen as screening
from asreview_mc.project.review import Review
from asreview_mc.project.screen import stage_named
from asreview_mc.web.pages import back, page, view
from asreview_mc.web.who import Anybody, Rooms, Settler, form_of, texts_of

router = APIRouter(include_in_schema=False)
SHOWN = 20


@router.get("/conflicts")
async def conflicts(
    request: Request, who: Anybody, house: Rooms, stage: Literal["abstract", "fulltext"] = "abstract"
) -> Response:
    """Show the open conflicts of a stage."""

    def look(review: Review) -> tuple[int, list[dict[str, Any]]]:
        found = screening.conflicts(review, stage)
        words = {"for": review.protocol.keywords_include, "against": review.protocol.keywords_exclude}
        for one in found[:SHOWN]:
            one["record"] = view(review.records[one["record_id"]], words=words)
            one["proposals"] = consent.proposals(review.state, stage, one["record_id"])
        return len(found), found[:SHOWN]

    n, shown = await house.reading.run(look)
    protocol = await house.protocol()
    labels = {one.code: one.text for one in protocol.exclusion} | {one.code: one.label for one in protocol.reasons}
    return page(
        request, who, "conflicts.html.jinja", stage=stage, conflicts=shown, found=n, protocol=protocol, labels=labels
    )


@router.post("/conflicts/{record_id}")
async def settle(request: Request, record_id: str, who: Settler, house: Rooms) -> Response:
    """Say how a conflict is to be settled, for oneself; alone at this machine also for those who sit beside."""
    form = await form_of(request)
    said = texts_of(form)
    stage = stage_named(said.get("stage", "abstract"))
    together = [str(name) for name in form.getlist("with")] if not house.settings.team else []
    note = said.get("note", "").strip()
    if said.get("answer") == "discuss":
        await house.desk.run(lambda desk: screening.discuss(desk.review, record_id, note, who.name, stage=stage))
        return back(f"/conflicts?stage={stage}#{record_id}")

    def answer(review: Review) -> Logged:
        return _settle(review, stage, record_id, said, note, who.name, together)

    logged = await house.desk.run(lambda desk: answer(desk.review))
    done = "is settled" if consent.was_settled(logged) else "waits for the others to say the same"
    return back(f"/conflicts?stage={stage}", f"{record_id} {done}.")


def _settle(
    review: Review, stage: Stage, record_id: str, said: dict[str, str], note: str, who: str, together: Sequence[str]
) -> Logged:
    decision = said.get("answer", "")
    reason = said.get("reason", "") if decision == "exclude" else ""
    if together:
        return screening.settle(review, record_id, decision, [who, *together], stage=stage, reason=reason, note=note)
    return consent.propose(review, record_id, decision, who, stage=stage, reason=reason, note=note)
