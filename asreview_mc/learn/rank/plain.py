"""Any classifier of scikit-learn by the name of its class, over the words of ELAS u4."""

from __future__ import annotations

import warnings
from functools import cache
from typing import Any, ClassVar

import numpy as np

from asreview_mc.core.errors import UnknownError
from asreview_mc.learn.features import WORDS, Floats, Matrix
from asreview_mc.learn.rank.elas import OneBlock


@cache
def classifiers() -> dict[str, type]:
    """Return scikit-learn's classifiers by the name of the class in small letters."""
    from sklearn.utils import all_estimators

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return {name.lower(): kind for name, kind in all_estimators(type_filter="classifier")}


class PlainRanker(OneBlock):
    """A classifier with its own default settings; labels weigh as for ELAS u4 where it takes weights.

    Parameters
    ----------
    classifier : str
        Name of the class, in any case.
    ratio : float
        Weight of the positives over that of the negatives.
    random_state : int
        For a classifier that draws by chance.

    Raises
    ------
    UnknownError
        If scikit-learn has no such classifier, or it cannot be made by name alone or learn from sparse rows.
    """

    name: ClassVar[str] = "scikit-learn"
    label: ClassVar[str] = "A classifier of scikit-learn"
    text_blocks: ClassVar[tuple[str, ...]] = (WORDS,)
    follows_asreview: ClassVar[bool] = False

    def __init__(self, classifier: str, ratio: float = 9.8, random_state: int = 0) -> None:
        self.classifier = classifier
        self.ratio = ratio
        self.random_state = random_state
        self._weighs = self._takes_weights()

    def _estimator(self) -> Any:  # noqa: ANN401 - scikit-learn has no types
        made = classifiers()[self.classifier.lower()]()
        return made.set_params(random_state=self.random_state) if "random_state" in made.get_params() else made

    def _takes_weights(self) -> bool:
        from sklearn.utils import get_tags
        from sklearn.utils.validation import has_fit_parameter

        try:
            made = self._estimator()
        except TypeError:
            raise UnknownError(
                f"{self.classifier} cannot be made by its name alone", remedy="Choose a classifier with defaults"
            ) from None
        if not get_tags(made).input_tags.sparse:
            raise UnknownError(
                f"{self.classifier} does not learn from sparse rows", remedy="Choose another, like LogisticRegression"
            )
        return bool(has_fit_parameter(made, "sample_weight"))

    def _weighted(self, weights: Floats) -> dict[str, Floats]:
        return {"sample_weight": weights} if self._weighs else {}

    def _scores(self, matrix: Matrix) -> Floats:
        by_chance = getattr(self.model_, "predict_proba", None)
        found = by_chance(matrix)[:, 1] if by_chance else self._decided(matrix)
        return np.nan_to_num(np.asarray(found, dtype=np.float64))

    def _decided(self, matrix: Matrix) -> Any:  # noqa: ANN401 - scikit-learn has no types
        return getattr(self.model_, "decision_function", self.model_.predict)(matrix)

    def _weights(self) -> Floats:
        weights: Floats = np.asarray(self.model_.coef_, dtype=np.float64).reshape(-1)
        return weights

    @property
    def coefficients(self) -> dict[str, Floats]:
        """Weight of each column, for a linear model that knows both kinds of label."""
        return super().coefficients if hasattr(self.model_, "coef_") else {}
