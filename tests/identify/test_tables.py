"""Tables as databases and people write them: one test per quirk."""

from __future__ import annotations

import io

import openpyxl
import pytest

from asreview_mc.identify import tables
from asreview_mc.identify.reading import Stray, kept
from asreview_mc.identify.spreadsheet import DamagedWorkbook, parse_workbook

SPRINGER = (
    "Item Title,Publication Title,Book Series Title,Journal Volume,Journal Issue,Item DOI,Authors,Publication Year,"
    "URL,Content Type\n"
    '"Badges, stacked",Journal of Badges,,12,3,10.1007/s1-020-1,Ann BergerKarl McThiel,2020,http://x,Article\n'
)


def parsed(text: str):
    sheet = tables.parse_text(text)
    assert sheet is not None
    return tables.parse(sheet)


def records(text: str):
    return [kept(item) for item in parsed(text).items]


def workbook(**sheets) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_delimiter_and_line_end(delimiter, end):
    """The delimiter is that of the headings, whatever the cells hold."""
    rows = [["Title", "Abstract", "Year"], ['"One; two, three"', '"a\tb|c"', "2019"]]
    record = records(end.join(delimiter.join(row) for row in rows) + end)[0]
    assert (record.title, record.abstract, record.year) == ("One; two, three", "a b|c", 2019)


@pytest.mark.parametrize(
    ("heading", "place"),
    [
        (" abstract ", "abstract"),
        ("Abstract Note", "abstract"),
        ("notes_abstract", "abstract"),
        ("PRIMARY_TITLE", "title"),
        ("Article Title", "title"),
        ("Item Title", "title"),
        ("Item DOI", "doi"),
    ],
)
def test_usual_headings(heading, place):
    """Case, blanks and underscores in a heading make no difference."""
    assert getattr(records(f"{heading},x\n10.1000/a,y\n")[0], place) == "10.1000/a"


def test_springerlink_search_results():
    """SpringerLink's own headings are understood, its glued authors are taken apart, and nothing is left over."""
    record = records(SPRINGER)[0]
    assert record.to_dict() == {
        "record_id": "",
        "title": "Badges, stacked",
        "abstract": "",
        "authors": ["Ann Berger", "Karl McThiel"],
        "year": 2020,
        "date": "",
        "date_online": "",
        "journal": "Journal of Badges",
        "volume": "12",
        "issue": "3",
        "pages": "",
        "doi": "10.1007/s1-020-1",
        "pmid": "",
        "issn": "",
        "keywords": [],
        "language": "",
        "publication_type": "Article",
        "url": "http://x",
        "notes": [],
        "references": [],
        "extra": {},
    }


def test_cells_are_text():
    """No cell is taken for a number or for missing."""
    record = records("title,abstract,code,volume\nNA,None,007,1.0\n")[0]
    assert (record.title, record.abstract, record.volume) == ("NA", "None", "1.0")
    assert record.extra == {"code": ["007"]}


@pytest.mark.parametrize(
    ("cell", "year", "extra"),
    [("2019.0", 2019, {}), ("2019//", 2019, {}), ("n.d.", None, {"Year": ["n.d."]}), ("0", None, {"Year": ["0"]})],
)
def test_years(cell, year, extra):
    """Years as spreadsheets and ASReview leave them are read; others stay verbatim."""
    record = records(f"Title,Year\nT,{cell}\n")[0]
    assert (record.year, record.extra) == (year, extra)


def test_quoted_newline_and_two_megabytes_in_a_cell():
    """A cell may hold line ends, doubled quotation marks and any length of text."""
    long = "word " * 400_000
    found = records(f'title,abstract\n"One ""two""\nthree","{long}"\nNext,x\n')
    assert found[0].title == 'One "two" three'
    assert len(found[0].abstract) == len(long) - 1
    assert found[1].title == "Next"


def test_unmatched_quotation_mark_costs_one_row():
    """A quotation mark that never closes is one reject; the rows after it are read."""
    result = parsed('title,abstract\nOne,a\nTwo,"b, c\nThree,"c"\nFour,d\n')
    assert result.found == 4
    assert [(item.position, item.problem) for item in result.items if item.problem] == [
        ("row 3", "its quotation marks do not match")
    ]
    assert [item.record.title for item in result.items if not item.problem] == ["One", "Three", "Four"]


def test_quotation_marks_inside_a_cell_are_kept():
    """A line whose marks do not match but whose cells do add up is read as it stands."""
    assert records('title,abstract\n"The "new" normal",a\n')[0].title == 'The "new" normal'
    assert records('title\tabstract\n"New" normal\ta\n')[0].title == '"New" normal'


def test_long_row_is_one_reject_and_short_row_is_filled_up():
    """Text beyond the headings shows that cells have shifted; empty cells there do not matter."""
    result = parsed("title,abstract\nOne,a,b\nTwo\nThree,c,,\n")
    assert [item.problem for item in result.items] == ["has 3 cells, the headings 2", "", ""]
    assert [item.record.title for item in result.items] == ["", "Two", "Three"]


