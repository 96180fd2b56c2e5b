"""Coefficients of agreement of any number of raters, each with its 95 % interval; undefined ones say why.

They are given as an (n, q) count table (`tables.count_table`), whose rows may hold different numbers of ratings.
q is the number of categories that exist, used or not.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Literal

import numpy as np

from asreview_mc.review.agreement.intervals import (
    FloatArray,
    Mask,
    Scale,
    Statistic,
    bootstrap,
    linearised_variance,
    undefined,
    with_variance,
)
from asreview_mc.review.agreement.tables import IntArray, rated_rows
from asreview_mc.review.agreement.weights import Weights, agreement_weights

Level = Literal["nominal", "ordinal"]

NO_PAIR = "no record was rated by two raters"
ONE_CATEGORY = "all ratings are in one category, so chance agreement is complete"
ONE_POSSIBLE = "there is only one category to choose from"


def pairwise_agreement(counts: IntArray) -> Statistic:
    """Observed agreement p_a of many raters, 0 to 1: mean over records of the share of agreeing pairs of ratings.

    Records with fewer than two ratings are left out; the interval is Student's for the mean over records, taken on the
    logit scale, where it stays within 0 to 1.
    """
    agreement, paired = _agreeing_pairs(counts)
    n = int(paired.sum())
    if n == 0:
        return undefined(NO_PAIR)
    shares = agreement[paired]
    variance = linearised_variance(shares, np.zeros(n), paired[paired])
    found = with_variance(2 * float(shares.mean()) - 1, 4 * variance, freedom=n - 1, scale="fisher")
    value, low, high = (None if one is None else (one + 1) / 2 for one in (found.value, found.ci_low, found.ci_high))
    return Statistic(value, low, high, found.why)


def fleiss_kappa(counts: IntArray, *, scale: Scale = "plain") -> Statistic:
    """Fleiss' κ in the form that allows missing ratings, with linearised variance and t(n - 1).

    Chance agreement is Σ π_k², π_k being the mean share of category k over records with at least one rating.

    Parameters
    ----------
    counts : ndarray (n, q) of int
    scale : {"plain", "fisher"}
        On which the interval is symmetric; see `with_variance`.

    References
    ----------
    Fleiss 1971, doi:10.1037/h0031619; missing ratings and variance after Gwet 2008, doi:10.1348/000711006X126600.
    """
    rated = rated_rows(counts)
    if (rated.sum(axis=1) > 1).any() and np.count_nonzero(rated.sum(axis=0)) == 1:
        return undefined(ONE_CATEGORY)
    return _chance_corrected(rated, lambda shares: shares, scale=scale)


def gwet_ac1(counts: IntArray, *, scale: Scale = "plain") -> Statistic:
    """Gwet's AC1 for any number of raters with missing ratings, with linearised variance and t(n - 1).

    Chance agreement is Σ π_k(1 - π_k)/(q - 1), π_k being the mean share of category k over records with at least one
    rating. Unlike κ it stays defined, and is 1, where everybody uses one category.

    Parameters
    ----------
    counts : ndarray (n, q) of int
    scale : {"plain", "fisher"}
        On which the interval is symmetric; see `with_variance`.

    References
    ----------
    Gwet 2008, doi:10.1348/000711006X126600.
    """
    return gwet_ac2(counts, weights="unweighted", scale=scale)


def gwet_ac2(counts: IntArray, *, weights: Weights, scale: Scale = "plain") -> Statistic:
    """Gwet's AC2: AC1 with credit for partial agreement between categories in order.

    Chance agreement is T Σ π_k(1 - π_k)/(q(q - 1)), T being the sum of all weights; see `gwet_ac1`.

    Parameters
    ----------
    counts : ndarray (n, q) of int
    weights : {"unweighted", "linear", "quadratic", "ordinal"}
    scale : {"plain", "fisher"}

    References
    ----------
    Gwet 2008, doi:10.1348/000711006X126600; 2014, Handbook of Inter-Rater Reliability, 4th ed., chapter 5.
    """
    rated = rated_rows(counts)
    q = rated.shape[1]
    if q < 2:
        return undefined(ONE_POSSIBLE)
    credit = agreement_weights(q, weights)
    spread = float(credit.sum()) / (q * (q - 1))
    return _chance_corrected(rated, lambda shares: spread * (1 - shares), credit=credit, scale=scale)


def krippendorff_alpha(counts: IntArray, *, seed: int, level: Level = "nominal") -> Statistic:
    """Krippendorff's α with missing ratings, with a bootstrap interval over records.

    Only records with at least two ratings count.

    Parameters
    ----------
    counts : ndarray (n, q) of int
    seed : int
        Of the bootstrap; the same seed gives the same interval.
    level : {"nominal", "ordinal"}
        Of measurement; ordinal takes the columns to be in order, and the distance between two categories from how many
        ratings lie between them.

    Raises
    ------
    ValueError
        If `level` is neither of these words.

    References
    ----------
    Hayes & Krippendorff 2007, doi:10.1080/19312450709336664.
    """
    if level not in ("nominal", "ordinal"):
        raise ValueError(f"level must be nominal or ordinal, not {level!r}")
    rated = rated_rows(counts)
    paired = rated[rated.sum(axis=1) > 1]
    if len(paired) == 0:
        return undefined(NO_PAIR)
    if np.count_nonzero(paired.sum(axis=0)) == 1:
        return undefined(ONE_CATEGORY)
    estimate = partial(_alpha, level=level)
    value = float(estimate(paired, np.ones((1, len(paired)), dtype=np.int64))[0])
    return bootstrap(value, paired, estimate, seed=seed)


def _alpha(rows: IntArray, times: IntArray, *, level: Level) -> FloatArray:
    """Return α (b,) of b samples in which row j of the (m, q) count table stands ``times[:, j]`` times."""
    m, q = rows.shape
    met = rows[:, :, None] * rows[:, None, :] / (rows.sum(axis=1) - 1)[:, None, None]
    coincidences = (times @ met.reshape(m, q * q)).reshape(-1, q, q)
    in_category = times @ rows
    distance = _distance(in_category, level)
    observed = (coincidences * distance).sum(axis=(1, 2))
    chance = in_category[:, :, None] * in_category[:, None, :]
    expected = (chance * distance).sum(axis=(1, 2)) / (in_category.sum(axis=1) - 1)
    alpha: FloatArray = np.full(len(times), np.nan)
    defined = expected > 0
    alpha[defined] = 1 - observed[defined] / expected[defined]
    return alpha


def _distance(in_category: IntArray, level: Level) -> FloatArray:
    """Return the squared distance (b, q, q) between categories that hold `in_category` (b, q) ratings."""
    if level == "nominal":
        return np.broadcast_to(1 - np.eye(in_category.shape[1]), (*in_category.shape, in_category.shape[1]))
    middle = np.cumsum(in_category, axis=1) - in_category / 2
    apart: FloatArray = (middle[:, :, None] - middle[:, None, :]) ** 2
    return apart


def _chance_corrected(
    rated: IntArray,
    chance_weights: Callable[[FloatArray], FloatArray],
    *,
    scale: Scale,
    credit: FloatArray | None = None,
) -> Statistic:
    """(p_a - p_e)/(1 - p_e) with p_e = Σ π_k v_k, where `chance_weights` makes v of π; both (q,)."""
    agreement, paired = _agreeing_pairs(rated, credit)
    if not paired.any():
        return undefined(NO_PAIR)
    shares = rated / rated.sum(axis=1, keepdims=True)
    chance = shares @ chance_weights(shares.mean(axis=0))
    observed, expected = float(agreement[paired].mean()), float(chance.mean())
    variance = linearised_variance(agreement, chance, paired)
    return with_variance((observed - expected) / (1 - expected), variance, freedom=len(rated) - 1, scale=scale)


def _agreeing_pairs(counts: IntArray, credit: FloatArray | None = None) -> tuple[FloatArray, Mask]:
    """Return each record's share of agreeing pairs of ratings (n,), 0 where it has no pair, and whether it has one.

    `credit` (q, q) counts partial agreement as a part of a pair.
    """
    ratings = counts.sum(axis=1)
    paired = ratings > 1
    pairs = np.where(paired, ratings * (ratings - 1), 1)
    like = counts if credit is None else counts @ credit
    agreement: FloatArray = (counts * (like - 1)).sum(axis=1) / pairs
    return agreement, paired
