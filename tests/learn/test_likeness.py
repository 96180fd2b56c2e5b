"""Likeness to a single known row, where likeness to them all says something else."""

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from asreview_mc.learn.likeness import most_like_one


@pytest.mark.parametrize("at_once", [1, 2, 32])
def test_the_nearest_single_row_counts(monkeypatch, at_once):
    """Row 4 is like one known row alone, row 3 a little like all of them; ties stay as given."""
    monkeypatch.setattr("asreview_mc.learn.likeness._AT_ONCE", at_once)
    rows = csr_matrix([[1.0, 0, 0], [0.9, 0.1, 0], [0, 0, 1.0], [0.5, 0.5, 0.5], [0, 0, 0.8], [0, 0, 0], [0, 0, 0]])
    assert most_like_one(rows, [0, 1, 2], [6, 3, 4, 5]) == [4, 3, 6, 5]


def test_it_is_what_all_pairs_give():
    """On any rows."""
    rng = np.random.default_rng(1)
    dense = rng.random((70, 9)) * (rng.random((70, 9)) < 0.3)
    known, among = list(range(40)), list(range(40, 70))
    expected = sorted(among, key=lambda row: -(dense[row] @ dense[known].T).max())
    assert most_like_one(csr_matrix(dense), known, among) == expected
