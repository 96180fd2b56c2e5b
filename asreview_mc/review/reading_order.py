"""In which order the records of a stage were read to the end, and the random samples drawn from those unread."""

from __future__ import annotations

from dataclasses import dataclass

from asreview_mc.core.event import SampleDrawn
from asreview_mc.core.protocol import Stage
from asreview_mc.review.state import State

BY_RANK = ("ranked", "")
"""How a record was chosen where the ranking chose it; decisions from before that was logged count as ranked."""


@dataclass(frozen=True, slots=True)
class ReadingOrder:
    """What was read of a stage, in the order in which the last decision wanted on each record was made.

    Attributes
    ----------
    record_ids, labels : tuple
        Those that the ranking did not choose first (given, searched for, drawn at random), then the ranked ones. A
        label is 1 where the record stands included or its conflict is open, else 0.
    given : int
        How many did not come by rank.
    n_records : int
        Records that the stage is about, read or not.
    conflicts : int
        Open conflicts among those read.
    """

    record_ids: tuple[str, ...]
    labels: tuple[int, ...]
    given: int
    n_records: int
    conflicts: int


@dataclass(frozen=True, slots=True)
class SampleState:
    """A random sample of the records unread at event `seq`: how many of it are still to read, and what it found.

    `found_before` counts the relevant records among those that had been read by then, as they stand now.
    """

    seq: int
    population: int
    size: int
    to_read: int
    relevant: int
    found_before: int


def reading_order(state: State, stage: Stage) -> ReadingOrder:
    """Return how far the reading of a stage is; it depends on no decision that is pending."""
    pool = set(state.eligible(stage))
    read = [one for one in state.completed(stage) if one in pool and _is_read(state, stage, one)]
    ranked = {one: state.chosen_how(stage, one) in BY_RANK for one in read}
    ordered = sorted(read, key=lambda one: ranked[one])
    return ReadingOrder(
        tuple(ordered),
        tuple(_label(state, stage, one) for one in ordered),
        sum(not by_rank for by_rank in ranked.values()),
        len(pool),
        sum(state.verdict(stage, one).outcome == "conflict" for one in read),
    )


def samples(state: State, stage: Stage, purpose: str) -> list[SampleState]:
    """Return the samples drawn for a stopping rule, in order; records merged since count with what stands for them."""
    found = []
    for logged in state.noted[SampleDrawn]:
        event = logged.event
        if not isinstance(event, SampleDrawn) or (event.stage, event.purpose) != (stage, purpose):
            continue
        drawn = list(dict.fromkeys(map(state.kept, event.record_ids)))
        before = [one for one in state.completed(stage) if (state.disclosed(stage, one) or 0) < logged.seq]
        found.append(
            SampleState(
                logged.seq,
                event.population,
                len(event.record_ids),
                sum(not _is_read(state, stage, one) for one in drawn),
                sum(_label(state, stage, one) for one in drawn if _is_read(state, stage, one)),
                sum(_label(state, stage, one) for one in before if _is_read(state, stage, one)),
            )
        )
    return found


def _is_read(state: State, stage: Stage, record_id: str) -> bool:
    return state.verdict(stage, record_id).outcome != "pending"


def _label(state: State, stage: Stage, record_id: str) -> int:
    return int(state.verdict(stage, record_id).outcome in ("include", "conflict"))
