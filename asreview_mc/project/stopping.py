"""When to stop reading a stage: what the chosen rule says, what the others say, and samples drawn for them."""

from __future__ import annotations

import random
from dataclasses import asdict, dataclass
from itertools import takewhile
from typing import Any

import numpy as np

from asreview_mc.core.errors import DecisionError, UnknownError
from asreview_mc.core.event import Decided, Logged, ProtocolSet, SampleDrawn, StopLooked
from asreview_mc.core.protocol import Stage, Stopping
from asreview_mc.core.protocol_file import parse
from asreview_mc.learn import stop
from asreview_mc.learn.features import word_rows
from asreview_mc.learn.likeness import most_like_one
from asreview_mc.learn.stop.advice import Advice, advise
from asreview_mc.learn.stop.heuristics import Quiet
from asreview_mc.learn.stop.models import PoissonProcess, chapman
from asreview_mc.project.agreement import released
from asreview_mc.project.checks import check_leader
from asreview_mc.project.imported import Places
from asreview_mc.project.review import Review
from asreview_mc.review.reading_order import ControlState, ReadingOrder, control_sample, reading_order, samples
from asreview_mc.review.state import CONTROL as CONTROL  # for rooms that may not ask `review`
from asreview_mc.review.state import SECOND_LOOK as SECOND_LOOK
from asreview_mc.review.state import UNTOUCHED, State

AUDIT = "audit"
SEEN = ("read", "found", "records")
"""What the evidence of a look holds of the reading itself, beside what its rule adds."""


@dataclass(frozen=True)
class Look:
    """What the rules say at one moment.

    Attributes
    ----------
    stage : str
    target, confidence : float
        Of the protocol.
    n_records, n_read, found, conflicts : int
        Records of the stage, those read to the end, the relevant among these (open conflicts count as relevant until
        they are settled), and how many conflicts are open.
    chosen : str
        Name of the rule chosen in the protocol, empty where none is.
    chosen_at : int or None
        The event that chose it.
    chosen_before : bool
        Whether that was before the first decision of the stage.
    verdicts : list of Verdict
        The chosen rule's first.
    estimate : dict
        ``expected_missed`` and ``recall`` if reading stopped now, with ``recall_low`` and ``recall_high``, each at the
        protocol's confidence, under the power law of the Poisson process; None where it has no answer.
    overlooked : dict or None
        Chapman's estimate of the relevant records that two reviewers overlooked together, among those read.
    waiting : int
        Sampled records that are still to be read.
    key_papers_missing : tuple of str or None
        Of the protocol's key papers those that were not read yet or are no record here; None where it names none.
    logged : Logged or None
        The event that notes this look; None where nothing was read since the last one.
    """

    stage: Stage
    target: float
    confidence: float
    n_records: int
    n_read: int
    found: int
    conflicts: int
    chosen: str
    chosen_at: int | None
    chosen_before: bool
    verdicts: list[stop.Verdict]
    estimate: dict[str, Any]
    overlooked: dict[str, float] | None
    waiting: int
    key_papers_missing: tuple[str, ...] | None = None
    logged: Logged | None = None


def look(review: Review, stage: Stage, *, by: str = "", rule: str = "") -> Look:
    """Ask every rule whether reading may stop, and log the look; without a rule's name where none is chosen.

    It rests on records alone that were read to the end, so that it tells nothing of pending decisions. A look at what
    the last one looked at is not logged again, nor does it spend more of the error probability.

    Parameters
    ----------
    rule : str
        Another rule than the protocol's to be logged; the protocol's where empty.

    Raises
    ------
    UnknownError
        If `by` or the rule are unknown.
    """
    with review.transaction():
        state = review.state
        if by:
            state.protocol.reviewer(by)
        found = _looked(review, state, stage)
        name = rule or found.chosen
        if name:
            stop.rule(name)
        verdict = next((one for one in found.verdicts if one.name == name), None)
        seen = (found.n_read, found.found, found.n_records)
        event = StopLooked(
            stage,
            name,
            found.target,
            found.confidence,
            verdict.stop if verdict else None,
            {
                **dict(zip(SEEN, seen, strict=True)),
                **({"kind": verdict.kind, **verdict.evidence} if verdict else {}),
            },
            by,
            _spent(name, found.confidence, 1 + len(_earlier_looks(state, stage, seen))),
        )
        last = _looks(state, stage)[-1:]
        if last and _asked(last[0]) == _asked(event):
            return found
        (logged,) = review.append(event)
    return Look(**{**found.__dict__, "logged": logged})


