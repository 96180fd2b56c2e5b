"""The front door: content decides, bad files are refused in one line, and the numbers always add up."""

from __future__ import annotations

import hashlib
import io
import unicodedata
import zipfile

import openpyxl
import pytest

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
        ("a.xml", b"<?xml version='1.0'?><xml/>", "not of EndNote"),
        ("a.xml", b"<PubmedArticleSet><PubmedArticle/></PubmedArticleSet>", "not of EndNote"),
        ("a.xml", b"<!DOCTYPE a [<!ENTITY b 'c'>]><records><record/></records>", "declares entities"),
        ("a.json", b'{"a": 1}', "without a list of records"),
        ("a.json", b'[{"title": "T"}, ', "no valid JSON (line 1)"),
        ("a.json", b'{"a":' + b"[" * 100_000, "JSON"),
        ("a.asreview", archive("project.json"), "damaged project file"),
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


@pytest.mark.parametrize("name", ["a.ris", "a.csv", "a.bib"])
def test_an_endless_line_is_refused(tmp_path, name):
    """A file that is one line of 70 MB is no export, and it is said at once."""
    path = tmp_path / name
    path.write_bytes(b"TY  - JOUR\nTI  - " + b"x" * 70_000_000)
    with pytest.raises(ReadError, match="line 2 is longer than"):
        references.read(path)


@pytest.mark.slow
def test_a_line_of_300_megabytes_is_refused(tmp_path):
    """Even a line of 300 MB costs one line of message."""
    path = tmp_path / "a.txt"
    with path.open("wb") as file:
        for _ in range(300):
            file.write(b"x " * 500_000)
    with pytest.raises(ReadError, match="line 1 is longer than"):
        references.read(path)


def test_an_abstract_of_two_megabytes_is_read(tmp_path):
    """Length alone is no fault."""
    long = "word " * 400_000
    path = saved(tmp_path, "a.ris", f"TY  - JOUR\nTI  - T\nAB  - {long}\nER  - \n".encode())
    assert len(references.read(path).records[0].abstract) == len(long) - 1


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


# Format, found, read, rejected, stray; whatever is not all read has its reason beside it.
EXPORTS = {
    "_baseline.ris": ("ris", 100, 100, 0, 0),
    "asreview-demo-project-v2.asreview": ("asreview", 100, 100, 0, 0),
    "asreview-demo-project.asreview": ("asreview", 100, 100, 0, 0),
    "asysd_mendeley_export.xml": ("xml", 1233, 1233, 0, 0),
    "asysd_ris_export.txt": ("ris", 69, 69, 0, 0),
    "asysd_scopus.ris": ("ris", 10, 10, 0, 0),
    "asysd_wos_test.ris": ("ris", 50, 50, 0, 0),
    "asysd_zotero_export.bib": ("bibtex", 1000, 1000, 0, 0),
    "asysd_zotero_export.csv": ("csv", 1233, 1233, 0, 0),
    "asysd_zotero_export.ris": ("ris", 1000, 1000, 0, 0),
    "asysd_zotero_export.xml": ("xml", 1233, 1233, 0, 0),
    "baseline_empty_values.ris": ("ris", 4, 4, 0, 0),
    # Every record is a type and at most a note, with nothing to screen.
    "baseline_reference_types.ris": ("ris", 61, 0, 61, 0),
    "baseline_tag-notes_labels.ris": ("ris", 32, 32, 0, 0),
    "baseline_zotero.ris": ("ris", 100, 100, 0, 0),
    # Four rows hold only "10.4" and the like, which is no DOI.
    "duplicate_records.csv": ("csv", 14, 10, 4, 0),
    "embase.csv": ("csv", 6, 6, 0, 0),
    "embase.ris": ("ris", 6, 6, 0, 0),
    "embase_newpage.csv": ("csv", 6, 6, 0, 0),
    "faulty_year.ris": ("ris", 1, 1, 0, 0),
    "generic_bad_record_id.csv": ("csv", 6, 6, 0, 0),
    "generic_column_names_with_spaces.csv": ("csv", 2, 2, 0, 0),
    "generic_labels.csv": ("csv", 6, 6, 0, 0),
    "generic_partial_labels.csv": ("csv", 6, 6, 0, 0),
    "generic_semicolon.csv": ("csv", 2, 2, 0, 0),
    "generic_tab.tsv": ("tsv", 2, 2, 0, 0),
    "missing_values.csv": ("csv", 4, 4, 0, 0),
    # Three lines a record stand outside: Ovid's number, NL after ER, and a link.
    "ovid_psycinfo.ris": ("ris", 6, 6, 0, 18),
    "ovid_zotero.ris": ("ris", 6, 6, 0, 0),
    "proquest.ris": ("ris", 6, 6, 0, 0),
    "pubmed_endnote.txt": ("ris", 6, 6, 0, 0),
    "pubmed_zotero.ris": ("ris", 6, 6, 0, 0),
    "ris_issue_1099.txt": ("ris", 7, 7, 0, 0),
    "ris_issue_992.txt": ("ris", 19, 19, 0, 0),
    "scopus.ris": ("ris", 6, 6, 0, 0),
    "web_of_science.txt": ("ris", 10, 10, 0, 0),
}


@pytest.mark.parametrize("name", EXPORTS)
def test_real_exports(shared_data, name):
    """Every real export is read to the last record, each difference explained above."""
    reading = references.read(shared_data / "exports" / name)
    counts = (reading.found, len(reading.records), len(reading.rejected), len(reading.stray))
    assert (reading.format, *counts) == EXPORTS[name]


def test_every_real_export_is_in_the_table(shared_data):
    """A new export file must be looked at, not passed over."""
    assert {path.name for path in (shared_data / "exports").iterdir()} == set(EXPORTS)


@pytest.mark.parametrize(("one", "other", "n"), [("ris", "bib", 1000), ("csv", "xml", 1233)])
def test_two_exports_of_one_library_hold_the_same_records(shared_data, one, other, n):
    """Zotero's library as RIS and BibTeX, and as CSV and XML: title, year, DOI and number of authors agree."""
    pair = [
        references.read(shared_data / "exports" / f"asysd_zotero_export.{suffix}").records for suffix in (one, other)
    ]
    told = [sorted((bare(r.title), r.year or 0, r.doi, len(r.authors)) for r in records) for records in pair]
    assert [len(records) for records in told] == [n, n]
    assert told[0] == told[1]


def bare(title: str) -> str:
    return "".join(letter for letter in unicodedata.normalize("NFKC", title).casefold() if letter.isalnum())


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
