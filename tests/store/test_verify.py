"""Verification: any tampering is found and its first place named."""

import json
import sqlite3

import pytest

from asreview_mc.core.event import GENESIS, Decided, Merged, chain_hash
from asreview_mc.store.log import EventLog
from asreview_mc.store.rows import index_columns


def test_an_intact_log_is_verified(log, story):
    """The chain is followed to the head."""
    found = log.verify()
    assert (found.ok, found.events, found.head, found.problem) == (True, 6, story[-1].hash, "")
    for one in story:
        assert log.verify(head=one.hash).ok
    assert log.verify(head=GENESIS).ok


@pytest.mark.parametrize("seq", [1, 3, 6])
@pytest.mark.parametrize(
    "change",
    [
        "body = replace(body, 'r', 's')",
        "body = body || ' '",
        "at = '2001-01-01T00:00:00.000000+00:00'",
        "kind = 'undone'",
        f"hash = '{'f' * 64}'",
    ],
)
def test_the_first_changed_event_is_named(log, story, tamper, seq, change):
    """One byte of what an event says, its time, its kind or its hash: `verify` names it, and what stands before it."""
    tamper((f"UPDATE events SET {change} WHERE seq = ?", (seq,)))
    found = log.verify()
    assert not found.ok
    assert f"event {seq} " in found.problem
    assert found.events == seq - 1
    assert found.head == (story[seq - 2].hash if seq > 1 else GENESIS)
    assert len(found.problem.splitlines()) == 1


def test_the_first_of_several_is_named(log, story, tamper):
    """Later damage does not hide earlier damage."""
    tamper(
        ("UPDATE events SET body = '{}' WHERE seq = 5", ()),
        ("UPDATE events SET body = '{}' WHERE seq = 2", ()),
    )
    assert "event 2 " in log.verify().problem


def test_an_event_that_is_not_even_text_is_named(log, story, tamper):
    """Bytes that are no UTF-8 do not hide which event they are in."""
    tamper(("UPDATE events SET body = CAST(x'7bff7d' AS TEXT) WHERE seq = 4", ()))
    found = log.verify()
    assert not found.ok
    assert "event 4" in found.problem
    assert (found.events, found.head) == (3, story[2].hash)


@pytest.mark.parametrize("column", ["record_id", "stage", "actor"])
def test_changed_index_columns_are_found(log, story, tamper, column):
    """The columns beside the body decide what filters find, so they must say what it says."""
    tamper((f"UPDATE events SET {column} = 'x' WHERE seq = 3", ()))
    found = log.verify()
    assert not found.ok
    assert "event 3 " in found.problem and "index columns" in found.problem


def test_an_event_taken_out_is_found(log, story, tamper):
    """A gap is named by the number that is missing."""
    tamper(("DELETE FROM events WHERE seq = 3", ()))
    found = log.verify()
    assert not found.ok
    assert found.problem == "event 3 is missing"


def test_events_swapped_are_found(log, story, tamper):
    """Order is part of the chain."""
    tamper(
        ("UPDATE events SET seq = 99 WHERE seq = 3", ()),
        ("UPDATE events SET seq = 3 WHERE seq = 4", ()),
        ("UPDATE events SET seq = 4 WHERE seq = 99", ()),
    )
    assert "event 3 " in log.verify().problem


def test_a_cut_tail_is_found_with_a_head_printed_before(log, story, tamper):
    """The chain alone cannot tell that its end is gone; a printed head can."""
    tamper(("DELETE FROM events WHERE seq >= 5", ()))
    assert log.verify().ok
    assert log.verify(head=story[3].hash).ok
    found = log.verify(head=story[5].hash)
    assert not found.ok
    assert story[5].hash in found.problem and "cut off or rewritten" in found.problem


