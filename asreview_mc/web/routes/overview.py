"""Where the review stands: the flow, agreement, each one's share, and the log."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from asreview_mc.core.event import EVENTS
from asreview_mc.project import audit, finding
from asreview_mc.project.review import Review
from asreview_mc.web.guard import PICTURE_POLICY
from asreview_mc.web.pages import page
from asreview_mc.web.who import Anybody, Rooms

router = APIRouter(include_in_schema=False)
EVENTS_SHOWN = 200


@router.get("/")
async def overview(request: Request, who: Anybody, house: Rooms) -> Response:
    """Show where the review stands."""

    def look(review: Review) -> tuple[dict[str, object], int, finding.Pace | None]:
        paced = finding.pace(review, "abstract", who.name) if who.decides else None
        return audit.status(review), len(review.state.unblinded), paced

    status, unblinded, pace = await house.reading.run(look)
    return page(request, who, "overview.html.jinja", now=status, unblinded=unblinded, pace=pace)


@router.get("/agreement")
async def agreement(request: Request, who: Anybody, house: Rooms) -> Response:
    """Show agreement in numbers and over time."""
    return page(request, who, "agreement.html.jinja", stages=await house.job("agreement", viewer=who.name))


@router.get("/pictures/{name}.svg")
async def drawn(name: str, who: Anybody, house: Rooms) -> Response:
    """Return a figure of the review as it is now."""
    svg = await house.job("picture", figure=name)
    return Response(svg, media_type="image/svg+xml", headers={"Content-Security-Policy": PICTURE_POLICY})


@router.get("/log")
async def log(
    request: Request,
    who: Anybody,
    house: Rooms,
    record: Annotated[str, Query(max_length=20)] = "",
    kind: Annotated[str, Query(max_length=40)] = "",
    reviewer: Annotated[str, Query(max_length=200)] = "",
) -> Response:
    """Show the last events, as far as who asks may see them."""
    events = await house.reading.run(
        lambda review: audit.events(review, who.name, record_id=record, reviewer=reviewer, kind=kind)
    )
    return page(
        request,
        who,
        "log.html.jinja",
        events=events[: -EVENTS_SHOWN - 1 : -1],
        found=len(events),
        record=record,
        kind=kind,
        reviewer=reviewer,
        kinds=EVENTS,
        people=(await house.protocol()).names,
    )
