"""From scores to an order that is the same every time."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

Rows = NDArray[np.intp]


def best_first(scores: ArrayLike, among: Sequence[int] | NDArray[np.intp] | None = None) -> Rows:
    """Return rows from the highest score to the lowest; equal scores keep the order given.

    Parameters
    ----------
    scores : array of shape (n,)
        One score a row, finite; higher is more relevant.
    among : sequence of int or None
        The rows to order, each at most once, in the order that settles ties; ``None`` for all rows as they stand.

    Examples
    --------
    >>> best_first([0.2, 0.9, 0.2]).tolist()
    [1, 0, 2]
    >>> best_first([0.2, 0.9, 0.2], among=[2, 0]).tolist()
    [2, 0]
    """
    values = np.asarray(scores, dtype=np.float64)
    if values.ndim != 1:
        raise ValueError(f"scores must have one dimension, not {values.ndim}")
    if not np.isfinite(values).all():
        raise ValueError("scores must be finite")
    rows = np.arange(len(values), dtype=np.intp) if among is None else np.asarray(among, dtype=np.intp)
    order: Rows = rows[np.argsort(-values[rows], kind="stable")]
    return order
