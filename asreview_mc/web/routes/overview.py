"""Where the review stands: the flow, agreement, each one's share, and the log."""

from __future__ import annotations

import secrets
from typing import Annotated, Literal

from fastapi import APIRouter, HTTPException, Query, Request
from fastapi.responses import Response

from asreview_mc.core.event import EVENTS
from asreview_mc.project import audit, looks, stopping
from asreview_mc.project.screen import stage_named
from asreview_mc.web.guard import PICTURE_POLICY
from asreview_mc.web.pages import back, page
from asreview_mc.web.who import Anybody, Leader, Rooms, Screener, form_of, texts_of

router = APIRouter(include_in_schema=False)
EVENTS_SHOWN = 200
Named = Literal["abstract", "fulltext"]


@router.get("/")
async def overview(request: Request, who: Anybody, house: Rooms) -> Response:
    """Show where the review stands."""
    found = await house.job("overview", reviewer=who.name if who.decides else "")
    return page(request, who, "overview.html.jinja", **found)


@router.get("/stopping")
async def stopping_rules(request: Request, who: Anybody, house: Rooms, stage: Named = "abstract") -> Response:
    """Show what the chosen rule said when somebody last asked; to show the page is no look."""
    last = await house.reading.run(lambda review: looks.last_look(review, stage))
    return page(request, who, "stopping.html.jinja", stage=stage, last=last, now=None)


@router.post("/stopping")
async def look_now(request: Request, who: Screener, house: Rooms) -> Response:
    """Ask every rule, and log that somebody did."""
    stage = stage_named(texts_of(await form_of(request)).get("stage", "abstract"))
    now = await house.job("look", stage=stage, by=who.name)
    last = await house.reading.run(lambda review: looks.last_look(review, stage))
    return page(request, who, "stopping.html.jinja", stage=stage, last=last, now=now)


@router.post("/stopping/sample")
async def sample(request: Request, who: Leader, house: Rooms) -> Response:
    """Draw unread records: at random, for the audit of what is left or as the control of the ranking, or alike."""
    said = texts_of(await form_of(request))
    stage, n = stage_named(said.get("stage", "abstract")), said.get("n", "")
    if said.get("purpose") == stopping.SECOND_LOOK:
        await house.job("second_look", stage=stage, by=who.name)
        return back(f"/stopping?stage={stage}", "A second look is drawn; its records come between the ranked ones.")
    if not n.isdecimal():
        raise HTTPException(422, f"{n[:20]!r} is no number")
    purpose = stopping.CONTROL if said.get("purpose") == stopping.CONTROL else stopping.AUDIT
    seed = secrets.randbelow(2**31)
    await house.desk.run(
        lambda desk: stopping.draw(desk.review, stage, int(n[:7]), by=who.name, seed=seed, purpose=purpose)
    )
    return back(f"/stopping?stage={stage}", f"{n} unread records are drawn; they come between the ranked ones.")


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
