"""A small review's log, and ways to tamper with its file behind the program's back."""

import sqlite3
from pathlib import Path

import pytest

from asreview_mc.core.event import Decided, Logged, ReferencesRead, Settled
from asreview_mc.core.record import Record
from asreview_mc.store.log import EventLog


@pytest.fixture
def path(tmp_path) -> Path:
    return tmp_path / "review.db"


@pytest.fixture
def log(path):
    log = EventLog.create(path)
    yield log
    log.close()


@pytest.fixture
def reading():
    def reading(log: EventLog, n: int, file: str = "a.ris") -> tuple[Logged, list[Record]]:
        event = ReferencesRead(file, "A", "database", "ris", "utf-8", "0" * 64, found=n, read=n)
        return log.append_reading(event, [Record(title=f"{file} {k}", extra={"Z": ["z"]}) for k in range(n)])

    return reading


@pytest.fixture
def story(log, reading) -> list[Logged]:
    """Six events: a reading of three records, four decisions, a settlement."""
    first, _ = reading(log, 3)
    rest = log.append(
        [
            Decided("r000001", "abstract", "R1", "include"),
            Decided("r000001", "abstract", "R2", "exclude", note="ąž"),
            Decided("r000002", "abstract", "R1", "exclude"),
            Decided("r000001", "fulltext", "R1", "include"),
            Settled("r000001", "abstract", "include", ("R1", "R2")),
        ]
    )
    return [first, *rest]


@pytest.fixture
def tamper(path):
    """Change the file with plain SQLite, its triggers dropped and put back."""

    def tamper(*statements: tuple[str, tuple]) -> None:
        raw = sqlite3.connect(path, isolation_level=None)
        triggers = raw.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for name, _ in triggers:
            raw.execute(f"DROP TRIGGER {name}")
        for sql, values in statements:
            assert raw.execute(sql, values).rowcount > 0, "the tampering itself failed"
        for _, sql in triggers:
            raw.execute(sql)
        raw.close()

    return tamper
