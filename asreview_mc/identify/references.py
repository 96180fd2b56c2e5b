"""The front door of reading: which reader fits a file, by its content, and what comes of it."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import fields
from pathlib import Path

from asreview_mc.core.errors import ReadError
from asreview_mc.core.record import Record
from asreview_mc.identify import spreadsheet, tables, tagged
from asreview_mc.identify.encoding import decode, looks_binary
from asreview_mc.identify.reading import NO_TEXT, Parsed, Reading, Reject, Stray, Table, kept

__all__ = ["Reading", "Reject", "Stray", "Table", "read", "read_table"]

_TABLE_SUFFIXES = (".csv", ".tsv", ".tab")
_COLUMNS = tuple(item.name for item in fields(Record) if item.name != "record_id")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_EXPORT_AGAIN = "Export the references as RIS, CSV or XLSX"
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
_OTHER_TEXT = (
    (re.compile(r"\s*<(?:!doctype )?html", re.IGNORECASE), "a web page, not an export"),
    (re.compile(r"\s*<"), "XML, which is not read"),
    (re.compile(r"\s*@\w+\s*[{(]"), "BibTeX, which is not read"),
    (re.compile(r"\s*PMID- "), "PubMed's own format (NBIB), which is not read"),
    (re.compile(r"\s*%0 "), "EndNote's tagged format (ENW), which is not read"),
    (re.compile(r"\s*(?:FN |PT [A-Z]\s)"), "Web of Science's plain text (CIW), which is not read"),
    (re.compile(r"\s*[\[{]"), "JSON, which is not read"),
)


def read(path: Path) -> Reading:
    """Read a file of references: RIS, CSV, TSV, semicolon-separated or XLSX.

    Nothing is lost in silence: every record that begins in the file is either read or rejected with its position, and
    text that belongs to no record is stray. Which reader is used depends on the content; the suffix decides only for
    a table one of whose cells looks like RIS.

    Parameters
    ----------
    path : Path
        The file.

    Returns
    -------
    Reading
        ``found == len(records) + len(rejected)``.

    Raises
    ------
    ReadError
        If the file as a whole cannot be used: missing, a folder, empty, not text, a damaged or password-protected
        workbook, a format that is not read, a table without a title, abstract or DOI column.
    """
    data = _bytes(path)
    source, encoding = _parse(path, data)
    parsed, kind = (source, tagged.RIS.name) if isinstance(source, Parsed) else (tables.parse(source), source.format)
    records, rejected = [], []
    for item in parsed.items:
        if kept(item):
            records.append(item.record)
        else:
            rejected.append(Reject(item.position, item.problem or NO_TEXT, item.excerpt))
    return Reading(
        path=path,
        format=kind,
        encoding=encoding,
        sha256=hashlib.sha256(data).hexdigest(),
        found=parsed.found,
        records=tuple(records),
        rejected=tuple(rejected),
        stray=tuple(parsed.stray),
    )


def read_table(path: Path) -> Table:
    """Read a file of references as a table, so that every row and column can be written out again in order.

    Rows that hold no text are there too, with None for their record (only a wholly empty line is no row). The columns
    of a RIS file are the fields of a record; items of one field are joined by ``"; "`` and `extra` is JSON.

    Raises
    ------
    ReadError
        As for `read`.
    """
    source, _ = _parse(path, _bytes(path))
    if not isinstance(source, Parsed):
        return tables.table(source)
    rows = tuple({name: _cell(getattr(item.record, name)) for name in _COLUMNS} for item in source.items)
    return Table(_COLUMNS, rows, tuple(kept(item) for item in source.items))


def _bytes(path: Path) -> bytes:
    if path.is_dir():
        raise ReadError("is a folder, not a file", where=str(path), remedy="Name the files in it one by one")
    if not path.exists():
        raise ReadError("does not exist", where=str(path), remedy="Check the name")
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ReadError(f"cannot be opened: {error.strerror}", where=str(path), remedy="Check its rights") from error
    if not data.strip(b" \t\r\n\x00\xef\xbb\xbf\xff\xfe"):
        raise ReadError("is empty", where=str(path), remedy="Export it from the database again")
    return data


def _parse(path: Path, data: bytes) -> tuple[Parsed | tables.Sheet, str]:
    """Return the parsed RIS or the sheet that `data` holds, and its encoding."""
    where = str(path)
    if spreadsheet.is_workbook(data):
        return _workbook(data, where), ""
    _refuse_binary(data, where)
    text, encoding = decode(data)
    sheet = tables.parse_text(text) if path.suffix.lower() in _TABLE_SUFFIXES else None
    if sheet:
        return sheet, encoding
    if tagged.is_ris(text):
        return tagged.parse(text), encoding
    for pattern, kind in _OTHER_TEXT:
        if pattern.match(text):
            raise ReadError(f"holds {kind}", where=where, remedy=_EXPORT_AGAIN)
    sheet = tables.parse_text(text)
    if not sheet:
        raise ReadError(
            "no line begins a RIS record (TY  -), and no heading is a title, abstract or DOI column",
            where=where,
            remedy="Name one column title, abstract or doi, or export the references as RIS",
        )
    return sheet, encoding


def _workbook(data: bytes, where: str) -> tables.Sheet:
    try:
        sheet = spreadsheet.parse_workbook(data)
    except spreadsheet.DamagedWorkbook as error:
        raise ReadError("is a damaged XLSX workbook", where=where, remedy="Save it again as XLSX or CSV") from error
    if not sheet:
        raise ReadError(
            "no worksheet has a title, abstract or DOI column",
            where=where,
            remedy="Name one column title, abstract or doi",
        )
    return sheet


def _refuse_binary(data: bytes, where: str) -> None:
    if data.startswith(_OLE) and _ENCRYPTED in data:
        raise ReadError("is protected by a password", where=where, remedy="Save it without one")
    kind = next((kind for mark, kind in _BINARY if data.startswith(mark)), "")
    if kind or looks_binary(data):
        raise ReadError(f"is {kind or 'not text'}", where=where, remedy=_EXPORT_AGAIN)


def _cell(value: object) -> str:
    if isinstance(value, tuple):
        return "; ".join(value)
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False) if value else ""
    return "" if value is None else str(value)
