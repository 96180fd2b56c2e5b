"""Screening: decisions, undo, agreement, conflicts and settlements, at both stages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from asreview_mc.core.errors import DecisionError, UnknownError
from asreview_mc.core.event import (
    AgreementMeasured,
    Decided,
    Logged,
    Merged,
    ProtocolSet,
    Retrieval,
    Settled,
    Shown,
    Split,
    Undone,
)
from asreview_mc.core.protocol import DECISIONS, STAGES, Protocol, Stage
from asreview_mc.project.review import Review
from asreview_mc.review.eligibility import RETRIEVAL
from asreview_mc.review.state import State

BOOTSTRAP_SEED = 0


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
) -> Logged:
    """Log one decision and return it once it is on disk.

    Validated by queries about this one record, without folding the log. A second decision by the same reviewer replaces
    what stood.

    Raises
    ------
    UnknownError
        If record, reviewer or reason are unknown.
    DecisionError
        If the protocol or the stage does not allow it.
    """
    with review.transaction():
        state = _state_of(review, record_id)
        check_decider(state.protocol, reviewer)
        _check_decision(state, record_id, stage, decision, reason)
        disclosed = state.disclosed(stage, record_id)
        (logged,) = review.append(Decided(record_id, stage, reviewer, decision, reason, note, shown))
        if disclosed is None and state.feed_some([logged]).disclosed(stage, record_id) is not None:
            _measure_full_batches(review, stage)
    return logged


def reopened(review: Review, logged: Logged) -> bool:
    """Say whether a decision departs from a settlement made before it, so that the conflict is open again."""
    event = logged.event
    if not isinstance(event, Decided):
        return False
    state = _state_of(review, event.record_id)
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
        review.protocol.reviewer(reviewer)
        if record_id:
            review.record(record_id)
        last = review.state.last_decision(stage, reviewer, record_id)
        if last is None:
            about = f" on {record_id}" if record_id else ""
            raise DecisionError(f"{reviewer} has no decision{about} to take back", where=f"stage {stage}")
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
        _check_decision(state, record_id, stage, decision, reason)
        verdict = state.verdict(stage, record_id)
        if not verdict.open and not verdict.settled:
            raise DecisionError("there is no conflict to settle", where=f"{record_id}, stage {stage}")
        if verdict.reason_conflict and decision != "exclude":
            raise DecisionError(
                "all excluded it, only the reason is open",
                where=record_id,
                remedy="Settle it as exclude with one reason",
            )
        deciders = {standing.reviewer for standing in state.visible(stage, record_id, None)}
        if not any(person.role == "adjudicator" for person in people) and not deciders <= set(by):
            raise DecisionError(
                "a conflict is settled by all who decided on it, or by an adjudicator",
                where=record_id,
                remedy="Name " + " ".join(f"--by {name}" for name in sorted(deciders)),
            )
        (logged,) = review.append(Settled(record_id, stage, decision, tuple(dict.fromkeys(by)), reason, note))
    return logged


def retrieve(review: Review, record_id: str, status: str, *, by: str = "", note: str = "") -> Logged:
    """Note whether the full text of a report is sought, retrieved or not to be had.

    Raises
    ------
    UnknownError
        If record or status are unknown.
    DecisionError
        If the record has not passed title and abstract.
    """
    if status not in RETRIEVAL:
        raise UnknownError(f"no retrieval status is called {status!r}", remedy=f"Choose one of {', '.join(RETRIEVAL)}")
    with review.transaction():
        state = _state_of(review, record_id)
        _check_stage(state, record_id, "fulltext")
        if status == "not-retrieved" and state.begun("fulltext"):
            raise DecisionError(
                "has decisions on its full text", where=record_id, remedy="Undo those first if it could not be had"
            )
        (logged,) = review.append(Retrieval(record_id, status, by, note))
    return logged


def conflicts(review: Review, stage: Stage) -> list[dict[str, Any]]:
    """Return the open conflicts of a stage with what each reviewer said; all of it is disclosed by definition."""
    state, records, found = review.state, review.records, []
    for record_id in state.conflicts(stage):
        record = records[record_id]
        found.append(
            {
                "record_id": record_id,
                "title": record.title,
                "kind": "reason" if state.verdict(stage, record_id).reason_conflict else "decision",
                "decisions": [
                    {"reviewer": one.reviewer, "decision": one.decision, "reason": one.reason, "note": one.note}
                    for one in state.visible(stage, record_id, None)
                ],
            }
        )
    return found


def agreement(review: Review, stage: Stage) -> dict[str, Any]:
    """Return agreement over all records of a stage whose decisions are all in."""
    return agreement_of(review.state, stage)


def agreement_of(state: State, stage: Stage) -> dict[str, Any]:
    """Return what `agreement` does, of a state."""
    return {"stage": stage, **_agreement_over(state, stage, state.doubly_screened(stage))}


def agreement_over_time(review: Review, stage: Stage) -> list[dict[str, Any]]:
    """Return the agreement that was logged at each full batch, in order."""
    measured = [(logged, logged.event) for logged in review.state.measured]
    return [
        {"batch": event.batch, "records": event.records, "at": logged.at, "seq": logged.seq, **event.statistics}
        for logged, event in measured
        if isinstance(event, AgreementMeasured) and event.stage == stage
    ]


def _agreement_over(state: State, stage: Stage, record_ids: Sequence[str]) -> dict[str, Any]:
    from asreview_mc.review.agreement import summarise

    ratings = {name: rated for name, rated in state.ratings(stage, record_ids).items() if rated}
    return summarise(ratings, maybe=state.protocol.maybe_in_agreement, seed=BOOTSTRAP_SEED).to_dict()


def _measure_full_batches(review: Review, stage: Stage) -> None:
    """Log agreement for each batch of doubly screened records that is full and not logged yet."""
    from asreview_mc.review.agreement import BATCH, batches

    state = review.state
    done = state.doubly_screened(stage)
    logged = len(agreement_over_time(review, stage))
    for batch in range(logged + 1, batches(done) + 1):
        statistics = _agreement_over(state, stage, done[: batch * BATCH])
        review.append(AgreementMeasured(stage, batch, batch * BATCH, statistics))


def _state_of(review: Review, record_id: str) -> State:
    """Return the state of one record, from the events that concern it and the protocol alone."""
    review.record(record_id)
    frame = review.log.events(kinds=[Merged.kind, Split.kind, ProtocolSet.kind])
    taken_back = review.merges_taken_back()
    merged = State(taken_back).feed_some(frame)
    kept = merged.kept(record_id)
    about = review.log.events(about={kept, *merged.members(kept)})
    alone = [logged for logged in about if not isinstance(logged.event, (Merged, Split))]
    return State(taken_back).feed_some(sorted([*frame, *alone], key=lambda logged: logged.seq))


def check_decider(protocol: Protocol, reviewer: str) -> None:
    """Check that somebody decides on records.

    Raises
    ------
    UnknownError
        If nobody on the team is called so.
    DecisionError
        If they have another role.
    """
    person = protocol.reviewer(reviewer)
    if person.name not in protocol.screeners:
        raise DecisionError(f"{reviewer} is {person.role} and does not decide on records", where="protocol")


def _check_decision(state: State, record_id: str, stage: Stage, decision: str, reason: str) -> None:
    protocol = state.protocol
    if decision not in DECISIONS:
        raise DecisionError(f"no decision is called {decision!r}", remedy=f"Choose one of {', '.join(DECISIONS)}")
    if state.kept(record_id) != record_id:
        raise DecisionError(
            "is a duplicate", where=record_id, remedy=f"Decide on {state.kept(record_id)}, which stands for it"
        )
    if record_id in state.removed:
        raise DecisionError(
            f"was removed before screening, since it fails {state.removed[record_id].criterion}",
            where=record_id,
            remedy="Take that back with `criteria --meets`",
        )
    _check_stage(state, record_id, stage)
    if decision != "exclude" and reason:
        raise DecisionError(f"a reason is given with exclude only, not with {decision}", where=record_id)
    if stage == "fulltext" and decision == "exclude":
        if not reason:
            raise DecisionError(
                "a full text is excluded for exactly one reason",
                where=record_id,
                remedy=f"Give --reason, one of {', '.join(known.code for known in protocol.reasons)}",
            )
        protocol.reason(reason)
    elif reason and reason not in {criterion.code for criterion in (*protocol.inclusion, *protocol.exclusion)}:
        protocol.reason(reason)


def _check_stage(state: State, record_id: str, stage: Stage) -> None:
    if stage == "fulltext" and state.verdict("abstract", record_id).outcome != "include":
        raise DecisionError(
            "has not passed title and abstract", where=record_id, remedy="Decide or settle it there first"
        )
