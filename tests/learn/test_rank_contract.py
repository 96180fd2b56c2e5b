"""Every ranker is held to one contract."""

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from asreview_mc.core.errors import UnknownError
from asreview_mc.learn import rank
from asreview_mc.learn.features import FeatureSet
from asreview_mc.learn.rank.explain import why

LEARNING = [name for name in rank.NAMES if name != "random"]


@pytest.fixture(params=rank.NAMES)
def ranker(request):
    return rank.make(request.param, seed=1)


def labelled(labels, n=10):
    """Return rows of both kinds."""
    return np.r_[np.flatnonzero(labels == 1)[: n // 2], np.flatnonzero(labels == 0)[: n - n // 2]]


def test_names_and_settings(ranker):
    """A ranker says its name, a label for people and its settings, and can be made again from them."""
    assert ranker.name in rank.NAMES
    assert ranker.label
    again = type(ranker)(**ranker.get_params())
    assert again.get_params() == ranker.get_params()


@pytest.mark.parametrize("kinds", ["both", "positive", "negative", "none"])
def test_scores_are_finite_whatever_is_known(ranker, features, labels, kinds):
    """With both kinds of label, one kind or none there is one finite score a row."""
    rows = {
        "both": labelled(labels),
        "positive": np.flatnonzero(labels == 1)[:2],
        "negative": np.flatnonzero(labels == 0)[:2],
        "none": np.array([], dtype=int),
    }[kinds]
    scores = ranker.fit(features.take(rows), labels[rows]).decision_function(features)
    assert scores.shape == labels.shape
    assert np.isfinite(scores).all()
    assert all(np.isfinite(part).all() for part in ranker.parts(features).values())


@pytest.mark.parametrize("name", LEARNING)
def test_learns(name, features, labels):
    """After ten labels the relevant ones among the rest stand higher."""
    rows = labelled(labels)
    scores = rank.make(name, seed=1).fit(features.take(rows), labels[rows]).decision_function(features)
    rest = np.setdiff1d(np.arange(len(labels)), rows)
    assert roc_auc_score(labels[rest], scores[rest]) > 0.85


def test_same_labels_same_scores(ranker, features, labels):
    """Scores depend on the labels now known, not on what was fitted before."""
    rows = labelled(labels)
    once = ranker.fit(features.take(rows), labels[rows]).decision_function(features)
    ranker.fit(features.take(rows[2:-2]), labels[rows[2:-2]])
    again = ranker.fit(features.take(rows), labels[rows]).decision_function(features)
    fresh = rank.make(ranker.name, seed=1).fit(features.take(rows), labels[rows]).decision_function(features)
    assert (once == again).all()
    assert (once == fresh).all()


@pytest.mark.parametrize("name", LEARNING)
def test_a_changed_label_changes_scores(name, features, labels):
    """A decision turned round is learnt from."""
    rows = labelled(labels)
    turned = labels[rows].copy()
    turned[0] = 0
    ranker = rank.make(name, seed=1)
    before = ranker.fit(features.take(rows), labels[rows]).decision_function(features)
    after = ranker.fit(features.take(rows), turned).decision_function(features)
    assert after[rows[0]] < before[rows[0]]


@pytest.mark.parametrize("name", LEARNING)
def test_weights_matter_and_equal_ones_do_not(name, features, labels):
    """A label of less weight counts for less; equal weights are as none."""
    rows = labelled(labels)
    weights = np.ones(len(rows))
    ranker = rank.make(name, seed=1)
    plain = ranker.fit(features.take(rows), labels[rows]).decision_function(features)
    equal = ranker.fit(features.take(rows), labels[rows], weights).decision_function(features)
    assert np.allclose(plain, equal)
    weights[0] = 0.5
    assert not np.allclose(plain, ranker.fit(features.take(rows), labels[rows], weights).decision_function(features))


def test_features_are_not_changed(ranker, features, labels):
    """Fitting and scoring leave the features as they were."""
    before = {name: abs(block).sum() for name, block in features.blocks.items()}
    rows = labelled(labels)
    ranker.fit(features.take(rows), labels[rows]).decision_function(features)
    assert {name: abs(block).sum() for name, block in features.blocks.items()} == before


def test_records_without_any_text(ranker):
    """A corpus of which nothing is known ranks in the given order or by lot, without a crash."""
    from asreview_mc.learn.features import UNIGRAMS, WORDS, build

    features = build([""] * 6, [""] * 6, text_blocks=[WORDS, UNIGRAMS])
    scores = ranker.fit(features.take([0, 1]), [1, 0]).decision_function(features)
    assert np.isfinite(scores).all()
    if ranker.name != "random":
        assert not scores.any()


def test_reasons_are_text(ranker, features, labels):
    """Each row asked for gets one non-empty reason."""
    rows = labelled(labels)
    ranker.fit(features.take(rows), labels[rows])
    reasons = why(features, ranker, [0, 5, 7])
    assert len(reasons) == 3
    assert all(reasons)


def test_matrix_rankers_take_a_bare_matrix(features, labels):
    """ELAS models are plain estimators: a matrix gives what its feature set gives, so that ASReview can use them."""
    rows = labelled(labels)
    for name in ("elas_u4", "elas_u3"):
        ranker = rank.make(name, seed=1)
        block = features.blocks[ranker.text_blocks[0]]
        bare = ranker.fit(block[rows], labels[rows]).decision_function(block)
        assert (bare == ranker.fit(features.take(rows), labels[rows]).decision_function(features)).all()


def test_unknown_name_suggests_the_nearest():
    """A slip of the pen is answered with the name that was meant."""
    with pytest.raises(UnknownError, match="Did you mean elas_u4"):
        rank.make("elas-u4", seed=1)
    with pytest.raises(UnknownError, match="Rankers are hybrid"):
        rank.make("zzz", seed=1)


def test_random_differs_by_seed(features):
    """The random order is one for a seed and another for the next."""
    one, two = (rank.make("random", seed=seed).fit(features, []).decision_function(features) for seed in (1, 2))
    assert not (one == two).all()
    assert isinstance(features, FeatureSet)
