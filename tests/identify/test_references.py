"""The front door: content decides, bad files are refused in one line, and the numbers always add up."""

from __future__ import annotations

import hashlib
import io
import zipfile

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from asreview_mc.core.errors import ReadError
from asreview_mc.identify import references
from asreview_mc.identify.reading import Reading

RIS = "TY  - JOUR\nTI  - One é\nAU  - Berger, A.\nER  -\n\nTY  - JOUR\nN1  - nothing\nER  -\nstray\n".encode()
CSV = 'Title,Abstract,DOI\nOne,"a\nb é",10.1000/a\n,,\nNo text,,\n,,x\n'.encode()


def xlsx() -> bytes:
    book = openpyxl.Workbook()
    for row in (["Title", "Year"], ["One", 2019], ["Two", None]):
        book.active.append(row)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def archive(name: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        file.writestr(name, "x")
    return buffer.getvalue()


def saved(folder, name: str, data: bytes):
    path = folder / name
    path.write_bytes(data)
    return path


@pytest.mark.parametrize(
    ("name", "data", "kind"),
    [
        ("a.ris", RIS, "ris"),
        ("a.txt", RIS, "ris"),
        ("a.csv", RIS, "ris"),
        ("a", RIS, "ris"),
        ("a.csv", CSV, "csv"),
        ("a.ris", CSV, "csv"),
        ("a.txt", CSV.replace(b",", b"\t"), "tsv"),
        ("a.csv", CSV.replace(b",", b";"), "csv"),
        ("a.xlsx", xlsx(), "xlsx"),
        ("a.csv", xlsx(), "xlsx"),
    ],
)
def test_content_decides_not_the_suffix(tmp_path, name, data, kind):
    """A wrongly labelled file is read as what it is."""
    assert references.read(saved(tmp_path, name, data)).format == kind


def test_a_table_with_ris_in_a_cell_is_a_table(tmp_path):
    """Only where both readings are possible does the suffix decide."""
    data = b'title,notes\nOne,"TY  - JOUR\nTY  - JOUR\n"\n'
    assert references.read(saved(tmp_path, "a.csv", data)).format == "csv"


def test_reading_accounts_for_everything(tmp_path):
    """Found, read, rejected and stray, each with its place, and the digest of the bytes."""
    path = saved(tmp_path, "a.ris", RIS)
    reading = references.read(path)
    assert (reading.path, reading.encoding, reading.sha256) == (path, "utf-8", hashlib.sha256(RIS).hexdigest())
    assert (reading.found, [record.title for record in reading.records]) == (2, ["One é"])
    assert reading.records[0].record_id == ""
    assert reading.rejected == (
        references.Reject("line 6", "has no title, abstract or DOI", "TY - JOUR / N1 - nothing"),
    )
    assert reading.stray == (references.Stray("line 9", "stray"),)


def test_numbers_that_do_not_add_up_are_a_fault_of_ours(tmp_path):
    """A reading that lost a record cannot be made."""
    with pytest.raises(ValueError, match="2 records found, but 0 read and 1 rejected"):
        Reading(tmp_path, "ris", "utf-8", "", 2, (), (references.Reject("line 1", "x", "y"),), ())


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("a.ris", b"", "is empty"),
        ("a.ris", b"\xef\xbb\xbf\r\n \n", "is empty"),
        ("a.ris", archive("word/document.xml"), "is a zip archive"),
        ("a.csv", b"\x89PNG\r\n\x1a\n" + bytes(50), "is a PNG image"),
        ("a.ris", b"\xff\xd8\xff\xe0" + bytes(50), "is a JPEG image"),
        ("a.ris", b"%PDF-1.7\n", "is a PDF document"),
        ("a.csv", b"\x1f\x8b\x08" + bytes(50), "is compressed with gzip"),
        ("a.ris", bytes(range(256)) * 4, "is not text"),
        ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "old Excel workbook"),
        (
            "a.xlsx",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "EncryptedPackage".encode("utf-16-le"),
            "protected by a password",
        ),
        ("a.xlsx", xlsx()[:-200], "damaged XLSX"),
        ("a.xlsx", archive("xl/workbook.xml"), "damaged XLSX"),
        ("a.csv", b"name,year\nx,2019\n", "no heading is a title, abstract or DOI column"),
        ("a.ris", b"Dear colleague,\nplease find attached\n", "no line begins a RIS record"),
        ("a.ris", b"<!DOCTYPE html>\n<html>", "a web page"),
        ("a.xml", b"<?xml version='1.0'?><xml/>", "holds XML"),
        ("a.bib", b"@article{a, title={T}}", "holds BibTeX"),
        ("a.nbib", b"PMID- 1\nTI  - T\n", "NBIB"),
        ("a.enw", b"%0 Journal Article\n%T T\n", "ENW"),
        ("a.ciw", b"FN Clarivate\nVR 1.0\nPT J\n", "CIW"),
        ("a.json", b'[{"title": "T"}]', "JSON"),
    ],
)
@pytest.mark.parametrize("door", [references.read, references.read_table])
def test_unusable_file_is_refused_in_one_line(tmp_path, door, name, data, words):
    """What is wrong, where, and what to do, on one line."""
    path = saved(tmp_path, name, data)
    with pytest.raises(ReadError) as caught:
        door(path)
    message = str(caught.value)
    assert words in message
    assert message.startswith(f"{path}: ")
    assert caught.value.remedy
    assert "\n" not in message


