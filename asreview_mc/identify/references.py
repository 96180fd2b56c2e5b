"""The front door of reading: which reader fits a file, by its content, and what comes of it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple, overload

from asreview_mc.core.cells import join_items
from asreview_mc.core.errors import ReadError
from asreview_mc.core.record import Record
from asreview_mc.identify import (
    asreview_file,
    bibtex,
    formats,
    openalex,
    ours,
    parquet,
    spreadsheet,
    tables,
    tagged,
    xml,
)
from asreview_mc.identify.delimited import describes
from asreview_mc.identify.encoding import to_utf8
from asreview_mc.identify.reading import NO_TEXT, Parsed, Reading, Reject, Stray, Table, kept, without_collection

__all__ = ["Reading", "Reject", "Stray", "Table", "read", "read_table"]

_HEAD = 4096
_NOTHING = b" \t\r\n\x00\xef\xbb\xbf\xff\xfe"
_TABLE_SUFFIXES = (".csv", ".tsv", ".tab")


def read(path: Path) -> Reading:
    """Read a file of references.

    Formats are RIS, PubMed's NBIB, EndNote's ENW, plain text of Web of Science (CIW), BibTeX, XML of EndNote, Zotero
    and Mendeley, tables (CSV, TSV, semicolons, XLSX, Parquet), JSON of OpenAlex and of our own exports, and ASReview's
    project files. Nothing is lost in silence: every record that begins in the file is either read or rejected with its
    position, and text that belongs to no record is stray. Which reader is used depends on the content; the suffix
    decides only for a table one of whose cells looks like RIS.

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
        workbook, XML with entities, a format that is not read, a table without a title, abstract or DOI column.
    """
    with without_collection():
        sha256, source, kind, encoding = _described(_parse(path), path)
        parsed = source if isinstance(source, Parsed) else tables.parse(source)
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
        sha256=sha256,
        found=parsed.found,
        records=tuple(records),
        rejected=tuple(rejected),
        stray=tuple(parsed.stray),
    )


def read_table(path: Path, *, by_id: bool = False) -> Table:
    """Read a file of references as a table, so that every row and column can be written out again in order.

    Rows that hold no text are there too, with None for their record (only a wholly empty line is no row). The columns
    of any other file than a table are the fields of a record; items of one field share a cell as in our exports and
    `extra` is JSON.

    Parameters
    ----------
    path : Path
        The file.
    by_id : bool
        Take a table, too, that merely names records of ours by their ``record_id``.

    Raises
    ------
    ReadError
        As for `read`.
    """
    parsed = _parse(path)
    source = (parsed if by_id else _described(parsed, path)).source
    if not isinstance(source, Parsed):
        return tables.table(source)
    return Table(ours.NAMES, _Rows([item.record for item in source.items]), tuple(map(kept, source.items)))


class _Rows(Sequence[dict[str, str]]):
    """The rows of records, made when they are asked for: all at once would take as much memory as the records."""

    def __init__(self, records: Sequence[Record]) -> None:
        self._records = records

    def __len__(self) -> int:
        return len(self._records)

    @overload
    def __getitem__(self, place: int) -> dict[str, str]: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[dict[str, str]]: ...
    def __getitem__(self, place: int | slice) -> dict[str, str] | Sequence[dict[str, str]]:
        if isinstance(place, slice):
            return _Rows(self._records[place])
        record = self._records[place]
        return {name: _cell(getattr(record, name)) for name in ours.NAMES}


def _bytes(path: Path) -> bytes:
    if path.is_dir():
        raise ReadError("is a folder, not a file", where=str(path), remedy="Name the files in it one by one")
    if not path.exists():
        raise ReadError("does not exist", where=str(path), remedy="Check the name")
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ReadError(f"cannot be opened: {error.strerror}", where=str(path), remedy="Check its rights") from error
    if not data[:_HEAD].strip(_NOTHING) and not data.strip(_NOTHING):
        raise ReadError("is empty", where=str(path), remedy="Export it from the database again")
    return data


class _Parse(NamedTuple):
    """The records or the sheet that a file holds, its digest, format and encoding."""

    sha256: str
    source: Parsed | tables.Sheet
    format: str
    encoding: str


def _parse(path: Path) -> _Parse:
    data = _bytes(path)
    sha256, where = hashlib.sha256(data).hexdigest(), str(path)
    if spreadsheet.is_workbook(data):
        return _Parse(sha256, _workbook(data, where), "xlsx", "")
    if parquet.is_parquet(data):
        return _Parse(sha256, _parquet(data, where), "parquet", "")
    if asreview_file.is_project(data):
        return _Parse(sha256, _project(data, where), "asreview", "")
    formats.refuse_binary(data, where)
    data, encoding = to_utf8(data)
    if formats.is_markup(data):
        return _Parse(sha256, _xml(data, where), "xml", encoding)
    if formats.is_json(data):
        return _Parse(sha256, *_json(data, where), encoding)
    formats.refuse_endless_line(data, where)
    sheet = tables.parse_text(data.decode()) if path.suffix.lower() in _TABLE_SUFFIXES else None
    if sheet:
        return _Parse(sha256, sheet, sheet.format, encoding)
    return _Parse(sha256, *_lines(data, where), encoding)


def _described(parsed: _Parse, path: Path) -> _Parse:
    if not isinstance(parsed.source, Parsed) and not describes(parsed.source.keys):
        raise ReadError(
            "names records by their id but has no title, abstract or DOI column",
            where=str(path),
            remedy="Name one column title, abstract or doi",
        )
    return parsed


def _lines(data: bytes, where: str) -> tuple[Parsed | tables.Sheet, str]:
    """Read what is written line by line: a tagged format, BibTeX or a table."""
    ended = tagged.lines_ended(data)
    dialect = formats.dialect_of(ended)
    if formats.is_bibtex(ended, dialect):
        return bibtex.parse(ended.decode()), "bibtex"
    if dialect:
        return tagged.parse(ended, dialect), dialect.name
    sheet = tables.parse_text(data.decode())
    if not sheet:
        raise ReadError(
            "no line begins a RIS record (TY  -) or any other, and no heading is a title, abstract or DOI column",
            where=where,
            remedy="Name one column title, abstract or doi, or export the references as RIS",
        )
    return sheet, sheet.format


def _parquet(data: bytes, where: str) -> tables.Sheet:
    try:
        sheet = parquet.parse(data)
    except ImportError:
        raise ReadError(
            "is Parquet, which needs the package pyarrow",
            where=where,
            remedy="Install asreview-mc[parquet], or save it as CSV",
        ) from None
    except parquet.Damaged as error:
        raise ReadError("is a damaged Parquet file", where=where, remedy="Save it again, or as CSV") from error
    if not sheet:
        raise ReadError(
            "no column is a title, abstract or DOI", where=where, remedy="Name one column title, abstract or doi"
        )
    return sheet


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


def _project(data: bytes, where: str) -> Parsed:
    try:
        return asreview_file.parse(data)
    except asreview_file.Damaged as error:
        raise ReadError(str(error), where=where, remedy="Export the records from ASReview as CSV or RIS") from error


def _xml(data: bytes, where: str) -> Parsed:
    if formats.is_web_page(data):
        raise ReadError("holds a web page, not an export", where=where, remedy=formats.EXPORT_AGAIN)
    try:
        return xml.parse(data.decode())
    except xml.ForbiddenXML as error:
        raise ReadError("holds XML that declares entities", where=where, remedy=formats.EXPORT_AGAIN) from error
    except xml.NoRecords as error:
        raise ReadError(
            "holds XML that is not of EndNote, Zotero or Mendeley", where=where, remedy=formats.EXPORT_AGAIN
        ) from error


def _json(data: bytes, where: str) -> tuple[Parsed, str]:
    try:
        return openalex.parse(data.decode())
    except openalex.NoRecords as error:
        raise ReadError(str(error), where=where, remedy="Export it again") from error


def _cell(value: object) -> str:
    if isinstance(value, tuple):
        return join_items(value)
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False) if value else ""
    return "" if value is None else str(value)
