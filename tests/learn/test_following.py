"""A ranker kept from one decision to the next has what fitting anew gives, whatever was decided before."""

import logging

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from asreview_mc.learn import following, rank
from asreview_mc.learn.following import AGREES_WITHIN, CHECKED_EVERY, Following
from asreview_mc.learn.rank.hybrid import Hybrid


def hybrid():
    return rank.make("hybrid", seed=0)


def scores(followed, features, rows, y, weights=None):
    own = np.ones(len(rows)) if weights is None else weights
    return followed.fitted(rows, y, own).decision_function(features)


def test_each_decision_gives_what_a_fit_gives(features, labels):
    """To within liblinear's tolerance, at every number of labels, of one kind and of both, a maybe among them."""
    followed = Following(hybrid, features)
    for m in range(len(labels)):
        rows = sorted(np.random.default_rng(4).permutation(len(labels))[:m].tolist())
        weights = np.where(np.arange(m) % 5 == 1, 0.5, 1.0)
        anew = hybrid().fit(features.take(rows), labels[rows], weights).decision_function(features)
        assert np.abs(scores(followed, features, rows, labels[rows], weights) - anew).max() < AGREES_WITHIN


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 59), st.booleans()), min_size=4, max_size=30))
def test_the_way_to_the_labels_does_not_matter(features, steps):
    """Decisions made, changed and taken back in any order leave what the last labels alone give."""
    followed, known = Following(hybrid, features), {0: 1, 1: 0}
    for row, kind in steps:
        if known.get(row) == int(kind) and row > 1:
            del known[row]
        else:
            known[row] = int(kind)
        rows = sorted(known)
        got = scores(followed, features, rows, np.array([known[one] for one in rows]))
    alone = Following(hybrid, features)
    assert np.abs(got - scores(alone, features, rows, np.array([known[one] for one in rows]))).max() < 2e-9


def test_nothing_is_fitted_anew_between_two_checks(features, labels, monkeypatch):
    """One fit in fifty labels, and as many before that as there is one kind only."""
    fits, learn = [], Hybrid._learn

    def counted(self, rows, *given):
        fits.append(rows.shape[0])
        return learn(self, rows, *given)

    monkeypatch.setattr(Hybrid, "_learn", counted)
    followed, order = Following(hybrid, features), np.argsort(-labels, kind="stable")
    for m in range(2, len(labels)):
        rows = [int(order[-1]), *order[: m - 1].tolist()]
        scores(followed, features, rows, labels[rows])
    assert fits == [CHECKED_EVERY]


def test_where_the_two_disagree_the_fit_counts(features, labels, monkeypatch, caplog):
    """And does so from then on."""
    monkeypatch.setattr(following, "CHECKED_EVERY", 1)
    monkeypatch.setattr(following, "_products", lambda block, rows, others: np.ones((len(rows), len(others))))
    followed, rows = Following(hybrid, features), list(range(20))
    with caplog.at_level(logging.WARNING):
        for m in (12, 13, 20):
            known = rows[:m]
            anew = hybrid().fit(features.take(known), labels[known]).decision_function(features)
            assert (scores(followed, features, known, labels[known]) == anew).all()
    assert len(caplog.records) == 1


@pytest.mark.parametrize("name", ["elas_u4", "elas_u3", "random", "LogisticRegression"])
def test_other_rankers_are_fitted_anew(features, labels, name):
    """And say what they always said."""
    followed, rows = Following(lambda: rank.make(name, seed=0), features), list(range(20))
    anew = rank.make(name, seed=0).fit(features.take(rows), labels[rows]).decision_function(features)
    assert (scores(followed, features, rows, labels[rows]) == anew).all()


def test_long_lists_are_fitted_anew(features, labels, monkeypatch):
    """Where the equations would take longer."""
    monkeypatch.setattr(following, "_MOST", 10)
    rows = list(range(11))
    anew = hybrid().fit(features.take(rows), labels[rows]).decision_function(features)
    assert (scores(Following(hybrid, features), features, rows, labels[rows]) == anew).all()
