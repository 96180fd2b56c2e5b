"""Which format bytes or text are in, told by their content; what is certainly none of ours is refused by name."""

from __future__ import annotations

import re

from asreview_mc.core.errors import ReadError
from asreview_mc.identify import bibtex
from asreview_mc.identify.dialects import DIALECTS
from asreview_mc.identify.encoding import looks_binary
from asreview_mc.identify.tagged import Dialect, openings

EXPORT_AGAIN = "Export the references as RIS, CSV or XLSX"
_LONG_LINE = 32 * 2**20
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_BINARY = (
    (b"PK", "a zip archive, not a spreadsheet"),
    (_OLE, "an old Excel workbook or another Office file"),
    (b"%PDF", "a PDF document"),
    (b"\x89PNG", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"\x1f\x8b", "compressed with gzip"),
    (b"7z\xbc\xaf", "a 7-zip archive"),
    (b"Rar!", "a RAR archive"),
    (b"SQLite format 3", "an SQLite database"),
)
_HTML = re.compile(rb"\s*<(?:!doctype )?html", re.IGNORECASE)
_MARKUP = re.compile(rb"\s*<[?!a-zA-Z]")
_JSON = re.compile(rb"\s*(?:\{\s*[\"}]|\[\s*[\[{\]])")


def refuse_binary(data: bytes, where: str) -> None:
    """Raise a ReadError that says what `data` is, unless it is text."""
    if data.startswith(_OLE) and _ENCRYPTED in data:
        raise ReadError("is protected by a password", where=where, remedy="Save it without one")
    kind = next((kind for mark, kind in _BINARY if data.startswith(mark)), "")
    if kind or looks_binary(data):
        raise ReadError(f"is {kind or 'not text'}", where=where, remedy=EXPORT_AGAIN)


def refuse_endless_line(data: bytes, where: str) -> None:
    """Raise a ReadError if a line is too long for an export: longer than 32 MiB, and any of twice that."""
    for start in range(0, len(data) - _LONG_LINE + 1, _LONG_LINE):
        if data.find(b"\n", start, start + _LONG_LINE) < 0 and data.find(b"\r", start, start + _LONG_LINE) < 0:
            line = max(data.count(b"\n", 0, start), data.count(b"\r", 0, start)) + 1
            raise ReadError(f"line {line} is longer than {_LONG_LINE:,} bytes", where=where, remedy=EXPORT_AGAIN)


def is_web_page(data: bytes) -> bool:
    """Say whether UTF-8 text begins as HTML does."""
    return bool(_HTML.match(data))


def is_markup(data: bytes) -> bool:
    """Say whether UTF-8 text begins as XML does."""
    return bool(_MARKUP.match(data))


def is_json(data: bytes) -> bool:
    """Say whether UTF-8 text begins as JSON objects or lists of such do."""
    return bool(_JSON.match(data))


def dialect_of(data: bytes) -> Dialect | None:
    """Return the tagged format of UTF-8 text: that of which a record begins first."""
    first, chosen = len(data), None
    for dialect in DIALECTS:
        place = next(openings(data[:first] if chosen else data, dialect), None)
        if place is not None and (chosen is None or place < first):
            first, chosen = place, dialect
    return chosen


def is_bibtex(data: bytes, dialect: Dialect | None) -> bool:
    """Say whether a BibTeX entry begins in UTF-8 text, before any record of the tagged format found in it."""
    if b"@" not in data:
        return False
    before = next(openings(data, dialect)) if dialect else len(data)
    return bibtex.begins(data[:before].decode("utf-8", "replace")) is not None
