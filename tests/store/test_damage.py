"""Files that are no review, or no longer one: one line, never a traceback, and nothing changed."""

import os
import random
import shutil
import sqlite3
import tempfile
from contextlib import contextmanager
from pathlib import Path

import pytest

from asreview_mc.core.errors import LogError
from asreview_mc.core.event import Decided
from asreview_mc.store.log import EventLog
from asreview_mc.store.migrations import APPLICATION_ID, MIGRATIONS

YES = Decided("r000001", "abstract", "R1", "include")


def refusal(path: Path) -> str:
    before = path.read_bytes() if path.is_file() else None
    with pytest.raises(LogError) as refused:
        EventLog.open(path)
    said = str(refused.value)
    assert len(said.splitlines()) == 1
    assert said.startswith(f"{path}: ")
    assert refused.value.remedy
    assert (path.read_bytes() if path.is_file() else None) == before, "a refused file is left as it was"
    return said


def test_a_missing_database_is_refused_and_not_made(path):
    """Opening never makes one."""
    assert "missing" in refusal(path)
    assert not path.exists()


def test_a_folder_is_no_database(tmp_path):
    """A folder of the database's name is refused like a missing one."""
    assert "cannot be opened" in refusal(tmp_path)


def test_an_empty_file_is_refused(path):
    """An empty file is a valid SQLite database, and no review."""
    path.touch()
    assert "empty" in refusal(path)


@pytest.mark.parametrize("content", [b"%PDF-1.7 ...", b"\x00" * 5000, b"TY  - JOUR\n" * 500, b"x"])
def test_a_file_that_is_no_database_is_refused(path, content):
    """Text, binary and a single byte."""
    path.write_bytes(content)
    assert "not a database" in refusal(path)


def test_another_programs_database_is_refused(path):
    """SQLite files of others are neither read nor migrated."""
    raw = sqlite3.connect(path)
    raw.execute("CREATE TABLE bookmarks (url TEXT)")
    raw.commit()
    raw.close()
    assert "not a review's" in refusal(path)


def test_a_database_from_a_newer_version_is_refused(log, story, path, tamper):
    """The message names both schemas and says to upgrade."""
    log.close()
    raw = sqlite3.connect(path)
    raw.execute(f"PRAGMA user_version = {len(MIGRATIONS) + 1}")
    raw.commit()
    raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    raw.close()
    said = refusal(path)
    assert f"schema {len(MIGRATIONS) + 1}" in said and "Upgrade" in said


def test_a_migration_is_committed_with_its_own_record(path, monkeypatch):
    """A migration that fails half-way leaves neither its tables nor its number."""

    def broken(db: sqlite3.Connection) -> None:
        db.execute("CREATE TABLE half (x TEXT)")
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr("asreview_mc.store.migrations.MIGRATIONS", (*MIGRATIONS, broken))
    with pytest.raises(LogError, match="Free some disk space"):
        EventLog.create(path)
    monkeypatch.undo()
    log = EventLog.open(path)
    assert log._db.execute("PRAGMA user_version").fetchone() == (1,)
    assert log._db.execute("PRAGMA application_id").fetchone() == (APPLICATION_ID,)
    assert log._db.execute("SELECT 1 FROM sqlite_master WHERE name = 'half'").fetchone() is None
    log.close()


@pytest.mark.parametrize("table", ["events", "records"])
def test_a_database_without_its_tables_is_an_error_with_advice(log, story, path, table):
    """DROP TABLE cannot be refused by SQLite; reading then says to restore a backup."""
    raw = sqlite3.connect(path)
    raw.execute(f"DROP TABLE {table}")
    raw.commit()
    raw.close()
    with pytest.raises(LogError, match=r"no such table.*Restore the review from a backup"):
        log.events() if table == "events" else log.records()
    assert not log.verify().ok


def use(path: Path) -> str:
    """Do everything one can do with a log; return what was wrong, or "" where nothing was."""
    try:
        log = EventLog.open(path)
    except LogError as error:
        return str(error)
    try:
        log.events()
        log.records()
        log.append([YES])
    except LogError as error:
        return str(error)
    else:
        return log.verify().problem
    finally:
        log.close()


@pytest.fixture
def whole(path, reading) -> bytes:
    log = EventLog.create(path)
    for k in range(5):
        reading(log, 40, f"{k}.ris")
        log.append([Decided(f"r{n:06d}", "abstract", "R1", "include", note="n" * 50) for n in range(1, 41)])
    log.close()
    assert len(list(path.parent.iterdir())) == 1, "a closed log is one file"
    return path.read_bytes()


def test_a_truncated_database_is_found(whole, path):
    """Cut anywhere, the file is refused in one line or found wanting by `verify`."""
    assert use(path) == ""
    for kept in (50, 100, 512, 4096, len(whole) // 3, len(whole) // 2, len(whole) - 4096, len(whole) - 1):
        path.write_bytes(whole[:kept])
        said = use(path)
        assert said and len(said.splitlines()) == 1, kept


def test_flipped_bytes_are_found_or_harmless(whole, path):
    """A flipped byte gives one line, or lies where nothing is read; what is read is then as it was."""
    draw = random.Random(1)
    log = EventLog.open(path)
    events, records = log.events(), log.records()
    log.close()
    found = 0
    for _ in range(80):
        place = draw.randrange(len(whole))
        path.write_bytes(whole[:place] + bytes([whole[place] ^ (1 << draw.randrange(8))]) + whole[place + 1 :])
        for beside in ("-wal", "-shm"):
            path.with_name(path.name + beside).unlink(missing_ok=True)
        said = use(path)
        if said:
            found += 1
            assert len(said.splitlines()) == 1
        else:
            log = EventLog.open(path)
            assert log.events()[:-1] == events
            assert log.records() == records
            log.close()
    assert found > 40, "most of the file is events and records"


@contextmanager
def nobody_special():
    """Give up the superuser's power to write anywhere, for a moment."""
    if os.geteuid():
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.fixture
def shared():
    """A folder with a log that an ordinary user may read but not write."""
    folder = Path(tempfile.mkdtemp())
    path = folder / "review.db"
    log = EventLog.create(path)
    log.append([YES])
    log.close()
    path.chmod(0o444)
    folder.chmod(0o555)
    yield path
    folder.chmod(0o755)
    shutil.rmtree(folder)


def test_a_read_only_folder_is_an_error_with_advice(shared):
    """Neither opened nor harmed, and the advice is to make it writable."""
    with nobody_special():
        with pytest.raises(LogError, match="writable") as refused:
            EventLog.open(shared).append([YES])
        with pytest.raises(LogError, match="cannot be made"):
            EventLog.create(shared.with_name("other.db"))
    assert len(str(refused.value).splitlines()) == 1
    assert [file.name for file in shared.parent.iterdir()] == [shared.name]


def test_a_read_only_file_can_be_read_but_not_appended_to(shared):
    """Where only the file is protected, reading works and appending is refused."""
    shared.parent.chmod(0o777)
    with nobody_special():
        log = EventLog.open(shared)
        assert log.head[0] == 1
        with pytest.raises(LogError, match="writable"):
            log.append([YES])
        assert log.head[0] == 1
        log.close()
