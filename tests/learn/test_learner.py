"""Following a growing list of labels gives what fitting anew at each step gives."""

import numpy as np
import pytest
from scipy.sparse import csr_matrix
from sklearn.svm import LinearSVC

from asreview_mc.learn import learner as following
from asreview_mc.learn import rank
from asreview_mc.learn.features import FeatureSet
from asreview_mc.learn.learner import Learner, learner
from asreview_mc.learn.rank.elas import balanced


def steps(labels, seed=1):
    """Return rows in an order that starts with one of each kind."""
    rows = np.random.default_rng(seed).permutation(len(labels))
    first = [next(r for r in rows if labels[r] == kind) for kind in (1, 0)]
    return [*map(int, first), *(int(r) for r in rows if r not in first)]


@pytest.mark.parametrize("name", ["hybrid", "elas_u4"])
def test_scores_are_those_of_a_fit(features, labels, name):
    """At every step, to within liblinear's tolerance."""
    followed = learner(rank.make(name, seed=1), features)
    assert type(followed) is not Learner
    rows = steps(labels)
    for m in range(1, 40):
        known = rows[:m]
        anew = rank.make(name, seed=1).fit(features.take(known), labels[known]).decision_function(features)
        assert np.abs(followed.scores(known, labels[known]) - anew).max() < 2e-4


def test_u4_draws_what_liblinear_draws(features, labels):
    """As `asreview simulate` seeds it: settled scores are those of the ranker that drew at every step."""
    rows = steps(labels)
    followed, plain = (rank.as_asreview_simulates(rank.make("elas_u4", seed=0), seed=3) for _ in range(2))
    quick = learner(followed, features)
    for m in range(2, 30):
        known = rows[:m]
        given = quick.scores(known, labels[known])
        own = plain.fit(features.take(known), labels[known]).decision_function(features)
        settled = quick.settled()
        assert (own == (given if settled is None else settled)).all()
    assert followed.random_state.randint(10**9) == plain.random_state.randint(10**9)


@pytest.mark.parametrize("name", ["hybrid", "elas_u4"])
def test_what_cannot_be_solved_is_fitted(features, labels, name, monkeypatch):
    """A replay goes on where rounding forbids the quick way."""
    monkeypatch.setattr(following.Growing, "solve", lambda *_: None)
    followed = learner(rank.make(name, seed=1), features)
    known = steps(labels)[:20]
    anew = rank.make(name, seed=1).fit(features.take(known), labels[known]).decision_function(features)
    assert (followed.scores(known, labels[known]) == anew).all()


def test_close_scores_are_left_to_liblinear():
    """What its tolerance could turn round is not decided by the optimum; labelled records do not count."""
    scores = np.array([0.5, 0.3, 0.3 + 1e-6, 0.1])
    assert not following._close(scores, [], 1)
    assert following._close(scores, [], 2)
    assert following._close(scores, [0], 1)
    assert not following._close(scores, [0, 1], 1)
    assert not following._close(scores, [0, 1, 2], 1)


def test_labels_beyond_their_margin_are_left_out():
    """Where many positives surpass their margin the scores are still those of the machine."""
    rng = np.random.default_rng(3)
    alike = np.abs(rng.normal(1, 0.05, (30, 4)))
    other = np.abs(rng.normal(0, 1, (90, 40))) * (rng.random((90, 40)) < 0.2)
    rows = np.block([[alike, np.zeros((30, 40))], [np.zeros((90, 4)), other]])
    block = csr_matrix(rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9))
    labels = np.array([1] * 25 + [0] * 95)
    followed = learner(rank.make("elas_u4", seed=1), FeatureSet({"words": block}, None))
    order, passed = steps(labels)[:100], 0
    for m in range(2, 101):
        known, y = order[:m], labels[order[:m]]
        found = followed._optimum(known, y, 2.0, 9.8)
        machine = LinearSVC(C=2.0, tol=1e-10, max_iter=1_000_000, random_state=0)
        machine.fit(block[known], y, sample_weight=balanced(y, 9.8))
        assert np.abs(machine.decision_function(block) - found).max() < 1e-4
        passed += bool(((2 * y - 1) * found[known] > 1).any())
    assert passed > 20


@pytest.mark.parametrize("name", ["hybrid", "elas_u4"])
def test_a_margin_that_does_not_settle_is_left_to_the_ranker(features, labels, name, monkeypatch):
    """Where the rounds run out, the fit itself answers."""
    monkeypatch.setattr(following, "_ROUNDS", 0)
    known = steps(labels)[:20]
    anew = rank.make(name, seed=1).fit(features.take(known), labels[known]).decision_function(features)
    assert (learner(rank.make(name, seed=1), features).scores(known, labels[known]) == anew).all()


def test_others_are_fitted(features, labels):
    """Rankers without a shortcut, and batches where a shortcut would seldom hold, are fitted each time."""
    assert type(learner(rank.make("elas_u3", seed=1), features)) is Learner
    known = steps(labels)[:10]
    scores = learner(rank.make("random", seed=1), features).scores(known, labels[known])
    assert (scores == rank.make("random", seed=1).decision_function(features)).all()
