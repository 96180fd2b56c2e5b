"""Following the chain, to see whether anybody changed, cut or reordered what was logged."""

from __future__ import annotations

import re
import sqlite3
from dataclasses import dataclass

from asreview_mc.core.errors import LogError, UnknownError
from asreview_mc.core.event import GENESIS, ReferencesRead, chain_hash, decode
from asreview_mc.store.rows import digest_of, index_columns, record_from, record_id

SHORTEST = 12


@dataclass(frozen=True, slots=True)
class Verification:
    """What following the chain came to.

    `ok` is False where `problem` names the first thing that is wrong; `events` counts the intact events before it and
    `head` is the hash of the last of them.
    """

    ok: bool
    events: int
    head: str
    problem: str = ""


def verify(db: sqlite3.Connection, head: str | None) -> Verification:
    """Follow the chain from the first event to the last, and every record to the event that brought it.

    Parameters
    ----------
    db : sqlite3.Connection
        Inside a transaction, so that nothing is appended meanwhile.
    head : str or None
        A hash printed earlier, or the first `SHORTEST` digits of it at least; it must stand in the chain.

    Raises
    ------
    UnknownError
        If `head` cannot be one.
    """
    if head is not None and not re.fullmatch(rf"[0-9a-f]{{{SHORTEST},64}}", head):
        raise UnknownError(
            f"{head!r} is no head of a log",
            remedy=f"Copy {SHORTEST} to 64 hexadecimal digits of it from an export or a report",
        )
    (state,) = db.execute("PRAGMA integrity_check(1)").fetchone()
    if state != "ok":
        return Verification(False, 0, GENESIS, f"SQLite finds the file damaged ({' '.join(state.split())})")
    events, before, seen, read = 0, GENESIS, head is None or GENESIS.startswith(head), 0
    rows = db.execute("SELECT seq, at, kind, record_id, stage, actor, body, salt, hash FROM events ORDER BY seq")
    while True:
        try:
            row = rows.fetchone()
            if row is None:
                break
            read += _check(db, row, events + 1, before)
        except (_Wrong, LogError, sqlite3.Error) as error:
            said = str(error) if isinstance(error, _Wrong) else f"event {events + 1} cannot be read ({error})"
            return Verification(False, events, before, said)
        events, before = row[0], row[-1]
        seen = seen or before.startswith(head or "")
    (stored,) = db.execute("SELECT COUNT(*) FROM records").fetchone()
    problem = "" if stored == read else f"{stored} records are stored, but the log read {read}"
    if not problem and not seen:
        problem = f"the head {head} is not in this chain: events were cut off or rewritten after it was printed"
    return Verification(not problem, events, before, problem)


class _Wrong(Exception):
    """The chain breaks here."""


def _check(
    db: sqlite3.Connection, row: tuple[int, str, str, str, str, str, str, str, str], expected: int, before: str
) -> int:
    """Return how many records an event brought, all found intact."""
    seq, at, kind, about, stage, actor, body, salt, own = row
    if seq != expected:
        raise _Wrong(f"event {expected} is missing")
    if chain_hash(before, seq, at, kind, body, salt) != own:
        raise _Wrong(f"event {seq} ({kind}) was changed or does not follow event {seq - 1}")
    event = decode(kind, body)
    if (about, stage, actor) != index_columns(event):
        raise _Wrong(f"event {seq} ({kind}) has index columns that differ from what it says")
    if isinstance(event, ReferencesRead):
        _check_reading(db, seq, event)
        return event.read
    return 0


def _check_reading(db: sqlite3.Connection, seq: int, event: ReferencesRead) -> None:
    first = int(event.first[1:]) if event.first else 1
    rows = db.execute(
        "SELECT * FROM records WHERE number >= ? AND number < ? ORDER BY number", (first, first + event.read)
    )
    digests = []
    for number, stored_id, digest, body in rows:
        record = record_from(body)
        if not (stored_id == record.record_id == record_id(number) and digest == record.digest):
            raise _Wrong(f"record {number}, read by event {seq} from {event.file}, was changed")
        digests.append(digest)
    if digest_of(digests) != event.digest:
        raise _Wrong(f"records read by event {seq} from {event.file} were changed or are missing")
