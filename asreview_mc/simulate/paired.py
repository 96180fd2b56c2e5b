"""Two rankers compared review by review: the same sets, the same seeds, and what chance alone would give."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import comb
from typing import Any

import numpy as np

from asreview_mc.core.errors import UnknownError
from asreview_mc.simulate.metrics import NAMES, means

LOWER_IS_BETTER = frozenset({"loss", "atd", "td_last", "first_relevant"})
SAMPLES = 2000


def paired(rows: Iterable[Mapping[str, Any]], reference: str, *, seed: int = 0) -> list[dict[str, Any]]:
    """Compare every ranker with `reference`, metric by metric, over the data sets that both have.

    Parameters
    ----------
    rows : iterable of mapping
        A row a run, as `simulate` writes them.
    reference : str
        Name of a ranker among them.
    seed : int
        Of the bootstrap over data sets.

    Returns
    -------
    list of dict
        `ranker`, `metric`, `sets`, `difference` of the means (ranker less reference), its bootstrap 95 % interval over
        sets `ci_low` and `ci_high`, `ratio` (the median over sets; None where a reference is 0), `better` and `worse`
        sets, and `sign_p`, the two-sided sign test over sets that differ.

    Raises
    ------
    UnknownError
        If no run is of the reference.
    """
    by_ranker: dict[str, dict[str, Mapping[str, Any]]] = {}
    for one in means(rows):
        if one["dataset"] != "mean of sets":
            by_ranker.setdefault(one["ranker"], {})[one["dataset"]] = one
    if reference not in by_ranker:
        raise UnknownError(f"no run is of {reference!r}", remedy=f"There are {', '.join(by_ranker) or 'none'}")
    draw, found = np.random.default_rng(seed), []
    for ranker, own in by_ranker.items():
        shared = sorted(set(own) & set(by_ranker[reference]))
        if ranker == reference or not shared:
            continue
        for name in NAMES:
            mine = np.array([own[one][name] for one in shared], dtype=np.float64)
            theirs = np.array([by_ranker[reference][one][name] for one in shared], dtype=np.float64)
            found.append({"ranker": ranker, "metric": name, "sets": len(shared), **_compared(name, mine, theirs, draw)})
    return found


def _compared(name: str, mine: np.ndarray, theirs: np.ndarray, draw: np.random.Generator) -> dict[str, Any]:
    difference = mine - theirs
    samples = draw.choice(difference, (SAMPLES, len(difference))).mean(axis=1)
    low, high = np.percentile(samples, [2.5, 97.5])
    gain = -difference if name in LOWER_IS_BETTER else difference
    better, worse = int((gain > 0).sum()), int((gain < 0).sum())
    return {
        "difference": float(difference.mean()),
        "ci_low": float(low),
        "ci_high": float(high),
        "ratio": float(np.median(mine / theirs)) if (theirs != 0).all() else None,
        "better": better,
        "worse": worse,
        "sign_p": sign_test(better, worse),
    }


def sign_test(better: int, worse: int) -> float:
    """Return the two-sided p-value of so many signs, each as likely as the other; 1 where there are none.

    Examples
    --------
    >>> sign_test(5, 0), sign_test(3, 3)
    (0.0625, 1.0)
    """
    n, fewer = better + worse, min(better, worse)
    return min(1.0, float(2 * sum(comb(n, k) for k in range(fewer + 1)) / 2**n))
