"""In which order the records of a stage were read to the end, and the random samples drawn from those unread."""

from __future__ import annotations

from dataclasses import dataclass

from asreview_mc.core.event import Event, SampleDrawn
from asreview_mc.core.protocol import Stage
from asreview_mc.review.state import CONTROL, SECOND_LOOK, State
from asreview_mc.review.team import BY_RANK


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
        Records that the stage is about, read or not; at full text without the reports that could not be had.
    conflicts : int
        Open conflicts among those read.
    second_look, looking : int
        Records of a second look that were read since the last relevant one, and those that are still to be read.
    """

    record_ids: tuple[str, ...]
    labels: tuple[int, ...]
    given: int
    n_records: int
    conflicts: int
    second_look: int
    looking: int


@dataclass(frozen=True, slots=True)
class SampleState:
    """A random sample of the records unread at event `seq`: how many of it are still to read, and what it found.

    Of today's pool `outside` counts what was not among those unread then: the records read that stand as relevant,
    open conflicts left out, and every one that is unread.
    """

    seq: int
    population: int
    size: int
    to_read: int
    relevant: int
    outside: int


@dataclass(frozen=True, slots=True)
class ControlState:
    """The control sample of a stage: what is still to read or to settle of it, and which the ranking has come to.

    `reached` says of each relevant record, in the order drawn, whether the queues of all who decided on it came to it.
    `unread_outside` counts the records of today's pool that are unread and could not be drawn.
    """

    to_read: int
    conflicts: int
    reached: tuple[bool, ...]
    unread_outside: int


def control_sample(state: State, stage: Stage) -> ControlState | None:
    """Return the control sample drawn for a stage, None where none was; records merged since count for each drawn."""
    drawn = [one for one in state.noted[SampleDrawn] if _is_drawn(one.event, stage, CONTROL)]
    if not drawn:
        return None
    logged = drawn[-1]
    ids = {one: state.kept(one) for one in logged.event.record_ids} if isinstance(logged.event, SampleDrawn) else {}
    pool, waiting, population = _pool(state, stage), set(state.undecided(stage)), state.unread_at[logged.seq]
    outcomes = {one: state.verdict(stage, kept).outcome if kept in pool else "" for one, kept in ids.items()}
    return ControlState(
        len(waiting.intersection(ids.values())),
        sum(outcome == "conflict" for outcome in outcomes.values()),
        tuple(state.is_reached(stage, one) for one, outcome in outcomes.items() if outcome == "include"),
        sum(population.isdisjoint((one, *state.members(one))) for one in waiting),
    )


def _is_drawn(event: Event, stage: Stage, purpose: str) -> bool:
    return isinstance(event, SampleDrawn) and (event.stage, event.purpose) == (stage, purpose)


def reading_order(state: State, stage: Stage) -> ReadingOrder:
    """Return how far the reading of a stage is; it depends on no decision that is pending."""
    pool = _pool(state, stage)
    read = [one for one in state.completed(stage) if one in pool and _is_read(state, stage, one)]
    ranked = {one: state.chosen_how(stage, one) in BY_RANK for one in read}
    ordered = sorted(read, key=lambda one: ranked[one])
    given = sum(not by_rank for by_rank in ranked.values())
    labels = tuple(_label(state, stage, one) for one in ordered)
    last = max((place for place, label in enumerate(labels) if label), default=-1)
    looked = {
        state.kept(one)
        for logged in state.noted[SampleDrawn]
        if isinstance(logged.event, SampleDrawn) and _is_drawn(logged.event, stage, SECOND_LOOK)
        for one in logged.event.record_ids
    }
    return ReadingOrder(
        tuple(ordered),
        labels,
        given,
        len(pool),
        sum(state.verdict(stage, one).outcome == "conflict" for one in read),
        len(looked.intersection(ordered[max(given, last + 1) :])),
        len(looked.intersection(state.undecided(stage))) if looked else 0,
    )


def samples(state: State, stage: Stage, purpose: str) -> list[SampleState]:
    """Return the samples drawn for a stopping rule, in order; records merged since count with what stands for them."""
    found, pool, waiting = [], _pool(state, stage), set(state.undecided(stage))
    for logged in state.noted[SampleDrawn]:
        event = logged.event
        if not isinstance(event, SampleDrawn) or not _is_drawn(event, stage, purpose):
            continue
        drawn, unread = list(map(state.kept, event.record_ids)), state.unread_at[logged.seq]
        outside = [one for one in pool if unread.isdisjoint((one, *state.members(one)))]
        found.append(
            SampleState(
                logged.seq,
                event.population,
                len(event.record_ids),
                len(waiting.intersection(drawn)),
                sum(_label(state, stage, one) for one in drawn),
                sum(state.verdict(stage, one).outcome in ("include", "pending") for one in outside)
                + max(0, len(unread) - event.population),  # taken apart since: the draw could not come upon them
            )
        )
    return found


def _pool(state: State, stage: Stage) -> set[str]:
    return {
        one
        for one in state.eligible(stage)
        if stage == "abstract" or state.retrieval_status(one) != "not-retrieved" or _is_read(state, stage, one)
    }


def _is_read(state: State, stage: Stage, record_id: str) -> bool:
    return state.verdict(stage, record_id).outcome != "pending"


def _label(state: State, stage: Stage, record_id: str) -> int:
    return int(state.verdict(stage, record_id).outcome in ("include", "conflict"))
