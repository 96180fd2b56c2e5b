"""Likeness to single papers, where a ranker looks for what is like them all."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from asreview_mc.learn.features import Floats, Matrix

_AT_ONCE = 32


def most_like_one(block: Matrix, known: Sequence[int], among: Sequence[int]) -> list[int]:
    """Return the rows `among` by their likeness to the known one that is nearest; ties keep the order given.

    A linear model weighs what the relevant papers have in common, and so puts last a paper that is like one of them
    and unlike the others.

    Parameters
    ----------
    block : sparse matrix of shape (records, d)
        Rows of unit length, so that an inner product is a cosine.
    known, among : sequence of int
        Rows to be like, and rows to order.
    """
    chosen = block[np.asarray(among, dtype=np.intp)]
    best: Floats = np.zeros(len(among))
    for start in range(0, len(known), _AT_ONCE):
        shared = chosen @ block[np.asarray(known[start : start + _AT_ONCE], dtype=np.intp)].T
        best = np.maximum(best, shared.max(axis=1).toarray().ravel())
    return [among[place] for place in np.argsort(-best, kind="stable").tolist()]
