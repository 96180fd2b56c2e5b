"""How good a reading order is. All metrics are over the N records and R relevant ones that are no priors.

The order must list every record: what the replay did not read follows in the last ranking's order. ``k(x)`` below is
the 1-based place of the x-th relevant record.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from asreview_mc.core.errors import DataError

NAMES = (
    "loss",
    "ndcg",
    "wss95",
    "wss95_floor",
    "wss100",
    "tnr95",
    "recall10",
    "atd",
    "td_last",
    "first_relevant",
)


def evaluate(labels: ArrayLike, priors: ArrayLike | None = None) -> dict[str, float]:
    """Return all metrics of an order.

    Parameters
    ----------
    labels : array of shape (m,)
        1 for relevant, 0 for other, in reading order.
    priors : array of shape (m,) or None
        1 where a record was known before the replay began; those places are left out.

    Raises
    ------
    DataError
        If no relevant record or no other record is left without the priors.

    Examples
    --------
    >>> evaluate([1, 1, 0, 0, 0, 0, 0, 0, 0, 0])["wss95"]
    0.75
    """
    order = _checked(labels)
    if priors is not None:
        order = order[~np.asarray(priors).astype(bool)]
    if len(set(order.tolist())) < 2:
        kind = "relevant" if not order.any() else "irrelevant"
        raise DataError(f"no {kind} record is left once the priors are set aside", remedy="Use fewer priors")
    found = _places(order)
    return {
        "loss": loss(order),
        "ndcg": ndcg(order),
        "wss95": wss(order, 95),
        "wss95_floor": wss(order, 95, rounding="floor"),
        "wss100": wss(order, 100),
        "tnr95": tnr(order, 95),
        "recall10": recall(order, 10),
        "atd": float(found.mean() / len(order)),
        "td_last": float(found[-1] / len(order)),
        "first_relevant": int(found[0]),
    }


def means(rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return means over seeds, a row per data set and ranker, and over data sets where there are several.

    Parameters
    ----------
    rows : iterable of mapping
        Each with `dataset`, `ranker` and the metrics of `NAMES`.

    Returns
    -------
    list of dict
        `dataset` (``"mean of sets"`` for the last of each ranker), `ranker`, `runs` averaged, and `NAMES`.
    """
    runs: dict[str, dict[str, list[Mapping[str, Any]]]] = {}
    for row in rows:
        runs.setdefault(row["ranker"], {}).setdefault(row["dataset"], []).append(row)
    found = []
    for ranker, by_set in runs.items():
        of_sets = [
            {"dataset": name, "ranker": ranker, "runs": len(some), **_mean(some)} for name, some in by_set.items()
        ]
        found += of_sets
        if len(of_sets) > 1:
            found.append({"dataset": "mean of sets", "ranker": ranker, "runs": len(of_sets), **_mean(of_sets)})
    return found


def _mean(rows: Sequence[Mapping[str, Any]]) -> dict[str, float]:
    return {name: float(np.mean([row[name] for row in rows])) for name in NAMES}


def loss(labels: ArrayLike) -> float:
    """Return the area between the order's recall curve and the perfect one over the largest such area, 0 to 1.

    With c the running count of relevant records: ``(R (N - (R - 1) / 2) - sum(c)) / (R (N - R))``. 0 is perfect, 1 has
    all relevant records last, 0.5 is a random order in expectation. As ``asreview.metrics.loss`` of ASReview 3.0.8;
    the ELAS models were tuned on it (PMC12416088).

    Examples
    --------
    >>> loss([1, 1, 0, 0]), loss([0, 0, 1, 1]), loss([0, 1, 1, 0])
    (0.0, 1.0, 0.5)
    """
    order = _both(labels)
    n, r = len(order), int(order.sum())
    return float((r * (n - (r - 1) / 2) - order.cumsum().sum()) / (r * (n - r)))


def ndcg(labels: ArrayLike) -> float:
    """Return the normalised discounted cumulative gain, above 0 to 1.

    ``sum over relevant records of 1 / log2(place + 1)`` over its value for the perfect order. As
    ``asreview.metrics.ndcg`` of ASReview 3.0.8; Järvelin and Kekäläinen 2002, doi:10.1145/582415.582418.

    Examples
    --------
    >>> ndcg([1, 1, 0]), round(ndcg([0, 1]), 4)
    (1.0, 0.6309)
    """
    order = _both(labels)
    discount = 1 / np.log2(np.arange(2, len(order) + 2))
    return float(discount[order == 1].sum() / discount[: int(order.sum())].sum())


def target(n_relevant: int, percent: int, rounding: str = "ceil") -> int:
    """Return how many relevant records make `percent` of them, at least 1.

    Examples
    --------
    >>> target(10, 95), target(10, 95, rounding="floor"), target(20, 95)
    (10, 9, 19)
    """
    if rounding not in ("ceil", "floor"):
        raise ValueError("rounding must be 'ceil' or 'floor'")
    exact = percent * n_relevant
    return max(1, -(-exact // 100) if rounding == "ceil" else exact // 100)


def wss(labels: ArrayLike, percent: int, rounding: str = "ceil") -> float:
    """Return the work saved over sampling at a recall of `percent`: the share not read, less 1 - percent/100.

    ``(N - k(x)) / N - (1 - percent / 100)`` with x the target, `percent` of R rounded up (or down). Cohen et al. 2006,
    doi:10.1197/jamia.M1929.

    Examples
    --------
    >>> wss([1, 0, 1, 0], 100), wss([0, 0, 0, 1], 95)
    (0.25, -0.05)
    """
    order = _both(labels)
    place = int(_places(order)[target(int(order.sum()), percent, rounding) - 1])
    return round((len(order) - place) / len(order) - (100 - percent) / 100, 12)


def tnr(labels: ArrayLike, percent: int) -> float:
    """Return the share of irrelevant records not read when `percent` of the relevant, rounded up, are found.

    Also the normalised WSS: unlike WSS it does not depend on how many are relevant. Kusa et al. 2023,
    doi:10.1016/j.iswa.2023.200193.

    Examples
    --------
    >>> tnr([1, 0, 1, 0, 0, 0], 95)
    0.75
    """
    order = _both(labels)
    found = target(int(order.sum()), percent)
    read = int(_places(order)[found - 1]) - found
    irrelevant = len(order) - int(order.sum())
    return (irrelevant - read) / irrelevant


def recall(labels: ArrayLike, percent: int) -> float:
    """Return the share of relevant records found after `percent` of all records, rounded down, are read.

    Examples
    --------
    >>> recall([1, 0, 0, 0, 0, 0, 0, 0, 1, 0], 10)
    0.5
    """
    order = _both(labels)
    return float(order[: percent * len(order) // 100].sum() / order.sum())


def _checked(labels: ArrayLike) -> NDArray[np.int64]:
    order = np.asarray(labels)
    if order.ndim != 1 or not np.isin(order, (0, 1)).all():
        raise ValueError("labels must be a list of 0 and 1")
    return order.astype(np.int64)


def _both(labels: ArrayLike) -> NDArray[np.int64]:
    order = _checked(labels)
    if not 0 < int(order.sum()) < len(order):
        raise ValueError("labels must hold both 0 and 1")
    return order


def _places(order: Sequence[int] | NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the 1-based places of the relevant records."""
    return np.flatnonzero(np.asarray(order) == 1).astype(np.int64) + 1
