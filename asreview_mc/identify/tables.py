"""Tables of references: CSV, TSV, semicolons and XLSX, every cell as text.

The first of the first ten rows that names a title, abstract or DOI column holds the headings; rows above it are stray.
Rows are numbered as a spreadsheet shows them. A row whose cells are all empty is no record and is counted nowhere; a
row that is too short is filled up; a row with text beyond the headings is one reject, since its cells have shifted.
"""

from __future__ import annotations

import csv
import itertools
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

from asreview_mc.core.cells import rearm
from asreview_mc.core.record import Record
from asreview_mc.identify.authors import split_authors, split_list
from asreview_mc.identify.embase import completed_by_source
from asreview_mc.identify.fields import Plan, assemble
from asreview_mc.identify.headings import AUTHORS, SOURCES, heading_key
from asreview_mc.identify.ours import from_row, is_our_table, is_record_table
from asreview_mc.identify.reading import Item, Parsed, Stray, Table, excerpt, kept

_DELIMITERS = (",", ";", "\t", "|")
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\n|\r)|[^\r\n]+\Z")
_HEADING_ROWS = 10
_LONGEST_HEADINGS = 1_000_000
_FIELD_LIMIT = 2**31 - 1
_NO_DELIMITER = "\x1f"
_TELLING = frozenset(key for place in ("title", "abstract", "doi") for key in SOURCES[place])
_KNOWN = frozenset(key for keys in (*SOURCES.values(), *AUTHORS) for key in keys)


