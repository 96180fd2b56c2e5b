"""What this program itself wrote: tables and JSON whose columns are the fields of a record, read back as they were."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import fields
from typing import Any

from asreview_mc.core.record import Record
from asreview_mc.identify.fields import fold
from asreview_mc.identify.headings import heading_key

SEPARATOR = "; "
NAMES = tuple(item.name for item in fields(Record) if item.name != "record_id")
_KEYS = frozenset(map(heading_key, NAMES))
_LISTS = frozenset({"authors", "keywords", "notes", "references"})


def is_record_table(keys: Collection[str]) -> bool:
    """Say whether headings (as compared) are those of our own tables of records."""
    return _KEYS.issubset(keys)


def is_our_table(keys: Collection[str]) -> bool:
    """Say whether headings are those of any table that we write, so that its cells are disarmed.

    A table of suggested sub-topics has the columns of the file that it was made from, and ours after them.
    """
    suggested = {"suggested", "evidence"}.issubset(keys) and any(key.startswith("p ") for key in keys)
    return suggested or is_record_table(keys)


def from_row(row: Iterable[tuple[str, str]]) -> Record:
    """Return the record in one row of our own table, given as pairs of heading and cell."""
    plain: dict[str, Any] = {}
    for name, cell in row:
        if name in _LISTS:
            plain[name] = [item for item in cell.split(SEPARATOR) if item]
        elif name == "extra":
            plain[name] = _object(cell)
        elif cell:
            plain[name] = int(cell) if name == "year" and cell.isdecimal() else cell
    return from_object(plain)


def from_object(plain: Mapping[str, Any]) -> Record:
    """Return the record that an object describes by our own names.

    White space in a single text is folded, as in every record. What is no field of a record, or not of its kind, is
    kept in `extra`, as text or else as JSON.
    """
    values: dict[str, Any] = {}
    extra: dict[str, list[str]] = {}
    for name, value in plain.items():
        if name == "extra" and isinstance(value, dict):
            extra |= {key: _texts(one) for key, one in value.items()}
        elif name in NAMES and name != "extra" and _fits(name, value):
            values[name] = tuple(value) if name in _LISTS else fold(value) if isinstance(value, str) else value
        elif value is not None and value not in ("", [], {}):
            extra.setdefault(name, []).extend(_texts(value))
    return Record(**values, extra=extra)


def _fits(name: str, value: object) -> bool:
    if name in _LISTS:
        return isinstance(value, list) and all(isinstance(item, str) for item in value)
    if name == "year":
        return isinstance(value, int) and not isinstance(value, bool) and 1000 <= value <= 2999
    return isinstance(value, str)


def _texts(value: object) -> list[str]:
    items = value if isinstance(value, list) else [value]
    return [item if isinstance(item, str) else json.dumps(item, ensure_ascii=False) for item in items]


def extra_from(text: str) -> dict[str, list[str]] | None:
    """Return the `extra` of a record from the JSON that we write for it; None where it is not that."""
    value = _object(text)
    return {name: _texts(one) for name, one in value.items()} if isinstance(value, dict) else None


def _object(cell: str) -> dict[str, Any] | str:
    try:
        value = json.loads(cell, parse_constant=_refused)
    except (ValueError, RecursionError):
        return cell
    return value if isinstance(value, dict) else cell


def _refused(constant: str) -> None:
    raise ValueError(f"{constant} is no JSON")
