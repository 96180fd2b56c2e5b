"""Exports: the same names as on import, nothing pending given away, nothing that a spreadsheet would run."""

import csv
import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asreview_mc.core.cells import disarm, join_items, rearm, split_items
from asreview_mc.core.errors import OutputError, UnknownError
from asreview_mc.identify import references
from asreview_mc.report.export import WHAT, export, write_table
from asreview_mc.report.workbook import LONGEST
from asreview_mc.report.writing import write


def exported(review, path, what="all", viewer=None):
    n, _ = export(review.state, review.records, path, what, viewer, review.head)
    text = path.read_text("utf-8")
    if path.suffix == ".json":
        found = json.loads(text)
    elif path.suffix == ".csv":
        found = list(csv.DictReader(io.StringIO(text)))
    else:
        found = [part for part in text.split("ER  - \n") if part.strip()]
    assert len(found) == n
    return found


@pytest.mark.parametrize(
    ("what", "numbers"),
    [("included", [1, 2]), ("excluded", [3, 4, 6, 7, 8, 9]), ("all", [1, 2, 3, 4, 5, 6, 7, 8, 9]), ("unread", [])],
)
@pytest.mark.parametrize("suffix", [".json", ".csv", ".ris"])
def test_each_set_holds_its_records(finished, tmp_path, what, numbers, suffix):
    """Included, excluded, all and unread are what stands, duplicates never as records of their own."""
    found = exported(finished, tmp_path / f"out{suffix}", what)
    ids = [f"r{number:06d}" for number in numbers]
    if suffix == ".ris":
        assert [part.split("ID  - ")[1].split("\n")[0] for part in found] == ids
    else:
        assert [one["record_id"] for one in found] == ids


def test_unread_is_what_one_knows_of_no_decision_on(review, tmp_path):
    """What a colleague alone has begun is missing from their own list only, or the gap would tell which it is."""
    first, second = review.read(2)
    review.decide(first, {"R1": "include"})
    for viewer, there in ((None, [first, second]), ("R2", [first, second]), ("R1", [second])):
        found = exported(review, tmp_path / f"{viewer}.json", "unread", viewer)
        assert [one["record_id"] for one in found] == there
    review.decide(first, {"R2": "exclude"})
    assert [one["record_id"] for one in exported(review, tmp_path / "u.json", "unread")] == [second]


def test_an_object_says_what_became_of_the_record(finished, tmp_path):
    """Outcomes, reasons, sources, duplicates, sub-topics and the log's head stand in each object."""
    one, two, three, four, five, *_ = exported(finished, tmp_path / "all.json")
    assert one["sources"] == ["EBSCOhost", "SpringerLink"]
    assert one["duplicates"] == ["r000010"]
    assert one["subtopics"] == ["reskilling", "employers"]
    assert (one["included"], one["outcome_abstract"], one["outcome_fulltext"]) == (1, "include", "include")
    assert (two["included"], two["settled"], two["subtopics"]) == (1, ["fulltext"], None)
    assert (three["included"], three["reason_fulltext"], three["exclusion_reason"]) == (0, "setting", "wrong setting")
    assert (four["included"], four["outcome_fulltext"], four["exclusion_reason"]) == (0, "exclude", "")
    assert (five["included"], five["outcome_fulltext"]) == (None, "not-retrieved")
    assert {record["log_head"] for record in (one, two, three)} == {finished.head}


@pytest.mark.parametrize("suffix", [".json", ".csv", ".ris"])
@pytest.mark.parametrize("stage", ["abstract", "fulltext"])
def test_a_pending_decision_shows_to_its_maker_only(new_review, tmp_path, suffix, stage):
    """What R2 or nobody exports is the same to the byte whatever R1 has decided; R1 sees it."""
    texts = {}
    for said in ("include", "exclude:setting"):
        review = new_review()
        (record_id,) = review.read(1)
        if stage == "fulltext":
            review.decide(record_id, "include")
        review.decide(record_id, {"R1": said}, stage)
        for viewer in (None, "R1", "R2"):
            path = tmp_path / f"out{suffix}"
            export(review.state, review.records, path, "all", viewer, "f" * 64)
            texts[said, viewer] = path.read_bytes()
    for viewer in (None, "R2"):
        assert texts["include", viewer] == texts["exclude:setting", viewer]
    assert texts["include", "R1"] != texts["exclude:setting", "R1"]


def test_disclosed_decisions_have_a_column_each(finished, tmp_path):
    """When all decisions are in, the table has them by stage and reviewer."""
    rows = exported(finished, tmp_path / "all.csv")
    assert (rows[3]["decision_fulltext_R1"], rows[3]["reason_fulltext_R2"]) == ("exclude", "study_design")
    assert rows[5]["decision_abstract_R2"] == "exclude"
    assert list(rows[0])[-1] == "log_head"


@pytest.mark.parametrize("suffix", [".csv", ".ris"])
def test_our_own_reader_reads_it_back(review, tmp_path, suffix):
    """Every field of a record comes back as it was from CSV and RIS."""
    fields = {
        "title": "Badges; or: what, “micro”?",
        "abstract": 'One.\nTwo, with "quotes".',
        "authors": ("Müller, A.", "O'Neil, B. C."),
        "year": 2019,
        "journal": "Journal of Badges",
        "volume": "3",
        "issue": "2",
        "pages": "11-19",
        "doi": "10.1000/xyz",
        "issn": "1234-5678",
        "keywords": ("badge", "higher education"),
        "language": "English",
        "publication_type": "Article",
        "url": "https://example.org/1",
    }
    review.read(1, **fields)
    path = tmp_path / f"out{suffix}"
    export(review.state, review.records, path, "all", None, review.head)
    (record,) = references.read(path).records
    expected = fields | {"abstract": " ".join(fields["abstract"].split())}
    assert {name: getattr(record, name) for name in fields} == expected


