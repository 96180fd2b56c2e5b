"""Every ranker is held to one contract."""

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from asreview_mc.core.errors import DataError, UnknownError
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


@pytest.mark.parametrize("name", LEARNING)
@pytest.mark.parametrize("strange", [float("nan"), 2, -1])
def test_labels_other_than_0_and_1_are_refused(name, strange, features):
    """A record not yet decided is no label; the row is named."""
    with pytest.raises(DataError, match=r"row 1: label .* is neither 0 nor 1"):
        rank.make(name, seed=1).fit(features.take([0, 1]), [1, strange])


def test_identical_records_keep_the_given_order(ranker):
    """Where all records are one, every score is the same, whatever was decided."""
    from asreview_mc.learn.features import UNIGRAMS, WORDS, build
    from asreview_mc.learn.order import best_first

    rows = np.ones((6, 4), dtype=np.float32) / 2
    known = build(
        ["same title"] * 6, ["same text"] * 6, rows, rows[0], links=[["a"]] * 6, text_blocks=[WORDS, UNIGRAMS]
    )
    scores = ranker.fit(known.take([0, 1]), [1, 0]).decision_function(known)
    assert np.isfinite(scores).all()
    if ranker.name != "random":
        assert best_first(scores).tolist() == list(range(6))


@pytest.mark.slow
def test_same_order_in_another_process(features, labels):
    """Scores are the same, to the last digit, in a new interpreter."""
    import subprocess
    import sys

    code = """
import hashlib
import numpy as np
from tests.learn.conftest import corpus
from asreview_mc.learn import rank
from asreview_mc.learn.features import build
titles, abstracts, labels, vectors, wanted = corpus()
model = rank.make("hybrid", seed=1)
links = [[str(k % 7)] for k in range(60)]
known = build(titles, abstracts, vectors, wanted, links=links, text_blocks=model.text_blocks)
print(hashlib.sha256(model.fit(known.take(range(20)), labels[:20]).decision_function(known).tobytes()).hexdigest())
"""
    runs = [
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
        for _ in range(2)
    ]
    assert runs[0] == runs[1] != ""