def test_missing_file_and_folder_are_refused(tmp_path):
    """Neither is read as empty."""
    with pytest.raises(ReadError, match="does not exist"):
        references.read(tmp_path / "no.ris")
    with pytest.raises(ReadError, match="is a folder"):
        references.read(tmp_path)


def test_read_table_keeps_every_row_of_a_csv(tmp_path):
    """As many rows come back as went in, blank ones too, with None where there is no record."""
    table = references.read_table(saved(tmp_path, "a.csv", CSV))
    assert table.columns == ("Title", "Abstract", "DOI")
    assert [row["DOI"] for row in table.rows] == ["10.1000/a", "", "", "x"]
    assert table.rows[0]["Abstract"] == "a\nb é"
    assert [record and record.title for record in table.records] == ["One", None, "No text", None]


def test_read_table_of_ris_has_the_fields_of_a_record(tmp_path):
    """A RIS file is a table of records, the one without text among them."""
    table = references.read_table(saved(tmp_path, "a.ris", RIS))
    assert table.columns[:3] == ("title", "abstract", "authors")
    assert [row["title"] for row in table.rows] == ["One é", ""]
    assert table.rows[1]["notes"] == "nothing"
    assert [record is None for record in table.records] == [False, True]


SEEDS = [
    RIS,
    RIS.replace(b"\n", b"\r\n"),
    RIS.decode().encode("utf-16"),
    CSV,
    CSV.replace(b",", b";"),
    b'\xef\xbb\xbftitle\tabstract\n"One"\t"a"\nTwo\t"b\n',
]
CHANGES = st.lists(
    st.tuples(
        st.integers(0, 400), st.sampled_from([b"", b'"', b"\n", b"\r", b",", b"\x00", b"\xe9", b"TY  - ", b"ER  -"])
    ),
    max_size=6,
)


@settings(max_examples=150, deadline=None)
@given(seed=st.sampled_from(SEEDS), changes=CHANGES)
def test_found_is_read_plus_rejected_for_damaged_files(tmp_path_factory, seed, changes):
    """Whatever bytes are changed, every record found is read or rejected, every row kept, or the file refused."""
    data = bytearray(seed)
    for place, piece in changes:
        start = place % (len(data) + 1)
        data[start : start + 1] = piece
    path = tmp_path_factory.getbasetemp() / "fuzzed.ris"
    path.write_bytes(data)
    try:
        reading = references.read(path)
    except ReadError:
        return
    assert reading.found == len(reading.records) + len(reading.rejected)
    assert all(len(note.excerpt) <= 120 for note in (*reading.rejected, *reading.stray))
    table = references.read_table(path)
    assert len(table.rows) == len(table.records) >= reading.found
    assert [record for record in table.records if record] == list(reading.records)


@settings(max_examples=60, deadline=None)
@given(places=st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 255)), min_size=1, max_size=20))
def test_damaged_workbook_is_read_or_refused(tmp_path_factory, places):
    """No damage to a workbook is a fault of ours."""
    data = bytearray(xlsx())
    for place, byte in places:
        data[place % len(data)] = byte
    path = tmp_path_factory.getbasetemp() / "fuzzed.xlsx"
    path.write_bytes(data)
    try:
        reading = references.read(path)
    except ReadError:
        return
    assert reading.found == len(reading.records) + len(reading.rejected)


