"""Delimited text taken apart: which delimiter and which row of headings, and every row, however it is quoted."""

from __future__ import annotations

import csv
import itertools
import re
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from asreview_mc.identify.headings import AUTHORS, SOURCES, heading_key

_DELIMITERS = (",", ";", "\t", "|")
HEADING_ROWS = 10
_LONGEST_HEADINGS = 1_000_000
_FIELD_LIMIT = 2**31 - 1
_NO_DELIMITER = "\x1f"
_TELLING = frozenset(key for place in ("title", "abstract", "doi") for key in SOURCES[place])
RECORD_ID = "record id"
_KNOWN = frozenset(key for keys in (*SOURCES.values(), *AUTHORS) for key in keys) | {RECORD_ID}


class Row(NamedTuple):
    """One row: its number, its cells, and what is wrong with them (empty if nothing)."""

    number: int
    cells: tuple[str, ...]
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Shape:
    """How a delimited table is written: delimiter, number of the row of headings, and the headings.

    `width` and `spoilt` are those of the whole table where that is known: cells of its longest row, and whether any row
    was spoilt by its quotation marks.
    """

    delimiter: str
    row: int
    headings: tuple[str, ...]
    width: int = 0
    spoilt: bool = False

    @property
    def kind(self) -> str:
        """``tsv`` or ``csv``."""
        return "tsv" if self.delimiter == "\t" else "csv"


def shape_of(lines: Sequence[str]) -> Shape | None:
    """Return how a table is written, by its first lines; None if no row holds headings, as `score` knows them."""
    csv.field_size_limit(_FIELD_LIMIT)
    guesses = (_headings(lines, delimiter) for delimiter in _DELIMITERS)
    best = max(guesses, key=lambda guess: guess.known)
    if not best.known:
        return None
    return Shape(best.delimiter if len(best.cells) > 1 else _NO_DELIMITER, best.row, best.cells)


def body(lines: Iterable[str], shape: Shape) -> Iterator[Row]:
    """Yield the rows below the headings that are not empty lines."""
    return (row for row in delimited(lines, shape.delimiter, len(shape.headings)) if row.number > shape.row)


class _Guess(NamedTuple):
    """The headings under one delimiter: how many of their columns are known, and where they stand."""

    known: int
    delimiter: str
    row: int
    cells: tuple[str, ...]


def _headings(lines: Sequence[str], delimiter: str) -> _Guess:
    top = itertools.takewhile(lambda line: len(line) <= _LONGEST_HEADINGS, lines)
    reader = csv.reader(top, delimiter=delimiter)
    for number, cells in enumerate(reader, start=1):
        known = score(cells) if number == 1 or len(cells) > 1 else 0
        if known or number == HEADING_ROWS:
            return _Guess(known, delimiter, number, without_empty_end(cells))
    return _Guess(0, delimiter, 0, ())


def score(cells: Sequence[str]) -> int:
    """Count the known columns of a row of headings; 0 where it is no such row.

    One of them must be a title, an abstract, a DOI or the id of a record of ours. The two-letter headings of
    Web of Science are not believed alone: ``AB  -`` is an empty RIS field.
    """
    keys = [heading_key(cell) for cell in cells]
    known = sum(key in _KNOWN for key in keys)
    telling = {*_TELLING, RECORD_ID}.intersection(keys)
    return known if telling and (known > 2 or any(len(key) > 2 for key in telling)) else 0


def describes(headings: Sequence[str]) -> bool:
    """Say whether a table describes records, and does not merely name them by their id."""
    return not _TELLING.isdisjoint(map(heading_key, headings))


class _Lines:
    """The physical lines of a text for `csv.reader`, which can be set back to those of the row that it is at."""

    def __init__(self, lines: Iterable[str]) -> None:
        self.lines = iter(lines)
        self.taken: list[str] = []
        self.again: deque[str] = deque()

    def __iter__(self) -> Iterator[str]:
        while True:
            line = self.again.popleft() if self.again else next(self.lines, None)
            if line is None:
                return
            self.taken.append(line)
            yield line


def delimited(lines: Iterable[str], delimiter: str, width: int) -> Iterator[Row]:
    """Yield every row that is not an empty line; a row spoilt by its quotation marks costs one line and no more."""
    feed = _Lines(lines)
    reader = csv.reader(iter(feed), delimiter=delimiter, strict=True)
    number = 0
    while True:
        feed.taken.clear()
        try:
            cells = next(reader, None)
        except csv.Error:
            spoilt, *later = feed.taken
            feed.again.extendleft(reversed(later))
            reader = csv.reader(iter(feed), delimiter=delimiter, strict=True)
            number += 1
            yield _spoilt(number, spoilt.rstrip("\r\n"), delimiter, width)
            continue
        if cells is None:
            return
        number += 1
        if cells:
            yield Row(number, tuple(cells))


def _spoilt(number: int, line: str, delimiter: str, width: int) -> Row:
    cells = line.split(delimiter)
    if len(cells) == width:
        return Row(number, tuple(re.sub(r'\A"(.*)"\Z', r"\1", cell) for cell in cells))
    return Row(number, (line,), "its quotation marks do not match")


def without_empty_end(cells: Sequence[str], keep: int = 0) -> tuple[str, ...]:
    """Return cells without the empty ones at their end, but `keep` of them at least."""
    end = len(cells)
    while end > keep and not cells[end - 1].strip():
        end -= 1
    return tuple(cells[:end])
