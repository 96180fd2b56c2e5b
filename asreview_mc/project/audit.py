"""Where the review stands, and the log that shows how it came there, as far as the one who asks may see."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from asreview_mc.core.errors import UnknownError
from asreview_mc.core.event import EVENTS, CheckedOut, CopyMerged, Frozen, encode
from asreview_mc.core.protocol import STAGES, Stage
from asreview_mc.project.review import Review
from asreview_mc.report.writing import csv_lines, encoded, suffix_of
from asreview_mc.report.writing import write as write_file
from asreview_mc.review.eligibility import eligibility
from asreview_mc.review.pseudonyms import pseudonyms, under_pseudonyms
from asreview_mc.review.state import State
from asreview_mc.review.studies import studies
from asreview_mc.review.topics import unconfirmed

_PLACE = ("seq", "at", "kind", "hash")


def status(review: Review) -> dict[str, Any]:
    """Return counts per stage and per reviewer that give away no pending decision.

    For each stage: `records` it is about, how many are `included`, `excluded`, in `conflict` or `pending`. For each
    reviewer: how many records they have `decided` on and how many are `waiting` for them. A stage that was `closed` and
    an included set that is `frozen` name the event; `changed` says that the set is not what was frozen.
    """
    state = review.state
    included = eligibility(state).included
    waiting = {stage: waiting_for_each(state, stage) for stage in STAGES}
    bare = review.without_abstract()
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
                        "waiting": waiting[stage].get(person.name, 0),
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


def waiting_for_each(state: State, stage: Stage) -> dict[str, int]:
    """Return by reviewer the length of their `State.queue`, from one pass through the records."""
    if state.closed(stage):
        return {}
    people, for_all = state.protocol.active, 0
    for_one = dict.fromkeys(people, 0)
    for record_id in state.undecided(stage):
        deciders = state.deciders(stage, record_id)
        if not deciders and not state.holders(stage, record_id) and state.is_for(stage, record_id, ""):
            for_all += 1
            continue
        for name in people:
            for_one[name] += name not in deciders and state.is_for(stage, record_id, name)
    return {name: count + for_all for name, count in for_one.items()}


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
    review: Review,
    viewer: str | None,
    *,
    record_id: str = "",
    reviewer: str = "",
    kind: str = "",
    since: str = "",
    until: str = "",
    blind: bool = False,
) -> list[dict[str, Any]]:
    """Return the log as plain values, each event with its place and hash.

    An event that `viewer` may not see yet keeps its place and its hash but not what it says, and is left out where
    events about a record or by a person are asked for. What a reviewer was shown
    is theirs alone: rank and score follow from all their decisions, those not disclosed among them.

    `since` and `until` are days or times in UTC as ISO 8601 writes them; a day as `until` counts whole. An event's time
    is the clock's of the machine that made it, so that what came after another may bear an earlier one. `blind` is
    without anybody's name; `reviewer` is still given by name.

    Raises
    ------
    UnknownError
        If there is no such record, reviewer or kind, or a time is none.
    """
    state = review.state
    first, last = _time(since, "--since", late=False), _time(until, "--until", late=True)
    if kind and kind not in EVENTS:
        raise UnknownError(f"no event is of the kind {kind!r}", remedy=f"Kinds are {', '.join(EVENTS)}")
    if record_id:
        review.record(record_id)
    if reviewer:
        state.protocol.reviewer(reviewer)
    shown: list[dict[str, Any]] = []
    names = pseudonyms(state, review.log.events()) if blind else {}
    about = [state.kept(record_id), *state.members(state.kept(record_id))] if record_id else None
    for logged in review.log.events(about=about, kinds=[kind] if kind else None):
        hidden = not state.may_see(logged, viewer)
        if (first and logged.at < first) or (last and logged.at >= last):
            continue
        if hidden and (reviewer or record_id):  # that there is one would tell who tags or discusses what
            continue
        if reviewer and reviewer not in logged.event.actors:
            continue
        place = {"seq": logged.seq, "at": logged.at, "kind": logged.event.kind, "hash": logged.hash}
        (told,) = under_pseudonyms([logged], names) if blind else (logged,)
        said = {"hidden": True} if hidden else json.loads(encode(told.event))
        if viewer not in logged.event.actors:
            said.pop("shown", None)
        shown.append(place | said)
    return shown


def write(events: Sequence[Mapping[str, Any]], path: Path) -> int:
    """Write what `events` returned to a file, and return how many they are.

    A ``.jsonl`` has one JSON object a line; a ``.csv`` a row each, with what the event says as JSON in the last column.

    Raises
    ------
    OutputError
        If the suffix is another, or the file cannot be written.
    """
    if suffix_of(path, (".jsonl", ".csv")) == ".jsonl":
        text = "".join(f"{json.dumps(event, ensure_ascii=False)}\n" for event in events)
    else:
        rows = ([*(event[name] for name in _PLACE), _said(event)] for event in events)
        text = csv_lines((*_PLACE, "said"), rows)
    write_file(path, encoded(text))
    return len(events)


def _said(event: Mapping[str, Any]) -> str:
    return json.dumps({name: value for name, value in event.items() if name not in _PLACE}, ensure_ascii=False)


def _time(text: str, option: str, *, late: bool) -> str:
    """Return a day or time as the log writes its own, ``""`` where none is given; a day is its end if `late`."""
    if not text:
        return ""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise UnknownError(
            f"{text!r} is no time", where=option, remedy="Write 2026-03-01 or 2026-03-01T12:00"
        ) from None
    if late and len(text) <= len("2026-03-01"):
        moment += timedelta(days=1)
    moment = moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    return moment.isoformat(timespec="microseconds")
