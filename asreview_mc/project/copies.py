"""Two laptops and no server: a copy for one reviewer that holds nobody else's decisions, and its way home."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from asreview_mc.core.errors import DecisionError, LogError, OutputError
from asreview_mc.core.event import (
    CheckedOut,
    CopyBegun,
    CopyMerged,
    Decided,
    Event,
    Logged,
    SampleDrawn,
    Undone,
    Withheld,
)
from asreview_mc.core.protocol import STAGES, Stage
from asreview_mc.project.agreement import measure_full_batches
from asreview_mc.project.checks import check_decider, check_open
from asreview_mc.project.review import Review
from asreview_mc.review.state import State
from asreview_mc.review.team import TRAVELS
from asreview_mc.store.backup import put_in_place


@dataclass(frozen=True, slots=True)
class Home:
    """What came of a merge: whose copy it was and how many events it brought, which is none the second time."""

    reviewer: str
    copy: str
    events_added: int


def checkout(review: Review, reviewer: str, path: Path, *, by: str = "") -> Logged:
    """Write a copy of the review for one reviewer to a file, which `Review.open` opens like a folder.

    It holds all records, what stood for them, and of all decisions only the reviewer's own.

    Raises
    ------
    UnknownError
        If somebody named is unknown.
    DecisionError
        If the reviewer does not decide on records, or this is a copy itself.
    OutputError
        If the file exists or cannot be written.
    """
    if path.exists():
        raise OutputError("exists already", where=str(path), remedy="Choose another name")
    part = path.with_name(f".{uuid.uuid4().hex}.part")
    try:
        with review.transaction():
            state = review.state
            check_decider(state.protocol, reviewer)
            if by:
                state.protocol.reviewer(by)
            events = review.log.events()
            name = uuid.uuid4().hex
            (logged,) = review.append(CheckedOut(reviewer, name, state.head, by))
            begun = CopyBegun(reviewer, name, state.head, _stands(state), _elsewhere(state, reviewer))
            carried = [(one.at, _carried(state, one, reviewer)) for one in events]
            review.log.write_copy(part, [*carried, (logged.at, begun)])
            put_in_place(part, path)
    except (OSError, LogError) as error:
        if isinstance(error, LogError) and error.where != str(part):
            raise
        raise OutputError("cannot be written", where=str(path), remedy="Choose a folder that is writable") from None
    finally:
        part.unlink(missing_ok=True)
    return logged


def _carried(state: State, logged: Logged, reviewer: str) -> Event:
    travels = state.may_travel(logged, reviewer) and state.may_see(logged, reviewer)
    if travels or isinstance(logged.event, SampleDrawn):  # else a copy offers none of it and learns from its control
        return logged.event
    return Withheld(logged.event.kind)


def _stands(state: State) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for stage in STAGES:
        verdicts = ((record_id, state.verdict(stage, record_id)) for record_id in state.eligible(stage))
        found[stage] = {
            record_id: f"{verdict.outcome}: {verdict.reason}" if verdict.reason else verdict.outcome
            for record_id, verdict in verdicts
            if verdict.outcome in ("include", "exclude")
        }
    return found


def _elsewhere(state: State, reviewer: str) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for stage in STAGES:
        own = set(state.queue(stage, reviewer))
        found[stage] = tuple(
            record_id
            for record_id in state.eligible(stage)
            if state.verdict(stage, record_id).outcome in ("pending", "conflict")
            and record_id not in own
            and reviewer not in state.deciders(stage, record_id)
        )
    return found


def merge(review: Review, path: Path, *, by: str = "") -> Home:
    """Bring a copy home: its new events are appended with the time and the name they have there.

    Raises
    ------
    LogError
        If the copy is damaged, or holds what is not its reviewer's own work.
    DecisionError
        If it did not leave this review, is forked from one merged before, or a stage was closed meanwhile.
    """
    review.check_at_home()
    with Review.open(path) as other:
        found = other.log.verify()
        if not found.ok or other.copy is None:
            raise LogError(f"the copy is damaged: {found.problem}", where=str(path), remedy="Ask for it again")
        begun, events = other.copy, other.log.events()
    with review.transaction():
        if by:
            review.protocol.reviewer(by)
        left = _left(review, begun, events, path)
        own, known = events[left.seq :], _known(review, begun.copy)
        _check_not_forked(review, begun, own, known, path)
        new = own[len(known) :]
        if not new:
            return Home(begun.reviewer, begun.copy, 0)
        places = {there.seq: here.seq for there, here in zip(own, known, strict=False)}
        places |= {one.seq: review.state.seq + k for k, one in enumerate(new, start=1)}
        for one in new:
            _check_own(review, one, begun.reviewer, path)
        review.log.append([_at_home(one.event, places) for one in new], times=[one.at for one in new])
        last = events[-1]
        review.append(CopyMerged(begun.copy, begun.reviewer, last.seq, last.hash, len(new), by))
        for stage in STAGES:
            measure_full_batches(review, stage)
    return Home(begun.reviewer, begun.copy, len(new))


def _left(review: Review, begun: CopyBegun, events: Sequence[Logged], path: Path) -> Logged:
    """Return the event by which this copy left this review."""
    for logged in review.state.noted[CheckedOut]:
        event = logged.event
        if isinstance(event, CheckedOut) and event.copy == begun.copy:
            (before,) = review.log.events(logged.seq - 2)[:1]
            same = before.hash == begun.left_from == event.left_from and event.reviewer == begun.reviewer
            if same and len(events) >= logged.seq and events[logged.seq - 1].event == begun:
                return logged
    raise DecisionError(
        f"this copy did not leave this review: its log has no checkout at the head {begun.left_from[:12]}",
        where=str(path),
        remedy="Merge it into the review it was checked out from; a restored backup may be older than the checkout",
    )


def _known(review: Review, copy: str) -> list[Logged]:
    """Return the events that earlier merges of a copy brought, in order."""
    found = []
    for logged in review.state.noted[CopyMerged]:
        event = logged.event
        if isinstance(event, CopyMerged) and event.copy == copy:
            found += review.log.events(logged.seq - event.added - 1)[: event.added]
    return found


def _check_not_forked(
    review: Review, begun: CopyBegun, own: Sequence[Logged], known: Sequence[Logged], path: Path
) -> None:
    """Check that a copy goes on from what was merged of it before, or is merely older than that."""
    merged = [one.event for one in review.state.noted[CopyMerged]]
    heads = {one.upto: one.copy_head for one in merged if isinstance(one, CopyMerged) and one.copy == begun.copy}
    parts = [one.at for one in own if heads.get(one.seq, one.hash) != one.hash]
    parts += [
        there.at
        for there, here in zip(own, known, strict=False)
        if (there.at, there.event.kind, there.event.about) != (here.at, here.event.kind, here.event.about)
    ]
    if parts:
        raise DecisionError(
            f"this copy is forked: it was worked on in two places, which part before {min(parts)[:16]}",
            where=str(path),
            remedy="Go on in the one merged before; what only this one holds has to be decided anew",
        )


def _check_own(review: Review, logged: Logged, reviewer: str, path: Path) -> None:
    event = logged.event
    if not isinstance(event, TRAVELS) or not {*event.actors} <= {reviewer}:
        raise LogError(
            f"event {logged.seq} of the copy ({event.kind}) is not the own work of {reviewer}",
            where=str(path),
            remedy="Merge a copy that only its reviewer worked in",
        )
    if isinstance(event, (Decided, Undone)):
        stage: Stage = event.stage
        review.record(event.record_id)
        check_open(review, review.state, event.record_id, stage)


def _at_home(event: Event, places: dict[int, int]) -> Event:
    """Return an event of a copy with the numbers that the events it speaks of have at home."""
    if isinstance(event, Undone):
        return replace(event, undoes=places.get(event.undoes, event.undoes))
    if isinstance(event, Decided) and event.shown and event.shown.seq:
        shown = replace(event.shown, seq=places.get(event.shown.seq, event.shown.seq))
        return replace(event, shown=shown)
    return event
