"""The log: made, appended to, read."""

import os
import sqlite3
import stat
from datetime import datetime

import pytest

from asreview_mc.core.errors import LogError
from asreview_mc.core.event import GENESIS, AgreementMeasured, Decided, Merged, ReferencesRead, chain_hash, encode
from asreview_mc.core.record import Record
from asreview_mc.store.log import EventLog

YES = Decided("r000001", "abstract", "R1", "include")
NOT_JSON = AgreementMeasured("abstract", 1, 25, {"kappa": float("nan")})


def test_a_new_log_is_empty(log):
    """Nothing stands before the first event, and the chain begins with a known value."""
    assert log.head == (0, GENESIS)
    assert log.events() == [] and log.records() == []
    assert log.verify().ok


def test_every_file_is_readable_by_its_owner_only(path):
    """Privacy: 0600 for the database and its companions, whatever the mask."""
    before = os.umask(0)
    try:
        log = EventLog.create(path)
        log.append([YES])
        modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()}
        log.close()
    finally:
        os.umask(before)
    assert modes[path.name] == 0o600
    assert set(modes.values()) == {0o600}


def test_a_log_is_made_only_once(log, path):
    """A second `create` is refused and harms nothing."""
    log.append([YES])
    with pytest.raises(LogError, match="exists already"):
        EventLog.create(path)
    assert log.head[0] == 1


def test_a_log_in_a_folder_that_is_not_there_is_refused(tmp_path):
    """One line that says what to check."""
    with pytest.raises(LogError, match="cannot be made"):
        EventLog.create(tmp_path / "no" / "review.db")


def test_what_was_appended_is_read_in_another_opening(log, path):
    """Events come back in order, numbered from 1 without gaps, each with its place in the chain."""
    logged = log.append([YES, Merged("r000002", "r000001", "doi")])
    logged += log.append([Decided("r000001", "abstract", "R2", "maybe", note="ąž\n\x00")])
    again = EventLog.open(path)
    assert again.events() == logged
    assert [one.seq for one in logged] == [1, 2, 3]
    assert again.head == (3, logged[-1].hash)
    again.close()
    before = GENESIS
    salts = [salt for (salt,) in log._db.execute("SELECT salt FROM events ORDER BY seq")]
    assert len(set(salts)) == 3
    for one, salt in zip(logged, salts, strict=True):
        before = chain_hash(before, one.seq, one.at, one.event.kind, encode(one.event), salt)
        assert one.hash == before
        assert datetime.fromisoformat(one.at).utcoffset().total_seconds() == 0


def test_events_are_chosen_by_place_record_and_kind(log, story):
    """`since`, `about` and `kinds` narrow the log and combine."""
    assert [one.seq for one in log.events(4)] == [5, 6]
    assert [one.seq for one in log.events(about=["r000001"])] == [2, 3, 5, 6]
    assert [one.seq for one in log.events(about=["r000001", "r000002"], kinds=["decided"])] == [2, 3, 4, 5]
    assert [one.seq for one in log.events(3, about=["r000001"], kinds=["settled", "decided"])] == [5, 6]
    assert log.events(kinds=["references_read"]) == story[:1]
    assert log.events(about=[]) == log.events(kinds=[]) == log.events(99) == log.events(about=["x' OR 1=1 --"]) == []
    assert [one.seq for one in log.events(about=[""])] == [1]


def test_too_many_records_at_a_time_are_a_mistake_of_the_programmer(log):
    """SQLite's limit on variables is never met."""
    assert log.events(about=[f"r{k:06d}" for k in range(500)]) == []
    with pytest.raises(ValueError, match="at most 500"):
        log.events(about=[f"r{k:06d}" for k in range(501)])


