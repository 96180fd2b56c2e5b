"""Order: best first, ties as given, the same every time."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from asreview_mc.learn.order import best_first


@settings(deadline=None)
@given(st.lists(st.integers(0, 3), max_size=40), st.randoms(use_true_random=False))
def test_best_first_and_ties_as_given(scores, random):
    """Scores never rise along the order, and equal ones stand as they were given."""
    among = list(range(len(scores)))
    random.shuffle(among)
    order = best_first(scores, among).tolist()
    assert sorted(order) == sorted(among)
    place = {row: position for position, row in enumerate(among)}
    for earlier, later in pairwise(order):
        assert scores[earlier] > scores[later] or (scores[earlier] == scores[later] and place[earlier] < place[later])


def test_without_scores_apart_the_given_order_stands():
    """All scores alike keep the order, however many rows there are."""
    assert best_first(np.zeros(1000)).tolist() == list(range(1000))


@pytest.mark.parametrize("scores", [[0.1, float("nan")], [float("inf")], [[1.0]]])
def test_scores_that_are_no_scores_are_refused(scores):
    """NaN, infinity and tables are misuse: they would sort by chance."""
    with pytest.raises(ValueError, match="scores"):
        best_first(scores)
