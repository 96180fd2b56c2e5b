"""Damaged files of every format: no crash, no hang, and the numbers add up."""

from __future__ import annotations

import io
import json
import sqlite3
import zipfile
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from asreview_mc.core.errors import ReadError
from asreview_mc.identify import references
from asreview_mc.identify.asreview_file import decisions

QUIRKS = sorted((Path(__file__).parent / "quirks").iterdir())
PIECES = [
    *(
        b"",
        b'"',
        b"'",
        b"\n",
        b"\r",
        b",",
        b";",
        b"\t",
        b"\x00",
        b"\xe9",
        b"\xff\xfe",
        b"\xef\xbb\xbf",
        b"[",
        b"{",
        b"}",
    ),
    *(b"TY  - ", b"ER  -", b"\nTY - X\n", b"PMID- ", b"%0 ", b"PT J\n", b"EF\n", b"@a{", b"\n@book(x,", b" # ", b"\\"),
    *(b"<record>", b"</record>", b"<style>", b"<!--", b"]]>", b"&a;", b"&#0;", b"\xf0\x9f\x98\x80", b"\xc2\x85"),
    b"9" * 30,
]
CHANGES = st.lists(
    st.tuples(st.integers(0, 10_000), st.integers(0, 40), st.sampled_from(PIECES)), min_size=1, max_size=6
)


def changed(data: bytes, changes) -> bytes:
    """Put pieces into `data`, each in the place of some of its bytes."""
    result = bytearray(data)
    for place, length, piece in changes:
        start = place % (len(result) + 1)
        result[start : start + length] = piece
    return bytes(result)


def check(path: Path, data: bytes) -> None:
    """Read `data` through both doors and check what must hold of any file."""
    path.write_bytes(data)
    try:
        reading = references.read(path)
    except ReadError as error:
        assert "\n" not in str(error)
        return
    assert reading.found == len(reading.records) + len(reading.rejected)
    assert all(len(note.excerpt) <= 120 for note in (*reading.rejected, *reading.stray))
    assert all(json.dumps(record.to_dict()) and len(record.digest) == 64 for record in reading.records)
    table = references.read_table(path)
    assert len(table.rows) == len(table.records) >= reading.found
    assert [record for record in table.records if record] == list(reading.records)


def fuzz(folder, quirk: Path, changes) -> None:
    check(folder.getbasetemp() / f"fuzzed{quirk.suffix}", changed(quirk.read_bytes(), changes))


@settings(max_examples=600, deadline=None)
@given(quirk=st.sampled_from(QUIRKS), changes=CHANGES)
def test_damaged_text(tmp_path_factory, quirk, changes):
    """Whatever bytes are changed, every record found is read or rejected, every row kept, or the file refused."""
    fuzz(tmp_path_factory, quirk, changes)


@pytest.mark.slow
@settings(max_examples=20_000, deadline=None)
@given(quirk=st.sampled_from(QUIRKS), changes=CHANGES)
def test_damaged_text_at_length(tmp_path_factory, quirk, changes):
    """The same, with more patience."""
    fuzz(tmp_path_factory, quirk, changes)


@settings(max_examples=150, deadline=None)
@given(
    data=st.lists(st.sampled_from(PIECES), max_size=40).map(b"".join), suffix=st.sampled_from([".csv", ".ris", ".xml"])
)
def test_fragments_of_every_format(tmp_path_factory, data, suffix):
    """Files made of nothing but the marks of all formats."""
    check(tmp_path_factory.getbasetemp() / f"pieces{suffix}", data)


def workbook() -> bytes:
    book = openpyxl.Workbook()
    for row in (["Title", "Year"], ["One", 2019], ["Two", None]):
        book.active.append(row)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def project() -> bytes:
    made = sqlite3.connect(":memory:")
    made.execute(
        "CREATE TABLE record (record_id INTEGER PRIMARY KEY, title TEXT, abstract TEXT, authors TEXT, year INT)"
    )
    made.execute("INSERT INTO record VALUES (0, 'One', 'a', '[\"A, B\"]', 2019)")
    made.execute("CREATE TABLE results (record_id INT, label INT, note TEXT, time FLOAT, querier TEXT)")
    made.execute("INSERT INTO results VALUES (0, 1, NULL, 1.5, 'max')")
    made.commit()
    content = made.serialize()
    made.close()
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("project.json", '{"version": "3.0", "project_file_version": 3}')
        archive.writestr("results.db", content)
    return buffer.getvalue()


PLACES = st.lists(st.tuples(st.integers(0, 100_000), st.integers(0, 255)), min_size=1, max_size=20)


@pytest.mark.parametrize("made", [workbook, project])
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(places=PLACES)
def test_damaged_archive(tmp_path, made, places):
    """No damage to a workbook or a project file is a fault of ours."""
    data = bytearray(made())
    for place, byte in places:
        data[place % len(data)] = byte
    path = tmp_path / "fuzzed.zip"
    check(path, bytes(data))
    try:
        assert all(said.label in (0, 1) for said in decisions(path))
    except ReadError as error:
        assert "\n" not in str(error)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(places=PLACES)
def test_damaged_database_in_a_sound_archive(tmp_path, places):
    """A database that SQLite opens but cannot read through is refused."""
    with zipfile.ZipFile(io.BytesIO(project())) as archive:
        data = bytearray(archive.read("results.db"))
    for place, byte in places:
        data[place % len(data)] = byte
    path = tmp_path / "a.asreview"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("project.json", '{"version": "3.0", "project_file_version": 3}')
        archive.writestr("results.db", bytes(data))
    check(path, path.read_bytes())
