"""ASReview's project files, version 2 and 3: a zip archive of SQLite databases, with records and labels."""

from __future__ import annotations

import datetime
import io
import json
import sqlite3
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from asreview_mc.core.errors import ReadError
from asreview_mc.core.record import Record
from asreview_mc.identify import facts
from asreview_mc.identify.fields import fold
from asreview_mc.identify.reading import Item, Parsed, excerpt, has_text

_REMEDY = "Export the records from ASReview as CSV or RIS"
_DAMAGE = (zipfile.BadZipFile, zlib.error, OSError, ValueError, KeyError, RuntimeError, NotImplementedError, EOFError)
_LARGEST = 8 * 2**30
_MEMBERS = ("project.json", "results.db", "data_store.db")


class Damaged(ValueError):
    """The bytes are no project file that can be read; the message says why."""


class Decision(NamedTuple):
    """One label of a project file.

    Attributes
    ----------
    row : int
        Position of the record, from 0: the row of ``references.read_table`` and the order of the items read.
    label : int
        1 for relevant, 0 for irrelevant.
    note : str or None
        What the reviewer wrote.
    time : str or None
        When, in UTC, as ISO 8601 with seconds.
    prior : bool
        Whether it was known before the screening began.
    """

    row: int
    label: int
    note: str | None
    time: str | None
    prior: bool


def is_project(data: bytes) -> bool:
    """Say whether `data` is a zip archive with a ``project.json`` (it may still be damaged)."""
    return data.startswith(b"PK") and b"project.json" in data


def parse(data: bytes) -> Parsed:
    """Read the records of a project file, in the order of their ids there.

    Returns
    -------
    Parsed
        ``found`` is the number of rows, counted apart. Positions are ``"row N"``, from 1.

    Raises
    ------
    Damaged
        If it cannot be opened, or is of version 1.
    """
    with _opened(data) as (records, _):
        found = records.execute("SELECT count(*) FROM record").fetchone()[0]
        rows = records.execute("SELECT * FROM record ORDER BY record_id")
        names = [column[0] for column in rows.description]
        items = [_item(number, dict(zip(names, row, strict=True))) for number, row in enumerate(rows, start=1)]
    return Parsed(found, items, [])


def decisions(path: Path) -> list[Decision]:
    """Return the labels of a project file in the order in which they were given; pending ones are none.

    Raises
    ------
    ReadError
        If it is no project file of version 2 or 3.
    """
    try:
        data = path.read_bytes()
        if not is_project(data):
            raise Damaged("is no project file of ASReview")
        with _opened(data) as (records, results):
            if results is None:
                return []
            place = {one: row for row, (one,) in enumerate(records.execute("SELECT record_id FROM record ORDER BY 1"))}
            said = results.execute(
                "SELECT record_id, label, note, time, querier FROM results ORDER BY rowid"
            ).fetchall()
            return [
                Decision(place[one], label, str(note) if note else None, _when(time), querier is None)
                for one, label, note, time, querier in said
                if label in (0, 1) and one in place
            ]
    except (Damaged, OSError) as error:
        raise ReadError(str(error), where=str(path), remedy=_REMEDY) from error


class Reading(NamedTuple):
    """How far a project had come.

    Attributes
    ----------
    decisions : list of Decision
        As `decisions` returns them.
    included : list of int or None
        What the uploaded file said of each record, by row.
    ranking : list of int
        All rows as last ranked, the best first; empty before the first model.
    model : str
        Feature extractor and classifier of the last model, like ``"tfidf+svm"``, or ``"asreview"``.
    """

    decisions: list[Decision]
    included: list[int | None]
    ranking: list[int]
    model: str


def reading(path: Path) -> Reading:
    """Return the labels of a project file, and what is known of the records without one.

    Raises
    ------
    ReadError
        If it is no project file of version 2 or 3.
    """
    given = decisions(path)
    try:
        with _opened(path.read_bytes()) as (records, results):
            rows = _rows(records, "SELECT * FROM record ORDER BY record_id")
            place = {row["record_id"]: number for number, row in enumerate(rows)}
            ranked = _rows(results, "SELECT * FROM last_ranking ORDER BY ranking") if results else []
            trained = [row for row in _rows(results, "SELECT * FROM results") if row.get("classifier")]
    except (Damaged, OSError) as error:
        raise ReadError(str(error), where=str(path), remedy=_REMEDY) from error
    said = (row.get("included") for row in rows)
    last = trained[-1] if trained else {}
    model = "+".join(str(last[name]) for name in ("feature_extractor", "classifier") if last.get(name))
    return Reading(
        given,
        [int(one) if one in (0, 1) else None for one in said],
        [place[row["record_id"]] for row in ranked if row.get("record_id") in place],
        model or "asreview",
    )