def draw(review: Review, stage: Stage, n: int, *, by: str, seed: int, purpose: str = AUDIT) -> Logged:
    """Draw a random sample of unread records: for the audit of what is left, or as the control of the ranking.

    The reviewers get them between the ranked ones and are not told which they are. A control sample is drawn among the
    records that nobody has decided on, best before the ranked reading begins: no queue learns from one of it before it
    has come to it by rank, so that the order is the same as without the sample. Of the pool it leaves out only records
    that are read, or must be before it is asked, so that what it shows of the ranking holds for the whole.

    Parameters
    ----------
    purpose : {"audit", "control"}

    Raises
    ------
    UnknownError
        If `by` is unknown.
    DecisionError
        If `by` may not, the stage is closed, an earlier sample is not read to the end, a control sample was drawn
        before, or there are not that many.
    """
    with review.transaction():
        state = review.state
        check_leader(state.protocol, by)
        if state.closed(stage):
            raise DecisionError("is closed", where=f"stage {stage}", remedy="Reopen it first")
        among = UNTOUCHED if purpose == CONTROL else "undecided"
        unread = state.untouched(stage) if purpose == CONTROL else state.undecided(stage)
        if purpose == CONTROL and state.reached[stage]:
            raise DecisionError(
                "has its control sample already", where=f"stage {stage}", remedy="See `asreview-mc stop`"
            )
        waiting = sum(one.to_read for one in samples(state, stage, purpose))
        if waiting:
            raise DecisionError(f"{waiting} records of the sample before are still to read", where=f"stage {stage}")
        if not 1 <= n <= len(unread):
            raise DecisionError(f"{n} cannot be drawn from {len(unread)} unread records", where=f"stage {stage}")
        drawn = random.Random(seed).sample(unread, n)
        (logged,) = review.append(SampleDrawn(stage, purpose, tuple(drawn), len(unread), seed, among, by))
    return logged


def second_look(review: Review, stage: Stage, *, by: str) -> Logged:
    """Draw the unread records that are most like a single relevant one in words, for the rule `quiet`.

    It rests on records alone that were read to the end, and on none of a control sample that the ranking has not come
    to. The reviewers get them between the ranked ones.

    Raises
    ------
    UnknownError
        If `by` is unknown.
    DecisionError
        If `by` may not, the stage is closed, all is read, an earlier look is not read to the end, BUSCAR decides alone,
        or it is too early: before the end the ranking itself still comes to most of what is like a relevant record.
    """
    _, unread, relevant = _may_look_again(review.state, stage, by)
    record_ids = list(review.state.eligible(stage))
    row_of = {one: row for row, one in enumerate(record_ids)}
    records = [review.records[one] for one in record_ids]
    words = word_rows([one.title for one in records], [one.abstract for one in records])
    nearest = most_like_one(words, [row_of[one] for one in relevant], [row_of[one] for one in unread])
    with review.transaction():  # not before: others decide while likeness is reckoned
        order, unread, _ = _may_look_again(review.state, stage, by)
        left = set(unread)
        drawn = [one for row in nearest if (one := record_ids[row]) in left][: Quiet().look - order.second_look]
        if not drawn:
            raise DecisionError("all was read meanwhile", where=f"stage {stage}", remedy="See `asreview-mc stop`")
        event = SampleDrawn(stage, SECOND_LOOK, tuple(drawn), len(unread), 0, "undecided", by)
        (logged,) = review.append(event)
    return logged


def _may_look_again(state: State, stage: Stage, by: str) -> tuple[ReadingOrder, list[str], list[str]]:
    """Return what was read, what was not, and what to be like, where a second look may be drawn."""
    check_leader(state.protocol, by)
    where = f"stage {stage}"
    if state.closed(stage):
        raise DecisionError("is closed", where=where, remedy="Reopen it first")
    order, unread, held_back = reading_order(state, stage), state.undecided(stage), state.held_back(stage, None)
    if order.looking:
        raise DecisionError(f"{order.looking} records of the last second look are still to be read", where=where)
    if not unread:
        raise DecisionError("nothing is left to look at", where=where)
    if order.second_look >= Quiet().look:
        raise DecisionError("its second look is read, and found nothing", where=where, remedy="See `asreview-mc stop`")
    labelled = zip(order.record_ids, order.labels, strict=True)
    relevant = [one for one, label in labelled if label and one not in held_back]
    screening = stop.Screening(np.array(order.labels, dtype=np.int64), order.n_records, given=order.given)
    if not relevant or Quiet().by_buscar_alone(screening, state.protocol.stopping.target):
        raise DecisionError(
            f"a second look is of no use with {screening.found:,} relevant records found, or a target of"
            f" {state.protocol.stopping.target:.0%}: the rule quiet leaves such cases to BUSCAR",
            where=where,
        )
    run, due = screening.irrelevant_run(), Quiet().look_from(order.n_records)
    if run < due:
        raise DecisionError(
            f"too early for a second look: {run:,} irrelevant in a row",
            where=where,
            remedy=f"Draw it after {due:,}",
        )
    return order, unread, relevant


def advice(review: Review, stage: Stage = "abstract") -> list[Advice]:
    """Return what each rule is likely to cost in this review, before anything was read."""
    state = review.state
    chosen = state.protocol.stopping
    return advise(sum(1 for _ in state.eligible(stage)), target=chosen.target, confidence=chosen.confidence)


