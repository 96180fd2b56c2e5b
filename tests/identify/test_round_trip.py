"""What we export is what we read: any record, through every format that can be written."""

from __future__ import annotations

import csv
from dataclasses import replace
from string import ascii_letters

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from asreview_mc.core.event import GENESIS, Logged, ProtocolSet, ReferencesRead, chain_hash, encode
from asreview_mc.core.protocol_file import template
from asreview_mc.core.record import Record
from asreview_mc.identify import references
from asreview_mc.report.export import export, write_table
from asreview_mc.review.state import State

CHARACTER = st.characters(categories=["L", "N", "P", "S"])
WORD = st.text(CHARACTER, min_size=1, max_size=8) | st.sampled_from(
    ["=1+1", "'-", "@x", "+", "“q”", '"', "a,b", "TY", "ER"]
)
TEXT = st.lists(WORD, min_size=1, max_size=5).map(" ".join)
MAYBE = st.just("") | TEXT
# What a reader takes for a list, a mark of its own, an identifier, a link or LaTeX.
TRAPS = (
    *(
        "Disease Models, Animal",
        "Cohort; 2010",
        "(a",
        "b)",
        "a|b",
        ";",
        ".",
        "[x]",
        '["a", "b"]',
        "[1",
        "&amp; x",
        "and",
    ),
    *("Doe, J., II, PhD", "R and D", "References: A 2010", "asreview-mc extra: {}", "ASReview_relevant", "1990--95"),
    *(
        "PMID: 12",
        "see https://doi.org/10.1234/ab",
        "e\u0301 & 5 % {x",
        "}",
        "$\\alpha$",
        "\\'{e}",
        "~",
        "first\nsecond",
    ),
)
ITEMS = st.lists(TEXT | st.sampled_from(TRAPS), max_size=4).map(tuple)
SINGLE = MAYBE | st.sampled_from([trap for trap in TRAPS if "\n" not in trap])
NAMES = st.text(ascii_letters, min_size=1, max_size=8) | st.sampled_from(
    ["title", "note", "sources", "DB", "a b", "é{"]
)
RECORDS = st.builds(
    Record,
    title=TEXT,
    abstract=SINGLE,
    authors=ITEMS,
    year=st.none() | st.integers(1000, 2999),
    date=SINGLE | st.sampled_from(["2019-05-03", "May 2019", "2019", "2019.0", "[2020]", "2021/05/03/"]),
    date_online=SINGLE,
    journal=SINGLE,
    volume=SINGLE,
    issue=SINGLE,
    pages=SINGLE | st.sampled_from(["11-19", "e34", "S1-S9", "7", "7-", "1–2", "3 - 4", "1-2-3", "1--2"]),
    doi=SINGLE | st.from_regex(r"10\.[0-9]{4}/[a-z0-9.()_%-]{0,9}[a-z0-9]", fullmatch=True),
    pmid=SINGLE | st.from_regex(r"[1-9][0-9]{0,7}", fullmatch=True),
    issn=SINGLE | st.from_regex(r"[0-9]{4}-[0-9]{3}[0-9X]", fullmatch=True),
    keywords=ITEMS,
    language=SINGLE,
    publication_type=SINGLE | st.sampled_from(["Article", "JOUR", "Review; Editorial", "Book Chapter", "PhD Thesis"]),
    url=SINGLE | st.sampled_from(["https://example.org/1?a=b&c_{d}", "https://doi.org/10.1234/ü", "pubmed/12"]),
    notes=ITEMS,
    references=ITEMS,
    extra=st.dictionaries(NAMES, st.lists(TEXT | st.sampled_from(TRAPS), min_size=1, max_size=2), max_size=2),
)


def exported(path, record: Record) -> Record:
    state, head = State(), GENESIS
    read = ReferencesRead("a.ris", "ERIC", "database", "ris", "utf-8", "0" * 64, 1, 1, first="r000001")
    for seq, event in enumerate([ProtocolSet(template("micro-credentials"), by="R1", reason="start"), read], start=1):
        head = chain_hash(head, seq, "2024-01-01T00:00:00+00:00", event.kind, encode(event), "")
        state.feed([Logged(seq, "2024-01-01T00:00:00+00:00", event, head)])
    records = {"r000001": replace(record, record_id="r000001")}
    assert export(state, records, path, "all", None, head).written == 1
    reading = references.read(path)
    assert (reading.found, reading.rejected, reading.stray) == (1, (), ())
    return reading.records[0]


def without_furniture(found: Record, record: Record) -> Record:
    """Leave out what the format and the review wrote beside the record."""
    kept = {name: found.extra.get(name, [])[: len(texts)] for name, texts in record.extra.items()}
    return replace(found, extra=kept)


@pytest.mark.parametrize("suffix", [".ris", ".bib", ".csv", ".xlsx", ".json"])
@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(record=RECORDS)
def test_every_field_comes_back(tmp_path, suffix, record):
    """Any record, exported and read, has the same fields, also those without a place of their own."""
    assert without_furniture(exported(tmp_path / f"out{suffix}", record), record) == record


