"""Tagged reference files, one field a line: one tolerant scanner, and RIS as its first dialect.

A record begins where its opening tag stands and nowhere else, so a missing end costs no record. Every line either
belongs to a record, whatever it looks like, or is reported as stray.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from asreview_mc.identify.authors import split_list
from asreview_mc.identify.fields import Entry, Plan, assemble
from asreview_mc.identify.reading import Item, Parsed, Stray, excerpt

_LINE_END = re.compile(r"\r\n|\n|\r")
_ORDINAL = re.compile(r"\s*[0-9]{1,7}\.\s*\Z")
_REFERENCES = re.compile(r"\s*References?:\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Dialect:
    """How one tagged format writes its lines.

    Attributes
    ----------
    name : str
        As in ``Reading.format``.
    tag : re.Pattern
        Matches a line that begins a field; groups are tag and text.
    loose_tag : re.Pattern
        The same for records whose opening line is written loosely (one blank before the hyphen). Not tried elsewhere,
        since a wrapped line of an abstract may look like it.
    opening, loose_opening, closing : re.Pattern
        Match the line that begins a record (well or loosely written) and the line that ends one.
    plan : Plan
        Which tags fill which place.
    """

    name: str
    tag: re.Pattern[str]
    loose_tag: re.Pattern[str]
    opening: re.Pattern[str]
    loose_opening: re.Pattern[str]
    closing: re.Pattern[str]
    plan: Plan

    def opens(self, line: str) -> bool:
        """Say whether a record begins on this line."""
        return bool(self.opening.match(line) or self.loose_opening.match(line))


RIS = Dialect(
    name="ris",
    tag=re.compile(r"([A-Z][A-Z0-9])[ \xa0]{2,3}-[ \xa0]?(.*)\Z", re.DOTALL),
    loose_tag=re.compile(r"([A-Z][A-Z0-9])[ \xa0]{1,3}-(?:[ \xa0](.*))?\Z", re.DOTALL),
    opening=re.compile(r"TY[ \xa0]{2,3}-"),
    loose_opening=re.compile(r"TY[ \xa0]-[ \xa0]*[A-Z0-9]{0,10}\s*\Z"),
    closing=re.compile(r"ER[ \xa0]{1,3}-\s*\Z"),
    plan=Plan(
        sources={
            "title": ("TI", "T1", "CT", "BT"),
            "abstract": ("AB", "N2"),
            "authors": ("AU", "A1"),
            "second_authors": ("A2", "ED", "A3", "A4"),
            "year": ("PY", "Y1", "YR"),
            "date": ("DA",),
            "journal": ("JF", "T2", "JO", "J2", "JA", "J1"),
            "volume": ("VL",),
            "issue": ("IS", "CP"),
            "first_page": ("SP",),
            "last_page": ("EP",),
            "doi": ("DO", "DI"),
            "doi_hint": ("UR", "L3", "L2", "L1", "LK", "M3", "N1"),
            "issn": ("SN",),
            "keywords": ("KW", "DE"),
            "language": ("LA",),
            "publication_type": ("M3", "TY"),
            "url": ("UR", "L2"),
            "notes": ("N1",),
            "references": ("CR",),
        },
        split_authors=split_list,
        split_keywords=split_list,
        split_references=lambda text: [line.rstrip("; ") for line in text.split("\n") if line.strip("; ")],
    ),
)


@dataclass(slots=True)
class _Open:
    """A record while its lines are collected: fields as (tag, numbered lines)."""

    line: int
    loose: bool
    fields: list[tuple[str, list[tuple[int, str]]]] = field(default_factory=list)


def lines_of(text: str) -> list[str]:
    """Split at LF, CRLF and CR and nowhere else, byte-order marks at the beginning of a line left off.

    Such a mark stands in the middle of a file where exports were joined.
    """
    return [line.lstrip("\ufeff") for line in _LINE_END.split(text)]


def is_ris(text: str) -> bool:
    """Say whether at least one RIS record begins in `text`."""
    return any(RIS.opens(line) for line in lines_of(text))


def parse(text: str, dialect: Dialect = RIS) -> Parsed:
    """Read every record of a tagged file.

    Parameters
    ----------
    text : str
        The whole file.
    dialect : Dialect
        The format.

    Returns
    -------
    Parsed
        ``found`` is the number of opening lines, counted apart from the scan. Positions are ``"line N"``, from 1.
    """
    lines = lines_of(text)
    opened, stray = _scan(lines, dialect)
    items = [_item(record, lines, dialect) for record in opened]
    return Parsed(sum(map(dialect.opens, lines)), items, stray)


def _scan(lines: Sequence[str], dialect: Dialect) -> tuple[list[_Open], list[Stray]]:
    opened: list[_Open] = []
    stray: list[Stray] = []
    record: _Open | None = None
    for number, line in enumerate(lines, start=1):
        if dialect.opens(line):
            if record:
                stray.extend(_ordinal_before_next(record))
            record = _Open(number, loose=not dialect.opening.match(line))
            opened.append(record)
        elif dialect.closing.match(line):
            record = None
            continue
        if record:
            _take(record, number, line, dialect)
        elif line.strip():
            stray.append(Stray(f"line {number}", excerpt(line)))
    return opened, stray


def _take(record: _Open, number: int, line: str, dialect: Dialect) -> None:
    """Add one line to an open record: a new field, or more of the last."""
    match = (dialect.loose_tag if record.loose else dialect.tag).match(line)
    if match:
        record.fields.append((match.group(1), [(number, match.group(2) or "")]))
    else:
        record.fields[-1][1].append((number, line))


def _ordinal_before_next(record: _Open) -> list[Stray]:
    """Take the next record's number (``2.``, as Ovid numbers them) off the end of a record that was never closed."""
    lines = record.fields[-1][1]
    last = len(lines) - 1
    while last > 0 and not lines[last][1].strip():
        last -= 1
    if last == 0 or not _ORDINAL.match(lines[last][1]):
        return []
    number, line = lines.pop(last)
    return [Stray(f"line {number}", excerpt(line))]


def _item(record: _Open, lines: Sequence[str], dialect: Dialect) -> Item:
    entries = [_entry(tag, "\n".join(line for _, line in numbered).strip()) for tag, numbered in record.fields]
    last = record.fields[-1][1][-1][0]
    beginning = " / ".join(line for line in lines[record.line - 1 : min(last, record.line + 7)] if line.strip())
    return Item(f"line {record.line}", assemble(entries, dialect.plan), excerpt(beginning))


def _entry(tag: str, text: str) -> Entry:
    """Name one field; Scopus writes the works cited as a note that begins ``References:``."""
    label = _REFERENCES.match(text) if tag == "N1" else None
    return Entry("CR", tag, text[label.end() :]) if label else Entry(tag, tag, text)
