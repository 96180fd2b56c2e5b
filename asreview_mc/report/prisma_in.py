"""Reading the template of the R package PRISMA2020 filled in elsewhere, to draw it or to compare it with a review."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from asreview_mc.core.errors import ReadError
from asreview_mc.report.flow_numbers import Prisma

_LISTS = ("database_specific_results", "register_specific_results", "dbr_excluded", "other_excluded")
_REMEDY = "Use the template of the R package PRISMA2020, or what `asreview-mc prisma -o flow.csv` writes"
_LARGEST = 1_000_000


def read_csv(path: Path) -> Prisma:
    """Return the numbers of a filled-in template; rows are found by ``data``, and ``NA`` is nothing.

    The template has no place for records that nobody has read yet or that wait for a decision, so there are none here:
    `sums.checks` shows which of its sums then do not close.

    Raises
    ------
    ReadError
        If it is no such template, or a number in it is none.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ReadError(f"cannot be opened: {error.strerror}", where=str(path), remedy="Check the name") from None
    if len(data) > _LARGEST:
        raise ReadError("is far too large for a flow of records", where=str(path), remedy=_REMEDY)
    text = _decoded(data)
    head = text.partition("\n")[0]
    rows = csv.DictReader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=head.count))
    if not {"data", "n"} <= set(rows.fieldnames or ()):
        raise ReadError("has no columns data and n", where=str(path), remedy=_REMEDY)
    cells = {(row["data"] or "").strip(): (row["n"] or "").strip() for row in rows}
    values: dict[str, Any] = {}
    for key, cell in cells.items():
        if key in Prisma.__dataclass_fields__ and cell not in ("", "NA"):
            values[key] = _items(cell, key, path) if key in _LISTS else _number(cell, key, path)
    if not values:
        raise ReadError("names none of the boxes of PRISMA 2020", where=str(path), remedy=_REMEDY)
    return Prisma(**_completed(values))


def _decoded(data: bytes) -> str:
    """Return the text of a file that a spreadsheet may have saved in the code page of Windows."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def _completed(values: dict[str, Any]) -> dict[str, Any]:
    """Add the numbers that the template leaves to the reader: what each column included, and records screened there."""
    left = values.get("dbr_assessed", 0) - sum(values.get("dbr_excluded", {}).values())
    other = values.get("other_assessed", 0) - sum(values.get("other_excluded", {}).values())
    sought = values.get("other_sought_reports", 0)
    return {"dbr_included": left, "other_included": other, "other_records_screened": sought} | values


def _number(cell: str, key: str, path: Path) -> int:
    text = cell.removesuffix(".0")
    if not text.isascii() or not text.isdecimal():
        raise ReadError(f"{key} is {cell!r}, which is no count", where=str(path), remedy="Write whole numbers")
    return int(text)


def _items(cell: str, key: str, path: Path) -> Mapping[str, int]:
    """Read ``name, n; name, n``; the last comma of an item stands before its number."""
    found: dict[str, int] = {}
    for item in (part.strip() for part in cell.split(";")):
        if item and item.removesuffix(".0") != "0":
            name, _, n = item.rpartition(",")
            found[name.strip()] = found.get(name.strip(), 0) + _number(n.strip(), f"{key}, {item!r},", path)
    return found
