"""Rankers compared pair by pair: the same data sets and seeds, one difference a data set.

Data sets are the sample, not runs: seeds of one data set share its records, so they are averaged first.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from asreview_mc.core.errors import DataError, UnknownError
from asreview_mc.simulate import metrics

DRAWS = 10_000
LOWER_IS_BETTER = ("loss", "atd", "td_last", "first_relevant")
_ALIKE = 1e-12
Row = Mapping[str, Any]


def paired(
    rows: Iterable[Row], reference: str, names: Sequence[str] = metrics.NAMES, *, seed: int = 0
) -> list[dict[str, Any]]:
    """Return how each ranker differs from `reference`, metric by metric.

    Parameters
    ----------
    rows : iterable of mapping
        Rows of runs: dataset, ranker, seed and metrics.
    reference : str
        The ranker that the others are compared with.
    names : sequence of str
        Metrics.
    seed : int
        Of the bootstrap.

    Returns
    -------
    list of dict
        ``ranker, reference, metric, higher_is_better, sets, better, worse, equal, difference, sign_test_p, by_set``.
        ``by_set`` has ranker minus reference for each data set, over the seeds that both have. ``difference`` has their
        mean as ``value`` with a 95 % percentile bootstrap interval over data sets, ``ci_low`` and ``ci_high`` (Efron
        and Tibshirani 1993, doi:10.1201/9780429246593), ``None`` for one set alone. ``sign_test_p`` is the two-sided
        exact sign test over the sets that differ (Dixon and Mood 1946, doi:10.1080/01621459.1946.10501898), 1 where
        none does.

    Raises
    ------
    UnknownError
        If no run has the reference.
    DataError
        If no other ranker has a data set and a seed in common with it.
    """
    runs = {(row["ranker"], row["dataset"], row["seed"]): row for row in rows}
    rankers = list(dict.fromkeys(ranker for ranker, _, _ in runs))
    if reference not in rankers:
        raise UnknownError(
            f"no run of {reference!r} to compare with", where="--reference", remedy=f"There are {', '.join(rankers)}"
        )
    found = []
    for ranker in (one for one in rankers if one != reference):
        both: dict[str, list[int]] = {}
        for other, dataset, number in runs:
            if other == ranker and (reference, dataset, number) in runs:
                both.setdefault(dataset, []).append(number)
        for name in names if both else ():
            differences = {
                dataset: float(
                    np.mean([runs[ranker, dataset, n][name] - runs[reference, dataset, n][name] for n in numbers])
                )
                for dataset, numbers in both.items()
            }
            found.append(
                {"ranker": ranker, "reference": reference, "metric": name, **_summary(differences, name, seed)}
            )
    if not found:
        raise DataError(
            f"no other ranker has a data set and a seed in common with {reference}",
            remedy="Give runs of two rankers over the same data sets and seeds",
        )
    return found


def _summary(differences: Mapping[str, float], name: str, seed: int) -> dict[str, Any]:
    values = np.array(list(differences.values()))
    sign = -1 if name in LOWER_IS_BETTER else 1
    better, worse = int((sign * values > _ALIKE).sum()), int((sign * values < -_ALIKE).sum())
    low, high = interval(values, seed=seed)
    return {
        "higher_is_better": sign > 0,
        "sets": len(values),
        "better": better,
        "worse": worse,
        "equal": len(values) - better - worse,
        "difference": {"value": float(values.mean()), "ci_low": low, "ci_high": high},
        "sign_test_p": sign_test(better, worse),
        "by_set": dict(differences),
    }


def interval(values: Sequence[float] | np.ndarray, *, seed: int = 0) -> tuple[float | None, float | None]:
    """Return the 95 % percentile bootstrap interval of the mean; ``None`` twice for fewer than two values.

    Examples
    --------
    >>> interval([0.5, 0.5, 0.5])
    (0.5, 0.5)
    """
    given = np.asarray(values, dtype=np.float64)
    if len(given) < 2:
        return None, None
    drawn = np.random.default_rng(seed).integers(0, len(given), (DRAWS, len(given)))
    low, high = np.quantile(given[drawn].mean(axis=1), [0.025, 0.975])
    return float(low), float(high)


def sign_test(better: int, worse: int) -> float:
    """Return the two-sided exact p-value of so many gains and losses where both are as likely.

    Examples
    --------
    >>> sign_test(5, 0), sign_test(3, 3), sign_test(0, 0)
    (0.0625, 1.0, 1.0)
    """
    n = better + worse
    tail: int = sum(math.comb(n, k) for k in range(min(better, worse) + 1))
    return float(min(1.0, 2 * tail / 2**n))
