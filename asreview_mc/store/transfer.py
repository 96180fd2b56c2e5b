"""A whole log as lines of text, and back: every event with its salt and hash, so that the chain comes out the same."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path

from asreview_mc.core.errors import LogError
from asreview_mc.core.event import compact_json, decode
from asreview_mc.store.log import EventLog
from asreview_mc.store.rows import index_columns, record_from
from asreview_mc.store.verify import Verification

_EVENT = ("seq", "at", "kind", "body", "salt", "hash")
_REMEDY = "Get the package again from those who made it"


def dump(log: EventLog) -> tuple[list[str], list[str]]:
    """Return every event and every record as a line of JSON each, both as of one moment."""
    try:
        with closing(sqlite3.connect(f"{log.path.resolve().as_uri()}?mode=ro", uri=True, isolation_level=None)) as db:
            db.execute("BEGIN")
            events = db.execute(f"SELECT {', '.join(_EVENT)} FROM events ORDER BY seq").fetchall()
            records = db.execute("SELECT body FROM records ORDER BY number").fetchall()
    except sqlite3.Error as error:
        raise LogError(f"the database answers: {error}", where=str(log.path), remedy="Try again") from None
    lines = [compact_json(dict(zip(_EVENT, row, strict=True)), sort=False) for row in events]
    return lines, [body for (body,) in records]


def restore(path: Path, events: Iterable[str], records: Iterable[str], head: str) -> Verification:
    """Make a new database of what `dump` gave, and verify it against the `head` it must end in.

    The database is there whole and verified or not at all.

    Raises
    ------
    LogError
        If the file exists, a line cannot be read, or the chain does not hold or ends elsewhere.
    """
    EventLog.create(path).close()
    try:
        try:
            _insert(path, events, records)
        except sqlite3.Error as error:
            raise LogError(f"the lines make no log ({error})", where=str(path), remedy=_REMEDY) from None
        with closing(EventLog.open(path)) as log:
            found = log.verify()
    except BaseException:
        for suffix in ("", "-wal", "-shm"):
            Path(f"{path}{suffix}").unlink(missing_ok=True)
        raise
    if found.ok and found.head == head:
        return found
    path.unlink()
    problem = found.problem or f"the log ends in {found.head[:12]}, not in {head[:12]}"
    raise LogError(f"the log does not verify: {problem}", where=path.name, remedy=_REMEDY)


def _insert(path: Path, events: Iterable[str], records: Iterable[str]) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("BEGIN IMMEDIATE")
        db.executemany("INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", _event_rows(events))
        db.executemany("INSERT INTO records VALUES (?, ?, ?, ?)", _record_rows(records))
        db.execute("COMMIT")


def _event_rows(lines: Iterable[str]) -> Iterator[tuple[object, ...]]:
    for number, line in enumerate(lines, start=1):
        try:
            plain = json.loads(line)
            seq, at, kind, body, salt, own = (plain[name] for name in _EVENT)
        except (ValueError, TypeError, KeyError):
            raise LogError("is no event", where=f"line {number} of the log", remedy=_REMEDY) from None
        if not all(isinstance(text, str) for text in (at, kind, body, salt, own)):
            raise LogError("is no event", where=f"line {number} of the log", remedy=_REMEDY)
        yield (seq, at, kind, *index_columns(decode(kind, body)), body, salt, own)


def _record_rows(lines: Iterable[str]) -> Iterator[tuple[object, ...]]:
    for number, line in enumerate(lines, start=1):
        record = record_from(line)
        yield number, record.record_id, record.digest, line
