"""What this program itself wrote: tables and JSON whose columns are the fields of a record, read back as they were.

What RIS and BibTeX have no way to say stands in them as the same JSON.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import fields, replace
from typing import Any
from urllib.parse import unquote

from asreview_mc.core.cells import split_items
from asreview_mc.core.record import Record
from asreview_mc.identify.fields import fold
from asreview_mc.identify.headings import heading_key

OURS = "N1 of asreview-mc"
"""Name in `extra` of notes that are no notes of the record: what we, or ASReview, wrote into it."""
NAMES = tuple(item.name for item in fields(Record) if item.name != "record_id")
_PLACES = frozenset(NAMES) - {"extra"}
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
            plain[name] = split_items(cell)
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
        elif name in _PLACES and _fits(name, value):
            values[name] = tuple(value) if name in _LISTS else fold(value) if isinstance(value, str) else value
        elif value is not None and value not in ("", [], {}):
            extra.setdefault(name, []).extend(_texts(value))
    return Record(**values, extra=extra)


def _fits(name: str, value: object) -> bool:
    if name in _LISTS:
        return isinstance(value, list) and all(isinstance(item, str) for item in value)
    if name == "year":
        return value is None or (isinstance(value, int) and not isinstance(value, bool) and 1000 <= value <= 2999)
    return isinstance(value, str)


def _texts(value: object) -> list[str]:
    items = value if isinstance(value, list) else [value]
    return [item if isinstance(item, str) else json.dumps(item, ensure_ascii=False) for item in items]


def completed(record: Record, name: str, prefix: str = "") -> Record:
    """Return a record of our own export with what its format had no way to say.

    Parameters
    ----------
    record : Record
        As its format has it.
    name : str
        Under which of its `extra` stands the rest: a JSON object with fields by our own names. Each that is in it takes
        the place of the one in `record`, unless somebody gave the file another since.
    prefix : str
        With what that text begins, before the JSON.
    """
    texts = record.extra.get(name, [])
    for text in reversed(texts):  # ours stands after the record's own, which may look like it
        plain = _object(text.removeprefix(prefix)) if text.startswith(prefix) else text
        if isinstance(plain, dict):
            told = from_object(plain)
            values = {place: getattr(told, place) for place in _PLACES & set(plain) if _fits(place, plain[place])}
            values = {place: value for place, value in values.items() if not _corrected(record, place, value)}
            rest = {**record.extra, name: [other for other in texts if other != text]}
            return replace(record, **values, extra={key: one for key, one in rest.items() if one} | dict(told.extra))
    return record


def _corrected(record: Record, place: str, told: object) -> bool:
    """Say whether a value in the file is not what we wrote, nor what a reader makes of the rest of what we wrote."""
    now = getattr(record, place)
    if place == "year":
        return bool(told and now and now != told)
    hints = unquote(" ".join([record.url, record.publication_type, *record.notes])).lower()
    return place in ("doi", "pmid") and bool(now) and not told and now not in hints


def _object(cell: str) -> dict[str, Any] | str:
    try:
        value = json.loads(cell, parse_constant=_refused)
    except (ValueError, RecursionError):
        return cell
    return value if isinstance(value, dict) else cell


def _refused(constant: str) -> None:
    raise ValueError(f"{constant} is no JSON")
