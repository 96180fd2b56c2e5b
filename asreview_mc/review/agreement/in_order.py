"""Agreement with credit for near misses: maybe lies between include and exclude, and the three are in that order."""

from __future__ import annotations

from itertools import combinations
from typing import Any

from asreview_mc.review.agreement import many_raters, two_raters
from asreview_mc.review.agreement.summary import THREE_WAY
from asreview_mc.review.agreement.tables import IntArray, Ratings, count_table, pair_counts, pair_table
from asreview_mc.review.agreement.weights import Weights


def in_order(ratings: Ratings, *, weights: Weights, seed: int) -> dict[str, Any]:
    """Return weighted coefficients over include, maybe and exclude as they were given, of every pair and of all.

    Cohen's κ and Gwet's AC2 take the weights; Krippendorff's α is ordinal, with distances of its own.

    Parameters
    ----------
    ratings : mapping of rater to mapping of record id to "include", "maybe" or "exclude"
    weights : {"linear", "quadratic", "ordinal"}
        Linear and quadratic take maybe to be half way between the two; ordinal takes no more than the order.
    seed : int
        Of the bootstrap for Krippendorff's α.

    Returns
    -------
    dict
        `weights`, `pairs` (each with `raters`, `n`, `cohen_kappa_weighted`, `gwet_ac2`,
        `krippendorff_alpha_ordinal`) and `all` (`n` and the latter two).

    References
    ----------
    Cohen 1968, doi:10.1037/h0026256; Gwet 2014, Handbook of Inter-Rater Reliability, 4th ed., chapters 3 and 5;
    Hayes & Krippendorff 2007, doi:10.1080/19312450709336664.
    """
    pairs = []
    for first, second in combinations(ratings, 2):
        table = pair_table(ratings[first], ratings[second], THREE_WAY)
        kappa = two_raters.cohen_kappa(table, weights=weights, scale="fisher")
        pairs.append(
            {"raters": [first, second], "n": int(table.sum()), "cohen_kappa_weighted": kappa.to_dict()}
            | _of_counts(pair_counts(table), weights, seed)
        )
    counts = count_table(ratings, THREE_WAY)
    counts = counts[counts.sum(axis=1) > 1]
    return {"weights": weights, "pairs": pairs, "all": {"n": len(counts), **_of_counts(counts, weights, seed)}}


def _of_counts(counts: IntArray, weights: Weights, seed: int) -> dict[str, Any]:
    return {
        "gwet_ac2": many_raters.gwet_ac2(counts, weights=weights, scale="fisher").to_dict(),
        "krippendorff_alpha_ordinal": many_raters.krippendorff_alpha(counts, seed=seed, level="ordinal").to_dict(),
    }
