"""Screening: one record at a time, the criteria beside it; and what a reviewer sets for themselves."""

from __future__ import annotations

from typing import Any, Literal

from fastapi import APIRouter, Request
from fastapi.responses import Response

from asreview_mc.project import finding, looks
from asreview_mc.project.desk import Desk
from asreview_mc.project.review import Review
from asreview_mc.web.pages import HIDEABLE, Preferences, back, page
from asreview_mc.web.routes.api import offer, offers, seen
from asreview_mc.web.who import Anybody, Rooms, Screener, form_of, texts_of

router = APIRouter(include_in_schema=False)


@router.get("/screen")
async def screen(
    request: Request,
    who: Screener,
    house: Rooms,
    record: str = "",
    stage: Literal["abstract", "fulltext"] = "abstract",
    how: Literal["searched", "named"] = "named",
) -> Response:
    """Show the next record, or the one asked for by name."""
    preferences = Preferences.of(house, who)
    named, standing = [], None
    if record:

        def look(desk: Desk) -> tuple[dict[str, Any], dict[str, str] | None]:
            state = desk.review.state
            kept = state.kept(desk.review.record(record).record_id)
            place = desk.place(stage, who.name, kept, how)
            own = [one for one in state.visible(stage, kept, who.name) if one.reviewer == who.name]
            said = {"decision": own[-1].decision, "reason": own[-1].reason, "note": own[-1].note} if own else None
            return offer(*seen(desk, place, who), state.protocol, preferences), said

        named_offer, standing = await house.desk.run(look)
        named = [named_offer]
    following = await offers(house, who, stage, 2, [record])

    def beside(review: Review) -> tuple[finding.Pace, dict[str, Any], list[str], bool]:
        tags, closed = finding.tags_in_use(review, who.name), bool(review.state.closed(stage))
        return finding.pace(review, stage, who.name), looks.last_look(review, stage), tags, closed

    pace, stopping, tags, closed = await house.reading.run(beside)
    return page(
        request,
        who,
        "screen.html.jinja",
        stage=stage,
        offers=[*named, *following["offers"]],
        named=bool(named),
        standing=standing,
        progress=following["progress"],
        closed=closed,
        pace=pace,
        stopping=stopping,
        tags=tags,
        protocol=await house.protocol(),
        preferences=preferences,
        hideable=HIDEABLE,
    )


@router.post("/preferences")
async def prefer(request: Request, who: Anybody, house: Rooms) -> Response:
    """Keep what somebody sets for themselves."""
    form = texts_of(await form_of(request))
    house.accounts.prefer(who.name, Preferences.typed(form).plain())
    return back("/screen?stage=fulltext" if form.get("stage") == "fulltext" else "/screen", "Your settings are kept.")
