"""Sub-topics: only what a reviewer confirmed counts, whatever a model suggested."""

from __future__ import annotations

from asreview_mc.core.event import Logged, TopicsConfirmed
from asreview_mc.review.eligibility import eligibility
from asreview_mc.review.state import State


def confirmed(state: State, record_id: str) -> TopicsConfirmed | None:
    """Return the confirmation that stands for a record, the last one, or None where nobody confirmed any."""
    events: list[Logged] = state.topics.get(record_id, [])
    last = events[-1].event if events else None
    return last if isinstance(last, TopicsConfirmed) else None


def tally(state: State) -> dict[str, tuple[str, ...]]:
    """Return for each sub-topic, in the protocol's order, the ids of the included records confirmed to be on it."""
    found: dict[str, list[str]] = {card.code: [] for card in state.protocol.cards}
    for record_id in eligibility(state).included:
        event = confirmed(state, record_id)
        for code in event.codes if event else ():
            found.setdefault(code, []).append(record_id)
    return {code: tuple(ids) for code, ids in found.items()}


def unconfirmed(state: State) -> tuple[str, ...]:
    """Return the included records whose sub-topics nobody has confirmed yet, in reading order."""
    return tuple(record_id for record_id in eligibility(state).included if confirmed(state, record_id) is None)


def first_confirmations(state: State) -> dict[str, dict[str, TopicsConfirmed]]:
    """Return by reviewer and record what each confirmed first."""
    first: dict[str, dict[str, TopicsConfirmed]] = {}
    for record_id, events in state.topics.items():
        for logged in events:
            if isinstance(logged.event, TopicsConfirmed):
                first.setdefault(logged.event.reviewer, {}).setdefault(record_id, logged.event)
    return first
