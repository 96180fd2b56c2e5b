"""The team: who reads what, who may see everything, the calibration round, and everybody's own tags."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

from asreview_mc.core.errors import DecisionError
from asreview_mc.core.event import Assigned, Calibrated, Logged, Tagged, Unblinded
from asreview_mc.core.protocol import Stage
from asreview_mc.project.audit import waiting_for_each
from asreview_mc.project.checks import check_decider, check_leader
from asreview_mc.project.review import Review
from asreview_mc.review.state import State
from asreview_mc.review.tags import tagged, tags_on

CALIBRATION = 50
LONGEST_TAG = 60


def unblind(review: Review, by: str, reason: str, *, sees: Sequence[str] = (), end: bool = False) -> Logged:
    """Let those in `sees` (`by` alone where empty) see every decision, or blind them again; an owner's to decide.

    What they decide while they see, or later on records that others had decided on by then, does not count as blind.

    Raises
    ------
    UnknownError
        If somebody named is unknown.
    DecisionError
        If `by` is no owner, there is no reason, or nothing would change.
    """
    with review.transaction():
        state = review.state
        person = state.protocol.reviewer(by)
        if person.role != "owner" or person.left:
            owners = [one.name for one in state.protocol.reviewers if one.role == "owner" and not one.left]
            ask = " or ".join(owners) or 'a member to be named owner: role = "owner" in protocol.toml'
            raise DecisionError(
                f"{by} is {person.role}, and only an owner lifts the blinding", where="protocol", remedy=f"Ask {ask}"
            )
        if not reason.strip():
            raise DecisionError("unblinding needs a reason", where="--reason")
        named = tuple(dict.fromkeys(state.protocol.reviewer(name).name for name in sees or (by,)))
        if all(state.sees_all(name) is not end for name in named):
            raise DecisionError(
                f"{', '.join(named)} {'is blind' if end else 'sees every decision'} already", where="unblind"
            )
        (logged,) = review.append(Unblinded(by, reason.strip(), named, end))
    return logged


def assign(
    review: Review,
    by: str,
    to: Sequence[str],
    *,
    stage: Stage = "abstract",
    record_ids: Sequence[str] = (),
    n: int | None = None,
    seed: int = 0,
    note: str = "",
) -> dict[str, list[str]]:
    """Share out records and return who got which.

    `record_ids` go to each of `to`; or else `n` of the records that want somebody go to each; or else all of these are
    split evenly, so that each gets as many readers as it wants.

    Raises
    ------
    UnknownError
        If a record or somebody named is unknown.
    DecisionError
        If somebody does not decide on records, `by` may not share out, or there is nothing to share out.
    """
    with review.transaction():
        state = review.state
        _check_shares(state, by, to)
        if record_ids:
            named = [state.kept(review.record(one).record_id) for one in record_ids]
            given = {name: [one for one in named if name not in state.holders(stage, one)] for name in to}
        else:
            given = _split(state, stage, _in_chance_order(state, stage, seed), to, most=n)
        events = [Assigned(stage, name, tuple(ids), by, note) for name, ids in given.items() if ids]
        if not events:
            raise DecisionError("nothing is left to share out", where=f"stage {stage}")
        review.append(*events)
    return given


def withdraw(
    review: Review, by: str, reviewer: str, record_ids: Sequence[str], *, stage: Stage = "abstract", note: str = ""
) -> Logged:
    """Take records out of somebody's share.

    Raises
    ------
    UnknownError
        If a record or somebody named is unknown.
    DecisionError
        If one is not in the share, or `by` may not share out.
    """
    with review.transaction():
        state = review.state
        check_leader(state.protocol, by)
        state.protocol.reviewer(reviewer)
        share = set(state.share(stage, reviewer))
        for one in record_ids:
            if state.kept(review.record(one).record_id) not in share:
                raise DecisionError(f"is not in the share of {reviewer}", where=one)
        (logged,) = review.append(Assigned(stage, reviewer, tuple(record_ids), by, note, withdrawn=True))
    return logged


def hand_on(
    review: Review,
    by: str,
    reviewer: str,
    *,
    to: Sequence[str] = (),
    stage: Stage = "abstract",
    seed: int = 0,
    note: str = "",
) -> dict[str, list[str]]:
    """Hand what somebody has still to read on to others (all who remain where none is named); return who got which.

    Raises
    ------
    UnknownError
        If somebody named is unknown.
    DecisionError
        If nothing of the share is open, or `by` may not share out.
    """
    with review.transaction():
        state = review.state
        state.protocol.reviewer(reviewer)
        others = [name for name in to or state.protocol.active if name != reviewer]
        _check_shares(state, by, others)
        share, waiting = set(state.share(stage, reviewer)), set(state.undecided(stage))
        read = {one for one in share if reviewer in state.deciders(stage, one)}
        open_still = [one for one in _in_chance_order(state, stage, seed) if one in (share & waiting) - read]
        if not open_still:
            raise DecisionError(f"{reviewer} has nothing to hand on", where=f"stage {stage}")
        review.append(Assigned(stage, reviewer, tuple(sorted(open_still)), by, note, withdrawn=True))
        given = _split(review.state, stage, open_still, others)
        review.append(*(Assigned(stage, name, tuple(ids), by, note) for name, ids in given.items() if ids))
    return given


def _check_shares(state: State, by: str, to: Sequence[str]) -> None:
    check_leader(state.protocol, by)
    for name in to:
        check_decider(state.protocol, name)
    if not to:
        raise DecisionError("nobody is named to read them", where="--to")


def _in_chance_order(state: State, stage: Stage, seed: int) -> list[str]:
    waiting = state.undecided(stage)
    random.Random(seed).shuffle(waiting)
    return waiting


def _split(
    state: State, stage: Stage, record_ids: Sequence[str], to: Sequence[str], *, most: int | None = None
) -> dict[str, list[str]]:
    """Give each record to as many of `to` as it still wants, always to those with the least so far."""
    given: dict[str, list[str]] = {name: [] for name in to}
    for one in record_ids:
        has = {*state.holders(stage, one), *state.deciders(stage, one)}
        free = [name for name in to if name not in has and (most is None or len(given[name]) < most)]
        for name in sorted(free, key=lambda name: len(given[name]))[: state.due(stage, one) - len(has)]:
            given[name].append(one)
    return {name: sorted(ids, key=lambda one: int(one[1:])) for name, ids in given.items()}


def shares(review: Review, stage: Stage) -> list[dict[str, Any]]:
    """Return for each who decides how many records are in their share, and how many wait for them in all."""
    state = review.state
    waiting = waiting_for_each(state, stage)
    return [
        {
            "reviewer": name,
            "records": len(state.share(stage, name)),
            "waiting": waiting.get(name, 0),
            "left": name not in state.protocol.active,
        }
        for name in state.protocol.screeners
    ]


def calibrate(review: Review, by: str, *, n: int = CALIBRATION, seed: int = 0, stage: Stage = "abstract") -> list[str]:
    """Draw the records that all are to screen before the ranked queue, and return them in the order drawn.

    Raises
    ------
    UnknownError
        If `by` is unknown.
    DecisionError
        If a round is under way, fewer records than `n` are untouched, or `by` may not.
    """
    with review.transaction():
        state = review.state
        check_leader(state.protocol, by)
        under_way = calibration(review, stage)
        if under_way["waiting"]:
            raise DecisionError(
                f"a calibration round is under way: {under_way['waiting']} of {len(under_way['records'])} to go",
                where=f"stage {stage}",
                remedy="Complete it first",
            )
        untouched = state.untouched(stage)
        if not 1 <= n <= len(untouched):
            raise DecisionError(
                f"{n} records cannot be drawn, {len(untouched)} have no decision yet", where=f"stage {stage}"
            )
        drawn = random.Random(seed).sample(untouched, n)
        review.append(Calibrated(stage, tuple(drawn), seed, by, len(untouched)))
    return drawn


def calibration(review: Review, stage: Stage) -> dict[str, Any]:
    """Return the `records` of all calibration rounds of a stage, how many are `complete` or `waiting`, and for whom.

    `waiting_for` holds by name how many each has still to read.
    """
    state = review.state
    records = state.calibration_records(stage)
    waiting = set(state.undecided(stage)).intersection(records)
    left = {name: sum(name not in state.deciders(stage, one) for one in waiting) for name in state.protocol.active}
    return {
        "records": records,
        "complete": len(records) - len(waiting),
        "waiting": len(waiting),
        "waiting_for": {name: n for name, n in left.items() if n},
    }


def tag(review: Review, record_id: str, tag: str, reviewer: str, *, remove: bool = False) -> Logged:
    """Put a tag of one's own on a record, or take it off.

    Raises
    ------
    UnknownError
        If record or person are unknown.
    DecisionError
        If it is no tag, is there already, or is not there to be taken off.
    """
    name = " ".join(tag.split())
    if not 1 <= len(name) <= LONGEST_TAG or ";" in name:
        raise DecisionError(f"a tag has 1 to {LONGEST_TAG} characters and no semicolon", where=repr(tag[:80]))
    with review.transaction():
        state = review.state
        state.protocol.reviewer(reviewer)
        review.record(record_id)
        there = name in tags_on(state, record_id, reviewer).get(reviewer, ())
        if there is not remove:
            raise DecisionError(
                f"the tag {name!r} of {reviewer} is {'not there' if remove else 'there already'}", where=record_id
            )
        (logged,) = review.append(Tagged(record_id, reviewer, name, remove))
    return logged


def tags(review: Review, viewer: str | None, *, tag: str = "", reviewer: str = "") -> list[dict[str, Any]]:
    """Return the tagged records with the tags that `viewer` may see, filtered by tag and by whose it is."""
    records = review.records
    return [
        {"record_id": record_id, "title": records[record_id].title, "tags": shown}
        for record_id, shown in tagged(review.state, viewer, tag=tag, reviewer=reviewer).items()
    ]
