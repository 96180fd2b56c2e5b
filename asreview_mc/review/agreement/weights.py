"""Credit for partial agreement, where categories are in order."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

Weights = Literal["unweighted", "linear", "quadratic", "ordinal"]


def agreement_weights(q: int, weights: Weights) -> NDArray[np.float64]:
    """Return the (q, q) credit, 0 to 1, that two ratings earn: 1 on the diagonal.

    Parameters
    ----------
    q : int
        Number of categories, in order and, unless `weights` is ordinal, evenly spaced.
    weights : {"unweighted", "linear", "quadratic", "ordinal"}
        Ordinal takes the number of pairs of categories from one rating to the other, and so only their order.

    Raises
    ------
    ValueError
        If `weights` is none of these words.

    References
    ----------
    Cohen 1968, doi:10.1037/h0026256; ordinal: Gwet 2014, Handbook of Inter-Rater Reliability, 4th ed., chapter 3.
    """
    apart = np.abs(np.arange(q)[:, None] - np.arange(q)[None, :])
    if weights == "unweighted":
        return np.eye(q)
    if weights == "ordinal":
        apart = apart * (apart + 1) // 2
    elif weights not in ("linear", "quadratic"):
        raise ValueError(f"weights must be unweighted, linear, quadratic or ordinal, not {weights!r}")
    power = 2 if weights == "quadratic" else 1
    return np.asarray(1 - (apart / max(int(apart.max()), 1)) ** power, dtype=np.float64)
