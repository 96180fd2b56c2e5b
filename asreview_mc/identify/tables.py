"""Tables of references: CSV, TSV, semicolons and XLSX, every cell as text.

The first of the first ten rows that names a title, abstract or DOI column holds the headings; rows above it are stray.
Rows are numbered as a spreadsheet shows them. A row whose cells are all empty is no record and is counted nowhere; a
row that is too short is filled up; a row with text beyond the headings is one reject, since its cells have shifted.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from asreview_mc.core.cells import rearm
from asreview_mc.core.record import Record
from asreview_mc.identify.authors import split_authors, split_list
from asreview_mc.identify.delimited import HEADING_ROWS, Row, Shape, delimited, score, shape_of, without_empty_end
from asreview_mc.identify.embase import completed_by_source
from asreview_mc.identify.fields import Plan, assemble
from asreview_mc.identify.headings import AUTHORS, SOURCES, heading_key
from asreview_mc.identify.ours import from_row, is_our_table, is_record_table
from asreview_mc.identify.reading import Item, Parsed, Stray, Table, excerpt, kept

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\n|\r)|[^\r\n]+\Z")


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
    lines = _LINE.findall(text)
    shape = shape_of(lines)
    if shape is None:
        return None
    rows = list(delimited(lines, shape.delimiter, len(shape.headings)))
    above = [row for row in rows if row.number < shape.row]
    below = [row for row in rows if row.number > shape.row]
    return _sheet(shape.kind, shape.headings, below, [_stray(row) for row in above if any(row.cells)])


def width_of(row: Row, shape: Shape) -> int:
    """Return how many cells a row has, empty ones at its end left out."""
    return len(without_empty_end(row.cells, keep=len(shape.headings)))


def sheet_of(shape: Shape, rows: Sequence[Row]) -> Sheet:
    """Return some of the rows of a table, whose shape is known from looking through all of it, as a sheet."""
    return _sheet(shape.kind, shape.headings, rows, [], width=shape.width, spoilt=shape.spoilt)


def columns_of(shape: Shape) -> tuple[str, ...]:
    """Return the columns of a table whose width is known."""
    return sheet_of(shape, []).columns


def sheet_of_rows(kind: str, grid: Sequence[Sequence[str]], stray: Sequence[Stray] = ()) -> Sheet | None:
    """Make a sheet of rows already taken apart, or return None if none of the first ten holds the headings."""
    for place, cells in enumerate(grid[:HEADING_ROWS]):
        if score(cells):
            columns = without_empty_end(cells)
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


def _sheet(
    kind: str, headings: Sequence[str], rows: Sequence[Row], stray: list[Stray], *, width: int = 0, spoilt: bool = False
) -> Sheet:
    """Mark the rows whose number of cells shows that they are not what the headings say."""
    spoilt = spoilt or any(row.problem for row in rows)
    keys = tuple(heading_key(name) for name in headings)
    if is_our_table(keys):
        headings = [rearm(name) for name in headings]
        rows = [row._replace(cells=tuple(map(rearm, row.cells))) for row in rows]
    checked = [_checked(row, len(headings), spoilt=spoilt) for row in rows]
    width = max([width, len(headings), *(len(row.cells) for row in checked)])
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
    cells = without_empty_end(row.cells, keep=width)
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
