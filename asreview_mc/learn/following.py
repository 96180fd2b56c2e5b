"""A ranker kept from one decision to the next: a live queue's exact order without learning everything anew.

The hybrid's support vector machine is a ridge regression over the labels within their margin (see
`asreview_mc.learn.growing`). A decision adds one line to the labels' kernel; the equations of so few unknowns are
solved directly, and the weights of all columns follow. The answer is the optimum for the labels given, whichever came
first and whatever was decided before, so that it is the same in another process.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from asreview_mc.learn.features import EMBEDDING, FeatureSet, Floats, Matrix
from asreview_mc.learn.rank import Ranker
from asreview_mc.learn.rank.elas import balanced
from asreview_mc.learn.rank.hybrid import Hybrid

_LOG = logging.getLogger(__name__)
_MOST = 1000
"""Beyond so many labels liblinear is as quick as the equations, whose cost grows with their cube."""
_ROUNDS = 30
CHECKED_EVERY = 50
AGREES_WITHIN = 1e-3
"""Scores of liblinear, at its tolerance of 1e-4, were at most 1e-4 from the optimum's where measured."""
Labels = NDArray[np.int64]


class Following:
    """Fits a ranker to one list of labels after the other, each time from what it knows of the last.

    Labels may come, go and change. Rankers other than the hybrid, and lists too long for it, are fitted anew.

    Parameters
    ----------
    make : callable
        Returns a new ranker, the same each time.
    features : FeatureSet
        All rows.
    """

    def __init__(self, make: Callable[[], Ranker], features: FeatureSet) -> None:
        self._make = make
        self._features = features
        self._trusted = True
        self._forget()

    def _forget(self) -> None:
        self._place: dict[int, int] = {}
        self._kernel: Floats = np.zeros((0, 0))
        self._embedded: Floats = np.zeros((0, 0))
        self._beyond: NDArray[np.bool_] = np.zeros(0, dtype=np.bool_)
        self._unchecked = 0

    def fitted(self, rows: Sequence[int], y: Labels, weights: Floats) -> Ranker:
        """Return a ranker that has learnt the labels `y` of `rows`, each counting as much as its weight.

        Every 50 labels it is fitted anew as well, and the two must agree; where they do not, what was fitted counts
        from then on, with a warning in the log.
        """
        ranker, known = self._make(), self._features.take(rows)
        if not (self._trusted and isinstance(ranker, Hybrid) and len(rows) <= _MOST):
            self._forget()
            return ranker.fit(known, y, weights)
        solved = self._solved(ranker, known, rows, y, weights) if len(set(y.tolist())) == 2 else None
        if solved is None:
            return ranker.fit(known, y, weights)
        if self._unchecked >= CHECKED_EVERY:
            self._unchecked = 0
            afresh = self._make().fit(known, y, weights)
            off = float(np.abs(_machine(known, afresh.coefficients) - _machine(known, solved)).max())
            if not off <= AGREES_WITHIN:
                _LOG.warning("fitted anew, scores are up to %.2g from those carried on; now each is fitted anew", off)
                self._trusted = False
                return afresh
        return ranker.fit(known, y, weights, solved=solved)

    def _solved(
        self, ranker: Hybrid, known: FeatureSet, rows: Sequence[int], y: Labels, weights: Floats
    ) -> dict[str, Floats] | None:
        """Return the weight of each column by block at the optimum, ``None`` where it is not found."""
        from scipy.linalg import LinAlgError, cho_factor, cho_solve

        shares = ranker.shares_at(self._features, float(weights[y == 1].sum()))
        self._learn_of(ranker, rows)
        places = np.array([self._place[row] for row in rows], dtype=np.intp)
        kernel = self._kernel[np.ix_(places, places)]
        if EMBEDDING in shares:
            kernel += shares[EMBEDDING] ** 2 * self._embedded[np.ix_(places, places)]
        signs = 2.0 * y - 1.0
        free = 0.5 / (ranker.setting("C") * balanced(y, ranker.setting("ratio"), weights))
        for _ in range(_ROUNDS):
            within = np.flatnonzero(~self._beyond[places])
            inner = kernel[np.ix_(within, within)]
            inner[np.diag_indices_from(inner)] += free[within]
            try:
                b = cho_solve(cho_factor(inner, lower=True, overwrite_a=True), signs[within])
            except LinAlgError:
                return None
            beyond = signs * (kernel[:, within] @ b) > 1.0
            if bool((beyond == self._beyond[places]).all()):
                inside = known.take(within)
                return {name: _sum(inside.blocks[name], share**2 * b) for name, share in shares.items()}
            self._beyond[places] = beyond
        return None

    def _learn_of(self, ranker: Hybrid, rows: Sequence[int]) -> None:
        """Add the rows that are new to the kernels of all that were ever labelled."""
        new = [row for row in rows if row not in self._place]
        if not new:
            return
        self._unchecked += len(new)
        self._place.update((row, place) for place, row in enumerate(new, start=len(self._place)))
        everyone = list(self._place)
        lines, embedded = np.ones((len(new), len(everyone))), np.zeros((len(new), len(everyone)))
        for name, share in ranker.shares_at(self._features, np.inf).items():
            products = _products(self._features.blocks[name], new, everyone)
            if name == EMBEDDING:
                embedded = products
            else:
                lines += share**2 * products
        self._kernel, self._embedded = _bordered(self._kernel, lines), _bordered(self._embedded, embedded)
        self._beyond = np.concatenate([self._beyond, np.zeros(len(new), dtype=np.bool_)])


def _products(block: Matrix, rows: Sequence[int], others: Sequence[int]) -> Floats:
    """Return the inner products of rows with others; most of millions of columns are empty in either."""
    against = block[np.asarray(others, dtype=np.intp)]
    if isinstance(block, np.ndarray):
        return np.asarray(block[np.asarray(rows, dtype=np.intp)] @ against.T, dtype=np.float64)
    products = np.empty((len(rows), len(others)))
    line = np.zeros(block.shape[1])
    for place, row in enumerate(rows):
        used = slice(block.indptr[row], block.indptr[row + 1])
        line[block.indices[used]] = block.data[used]
        products[place] = against @ line
        line[block.indices[used]] = 0.0
    return products


def _bordered(kernel: Floats, lines: Floats) -> Floats:
    """Return a symmetric matrix with more lines and columns, the lines given from the first column to the last."""
    m, n = len(kernel), lines.shape[1]
    larger = np.empty((n, n))
    larger[:m, :m] = kernel
    larger[m:] = lines
    larger[:m, m:] = lines[:, :m].T
    return larger


def _sum(rows: Matrix, b: Floats) -> Floats:
    if isinstance(rows, np.ndarray):
        return np.asarray(b @ rows, dtype=np.float64)
    total = np.zeros(rows.shape[1])  # whose pages nobody writes to take no memory and no time
    np.add.at(total, rows.indices, rows.data * np.repeat(b, np.diff(rows.indptr)))
    return total


def _machine(features: FeatureSet, coefficients: Mapping[str, Floats]) -> Floats:
    total = np.zeros(len(features))
    for name, weights in coefficients.items():
        total += features.blocks[name] @ weights
    return total