def test_records_get_ids_in_reading_order(log, reading):
    """Law 13: r000001 and so on, over several readings, an empty one among them."""
    first, one = reading(log, 3)
    second, none = reading(log, 0)
    third, more = reading(log, 2, "b.csv")
    assert [record.record_id for record in one + none + more] == [f"r00000{k}" for k in range(1, 6)]
    assert (first.event.first, second.event.first, third.event.first) == ("r000001", "", "r000004")
    assert log.records() == one + more
    assert log.records(after=3) == more
    assert log.record("r000004") == more[0]
    assert log.record("r000006") is None
    assert log.verify().ok


def test_a_record_is_kept_whole_and_in_its_order(log):
    """Extra fields keep their order and names that are not text in any encoding do no harm."""
    record = Record(title="\x00ąž😀\udcff", extra={"Z": ["1"], "A": ["2", "3"]}, authors=("B", "A"))
    event = ReferencesRead("caf\udce9.ris", "A", "database", "ris", "latin-1", "0", 1, 1)
    logged, (named,) = log.append_reading(event, [record])
    (back,) = log.records()
    assert back == named
    assert list(back.extra) == ["Z", "A"]
    assert log.events() == [logged]
    assert log.verify().ok


def test_all_events_are_appended_or_none(log):
    """One event that cannot be written takes those beside it along, and the log goes on as if nothing had been."""
    log.append([YES])
    with pytest.raises(ValueError):
        log.append([YES, YES, NOT_JSON])
    assert log.head[0] == 1
    assert log.append([YES])[0].seq == 2
    assert log.verify().ok


def test_all_or_none_holds_within_a_larger_step_too(log):
    """Whoever catches the failure inside a transaction does not find half of the events there."""
    with log.transaction():
        with pytest.raises(ValueError):
            log.append([YES, NOT_JSON])
        log.append([YES, YES])
    assert log.head[0] == 2
    assert log.verify().ok


def test_a_reading_and_its_records_are_one_step(log):
    """A record that cannot be written takes the reading along."""
    with pytest.raises(TypeError):
        log.append_reading(
            ReferencesRead("a.ris", "A", "database", "ris", "utf-8", "0", 2, 2),
            [Record(title="a"), Record(title="b", extra={"X": [object()]})],
        )
    assert log.records() == [] and log.head[0] == 0


def test_a_transaction_that_fails_leaves_nothing(log):
    """What is read and appended inside is one step."""
    with pytest.raises(RuntimeError), log.transaction():
        log.append([YES])
        log.append([YES])
        raise RuntimeError
    assert log.head == (0, GENESIS)
    with log.transaction():
        log.append([YES])
        assert log.head[0] == 1
    assert log.head[0] == 1


def test_a_log_that_another_holds_is_refused_in_one_line(log, path, monkeypatch):
    """A lock that stays is an error with advice, and nothing is appended."""
    monkeypatch.setattr("asreview_mc.store.log.BUSY_SECONDS", 0.05)
    other = EventLog.open(path)
    with log.transaction():
        log.append([YES])
        with pytest.raises(LogError, match=r"locked.*close it and try again"):
            other.append([YES])
        assert other.events() == []
    assert other.append([YES])[0].seq == 2
    other.close()


def test_a_full_disk_is_an_error_with_advice_and_nothing_is_half_written(log):
    """What does not fit is refused whole, and the log goes on once there is room."""
    log.append([YES])
    (pages,) = log._db.execute("PRAGMA page_count").fetchone()
    log._db.execute(f"PRAGMA max_page_count = {pages + 2}")
    with pytest.raises(LogError, match="Free some disk space"):
        log.append([YES] * 500)
    assert log.head[0] == 1
    log._db.execute("PRAGMA max_page_count = 1000000")
    assert log.append([YES] * 500)[-1].seq == 501
    assert log.verify().ok


def test_the_database_is_in_wal_mode_with_full_durability(log, path):
    """An acknowledged decision is on the disk, and readers do not wait for writers."""
    log.append([YES])
    raw = sqlite3.connect(path)
    assert raw.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    raw.close()
    assert log._db.execute("PRAGMA synchronous").fetchone() == (2,)
