"""Several processes at once, and processes that are killed."""

import random
import subprocess
import sys
import time

import pytest

from asreview_mc.core.event import Decided
from asreview_mc.store.log import EventLog

APPEND = """
import sys
from pathlib import Path
from asreview_mc.core.event import Decided
from asreview_mc.store.log import EventLog
log = EventLog.open(Path(sys.argv[1]))
for k in range(int(sys.argv[3])):
    events = [Decided(f"r{k:06d}", "abstract", sys.argv[2], "include", note=part) for part in ("first", "second")]
    print(*(logged.seq for logged in log.append(events)), flush=True)
"""
READ = """
import sys
from pathlib import Path
from asreview_mc.core.event import ReferencesRead
from asreview_mc.core.record import Record
from asreview_mc.store.log import EventLog
log = EventLog.open(Path(sys.argv[1]))
for k in range(8):
    event = ReferencesRead(f"{sys.argv[2]}-{k}", sys.argv[2], "database", "ris", "utf-8", "0", 5, 5)
    _, named = log.append_reading(event, [Record(title=f"{sys.argv[2]} {k} {n}") for n in range(5)])
    print(named[0].record_id, flush=True)
"""


def start(script: str, *arguments: object) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "-c", script, *map(str, arguments)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


@pytest.mark.parametrize("n", [2, 4])
def test_processes_that_decide_at_once_all_succeed(log, path, n):
    """No event is lost, none is torn from the one appended with it, and the chain holds."""
    workers = [start(APPEND, path, f"R{k}", 25) for k in range(n)]
    acknowledged = []
    for worker in workers:
        said, wrong = worker.communicate(timeout=120)
        assert (worker.returncode, wrong) == (0, "")
        pairs = [tuple(map(int, line.split())) for line in said.splitlines()]
        assert all(second == first + 1 for first, second in pairs)
        acknowledged += [seq for pair in pairs for seq in pair]
    assert sorted(acknowledged) == list(range(1, 50 * n + 1))
    events = [logged.event for logged in log.events()]
    for k in range(n):
        own = [(event.record_id, event.note) for event in events if event.reviewer == f"R{k}"]
        assert own == [(f"r{number:06d}", part) for number in range(25) for part in ("first", "second")]
    found = log.verify()
    assert (found.ok, found.events) == (True, 50 * n)


def test_processes_that_read_files_at_once_share_the_ids_without_gaps(log, path):
    """Law 13: r000001 and so on without gap or double, each file's records side by side."""
    workers = [start(READ, path, name) for name in ("A", "B")]
    for worker in workers:
        _, wrong = worker.communicate(timeout=120)
        assert (worker.returncode, wrong) == (0, "")
    records = log.records()
    assert [record.record_id for record in records] == [f"r{k:06d}" for k in range(1, 81)]
    readings = [logged.event for logged in log.events()]
    assert [event.first for event in readings] == [f"r{k:06d}" for k in range(1, 81, 5)]
    for k, event in enumerate(readings):
        wanted = [f"{event.source} {event.file.split('-')[1]} {n}" for n in range(5)]
        assert [record.title for record in records[5 * k : 5 * k + 5]] == wanted
    assert log.verify().ok


def test_nothing_acknowledged_is_lost_when_a_process_is_killed(path):
    """SIGKILL at any moment: what was acknowledged is there, nothing is half-written, no repair is needed."""
    EventLog.create(path).close()
    draw = random.Random(3)
    killed = 0
    for _ in range(10):
        opened = EventLog.open(path)
        before = opened.head[0]
        opened.close()
        worker = start(APPEND, path, "R1", 100_000)
        first = worker.stdout.readline()
        time.sleep(draw.uniform(0, 0.12))
        worker.kill()
        rest, wrong = worker.communicate(timeout=120)
        assert wrong == ""
        killed += worker.returncode == -9
        lines = [line.split() for line in (first + rest).splitlines(keepends=True) if line.endswith("\n")]
        acknowledged = [int(seq) for line in lines for seq in line]
        assert acknowledged == list(range(before + 1, before + len(acknowledged) + 1))
        log = EventLog.open(path)
        assert log.head[0] in (acknowledged[-1], acknowledged[-1] + 2), "at most one append was under way"
        found = log.verify()
        assert (found.ok, found.events) == (True, log.head[0])
        assert len(log.events()) % 2 == 0
        assert log.append([Decided("r000001", "abstract", "R2", "maybe")] * 2)[0].seq == found.events + 1
        log.close()
    assert killed == 10
