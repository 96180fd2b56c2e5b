"""ASReview's project files: records, and labels as decisions."""

from __future__ import annotations

import io
import json
import sqlite3
import zipfile

import pytest

from asreview_mc.core.errors import ReadError
from asreview_mc.identify import references
from asreview_mc.identify.asreview_file import decisions

RECORDS = [
    (
        0,
        "d",
        None,
        "Stacked badges",
        "What employers see.",
        '["Müller, Ann"]',
        '["badge"]',
        2021,
        "10.1000/A",
        "u",
        1,
        0,
    ),
    (1, "d", None, "", "", "[]", "[]", None, None, None, None, 1),
    (2, "d", 0, "Nested credentials", "", "[]", "[]", None, None, None, 0, 5),
]
RESULTS = [
    (5, 0, None, None, None, "not this", 1_700_000_000.5),
    (0, 1, "svm", "max", None, None, 1_700_000_060.0),
    (1, None, "svm", "max", None, None, None),
]


def database(version: int, *, records: bool, results: bool, folder) -> bytes:
    path = folder / "made.db"
    path.unlink(missing_ok=True)
    with sqlite3.connect(path) as made:
        made.execute(f"PRAGMA user_version = {version}")
        if records:
            made.execute(
                "CREATE TABLE record (dataset_row INTEGER, dataset_id VARCHAR, duplicate_of INTEGER, title VARCHAR, "
                "abstract VARCHAR, authors JSON, keywords JSON, year INTEGER, doi VARCHAR, url VARCHAR, "
                "included INTEGER, record_id INTEGER PRIMARY KEY)"
            )
            made.executemany(f"INSERT INTO record VALUES ({','.join('?' * 12)})", RECORDS)
        if results:
            made.execute(
                "CREATE TABLE results (record_id INTEGER UNIQUE, label INTEGER, classifier TEXT, querier TEXT, "
                "balancer TEXT, note TEXT, time FLOAT)"
            )
            made.executemany("INSERT INTO results VALUES (?,?,?,?,?,?,?)", RESULTS)
    made.close()
    return path.read_bytes()


def project(path, version: int):
    """Write a project file of version 2 or 3."""
    told = {"version": f"{version}.0", "name": "x", "reviews": [{"id": "ab12", "status": "review"}]}
    with zipfile.ZipFile(path, "w") as archive:
        if version == 3:
            told["project_file_version"] = 3
            archive.writestr("results.db", database(3, records=True, results=True, folder=path.parent))
        else:
            archive.writestr("data_store.db", database(0, records=True, results=False, folder=path.parent))
            archive.writestr("reviews/ab12/results.db", database(2, records=False, results=True, folder=path.parent))
        archive.writestr("project.json", json.dumps(told))
        archive.writestr("../outside.txt", "never unpacked")
    return path


@pytest.mark.parametrize("version", [2, 3])
def test_records(tmp_path, version):
    """Both versions give every row: read, or rejected where it has no text."""
    path = project(tmp_path / "a.asreview", version)
    reading = references.read(path)
    assert (reading.format, reading.found, len(reading.records), len(reading.rejected)) == ("asreview", 3, 2, 1)
    first = reading.records[0]
    assert (first.title, first.authors, first.keywords, first.year) == (
        "Stacked badges",
        ("Müller, Ann",),
        ("badge",),
        2021,
    )
    assert (first.doi, first.url, first.extra["included"]) == ("10.1000/a", "u", ["1"])
    assert reading.records[1].extra["duplicate_of"] == ["0"]
    assert reading.rejected[0].position == "row 2"


@pytest.mark.parametrize("version", [2, 3])
def test_labels_are_decisions(tmp_path, version):
    """In reading order; a record that is only on screen has none; without a querier it was known before."""
    path = project(tmp_path / "a.asreview", version)
    assert decisions(path) == [
        (2, 0, "not this", "2023-11-14T22:13:20+00:00", True),
        (0, 1, None, "2023-11-14T22:14:20+00:00", False),
    ]
    table = references.read_table(path)
    assert table.records[decisions(path)[0].row].title == "Nested credentials"


def test_nothing_is_written_beside_the_file(tmp_path):
    """Reading unpacks elsewhere, only what it needs, and leaves nothing behind."""
    inner = tmp_path / "inner"
    inner.mkdir()
    path = project(inner / "a.asreview", 3)
    (inner / "made.db").unlink()
    references.read(path)
    decisions(path)
    assert [one.name for one in tmp_path.rglob("*")] == ["inner", "a.asreview"]


def made_of(**members) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in members.items():
            archive.writestr(name.replace("_", "."), content)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (made_of(project_json='{"version": "1.6"}'), "version 1"),
        (made_of(project_json='{"version": "2.1"}'), "without records"),
        (
            made_of(project_json='{"version": "3.0", "project_file_version": 3}', results_db=b"SQLite nonsense" * 100),
            "damaged",
        ),
        (made_of(project_json="[1"), "damaged"),
        (made_of(project_json='{"version": "2.1"}')[:-30], "damaged"),
    ],
)
@pytest.mark.parametrize("door", [references.read, decisions])
def test_unusable_projects_are_refused_in_one_line(tmp_path, data, words, door):
    """What is wrong, and where, on one line."""
    path = tmp_path / "a.asreview"
    path.write_bytes(data)
    with pytest.raises(ReadError, match=words) as caught:
        door(path)
    assert "\n" not in str(caught.value)


def test_a_table_is_no_project(tmp_path):
    """Labels are asked for only of a project file."""
    path = tmp_path / "a.csv"
    path.write_text("title\nx\n")
    with pytest.raises(ReadError, match="no project file"):
        decisions(path)


@pytest.mark.parametrize("name", ["asreview-demo-project.asreview", "asreview-demo-project-v2.asreview"])
def test_real_project(shared_data, name):
    """The same review in both versions: a hundred records, 23 labels, and one more on screen."""
    path = shared_data / "exports" / name
    said = decisions(path)
    assert (references.read(path).found, len(said), sum(one.label for one in said)) == (100, 23, 9)
    assert said[0].row == 69
