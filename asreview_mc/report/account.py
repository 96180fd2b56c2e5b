"""What a report owes its readers in words: disputes and how they ended, and what the review cannot claim."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from asreview_mc.core.event import ReferencesRead
from asreview_mc.core.protocol import STAGES, Stage
from asreview_mc.core.record import Record
from asreview_mc.report.flow_numbers import UNSETTLED, Prisma
from asreview_mc.review.consensus import Settlement, Standing
from asreview_mc.review.state import State
from asreview_mc.review.topics import unconfirmed

STAGE_NAMES: Mapping[Stage, str] = {"abstract": "title and abstract", "fulltext": "full text"}


def disputes(state: State, viewer: str | None) -> list[dict[str, Any]]:
    """Return every conflict, open or settled, stage by stage, with the decisions that `viewer` may see.

    Each has `stage`, `record_id`, `decisions` (reviewer, decision, reason, note), `open` (``decision`` or ``reason``
    where that is still disputed), and `settlement` (decision, reason, by, note), None where there was none.
    """
    labels = {reason.code: reason.label for reason in state.protocol.reasons}
    return [
        {
            "stage": stage,
            "record_id": record_id,
            "decisions": [_said(decision, labels) for decision in state.visible(stage, record_id, viewer)],
            "open": _open(state, stage, record_id),
            "settlement": _settled(settlement, labels) if settlement else None,
        }
        for stage in STAGES
        for record_id in state.unique()
        if (settlement := state.settlement(stage, record_id)) or state.verdict(stage, record_id).open
    ]


def _open(state: State, stage: Stage, record_id: str) -> str:
    verdict = state.verdict(stage, record_id)
    return "decision" if verdict.outcome == "conflict" else "reason" if verdict.reason_conflict else ""


def _said(decision: Standing, labels: Mapping[str, str]) -> dict[str, str]:
    return {
        "reviewer": decision.reviewer,
        "decision": decision.decision,
        "reason": labels.get(decision.reason, decision.reason),
        "note": decision.note,
    }


def _settled(settlement: Settlement, labels: Mapping[str, str]) -> dict[str, str]:
    event = settlement.event
    return {
        "decision": event.decision,
        "reason": labels.get(event.reason, event.reason),
        "by": ", ".join(event.by),
        "note": event.note,
    }


def limitations(state: State, records: Mapping[str, Record], prisma: Prisma) -> list[str]:
    """Say in sentences what the log itself knows to limit the review."""
    found = [*_of_reading(state, records), *_of_screening(state, prisma), *_of_topics(state)]
    if state.protocol.decisions_wanted == 1:
        found.insert(0, "One reviewer decided on each record; nobody checked these decisions.")
    return found


def _of_reading(state: State, records: Mapping[str, Record]) -> Iterator[str]:
    readings = [logged.event for logged in state.readings if isinstance(logged.event, ReferencesRead)]
    rejected = sum(len(reading.rejected) for reading in readings)
    stray = sum(len(reading.stray) for reading in readings)
    unique = list(state.unique())
    bare = sum(not records[one].abstract for one in unique)
    if rejected:
        yield f"Not read from the files, for want of a title, an abstract or a DOI: {_many(rejected, 'record')}."
    if stray:
        yield f"Text in the files that belongs to no record: {_many(stray, 'place')}."
    if bare:
        yield f"Without an abstract, to be judged by title alone: {bare:,} of {_many(len(unique), 'unique record')}."


def _of_screening(state: State, n: Prisma) -> Iterator[str]:
    unread = n.not_screened + n.other_not_screened
    missing = n.dbr_notretrieved_reports + n.other_notretrieved_reports
    unsettled = n.dbr_excluded.get(UNSETTLED, 0) + n.other_excluded.get(UNSETTLED, 0)
    conflicts = sum(len(state.conflicts(stage)) for stage in STAGES)
    if unread:
        yield f"Not screened by anybody: {_many(unread, 'record')}. Relevant ones among them are missing here."
    if n.previous_unfinished:
        yield (
            "Read before this round of the review began, and still not screened or without an outcome:"
            f" {_many(n.previous_unfinished, 'record')}."
        )
    if n.pending + n.other_pending:
        yield f"Begun and still without an outcome: {_many(n.pending + n.other_pending, 'record')}."
    if conflicts:
        yield f"Not settled between reviewers: {_many(conflicts, 'conflict')}."
    if missing:
        yield f"Not to be had in full text: {_many(missing, 'report')}."
    if unsettled:
        yield f"Excluded for reasons that are not settled: {_many(unsettled, 'report')}."


def _of_topics(state: State) -> Iterator[str]:
    waiting = len(unconfirmed(state))
    if waiting and state.protocol.cards:
        yield f"Without confirmed sub-topics, and so missing in their table: {_many(waiting, 'included paper')}."


def screening_labels(state: State) -> list[int]:
    """Return 1 for include and 0 for exclude, in the order in which records became complete; no open conflicts."""
    outcomes = (state.verdict("abstract", one).outcome for one in state.completed("abstract"))
    return [int(outcome == "include") for outcome in outcomes if outcome in ("include", "exclude")]


def _many(n: int, noun: str) -> str:
    return f"{n:,} {noun}{'' if n == 1 else 's'}"
