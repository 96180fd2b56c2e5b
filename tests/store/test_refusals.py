"""Law 1: the database itself refuses to change what it holds, whatever program opens it."""

import sqlite3

import pytest

EVENTS = "seq, at, kind, record_id, stage, actor, body, salt, hash"
RECORDS = "number, record_id, digest, body"
COPIES = [
    # An old row's number; a new number with an old row's unique value; and the next number with it.
    ("events", "SELECT 2, at, kind, record_id, stage, actor, '{}', '', 'new' FROM events WHERE seq = 2"),
    ("events", "SELECT 7, at, kind, record_id, stage, actor, '{}', '', hash FROM events WHERE seq = 2"),
    ("events", "SELECT 9, at, kind, record_id, stage, actor, '{}', '', 'new' FROM events WHERE seq = 2"),
    ("events", "SELECT NULL, at, kind, record_id, stage, actor, '{}', '', hash FROM events WHERE seq = 2"),
    ("records", "SELECT 2, 'r000009', digest, '{}' FROM records WHERE number = 2"),
    ("records", "SELECT 4, record_id, digest, '{}' FROM records WHERE number = 2"),
    ("records", "SELECT 9, 'r000009', digest, '{}' FROM records WHERE number = 2"),
    ("records", "SELECT NULL, record_id, digest, '{}' FROM records WHERE number = 2"),
]
STATEMENTS = [
    "UPDATE events SET body = '{}' WHERE seq = 2",
    "UPDATE OR REPLACE events SET seq = 3 WHERE seq = 2",
    "UPDATE OR IGNORE events SET hash = 'x'",
    "DELETE FROM events WHERE seq = 6",
    "DELETE FROM events",
    "UPDATE records SET body = '{}' WHERE number = 2",
    "UPDATE OR REPLACE records SET number = 3 WHERE number = 2",
    "UPDATE OR IGNORE records SET digest = 'x'",
    "DELETE FROM records WHERE number = 3",
    "DELETE FROM records",
    *(
        f"INSERT {how} INTO {table} {rows}"
        for table, rows in COPIES
        for how in ("", "OR REPLACE", "OR IGNORE", "OR ROLLBACK")
    ),
    *(f"REPLACE INTO {table} {rows}" for table, rows in COPIES),
    *(f"INSERT INTO {table} {rows} ON CONFLICT DO UPDATE SET body = '[]'" for table, rows in COPIES),
]


@pytest.mark.parametrize("recursive", [0, 1])
def test_no_statement_changes_a_row(log, story, path, recursive):
    """UPDATE, DELETE, INSERT OR REPLACE and upsert are refused on both tables, through plain sqlite3."""
    raw = sqlite3.connect(path, isolation_level=None)
    raw.execute(f"PRAGMA recursive_triggers = {recursive}")
    before = [raw.execute(f"SELECT * FROM {table}").fetchall() for table in ("events", "records")]
    assert [len(rows) for rows in before] == [6, 3]
    for statement in STATEMENTS:
        with pytest.raises(sqlite3.IntegrityError, match=r"never|only appended"):
            raw.execute(statement)
        assert [raw.execute(f"SELECT * FROM {table}").fetchall() for table in ("events", "records")] == before
    raw.close()
    assert log.verify().ok


def test_the_statements_would_do_harm_without_the_refusals(log, story, path):
    """The statements of the test above are not refused for a reason of their own."""
    raw = sqlite3.connect(path, isolation_level=None)
    for (name,) in raw.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        raw.execute(f"DROP TRIGGER {name}")
    harmful = [one for one in STATEMENTS if one.startswith(("UPDATE", "DELETE", "INSERT OR REPLACE", "REPLACE"))]
    assert len(harmful) == 26
    for statement in harmful:
        raw.execute("BEGIN")
        assert raw.execute(statement).rowcount > 0, statement
        raw.execute("ROLLBACK")
    raw.close()


def test_values_of_the_wrong_type_are_refused(log, story, path):
    """Strict tables: no number where text belongs can slip past the hash."""
    raw = sqlite3.connect(path)
    with pytest.raises(sqlite3.IntegrityError):
        raw.execute("INSERT INTO events VALUES (7, '', 'decided', '', '', '', x'00', '', 'new')")
    with pytest.raises(sqlite3.IntegrityError):
        raw.execute("INSERT INTO events VALUES (7, '', 'decided', '', '', '', NULL, '', 'new')")
    raw.close()
