"""A review as it is told to somebody: what they may see of it, under the team's names or under pseudonyms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from asreview_mc.core.event import Logged
from asreview_mc.project.review import Review
from asreview_mc.review.pseudonyms import pseudonyms, under_pseudonyms
from asreview_mc.review.state import State


@dataclass(frozen=True, slots=True)
class Told:
    """What is told to `viewer`.

    Attributes
    ----------
    state : State
    events : list of Logged
        Those that `viewer` may see.
    viewer : str or None
        By the name that `state` knows.
    names : mapping of str to str
        Pseudonyms by name; empty where names stand as they are.
    """

    state: State
    events: list[Logged]
    viewer: str | None
    names: Mapping[str, str]


def told(review: Review, viewer: str | None, *, blind: bool = False) -> Told:
    """Return the review as it is told to `viewer`; `blind` without anybody's name."""
    state, log = review.state, review.log.events()
    events = [logged for logged in log if state.may_see(logged, viewer)]
    if not blind:
        return Told(state, events, viewer, {})
    names = pseudonyms(state, log)
    nameless = State(review.merges_taken_back()).feed(under_pseudonyms(log, names))
    return Told(nameless, list(under_pseudonyms(events, names)), names.get(viewer or ""), names)
