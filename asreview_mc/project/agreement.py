"""Agreement of a review: for the pool, batch by batch, per reason, and as it is logged.

The queue is no random sample: inclusion grows rarer along it and errors go together. The calibration round alone is
one, so its figures are the estimate for the pool; batches of the queue are apart, and figures over all only describe.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from asreview_mc.core.errors import UnknownError
from asreview_mc.core.event import AgreementMeasured, TopicsConfirmed
from asreview_mc.core.protocol import STAGES, Stage
from asreview_mc.project.review import Review
from asreview_mc.report.agreement_methods import paragraph
from asreview_mc.report.figures import agreement_picture
from asreview_mc.report.writing import suffix_of, write
from asreview_mc.review.state import State
from asreview_mc.review.topics import first_confirmations

if TYPE_CHECKING:
    from asreview_mc.review.agreement.weights import Weights

BOOTSTRAP_SEED = 0
WEIGHTS = ("linear", "quadratic", "ordinal")
"""How much of an agreement it is where one says maybe and the other include or exclude."""
CONDITIONAL = "conditional on the queue: these records came in the order of a ranking and are no sample of the pool"
DESCRIPTIVE = "descriptive: over all records that were decided on blind, of whatever prevalence"
MANY_RATERS = 6
"""With more, what is logged over time is of all together: 20 people make 190 pairs at every batch."""
FOR_THE_POOL = "estimate for the pool: the records were drawn at random"


def agreement(
    review: Review, stage: Stage, viewer: str | None = None, *, weights: Weights = "unweighted"
) -> dict[str, Any]:
    """Return agreement on a stage as far as it is released to `viewer`.

    Everybody, named or not, learns of full batches of 25 and of whole calibration rounds only, so that no figure moves
    with a single vote. All is released once the stage is closed or nobody is waited for, neither there nor before it,
    and to those unblinded.

    Returns
    -------
    dict
        Figures over all that is released, as `commands.md` has them; `waiting` counts the records held back; `meaning`
        says what they are; `calibration` and `batches` (each of 25, `places` in the order of completion, `ranks` as
        the raters read them, `prevalence`, `overlap_share`) have such figures of their own; `reasons` and
        `sub_topics` (at full text) have one for each code against all others; `methods` is a
        paragraph for the methods section. With `weights`, `in_order` has coefficients over include, maybe and exclude
        in their order.

    Raises
    ------
    UnknownError
        If there are no such weights.
    """
    return agreement_of(review.state, stage, viewer, weights=weights)


def agreement_of(
    state: State, stage: Stage, viewer: str | None = None, *, weights: Weights = "unweighted"
) -> dict[str, Any]:
    """Return what `agreement` does, of a state."""
    drawn, queue = released(state, stage, viewer)
    told = set(drawn) | set(queue)
    done = state.doubly_screened(stage)
    found = {
        "stage": stage,
        **agreement_over(state, stage, [one for one in done if one in told]),
        "waiting": len(done) - len(told),
        "meaning": DESCRIPTIVE,
        "calibration": {"meaning": FOR_THE_POOL, **agreement_over(state, stage, drawn)} if drawn else None,
        "batches": [_batch(state, stage, queue, number) for number in range(_full(queue) // batch_size())],
    }
    if weights != "unweighted":
        found["in_order"] = _in_order(state, stage, sorted(told, key=done.index), weights)
    if stage == "fulltext":
        found["reasons"] = _reasons(state, [*drawn, *queue])
        found["sub_topics"] = sub_topics(state, viewer)
    return found | {"methods": paragraph(found, maybe=state.protocol.maybe_in_agreement)}


def released(state: State, stage: Stage, viewer: str | None) -> tuple[list[str], list[str]]:
    """Return the records whose figures `viewer` may have, of calibration rounds and of the queue."""
    drawn, queue = _parts(state, stage)
    if _released_whole(state, stage, viewer):
        return drawn, queue
    return (drawn if _round_is_in(state, stage) else []), queue[: _full(queue)]


def calibrated(review: Review, stage: Stage) -> dict[str, Any] | None:
    """Return the figures over all calibration rounds of a stage, the estimate for the pool; None before all are in."""
    state = review.state
    drawn, _ = _parts(state, stage)
    if not drawn or not _round_is_in(state, stage):
        return None
    return {"stage": stage, "meaning": FOR_THE_POOL, **agreement_over(state, stage, drawn)}


def over_time(review: Review, stage: Stage) -> list[dict[str, Any]]:
    """Return the agreement that was logged, in order: of calibration, after each full batch, at the stage's close."""
    return [
        {"batch": event.batch, "records": event.records, "at": logged.at, "seq": logged.seq, **event.statistics}
        | ({"over": event.over} if event.over else {})
        for logged in review.state.measured
        if isinstance(event := logged.event, AgreementMeasured) and event.stage == stage
    ]


