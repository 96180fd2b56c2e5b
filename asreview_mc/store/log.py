"""The event log: appended to, read and verified; never updated, never deleted from. Knows no rule of reviewing."""

from __future__ import annotations

import os
import secrets
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from asreview_mc.core.errors import LogError
from asreview_mc.core.event import GENESIS, Event, Logged, ReferencesRead, chain_hash, compact_json, decode, encode
from asreview_mc.core.record import Record
from asreview_mc.store.migrations import check_ours, migrate
from asreview_mc.store.rows import digest_of, index_columns, record_from, record_id
from asreview_mc.store.verify import Verification, verify

BUSY_SECONDS = 30.0
_MAGIC = b"SQLite format 3\0"
_SALT_BYTES = 8
_MANY = 500  # ids per query, well under SQLite's limit on variables


class EventLog:
    """One review's database, open in this process.

    Use `create` and `open`, not the constructor. Not for use from two threads at once.
    """

    def __init__(self, db: sqlite3.Connection, path: Path) -> None:
        self._db = db
        self.path = path

    @classmethod
    def create(cls, path: Path) -> EventLog:
        """Make a new database, readable by its owner only.

        Raises
        ------
        LogError
            If the file exists or cannot be made.
        """
        try:
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
        except FileExistsError:
            raise LogError("the database exists already", where=str(path), remedy="Choose another folder") from None
        except OSError as error:
            raise LogError(
                f"the database cannot be made ({error.strerror})", where=str(path), remedy="Check the folder"
            ) from None
        return cls._connect(path)

    @classmethod
    def open(cls, path: Path, *, travels: bool = False) -> EventLog:
        """Open an existing database.

        Parameters
        ----------
        travels : bool
            The file is carried about by itself: nothing acknowledged may lie in another beside it.

        Raises
        ------
        LogError
            If it is missing, not a review's, damaged or from a newer version.
        """
        try:
            size, beginning = path.stat().st_size, _beginning(path)
        except OSError as error:
            raise LogError(
                f"the database cannot be opened ({error.strerror})",
                where=str(path),
                remedy="Check its permissions, or restore it from a backup",
            ) from None
        if size == 0:
            raise LogError(
                "the database is empty",
                where=str(path),
                remedy="Restore it from a backup; if nothing was added to it yet, delete the folder",
            )
        if beginning != _MAGIC:  # SQLite itself would take a file of a few bytes for a new database
            raise LogError("this is not a database", where=str(path), remedy="Restore it from a backup")
        return cls._connect(path, journal="DELETE" if travels else "WAL")

    @classmethod
    def _connect(cls, path: Path, *, journal: str = "WAL") -> EventLog:
        with plain_words(path):
            db = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None)
        try:
            with plain_words(path):
                check_ours(db, str(path))
                db.execute(f"PRAGMA journal_mode = {journal}")
                db.execute("PRAGMA synchronous = FULL")
                migrate(db, str(path))
        except BaseException:
            db.close()
            raise
        return cls(db, path)

    def close(self) -> None:
        """Close the database; the log is whole on disk at any time, closed or not."""
        self._db.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Hold the write lock, so that what is read and then appended inside is one step to every other process."""
        if self._db.in_transaction:
            yield
            return
        with plain_words(self.path):
            self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
            with plain_words(self.path):
                self._db.execute("COMMIT")
        except BaseException:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
            raise

    @property
    def head(self) -> tuple[int, str]:
        """Number and hash of the last event; ``(0, GENESIS)`` where there is none."""
        with plain_words(self.path):
            row = self._db.execute("SELECT seq, hash FROM events ORDER BY seq DESC LIMIT 1").fetchone()
        return (row[0], row[1]) if row else (0, GENESIS)

    def hash_of(self, seq: int) -> str | None:
        """Return the hash of one event, None where there is no such event."""
        with plain_words(self.path):
            row = self._db.execute("SELECT hash FROM events WHERE seq = ?", (seq,)).fetchone()
        return str(row[0]) if row else None

    def hashes(self) -> list[str]:
        """Return the hash of every event, in order."""
        with plain_words(self.path):
            return [row[0] for row in self._db.execute("SELECT hash FROM events ORDER BY seq")]

    def append(self, events: Iterable[Event], *, times: Sequence[str] = ()) -> list[Logged]:
        """Append events, all or none, and return them in their places once they are on disk.

        Parameters
        ----------
        times : sequence of str
            When each happened, where that was elsewhere; now, if not given.

        Raises
        ------
        LogError
            If the database is locked too long, read-only, full or damaged; nothing is appended then.
        """
        with self.transaction(), plain_words(self.path):
            seq, before = self.head
            logged, rows = [], []
            for place, event in enumerate(events):
                seq += 1
                at = times[place] if times else datetime.now(UTC).isoformat(timespec="microseconds")
                body = encode(event)
                salt = secrets.token_hex(_SALT_BYTES)
                before = chain_hash(before, seq, at, event.kind, body, salt)
                rows.append((seq, at, event.kind, *index_columns(event), body, salt, before))
                logged.append(Logged(seq, at, event, before))
            self._db.executemany("INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)
        return logged

    def append_reading(self, event: ReferencesRead, records: Sequence[Record]) -> tuple[Logged, list[Record]]:
        """Append the records of one file, giving them their ids, and the event that says so, in one step."""
        with self.transaction(), plain_words(self.path):
            (last,) = self._db.execute("SELECT COALESCE(MAX(number), 0) FROM records").fetchone()
            named = [replace(record, record_id=record_id(last + k)) for k, record in enumerate(records, start=1)]
            digests = [record.digest for record in named]
            rows = (
                (number, record.record_id, digest, compact_json(record.to_dict(), sort=False))
                for number, (record, digest) in enumerate(zip(named, digests, strict=True), start=last + 1)
            )
            self._db.executemany("INSERT INTO records VALUES (?, ?, ?, ?)", rows)
            first = named[0].record_id if named else ""
            (logged,) = self.append([replace(event, first=first, digest=digest_of(digests))])
        return logged, named

    def write_copy(self, path: Path, events: Sequence[tuple[str, Event]]) -> None:
        """Write a new database with the same records and `events`, each with its time, in a chain of their own.

        Raises
        ------
        LogError
            If the file exists or cannot be written.
        """
        with plain_words(self.path):
            rows = self._db.execute("SELECT * FROM records ORDER BY number").fetchall()
        other = EventLog.create(path)
        try:
            with other.transaction(), plain_words(path):
                other._db.executemany("INSERT INTO records VALUES (?, ?, ?, ?)", rows)
                other.append([event for _, event in events], times=[at for at, _ in events])
        finally:
            other.close()

    def events(
        self,
        since: int = 0,
        *,
        about: Collection[str] | None = None,
        kinds: Collection[str] | None = None,
        saying: Collection[str] = (),
    ) -> list[Logged]:
        """Return the events after `since`, in order; only those about the records `about`, of the `kinds`, if given.

        With `saying` only those in whose body one of these texts stands, as it is written there.
        """
        if about is not None and len(about) > _MANY:
            raise ValueError(f"about at most {_MANY} records at a time, got {len(about)}")
        clauses, values = ["seq > ?"], [since, *(about or ()), *(kinds or ()), *saying]
        if about is not None:
            clauses.append(f"record_id IN ({', '.join('?' * len(about))})")
        if kinds is not None:
            clauses.append(f"kind IN ({', '.join('?' * len(kinds))})")
        if saying:
            clauses.append(f"({' OR '.join(['instr(body, ?)'] * len(saying))})")
        query = f"SELECT seq, at, kind, body, hash FROM events WHERE {' AND '.join(clauses)} ORDER BY seq"
        with plain_words(self.path):
            rows = self._db.execute(query, values).fetchall()
        return [Logged(seq, at, decode(kind, body), own) for seq, at, kind, body, own in rows]

    def by_several(self, kind: str, stage: str, *, after: str) -> int:
        """Count the records about which an event of a kind came after the last of the kind `after`, both of a stage.

        Only those count about which such events came from two people, ever.
        """
        # The plus signs keep SQLite from going through all events of the kind, record by record.
        query = (
            "SELECT COUNT(DISTINCT record_id) FROM events AS one WHERE kind = :kind AND +stage = :stage AND seq >"
            " (SELECT COALESCE(MAX(seq), 0) FROM events WHERE kind = :after AND stage = :stage) AND EXISTS"
            " (SELECT 1 FROM events AS other WHERE other.record_id = one.record_id AND +other.kind = one.kind"
            " AND +other.stage = one.stage AND +other.actor <> one.actor)"
        )
        with plain_words(self.path):
            return int(self._db.execute(query, {"kind": kind, "stage": stage, "after": after}).fetchone()[0])

    def records(self, after: int = 0) -> list[Record]:
        """Return the records after the first `after`, in reading order."""
        with plain_words(self.path):
            rows = self._db.execute("SELECT body FROM records WHERE number > ? ORDER BY number", (after,)).fetchall()
        return [record_from(body) for (body,) in rows]

    def each_record(self, after: int = 0) -> Iterator[Record]:
        """Yield the records after the first `after`, in reading order, without holding them all."""
        with plain_words(self.path):
            for (body,) in self._db.execute("SELECT body FROM records WHERE number > ? ORDER BY number", (after,)):
                yield record_from(body)

    def record(self, wanted: str) -> Record | None:
        """Return one record, or None where there is no such id."""
        with plain_words(self.path):
            row = self._db.execute("SELECT body FROM records WHERE record_id = ?", (wanted,)).fetchone()
        return record_from(row[0]) if row else None

    def copy_into(self, target: sqlite3.Connection) -> None:
        """Copy the whole database, as of one moment, into another that is open; others may write meanwhile."""
        with plain_words(self.path):
            self._db.backup(target)

    def verify(self, head: str | None = None) -> Verification:
        """Follow the chain from the first event to the last, and every record to the event that brought it.

        Parameters
        ----------
        head : str or None
            A hash printed earlier in an export, report or backup; it must stand in the chain.
        """
        outer = self._db.in_transaction
        try:
            with plain_words(self.path):
                if not outer:
                    self._db.execute("BEGIN")  # one snapshot, whatever others append meanwhile
                return verify(self._db, head)
        except LogError as error:
            return Verification(False, 0, GENESIS, str(error))
        finally:
            if not outer and self._db.in_transaction:
                self._db.execute("ROLLBACK")


def _beginning(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(len(_MAGIC))


@contextmanager
def plain_words(path: Path) -> Iterator[None]:
    """Turn what SQLite reports into one line for the user."""
    try:
        yield
    except sqlite3.Error as error:
        message = str(error)
        remedy = "Restore the review from a backup"
        for sign, advice in (
            ("locked", "Another program holds the review; close it and try again"),
            ("readonly", "Make the review's folder writable"),
            ("full", "Free some disk space and try again"),
            ("unable to open", "Check that the folder exists and is writable"),
        ):
            if sign in message:
                remedy = advice
        raise LogError(f"the database answers: {message}", where=str(path), remedy=remedy) from None
