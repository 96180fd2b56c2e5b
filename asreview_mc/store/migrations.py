"""The schema of ``review.db``, as the steps that made it; each is committed together with the record that it ran."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

from asreview_mc.core.errors import LogError

APPLICATION_ID = 0x41534D43  # "ASMC": lets `file` and us tell a review from any other SQLite database


def m001_events_and_records(db: sqlite3.Connection) -> None:
    """Create the log and the records it speaks of, which the database itself refuses to change.

    ``INSERT OR REPLACE`` walks past triggers on UPDATE and DELETE, so that only the next number may be inserted.
    """
    db.execute(
        "CREATE TABLE events (seq INTEGER PRIMARY KEY, at TEXT NOT NULL, kind TEXT NOT NULL, record_id TEXT NOT NULL,"
        " stage TEXT NOT NULL, actor TEXT NOT NULL, body TEXT NOT NULL, salt TEXT NOT NULL, hash TEXT NOT NULL UNIQUE)"
        " STRICT"
    )
    db.execute(
        "CREATE TABLE records (number INTEGER PRIMARY KEY, record_id TEXT NOT NULL UNIQUE, digest TEXT NOT NULL,"
        " body TEXT NOT NULL) STRICT"
    )
    db.execute("CREATE INDEX events_by_record ON events (record_id, seq)")
    db.execute("CREATE INDEX events_by_kind ON events (kind, seq)")
    for table, key in (("events", "seq"), ("records", "number")):
        for action in ("UPDATE", "DELETE"):
            db.execute(
                f"CREATE TRIGGER {table}_no_{action.lower()} BEFORE {action} ON {table}"
                f" BEGIN SELECT RAISE(ABORT, '{table} are never changed'); END"
            )
        db.execute(
            f"CREATE TRIGGER {table}_in_order BEFORE INSERT ON {table}"
            f" WHEN NEW.{key} IS NOT (SELECT COALESCE(MAX({key}), 0) + 1 FROM {table})"
            f" BEGIN SELECT RAISE(ABORT, '{table} are only appended'); END"
        )
    db.execute(
        "CREATE TRIGGER records_no_second BEFORE INSERT ON records"
        " WHEN EXISTS (SELECT 1 FROM records WHERE record_id = NEW.record_id)"
        " BEGIN SELECT RAISE(ABORT, 'records are never replaced'); END"
    )
    db.execute(
        "CREATE TRIGGER events_no_second BEFORE INSERT ON events"
        " WHEN EXISTS (SELECT 1 FROM events WHERE hash = NEW.hash)"
        " BEGIN SELECT RAISE(ABORT, 'events are never replaced'); END"
    )


MIGRATIONS: tuple[Callable[[sqlite3.Connection], None], ...] = (m001_events_and_records,)


def check_ours(db: sqlite3.Connection, where: str) -> None:
    """Refuse a database that this version must not touch, before anything is written to it; raises as `migrate`."""
    (application,) = db.execute("PRAGMA application_id").fetchone()
    (tables,) = db.execute("SELECT COUNT(*) FROM sqlite_master").fetchone()
    if application != APPLICATION_ID and tables:
        raise LogError("this database is not a review's", where=where, remedy="Point --project at a review's folder")
    (version,) = db.execute("PRAGMA user_version").fetchone()
    if version > len(MIGRATIONS):
        raise LogError(
            f"the database has schema {version}, this program knows {len(MIGRATIONS)}",
            where=where,
            remedy="Upgrade asreview-mc",
        )


def migrate(db: sqlite3.Connection, where: str) -> None:
    """Bring a database to this version's schema.

    Parameters
    ----------
    db : sqlite3.Connection
        In autocommit mode.
    where : str
        The file, for messages.

    Raises
    ------
    LogError
        If the database is not a review's, or was written by a newer version.
    """
    check_ours(db, where)
    (version,) = db.execute("PRAGMA user_version").fetchone()
    for number in range(version + 1, len(MIGRATIONS) + 1):
        db.execute("BEGIN IMMEDIATE")
        try:
            # Another process may have run this step while we waited for the lock.
            if db.execute("PRAGMA user_version").fetchone()[0] < number:
                MIGRATIONS[number - 1](db)
                db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
                db.execute(f"PRAGMA user_version = {number}")
            db.execute("COMMIT")
        except BaseException:
            if db.in_transaction:
                db.execute("ROLLBACK")
            raise
