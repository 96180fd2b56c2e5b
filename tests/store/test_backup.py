"""Copies: whole, verified, made while others write, never over anything."""

import os
import stat

import pytest

from asreview_mc.core.errors import LogError
from asreview_mc.core.event import Decided
from asreview_mc.store.backup import copy_to, put_in_place, set_aside
from asreview_mc.store.log import EventLog

DECISION = Decided("r000001", "abstract", "R1", "include")


def test_a_copy_holds_every_event_and_record_and_is_one_private_file(log, story, tmp_path):
    """It is a review's database of its own."""
    target = tmp_path / "copy.db"
    found = copy_to(log, target)
    assert (found.ok, found.events, found.head) == (True, 6, log.head[1])
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert sorted(one.name for one in tmp_path.iterdir() if one.name.startswith(("copy", "."))) == ["copy.db"]
    copy = EventLog.open(target)
    assert copy.events() == log.events()
    assert copy.records() == log.records()
    copy.append([DECISION])
    copy.close()
    assert log.head[0] == 6


def test_what_is_not_committed_yet_is_not_copied(log, story, path, tmp_path):
    """Somebody else is in the middle of a step: the copy is of the moment before."""
    other = EventLog.open(path)
    with other.transaction():
        other.append([DECISION])
        assert copy_to(log, tmp_path / "copy.db").events == 6
    other.close()


def test_nothing_is_ever_overwritten(log, story, tmp_path):
    """Not even an empty file."""
    target = tmp_path / "copy.db"
    target.touch()
    with pytest.raises(LogError, match="there already"):
        copy_to(log, target)
    assert target.read_bytes() == b""
    with pytest.raises(LogError, match="cannot be written"):
        copy_to(log, tmp_path / "nowhere" / "copy.db")


def test_a_broken_chain_is_not_copied(log, story, tamper, tmp_path):
    """A backup that does not verify would be found out when it is needed."""
    tamper(("UPDATE events SET body = replace(body, 'include', 'exclude') WHERE seq = 2", ()))
    with pytest.raises(LogError, match="event 2"):
        copy_to(log, tmp_path / "copy.db")
    assert not [one for one in tmp_path.iterdir() if not one.name.startswith("review.db")]


def test_a_name_is_given_once_with_or_without_hard_links(tmp_path, monkeypatch):
    """Some file systems have none."""

    def refuse(*_):
        raise OSError("no links here")

    for place, links in enumerate((True, False)):
        target = tmp_path / f"named{place}"
        for wanted, content in ((True, "first"), (False, "second")):
            part = tmp_path / f"part of {content}"
            part.write_text(content)
            if not links:
                monkeypatch.setattr(os, "link", refuse)
            if wanted:
                put_in_place(part, target)
            else:
                with pytest.raises(FileExistsError):
                    put_in_place(part, target)
        assert target.read_text() == "first"


def test_a_database_is_moved_aside_with_what_belongs_to_it(log, story, path):
    """The write-ahead log may hold its last events."""
    aside = set_aside(path, "old.db")
    assert not path.exists()
    moved = EventLog.open(aside)
    assert moved.head[0] == 6
    moved.close()


def test_time_may_run_backwards(log, monkeypatch):
    """Order is the log's own; a clock that was set back breaks nothing."""
    from datetime import UTC, datetime, timedelta

    from asreview_mc.store import log as module

    class Clock(datetime):
        offset = timedelta()

        @classmethod
        def now(cls, tz=None):
            return datetime(2026, 1, 1, tzinfo=UTC) + cls.offset

    monkeypatch.setattr(module, "datetime", Clock)
    for hours in (5, 0, -100, 3):
        Clock.offset = timedelta(hours=hours)
        log.append([DECISION])
    times = [one.at for one in log.events()]
    assert times != sorted(times)
    assert [one.seq for one in log.events()] == [1, 2, 3, 4]
    assert log.verify().ok
