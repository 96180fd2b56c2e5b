"""De-duplication of a review: certain duplicates merged, doubtful pairs judged by a person, any merge taken back."""

from __future__ import annotations

from dataclasses import dataclass

from asreview_mc.core.errors import DecisionError
from asreview_mc.core.event import Event, JudgedDifferent, Logged, Merged, Split
from asreview_mc.identify.dedup import Doubt, Matches, match
from asreview_mc.project.review import Review
from asreview_mc.review.state import State

BY_A_PERSON = "judged to be the same"


@dataclass(frozen=True, slots=True)
class Deduplicated:
    """What a run of `dedup` came to: `merged` in this run, the rest as of now.

    `clusters` counts records that stand for duplicates of theirs, `to_review` doubtful pairs that wait for a person;
    ``unique == records - all merged so far``.
    """

    records: int
    merged: int
    clusters: int
    to_review: int
    unique: int


def dedup(review: Review, *, by: str = "") -> Deduplicated:
    """Merge the certain duplicates among all records; every source is kept and nothing is deleted."""
    found = _match(review)
    merged = 0
    with review.transaction():
        for pair in found.certain:
            merged += _merge(review, pair.record_id, pair.into, pair.why, by) is not None
        state = review.state
    unique = list(state.unique())
    return Deduplicated(
        records=state.n_records,
        merged=merged,
        clusters=sum(bool(state.members(record_id)) for record_id in unique),
        to_review=len(_waiting(state, found)),
        unique=len(unique),
    )


def doubts(review: Review) -> list[Doubt]:
    """Return the doubtful pairs that wait for a person, the most alike first."""
    return _waiting(review.state, _match(review))


def judge(review: Review, record_id: str, other: str, *, same: bool, by: str, note: str = "") -> Logged:
    """Log what a person made of two records: merge them, or never offer and never merge the pair again.

    Raises
    ------
    UnknownError
        If a record or the person is unknown.
    DecisionError
        If the two are merged already.
    """
    with review.transaction():
        review.protocol.reviewer(by)
        review.record(record_id), review.record(other)
        state = review.state
        if state.kept(record_id) == state.kept(other):
            raise DecisionError(
                f"{record_id} and {other} are one record already",
                remedy="Take that back with `dedup split`, if it is wrong",
            )
        if same:
            why = f"{BY_A_PERSON}: {note}" if note else BY_A_PERSON
            logged = _merge(review, record_id, other, why, by, judged=True)
            if logged is not None:
                return logged
        (logged,) = review.append(JudgedDifferent(record_id, other, by, note))
    return logged


def split(review: Review, record_id: str, *, by: str, note: str = "") -> Logged:
    """Take a record out of the one it was merged into; each decision is again with the record it was made on.

    Raises
    ------
    UnknownError
        If record or person are unknown.
    DecisionError
        If it is not merged into another.
    """
    with review.transaction():
        review.protocol.reviewer(by)
        review.record(record_id)
        state = review.state
        merges = [
            one for one in review.log.events(about=[record_id], kinds=[Merged.kind]) if one.seq not in state.taken_back
        ]
        if not merges:
            raise DecisionError("is not merged into another record", where=record_id)
        own = {record_id, *_under(state, record_id)}
        kept = state.kept(record_id)
        others = [one for one in (kept, *state.members(kept)) if one not in own]
        events: list[Event] = [Split(record_id, merges[-1].seq, by, note)]
        events += [JudgedDifferent(record_id, other, by, note) for other in others]
        return review.append(*events)[0]


def _match(review: Review) -> Matches:
    state = review.state
    merged = [(event.record_id, event.into) for event in state.merges.values()]
    return match(list(review.single_records.values()), settled=state.different, merged=merged)


def _merge(review: Review, record_id: str, into: str, why: str, by: str, *, judged: bool = False) -> Logged | None:
    """Merge two records that are still apart, the later into the earlier, unless a person has kept them apart."""
    state = review.state
    one, other = state.kept(record_id), state.kept(into)
    if one == other:
        return None
    if not judged and _apart(state, one, other):
        return None
    kept, gone = sorted((one, other), key=lambda name: int(name[1:]))
    (logged,) = review.append(Merged(gone, kept, why, by))
    return logged


def _apart(state: State, one: str, other: str) -> bool:
    families = [(kept, *state.members(kept)) for kept in (one, other)]
    return any(frozenset((a, b)) in state.different for a in families[0] for b in families[1])


def _waiting(state: State, found: Matches) -> list[Doubt]:
    return [doubt for doubt in found.doubtful if state.kept(doubt.record_id) != state.kept(doubt.other)]


def _under(state: State, record_id: str) -> list[str]:
    """Return the records that were merged into `record_id` itself, directly or by way of others."""
    found, latest = [], [record_id]
    while latest:
        latest = [one for one, event in state.merges.items() if event.into in latest]
        found += latest
    return found
