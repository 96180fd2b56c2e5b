"""ASReview's ELAS u4 and u3, with the parameters and the sums of ASReview 3.0.8.

Sources: ASReview 3.0.8, ``asreview/models/models.py`` and ``balancers.py`` (Apache-2.0); van de Schoot et al. 2021,
doi:10.1038/s42256-020-00287-7. Both are plain scikit-learn estimators over one matrix, so that ASReview can use them.
"""

from __future__ import annotations

import warnings
from abc import ABC, abstractmethod
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator
from sklearn.exceptions import ConvergenceWarning
from sklearn.naive_bayes import MultinomialNB
from sklearn.svm import LinearSVC

from asreview_mc.core.errors import DataError
from asreview_mc.learn.features import UNIGRAMS, WORDS, FeatureSet, Floats, Matrix

_UNFITTABLE = "a decision of each kind is needed before this model can rank: the given order"


def binary(y: ArrayLike) -> NDArray[np.int64]:
    """Return labels as whole numbers.

    Raises
    ------
    DataError
        If one is neither 0 nor 1, such as NaN for a record not yet decided.

    Examples
    --------
    >>> binary([True, 0.0]).tolist()
    [1, 0]
    """
    labels = np.asarray(y, dtype=np.float64)
    strange = np.flatnonzero((labels != 0) & (labels != 1))
    if len(strange):
        raise DataError(
            f"label {labels[strange[0]]:g} is neither 0 nor 1",
            where=f"row {strange[0]}",
            remedy="Give the labelled rows only, 1 for relevant and 0 for irrelevant",
        )
    return labels.astype(np.int64)


def balanced(y: NDArray[np.int_], ratio: float, sample_weight: ArrayLike | None = None) -> Floats:
    """Return weights by which the positives together count `ratio` times as much as all negatives together.

    Parameters
    ----------
    y : array of shape (n,)
        Labels, 0 or 1, both present.
    ratio : float
        Total weight of the positives over that of the negatives.
    sample_weight : array of shape (n,) or None
        How much each label counts by itself, 0 to 1; ``None`` for all alike, which is ASReview's balancer.

    Returns
    -------
    array of shape (n,)
        Their sum is that of `sample_weight`, or n.
    """
    own = np.ones(len(y)) if sample_weight is None else np.asarray(sample_weight, dtype=np.float64)
    positive, negative = float(own[y == 1].sum()), float(own[y == 0].sum())
    weights = own * np.where(y == 1, 1.0, positive / (ratio * negative))
    # ASReview adds one by one; a pairwise sum would differ in the last digit.
    scaled: Floats = weights * (float(np.cumsum(own)[-1]) / float(np.cumsum(weights)[-1]))
    return scaled


class OneBlock(BaseEstimator, ABC):  # type: ignore[misc]
    """What rankers over one block share: the balancer, and the given order while only one kind of label is known."""

    name: ClassVar[str]
    label: ClassVar[str]
    text_blocks: ClassVar[tuple[str, ...]]
    uses_vectors: ClassVar[bool] = False
    follows_asreview: ClassVar[bool] = True
    note_: str | None = None

    def fit(self, features: FeatureSet | Matrix, y: ArrayLike, sample_weight: ArrayLike | None = None) -> Self:
        """Learn from labelled rows.

        Parameters
        ----------
        features : FeatureSet or matrix of shape (n, d)
            The labelled rows only.
        y : array of shape (n,)
            0 or 1. With one kind only nothing can be learnt: all scores are 0 and `note_` says so.
        sample_weight : array of shape (n,) or None
            How much each label counts, above 0.
        """
        labels = binary(y)
        matrix = self._matrix(features)
        self.model_: Any = None
        self.note_ = _UNFITTABLE
        if len(set(labels.tolist())) == 2 and matrix.shape[1]:
            self.note_ = None
            self.model_ = self._estimator()
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", ConvergenceWarning)
                self.model_.fit(matrix, labels, **self._weighted(balanced(labels, self._ratio(), sample_weight)))
        return self

    def decision_function(self, features: FeatureSet | Matrix) -> Floats:
        """Return a score a row, shape (n,); higher is more relevant."""
        matrix = self._matrix(features)
        if self.model_ is None:
            return np.zeros(matrix.shape[0], dtype=np.float64)
        return self._scores(matrix)

    def parts(self, features: FeatureSet) -> dict[str, Floats]:
        """Return what each block adds to the score."""
        return {self.text_blocks[0]: self.decision_function(features)}

    @property
    def coefficients(self) -> dict[str, Floats]:
        """Weight of each column by block; empty before both kinds of label are known."""
        return {} if self.model_ is None else {self.text_blocks[0]: self._weights()}

    def _matrix(self, features: FeatureSet | Matrix) -> Matrix:
        return features.blocks[self.text_blocks[0]] if isinstance(features, FeatureSet) else features

    def _weighted(self, weights: Floats) -> dict[str, Floats]:
        return {"sample_weight": weights}

    def _ratio(self) -> float:
        return float(self.get_params()["ratio"])

    @abstractmethod
    def _estimator(self) -> Any:  # noqa: ANN401 - scikit-learn has no types
        ...

    @abstractmethod
    def _scores(self, matrix: Matrix) -> Floats: ...

    @abstractmethod
    def _weights(self) -> Floats: ...


class ElasU4(OneBlock):
    """ELAS u4: linear SVM (squared hinge) on TF-IDF of words and pairs of words.

    Parameters
    ----------
    C : float
        Inverse strength of the penalty.
    ratio : float
        Weight of the positives over that of the negatives.
    random_state : int, RandomState or None
        The solver's order of passes. An int makes each fit the same; a RandomState is drawn from once a fit, which is
        what ``asreview simulate --seed`` does with NumPy's global generator.
    """

    name: ClassVar[str] = "elas_u4"
    label: ClassVar[str] = "ELAS u4"
    text_blocks: ClassVar[tuple[str, ...]] = (WORDS,)

    def __init__(
        self,
        C: float = 0.11,
        ratio: float = 9.8,
        random_state: int | np.random.RandomState | None = 0,
    ) -> None:
        self.C = C
        self.ratio = ratio
        self.random_state = random_state

    def _estimator(self) -> LinearSVC:
        return LinearSVC(loss="squared_hinge", C=self.C, random_state=self.random_state)

    def _scores(self, matrix: Matrix) -> Floats:
        scores: Floats = self.model_.decision_function(matrix)
        return scores

    def _weights(self) -> Floats:
        weights: Floats = self.model_.coef_[0]
        return weights


class ElasU3(OneBlock):
    """ELAS u3: multinomial naive Bayes on TF-IDF of words without English stop words.

    Parameters
    ----------
    alpha : float
        Smoothing.
    ratio : float
        Weight of the positives over that of the negatives.
    """

    name: ClassVar[str] = "elas_u3"
    label: ClassVar[str] = "ELAS u3"
    text_blocks: ClassVar[tuple[str, ...]] = (UNIGRAMS,)

    def __init__(self, alpha: float = 3.822, ratio: float = 1.2) -> None:
        self.alpha = alpha
        self.ratio = ratio

    def _estimator(self) -> MultinomialNB:
        return MultinomialNB(alpha=self.alpha)

    def _scores(self, matrix: Matrix) -> Floats:
        scores: Floats = self.model_.predict_proba(matrix)[:, 1]
        return scores

    def _weights(self) -> Floats:
        weights: Floats = self.model_.feature_log_prob_[1] - self.model_.feature_log_prob_[0]
        return weights