def draw_over_time(review: Review, stage: Stage, path: Path) -> None:
    """Draw the agreement of each batch as it was logged, as ``.svg``, ``.png`` or ``.pdf``."""
    suffix = suffix_of(path, (".svg", ".png", ".pdf"))
    write(path, agreement_picture(over_time(review, stage), suffix))


def agreement_over(state: State, stage: Stage, record_ids: Sequence[str]) -> dict[str, Any]:
    """Return the figures over some records, first decisions made blind."""
    from asreview_mc.review.agreement import summarise

    return summarise(
        _ratings(state, stage, record_ids), maybe=state.protocol.maybe_in_agreement, seed=BOOTSTRAP_SEED
    ).to_dict()


def _ratings(state: State, stage: Stage, record_ids: Sequence[str]) -> dict[str, dict[str, str]]:
    return {name: rated for name, rated in state.ratings(stage, record_ids).items() if rated}


def _in_order(state: State, stage: Stage, record_ids: Sequence[str], weights: Weights) -> dict[str, Any]:
    from asreview_mc.review.agreement.in_order import in_order

    if weights not in WEIGHTS:
        raise UnknownError(f"no weights are called {weights!r}", remedy=f"Choose {', '.join(WEIGHTS)}")
    return in_order(_ratings(state, stage, record_ids), weights=weights, seed=BOOTSTRAP_SEED)


