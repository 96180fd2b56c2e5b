"""Coefficients of agreement, each with its 95 % interval; undefined ones say why.

Two raters are given as a (q, q) contingency table (`tables.pair_table`), many raters as an (n, q) count table
(`tables.count_table`), whose rows may hold different numbers of ratings. For include against exclude the order of the
categories is include, exclude. q is the number of categories that exist, used or not.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import numpy as np

from asreview_mc.review.agreement.intervals import (
    FloatArray,
    Mask,
    Statistic,
    bootstrap,
    cohen_variance,
    linearised_variance,
    symmetric,
    undefined,
    wilson,
)
from asreview_mc.review.agreement.tables import IntArray, check_binary, pair_counts, pair_total, rated_rows

Weights = Literal["unweighted", "linear", "quadratic"]

NO_PAIR = "no record was rated by two raters"
NO_OVERLAP = "no record was rated by both raters"
ONE_CATEGORY = "all ratings are in one category, so chance agreement is complete"
BOTH_ONE_CATEGORY = "both raters put every record in one category"
ONE_POSSIBLE = "there is only one category to choose from"
_DESCRIPTIVE = "describes this table; no interval is given"


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


def cohen_kappa(table: IntArray, *, weights: Weights = "unweighted") -> Statistic:
    """Cohen's κ, with the interval of Fleiss, Cohen & Everitt.

    Parameters
    ----------
    table : ndarray (q, q) of int
    weights : {"unweighted", "linear", "quadratic"}
        Weighted forms take the categories to be in order and evenly spaced.

    Returns
    -------
    Statistic
        -1 to 1.

    References
    ----------
    Cohen 1960, doi:10.1177/001316446002000104; 1968, doi:10.1037/h0026256.
    """
    credit = _agreement_weights(len(table), weights)
    n = pair_total(table)
    if n == 0:
        return undefined(NO_OVERLAP)
    if np.diag(table).max() == n:
        return undefined(BOTH_ONE_CATEGORY)
    observed = float((credit * table).sum()) / n
    expected = float(table.sum(axis=1) @ credit @ table.sum(axis=0)) / n**2
    return symmetric((observed - expected) / (1 - expected), cohen_variance(table, credit))


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

    References
    ----------
    Byrt, Bishop & Carlin 1993, doi:10.1016/0895-4356(93)90018-V.
    """
    return _difference(table, (0, 1), (1, 0))


def prevalence_index(table: IntArray) -> Statistic:
    """(a - d)/n, -1 to 1: -1 where both exclude everything, 1 where both include everything.

    References
    ----------
    Byrt, Bishop & Carlin 1993, doi:10.1016/0895-4356(93)90018-V.
    """
    return _difference(table, (0, 0), (1, 1))


def scott_pi(table: IntArray) -> Statistic:
    """Scott's π, -1 to 1: chance from the raters' mean margins. It is Fleiss' κ for two raters.

    References
    ----------
    Scott 1955, doi:10.1086/266577.
    """
    if pair_total(table) == 0:
        return undefined(NO_OVERLAP)
    return fleiss_kappa(pair_counts(table))


def pairwise_agreement(counts: IntArray) -> Statistic:
    """Observed agreement p_a of many raters, 0 to 1: mean over records of the share of agreeing pairs of ratings.

    Records with fewer than two ratings are left out; the interval is Student's for the mean over records, cut to 0–1.
    """
    agreement, paired = _agreeing_pairs(counts)
    n = int(paired.sum())
    if n == 0:
        return undefined(NO_PAIR)
    shares = agreement[paired]
    variance = linearised_variance(shares, np.zeros(n), paired[paired])
    found = symmetric(float(shares.mean()), variance, freedom=n - 1)
    return found if found.ci_low is None else Statistic(found.value, max(found.ci_low, 0.0), found.ci_high)


def fleiss_kappa(counts: IntArray) -> Statistic:
    """Fleiss' κ in the form that allows missing ratings, with linearised variance and t(n - 1).

    Chance agreement is Σ π_k², π_k being the mean share of category k over records with at least one rating.

    Parameters
    ----------
    counts : ndarray (n, q) of int

    References
    ----------
    Fleiss 1971, doi:10.1037/h0031619; missing ratings and variance after Gwet 2008, doi:10.1348/000711006X126600.
    """
    rated = rated_rows(counts)
    if (rated.sum(axis=1) > 1).any() and np.count_nonzero(rated.sum(axis=0)) == 1:
        return undefined(ONE_CATEGORY)
    return _chance_corrected(rated, lambda shares: shares)


