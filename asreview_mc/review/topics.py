"""Sub-topics: only what a reviewer confirmed counts, whatever a model suggested."""

from __future__ import annotations

import hashlib

from asreview_mc.core.event import Logged, TopicsConfirmed, TopicsSettled
from asreview_mc.review.eligibility import eligibility
from asreview_mc.review.state import State

HIDDEN_FIRST, HIDDEN_SHARE = 10, 10
"""The first included records to be coded, and one in so many of the others, are coded with suggestions hidden."""


def coded(state: State, record_id: str) -> dict[str, Logged]:
    """Return the last confirmation of each coder of a record."""
    return {
        one.event.reviewer: one for one in state.topics.get(record_id, []) if isinstance(one.event, TopicsConfirmed)
    }


def is_told(state: State, record_id: str, viewer: str | None) -> bool:
    """Whether `viewer` may learn what is said of a record: as many have coded it as must, or nobody but the viewer."""
    said = coded(state, record_id)
    complete = len(said) >= state.protocol.topic_coders or settlement(state, record_id) is not None
    return complete or set(said) <= {viewer} or state.sees_all(viewer)


def confirmed(state: State, record_id: str) -> TopicsConfirmed | TopicsSettled | None:
    """Return what stands for a record: what all who must code it said, or what was settled since they differed.

    None before that, whoever asks, so that nothing that is reported tells what one coder said before the others.
    """
    said = coded(state, record_id)
    settled = settlement(state, record_id)
    if settled and all(one.seq < settled.seq for one in said.values()):
        return settled.event if isinstance(settled.event, TopicsSettled) else None
    if len(said) < state.protocol.topic_coders or differ(state, record_id):
        return None
    last = max(said.values(), key=lambda one: one.seq).event
    return last if isinstance(last, TopicsConfirmed) else None


def settlement(state: State, record_id: str) -> Logged | None:
    """Return the last settlement of a record's sub-topics, whether it still stands or not."""
    about = (one for one in reversed(state.noted[TopicsSettled]) if state.kept(one.event.about) == record_id)
    return next(about, None)


def differ(state: State, record_id: str) -> bool:
    """Whether the coders of a record said different things last."""
    events = (one.event for one in coded(state, record_id).values())
    return len({frozenset(one.codes) for one in events if isinstance(one, TopicsConfirmed)}) > 1


def open_differences(state: State) -> tuple[str, ...]:
    """Return the included records that all who must have coded differently and nobody settled since, in reading order.

    They tell nobody anything that is hidden.
    """
    wanted = state.protocol.topic_coders
    return tuple(
        one
        for one in eligibility(state).included
        if len(coded(state, one)) >= wanted and differ(state, one) and confirmed(state, one) is None
    )


def is_hidden(state: State, record_id: str, coder: str | None) -> bool:
    """Whether `coder` is to code a record without seeing suggestions: people accept what they are shown.

    That is so for the first records that they code and for a tenth of the others, drawn by their ids. Where nobody is
    named, the first are those that all who must have coded.
    """
    begun: dict[str, int] = {}
    for one in state.topics:
        said = coded(state, one)
        if coder in said or (coder is None and said and is_told(state, one, None)):
            begun[one] = min(logged.seq for logged in state.topics[one] if coder in (None, *logged.event.actors))
    before = sum(seq < begun.get(record_id, seq + 1) for seq in begun.values())
    return before < HIDDEN_FIRST or _drawn(record_id)


def _drawn(record_id: str) -> bool:
    return hashlib.sha256(record_id.encode()).digest()[0] % HIDDEN_SHARE == 0


def tally(state: State) -> dict[str, tuple[str, ...]]:
    """Return for each sub-topic, in the protocol's order, the ids of the included records confirmed to be on it."""
    found: dict[str, list[str]] = {card.code: [] for card in state.protocol.cards}
    for record_id in eligibility(state).included:
        event = confirmed(state, record_id)
        for code in event.codes if event else ():
            found.setdefault(code, []).append(record_id)
    return {code: tuple(ids) for code, ids in found.items()}


def unconfirmed(state: State) -> tuple[str, ...]:
    """Return the included records whose sub-topics do not stand: not confirmed, or coders differ; in reading order."""
    return tuple(record_id for record_id in eligibility(state).included if confirmed(state, record_id) is None)


def first_confirmations(state: State, viewer: str | None) -> dict[str, dict[str, TopicsConfirmed]]:
    """Return by reviewer and record what each confirmed first, of the records of which `viewer` is told."""
    first: dict[str, dict[str, TopicsConfirmed]] = {}
    for record_id, events in state.topics.items():
        if not is_told(state, record_id, viewer):
            continue
        for logged in events:
            if isinstance(logged.event, TopicsConfirmed):
                first.setdefault(logged.event.reviewer, {}).setdefault(record_id, logged.event)
    return first
