"""Tagged reference files, one field a line: one tolerant scanner for every dialect.

A record begins where its opening tag stands and nowhere else, so a missing end costs no record. Every line either
belongs to a record, whatever it looks like, or is reported as stray. Files of a hundred thousand records are usual, so
a record that is written as its standard has it is taken apart whole, and only others line by line.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from asreview_mc.core.record import Record
from asreview_mc.identify.facts import Fields
from asreview_mc.identify.fields import Plan, assemble
from asreview_mc.identify.reading import Item, Parsed, Stray, excerpt, has_text

_ORDINAL = re.compile(r"\s*[0-9]{1,7}\.\s*\Z")
_MARK_OF_ORDER = re.compile(rb"^(?:\xef\xbb\xbf)+", re.MULTILINE)
_LONGEST_OPENING = 200
_NEVER = re.compile(r"(?!)")


@dataclass(frozen=True, slots=True)
class Dialect:
    """How one tagged format writes its lines.

    Attributes
    ----------
    name : str
        As in ``Reading.format``.
    mark, usual : str and bytes
        With what every line that begins a record begins, and with what nearly every one begins.
    tag : re.Pattern
        Matches a line that begins a field; groups are tag and text.
    opening, closing : re.Pattern
        Match the line that begins a record and the line that ends one.
    plan : Plan
        Which tags fill which place.
    loose_opening, loose_tag : re.Pattern
        The same for records whose opening line is written loosely (one blank before the hyphen). Not tried elsewhere,
        since a wrapped line of an abstract may look like it.
    furniture : re.Pattern
        Matches lines of the format's own, which hold nothing of a record.
    indented : bool
        Whether wrapped lines begin with a blank, so that any other text after an empty line is stray.
    line, run : re.Pattern
        The quick ways through a record: `line` matches how a line but the first begins in a record without wrapped
        lines, its group the tag; `run` neighbouring fields with one tag, wrapped lines among them, its groups the tag
        and all that follows the first hyphen.
    adapt : callable
        Names fields anew where a format puts several things under one tag.
    complete : callable or None
        Gives a record the last touch that only its format knows of.
    """

    name: str
    mark: str
    usual: bytes
    tag: re.Pattern[str]
    opening: re.Pattern[str]
    closing: re.Pattern[str]
    plan: Plan
    loose_opening: re.Pattern[str] = _NEVER
    loose_tag: re.Pattern[str] = _NEVER
    furniture: re.Pattern[str] = _NEVER
    indented: bool = False
    line: re.Pattern[str] = _NEVER
    run: re.Pattern[str] = _NEVER
    adapt: Callable[[Fields], None] = field(default=lambda fields: None)
    complete: Callable[[Record], Record] | None = None

    def opens(self, line: str) -> bool:
        """Say whether a record begins on this line."""
        return bool(self.opening.match(line) or self.loose_opening.match(line))


def lines_ended(data: bytes) -> bytes:
    r"""Return UTF-8 text whose lines end in ``\n``, byte-order marks at the beginning of a line left off.

    Such a mark stands in the middle of a file where exports were joined.
    """
    if b"\r" in data:
        data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    if b"\xef" in data and b"\xef\xbb\xbf" in data:
        data = _MARK_OF_ORDER.sub(b"", data)
    return data


def openings(data: bytes, dialect: Dialect) -> Iterator[int]:
    """Yield the place of every line of `data` that begins a record."""
    mark = dialect.mark.encode()
    first = [0] if data.startswith(mark) else []
    for place in itertools.chain(first, (found.end() - len(mark) for found in re.finditer(b"\n" + mark, data))):
        if data.startswith(dialect.usual, place):
            yield place
            continue
        end = data.find(b"\n", place, place + _LONGEST_OPENING)
        line = data[place : end if end >= 0 else place + _LONGEST_OPENING].decode("utf-8", "replace")
        if dialect.opens(line):
            yield place


def parse(data: bytes, dialect: Dialect) -> Parsed:
    """Read every record of a tagged file.

    Parameters
    ----------
    data : bytes
        The whole file as UTF-8, made by `lines_ended`.
    dialect : Dialect
        The format.

    Returns
    -------
    Parsed
        ``found`` is the number of opening lines, counted before any record is read. Positions are ``"line N"``,
        from 1.

    Raises
    ------
    UnicodeDecodeError
        If it is not UTF-8.
    """
    stray: list[Stray] = []
    starts = list(openings(data, dialect))
    items = []
    for number, text, fields in scan(data, dialect, starts, stray):
        dialect.adapt(fields)
        record = assemble(fields, dialect.plan)
        if dialect.complete is not None:
            record = dialect.complete(record)
        items.append(Item(f"line {number}", record, "" if has_text(record) else _beginning(text, dialect)))
    return Parsed(len(starts), items, stray)


def scan(data: bytes, dialect: Dialect, starts: Sequence[int], stray: list[Stray]) -> Iterator[tuple[int, str, Fields]]:
    """Yield the line on which each record begins, its text, and its fields by tag.

    Parameters
    ----------
    data : bytes
        As for `parse`.
    dialect : Dialect
        The format.
    starts : sequence of int
        Where records begin: all `openings`.
    stray : list of Stray
        Gets every line that belongs to no record.
    """
    above = data[: starts[0] if starts else len(data)].decode()
    _strays(above.split("\n"), 1, dialect, stray)
    number = 1 + above.count("\n")
    for start, end in itertools.pairwise([*starts, len(data)]):
        text = data[start:end].decode()
        fields = _quick(text, dialect)
        if fields is None:
            fields = _careful(text, number, dialect, end < len(data), stray)
        yield number, text, fields
        number += text.count("\n")


def _quick(text: str, dialect: Dialect) -> Fields | None:
    """Return the fields of a record that is written as its standard has it throughout; None if it is not so."""
    body, end, tail = text.rpartition("\nER  -")
    if not end or (tail and not tail.isspace()):
        return None
    parts = dialect.line.split(body)
    if len(parts) != 2 * body.count("\n") + 1:  # a wrapped line, or one that is written otherwise
        return _in_runs(body, dialect)
    tags = parts[1::2]
    if "ER" in tags:
        return None
    fields: Fields = {}
    for tag, written in zip((parts[0][:2], *tags), (parts[0][5:], *parts[2::2]), strict=True):
        text = written.strip()
        if not text:
            continue
        if tag in fields:
            fields[tag].append(text)
        else:
            fields[tag] = [text]
    return fields


def _in_runs(body: str, dialect: Dialect) -> Fields | None:
    """Do the same for a record with wrapped lines."""
    parts = dialect.run.split(body)
    tags = parts[1::3]
    if any(parts[::3]) or "ER" in tags:
        return None
    fields: Fields = {}
    for tag, written in zip(tags, parts[2::3], strict=True):
        if "\n" in written:
            texts = [text for one in written.split(f"\n{tag}  -") if (text := one.strip())]
        else:
            text = written.strip()
            texts = [text] if text else []
        if tag in fields:
            fields[tag] += texts
        elif texts:
            fields[tag] = texts
    return fields


def _careful(text: str, number: int, dialect: Dialect, followed: bool, stray: list[Stray]) -> Fields:
    """Return the fields of a record, read line by line; lines outside it, up to the next record, go to `stray`."""
    lines = text.split("\n")
    if followed:
        lines.pop()  # the rest after the last line end, where the next record begins
    inside = next((place for place, line in enumerate(lines) if dialect.closing.match(line)), len(lines))
    if inside == len(lines) and followed:
        inside = _before_ordinal(lines)
    collected, outside = _collected(lines[:inside], number, dialect)
    stray.extend(Stray(f"line {place}", excerpt(line)) for place, line in outside)
    _strays(lines[inside:], number + inside, dialect, stray)
    fields: Fields = {}
    for tag, parts in collected:
        value = "\n".join(parts).strip()
        if value:
            fields.setdefault(tag, []).append(value)
    return fields


def _collected(
    lines: Sequence[str], number: int, dialect: Dialect
) -> tuple[list[tuple[str, list[str]]], list[tuple[int, str]]]:
    """Return the fields of a record as (tag, lines), and what stands among them but belongs to none."""
    tag = dialect.tag if dialect.opening.match(lines[0]) else dialect.loose_tag
    fields: list[tuple[str, list[str]]] = []
    outside: list[tuple[int, str]] = []
    after_gap = False
    for place, line in enumerate(lines, number):
        match = tag.match(line)
        if dialect.furniture.match(line):
            continue
        if match:
            fields.append((match.group(1), [match.group(2) or ""]))
        elif not fields:  # an opening line that is no field as the others are written, such as `TY -JOUR`
            fields.append((dialect.mark, [line.removeprefix(dialect.mark).lstrip(" \xa0-")]))
        elif dialect.indented and after_gap and line.strip() and not line[0].isspace():
            outside.append((place, line))
        else:
            fields[-1][1].append(line)
        after_gap = not line.strip() or bool(outside and outside[-1][0] == place)
    return fields, outside


def _before_ordinal(lines: Sequence[str]) -> int:
    """Return where the next record's number (``2.``, as Ovid numbers them) ends a record that was never closed."""
    last = len(lines) - 1
    while last > 0 and not lines[last].strip():
        last -= 1
    return last if last > 0 and _ORDINAL.match(lines[last]) else len(lines)


def _beginning(text: str, dialect: Dialect) -> str:
    lines = itertools.takewhile(lambda line: not dialect.closing.match(line), text.split("\n", 8)[:8])
    return excerpt(" / ".join(filter(str.strip, lines)))


def _strays(lines: Sequence[str], number: int, dialect: Dialect, stray: list[Stray]) -> None:
    for place, line in enumerate(lines, number):
        if line.strip() and not dialect.closing.match(line) and not dialect.furniture.match(line):
            stray.append(Stray(f"line {place}", excerpt(line)))
