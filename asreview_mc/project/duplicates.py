"""De-duplication of a review: certain duplicates merged, doubtful pairs judged by a person, any merge taken back."""

from __future__ import annotations

from dataclasses import dataclass

from asreview_mc.core.errors import DecisionError
from asreview_mc.core.event import Event, JudgedDifferent, Logged, Merged, Split
from asreview_mc.core.protocol import STAGES
from asreview_mc.identify.dedup import Doubt, Matches, match
from asreview_mc.project.checks import check_not_frozen
from asreview_mc.project.review import Review
from asreview_mc.review.state import State

BY_A_PERSON = "judged to be the same"


@dataclass(frozen=True, slots=True)
class Deduplicated:
    """What a run of `dedup` came to: `merged`, `carried_over` and `new_conflicts` in this run, the rest as of now.

    `clusters` counts records that stand for duplicates of theirs, `to_review` doubtful pairs that wait for a person;
    ``unique == records - all merged so far``. `carried_over` counts merged records that somebody had decided on,
    `new_conflicts` those records that the decisions carried over have brought into conflict.
    """

    records: int
    merged: int
    clusters: int
    to_review: int
    unique: int
    carried_over: int = 0
    new_conflicts: int = 0
    doubtful: tuple[Doubt, ...] = ()


def dedup(review: Review, *, by: str = "") -> Deduplicated:
    """Merge the certain duplicates among all records; every source is kept and nothing is deleted."""
    found, seen = _match(review), review.state.seq
    with review.transaction():
        if review.state.seq != seen:  # somebody merged, judged or read while we compared
            found = _match(review)
        before = _in_conflict(review.state)
        merges = [_merge(review, pair.record_id, pair.into, pair.why, by) for pair in found.certain]
        state = review.state
    unique, done = list(state.unique()), [merge for merge in merges if merge is not None]
    waiting = _waiting(state, found)
    return Deduplicated(
        records=state.n_records,
        merged=len(done),
        clusters=sum(bool(state.members(record_id)) for record_id in unique),
        to_review=len(waiting),
        unique=len(unique),
        carried_over=sum(merge.carried for merge in done),
        new_conflicts=len(_in_conflict(state) - before),
        doubtful=tuple(waiting),
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
        If the two are merged already, or nothing speaks for their being one and a decision on either is pending: the
        merge would disclose it.
    """
    offered = {frozenset((doubt.record_id, doubt.other)) for doubt in _match(review).doubtful} if same else set()
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
            check_not_frozen(review, state, max(record_id, other, key=lambda name: int(name[1:])))
            if frozenset((record_id, other)) not in offered and any(map(state.is_begun, (record_id, other))):
                raise DecisionError(
                    f"{record_id} and {other} are not offered as one, and decisions on them would be disclosed",
                    remedy="Merge them before they are screened, or complete and settle each",
                )
            merge = _merge(review, record_id, other, f"{BY_A_PERSON}: {note}" if note else BY_A_PERSON, by, judged=True)
            if merge is None:
                raise ValueError("two records that are apart were not merged")
            return merge.logged
        (logged,) = review.append(JudgedDifferent(record_id, other, by, note))
    return logged


def split(review: Review, record_id: str, *, by: str, note: str = "") -> Logged:
    """Take a record out of the one it was merged into; each decision is again with the record it was made on.

    Raises
    ------
    UnknownError
        If record or person are unknown.
    DecisionError
        If it is not merged into another, or the included set is frozen.
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
        check_not_frozen(review, state, record_id)
        undone = merges[-1]
        events: list[Event] = [Split(record_id, undone.seq, by, note)]
        events += [JudgedDifferent(record_id, other, by, note) for other in _family_before(review, undone)]
        return review.append(*events)[0]


def answered(state: State, one: str, other: str) -> bool:
    """Whether two records are one by now, or were judged different."""
    return state.kept(one) == state.kept(other) or _apart(state, one, other)


def _apart(state: State, one: str, other: str) -> bool:
    """Whether a person has judged any records of two families to be different."""
    families = [(kept, *state.members(kept)) for kept in map(state.kept, (one, other))]
    return any(frozenset((a, b)) in state.different for a in families[0] for b in families[1])


@dataclass(frozen=True, slots=True)
class _Merge:
    logged: Logged
    carried: bool


def _match(review: Review) -> Matches:
    state = review.state
    merged = [(event.record_id, event.into) for event in state.merges.values()]
    return match(list(review.single_records.values()), settled=state.different, merged=merged)


def _merge(review: Review, record_id: str, into: str, why: str, by: str, *, judged: bool = False) -> _Merge | None:
    """Merge two records that are still apart, the later into the earlier, unless a person has kept them apart."""
    state = review.state
    one, other = state.kept(record_id), state.kept(into)
    if one == other or (not judged and _apart(state, one, other)):
        return None
    kept, gone = sorted((one, other), key=lambda name: int(name[1:]))
    carried = state.is_begun(gone)
    (logged,) = review.append(Merged(gone, kept, why, by))
    return _Merge(logged, carried)


def _in_conflict(state: State) -> set[str]:
    return {record_id for stage in STAGES for record_id in state.conflicts(stage)}


def _waiting(state: State, found: Matches) -> list[Doubt]:
    return [doubt for doubt in found.doubtful if state.kept(doubt.record_id) != state.kept(doubt.other)]


def _family_before(review: Review, undone: Logged) -> list[str]:
    """Return the records that a merged record was put together with, as they stood before that merge."""
    event = undone.event
    if not isinstance(event, Merged):
        return []
    earlier = [one for one in review.log.events(kinds=[Merged.kind]) if one.seq < undone.seq]
    then = State(review.state.taken_back).feed_some(earlier)
    kept = then.kept(event.into)
    return [kept, *then.members(kept)]
