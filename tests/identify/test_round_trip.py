"""What we export is what we read: any record, through every format that can be written."""

from __future__ import annotations

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
# Items share a field: the semicolon between them, and the bracket of a list, can be no part of one.
ITEM = st.lists(
    st.text(CHARACTER.filter(lambda one: one not in ";["), min_size=1, max_size=8), min_size=1, max_size=3
).map(lambda words: " ".join([*words, "x"]))
ITEMS = st.lists(ITEM, max_size=4).map(tuple)
NAMES = st.text(ascii_letters, min_size=1, max_size=8)
YEAR = st.none() | st.integers(1000, 2999)
RECORDS = st.builds(
    Record,
    title=TEXT,
    abstract=MAYBE,
    authors=ITEMS,
    year=YEAR,
    date_online=MAYBE,
    journal=MAYBE,
    volume=MAYBE,
    issue=MAYBE,
    pages=st.sampled_from(["", "11-19", "e34", "S1-S9", "7"]),
    doi=st.just("") | st.from_regex(r"10\.[0-9]{4}/[a-z0-9.()_-]{0,9}[a-z0-9]", fullmatch=True),
    pmid=st.just("") | st.from_regex(r"[1-9][0-9]{0,7}", fullmatch=True),
    issn=st.just("") | st.from_regex(r"[0-9]{4}-[0-9]{3}[0-9X]", fullmatch=True),
    keywords=ITEMS,
    language=MAYBE,
    publication_type=st.sampled_from(["", "Article", "JOUR", "Review; Editorial", "Book Chapter"]),
    url=st.sampled_from(["", "https://example.org/1?a=b&c", "http://example.org/ü"]),
    notes=ITEMS,
    references=ITEMS,
).map(lambda record: replace(record, date=f"{record.year}-05-03" if record.year and record.year % 2 else ""))


def exported(path, record: Record) -> Record:
    state, head = State(), GENESIS
    read = ReferencesRead("a.ris", "ERIC", "database", "ris", "utf-8", "0" * 64, 1, 1, first="r000001")
    for seq, event in enumerate([ProtocolSet(template("micro-credentials"), by="R1", reason="start"), read], start=1):
        head = chain_hash(head, seq, "2024-01-01T00:00:00+00:00", event.kind, encode(event), "")
        state.feed([Logged(seq, "2024-01-01T00:00:00+00:00", event, head)])
    records = {"r000001": replace(record, record_id="r000001")}
    assert export(state, records, path, "all", None, head) == 1
    reading = references.read(path)
    assert (reading.found, reading.rejected, reading.stray) == (1, (), ())
    return reading.records[0]


@pytest.mark.parametrize("suffix", [".ris", ".csv", ".json"])
@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(record=RECORDS, extra=st.dictionaries(NAMES, st.lists(TEXT, min_size=1, max_size=2), max_size=2))
def test_every_field_comes_back(tmp_path, suffix, record, extra):
    """Any record, exported and read, has the same fields, also those without a place of their own."""
    given_extra = {name: texts for name, texts in extra.items() if name.lower() not in Record.__slots__}
    record = replace(record, extra=given_extra)
    found = exported(tmp_path / f"out{suffix}", record)
    assert replace(found, extra={}) == replace(record, extra={})
    assert record.extra.items() <= found.extra.items()


def test_decisions_in_ris_are_no_notes(tmp_path):
    """What we wrote into the notes comes back apart from the notes of the record."""
    found = exported(tmp_path / "out.ris", Record(title="T", notes=("mine",)))
    assert found.notes == ("mine",)
    assert "ASReview_not_seen" in found.extra["N1 of asreview-mc"]


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


@pytest.mark.parametrize("said", ['{"x": NaN}', "[" * 100_000, "[1]", "{", '{"id": 5}', "text"])
def test_a_note_that_only_looks_like_ours_breaks_nothing(tmp_path, said):
    """Strange JSON stays text, and every field in `extra` is a list of texts."""
    path = tmp_path / "in.ris"
    path.write_text(f"TY  - JOUR\nTI  - T\nN1  - ASReview_relevant\nN1  - asreview-mc extra: {said}\nER  - \n", "utf-8")
    (record,) = references.read(path).records
    assert all(isinstance(text, str) for texts in record.extra.values() for text in texts)
    assert record.digest
