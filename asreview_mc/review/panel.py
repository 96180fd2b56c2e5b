"""The expert panel: who rates what, apart from one another, and what of it may be seen."""

from __future__ import annotations

from typing import Any

from asreview_mc.core.event import Logged, NarrativeWritten, PanelRated
from asreview_mc.review.agreement import many_raters
from asreview_mc.review.agreement.intervals import Statistic
from asreview_mc.review.agreement.tables import count_table
from asreview_mc.review.eligibility import eligibility
from asreview_mc.review.state import State
from asreview_mc.review.topics import confirmed

RATINGS = ("agree", "partly", "disagree")
CONDUCT = ("identification", "screening", "extraction")


def subjects(state: State) -> list[str]:
    """Return what there is to rate: each confirmed sub-topic, each finding, and the conduct of three stages."""
    topics = [
        f"topic:{record_id}:{code}"
        for record_id in eligibility(state).included
        if (event := confirmed(state, record_id)) is not None
        for code in event.codes
    ]
    written = [one.event.section for one in state.noted[NarrativeWritten] if isinstance(one.event, NarrativeWritten)]
    findings = [f"finding:{section}" for section in dict.fromkeys(written)]
    return [*topics, *findings, *(f"conduct:{stage}" for stage in CONDUCT)]


def rated(state: State, viewer: str | None) -> dict[str, dict[str, Logged]]:
    """Return the last rating of each expert by subject that `viewer` may see: their own, and where all have rated."""
    last = _last(state)
    done = set(complete(state))
    return {
        subject: shown
        for subject, by in last.items()
        if (shown := {name: one for name, one in by.items() if subject in done or name == viewer})
    }


def complete(state: State) -> list[str]:
    """Return the subjects that every expert of the panel has rated."""
    return [subject for subject, by in _last(state).items() if set(state.protocol.experts) <= set(by)]


def agreement(state: State) -> dict[str, Any]:
    """Return how far the experts agree, over the subjects that all have rated, by kind of subject and in all.

    Each has `n`, `table` (how often each rating was given), `percent_agreement` of pairs of experts, and Fleiss' κ,
    Gwet's AC1 and Krippendorff's α over the ratings as names.
    """
    done = complete(state)
    kinds = {kind: [one for one in done if one.startswith(f"{kind}:")] for kind in ("topic", "finding", "conduct")}
    ratings = _ratings(state)
    return {
        "raters": list(ratings),
        "subjects": len(subjects(state)),
        "complete": len(done),
        **{kind: _figures(ratings, ids) for kind, ids in kinds.items()},
        "all": _figures(ratings, done),
    }


def _last(state: State) -> dict[str, dict[str, Logged]]:
    last: dict[str, dict[str, Logged]] = {}
    for logged in state.noted[PanelRated]:
        if isinstance(logged.event, PanelRated):
            last.setdefault(logged.event.subject, {})[logged.event.reviewer] = logged
    return last


def _ratings(state: State) -> dict[str, dict[str, str]]:
    ratings: dict[str, dict[str, str]] = {name: {} for name in state.protocol.experts}
    for subject, by in _last(state).items():
        for name, logged in by.items():
            if isinstance(logged.event, PanelRated):
                ratings.setdefault(name, {})[subject] = logged.event.rating
    return ratings


def _figures(ratings: dict[str, dict[str, str]], ids: list[str]) -> dict[str, Any]:
    counts = count_table(
        {name: {one: said[one] for one in ids if one in said} for name, said in ratings.items()}, RATINGS
    )
    return {
        "n": len(ids),
        "table": dict(zip(RATINGS, counts.sum(axis=0).tolist(), strict=True)),
        "percent_agreement": _plain(many_raters.pairwise_agreement(counts)),
        "fleiss_kappa": many_raters.fleiss_kappa(counts).to_dict(),
        "gwet_ac1": many_raters.gwet_ac1(counts).to_dict(),
        "krippendorff_alpha": many_raters.krippendorff_alpha(counts, seed=0).to_dict(),
    }


def _plain(statistic: Statistic) -> float | dict[str, Any]:
    return statistic.to_dict() if statistic.value is None else statistic.value