# Found, read, rejected, stray; whatever is not all read has its reason beside it.
EXPORTS = {
    "_baseline.ris": (100, 100, 0, 0),
    "asysd_ris_export.txt": (69, 69, 0, 0),
    "asysd_scopus.ris": (10, 10, 0, 0),
    "asysd_wos_test.ris": (50, 50, 0, 0),
    "asysd_zotero_export.csv": (1233, 1233, 0, 0),
    "asysd_zotero_export.ris": (1000, 1000, 0, 0),
    "baseline_empty_values.ris": (4, 4, 0, 0),
    # Every record is a type and at most a note, with nothing to screen.
    "baseline_reference_types.ris": (61, 0, 61, 0),
    "baseline_tag-notes_labels.ris": (32, 32, 0, 0),
    "baseline_zotero.ris": (100, 100, 0, 0),
    # Four rows hold only "10.4" and the like, which is no DOI.
    "duplicate_records.csv": (14, 10, 4, 0),
    "embase.csv": (6, 6, 0, 0),
    "embase.ris": (6, 6, 0, 0),
    "embase_newpage.csv": (6, 6, 0, 0),
    "faulty_year.ris": (1, 1, 0, 0),
    "generic_bad_record_id.csv": (6, 6, 0, 0),
    "generic_column_names_with_spaces.csv": (2, 2, 0, 0),
    "generic_labels.csv": (6, 6, 0, 0),
    "generic_partial_labels.csv": (6, 6, 0, 0),
    "generic_semicolon.csv": (2, 2, 0, 0),
    "generic_tab.tsv": (2, 2, 0, 0),
    "missing_values.csv": (4, 4, 0, 0),
    # Three lines a record stand outside: Ovid's number, NL after ER, and a link.
    "ovid_psycinfo.ris": (6, 6, 0, 18),
    "ovid_zotero.ris": (6, 6, 0, 0),
    "proquest.ris": (6, 6, 0, 0),
    "pubmed_endnote.txt": (6, 6, 0, 0),
    "pubmed_zotero.ris": (6, 6, 0, 0),
    "ris_issue_1099.txt": (7, 7, 0, 0),
    "ris_issue_992.txt": (19, 19, 0, 0),
    "scopus.ris": (6, 6, 0, 0),
    "web_of_science.txt": (10, 10, 0, 0),
}


@pytest.mark.parametrize("name", EXPORTS)
def test_real_exports(shared_data, name):
    """Every real export is read to the last record, each difference explained above."""
    reading = references.read(shared_data / "exports" / name)
    counts = (reading.found, len(reading.records), len(reading.rejected), len(reading.stray))
    assert counts == EXPORTS[name]


def test_every_real_export_is_in_the_table(shared_data):
    """A new export file must be looked at, not passed over."""
    suffixes = (".ris", ".txt", ".csv", ".tsv")
    assert {path.name for path in (shared_data / "exports").iterdir() if path.suffix in suffixes} == set(EXPORTS)


def test_real_exports_hold_what_the_files_say(shared_data):
    """Fields read from real files, seen in them by eye."""
    exports = shared_data / "exports"
    scopus = references.read(exports / "scopus.ris").records[0]
    assert (scopus.doi, scopus.authors[0], scopus.year) == ("10.1016/j.psyneuen.2019.104501", "Labanski, A.", 2020)
    assert scopus.references[0].startswith("Agostini, A., Ballotta, D.")
    larsen = references.read(exports / "asysd_wos_test.ris").records[0]
    assert (larsen.pages, larsen.extra["AN"]) == ("134-137", ["WOS:000082252000006"])
    assert len(references.read(exports / "ris_issue_992.txt").records[0].keywords) == 13
    generic = references.read(exports / "generic_tab.tsv").records[0]
    assert (generic.authors, generic.year) == (("Marx, Karl", "Lindgren, Astrid"), 2014)
    assert references.read(exports / "faulty_year.ris").records[0].extra == {"PY": ["10 15"]}
