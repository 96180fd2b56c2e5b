"""95 % confidence intervals, and the value that carries one: where there is none, the reason stands in its place."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from asreview_mc.review.agreement.tables import IntArray

FloatArray = NDArray[np.float64]
Mask = NDArray[np.bool_]
Scale = Literal["plain", "fisher"]

LEVEL = 0.95
RESAMPLES = 1000
UNDEFINED_SHARE = 0.05
"""Share of bootstrap resamples without a value above which no interval is given."""

_UPPER = (1 + LEVEL) / 2
_SAME = 1e-9
"""Relative spread below which values differ only by rounding."""


@dataclass(frozen=True, slots=True)
class Statistic:
    """A statistic with its 95 % confidence interval.

    Attributes
    ----------
    value : float or None
        None where the statistic is undefined; never a number that stands for "undefined".
    ci_low, ci_high : float or None
        Both None where there is no interval.
    why : str or None
        One sentence without a full stop: why there is no value, or no interval.
    unreliable : str or None
        One such sentence where the interval cannot be trusted to hold its 95 %.
    """

    value: float | None
    ci_low: float | None = None
    ci_high: float | None = None
    why: str | None = None
    unreliable: str | None = None

    def marked(self, unreliable: str | None) -> Statistic:
        """Return the statistic with its interval, if it has one, marked as unreliable."""
        return self if self.ci_low is None else replace(self, unreliable=unreliable)

    def to_dict(self) -> dict[str, float | str | None]:
        """Return value and interval, or ``{"value": None, "why": …}`` where undefined; `why` also if no interval.

        `unreliable` stands beside where there is a reason to doubt the interval.
        """
        if self.value is None:
            return {"value": None, "why": self.why}
        plain: dict[str, float | str | None] = {"value": self.value, "ci_low": self.ci_low, "ci_high": self.ci_high}
        said = {"why": self.why, "unreliable": self.unreliable}
        return plain | {name: reason for name, reason in said.items() if reason is not None}


def undefined(why: str) -> Statistic:
    """Return a statistic that has no value, with the reason."""
    return Statistic(None, why=why)


def wilson(successes: int, n: int) -> tuple[float, float]:
    """Score interval of a proportion.

    Parameters
    ----------
    successes, n : int
        0 ≤ successes ≤ n and n ≥ 1.

    Returns
    -------
    (low, high) : tuple of float
        Within 0 to 1.

    Raises
    ------
    ValueError
        If the counts are out of range.

    References
    ----------
    Wilson 1927, doi:10.1080/01621459.1927.10502953.
    """
    if not 0 <= successes <= n or n < 1:
        raise ValueError(f"{successes} of {n} is not a proportion")
    z2 = _quantile() ** 2
    share = successes / n
    centre = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = float(np.sqrt(z2 * (share * (1 - share) / n + z2 / (4 * n * n)))) / (1 + z2 / n)
    low = 0.0 if successes == 0 else centre - half
    high = 1.0 if successes == n else centre + half
    return low, high


def with_variance(value: float, variance: float, *, freedom: int | None = None, scale: Scale = "plain") -> Statistic:
    """Give `value` the interval value ± quantile · √variance, cut to [-1, 1], or that of Fisher's transformation.

    With few disagreements the plain interval covers too seldom (`benchmarks/agreement.py`); the one that is symmetric
    in z = artanh(value), with standard error √variance / (1 - value²), holds, and never leaves [-1, 1].

    Parameters
    ----------
    value : float
        At most 1.
    variance : float
        Of `value`; 0 or nan gives no interval but the reason.
    freedom : int or None
        Degrees of freedom of Student's t; None for the normal distribution.
    scale : {"plain", "fisher"}
        Fisher's is the plain one where `value` is -1 or less.

    References
    ----------
    Fisher's transformation for agreement: Lin 1989, doi:10.2307/2532051; that his coefficient is κ where ratings are
    categories: King & Chinchilli 2001, doi:10.1002/sim.845.
    """
    if np.isnan(variance):
        return Statistic(value, why="a single record gives no variance, hence no interval")
    if variance <= 0:
        return Statistic(value, why=_no_variance(value))
    half = _quantile(freedom) * float(np.sqrt(variance))
    if scale == "fisher" and -1 < value < 1:
        centre, half = float(np.arctanh(value)), half / (1 - value**2)
        return Statistic(value, float(np.tanh(centre - half)), float(np.tanh(centre + half)))
    return Statistic(value, max(value - half, min(-1.0, value)), min(value + half, 1.0))


def matched_difference(first: int, second: int, n: int) -> Statistic:
    """Difference of two exclusive shares of the same `n` records, (first - second)/n, -1 to 1, with its interval.

    The interval is Wald's after half a record is added to each of four cells.

    References
    ----------
    Agresti & Min 2005, doi:10.1002/sim.1781.
    """
    one, other, total = first + 0.5, second + 0.5, n + 2
    centre = (one - other) / total
    half = _quantile() * float(np.sqrt((one + other) / total - centre**2) / np.sqrt(total))
    return Statistic((first - second) / n, max(centre - half, -1.0), min(centre + half, 1.0))


def cohen_variance(table: IntArray, weights: FloatArray) -> float:
    """Asymptotic variance of Cohen's κ, weighted or not.

    Parameters
    ----------
    table : ndarray (q, q) of int
        Not all in one cell of the diagonal.
    weights : ndarray (q, q)
        Agreement weights, 0 to 1, 1 on the diagonal.

    Returns
    -------
    float
        0 exactly where the table leaves no room for variance, as in perfect agreement.

    References
    ----------
    Fleiss, Cohen & Everitt 1969, doi:10.1037/h0028106.
    """
    n = int(table.sum())
    share = table / n
    rows, columns = share.sum(axis=1), share.sum(axis=0)
    observed = float((weights * share).sum())
    expected = float(rows @ weights @ columns)
    margins = (weights @ columns)[:, None] + (rows @ weights)[None, :]
    seen = table > 0
    terms = (weights * (1 - expected) - margins * (1 - observed))[seen]
    if _constant(terms):
        return 0.0
    centred = terms - float(share[seen] @ terms)
    return float(share[seen] @ centred**2) / (n * (1 - expected) ** 4)


def linearised_variance(agreement: FloatArray, chance: FloatArray, paired: Mask) -> float:
    """Linearised variance of a chance-corrected coefficient for many raters with missing ratings.

    Parameters
    ----------
    agreement : ndarray (n,)
        Share of agreeing pairs of ratings of each record, 0 to 1; 0 where there is no pair.
    chance : ndarray (n,)
        What each record adds to chance agreement, which is the mean; below 1 on the whole.
    paired : ndarray (n,) of bool
        Whether the record has at least two ratings; true at least once.

    Returns
    -------
    float
        0 exactly where the records do not differ, nan for a single record.

    References
    ----------
    Gwet 2008, doi:10.1348/000711006X126600.
    """
    n = len(agreement)
    if n < 2:
        return float("nan")
    expected = float(chance.mean())
    scale = n / int(paired.sum())
    terms = scale * (agreement - expected * paired) / (1 - expected)
    value = float(terms.mean())
    terms = terms - 2 * (1 - value) * (chance - expected) / (1 - expected)
    if _constant(terms):
        return 0.0
    return float(((terms - value) ** 2).sum()) / (n * (n - 1))


def bootstrap(
    value: float,
    counts: IntArray,
    estimate: Callable[[IntArray, IntArray], FloatArray],
    *,
    seed: int,
    resamples: int = RESAMPLES,
) -> Statistic:
    """Give `value` the interval of its variance in a bootstrap over records, on Fisher's scale.

    Percentiles of the resamples cover too seldom where the raters agree on nearly all (`benchmarks/agreement.py`).
    Records with the same row of `counts` are drawn together, as multinomial numbers: the same distribution as drawing
    records one by one, at a cost that does not grow with their number, and the order of the records does not matter.

    Parameters
    ----------
    value : float
        The estimate on the records themselves.
    counts : ndarray (n, q) of int
        A row per record, n ≥ 1.
    estimate : callable
        ``estimate(rows (m, q), times (b, m)) -> (b,)``: the statistic for each resample, in which row j stands
        ``times[:, j]`` times; nan where undefined.
    seed : int
    resamples : int
        At least 1.

    References
    ----------
    Efron & Tibshirani 1993, An Introduction to the Bootstrap, doi:10.1201/9780429246593.
    """
    n = len(counts)
    if n < 2:
        return with_variance(value, float("nan"))
    rows, times = np.unique(counts, axis=0, return_counts=True)
    drawn = np.random.default_rng(seed).multinomial(n, times / n, size=resamples)
    values = estimate(rows, drawn)
    defined = values[~np.isnan(values)]
    if len(defined) < (1 - UNDEFINED_SHARE) * resamples:
        why = f"undefined in more than {UNDEFINED_SHARE:.0%} of the resamples, hence no interval"
        return Statistic(value, why=why)
    if _constant(defined):
        return Statistic(value, why=_no_variance(value))
    return with_variance(value, float(defined.var(ddof=1)), scale="fisher")


def _quantile(freedom: int | None = None) -> float:
    """Return the upper quantile of the normal distribution, or of Student's t."""
    from scipy.special import ndtri, stdtrit  # takes longer to import than all of this room: only when needed

    return float(ndtri(_UPPER)) if freedom is None else float(stdtrit(freedom, _UPPER))


def _constant(values: FloatArray) -> bool:
    return bool(np.ptp(values) <= _SAME * np.abs(values).max())


def _no_variance(value: float) -> str:
    if value == 1:
        return "the raters agree on every record, so the estimated variance is zero and there is no interval"
    return "the estimated variance is zero, so there is no interval"