def _rows(database: sqlite3.Connection | None, question: str) -> list[dict[str, Any]]:
    """Return the rows asked for by the names of their columns; none where there is no such table."""
    try:
        found = database.execute(question) if database else None
    except sqlite3.OperationalError:
        return []
    return (
        [] if found is None else [dict(zip([one[0] for one in found.description], row, strict=True)) for row in found]
    )


@contextmanager
def _opened(data: bytes) -> Iterator[tuple[sqlite3.Connection, sqlite3.Connection | None]]:
    """Give the databases with the records and with the results (one and the same from version 3 on)."""
    try:
        with tempfile.TemporaryDirectory() as folder, zipfile.ZipFile(io.BytesIO(data)) as archive:
            version, review = _extract(archive, Path(folder))
            store = Path(folder) / ("results.db" if version >= 3 else "data_store.db")
            given = store if version >= 3 else Path(folder) / "reviews" / review / "results.db"
            if not store.is_file():
                raise Damaged("is a project file without records")
            other = given if given.is_file() else store
            with closing(sqlite3.connect(store)) as records, closing(sqlite3.connect(other)) as results:
                yield records, results if given.is_file() else None
    except sqlite3.Error as error:
        raise Damaged("holds a damaged database") from error
    except Damaged:
        raise
    except _DAMAGE as error:
        raise Damaged("is a damaged project file") from error


def _extract(archive: zipfile.ZipFile, folder: Path) -> tuple[int, str]:
    """Unpack the databases, and what SQLite keeps beside them; return the version and the id of the review."""
    project = json.loads(archive.read("project.json"))
    version, review = _version(project), _review(project)
    wanted = {*_MEMBERS, f"reviews/{review}/results.db"}
    for info in archive.infolist():
        if info.filename.removesuffix("-wal") not in wanted:
            continue
        if info.file_size > _LARGEST:
            raise Damaged("is a project file with a database of more than 8 GB")
        archive.extract(info, folder)
    return version, review


def _version(project: Any) -> int:  # noqa: ANN401
    if not isinstance(project, dict):
        raise Damaged("is a damaged project file")
    version = project.get("project_file_version") or str(project.get("version", ""))[:1]
    if str(version) not in ("2", "3"):
        raise Damaged(f"is a project file of version {version}, and only 2 and 3 are read")
    return int(version)


def _review(project: dict[str, Any]) -> str:
    reviews = project.get("reviews")
    first = reviews[0] if isinstance(reviews, list) and reviews else None
    name = str(first.get("id", "")) if isinstance(first, dict) else ""
    return name if name.isalnum() else "-"


def _item(number: int, row: dict[str, Any]) -> Item:
    plain = {name: str(value) for name, value in row.items() if value not in (None, "", "[]")}
    fields = {"doi": [plain.pop("doi")]} if "doi" in plain else {}
    year = row.get("year")
    known = isinstance(year, int) and 1000 <= year <= 2999
    if known:
        del plain["year"]
    record = Record(
        title=fold(plain.pop("title", "")),
        abstract=fold(plain.pop("abstract", "")),
        authors=_list(plain.pop("authors", "")),
        keywords=_list(plain.pop("keywords", "")),
        year=year if known else None,
        doi=facts.take_doi(fields, {"doi": ("doi",)}) if fields else "",
        url=fold(plain.pop("url", "")),
        extra={name: [text] for name, text in plain.items() if name != "group_id"} | fields,
    )
    return Item(f"row {number}", record, "" if has_text(record) else excerpt(json.dumps(plain, ensure_ascii=False)))


def _list(text: str) -> tuple[str, ...]:
    try:
        value = json.loads(text or "[]")
    except ValueError:
        value = text
    items = value if isinstance(value, list) else [value]
    return tuple(folded for item in items if item and (folded := fold(str(item))))


def _when(time: object) -> str | None:
    if not isinstance(time, (int, float)):
        return None
    try:
        return datetime.datetime.fromtimestamp(time, datetime.UTC).isoformat(timespec="seconds")
    except (ValueError, OverflowError, OSError):
        return None
