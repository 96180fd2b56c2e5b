"""A small corpus with an answer, for rankers."""

import numpy as np
import pytest

from asreview_mc.learn.features import UNIGRAMS, WORDS, FeatureSet, build

RELEVANT = ["badge", "credential", "employer", "skill", "certificate", "stackable"]
OTHER = ["tern", "arctic", "migration", "feather", "nest", "colony", "gull", "wing"]


def corpus(n_relevant=12, n_other=48, width=16, seed=3):
    """Return titles, abstracts, labels, vectors and a query whose meaning follows the labels, with noise."""
    rng = np.random.default_rng(seed)
    labels = np.array([1] * n_relevant + [0] * n_other)[rng.permutation(n_relevant + n_other)]
    titles, abstracts = [], []
    for label in labels:
        words = RELEVANT if label else OTHER
        titles.append(" ".join(rng.choice(words, 3)))
        abstracts.append(" ".join([*rng.choice(words, 6), *rng.choice(RELEVANT + OTHER, 4)]))
    axis = rng.normal(size=width)
    vectors = rng.normal(size=(len(labels), width)) + 0.9 * np.outer(2 * labels - 1, axis)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    wanted = axis / np.linalg.norm(axis)
    return titles, abstracts, labels, vectors.astype(np.float32), wanted.astype(np.float32)


@pytest.fixture(scope="session")
def labels():
    return corpus()[2]


@pytest.fixture(scope="session")
def features() -> FeatureSet:
    titles, abstracts, _, vectors, wanted = corpus()
    return build(titles, abstracts, vectors, wanted, text_blocks=[WORDS, UNIGRAMS])