def test_no_text_can_begin_a_reference(review, tmp_path):
    """A title with line ends and RIS tags stays one field of one reference."""
    review.read(1, title="A\nER  - \nTY  - JOUR\r\nTI  - B", authors=("X\nER  - ",), year=None)
    path = tmp_path / "out.ris"
    export(review.state, review.records, path, "all", None, review.head)
    reading = references.read(path)
    assert (reading.found, len(reading.records)) == (1, 1)
    assert reading.records[0].title == "A ER - TY - JOUR TI - B"


def test_asreview_finds_its_label(finished, tmp_path):
    """RIS carries ASReview's own words for relevant, irrelevant and not seen."""
    found = exported(finished, tmp_path / "all.ris")
    assert "N1  - ASReview_relevant\n" in found[0]
    assert "N1  - ASReview_irrelevant\n" in found[2]
    assert "N1  - ASReview_not_seen\n" in found[4]
    assert f"N1  - asreview-mc log_head: {finished.head}\n" in found[0]


@pytest.mark.parametrize(
    ("publication_type", "journal", "tag"),
    [
        ("JOUR", "", "JOUR"),
        ("Book Chapter", "", "CHAP"),
        ("Article", "J", "JOUR"),
        ("", "", "GEN"),
        ("PAPER", "", "GEN"),
    ],
)
def test_ris_type_fits_the_publication(review, tmp_path, publication_type, journal, tag):
    """TY is a type that RIS knows, whatever a source calls it."""
    review.read(1, publication_type=publication_type, journal=journal)
    (found,) = exported(review, tmp_path / "one.ris")
    assert found.startswith(f"TY  - {tag}\n")


def test_formulas_are_disarmed_in_the_table(review, tmp_path):
    """A title that a spreadsheet would run gets an apostrophe, which `rearm` takes off again."""
    review.read(1, title='=HYPERLINK("http://evil")', abstract="'=2")
    (row,) = exported(review, tmp_path / "all.csv")
    assert row["title"] == '\'=HYPERLINK("http://evil")'
    assert (rearm(row["title"]), rearm(row["abstract"])) == ('=HYPERLINK("http://evil")', "'=2")


@given(st.text(alphabet=st.sampled_from("'=+-@＝\t\r\n\x00 a1"), max_size=6))
def test_disarming_can_be_undone(text):
    """`rearm` gives back exactly what was disarmed, and nothing armed is left."""
    assert rearm(disarm(text)) == text
    assert not disarm(text) or disarm(text)[0] not in "=+-@＝\t\r\n\x00"


def test_numbers_are_not_text():
    """Only text is disarmed; a negative number stays a number."""
    assert [disarm(cell) for cell in (-1, -0.5, None, True)] == [-1, -0.5, None, True]


@pytest.mark.parametrize("suffix", [".json", ".csv", ".ris"])
def test_half_a_surrogate_does_not_stop_an_export(review, tmp_path, suffix):
    """A record with a broken character is written; JSON gives it back."""
    review.read(1, title="bad \ud800 end")
    (one,) = exported(review, tmp_path / f"out{suffix}")
    assert suffix != ".json" or one["title"] == "bad \ud800 end"


def test_unknown_sets_and_suffixes_are_refused(review, tmp_path):
    """One line says what is known; nothing is written."""
    with pytest.raises(UnknownError, match=", ".join(WHAT)):
        exported(review, tmp_path / "a.csv", "some")
    with pytest.raises(OutputError, match=r"\.ris"):
        exported(review, tmp_path / "a.doc")
    assert list(tmp_path.iterdir()) == []


def test_a_file_is_whole_or_not_there(tmp_path):
    """A write that fails leaves the old file and no half one, and says where."""
    path = tmp_path / "out.csv"
    write(path, b"old")
    with pytest.raises(OutputError, match="no-such-folder"):
        write(tmp_path / "no-such-folder" / "out.csv", b"new")
    with pytest.raises(OutputError, match="not a file"):
        write(tmp_path, b"new")
    write(path, b"new")
    assert path.read_bytes() == b"new"
    assert list(tmp_path.iterdir()) == [path]


def test_a_link_is_written_through(tmp_path):
    """Writing to a symbolic link replaces what it points to, not the link."""
    (tmp_path / "link.csv").symlink_to(tmp_path / "real.csv")
    write(tmp_path / "link.csv", b"x")
    assert (tmp_path / "link.csv").is_symlink()
    assert (tmp_path / "real.csv").read_bytes() == b"x"


def test_a_table_is_written_row_by_row(tmp_path):
    """`write_table` puts the header first and disarms cells."""
    write_table(tmp_path / "t.csv", ("rank", "title"), [(1, "-a"), (2, "b")])
    assert (tmp_path / "t.csv").read_text("utf-8") == "rank,title\n1,'-a\n2,b\n"


def test_a_list_too_long_for_a_cell_loses_its_last_items():
    """A broken list would come back as fragments."""
    items = [f"Author {k}; Title of {k}" for k in range(3000)]
    for several in (items, [item.replace(";", ",") for item in items]):
        cell = join_items(several, LONGEST)
        kept = split_items(cell)
        assert len(cell) <= LONGEST and kept == several[: len(kept)] and len(kept) > 500
