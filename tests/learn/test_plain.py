"""Any classifier of scikit-learn, by name."""

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from asreview_mc.core.errors import UnknownError
from asreview_mc.learn import rank


@pytest.mark.parametrize(
    "name",
    ["LogisticRegression", "logisticregression", "RandomForestClassifier", "KNeighborsClassifier", "RidgeClassifier"],
)
def test_it_learns(features, labels, name):
    """Some weigh labels, some cannot; some have probabilities, some decide; each ranks."""
    rows = np.r_[np.flatnonzero(labels == 1)[:5], np.flatnonzero(labels == 0)[:5]]
    made = rank.make(name, seed=1)
    scores = made.fit(features.take(rows), labels[rows]).decision_function(features)
    rest = np.setdiff1d(np.arange(len(labels)), rows)
    assert roc_auc_score(labels[rest], scores[rest]) > 0.7
    assert (scores == rank.make(name, seed=1).fit(features.take(rows), labels[rows]).decision_function(features)).all()
    widths = {block: len(weights) for block, weights in made.coefficients.items()}
    assert widths in ({}, {"words": features.blocks["words"].shape[1]})
    assert np.isfinite(made.parts(features)["words"]).all()


def test_one_kind_of_label_leaves_the_given_order(features):
    """Nothing can be learnt, and the note says so."""
    made = rank.make("LogisticRegression", seed=1).fit(features.take([0, 1]), [0, 0])
    assert not made.decision_function(features).any()
    assert made.note_


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("LogisticRegresion", "Did you mean LogisticRegression"),
        ("elas_u5", "Did you mean elas_u4"),
        ("GaussianNB", "sparse"),
        ("StackingClassifier", "by its name alone"),
        ("", "no ranker"),
    ],
)
def test_names_that_cannot_be_used(name, said):
    """One line that says what to do instead."""
    with pytest.raises(UnknownError, match=said) as caught:
        rank.make(name, seed=1)
    assert "\n" not in str(caught.value)
