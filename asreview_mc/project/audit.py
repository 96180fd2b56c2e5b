"""Where the review stands, and the log that shows how it came there, as far as the one who asks may see."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from asreview_mc.core.errors import UnknownError
from asreview_mc.core.event import EVENTS, CheckedOut, CopyMerged, Frozen, encode
from asreview_mc.core.protocol import STAGES, Stage
from asreview_mc.project.review import Review
from asreview_mc.review.eligibility import eligibility
from asreview_mc.review.state import State
from asreview_mc.review.studies import studies
from asreview_mc.review.topics import unconfirmed


def status(review: Review) -> dict[str, Any]:
    """Return counts per stage and per reviewer that give away no pending decision.

    For each stage: `records` it is about, how many are `included`, `excluded`, in `conflict` or `pending`. For each
    reviewer: how many records they have `decided` on and how many are `waiting` for them. A stage that was `closed` and
    an included set that is `frozen` name the event; `changed` says that the set is not what was frozen.
    """
    state, records = review.state, review.records
    included = eligibility(state).included
    bare = [record_id for record_id in state.unique() if not records[record_id].abstract]
    return {
        "title": state.protocol.title,
        "notice": state.protocol.notice,
        "records": state.n_records,
        "duplicates": len(state.merges),
        "unique": state.n_records - len(state.merges),
        "removed": len(state.removed),
        "without_abstract": len(bare),
        "without_abstract_records": bare,
        "stages": {stage: _stage(state, stage) for stage in STAGES},
        "reviewers": [
            {
                "name": person.name,
                "role": person.role,
                "left": person.left,
                **{
                    stage: {
                        "decided": state.decided_by(stage, person.name),
                        "waiting": len(state.queue(stage, person.name)),
                    }
                    for stage in STAGES
                    if person.name in state.protocol.screeners
                },
            }
            for person in state.protocol.reviewers
        ],
        "included": len(included),
        "studies": len(studies(state, included)),
        "frozen": _frozen(state, included),
        "unblinded": state.unblinded,
        "copies_out": _copies_out(state),
        "topics_unconfirmed": len(unconfirmed(state)),
        "events": state.seq,
        "head": state.head,
    }


def _frozen(state: State, included: Sequence[str]) -> dict[str, Any] | None:
    frozen = state.frozen
    if frozen is None or not isinstance(frozen.event, Frozen):
        return None
    changed = {state.kept(one) for one in frozen.event.record_ids} != set(included)
    return {"seq": frozen.seq, "records": len(frozen.event.record_ids), "changed": changed}


def _copies_out(state: State) -> list[dict[str, str]]:
    """Return the copies that have left and not come home once."""
    home = {one.event.copy for one in state.noted[CopyMerged] if isinstance(one.event, CopyMerged)}
    left = [(one.at, one.event) for one in state.noted[CheckedOut] if isinstance(one.event, CheckedOut)]
    return [{"reviewer": event.reviewer, "since": at} for at, event in left if event.copy not in home]


def _stage(state: State, stage: Stage) -> dict[str, int | None]:
    closed = state.closed(stage)
    outcomes = [state.verdict(stage, record_id).outcome for record_id in state.eligible(stage)]
    return {
        "records": len(outcomes),
        "included": outcomes.count("include"),
        "excluded": outcomes.count("exclude"),
        "conflict": outcomes.count("conflict"),
        "pending": outcomes.count("pending"),
        "reason_conflict": sum(state.verdict(stage, record_id).reason_conflict for record_id in state.eligible(stage)),
        "closed": closed.seq if closed else None,
    }


def events(
    review: Review, viewer: str | None, *, record_id: str = "", reviewer: str = "", kind: str = ""
) -> list[dict[str, Any]]:
    """Return the log as plain values, each event with its place and hash.

    An event that `viewer` may not see yet keeps its place and its hash but not what it says. What a reviewer was shown
    is theirs alone: rank and score follow from all their decisions, those not disclosed among them.

    Raises
    ------
    UnknownError
        If there is no such record, reviewer or kind.
    """
    state = review.state
    if kind and kind not in EVENTS:
        raise UnknownError(f"no event is of the kind {kind!r}", remedy=f"Kinds are {', '.join(EVENTS)}")
    if record_id:
        review.record(record_id)
    if reviewer:
        state.protocol.reviewer(reviewer)
    shown = []
    about = [state.kept(record_id), *state.members(state.kept(record_id))] if record_id else None
    for logged in review.log.events(about=about, kinds=[kind] if kind else None):
        hidden = not state.may_see(logged, viewer)
        if reviewer and (hidden or reviewer not in logged.event.actors):
            continue
        place = {"seq": logged.seq, "at": logged.at, "kind": logged.event.kind, "hash": logged.hash}
        said = {"hidden": True} if hidden else json.loads(encode(logged.event))
        if viewer not in logged.event.actors:
            said.pop("shown", None)
        shown.append(place | said)
    return shown