class Row(NamedTuple):
    """One row: its number, its cells, and what is wrong with them (empty if nothing)."""

    number: int
    cells: tuple[str, ...]
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table as it stands: its headings, every later row, and what stands above or beside.

    `keys` are the headings as compared; `columns` as written, but each once. Columns beyond the headings, which only
    marked rows have, are among `columns` and have no key.
    """

    format: str
    keys: tuple[str, ...]
    columns: tuple[str, ...]
    rows: list[Row]
    stray: list[Stray]


def parse_text(text: str) -> Sheet | None:
    """Read delimited text, or return None if no row names a title, abstract or DOI column.

    The delimiter is that of ``, ; TAB |`` under which the headings name most known columns; a single column needs its
    heading in the first row, or any prose with a line ``Abstract`` would be a table. Quotation marks that do not match
    spoil their own line only: it is split plainly if that gives the right number of cells, and else marked.
    """
    csv.field_size_limit(_FIELD_LIMIT)
    lines = _LINE.findall(text)
    guesses = (_headings(lines, delimiter) for delimiter in _DELIMITERS)
    best = max(guesses, key=lambda guess: guess.known)
    if not best.known:
        return None
    delimiter = best.delimiter if len(best.cells) > 1 else _NO_DELIMITER
    rows = list(_delimited(lines, delimiter, len(best.cells)))
    above = [row for row in rows if row.number < best.row]
    body = [row for row in rows if row.number > best.row]
    kind = "tsv" if delimiter == "\t" else "csv"
    return _sheet(kind, best.cells, body, [_stray(row) for row in above if any(row.cells)])


def sheet_of_rows(kind: str, grid: Sequence[Sequence[str]], stray: Sequence[Stray] = ()) -> Sheet | None:
    """Make a sheet of rows already taken apart, or return None if none of the first ten holds the headings."""
    for place, cells in enumerate(grid[:_HEADING_ROWS]):
        if _score(cells):
            columns = _without_empty_end(cells)
            above = [_stray(Row(number, tuple(row))) for number, row in enumerate(grid[:place], 1) if any(row)]
            body = [Row(number, tuple(row)) for number, row in enumerate(grid[place + 1 :], place + 2)]
            return _sheet(kind, columns, body, [*above, *stray])
    return None


def parse(sheet: Sheet) -> Parsed:
    """Read the records of a sheet; ``found`` is the number of rows that are not blank, counted apart."""
    read = _reader(sheet)
    items = [read(row) for row in sheet.rows if not _blank(row)]
    return Parsed(sum(not _blank(row) for row in sheet.rows), items, sheet.stray)


def table(sheet: Sheet) -> Table:
    """Return every row of a sheet, blank ones too, each filled up to the longest, with the record it holds."""
    read = _reader(sheet)
    return Table(
        columns=sheet.columns,
        rows=tuple(dict(itertools.zip_longest(sheet.columns, row.cells, fillvalue="")) for row in sheet.rows),
        records=tuple(None if _blank(row) else kept(read(row)) for row in sheet.rows),
    )


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
        known = _score(cells) if number == 1 or len(cells) > 1 else 0
        if known or number == _HEADING_ROWS:
            return _Guess(known, delimiter, number, _without_empty_end(cells))
    return _Guess(0, delimiter, 0, ())


def _score(cells: Sequence[str]) -> int:
    """Count the known columns of a row of headings; 0 where it is no such row.

    One of them must be a title, an abstract or a DOI. The two-letter headings of Web of Science are not believed
    alone: ``AB  -`` is an empty RIS field.
    """
    keys = [heading_key(cell) for cell in cells]
    known = sum(key in _KNOWN for key in keys)
    telling = _TELLING.intersection(keys)
    return known if telling and (known > 2 or any(len(key) > 2 for key in telling)) else 0


class _Lines:
    """The physical lines of a text for `csv.reader`, which can be set back to read one of them again."""

    def __init__(self, lines: Sequence[str]) -> None:
        self.lines = lines
        self.next = 0

    def __iter__(self) -> Iterator[str]:
        while self.next < len(self.lines):
            self.next += 1
            yield self.lines[self.next - 1]


def _delimited(lines: Sequence[str], delimiter: str, width: int) -> Iterator[Row]:
    """Yield every row that is not an empty line; a row spoilt by its quotation marks costs one line and no more."""
    feed = _Lines(lines)
    reader = csv.reader(iter(feed), delimiter=delimiter, strict=True)
    number = 0
    while True:
        start = feed.next
        try:
            cells = next(reader, None)
        except csv.Error:
            feed.next = start + 1
            reader = csv.reader(iter(feed), delimiter=delimiter, strict=True)
            number += 1
            yield _spoilt(number, lines[start].rstrip("\r\n"), delimiter, width)
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


def _sheet(kind: str, headings: Sequence[str], rows: Sequence[Row], stray: list[Stray]) -> Sheet:
    """Mark the rows whose number of cells shows that they are not what the headings say."""
    spoilt = any(row.problem for row in rows)
    keys = tuple(heading_key(name) for name in headings)
    if is_our_table(keys):
        headings = [rearm(name) for name in headings]
        rows = [row._replace(cells=tuple(map(rearm, row.cells))) for row in rows]
    checked = [_checked(row, len(headings), spoilt=spoilt) for row in rows]
    width = max([len(headings), *(len(row.cells) for row in checked)])
    return Sheet(kind, keys, _each_once([*headings, *[""] * (width - len(headings))]), checked, stray)


def _each_once(headings: Sequence[str]) -> tuple[str, ...]:
    names: dict[str, None] = {}
    for place, heading in enumerate(headings, start=1):
        name = heading if heading.strip() else f"column {place}"
        free = (
            numbered
            for n in itertools.count(2)
            if (numbered := f"{name} ({n})") not in names and numbered not in headings
        )
        names[name if name not in names else next(free)] = None
    return tuple(names)


def _checked(row: Row, width: int, *, spoilt: bool) -> Row:
    """Mark a row that is too long, or too short in a file where a broken line may have left pieces of itself."""
    cells = _without_empty_end(row.cells, keep=width)
    problem = row.problem
    if not problem and (len(cells) > width or (spoilt and len(cells) < width)):
        problem = f"has {len(cells)} cells, the headings {width}"
    return Row(row.number, cells, problem)


def _reader(sheet: Sheet) -> Callable[[Row], Item]:
    """Return what makes an item of one row of `sheet`."""
    record_of = _record_of_ours if is_record_table(sheet.keys) else partial(_record, plan=_plan(sheet))
    embase = sheet.columns[sheet.keys.index("source")] if "source" in sheet.keys else None

    def read(row: Row) -> Item:
        beginning = excerpt(" | ".join(cell for cell in row.cells if cell.strip()))
        if row.problem:
            return Item(f"row {row.number}", Record(), beginning, row.problem)
        cells = dict(zip(sheet.columns, row.cells, strict=False))
        record = record_of(cells)
        if embase:
            record = completed_by_source(record, cells.get(embase, ""))
        return Item(f"row {row.number}", record, beginning)

    return read


def _record(cells: dict[str, str], plan: Plan) -> Record:
    return assemble({column: [cell] for column, cell in cells.items() if cell.strip()}, plan)


def _record_of_ours(cells: dict[str, str]) -> Record:
    return from_row(cells.items())


def _plan(sheet: Sheet) -> Plan:
    """Return the plan for this sheet, whose fields are called as its columns are written."""
    columns: dict[str, list[str]] = {}
    for key, column in zip(sheet.keys, sheet.columns, strict=False):
        columns.setdefault(key, []).append(column)

    def written(keys: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(column for key in keys for column in columns.get(key, ()))

    return Plan(
        {place: written(keys) for place, keys in SOURCES.items()},
        authors=[written(keys) for keys in AUTHORS],
        split_authors=partial(split_authors, glued="item title" in sheet.keys),
        split_keywords=partial(split_list, commas=True),
        split_references=split_list,
    )


def _blank(row: Row) -> bool:
    return not any(cell.strip() for cell in row.cells)


def _stray(row: Row) -> Stray:
    return Stray(f"row {row.number}", excerpt(" | ".join(cell for cell in row.cells if cell.strip())))


def _without_empty_end(cells: Sequence[str], keep: int = 0) -> tuple[str, ...]:
    end = len(cells)
    while end > keep and not cells[end - 1].strip():
        end -= 1
    return tuple(cells[:end])
