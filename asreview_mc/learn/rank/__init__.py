"""Rankers: ASReview's ELAS models, exactly, and ours."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any, ClassVar, Protocol, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from asreview_mc.core.errors import UnknownError
from asreview_mc.learn.encode import Encoder, Progress
from asreview_mc.learn.features import WORDS, FeatureSet, Floats, build, encoded_texts, query

DEFAULT = "hybrid"
NAMES = ("hybrid", "elas_u4", "elas_u3", "random")


class Ranker(Protocol):
    """Learns from labelled rows and scores all rows.

    Attributes
    ----------
    name, label : str
        For the command line and for people.
    text_blocks : tuple of str
        What `asreview_mc.learn.features.build` must make of the texts.
    uses_vectors : bool
        Whether embeddings and the protocol's query help it; without them it works all the same.
    follows_asreview : bool
        Whether a replay must follow ``asreview simulate`` in the order of rows and in random numbers.
    note_ : str or None
        After `fit`: why the scores say less than they could, such as no labels and no protocol; else ``None``.
    """

    name: ClassVar[str]
    label: ClassVar[str]
    text_blocks: ClassVar[tuple[str, ...]]
    uses_vectors: ClassVar[bool]
    follows_asreview: ClassVar[bool]
    note_: str | None

    def fit(self, features: FeatureSet, y: ArrayLike, sample_weight: ArrayLike | None = None) -> Self:
        """Learn from labelled rows: `y` is 0 or 1 and may be empty or of one kind; weights are above 0."""
        ...

    def decision_function(self, features: FeatureSet) -> Floats:
        """Return a finite score a row, shape (n,); higher is more relevant. Give all rows at once."""
        ...

    def parts(self, features: FeatureSet) -> dict[str, Floats]:
        """Return what each block, and ``"prior"``, adds to the score; each of shape (n,)."""
        ...

    @property
    def coefficients(self) -> dict[str, Floats]:
        """Weight of each column, for the blocks that were learnt from."""
        ...

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """Return the settings by name."""
        ...


class Random:
    """Any order, the same for a seed: what every ranker must beat."""

    name: ClassVar[str] = "random"
    label: ClassVar[str] = "Random order"
    text_blocks: ClassVar[tuple[str, ...]] = ()
    uses_vectors: ClassVar[bool] = False
    follows_asreview: ClassVar[bool] = False
    note_: str | None = "drawn by lot"
    coefficients: ClassVar[dict[str, Floats]] = {}

    def __init__(self, random_state: int = 0) -> None:
        self.random_state = random_state

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """Return the settings by name."""
        return {"random_state": self.random_state}

    def fit(self, features: FeatureSet, y: ArrayLike, sample_weight: ArrayLike | None = None) -> Self:
        """Learn nothing."""
        return self

    def decision_function(self, features: FeatureSet) -> Floats:
        """Return a number between 0 and 1 for each row, shape (n,)."""
        drawn: NDArray[np.float64] = np.random.default_rng(self.random_state).random(len(features))
        return drawn

    def parts(self, features: FeatureSet) -> dict[str, Floats]:
        """Return nothing: no block speaks for any row."""
        return {}


def make(name: str = DEFAULT, *, seed: int) -> Ranker:
    """Return a new ranker; the same seed and labels give the same scores however often it was fitted before.

    Parameters
    ----------
    name : str
        One of `NAMES`, or the class of a scikit-learn classifier, such as ``LogisticRegression``.

    Raises
    ------
    UnknownError
        If no ranker has that name.
    """
    if name not in NAMES:
        return _plain(name, seed)
    if name == "random":
        return Random(random_state=seed)
    from asreview_mc.learn.rank.elas import ElasU3, ElasU4
    from asreview_mc.learn.rank.hybrid import Hybrid

    if name == "hybrid":
        return Hybrid(random_state=seed)
    return ElasU4(random_state=seed) if name == "elas_u4" else ElasU3()


def settings(name: str, *, seed: int) -> dict[str, Any]:
    """Return by name what a ranker made by `make` is set to; those left to the tuning as they were tuned.

    Raises
    ------
    UnknownError
        As `make`.
    """
    given = make(name, seed=seed).get_params()
    if name != "hybrid":
        return given
    from asreview_mc.learn.rank.hybrid import tuned

    return {key: tuned().get(key) if value is None else value for key, value in given.items()}


def _plain(name: str, seed: int) -> Ranker:
    from asreview_mc.learn.rank.plain import PlainRanker, classifiers

    if name.lower() in classifiers():
        return PlainRanker(name, random_state=seed)
    import difflib

    known = {one.lower(): one for one in (*NAMES, *(kind.__name__ for kind in classifiers().values()))}
    near = difflib.get_close_matches(name.lower(), known, n=1)
    hint = f"Did you mean {known[near[0]]}? " if near else ""
    raise UnknownError(
        f"no ranker is called {name!r}",
        remedy=f"{hint}Rankers are {', '.join(NAMES)} and the classifiers of scikit-learn by the name of their class",
    )


def features_for(
    rankers: Iterable[Ranker],
    titles: Sequence[str],
    abstracts: Sequence[str],
    *,
    wanted: Sequence[str],
    encoder: Encoder | None,
    links: Sequence[Collection[str]] | None = None,
    progress: Progress | None = None,
) -> FeatureSet:
    """Return all that some rankers need to know of a corpus, and no more: texts are encoded only if one uses vectors.

    Parameters
    ----------
    titles, abstracts, links
        As for `asreview_mc.learn.features.build`.
    wanted : sequence of str
        What the protocol asks for, in one or several texts that count alike; may be empty.
    encoder : Encoder or None
        ``None`` to go without vectors; the protocol then ranks by its words.
    progress : callable or None
        Called with (done, total) texts while they are encoded.
    """
    models = list(rankers)
    text_blocks = tuple(dict.fromkeys(block for model in models for block in model.text_blocks)) or (WORDS,)
    if encoder is None or not any(model.uses_vectors for model in models):
        return build(titles, abstracts, wanted=wanted, links=links, text_blocks=text_blocks)
    vectors = encoder.encode(encoded_texts(titles, abstracts), progress)
    return build(titles, abstracts, vectors, query(wanted, encoder), links=links, text_blocks=text_blocks)


def as_asreview_simulates(ranker: Ranker, *, seed: int) -> Ranker:
    """Return a ranker that draws one random number after the other, as ``asreview simulate --seed SEED`` does.

    ASReview seeds NumPy's global generator once, and each training of the SVM draws the next number from it. What it
    ranks therefore depends on how often it was trained, which suits a replay and not a live review.
    """
    from asreview_mc.learn.rank.elas import ElasU4

    if not isinstance(ranker, ElasU4):
        return ranker
    return ElasU4(C=ranker.C, ratio=ranker.ratio, random_state=np.random.RandomState(seed))
