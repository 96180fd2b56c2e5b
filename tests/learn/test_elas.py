"""ELAS u4 and u3 are ASReview's, sum for sum."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.naive_bayes import MultinomialNB
from sklearn.svm import LinearSVC

from asreview_mc.learn.rank import as_asreview_simulates, make
from asreview_mc.learn.rank.elas import balanced

ROWS = 14


def weights_by_hand(y, ratio):
    raw = [1.0 if label else sum(y) / (ratio * (len(y) - sum(y))) for label in y]
    return np.array(raw) * (len(y) / sum(raw))


@settings(deadline=None)
@given(st.lists(st.booleans(), min_size=2, max_size=60).filter(lambda y: 0 < sum(y) < len(y)), st.floats(0.5, 20))
def test_balancer_is_asreviews(y, ratio):
    """Weights are 1 and n1 / (ratio n0), scaled to mean 1."""
    assert balanced(np.array(y, dtype=int), ratio) == pytest.approx(weights_by_hand(y, ratio), rel=1e-12)


@settings(deadline=None)
@given(st.lists(st.tuples(st.booleans(), st.sampled_from([0.5, 1.0])), min_size=2, max_size=40))
def test_balancer_keeps_the_ratio_with_weights(pairs):
    """However labels are weighted, the positives together count `ratio` times the negatives."""
    y = np.array([int(label) for label, _ in pairs])
    if len(set(y.tolist())) < 2:
        return
    own = np.array([weight for _, weight in pairs])
    weights = balanced(y, 9.8, own)
    assert weights[y == 1].sum() / weights[y == 0].sum() == pytest.approx(9.8)
    assert weights.sum() == pytest.approx(own.sum())


def test_u4_is_the_svm_of_asreview(features, labels):
    """u4 is LinearSVC(squared_hinge, C=0.11) with the balancer at 9.8, and its decision function."""
    block, y = features.blocks["words"], labels[:ROWS]
    model = LinearSVC(loss="squared_hinge", C=0.11, random_state=5)
    model.fit(block[:ROWS], y, sample_weight=weights_by_hand(y.tolist(), 9.8))
    ours = make("elas_u4", seed=5).fit(features.take(range(ROWS)), y)
    assert (ours.decision_function(features) == model.decision_function(block)).all()


def test_u3_is_the_naive_bayes_of_asreview(features, labels):
    """u3 is MultinomialNB(alpha=3.822) with the balancer at 1.2, and its probability."""
    block, y = features.blocks["unigrams"], labels[:ROWS]
    model = MultinomialNB(alpha=3.822).fit(block[:ROWS], y, sample_weight=weights_by_hand(y.tolist(), 1.2))
    ours = make("elas_u3", seed=5).fit(features.take(range(ROWS)), y)
    assert (ours.decision_function(features) == model.predict_proba(block)[:, 1]).all()


def test_simulated_fits_draw_one_number_after_the_other(features, labels):
    """As under `asreview simulate --seed`, the k-th fit uses the k-th number of the seeded generator."""
    y = labels[:ROWS]
    ranker = as_asreview_simulates(make("elas_u4", seed=3), seed=3)
    ours = [ranker.fit(features.take(range(ROWS)), y).decision_function(features) for _ in range(3)]
    np.random.seed(3)  # noqa: NPY002 - this is what ASReview does
    for scores in ours:
        model = LinearSVC(loss="squared_hinge", C=0.11)
        model.fit(features.blocks["words"][:ROWS], y, sample_weight=weights_by_hand(y.tolist(), 9.8))
        assert (scores == model.decision_function(features.blocks["words"])).all()


def test_one_kind_of_label_keeps_the_given_order(features, labels):
    """Before both kinds are known ASReview reads from the top; so do these, and they say so."""
    rows = np.flatnonzero(labels == 1)[:3]
    for name in ("elas_u4", "elas_u3"):
        ranker = make(name, seed=1).fit(features.take(rows), labels[rows])
        assert not ranker.decision_function(features).any()
        assert "given order" in ranker.note_
        assert ranker.coefficients == {}
