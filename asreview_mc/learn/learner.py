"""Rankers that follow one growing list of labels, as in a replay: the same scores as fitting anew, many times sooner.

The support vector machines of ELAS u4 and of the hybrid are ridge regressions over the labels within their margin (see
`asreview_mc.learn.growing`); which these are is found as in Keerthi and DeCoste 2005 (JMLR 6, 341-361). Where that does
not settle, and where liblinear's own tolerance could tell the next records apart another way, the ranker itself is
fitted and decides.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from asreview_mc.learn.features import EMBEDDING, FeatureSet, Floats
from asreview_mc.learn.growing import Growing, linear_columns
from asreview_mc.learn.rank import Ranker
from asreview_mc.learn.rank.elas import ElasU4, balanced
from asreview_mc.learn.rank.hybrid import Hybrid

_LIBLINEAR = 2e-5
"""Scores of liblinear at its tolerance of 1e-4 were at most so far from the optimum's, pair by pair, where measured."""
_AT_ONCE = 5
"""Where more records are read between two trainings, some two of them are nearly always as close as that."""
_BEYOND = 1e6
"""Penalty of a label beyond its margin: what it still adds to a score is less than a solved equation's residual."""
_ROUNDS = 8
"""The labels within their margin are mostly found in one or two rounds."""
_LARGEST = 200_000_000
"""So many numbers are kept at most: records times labels."""
Labels = NDArray[np.int64]


class Learner:
    """A ranker fitted anew for each list of labels."""

    def __init__(self, ranker: Ranker, features: FeatureSet) -> None:
        self.ranker = ranker
        self.features = features

    def scores(self, rows: Sequence[int], y: Labels, first: int = 1) -> Floats:
        """Return a score a record, shape (n,), learnt from the labels `y` of `rows`.

        Parameters
        ----------
        rows : sequence of int
            Each call has those of the call before, and more after them.
        y : array of shape (m,)
            0 or 1.
        first : int
            How many of the best without a label must stand exactly as the ranker itself has them.
        """
        return self.ranker.fit(self.features.take(rows), y).decision_function(self.features)

    def settled(self) -> Floats | None:
        """Return the ranker's own scores for the last labels, or ``None`` where `scores` gave these."""
        return None


class _Growing(Learner):
    def __init__(self, ranker: Ranker, features: FeatureSet, grown: Growing) -> None:
        super().__init__(ranker, features)
        self._grown = grown
        self._beyond = np.zeros(0, dtype=np.bool_)

    def _optimum(self, rows: Sequence[int], y: Labels, cost: float, ratio: float) -> Floats | None:
        """Return the machine's decision function at its optimum, or ``None`` where it is not what `Growing` finds."""
        for row in rows[len(self._beyond) :]:
            self._grown.add(row)
        self._beyond = np.concatenate([self._beyond, np.zeros(len(rows) - len(self._beyond), dtype=np.bool_)])
        signs = 2.0 * y - 1.0
        free = 0.5 / (cost * balanced(y, ratio))
        for _ in range(_ROUNDS):
            found = self._grown.solve(signs, np.where(self._beyond, _BEYOND, free))
            if found is None:
                return None
            beyond = signs * found[rows] > 1.0
            if bool((beyond == self._beyond).all()):
                return found
            self._beyond = beyond
        return None


class _U4(_Growing):
    """ELAS u4, record for record as liblinear has it, random numbers included."""

    ranker: ElasU4

    def __init__(self, ranker: ElasU4, features: FeatureSet) -> None:
        columns = linear_columns(features.blocks[ranker.text_blocks[0]], intercept=1.0)
        super().__init__(ranker, features, Growing(columns, len(features)))
        self._last: tuple[Sequence[int], Labels, Any] | None = None

    def scores(self, rows: Sequence[int], y: Labels, first: int = 1) -> Floats:
        self._last = None
        drawing = self.ranker.random_state
        if first > _AT_ONCE or len(set(y.tolist())) < 2 or not isinstance(drawing, np.random.RandomState):
            return super().scores(rows, y, first)
        found = self._optimum(rows, y, self.ranker.C, self.ranker.ratio)
        if found is None or _close(found, rows, first):
            return super().scores(rows, y, first)
        self._last = (list(rows), y, drawing.get_state(legacy=True))
        drawing.randint(np.iinfo("i").max)  # what liblinear would have drawn
        return found

    def settled(self) -> Floats | None:
        if self._last is None:
            return None
        rows, y, state = self._last
        drawing = np.random.RandomState()
        drawing.set_state(state)
        return Learner(ElasU4(self.ranker.C, self.ranker.ratio, drawing), self.features).scores(rows, y)


class _HybridLearner(_Growing):
    """The hybrid at its optimum."""

    ranker: Hybrid

    def __init__(self, ranker: Hybrid, features: FeatureSet) -> None:
        parts = [
            (share**2, linear_columns(features.blocks[name]))
            for name, share in ranker.shares_at(features, np.inf).items()
            if name != EMBEDDING
        ]
        self._vectors = np.asarray(features.blocks.get(EMBEDDING, np.zeros((len(features), 0))), dtype=np.float32)
        self._embedding = 0.0

        def column(row: int) -> Floats:
            total = np.ones(len(features))
            for weight, columns in parts:
                total += weight * columns(row)
            if self._embedding:
                total += self._embedding * (self._vectors @ self._vectors[row])
            return total

        super().__init__(ranker, features, Growing(column, len(features)))

    def scores(self, rows: Sequence[int], y: Labels, first: int = 1) -> Floats:
        if len(set(y.tolist())) < 2:
            return super().scores(rows, y, first)
        share = self.ranker.shares_at(self.features, float(y.sum())).get(EMBEDDING, 0.0) ** 2
        if share != self._embedding:
            more, self._embedding = share - self._embedding, share
            self._grown.shift(lambda known: more * (self._vectors[known] @ self._vectors.T))
        found = self._optimum(rows, y, self.ranker.setting("C"), self.ranker.setting("ratio"))
        if found is None:
            return super().scores(rows, y, first)
        return self.ranker.scored(self.features, found, y)


def learner(ranker: Ranker, features: FeatureSet) -> Learner:
    """Return what gives the scores of `ranker` after each of a growing list of labels, as soon as can be."""
    fits = len(features) ** 2 <= _LARGEST
    if fits and isinstance(ranker, ElasU4) and features.blocks[ranker.text_blocks[0]].shape[1]:
        return _U4(ranker, features)
    return _HybridLearner(ranker, features) if fits and isinstance(ranker, Hybrid) else Learner(ranker, features)


def _close(scores: Floats, known: Sequence[int], first: int) -> bool:
    """Say whether two of the first records without a label are so close that liblinear may have them otherwise."""
    left = scores.copy()
    left[known] = -np.inf
    count = min(first + 1, len(left))
    best = np.sort(np.partition(left, len(left) - count)[len(left) - count :])
    return bool((np.diff(best) < _LIBLINEAR).any())