def _looked(review: Review, state: State, stage: Stage) -> Look:
    order, settings = reading_order(state, stage), state.protocol.stopping
    missing = _key_papers_missing(review, order) if settings.key_papers else None
    drawn, control = samples(state, stage, AUDIT), control_sample(state, stage)
    audits = tuple(stop.Audit(one.population, one.outside, one.size, one.relevant) for one in drawn if not one.to_read)
    screening = stop.Screening(
        np.array(order.labels, dtype=np.int64),
        order.n_records,
        given=order.given,
        control=_control(control) if control else None,
        audits=audits,
        looks=len(_earlier_looks(state, stage, (len(order.record_ids), sum(order.labels), order.n_records))),
        disputed=order.conflicts,
        random_relevant=_random_relevant(state, stage),
        key_papers_missing=None if missing is None else len(missing),
        second_look=order.second_look,
        looking=order.looking,
    )
    chosen_at, before = _chosen(review, state, stage)
    estimate = PoissonProcess().assess(screening, settings.target, settings.confidence).evidence
    return Look(
        stage,
        settings.target,
        settings.confidence,
        order.n_records,
        screening.n_read,
        screening.found,
        order.conflicts,
        settings.rule,
        chosen_at,
        before,
        stop.assess(screening, target=settings.target, confidence=settings.confidence, chosen=settings.rule),
        {
            "expected_missed": estimate.get("expected"),
            **{name: estimate.get(name) for name in ("recall", "recall_low", "recall_high")},
        },
        _overlooked(state, stage),
        sum(one.to_read for one in drawn) + (control.to_read if control else 0) + order.looking,
        missing,
    )


def _control(sample: ControlState) -> stop.Control:
    return stop.Control(
        len(sample.reached),
        sum(sample.reached),
        sum(1 for _ in takewhile(bool, sample.reached)),
        to_read=sample.to_read,
        disputed=sample.conflicts,
        unread_outside=sample.unread_outside,
    )


def _key_papers_missing(review: Review, order: ReadingOrder) -> tuple[str, ...]:
    places, read = Places.of(review.state, review.single_records.values()), set(order.record_ids)

    def is_read(name: str) -> bool:
        try:
            return places.named(name) in read
        except UnknownError:
            return False

    return tuple(name for name in review.protocol.stopping.key_papers if not is_read(name))


def _looks(state: State, stage: Stage) -> list[StopLooked]:
    looks = [one.event for one in state.noted[StopLooked]]
    return [one for one in looks if isinstance(one, StopLooked) and one.stage == stage]


def _earlier_looks(state: State, stage: Stage, seen: tuple[int, ...]) -> list[StopLooked]:
    """Return the looks at some rule before the first of those that saw what is `seen` now."""
    looks = [one for one in _looks(state, stage) if one.rule]
    while looks and _seen(looks[-1]) == seen:
        looks.pop()
    return looks


def _seen(look: StopLooked) -> tuple[int | None, ...]:
    return tuple(look.evidence.get(name) for name in SEEN)


def _asked(look: StopLooked) -> tuple[object, ...]:
    return look.rule, look.target, look.confidence, look.stop, _seen(look)


def _spent(name: str, confidence: float, looks: int) -> float:
    """Return the share of the error probability that so many looks have used up, where the rule spends."""
    if not name.endswith("-spending"):
        return 0.0
    return round((1 - confidence) * (1 - 1 / (looks + 1)), 12)


def _random_relevant(state: State, stage: Stage) -> int:
    drawn = state.calibration_records(stage)
    return sum(state.verdict(stage, one).outcome == "include" for one in drawn)


def _chosen(review: Review, state: State, stage: Stage) -> tuple[int | None, bool]:
    """Return the event that chose the present rule, target and confidence, and whether nothing was decided before."""
    now, at = state.protocol.stopping, None
    if not now.rule:
        return None, False
    for logged in reversed(state.protocols):
        event = logged.event
        if not isinstance(event, ProtocolSet) or _promised(parse(event.text, strict=False).stopping) != _promised(now):
            break
        at = logged.seq
    first = review.log.events(kinds=[Decided.kind])
    decided = next((one.seq for one in first if isinstance(one.event, Decided) and one.event.stage == stage), None)
    return at, at is not None and (decided is None or at < decided)


def _promised(chosen: Stopping) -> tuple[str, float, float]:
    return chosen.rule, chosen.target, chosen.confidence


def _overlooked(state: State, stage: Stage) -> dict[str, float] | None:
    drawn, queue = released(state, stage, None)  # the same votes as agreement is of, and no sooner
    ratings = state.ratings(stage, [*drawn, *queue])
    rated = [said for said in ratings.values() if said]
    if len(rated) != 2:
        return None
    both = set(rated[0]) & set(rated[1])
    first, second = ({one for one in both if said[one] != "exclude"} for said in rated)
    return chapman(len(first), len(second), len(first & second)) if first or second else None


def as_plain(found: Look) -> dict[str, Any]:
    """Return a look as plain values, each rule with whether it was the one chosen."""
    plain = {name: value for name, value in found.__dict__.items() if name not in ("verdicts", "logged")}
    rules = [
        {**asdict(one), "evidence": dict(one.evidence), "chosen": one.name == found.chosen} for one in found.verdicts
    ]
    return {**plain, "rules": rules, "seq": found.logged.seq if found.logged else None}
