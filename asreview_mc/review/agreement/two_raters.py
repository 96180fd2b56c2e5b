"""Coefficients of agreement of two raters, each with its 95 % interval; undefined ones say why.

Two raters are given as a (q, q) contingency table (`tables.pair_table`). For include against exclude the order of the
categories is include, exclude. q is the number of categories that exist, used or not.
"""

from __future__ import annotations

import numpy as np

from asreview_mc.review.agreement.intervals import (
    Scale,
    Statistic,
    cohen_variance,
    matched_difference,
    undefined,
    wilson,
    with_variance,
)
from asreview_mc.review.agreement.many_raters import ONE_POSSIBLE, fleiss_kappa
from asreview_mc.review.agreement.tables import IntArray, check_binary, pair_counts, pair_total
from asreview_mc.review.agreement.weights import Weights, agreement_weights

NO_OVERLAP = "no record was rated by both raters"
BOTH_ONE_CATEGORY = "both raters put every record in one category"


def percent_agreement(table: IntArray) -> Statistic:
    """Observed agreement p_o: share of records on which two raters agree, 0 to 1, with Wilson's interval."""
    n = pair_total(table)
    if n == 0:
        return undefined(NO_OVERLAP)
    agreed = int(np.trace(table))
    return Statistic(agreed / n, *wilson(agreed, n))


def positive_agreement(table: IntArray) -> Statistic:
    """Agreement on inclusion 2a/(2a+b+c), 0 to 1, from a 2x2 table; see `specific_agreement`."""
    return _binary_specific(table, 0, "neither rater included a record")


def negative_agreement(table: IntArray) -> Statistic:
    """Agreement on exclusion 2d/(2d+b+c), 0 to 1, from a 2x2 table; see `specific_agreement`."""
    return _binary_specific(table, 1, "neither rater excluded a record")


def specific_agreement(table: IntArray, category: int) -> Statistic:
    """Of the ratings in a category, the share that the other rater shares, 0 to 1.

    The interval is Wilson's for J = both / (at least one of the two), carried over by 2J/(1+J).

    Parameters
    ----------
    table : ndarray (q, q) of int
    category : int
        0 to q - 1.

    References
    ----------
    Cicchetti & Feinstein 1990, doi:10.1016/0895-4356(90)90159-M.
    """
    if pair_total(table) == 0:
        return undefined(NO_OVERLAP)
    both = int(table[category, category])
    either = int(table[category].sum() + table[:, category].sum()) - both
    if either == 0:
        return undefined("neither rater used the category")
    low, high = wilson(both, either)
    return Statistic(2 * both / (either + both), 2 * low / (1 + low), 2 * high / (1 + high))


def cohen_kappa(table: IntArray, *, weights: Weights = "unweighted", scale: Scale = "plain") -> Statistic:
    """Cohen's κ, with the variance of Fleiss, Cohen & Everitt.

    Parameters
    ----------
    table : ndarray (q, q) of int
    weights : {"unweighted", "linear", "quadratic", "ordinal"}
        Weighted forms take the categories to be in order; see `agreement_weights`.
    scale : {"plain", "fisher"}
        On which the interval is symmetric; see `with_variance`.

    Returns
    -------
    Statistic
        -1 to 1.

    References
    ----------
    Cohen 1960, doi:10.1177/001316446002000104; 1968, doi:10.1037/h0026256.
    """
    credit = agreement_weights(len(table), weights)
    n = pair_total(table)
    if n == 0:
        return undefined(NO_OVERLAP)
    if np.diag(table).max() == n:
        return undefined(BOTH_ONE_CATEGORY)
    observed = float((credit * table).sum()) / n
    expected = float(table.sum(axis=1) @ credit @ table.sum(axis=0)) / n**2
    return with_variance((observed - expected) / (1 - expected), cohen_variance(table, credit), scale=scale)


def pabak(table: IntArray) -> Statistic:
    """Prevalence- and bias-adjusted κ, (q·p_o - 1)/(q - 1), -1/(q - 1) to 1, with p_o's interval carried over.

    References
    ----------
    Byrt, Bishop & Carlin 1993, doi:10.1016/0895-4356(93)90018-V.
    """
    q = len(table)
    observed = percent_agreement(table)
    if observed.value is None or observed.ci_low is None or observed.ci_high is None:
        return observed
    if q < 2:
        return undefined(ONE_POSSIBLE)
    value, low, high = ((q * share - 1) / (q - 1) for share in (observed.value, observed.ci_low, observed.ci_high))
    return Statistic(value, low, high)


def bias_index(table: IntArray) -> Statistic:
    """(b - c)/n, -1 to 1: how much larger a share the first rater includes; swapping the raters turns the sign.

    The interval is that of Agresti & Min for the difference of two shares of the same records.

    References
    ----------
    Byrt, Bishop & Carlin 1993, doi:10.1016/0895-4356(93)90018-V; Agresti & Min 2005, doi:10.1002/sim.1781.
    """
    return _difference(table, (0, 1), (1, 0))


def prevalence_index(table: IntArray) -> Statistic:
    """(a - d)/n, -1 to 1: -1 where both exclude everything, 1 where both include everything.

    The interval is that of Agresti & Min for the difference of two shares of the same records.

    References
    ----------
    Byrt, Bishop & Carlin 1993, doi:10.1016/0895-4356(93)90018-V; Agresti & Min 2005, doi:10.1002/sim.1781.
    """
    return _difference(table, (0, 0), (1, 1))


def scott_pi(table: IntArray, *, scale: Scale = "plain") -> Statistic:
    """Scott's π, -1 to 1: chance from the raters' mean margins. It is Fleiss' κ for two raters.

    References
    ----------
    Scott 1955, doi:10.1086/266577.
    """
    if pair_total(table) == 0:
        return undefined(NO_OVERLAP)
    return fleiss_kappa(pair_counts(table), scale=scale)


def _binary_specific(table: IntArray, category: int, why: str) -> Statistic:
    check_binary(table)
    found = specific_agreement(table, category)
    return undefined(why) if found.value is None and table.any() else found


def _difference(table: IntArray, plus: tuple[int, int], minus: tuple[int, int]) -> Statistic:
    check_binary(table)
    n = pair_total(table)
    if n == 0:
        return undefined(NO_OVERLAP)
    return matched_difference(int(table[plus]), int(table[minus]), n)