@pytest.mark.parametrize("suffix", [".ris", ".bib"])
def test_what_was_corrected_by_hand_counts(tmp_path, suffix):
    """A field that the format itself can hold is not overruled by what we keep beside it."""
    path = tmp_path / f"out{suffix}"
    exported(path, Record(title="Wrong", keywords=("a", "b"), journal="J", notes=("x\ny",), extra={"X9": ["z"]}))
    path.write_text(path.read_text("utf-8").replace("Wrong", "Right"), "utf-8")
    (record,) = references.read(path).records
    assert (record.title, record.notes, record.extra["X9"]) == ("Right", ("x\ny",), ["z"])


def test_a_list_in_a_cell_stays_plain_where_it_can(tmp_path):
    """Other programs find items joined by a semicolon; only one that holds the separator makes the cell JSON."""
    path = tmp_path / "out.csv"
    exported(path, Record(title="T", keywords=("a;b", "c, d"), notes=("One; two", "three")))
    (row,) = csv.DictReader(path.read_text("utf-8").splitlines())
    assert (row["keywords"], row["notes"]) == ("a;b; c, d", '["One; two", "three"]')


@pytest.mark.parametrize(("suffix", "said"), [(".ris", "ASReview_not_seen"), (".bib", "outcome_abstract: pending")])
def test_decisions_are_no_notes(tmp_path, suffix, said):
    """What we wrote into the notes comes back apart from the notes of the record."""
    found = exported(tmp_path / f"out{suffix}", Record(title="T", notes=("mine",)))
    assert found.notes == ("mine",)
    assert said in " ".join(found.extra["N1 of asreview-mc"])


CELLS = st.lists(st.text(st.characters(codec="utf-8", exclude_categories=["C"]), max_size=9), min_size=2, max_size=2)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(CELLS, min_size=1, max_size=3))
def test_disarmed_cells_of_our_tables_come_back(tmp_path, rows):
    """A table with suggested sub-topics, read as a table, has the very cells that were written."""
    path = tmp_path / "out.csv"
    header = ["title", "abstract", "p_career", "suggested", "evidence"]
    write_table(path, header, [[*row, 0.5, "career", "{}"] for row in rows])
    table = references.read_table(path)
    assert [[row["title"], row["abstract"]] for row in table.rows] == rows


def test_an_apostrophe_in_another_table_is_text(tmp_path):
    """Only in our own tables is a leading apostrophe taken for our work."""
    path = tmp_path / "other.csv"
    path.write_text("title,year\n'-omics' in schools,2020\n", encoding="utf-8")
    assert references.read(path).records[0].title == "'-omics' in schools"


def test_a_table_of_records_is_read_back(tmp_path):
    """A RIS file made a table, and read again, holds the same records."""
    ris = tmp_path / "a.ris"
    ris.write_text("TY  - JOUR\nTI  - =T\nAU  - De Vries, Mary Ann\nX9  - a\nPY  - 2020\nER  - \n", encoding="utf-8")
    table = references.read_table(ris)
    csv = tmp_path / "a.csv"
    write_table(csv, table.columns, [list(row.values()) for row in table.rows])
    assert references.read(csv).records == references.read(ris).records


def test_a_table_of_ours_that_was_edited_by_hand(tmp_path):
    """A year or an extra that is none stays as text; nothing breaks."""
    path = tmp_path / "a.csv"
    columns = [name for name in Record.__slots__ if name != "record_id"]
    row = {"title": "T", "year": "soon", "extra": "not JSON"}
    write_table(path, columns, [[row.get(name, "") for name in columns]])
    record = references.read(path).records[0]
    assert (record.title, record.year, record.extra) == ("T", None, {"year": ["soon"], "extra": ["not JSON"]})


@pytest.mark.parametrize("said", ['{"x": NaN}', "[" * 100_000, "[1]", "{]}", '{"id": 5}', '{"doi": 5}', "text"])
@pytest.mark.parametrize(
    ("name", "whole"),
    [
        ("in.ris", "TY  - JOUR\nTI  - T\nN1  - ASReview_relevant\nN1  - asreview-mc extra: SAID\nER  - \n"),
        ("in.bib", "@article{a,\n title = {T},\n asreview-mc = {SAID}\n}\n"),
    ],
)
def test_a_note_that_only_looks_like_ours_breaks_nothing(tmp_path, name, whole, said):
    """Strange JSON stays text, and every field in `extra` is a list of texts."""
    path = tmp_path / name
    path.write_text(whole.replace("SAID", said), "utf-8")
    (record,) = references.read(path).records
    assert all(isinstance(text, str) for texts in record.extra.values() for text in texts)
    assert record.digest


def test_what_somebody_corrects_in_our_file_counts(tmp_path):
    """Beside what RIS cannot say, which stands there as JSON, a DOI added or a year corrected by hand is not undone."""
    path = tmp_path / "out.ris"
    exported(path, Record(title="T", year=2019, date="2019", notes=("no doi given",)))
    text = path.read_text("utf-8").replace("PY  - 2019", "PY  - 2021").replace("ER  - ", "DO  - 10.1234/new\nER  - ")
    path.write_text(text, "utf-8")
    (record,) = references.read(path).records
    assert (record.year, record.doi) == (2021, "10.1234/new")
