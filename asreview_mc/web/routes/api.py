"""For scripts, the page's own among them: records to screen, decisions, conflicts, search, log and status as JSON."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, ConfigDict, Field

from asreview_mc.core.protocol import Protocol
from asreview_mc.core.record import Record
from asreview_mc.project import audit, consent, finding, screen, team
from asreview_mc.project.desk import Desk, Place
from asreview_mc.web.pages import Preferences, fragment, view
from asreview_mc.web.who import Anybody, Caller, Rooms, Screener, Settler

router = APIRouter(prefix="/api", tags=["api"])
Stage = Literal["abstract", "fulltext"]
RecordId = Annotated[str, Field(pattern=r"^r[0-9]{6,9}$")]
Event = Annotated[int, Field(ge=0, le=2**53)]


class _Said(BaseModel):
    model_config = ConfigDict(extra="forbid")


class DecisionSaid(_Said):
    """A decision. `base` is what the offer said: sent again with it, a decision is taken in once."""

    record_id: RecordId
    decision: Literal["include", "exclude", "maybe"]
    stage: Stage = "abstract"
    reason: str = Field("", max_length=100)
    note: str = Field("", max_length=10_000)
    base: Event | None = None
    seconds: float | None = Field(None, ge=0, le=86_400, allow_inf_nan=False)


class UndoSaid(_Said):
    """What to take back: the last decision, or the one on a record, the event `base`."""

    stage: Stage = "abstract"
    record_id: RecordId | Literal[""] = ""
    base: Event | None = None


class PostponeSaid(_Said):
    """A record to put behind all others."""

    record_id: RecordId
    stage: Stage = "abstract"


class TagSaid(_Said):
    """A tag of the caller's own to put on a record, or to take off."""

    record_id: RecordId
    tag: str = Field(min_length=1, max_length=200)
    remove: bool = False


class ProposalSaid(_Said):
    """How the caller would settle a conflict; it is settled once all who must agree have said the same."""

    record_id: RecordId
    decision: Literal["include", "exclude"]
    stage: Stage = "abstract"
    reason: str = Field("", max_length=100)
    note: str = Field("", max_length=10_000)


@router.get("/me")
async def me(who: Anybody) -> dict[str, Any]:
    """Say who the caller is."""
    return {"name": who.name, "role": who.role, "decides": who.decides, "leads": who.leads}


@router.get("/next")
async def next_records(
    who: Screener,
    house: Rooms,
    stage: Stage = "abstract",
    n: Annotated[int, Query(ge=0, le=5)] = 2,
    besides: Annotated[str, Query(max_length=2000)] = "",
) -> dict[str, Any]:
    """Return the next records to decide on, leaving out the ids in `besides`, separated by commas."""
    return await offers(house, who, stage, n, besides.split(","))


async def offers(house: Rooms, who: Caller, stage: Stage, n: int, besides: list[str]) -> dict[str, Any]:
    """Return the next records and how far the caller is."""

    def look(desk: Desk) -> tuple[list[tuple[Place, Record, list[str]]], dict[str, Any], Protocol]:
        places = desk.places(stage, who.name, n, besides=besides)
        progress = desk.progress(stage, who.name)
        told = {"decided": progress.decided, "left": progress.left, "stale": progress.stale}
        return [seen(desk, one, who) for one in places], told, desk.review.state.protocol

    await house.first_order(who.name)
    found, progress, protocol = await house.desk.run(look)
    if progress["stale"] is None:
        house.orders.want(who.name)
    preferences = Preferences.of(house, who)
    return {
        "offers": [offer(*one, protocol, preferences) for one in found],
        "progress": progress
        | {
            "reading": house.encoded or house.ranking.done_of,
            "trouble": house.orders.trouble or house.vectors.trouble,
        },
    }


def seen(desk: Desk, place: Place, who: Caller) -> tuple[Place, Record, list[str]]:
    """Return a place with its record and the caller's own tags on it."""
    tags = finding.tags_of(desk.review, place.record_id, who.name)
    return place, desk.review.whole_record(place.record_id), tags


def offer(
    place: Place, record: Record, tags: list[str], protocol: Protocol, preferences: Preferences
) -> dict[str, Any]:
    """Return a record as it is put before a reviewer; rank, score and why only where the protocol shows them."""
    shown = view(record, words=preferences.words(protocol), hidden=preferences.hidden)
    plain = {"record_id": place.record_id, "base": place.base, "title": record.title, "tags": tags}
    if protocol.show_scores:
        plain |= {"rank": place.shown.rank, "score": place.shown.score, "why": place.why}
    return plain | {"html": fragment("record.html.jinja", one=shown, place=plain)}