def test_a_rewritten_history_is_found_with_a_head_printed_before(log, story, tamper):
    """Somebody who computes the whole chain anew is found by a head they could not change."""
    rows = log._db.execute("SELECT seq, at, kind, body, salt FROM events ORDER BY seq").fetchall()
    before, changes = GENESIS, []
    for seq, at, kind, body, salt in rows:
        new = body.replace("exclude", "include")
        before = chain_hash(before, seq, at, kind, new, salt)
        changes.append(("UPDATE events SET body = ?, hash = ? WHERE seq = ?", (new, before, seq)))
    tamper(*changes)
    assert log.verify().ok
    assert not log.verify(head=story[-1].hash).ok
    assert log.verify(head=story[1].hash).ok, "the events before the rewriting are as they were"


@pytest.mark.parametrize(
    "change",
    [
        ("UPDATE records SET body = replace(body, 'a.ris 1', 'a.ris 7') WHERE number = 2", ()),
        ("UPDATE records SET body = '{}' WHERE number = 2", ()),
        ("UPDATE records SET body = 'x' WHERE number = 2", ()),
        ("UPDATE records SET digest = 'x' WHERE number = 2", ()),
        ("UPDATE records SET record_id = 'r000009' WHERE number = 2", ()),
        ("UPDATE records SET body = replace(body, 'r000002', 'r000009') WHERE number = 2", ()),
        ("DELETE FROM records WHERE number = 2", ()),
        ("DELETE FROM records WHERE number = 3", ()),
    ],
    ids=["title", "emptied", "not JSON", "digest", "id column", "id", "one gone", "last gone"],
)
def test_changed_records_are_found(log, story, tamper, change):
    """Every record is what the reading that brought it says, by content and by id."""
    tamper(change)
    found = log.verify()
    assert not found.ok
    assert "event 1" in found.problem
    assert found.events == 0


def test_records_that_no_reading_brought_are_found(log, story, path):
    """A record slipped in behind the last reading belongs to no event."""
    body = json.dumps({"record_id": "r000004", "title": "smuggled"})
    raw = sqlite3.connect(path)
    raw.execute("INSERT INTO records VALUES (4, 'r000004', 'x', ?)", (body,))
    raw.commit()
    raw.close()
    found = log.verify()
    assert not found.ok
    assert found.problem == "4 records are stored, but the log read 3"


def test_an_event_appended_without_its_place_in_the_chain_is_found(log, story, path):
    """The database lets anyone append; the chain does not."""
    raw = sqlite3.connect(path)
    raw.execute("INSERT INTO events VALUES (7, '', 'merged', 'r000002', '', '', '{}', '', 'x')")
    raw.commit()
    raw.close()
    assert log.verify().problem.startswith("event 7 ")


def test_an_event_of_a_kind_from_the_future_is_named(log, story, path):
    """A well-chained event that this version does not know is a problem with advice, not a traceback."""
    own = chain_hash(log.head[1], 7, "", "invented", "{}", "")
    raw = sqlite3.connect(path)
    raw.execute("INSERT INTO events VALUES (7, '', 'invented', '', '', '', '{}', '', ?)", (own,))
    raw.commit()
    raw.close()
    found = log.verify()
    assert (found.ok, found.events) == (False, 6)
    assert "event 7" in found.problem and "newer version" in found.problem


def test_verification_sees_one_moment_and_holds_nobody_up(log, path, reading, monkeypatch):
    """Another process reads a file while a log is verified: neither waits, and both are right."""
    log.append([Merged("r000002", "r000001", "doi")])
    other = EventLog.open(path)

    def meanwhile(event):
        if other.head[0] == 1:
            reading(other, 3)
        return index_columns(event)

    monkeypatch.setattr("asreview_mc.store.verify.index_columns", meanwhile)
    found = log.verify()
    assert (found.ok, found.events) == (True, 1)
    monkeypatch.undo()
    assert log.head[0] == 2
    other.append([Decided("r000001", "abstract", "R1", "include")])
    assert log.verify().events == other.verify().events == 3
    assert log.append([Decided("r000001", "abstract", "R2", "include")])[0].seq == 4
    other.close()
