"""Screening: decisions, undo, conflicts, their discussion and settlement, at both stages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from asreview_mc.core.errors import DecisionError, UnknownError
from asreview_mc.core.event import (
    AgreementMeasured,
    Calibrated,
    CopyBegun,
    Decided,
    Discussed,
    Frozen,
    Logged,
    Merged,
    ProtocolSet,
    SampleDrawn,
    Settled,
    Shown,
    Split,
    StageClosed,
    StageReopened,
    Undone,
)
from asreview_mc.core.protocol import STAGES, Stage
from asreview_mc.project.agreement import batch_size, measure_full_batches
from asreview_mc.project.checks import check_decider, check_decision, check_open, check_settlers
from asreview_mc.project.review import Review
from asreview_mc.review.state import SECOND_LOOK, State

_FRAME = (Split, ProtocolSet, Calibrated, CopyBegun, StageClosed, StageReopened, Frozen)


def stage_named(name: str) -> Stage:
    """Return the stage called `name`.

    Raises
    ------
    UnknownError
        If it is neither ``abstract`` nor ``fulltext``.
    """
    for stage in STAGES:
        if name == stage:
            return stage
    raise UnknownError(f"no stage is called {name!r}", where="--stage", remedy=f"Choose one of {', '.join(STAGES)}")


def shown_as_drawn(drawn: Calibrated | SampleDrawn) -> Shown:
    """Return what is logged of a record offered because it was drawn."""
    if isinstance(drawn, SampleDrawn) and drawn.purpose == SECOND_LOOK:
        return Shown(how="explored")
    return Shown(how="random", probability=len(drawn.record_ids) / drawn.population if drawn.population else None)


def decide(
    review: Review,
    record_id: str,
    decision: str,
    reviewer: str,
    *,
    stage: Stage = "abstract",
    reason: str = "",
    note: str = "",
    shown: Shown | None = None,
    measured: bool = True,
) -> Logged:
    """Log one decision and return it once it is on disk.

    Validated by queries about this one record, without folding the log. A second decision by the same reviewer replaces
    what stood.

    Parameters
    ----------
    measured : bool
        Log agreement where the decision completes a batch; else `measure_if_due` is to be called later. The decision is
        on disk before that, since agreement goes through all decisions.

    Raises
    ------
    UnknownError
        If record, reviewer or reason are unknown.
    DecisionError
        If the protocol or the stage does not allow it.
    """
    with review.transaction():
        state = state_of(review, record_id)
        check_decider(state.protocol, reviewer)
        check_decision(state, record_id, stage, decision, reason)
        check_open(review, state, record_id, stage)
        (logged,) = review.append(Decided(record_id, stage, reviewer, decision, reason, note, shown))
    if measured:
        measure_if_due(review, logged)
    return logged


def measure_if_due(review: Review, decided: Logged) -> None:
    """Log the agreement of the batch or calibration round that a decision filled, if it did.

    In a large review few decisions are looked into: those that are in a calibration round, or since whose last batch as
    many records as make one were decided on twice. Copies that came home may leave a batch to the next one; its figures
    are the same then.
    """
    event = decided.event
    if not isinstance(event, Decided):
        return
    stage, state = event.stage, state_of(review, event.record_id)
    if state.disclosed(stage, event.record_id) != decided.seq:
        return
    if event.record_id not in state.calibration_records(stage):
        since = review.log.by_several(Decided.kind, stage, after=AgreementMeasured.kind)
        if since < batch_size():
            return
    with review.transaction():
        measure_full_batches(review, stage)


def reopened(review: Review, logged: Logged) -> bool:
    """Say whether a decision departs from a settlement made before it, so that the conflict is open again."""
    event = logged.event
    if not isinstance(event, Decided):
        return False
    state = state_of(review, event.record_id)
    return (
        state.settlement(event.stage, event.record_id) is not None and state.verdict(event.stage, event.record_id).open
    )


def undo(review: Review, reviewer: str, *, stage: Stage = "abstract", record_id: str | None = None) -> Logged:
    """Take back the standing decision of a reviewer, their last one where no record is named.

    Raises
    ------
    UnknownError
        If reviewer or record are unknown.
    DecisionError
        If there is none.
    """
    with review.transaction():
        check_decider(review.protocol, reviewer)
        if record_id:
            review.record(record_id)
        last = review.state.last_decision(stage, reviewer, record_id)
        if last is None:
            about = f" on {record_id}" if record_id else ""
            raise DecisionError(f"{reviewer} has no decision{about} to take back", where=f"stage {stage}")
        check_open(review, review.state, last.record_id, stage)
        (logged,) = review.append(Undone(last.record_id, stage, reviewer, last.seq))
    return logged


def settle(
    review: Review,
    record_id: str,
    decision: str,
    by: Sequence[str],
    *,
    stage: Stage = "abstract",
    reason: str = "",
    note: str = "",
) -> Logged:
    """Settle a conflict: by all who decided, together, or by an adjudicator.

    Where one of those who decided has left, somebody else stands in for them, so that nobody settles it alone.

    Raises
    ------
    UnknownError
        If record, reason or somebody named is unknown.
    DecisionError
        If there is no conflict, the decision is not final, or those named may not settle it.
    """
    with review.transaction():
        state = review.state
        review.record(record_id)
        people = [state.protocol.reviewer(name) for name in by]
        if decision not in ("include", "exclude"):
            raise DecisionError(f"a conflict is settled as include or exclude, not {decision!r}", where=record_id)
        check_decision(state, record_id, stage, decision, reason)
        verdict = state.verdict(stage, record_id)
        if not verdict.open and not verdict.settled:
            raise DecisionError("there is no conflict to settle", where=f"{record_id}, stage {stage}")
        if verdict.reason_conflict and decision != "exclude":
            raise DecisionError(
                "all excluded it, only the reason is open",
                where=record_id,
                remedy="Settle it as exclude with one reason",
            )
        check_open(review, state, record_id, stage)
        if not any(person.role == "adjudicator" and not person.left for person in people):
            check_settlers(state, stage, record_id, set(by))
        (logged,) = review.append(Settled(record_id, stage, decision, tuple(dict.fromkeys(by)), reason, note))
    return logged


def discuss(review: Review, record_id: str, text: str, reviewer: str, *, stage: Stage = "abstract") -> Logged:
    """Leave a note in the discussion of a conflict.

    Raises
    ------
    UnknownError
        If record or person are unknown.
    DecisionError
        If there is no open conflict, or the note is empty.
    """
    with review.transaction():
        state = review.state
        state.protocol.reviewer(reviewer)
        review.record(record_id)
        if not state.verdict(stage, record_id).open:
            raise DecisionError("there is no open conflict to discuss", where=f"{record_id}, stage {stage}")
        if not text.strip():
            raise DecisionError("the note is empty", where=record_id)
        (logged,) = review.append(Discussed(record_id, stage, reviewer, text.strip()))
    return logged


def conflicts(review: Review, stage: Stage) -> list[dict[str, Any]]:
    """Return the open conflicts of a stage with what each reviewer said; all of it is disclosed by definition.

    `discussion` holds the notes on it in order; `first_reason` is, of the reasons given, the first in the protocol's
    order of priority.
    """
    state, records, found = review.state, review.records, []
    priority = [reason.code for reason in state.protocol.reasons]
    for record_id in state.conflicts(stage):
        record = records[record_id]
        reasons = {one.reason for one in state.visible(stage, record_id, None)}
        found.append(
            {
                "record_id": record_id,
                "title": record.title,
                "kind": "reason" if state.verdict(stage, record_id).reason_conflict else "decision",
                "decisions": [
                    {"reviewer": one.reviewer, "decision": one.decision, "reason": one.reason, "note": one.note}
                    for one in state.visible(stage, record_id, None)
                ],
                "first_reason": next((code for code in priority if code in reasons), ""),
                "discussion": _discussion(state, stage, record_id),
            }
        )
    return found


def _discussion(state: State, stage: Stage, record_id: str) -> list[dict[str, str]]:
    return [
        {"reviewer": said.reviewer, "text": said.text, "at": logged.at}
        for logged in state.noted[Discussed]
        if isinstance(said := logged.event, Discussed)
        and said.stage == stage
        and state.kept(said.record_id) == record_id
        and state.may_see(logged, None)
    ]


def state_of(review: Review, record_id: str) -> State:
    """Return the state of one record, from the events that concern it and the protocol alone unless all is folded."""
    review.record(record_id)
    if review.folded:
        return review.folded
    frame = review.log.events(kinds=[kind.kind for kind in _FRAME]) + _family(review, record_id)
    frame.sort(key=lambda logged: logged.seq)
    taken_back = review.merges_taken_back()
    merged = State(taken_back).feed_some(frame)
    kept = merged.kept(record_id)
    about = review.log.events(about={kept, *merged.members(kept)})
    alone = [logged for logged in about if not isinstance(logged.event, (Merged, Split))]
    return State(taken_back).feed_some(sorted([*frame, *alone], key=lambda logged: logged.seq))


def _family(review: Review, record_id: str) -> list[Logged]:
    """Return the merges that concern a record, by way of others or itself; of tens of thousands it is few."""
    found: dict[int, Logged] = {}
    asked: set[str] = set()
    new = {record_id}
    while new:
        into = [f'"into":"{one}"' for one in new]
        merges = review.log.events(about=new, kinds=[Merged.kind]) + review.log.events(kinds=[Merged.kind], saying=into)
        asked |= new
        found |= {logged.seq: logged for logged in merges}
        both = ((one.event.record_id, one.event.into) for one in merges if isinstance(one.event, Merged))
        new = {one for pair in both for one in pair} - asked
    return list(found.values())