@router.post("/decisions")
async def decide(said: DecisionSaid, who: Screener, house: Rooms) -> dict[str, Any]:
    """Take in one decision; answered once it is on disk."""
    answer = await house.desk.run(
        lambda desk: desk.decide(
            said.record_id,
            said.decision,
            who.name,
            stage=said.stage,
            reason=said.reason,
            note=said.note,
            base=said.base,
            seconds=said.seconds,
        )
    )
    house.after_decision(who.name)
    return {"seq": answer.logged.seq, "record_id": said.record_id, "repeated": answer.repeated}


@router.post("/undo")
async def undo(said: UndoSaid, who: Screener, house: Rooms) -> dict[str, Any]:
    """Take back a decision of the caller; its record is offered next."""
    answer = await house.desk.run(lambda desk: desk.undo(said.stage, who.name, said.record_id, said.base))
    house.after_decision(who.name)
    return {"seq": answer.logged.seq, "record_id": answer.logged.event.about, "repeated": answer.repeated}


@router.post("/postpone")
async def postpone(said: PostponeSaid, who: Screener, house: Rooms) -> dict[str, Any]:
    """Put a record behind all others of the caller."""
    await house.desk.run(lambda desk: desk.postpone(said.stage, who.name, said.record_id))
    return {"record_id": said.record_id}


@router.post("/tags")
async def tag(said: TagSaid, who: Anybody, house: Rooms) -> dict[str, Any]:
    """Put a tag of the caller's own on a record, or take it off; return those that are on it now."""

    def put(desk: Desk) -> list[str]:
        kept = desk.review.state.kept(said.record_id)
        team.tag(desk.review, kept, said.tag, who.name, remove=said.remove)
        return finding.tags_of(desk.review, kept, who.name)

    return {"record_id": said.record_id, "tags": await house.desk.run(put)}


@router.get("/tags")
async def tags(
    who: Anybody,
    house: Rooms,
    tag: Annotated[str, Query(max_length=200)] = "",
    reviewer: Annotated[str, Query(max_length=200)] = "",
) -> dict[str, Any]:
    """Return the tagged records, with the tags that the caller may see."""
    return {"records": await house.reading.run(lambda review: team.tags(review, who.name, tag=tag, reviewer=reviewer))}


@router.get("/records/{record_id}")
async def record(record_id: Annotated[RecordId, Path()], who: Anybody, house: Rooms) -> dict[str, Any]:
    """Return a record with the decisions on it that the caller may see."""

    def look(desk: Desk) -> dict[str, Any]:
        state = desk.review.state
        kept = state.kept(desk.review.record(record_id).record_id)
        decisions = {
            stage: [
                {"reviewer": one.reviewer, "decision": one.decision, "reason": one.reason, "note": one.note}
                for one in state.visible(stage, kept, who.name)
            ]
            for stage in ("abstract", "fulltext")
        }
        return {"record": desk.review.whole_record(kept).to_dict(), "decisions": decisions}

    return await house.desk.run(look)


@router.get("/search")
async def search(
    who: Anybody,
    house: Rooms,
    q: Annotated[str, Query(max_length=500)],
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> dict[str, Any]:
    """Return the records that hold every word of `q`."""
    found = await house.reading.run(lambda review: finding.search(review, q, limit=limit))
    return {"records": [{"record_id": one.record_id, "title": one.title, "year": one.year} for one in found]}


@router.get("/conflicts")
async def conflicts(who: Anybody, house: Rooms, stage: Stage = "abstract") -> dict[str, Any]:
    """Return the open conflicts of a stage."""
    return {"conflicts": await house.reading.run(lambda review: screen.conflicts(review, stage))}


@router.post("/settlements")
async def propose(said: ProposalSaid, who: Settler, house: Rooms) -> dict[str, Any]:
    """Say how the caller would settle a conflict."""
    logged = await house.desk.run(
        lambda desk: consent.propose(
            desk.review,
            said.record_id,
            said.decision,
            who.name,
            stage=said.stage,
            reason=said.reason,
            note=said.note,
        )
    )
    return {"seq": logged.seq, "record_id": said.record_id, "settled": consent.was_settled(logged)}


@router.get("/status")
async def status(who: Anybody, house: Rooms) -> dict[str, Any]:
    """Return where the review stands."""
    return await house.reading.run(audit.status)


@router.get("/events")
async def events(
    who: Anybody,
    house: Rooms,
    record_id: RecordId | Literal[""] = "",
    reviewer: Annotated[str, Query(max_length=200)] = "",
    kind: Annotated[str, Query(max_length=100)] = "",
) -> dict[str, Any]:
    """Return the log, as far as the caller may see it."""
    return {
        "events": await house.reading.run(
            lambda review: audit.events(review, who.name, record_id=record_id, reviewer=reviewer, kind=kind)
        )
    }
