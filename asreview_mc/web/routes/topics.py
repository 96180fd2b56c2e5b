"""Sub-topics: what the model suggests, its evidence marked in the abstract, one key to confirm or reject each."""

from __future__ import annotations

from functools import partial
from typing import Any, Literal

from fastapi import APIRouter, Request
from fastapi.responses import Response

from asreview_mc.project.review import Review
from asreview_mc.project.synthesise import is_done, ordered, settle_topics, topic_conflicts
from asreview_mc.web.pages import back, page, view
from asreview_mc.web.who import Rooms, Screener, Settler, form_of, texts_of

router = APIRouter(include_in_schema=False)
Order = Literal["reading", "surest", "teaching"]
ORDERS = {"reading": "as read", "surest": "surest first", "teaching": "what teaches most first"}


@router.get("/topics")
async def topics(request: Request, who: Screener, house: Rooms, record: str = "", order: Order = "reading") -> Response:
    """Show one included record with its suggestions, the first that waits for this coder unless one is named."""
    protocol = await house.protocol()
    rows = ordered(await house.job("suggestions", viewer=who.name), order) if protocol.cards else []
    waiting = [row for row in rows if not is_done(row)]
    named = next((row for row in rows if row["record_id"] == record), None)
    chosen = named or next(iter(waiting), None)
    labels = {card.code: card.label for card in protocol.cards}

    def look(row: dict[str, Any], review: Review) -> dict[str, Any]:
        evidence = {labels[one["code"]]: one["evidence"] for one in row["suggested"]}
        return view(review.records[row["record_id"]], evidence=evidence)

    return page(
        request,
        who,
        "topics.html.jinja",
        rows=rows,
        chosen=chosen,
        record=await house.reading.run(partial(look, chosen)) if chosen else None,
        cards=protocol.cards,
        suggested={one["code"]: one for one in chosen["suggested"]} if chosen else {},
        waiting=len(waiting),
        order=order,
        orders=ORDERS,
        differ=len(await house.reading.run(topic_conflicts)),
    )


@router.get("/topics/conflicts")
async def conflicts(request: Request, who: Settler, house: Rooms) -> Response:
    """Show the papers whose coders differ, what each gave beside the text."""

    def look(review: Review) -> list[dict[str, Any]]:
        return [one | {"record": view(review.records[one["record_id"]])} for one in topic_conflicts(review)]

    protocol = await house.protocol()
    return page(
        request, who, "topic-conflicts.html.jinja", conflicts=await house.reading.run(look), cards=protocol.cards
    )


@router.post("/topics/conflicts/{record_id}")
async def settle(request: Request, record_id: str, who: Settler, house: Rooms) -> Response:
    """Settle what coders differ on; alone at this machine also for those who sit beside."""
    form = await form_of(request)
    together = [str(name) for name in form.getlist("with")] if not house.settings.team else []
    codes = [str(code) for code in form.getlist("code")]
    said = texts_of(form)
    note, base = said.get("note", "").strip()[:5000], said.get("base", "")
    since = int(base[:12]) if base.isdecimal() else 0
    by = [who.name, *together]
    await house.desk.run(lambda desk: settle_topics(desk.review, record_id, codes, by, note=note, since=since))
    return back("/topics/conflicts", f"{record_id} is settled.")


@router.post("/topics/{record_id}")
async def confirm(request: Request, record_id: str, who: Screener, house: Rooms) -> Response:
    """Confirm exactly the sub-topics that are ticked."""
    form = await form_of(request)
    said = texts_of(form)
    ticked = [str(code) for code in form.getlist("code")]
    codes = [card.code for card in (await house.protocol()).cards]
    rest = [code for code in codes if code not in ticked]
    blind = said.get("blind") == "yes"
    await house.job("confirm", record_id=record_id, reviewer=who.name, add=ticked, remove=rest, blind=blind)
    order = said.get("order", "")
    return back(f"/topics?order={order}" if order in ORDERS else "/topics", f"{record_id} is confirmed.")