def test_blank_rows_are_not_counted_but_keep_their_number():
    """Rows are numbered as a spreadsheet shows them; one without any text is no record."""
    result = parsed("title,abstract\n\nOne,a\n,\n , \nx1,\n")
    assert result.found == 2
    assert [item.position for item in result.items] == ["row 3", "row 6"]


def test_rows_above_the_headings_are_stray():
    """What a database prints above its table is shown, not read."""
    result = parsed("Search results,,\n\nTitle,Abstract,DOI\nOne,a,\n")
    assert result.stray == [Stray("row 1", "Search results")]
    assert [item.position for item in result.items] == ["row 4"]


@pytest.mark.parametrize(
    "text",
    [
        "name,year\nx,2019\n",
        "Some prose\nAbstract\nmore prose\n",
        "TY  - JOUR\nAB  -\nTI  - x\n",
        "",
    ],
)
def test_text_that_is_no_table_of_references(text):
    """Without a title, abstract or DOI column there is no table; a line of prose or of RIS is no heading."""
    assert tables.parse_text(text) is None


def test_single_column_needs_no_delimiter():
    """A list of titles under one heading is a table, commas and all."""
    assert [record.title for record in records("title\nOne, two\nThree\n")] == ["One, two", "Three"]


def test_table_gives_back_every_row_and_column():
    """Rows without text, doubled and missing headings, shifted cells: all are there, in order, and each once."""
    sheet = tables.parse_text('title,note,title,,abstract\n A ,1,B,x,\n,,,,\n,2,,,\nC,3,D,y,z,extra\n"E",4\n')
    table = tables.table(sheet)
    assert table.columns == ("title", "note", "title (2)", "column 4", "abstract", "column 6")
    assert [list(row.values()) for row in table.rows] == [
        [" A ", "1", "B", "x", "", ""],
        ["", "", "", "", "", ""],
        ["", "2", "", "", "", ""],
        ["C", "3", "D", "y", "z", "extra"],
        ["E", "4", "", "", "", ""],
    ]
    assert [record and record.title for record in table.records] == ["A", None, None, None, "E"]
    assert table.records[0].extra == {"title (2)": ["B"], "column 4": ["x"]}


def test_xlsx_cells_become_text():
    """Numbers, dates and truth values of a workbook read as a person sees them."""
    from datetime import datetime

    data = workbook(
        Refs=[
            ["Title", "Abstract", "Year", "DOI", "Date", "Seen", "Code"],
            ["One", "a", 2019.0, "10.1000/x", datetime(2019, 5, 1), True, "007"],
        ]
    )
    record = kept(tables.parse(parse_workbook(data)).items[0])
    assert (record.title, record.year, record.doi, record.date) == ("One", 2019, "10.1000/x", "2019-05-01")
    assert record.extra == {"Seen": ["TRUE"], "Code": ["007"]}


def test_xlsx_other_worksheets_are_stray():
    """The first worksheet with headings is read; the rows of others are shown."""
    data = workbook(Notes=[["searched in May"]], Refs=[["Title"], ["One"], [None], ["Two"]])
    result = tables.parse(parse_workbook(data))
    assert result.found == 2
    assert [item.position for item in result.items] == ["row 2", "row 4"]
    assert result.stray == [Stray("sheet Notes, row 1", "searched in May")]


def test_xlsx_without_references_or_damaged():
    """A workbook without headings is no table; a truncated one is damaged."""
    data = workbook(Refs=[["Name"], ["x"]])
    assert parse_workbook(data) is None
    with pytest.raises(DamagedWorkbook):
        parse_workbook(data[: len(data) // 2])


def test_a_formula_that_was_saved_without_its_value_is_shown():
    """Programs that do not compute leave none; an empty cell in silence would be a lost title."""
    data = workbook(Sheet1=[["title", "year"], ["=A9&B9", 2020], ["Badges", "=1+1"]])
    sheet = parse_workbook(data)
    assert [(one.position, one.excerpt) for one in sheet.stray] == [
        ("sheet1.xml, cell A2", "formula without a saved value: =A9&B9"),
        ("sheet1.xml, cell B3", "formula without a saved value: =1+1"),
    ]
    assert parse_workbook(workbook(Sheet1=[["title"], ["Badges"]])).stray == []


@pytest.mark.parametrize(
    "headings",
    ["Titel;Verfasser;Jahr;Zusammenfassung", "Título;Autores;Año;Resumen", "Titre;Auteurs;Année;Résumé"],
)
def test_headings_in_other_languages(headings):
    """Libraries export under the headings of their own language."""
    (record,) = records(f"{headings}\nA paper;Berger, A.;2020;What it says\n")
    assert (record.title, record.authors, record.year, record.abstract, record.extra) == (
        "A paper",
        ("Berger, A.",),
        2020,
        "What it says",
        {},
    )


def test_a_sheet_that_describes_records_is_read_before_one_that_names_them():
    """A list of ids may lie in front of the references."""
    sheet = parse_workbook(workbook(Ids=[["record_id", "decision"], ["r000001", "include"]], Refs=[["Title"], ["One"]]))
    assert [record.title for record in (kept(item) for item in tables.parse(sheet).items)] == ["One"]