def gwet_ac1(counts: IntArray) -> Statistic:
    """Gwet's AC1 for any number of raters with missing ratings, with linearised variance and t(n - 1).

    Chance agreement is Σ π_k(1 - π_k)/(q - 1), π_k being the mean share of category k over records with at least one
    rating. Unlike κ it stays defined, and is 1, where everybody uses one category.

    Parameters
    ----------
    counts : ndarray (n, q) of int

    References
    ----------
    Gwet 2008, doi:10.1348/000711006X126600.
    """
    rated = rated_rows(counts)
    q = rated.shape[1]
    if q < 2:
        return undefined(ONE_POSSIBLE)
    return _chance_corrected(rated, lambda shares: (1 - shares) / (q - 1))


def krippendorff_alpha(counts: IntArray, *, seed: int) -> Statistic:
    """Krippendorff's α for nominal categories with missing ratings, with a bootstrap interval over records.

    Only records with at least two ratings count.

    Parameters
    ----------
    counts : ndarray (n, q) of int
    seed : int
        Of the bootstrap; the same seed gives the same interval.

    References
    ----------
    Hayes & Krippendorff 2007, doi:10.1080/19312450709336664.
    """
    rated = rated_rows(counts)
    paired = rated[rated.sum(axis=1) > 1]
    if len(paired) == 0:
        return undefined(NO_PAIR)
    if np.count_nonzero(paired.sum(axis=0)) == 1:
        return undefined(ONE_CATEGORY)
    value = float(_alpha(paired, np.ones((1, len(paired)), dtype=np.int64))[0])
    return bootstrap(value, paired, _alpha, seed=seed)


def _alpha(rows: IntArray, times: IntArray) -> FloatArray:
    """Return α (b,) of b samples in which row j of the (m, q) count table stands ``times[:, j]`` times."""
    ratings = rows.sum(axis=1)
    disagreeing = (rows * (ratings[:, None] - rows)).sum(axis=1) / (ratings - 1)
    observed = times @ disagreeing
    in_category = times @ rows
    total = in_category.sum(axis=1)
    expected = (total**2 - (in_category**2).sum(axis=1)) / (total - 1)
    alpha: FloatArray = np.full(len(times), np.nan)
    defined = expected > 0
    alpha[defined] = 1 - observed[defined] / expected[defined]
    return alpha


def _chance_corrected(rated: IntArray, chance_weights: Callable[[FloatArray], FloatArray]) -> Statistic:
    """(p_a - p_e)/(1 - p_e) with p_e = Σ π_k v_k, where `chance_weights` makes v of π; both (q,)."""
    agreement, paired = _agreeing_pairs(rated)
    if not paired.any():
        return undefined(NO_PAIR)
    shares = rated / rated.sum(axis=1, keepdims=True)
    chance = shares @ chance_weights(shares.mean(axis=0))
    observed, expected = float(agreement[paired].mean()), float(chance.mean())
    variance = linearised_variance(agreement, chance, paired)
    return symmetric((observed - expected) / (1 - expected), variance, freedom=len(rated) - 1)


def _agreeing_pairs(counts: IntArray) -> tuple[FloatArray, Mask]:
    """Return each record's share of agreeing pairs of ratings (n,), 0 where it has no pair, and whether it has one."""
    ratings = counts.sum(axis=1)
    paired = ratings > 1
    pairs = np.where(paired, ratings * (ratings - 1), 1)
    agreement: FloatArray = (counts * (counts - 1)).sum(axis=1) / pairs
    return agreement, paired


def _agreement_weights(q: int, weights: Weights) -> FloatArray:
    apart = np.abs(np.arange(q)[:, None] - np.arange(q)[None, :])
    if weights == "unweighted":
        return np.eye(q)
    if weights not in ("linear", "quadratic"):
        raise ValueError(f"weights must be unweighted, linear or quadratic, not {weights!r}")
    return np.asarray(1 - (apart / max(q - 1, 1)) ** (1 if weights == "linear" else 2), dtype=np.float64)


def _binary_specific(table: IntArray, category: int, why: str) -> Statistic:
    check_binary(table)
    found = specific_agreement(table, category)
    return undefined(why) if found.value is None and table.any() else found


def _difference(table: IntArray, plus: tuple[int, int], minus: tuple[int, int]) -> Statistic:
    check_binary(table)
    n = pair_total(table)
    if n == 0:
        return undefined(NO_OVERLAP)
    return Statistic((int(table[plus]) - int(table[minus])) / n, why=_DESCRIPTIVE)
