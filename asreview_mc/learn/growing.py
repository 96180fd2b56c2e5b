"""Weighted kernel ridge regression that learns one label after the other without starting anew.

With one penalty ``d`` a label the coefficients solve ``(K + diag(d)) b = y`` and a record's score is ``f = K b`` (Hoerl
and Kennard 1970, doi:10.1080/00401706.1970.10488634, in its dual form). A linear support vector machine with squared
hinge loss and cost C has the same solution with ``d = 1 / (2 C)`` for the labels within their margin, and infinite for
those beyond it, which with weights as ELAS's balancer gives them are few.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from asreview_mc.learn.features import Floats, Matrix

_AFRESH = 64
_GAIN = 0.5
"""A round that leaves more than this of the residual has met the rounding of what is kept."""
Column = Callable[[int], Floats]


def linear_columns(block: Matrix, *, intercept: float = 0.0) -> Column:
    """Return a function that gives the linear kernel of one row with all rows, shape (n,).

    Parameters
    ----------
    block : matrix of shape (n, d)
        Sparse rows or an array.
    intercept : float
        Added to each product: 1 for a learnt intercept that is penalised like any weight, as liblinear's.
    """
    if isinstance(block, np.ndarray):
        return lambda row: np.asarray(block @ block[row], dtype=np.float64) + intercept
    postings = block.T.tocsr()

    def column(row: int) -> Floats:
        line = slice(block.indptr[row], block.indptr[row + 1])
        products: Floats = postings[block.indices[line]].T @ block.data[line]
        return products + intercept

    return column


class Growing:
    """Labels so far, their coefficients, and every record's score.

    The equations are solved by refinement: a factor of the labels of a while ago, extended by the few that came since,
    gives a step, and the scores themselves tell what is still missed. Every 64 labels the factor is made afresh.

    Parameters
    ----------
    column : callable
        Kernel of one row with all rows, shape (n,).
    n : int
        Records.
    tolerance : float
        How far a score may be from the solution's, for a record whose kernel with itself is 1. With residuals ``r``
        it is at most ``sqrt(r' (K + diag(d))^-1 r)``, and that at most ``sqrt(sum(r^2 / d))``.
    """

    def __init__(self, column: Column, n: int, *, tolerance: float = 2e-6) -> None:
        self._column = column
        self._tolerance = tolerance
        self._columns = np.zeros((_AFRESH, n), dtype=np.float32)
        self._rows: list[int] = []
        self._b: Floats = np.zeros(0)
        self._scores: Floats = np.zeros(n)
        self._factor: Any = None
        self._old = 0
        self._beside = self._reached = np.zeros((0, _AFRESH), dtype=np.float32)
        self._new: Floats = np.zeros((_AFRESH, _AFRESH))

    def add(self, row: int) -> None:
        """Take one more row among the labelled; its label is given to `solve`."""
        at = len(self._rows)
        if at == len(self._columns):
            self._columns = np.concatenate([self._columns, np.zeros_like(self._columns)])
        self._columns[at] = self._column(row)
        self._rows.append(row)
        self._b = np.append(self._b, 0.0)
        if at - self._old >= _AFRESH:
            self._factor = None
        if self._factor is not None:
            self._extend(at)

    def shift(self, columns: Callable[[NDArray[np.intp]], NDArray[np.floating[Any]]]) -> None:
        """Add to the kernel: `columns` gives what is added for these rows with all rows, shape (m, n)."""
        m = len(self._rows)
        self._columns[:m] += columns(np.array(self._rows, dtype=np.intp))
        self._factor = None

    def solve(self, y: ArrayLike, penalty: ArrayLike) -> Floats | None:
        """Return the scores of all records for these labels, shape (n,), or ``None`` where rounding forbids them.

        Many labels with few features in common add up more rounding of single precision than the tolerance allows.

        Parameters
        ----------
        y : array of shape (m,)
            What each added row's score should be, in the order added.
        penalty : array of shape (m,)
            How freely it may be missed, above 0.
        """
        wanted, free = np.asarray(y, dtype=np.float64), np.asarray(penalty, dtype=np.float64)
        afresh, before = False, np.inf
        while True:
            if self._factor is None:
                if not self._afresh(free):
                    return None
                afresh, before = True, np.inf
            missed = wanted - self._scores[self._rows] - free * self._b
            off = float(np.sqrt((missed**2 / free).sum()))
            if off <= self._tolerance:
                return self._scores.copy()
            if not off <= _GAIN * before:
                if afresh:
                    return None
                self._factor = None
                continue
            before = off
            step = self._step(missed, free)
            moved = self._applied(step)
            length = float(missed @ step) / float(step @ (moved[self._rows] + free * step))
            self._b += length * step
            self._scores += length * moved

    def _applied(self, b: Floats) -> Floats:
        return (b.astype(np.float32) @ self._columns[: len(b)]).astype(np.float64)

    def _afresh(self, free: Floats) -> bool:
        """Factor the labels' kernel; say whether single precision has it positive definite."""
        from scipy.linalg import LinAlgError, cho_factor

        m = len(self._rows)
        kernel = self._columns[:m][:, self._rows]
        kernel[np.diag_indices(m)] += free.astype(np.float32)
        try:
            self._factor, _ = cho_factor(kernel.T, lower=True, overwrite_a=True, check_finite=False)
        except LinAlgError:
            return False
        self._old = m
        self._beside = np.zeros((m, _AFRESH), dtype=np.float32)
        self._reached = np.zeros((m, _AFRESH), dtype=np.float32)
        self._scores = self._applied(self._b)
        return True

    def _extend(self, at: int) -> None:
        """Make ready for a row that the factor does not know: its kernel with the old rows and with the new ones."""
        old, k = self._old, at - self._old
        kernel = self._columns[at, self._rows]
        self._beside[:, k] = kernel[:old]
        self._reached[:, k] = self._solved(kernel[:old])
        self._new[k, : k + 1] = kernel[old:] - kernel[:old] @ self._reached[:, : k + 1]
        self._new[: k + 1, k] = self._new[k, : k + 1]

    def _step(self, missed: Floats, free: Floats) -> Floats:
        """Return roughly what to add to the coefficients (block inversion over the old rows and the new)."""
        k = len(self._rows) - self._old
        towards = self._solved(missed[: self._old])
        if not k:
            return towards
        left = missed[self._old :] - towards @ self._beside[:, :k]
        beyond = np.linalg.solve(self._new[:k, :k] + np.diag(free[self._old :]), left)
        whole: Floats = np.concatenate([towards - self._reached[:, :k] @ beyond, beyond])
        return whole

    def _solved(self, values: NDArray[np.floating[Any]]) -> Floats:
        from scipy.linalg.blas import strsv

        # Seven times as fast as scipy.linalg.cho_solve, whose LAPACK routine is made for many right-hand sides.
        half = strsv(self._factor, values.astype(np.float32), lower=1)
        found: Floats = strsv(self._factor, half, lower=1, trans=1, overwrite_x=1).astype(np.float64)
        return found
