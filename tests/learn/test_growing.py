"""Ridge regression one label after the other: the solution of the equations, however it was come by."""

import numpy as np
import pytest
from scipy.sparse import csr_matrix
from sklearn.svm import LinearSVC

from asreview_mc.learn.growing import Growing, linear_columns
from asreview_mc.learn.rank.elas import balanced


def rows_of(n=300, width=60, seed=5):
    rng = np.random.default_rng(seed)
    rows = np.abs(rng.normal(size=(n, width))) * (rng.random((n, width)) < 0.2)
    return csr_matrix(rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12)), rng


@pytest.mark.parametrize("dense", [False, True])
def test_scores_solve_the_equations_after_every_label(dense):
    """Past several fresh starts, with penalties that move at every step, scores are those of a direct solution."""
    block, rng = rows_of()
    kernel = (block @ block.T).toarray() + 1
    grown = Growing(linear_columns(block.toarray() if dense else block, intercept=1.0), 300)
    order = rng.permutation(300)[:200]
    y = rng.choice([-1.0, 1.0], 200, p=[0.9, 0.1])
    for m in range(1, 201):
        grown.add(int(order[m - 1]))
        penalty = np.where(y[:m] > 0, 5.0 / m + 0.05, 49.0)
        scores = grown.solve(y[:m], penalty)
        if m % 23 == 0 or m < 4:
            known = order[:m]
            direct = np.linalg.solve(kernel[np.ix_(known, known)] + np.diag(penalty), y[:m])
            assert np.abs(scores - kernel[:, known] @ direct).max() < 1e-4


def test_labels_may_come_in_batches_and_the_kernel_may_change():
    """A hundred at once are one step, and what is added to the kernel counts for old labels and new."""
    block, rng = rows_of()
    other = rng.normal(size=(300, 8)).astype(np.float32) / 3
    share = [0.0]
    words = linear_columns(block, intercept=1.0)
    grown = Growing(lambda row: words(row) + share[0] * (other @ other[row]), 300)
    y = rng.choice([-1.0, 1.0], 130)
    for row in range(100):
        grown.add(row)
    grown.solve(y[:100], np.full(100, 2.0))
    share[0] = 0.5
    grown.shift(lambda known: 0.5 * (other[known] @ other.T))
    for row in range(100, 130):
        grown.add(row)
    scores = grown.solve(y, np.full(130, 2.0))
    kernel = (block @ block.T).toarray() + 1 + 0.5 * other @ other.T
    direct = np.linalg.solve(kernel[:130, :130] + 2 * np.eye(130), y)
    assert np.abs(scores - kernel[:, :130] @ direct).max() < 1e-4


def test_it_is_the_support_vector_machine_where_no_label_is_beyond_its_margin():
    """The squared hinge's optimum, as liblinear finds it at a small tolerance."""
    block, rng = rows_of()
    y = (rng.random(80) < 0.1).astype(int)
    y[:2] = [0, 1]
    weights = balanced(y, 9.8)
    machine = LinearSVC(C=0.11, tol=1e-10, max_iter=100_000, random_state=0)
    machine.fit(block[:80], y, sample_weight=weights)
    grown = Growing(linear_columns(block, intercept=1.0), 300)
    for row in range(80):
        grown.add(row)
    scores = grown.solve(2.0 * y - 1, 0.5 / (0.11 * weights))
    assert ((2 * y - 1) * scores[:80] <= 1).all()
    assert np.abs(scores - machine.decision_function(block)).max() < 1e-5


def test_rows_that_are_all_alike_are_solved():
    """A kernel of one value everywhere leaves the penalties to decide."""
    grown = Growing(lambda _: np.ones(5), 5)
    for row in range(3):
        grown.add(row)
    scores = grown.solve([1.0, -1.0, -1.0], [1.0, 2.0, 2.0])
    assert np.abs(scores - scores[0]).max() < 1e-6
    assert np.abs(scores).max() < 1e-5


def test_where_rounding_forbids_the_tolerance_there_is_no_answer():
    """Said and not raised, nor tried for ever; nor is what is not a number."""
    block, rng = rows_of()
    y = rng.choice([-1.0, 1.0], 150)
    for wanted, answered in ((y, False), (y * np.nan, False), (y, True)):
        grown = Growing(linear_columns(block, intercept=1.0), 300, tolerance=1e-5 if answered else 0.0)
        for row in range(150):
            grown.add(row)
        assert (grown.solve(wanted, np.full(150, 2.0)) is not None) is answered


def test_a_kernel_that_is_not_positive_definite_has_no_answer():
    """No factor can be made of it, which is an answer as well, not an exception."""
    grown = Growing(lambda row: -np.eye(4)[row] * 9, 4)
    for row in range(3):
        grown.add(row)
    assert grown.solve([1.0, -1.0, -1.0], [1.0, 1.0, 1.0]) is None


def test_scores_are_as_close_as_promised():
    """Also those of records without a label, whose error the labelled ones' residuals do not show."""
    block, rng = rows_of(n=600)
    kernel = (block @ block.T).toarray()
    grown = Growing(linear_columns(block), 600, tolerance=2e-6)
    y = rng.choice([-1.0, 1.0], 200, p=[0.9, 0.1])
    for m in range(1, 201):
        grown.add(m - 1)
        penalty = np.where(y[:m] > 0, 5.0 / m + 0.05, 49.0)
        scores = grown.solve(y[:m], penalty)
        direct = np.linalg.solve(kernel[:m, :m] + np.diag(penalty), y[:m])
        assert np.abs(scores - kernel[:, :m] @ direct).max() < 4e-6
