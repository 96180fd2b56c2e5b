"""From ratings to tables: who rated what, a contingency table for two raters, a count table for many."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

Ratings = Mapping[str, Mapping[str, str]]
"""Rater → record id → category. A record that a rater did not rate is simply absent."""

IntArray = NDArray[np.int64]


def overlap(ratings: Ratings, *, at_least: int = 2) -> tuple[str, ...]:
    """Return the ids of the records that at least `at_least` raters rated, sorted.

    Raises
    ------
    ValueError
        If `at_least` is below 1.
    """
    if at_least < 1:
        raise ValueError(f"at_least must be 1 or more, not {at_least}")
    times = Counter(record_id for rated in ratings.values() for record_id in rated)
    return tuple(sorted(record_id for record_id, n in times.items() if n >= at_least))


def pair_table(first: Mapping[str, str], second: Mapping[str, str], categories: Sequence[str]) -> IntArray:
    """Cross-tabulate two raters over the records that both rated.

    Parameters
    ----------
    first, second : mapping of record id to category
    categories : sequence of str, q of them
        Order of rows and columns.

    Returns
    -------
    ndarray (q, q) of int
        Entry [k, l] counts the records that `first` put into category k and `second` into category l.

    Raises
    ------
    ValueError
        If a category is listed twice, or a rating on a shared record is in none of them.
    """
    place = _places(categories)
    table = np.zeros((len(place), len(place)), dtype=np.int64)
    for record_id, category in first.items():
        if record_id in second:
            table[_at(place, category), _at(place, second[record_id])] += 1
    return table


def count_table(ratings: Ratings, categories: Sequence[str]) -> IntArray:
    """Count, for each record, the raters who put it into each category.

    Parameters
    ----------
    ratings : Ratings
        Any number of raters; missing ratings are allowed.
    categories : sequence of str, q of them
        Order of the columns.

    Returns
    -------
    ndarray (n, q) of int
        One row for each record with at least one rating, in the order of sorted record ids.

    Raises
    ------
    ValueError
        If a category is listed twice, or a rating is in none of them.
    """
    place = _places(categories)
    row = {record_id: i for i, record_id in enumerate(overlap(ratings, at_least=1))}
    counts = np.zeros((len(row), len(place)), dtype=np.int64)
    for rated in ratings.values():
        for record_id, category in rated.items():
            counts[row[record_id], _at(place, category)] += 1
    return counts


def pair_counts(table: IntArray) -> IntArray:
    """Turn a (q, q) contingency table into the (n, q) count table of the same records, two ratings each."""
    rows, columns = np.nonzero(table)
    times = table[rows, columns]
    one = np.eye(table.shape[0], dtype=np.int64)
    return np.repeat(one[rows] + one[columns], times, axis=0)


def cells(table: IntArray, categories: Sequence[str]) -> dict[str, int]:
    """Name every cell of a contingency table, ``"include,exclude"`` and so on, row by row."""
    return {
        f"{first},{second}": int(table[i, j])
        for i, first in enumerate(categories)
        for j, second in enumerate(categories)
    }


def pair_total(table: IntArray) -> int:
    """Return the number of records in a contingency table.

    Raises
    ------
    ValueError
        If it is not square or does not hold counts.
    """
    if table.ndim != 2 or table.shape[0] != table.shape[1] or table.shape[0] == 0:
        raise ValueError(f"a square contingency table is needed, not one of shape {table.shape}")
    _check_counts(table)
    return int(table.sum())


def rated_rows(counts: IntArray) -> IntArray:
    """Return the rows of a count table that hold a rating.

    Raises
    ------
    ValueError
        If it is not an (n, q) table of counts with q ≥ 1.
    """
    if counts.ndim != 2 or counts.shape[1] == 0:
        raise ValueError(f"an (n, q) count table is needed, not one of shape {counts.shape}")
    _check_counts(counts)
    rated: IntArray = counts[counts.sum(axis=1) > 0]
    return rated


def check_binary(table: IntArray) -> None:
    """Refuse a contingency table that is not 2x2 with a ``ValueError``."""
    if table.shape != (2, 2):
        raise ValueError(f"a 2x2 table is needed, not one of shape {table.shape}")


def _check_counts(table: IntArray) -> None:
    if not np.issubdtype(table.dtype, np.integer) or (table < 0).any():
        raise ValueError("a table of agreement holds counts: whole numbers of 0 or more")


def _places(categories: Sequence[str]) -> dict[str, int]:
    place = {category: i for i, category in enumerate(categories)}
    if len(place) < len(categories):
        raise ValueError(f"a category is listed twice: {', '.join(categories)}")
    return place


def _at(place: Mapping[str, int], category: str) -> int:
    if category not in place:
        raise ValueError(f"{category!r} is none of the categories {', '.join(place)}")
    return place[category]
