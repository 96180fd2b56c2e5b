"""A large CSV turned into the form that its name asks for, row by row."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path

from asreview_mc.core.cells import rearm
from asreview_mc.core.errors import OutputError

MOST_ROWS = 1_048_575
"""Rows that a worksheet holds below its headings."""
LONGEST_CELL = 32_767
"""Characters that a cell of a worksheet holds."""
_FIELD_LIMIT = 2**31 - 1
_PART = 5000


def finish(part: Path, output: Path, *, numbers: Sequence[str]) -> int:
    """Write the rows of a CSV of ours as ``.csv``, ``.xlsx`` or ``.parquet``, without holding them all.

    Returns how many cells were cut to `LONGEST_CELL`, which only a worksheet asks for.

    Parameters
    ----------
    numbers : sequence of str
        Columns that hold numbers; all others are text.

    Raises
    ------
    OutputError
        If it cannot be written, is too long for a worksheet, or Parquet needs a package that is not installed.
    """
    made = {".csv": _csv, ".xlsx": _xlsx, ".parquet": _parquet}[output.suffix.lower()]
    new = output.with_name(f".{output.name}.new")
    try:
        cut = made(part, new, set(numbers))
        new.replace(output)
    except OSError as error:
        raise OutputError(
            f"cannot be written ({error.strerror})", where=str(output), remedy="Check the folder or choose another"
        ) from None
    finally:
        new.unlink(missing_ok=True)
    return cut


def _csv(part: Path, new: Path, numbers: set[str]) -> int:
    part.rename(new)
    return 0


def _rows(part: Path) -> Iterator[list[str]]:
    csv.field_size_limit(_FIELD_LIMIT)
    with part.open(encoding="utf-8", newline="") as file:
        yield from csv.reader(file)


def _xlsx(part: Path, new: Path, numbers: set[str]) -> int:
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet("classified")
    rows = _rows(part)
    header = next(rows)
    sheet.append(header)
    is_number = [name in numbers for name in header]
    cut = 0
    for count, row in enumerate(rows, start=1):
        if count > MOST_ROWS:
            raise OutputError("has more rows than a worksheet holds", where=str(new), remedy="Write a .csv instead")
        cut += sum(len(cell) > LONGEST_CELL for cell in row)
        sheet.append(
            [
                float(cell) if number and cell else cell[:LONGEST_CELL]
                for cell, number in zip(row, is_number, strict=True)
            ]
        )
    book.save(new)
    return cut


def _parquet(part: Path, new: Path, numbers: set[str]) -> int:
    try:
        import pyarrow
        from pyarrow import parquet
    except ImportError:
        raise OutputError(
            "needs the package pyarrow", where=str(new), remedy="Install asreview-mc[parquet], or write a .csv"
        ) from None
    rows = _rows(part)
    header = next(rows)
    schema = pyarrow.schema([(name, pyarrow.float64() if name in numbers else pyarrow.string()) for name in header])
    with parquet.ParquetWriter(new, schema) as writer:
        while True:
            block = [row for row, _ in zip(rows, range(_PART), strict=False)]
            if not block:
                break
            columns = [
                [float(cell) if cell else None for cell in column]
                if name in numbers
                else [rearm(cell) for cell in column]
                for name, column in zip(header, zip(*block, strict=True), strict=True)
            ]
            writer.write_table(pyarrow.table(columns, schema=schema))
    return 0
