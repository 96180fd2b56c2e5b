"""The default ranker: one linear model over all that is known of a record, and the protocol's query beside it.

The model is ELAS u4's, a linear support vector machine with squared hinge, over the blocks of features side by side,
each with a weight. The protocol ranks alone before the first decision and gives way as relevant records are found.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from functools import cache
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator
from sklearn.exceptions import ConvergenceWarning
from sklearn.svm import LinearSVC

from asreview_mc.learn.features import EMBEDDING, STEMS, TITLE, WORDS, FeatureSet, Floats, Matrix
from asreview_mc.learn.rank.elas import balanced, binary
from asreview_mc.learn.saved import shipped_json

PRIOR = "prior"
TYPICAL = "typical"
SETTINGS = "hybrid.json"
_DIGITS = 9
_NOTHING = "no decisions, and no protocol to compare with: the most typical of the search first"
_ONE_KIND = "all decisions so far are of one kind: similarity to them"


@cache
def tuned() -> Mapping[str, Any]:
    """Return the settings that were chosen on the development reviews, from the shipped file.

    Raises
    ------
    ModelError
        If the file is missing or is not the one that was published.
    """
    settings: dict[str, Any] = shipped_json(SETTINGS)["settings"]
    return settings


class Hybrid(BaseEstimator):  # type: ignore[misc]
    """Words, title, stems, cited references and embeddings learnt from the decisions, and the protocol's query.

    The model's score is standardised over the rows scored, then ``score = model + p · prior`` with
    ``p = prior_strength / (prior_strength + positives)``. A block that the features lack is left out.

    While all decisions are of one kind, the model's score is the similarity to their mean, negative for irrelevant
    ones. Before the first relevant record the score is ``g · (negative_share · model + typical_share · typical) +
    prior``: a record like most of what the search found is more often relevant than one unlike it. Without a prior
    ``g`` is 1, and `note_` says so; with one it is ``irrelevant / (irrelevant + protocol_patience)``, so that a
    protocol that leads nowhere gives way.

    Parameters
    ----------
    C, ratio : float or None
        Of the support vector machine, as in ELAS u4. ``None`` here and below: as tuned.
    shares : dict of str to float, or None
        Weight of each block; a block not named is not used. The embedding's grows with what is known: its share times
        ``positives / (positives + embedding_patience)``, since few relevant records do not yet say which of an
        embedding's many directions matter.
    embedding_patience : float or None
        With as many relevant records the embedding has half its share.
    prior_strength : float or None
        As many relevant records as this halve the protocol's weight.
    typical_share : float or None
        Weight of being typical, until a relevant record is known.
    negative_share : float or None
        Weight of the model's score while only irrelevant records are known.
    protocol_patience : float or None
        After as many irrelevant records and no relevant one, other guides have half their say beside the protocol.
    random_state : int
        The solver's order of passes; each fit starts from it.
    """

    name: ClassVar[str] = "hybrid"
    label: ClassVar[str] = "Hybrid of text, references and protocol"
    text_blocks: ClassVar[tuple[str, ...]] = (WORDS, TITLE, STEMS)
    uses_vectors: ClassVar[bool] = True
    follows_asreview: ClassVar[bool] = False
    note_: str | None = None

    def __init__(
        self,
        C: float | None = None,
        ratio: float | None = None,
        shares: Mapping[str, float] | None = None,
        embedding_patience: float | None = None,
        prior_strength: float | None = None,
        typical_share: float | None = None,
        negative_share: float | None = None,
        protocol_patience: float | None = None,
        random_state: int = 0,
    ) -> None:
        self.C = C
        self.ratio = ratio
        self.shares = shares
        self.embedding_patience = embedding_patience
        self.prior_strength = prior_strength
        self.typical_share = typical_share
        self.negative_share = negative_share
        self.protocol_patience = protocol_patience
        self.random_state = random_state

    def fit(
        self,
        features: FeatureSet,
        y: ArrayLike,
        sample_weight: ArrayLike | None = None,
        *,
        solved: Mapping[str, Floats] | None = None,
    ) -> Self:
        """Learn from labelled rows.

        Parameters
        ----------
        features : FeatureSet
            The labelled rows only, maybe none.
        y : array of shape (n,)
            0 or 1; may be empty or of one kind.
        sample_weight : array of shape (n,) or None
            How much each label counts, above 0; half for a maybe.
        solved : dict of str to array, or None
            Weight of each column by block, where a machine over these blocks and shares has found them already.

        Raises
        ------
        DataError
            If a label is neither 0 nor 1.
        """
        labels = binary(y)
        weights = np.ones(len(labels)) if sample_weight is None else np.asarray(sample_weight, dtype=np.float64)
        self.kinds_ = set(labels.tolist())
        self.positives_ = float(weights[labels == 1].sum())
        self.negatives_ = float(weights[labels == 0].sum())
        self.coefficients_: dict[str, Floats] = dict(solved or {})
        shares = self.shares_at(features, self.positives_)
        if self.kinds_ and shares and solved is None:
            blocks = [share * features.blocks[name] for name, share in shares.items()]
            learnt = self._learn(_side_by_side(blocks), labels, weights)
            ends = np.cumsum([block.shape[1] for block in blocks])
            parts = zip(shares.items(), np.split(learnt, ends[:-1]), strict=True)
            self.coefficients_ = {name: share * part for (name, share), part in parts}
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

    def scored(self, features: FeatureSet, model: Floats, y: ArrayLike) -> Floats:
        """Return a score a row, shape (n,), for the decision function `model` of a machine learnt elsewhere.

        Parameters
        ----------
        features : FeatureSet
            All rows.
        model : array of shape (n,)
            Of the support vector machine over this ranker's blocks and shares.
        y : array of shape (m,)
            The labels it learnt from, of both kinds.
        """
        spread = float(model.std())
        total = (model - model.mean()) / spread if spread > 1e-12 else np.zeros_like(model)
        if features.prior is not None:
            strength = self.setting("prior_strength")
            total = total + strength / (strength + float(np.sum(y))) * features.prior
        return np.round(total, _DIGITS)

    def parts(self, features: FeatureSet) -> dict[str, Floats]:
        """Return what each block, ``"prior"`` and ``"typical"`` add to the score, each of shape (n,)."""
        parts = {
            name: np.asarray(features.blocks[name] @ coefficients, dtype=np.float64)
            for name, coefficients in self.coefficients_.items()
        }
        if parts:
            spread = float(np.sum(list(parts.values()), axis=0).std()) if len(features) else 0.0
            share = self.setting("negative_share") * self._gate(features) if self.kinds_ == {0} else 1.0
            scale = share / spread if spread > 1e-12 else 0.0
            parts = {name: scale * (part - part.mean()) for name, part in parts.items()}
        if features.prior is not None:
            strength = self.setting("prior_strength")
            parts[PRIOR] = strength / (strength + self.positives_) * features.prior
        if features.typical is not None and 1 not in self.kinds_:
            parts[TYPICAL] = self.setting("typical_share") * self._gate(features) * features.typical
        return parts

    @property
    def coefficients(self) -> dict[str, Floats]:
        """Weight of each column by block; empty before the first decision."""
        return self.coefficients_

    def setting(self, name: str) -> Any:  # noqa: ANN401 - a number, or one a block
        """Return a setting: this ranker's own, or as tuned."""
        own = getattr(self, name)
        return tuned()[name] if own is None else own

    def _gate(self, features: FeatureSet) -> float:
        """Return how much anything but the protocol counts before the first relevant record, 0 to 1."""
        if features.prior is None:
            return 1.0
        return self.negatives_ / (self.negatives_ + float(self.setting("protocol_patience")))

    def shares_at(self, features: FeatureSet, positives: float) -> dict[str, float]:
        """Return the weight of each block that is used and not empty, once so many relevant records are known."""
        shares = dict(self.setting("shares"))
        if EMBEDDING in shares and np.isfinite(positives):
            shares[EMBEDDING] *= positives / (positives + self.setting("embedding_patience"))
        blocks = features.blocks
        return {name: share for name, share in shares.items() if share and name in blocks and blocks[name].shape[1]}

    def _learn(self, rows: Matrix, labels: NDArray[np.int64], weights: Floats) -> Floats:
        if len(self.kinds_) < 2:
            sign = 1.0 if 1 in self.kinds_ else -1.0
            mean: Floats = sign * np.asarray(rows.T @ weights, dtype=np.float64) / weights.sum()
            return mean
        model = LinearSVC(loss="squared_hinge", C=self.setting("C"), random_state=self.random_state)
        used, narrow = _without_empty_columns(rows)
        if not len(used):  # titles without a word, and nothing else
            return np.zeros(rows.shape[1])
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            model.fit(narrow, labels, sample_weight=balanced(labels, self.setting("ratio"), weights))
        learnt: Floats = np.zeros(rows.shape[1])
        learnt[used] = model.coef_[0]
        return learnt


def _without_empty_columns(rows: Matrix) -> tuple[NDArray[np.intp], Matrix]:
    """Return the columns that some row has, and the rows with these alone; the others, millions, weigh nothing."""
    from scipy.sparse import csr_matrix

    used, places = np.unique(rows.indices, return_inverse=True)
    return used, csr_matrix((rows.data, places, rows.indptr), shape=(rows.shape[0], len(used)))


def _side_by_side(blocks: list[Matrix]) -> Matrix:
    from scipy.sparse import csr_matrix, hstack

    return hstack([csr_matrix(block) for block in blocks], format="csr")
