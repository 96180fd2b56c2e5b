"""Tags: each reviewer's own, seen by the others only where the decisions on the record are."""

from __future__ import annotations

from asreview_mc.core.event import Tagged
from asreview_mc.review.pool import in_reading_order
from asreview_mc.review.state import State


def tags_on(state: State, record_id: str, viewer: str | None) -> dict[str, list[str]]:
    """Return the tags on a record that `viewer` may see, by reviewer, in the order in which they were put there."""
    kept = state.kept(record_id)
    events = [logged for one in (kept, *state.members(kept)) for logged in state.tagged.get(one, ())]
    found: dict[str, dict[str, None]] = {}
    for logged in sorted(events, key=lambda one: one.seq):
        event = logged.event
        if isinstance(event, Tagged) and state.may_see(logged, viewer):
            theirs = found.setdefault(event.reviewer, {})
            if event.removed:
                theirs.pop(event.tag, None)
            else:
                theirs[event.tag] = None
    return {reviewer: list(tags) for reviewer, tags in found.items() if tags}


def tagged(state: State, viewer: str | None, *, tag: str = "", reviewer: str = "") -> dict[str, dict[str, list[str]]]:
    """Return by record the tags that `viewer` may see, in reading order; only those called `tag`, of `reviewer`."""
    found = {}
    for record_id in in_reading_order({state.kept(one) for one in state.tagged}):
        shown = {
            name: [one for one in tags if tag in ("", one)]
            for name, tags in tags_on(state, record_id, viewer).items()
            if reviewer in ("", name)
        }
        shown = {name: tags for name, tags in shown.items() if tags}
        if shown:
            found[record_id] = shown
    return found