def measure_full_batches(review: Review, stage: Stage) -> None:
    """Log agreement over each batch of the queue that is full, and over a whole calibration round, once.

    A batch's event describes the queue up to it; the batch alone stands in it as ``alone``. What is to be logged is
    reckoned before the log is held, so that no decision waits for it.
    """
    state = review.state
    drawn, queue = _parts(state, stage)
    if drawn and _round_is_in(state, stage) and len(drawn) > _measured(state, stage)[1]:
        statistics = _short(agreement_over(state, stage, drawn))
        with review.transaction():
            if len(drawn) > _measured(review.state, stage)[1]:
                review.append(AgreementMeasured(stage, 0, len(drawn), statistics, over="calibration"))
    for number in range(_measured(state, stage)[0], _full(queue) // batch_size()):
        upto = (number + 1) * batch_size()
        alone = _short(_batch(state, stage, queue, number))
        statistics = {**_short(agreement_over(state, stage, queue[:upto])), "alone": alone}
        with review.transaction():
            if _measured(review.state, stage)[0] == number:  # else another process was faster
                review.append(AgreementMeasured(stage, number + 1, upto, statistics))


def _measured(state: State, stage: Stage) -> tuple[int, int]:
    """Return how many batches of a stage are logged, and the records of the largest calibration that is."""
    logged = [one.event for one in state.measured]
    here = [one for one in logged if isinstance(one, AgreementMeasured) and one.stage == stage]
    rounds = [one.records for one in here if one.over == "calibration"]
    return sum(not one.over for one in here), max(rounds, default=0)


def _short(found: dict[str, Any]) -> dict[str, Any]:
    """Return figures without the pairs that share no record; without any pair where there are too many to look at."""
    pairs = [pair for pair in found["pairs"] if pair["n"]] if len(found["raters"]) <= MANY_RATERS else []
    return found | {"pairs": pairs}


def measure_stage(review: Review, stage: Stage) -> None:
    """Log agreement over a stage that is closed."""
    state = review.state
    done = state.doubly_screened(stage)
    if done:
        review.append(AgreementMeasured(stage, 0, len(done), agreement_over(state, stage, done), over="stage"))


def _parts(state: State, stage: Stage) -> tuple[list[str], list[str]]:
    """Return the doubly screened records of calibration rounds, and the others, as they became complete."""
    drawn = set(state.calibration_records(stage))
    done = state.doubly_screened(stage)
    return [one for one in done if one in drawn], [one for one in done if one not in drawn]


def _round_is_in(state: State, stage: Stage) -> bool:
    return all(state.disclosed(stage, one) is not None for one in state.calibration_records(stage))


def _released_whole(state: State, stage: Stage, viewer: str | None) -> bool:
    if state.sees_all(viewer) or state.closed(stage):
        return True
    # Full texts come one by one: none may wait while titles are still read, and then each would be told of alone.
    upto = STAGES[: STAGES.index(stage) + 1]
    return not any(not state.closed(one) and state.undecided(one) for one in upto)


def batch_size() -> int:
    """Return how many records a batch has."""
    from asreview_mc.review.agreement import BATCH

    return BATCH


def _full(record_ids: Sequence[str]) -> int:
    """Return how many of the records are in full batches."""
    from asreview_mc.review.agreement import batches

    return batches(record_ids) * batch_size()


def _batch(state: State, stage: Stage, done: Sequence[str], number: int) -> dict[str, Any]:
    """Return the figures of one full batch alone, with where it lies and how often its records were included."""
    first, upto = number * batch_size(), (number + 1) * batch_size()
    record_ids = done[first:upto]
    ratings = state.ratings(stage, record_ids)
    said = [answer for rated in ratings.values() for answer in rated.values()]
    places = {name: state.reading_places(stage, name) for name in ratings}
    ranks = [places[name][one] for name, rated in ratings.items() for one in rated if one in places[name]]
    return {
        "batch": number + 1,
        "places": [first + 1, upto],
        "ranks": [min(ranks), max(ranks)] if ranks else None,
        "prevalence": said.count("include") / len(said),
        "overlap_share": state.overlap_share(stage, record_ids[-1]),
        "meaning": CONDITIONAL,
        **agreement_over(state, stage, record_ids),
    }


def _reasons(state: State, record_ids: Sequence[str]) -> list[dict[str, Any]]:
    """Return for each reason how far those agree on it who all excluded a record."""
    given = state.reasons_given("fulltext", record_ids)
    return [
        _one_of_many(
            reason.code,
            {name: {one: said == reason.code for one, said in rated.items()} for name, rated in given.items()},
        )
        for reason in state.protocol.reasons
    ]


def sub_topics(state: State, viewer: str | None) -> list[dict[str, Any]]:
    """Return for each sub-topic how far reviewers agree on it, by the first confirmation each gave of a record.

    `hidden` has the same figures over what was coded with suggestions hidden, which cannot have drawn coders together.
    """
    first = first_confirmations(state, viewer)
    hidden = {name: {one: e for one, e in given.items() if e.hidden} for name, given in first.items()}
    return [_on_code(card.code, first) | {"hidden": _on_code(card.code, hidden)} for card in state.protocol.cards]


def _on_code(code: str, given: dict[str, dict[str, TopicsConfirmed]]) -> dict[str, Any]:
    said = {name: {one: code in event.codes for one, event in by_record.items()} for name, by_record in given.items()}
    return _one_of_many(code, {name: answers for name, answers in said.items() if answers})


def _one_of_many(code: str, said: dict[str, dict[str, bool]]) -> dict[str, Any]:
    """Return the figures of one reason or sub-topic against all others: include is that it applies."""
    from asreview_mc.review.agreement import summarise

    rated = {name: {one: "include" if yes else "exclude" for one, yes in given.items()} for name, given in said.items()}
    return {"code": code, **summarise(rated, maybe="include", seed=BOOTSTRAP_SEED).to_dict()}
