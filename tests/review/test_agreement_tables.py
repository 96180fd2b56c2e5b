import numpy as np
import pytest

from asreview_mc.review.agreement.tables import cells, count_table, overlap, pair_counts, pair_table, rated_rows

RATINGS = {
    "ana": {"r2": "include", "r1": "exclude", "r3": "maybe"},
    "ben": {"r1": "exclude", "r2": "exclude", "r4": "include"},
    "eve": {"r2": "include", "r5": "maybe"},
}
CATEGORIES = ("include", "maybe", "exclude")


def test_overlap_holds_records_rated_twice():
    """The overlap is the records with at least the asked number of raters, sorted."""
    assert overlap(RATINGS) == ("r1", "r2")
    assert overlap(RATINGS, at_least=3) == ("r2",)
    assert overlap(RATINGS, at_least=1) == ("r1", "r2", "r3", "r4", "r5")
    assert overlap({}) == ()


def test_pair_table_counts_shared_records_only():
    """A pair's table has the first rater in rows, the second in columns, and no record that one of them lacks."""
    table = pair_table(RATINGS["ana"], RATINGS["ben"], CATEGORIES)
    assert table.tolist() == [[0, 0, 1], [0, 0, 0], [0, 0, 1]]
    assert cells(table, CATEGORIES)["include,exclude"] == 1
    assert sum(cells(table, CATEGORIES).values()) == 2
    assert list(cells(table, CATEGORIES)) == [f"{a},{b}" for a in CATEGORIES for b in CATEGORIES]


def test_count_table_has_a_row_for_each_rated_record():
    """The count table holds every rating once, a row per record in the order of its id."""
    counts = count_table(RATINGS, CATEGORIES)
    assert counts.tolist() == [[0, 0, 2], [2, 0, 1], [0, 1, 0], [1, 0, 0], [0, 1, 0]]
    assert count_table({"ana": {}}, CATEGORIES).shape == (0, 3)


def test_pair_counts_is_the_count_table_of_the_pair():
    """A contingency table and the ratings behind it give the same count table, up to the order of the records."""
    first = {f"r{i}": CATEGORIES[i % 3] for i in range(40)}
    second = {f"r{i}": CATEGORIES[i % 2] for i in range(40)}
    made = pair_counts(pair_table(first, second, CATEGORIES))
    counted = count_table({"a": first, "b": second}, CATEGORIES)
    assert sorted(made.tolist()) == sorted(counted.tolist())


def test_rated_rows_drops_records_without_a_rating():
    """A record that nobody rated is no record of the table."""
    assert rated_rows(np.array([[0, 0], [1, 0]])).tolist() == [[1, 0]]


@pytest.mark.parametrize(
    ("call", "part"),
    [
        (lambda: pair_table({"r1": "no"}, {"r1": "include"}, CATEGORIES), "'no' is none"),
        (lambda: count_table({"a": {"r1": "no"}}, CATEGORIES), "'no' is none"),
        (lambda: count_table({}, ("include", "include")), "listed twice"),
        (lambda: overlap({}, at_least=0), "1 or more"),
    ],
)
def test_misuse_is_a_value_error(call, part):
    """An unknown category, one listed twice and an impossible overlap are refused in words."""
    with pytest.raises(ValueError, match=part):
        call()
