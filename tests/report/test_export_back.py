"""Exports read back: by our own readers in every format and by rispy, with what was decided and why."""

import csv
import io
import json

import pytest
import rispy
from openpyxl import load_workbook

from asreview_mc.identify import references
from asreview_mc.report.export import export
from asreview_mc.report.workbook import LONGEST

SUFFIXES = [".csv", ".xlsx", ".ris", ".bib"]
FIELDS = {
    "title": "Größe & “badges”: 5 % of {what}?",
    "abstract": "First line, with a comma; and = signs.",
    "authors": ("Müller, Anna", "O'Neil, B. C."),
    "year": 2019,
    "journal": "Journal of Badges & Credits",
    "volume": "3",
    "issue": "2",
    "pages": "11-19",
    "doi": "10.1000/xyz_1",
    "issn": "1234-5678",
    "keywords": ("badge", "higher education"),
    "language": "English",
    "url": "https://example.org/1?a=b&c=d",
}


def written(review, path, what="all"):
    export(review.state, review.records, path, what, None, review.head)
    return path


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_every_field_comes_back(review, tmp_path, suffix):
    """As it was, whatever signs it has; none is rejected and nothing is stray."""
    review.read(2, **FIELDS)
    reading = references.read(written(review, tmp_path / f"all{suffix}"))
    assert (reading.found, len(reading.records), list(reading.rejected)) == (2, 2, [])
    assert list(reading.stray) == []
    for record in reading.records:
        assert {name: getattr(record, name) for name in FIELDS} == FIELDS


def facts_of(review, path):
    """Return by title what a file says of outcome, reason, sub-topics and one reviewer's decision, all in one text."""
    if path.suffix == ".csv":
        rows = list(csv.DictReader(io.StringIO(path.read_text("utf-8"))))
        return {row["record_id"]: json.dumps(row, ensure_ascii=False) for row in rows}
    if path.suffix == ".xlsx":
        head, *rows = load_workbook(path)["records"].iter_rows(values_only=True)
        return {row[head.index("record_id")]: json.dumps(dict(zip(head, row, strict=True))) for row in rows}
    if path.suffix == ".json":
        return {one["record_id"]: json.dumps(one) for one in json.loads(path.read_text("utf-8"))}
    if path.suffix == ".ris":
        return {one["id"]: " ".join(one["notes"]) for one in rispy.loads(path.read_text("utf-8"))}
    entries = path.read_text("utf-8").split("\n@")
    return {entry.split("{")[1].split(",")[0]: entry.replace("\\_", "_") for entry in entries}


@pytest.mark.parametrize("suffix", [*SUFFIXES, ".json"])
def test_decisions_reasons_and_sub_topics_are_in_every_format(finished, tmp_path, suffix):
    """What stands, for which reason, on which sub-topics, and who had decided what."""
    found = facts_of(finished, written(finished, tmp_path / f"all{suffix}"))
    assert len(found) == 9
    assert "reskilling" in found["r000001"] and "employers" in found["r000001"]
    assert "wrong setting" in found["r000003"]
    for record_id, outcome in (("r000001", "include"), ("r000003", "exclude"), ("r000005", "not-retrieved")):
        assert outcome in found[record_id]
    for name in ("R1", "R2"):
        assert name in found["r000004"]
    assert finished.head in found["r000001"]


@pytest.mark.parametrize("what", ["included", "excluded", "all"])
def test_rispy_reads_what_we_write(finished, tmp_path, what):
    """As many references as we do, with the same titles, authors, years and identifiers."""
    finished.include(finished.read(1, "SpringerLink", **FIELDS)[0])
    path = written(finished, tmp_path / "out.ris", what)
    theirs = rispy.loads(path.read_text("utf-8"))
    ours = references.read(path).records
    assert [one["title"] for one in theirs] == [one.title for one in ours]
    for one, other in zip(theirs, ours, strict=True):
        assert int(one["year"]) == other.year
        assert tuple(one.get("authors", ())) == other.authors
        assert one.get("doi", "") == other.doi
        assert tuple(one.get("keywords", ())) == other.keywords
        assert one.get("abstract", "") == other.abstract


def test_a_spreadsheet_keeps_text_as_text(review, tmp_path):
    """No cell is a formula, no title becomes a date, and a number is a number."""
    review.read(1, title="=1+1", issue="1-2", volume="007", pages="3-4", year=2020)
    path = written(review, tmp_path / "all.xlsx")
    head, row = load_workbook(path)["records"].iter_rows(values_only=True)
    found = dict(zip(head, row, strict=True))
    assert (found["title"], found["issue"], found["volume"], found["year"]) == ("'=1+1", "1-2", "007", 2020)
    (record,) = references.read(path).records
    assert (record.title, record.issue, record.volume, record.pages) == ("=1+1", "1-2", "007", "3-4")


def test_a_cell_that_excel_cuts_is_named(review, tmp_path):
    """Whoever exports learns which cells are not whole; other formats hold everything."""
    review.read(1)
    review.read(1, title="-" * LONGEST, abstract="a" * LONGEST, references=("Doe 2010",) * 5000)
    for suffix, expected in ((".xlsx", ["r000002 title", "r000002 references"]), (".csv", []), (".ris", [])):
        done = export(review.state, review.records, tmp_path / f"all{suffix}", "all", None, review.head)
        assert (done.written, done.cut) == (2, expected)
    (_, row) = references.read(tmp_path / "all.xlsx").records
    assert (len(row.title), len(row.abstract)) == (LONGEST - 1, LONGEST)
