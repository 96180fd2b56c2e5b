"""The default ranker: words, embeddings and the protocol's query, each a linear model, added up.

Words are learnt as in ELAS u4, embeddings the same way over corpus-whitened vectors. The protocol ranks alone before
the first decision and gives way as relevant records are found.
"""

from __future__ import annotations

import warnings
from typing import ClassVar, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator
from sklearn.exceptions import ConvergenceWarning
from sklearn.svm import LinearSVC

from asreview_mc.learn.features import EMBEDDING, WORDS, FeatureSet, Floats, Matrix
from asreview_mc.learn.rank.elas import balanced

PRIOR = "prior"
_DIGITS = 9
_NOTHING = "no decisions, and no protocol to compare with: the given order"
_ONE_KIND = "all decisions so far are of one kind: similarity to them"


class Hybrid(BaseEstimator):  # type: ignore[misc]
    """Words and embeddings learnt from the decisions, and the protocol's query.

    Each block's score is standardised over the rows scored, then ``score = words + embedding_share · embedding + p ·
    prior`` with ``p = prior_strength / (prior_strength + positives)``. A block that the features lack is left out.

    While all decisions are of one kind, a block's score is the similarity to their mean (negative for irrelevant
    ones). With no decision only the prior ranks; without a prior all scores are 0, which keeps the given order, and
    `note_` says so.

    Parameters
    ----------
    C, ratio : float
        Of both linear SVMs, as in ELAS u4.
    embedding_share : float
        Weight of the embedding's score; that of the words is 1. Chosen on the development reviews, where 0.1 to 0.2
        did best and 0.5 or more lost to words alone on small reviews.
    prior_strength : float
        As many relevant records as this halve the protocol's weight.
    negative_share : float
        Weight of a block's score while only irrelevant records are known.
    random_state : int
        The solver's order of passes; each fit starts from it.
    """

    name: ClassVar[str] = "hybrid"
    label: ClassVar[str] = "Hybrid of words, embeddings and protocol"
    text_blocks: ClassVar[tuple[str, ...]] = (WORDS,)
    uses_vectors: ClassVar[bool] = True
    follows_asreview: ClassVar[bool] = False
    note_: str | None = None

    def __init__(
        self,
        C: float = 0.11,
        ratio: float = 9.8,
        embedding_share: float = 0.15,
        prior_strength: float = 3.0,
        negative_share: float = 0.25,
        random_state: int = 0,
    ) -> None:
        self.C = C
        self.ratio = ratio
        self.embedding_share = embedding_share
        self.prior_strength = prior_strength
        self.negative_share = negative_share
        self.random_state = random_state

    def fit(self, features: FeatureSet, y: ArrayLike, sample_weight: ArrayLike | None = None) -> Self:
        """Learn from labelled rows.

        Parameters
        ----------
        features : FeatureSet
            The labelled rows only, maybe none.
        y : array of shape (n,)
            0 or 1; may be empty or of one kind.
        sample_weight : array of shape (n,) or None
            How much each label counts, above 0; half for a maybe.
        """
        labels = np.asarray(y, dtype=np.int64)
        weights = np.ones(len(labels)) if sample_weight is None else np.asarray(sample_weight, dtype=np.float64)
        self.kinds_ = set(labels.tolist())
        self.positives_ = float(weights[labels == 1].sum())
        self.coefficients_: dict[str, Floats] = {}
        for name in (WORDS, EMBEDDING):
            block = features.blocks.get(name)
            if self.kinds_ and block is not None and block.shape[1]:
                self.coefficients_[name] = self._learn(block, labels, weights)
        self.note_ = None if len(self.kinds_) == 2 else _ONE_KIND
        if not self.kinds_:
            self.note_ = _NOTHING if features.prior is None else None
        return self

    def decision_function(self, features: FeatureSet) -> Floats:
        """Return a score a row, shape (n,); higher is more relevant. Give all rows at once: scores are relative."""
        total = np.zeros(len(features), dtype=np.float64)
        for part in self.parts(features).values():
            total += part
        return np.round(total, _DIGITS)

    def parts(self, features: FeatureSet) -> dict[str, Floats]:
        """Return what ``"words"``, ``"embedding"`` and ``"prior"`` add to the score, each of shape (n,)."""
        only_negative = self.kinds_ == {0}
        parts: dict[str, Floats] = {}
        for name, coefficients in self.coefficients_.items():
            share = (self.embedding_share if name == EMBEDDING else 1.0) * (
                self.negative_share if only_negative else 1.0
            )
            parts[name] = share * _standardised(features.blocks[name] @ coefficients)
        if features.prior is not None:
            parts[PRIOR] = self.prior_strength / (self.prior_strength + self.positives_) * features.prior
        return parts

    @property
    def coefficients(self) -> dict[str, Floats]:
        """Weight of each column by block; empty before the first decision."""
        return self.coefficients_

    def _learn(self, block: Matrix, labels: NDArray[np.int64], weights: Floats) -> Floats:
        if len(self.kinds_) < 2:
            sign = 1.0 if 1 in self.kinds_ else -1.0
            mean: Floats = sign * np.asarray(block.T @ weights, dtype=np.float64) / weights.sum()
            return mean
        model = LinearSVC(loss="squared_hinge", C=self.C, random_state=self.random_state)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            model.fit(block, labels, sample_weight=balanced(labels, self.ratio, weights))
        learnt: Floats = model.coef_[0]
        return learnt


def _standardised(scores: Floats) -> Floats:
    """Return the scores with mean 0 and standard deviation 1; zeros where all are equal."""
    spread = float(scores.std()) if len(scores) else 0.0
    return (scores - scores.mean()) / spread if spread > 1e-12 else np.zeros_like(scores)
