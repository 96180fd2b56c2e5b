"""RIS as databases really write it: one test per quirk, rispy as oracle where the file is well formed."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
import rispy
from hypothesis import given, settings
from hypothesis import strategies as st

from asreview_mc.identify import references
from asreview_mc.identify.dialects import RIS
from asreview_mc.identify.reading import Stray, has_text
from asreview_mc.identify.tagged import lines_ended, openings, scan
from asreview_mc.identify.tagged import parse as parse_tagged

TWO = """TY  - JOUR
TI  - First title
AU  - Berger, Ann
ER  -

TY  - JOUR
TI  - Second title
AU  - Thiel, Karl
ER  -
"""


def parse(text: str):
    return parse_tagged(lines_ended(text.encode()), RIS)


def titles(text: str) -> list[str]:
    return [item.record.title for item in parse(text).items]


def only(text: str):
    parsed = parse(text)
    assert parsed.found == len(parsed.items) == 1
    return parsed.items[0].record


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(TWO, id="well formed"),
        pytest.param(TWO.replace("\n", "\r\n"), id="CRLF"),
        pytest.param(TWO.replace("\n", "\r"), id="CR"),
        pytest.param(TWO.replace("  - ", " - ").replace("ER  -", "ER -"), id="one-space tags"),
        pytest.param(TWO.replace("ER  -\n", ""), id="no ER at all"),
        pytest.param(TWO.replace("ER  -\n", "ER  -\nER  -\n"), id="ER twice"),
        pytest.param(TWO.rstrip().removesuffix("ER  -"), id="last ER missing"),
        pytest.param(TWO.rstrip(), id="no newline at the end"),
        pytest.param(TWO.replace("TY", "\ufeffTY"), id="a byte-order mark where files were joined"),
        pytest.param(TWO.replace("ER  -", "ER  - "), id="blank after ER"),
    ],
)
def test_every_dialect_gives_both_records(text):
    """However line ends, blanks and ends of records are written, two opening lines are two records and no stray."""
    parsed = parse(text)
    assert parsed.found == 2
    assert titles(text) == ["First title", "Second title"]
    assert [item.record.authors for item in parsed.items] == [("Berger, Ann",), ("Thiel, Karl",)]
    assert parsed.stray == []


def test_ovid_numbers_and_search_text_are_stray():
    """Text between records is listed with its line, and lands in no record."""
    text = "1.\nTY  - JOUR\nT1  - One\nER  -\nNL  - Clin Psychol\n\nLink to the text: http://x\n\n2.\n" + TWO
    parsed = parse(text)
    assert parsed.stray == [
        Stray("line 1", "1."),
        Stray("line 5", "NL - Clin Psychol"),
        Stray("line 7", "Link to the text: http://x"),
        Stray("line 9", "2."),
    ]
    assert titles(text) == ["One", "First title", "Second title"]
    assert parsed.items[1].position == "line 10"


def test_ovid_number_after_a_record_without_end_is_stray():
    """A lone number before an opening line is no part of the record above, even if that was never closed."""
    parsed = parse("TY  - JOUR\nTI  - One\nAB  - Text\n\n2.\nTY  - JOUR\nTI  - Two\nER  -\n")
    assert parsed.stray == [Stray("line 5", "2.")]
    assert parsed.items[0].record.abstract == "Text"


def test_embase_empty_tag_takes_nothing():
    """``SP  -`` without text leaves the next field alone and is no page."""
    record = only("TY  - JOUR\nTI  - T\nSP  -\nEP  -\nJF  - Cancer\nER  -\n")
    assert (record.pages, record.journal) == ("", "Cancer")
    assert record.extra == {}


def test_keywords_on_continuation_lines_are_keywords():
    """EndNote writes KW once and each further keyword on a line of its own (commas do not separate)."""
    record = only("TY  - JOUR\nTI  - T\nKW  - Accreditation\nProfessional Practice, Evidence-Based\nAged\nER  -\n")
    assert record.keywords == ("Accreditation", "Professional Practice, Evidence-Based", "Aged")


def test_abstract_on_several_lines_is_one_abstract():
    """Continuation lines, blank lines and lines that look like one-space tags stay in the abstract."""
    record = only("TY  - JOUR\nTI  - T\nAB  - Methods: MRI.\n\nT2 - weighted images.\n   Results: none.\nER  -\n")
    assert record.abstract == "Methods: MRI. T2 - weighted images. Results: none."


def test_repeated_title_and_abstract_are_kept_in_extra():
    """The first title and abstract are taken; others stay verbatim under their tag."""
    record = only("TY  - JOUR\nTI  - One\nTI  - Two\nAB  - A\nAB  - B  b\nN2  - C\nER  -\n")
    assert (record.title, record.abstract) == ("One", "A")
    assert record.extra == {"TI": ["Two"], "AB": ["B  b"], "N2": ["C"]}


@pytest.mark.parametrize("tag", ["TI", "T1", "CT"])
def test_title_tags(tag):
    """A title may stand under any of three tags."""
    assert only(f"TY  - JOUR\n{tag}  - T\nER  -\n").title == "T"


def test_editors_are_authors_only_where_there_are_no_authors():
    """A2 does not displace or lengthen the authors, but an edited book is by its editors."""
    assert only("TY  - CHAP\nTI  - T\nA2  - Ed, E.\nAU  - Au, A.\nER  -\n").authors == ("Au, A.",)
    assert only("TY  - BOOK\nTI  - T\nA2  - Ed, E.\nER  -\n").authors == ("Ed, E.",)


@pytest.mark.parametrize(
    ("lines", "year", "date", "extra"),
    [
        ("PY  - 2019", 2019, "", {}),
        ("Y1  - 2019//", 2019, "", {}),
        ("PY  - 2012\nDA  - 2012/07/03", 2012, "2012/07/03", {}),
        ("PY  - 2019\nY1  - 2018/12/30", 2019, "2018/12/30", {}),
        ("DA  - 1901/11//undefined", 1901, "1901/11//undefined", {}),
        ("PY  - 2011\nDA  - Jun", 2011, "Jun", {}),
        ("PY  - 10 15", None, "", {"PY": ["10 15"]}),
        ("PY  - 2019\nY1  - 2018", 2019, "", {"Y1": ["2018"]}),
        ("PY  - 20191", None, "", {"PY": ["20191"]}),
    ],
)
def test_years_and_dates(lines, year, date, extra):
    """The year is read wherever it stands; what is not understood, or contradicts, is kept verbatim."""
    record = only(f"TY  - JOUR\nTI  - T\n{lines}\nER  -\n")
    assert (record.year, record.date, record.extra) == (year, date, extra)


@pytest.mark.parametrize(
    ("lines", "pages", "extra"),
    [
        ("SP  - 97\nEP  - 105", "97-105", {}),
        ("SP  - 1534-41", "1534-41", {}),
        ("SP  - e0815", "e0815", {}),
        ("SP  - No\nEP  - Specified", "", {"SP": ["No"], "EP": ["Specified"]}),
    ],
)
def test_pages(lines, pages, extra):
    """First and last page make a range; words instead of pages are kept apart."""
    record = only(f"TY  - JOUR\nTI  - T\n{lines}\nER  -\n")
    assert (record.pages, record.extra) == (pages, extra)


@pytest.mark.parametrize(
    ("lines", "doi", "extra"),
    [
        ("DO  - 10.1108/OTH-08-2015-0044.", "10.1108/oth-08-2015-0044", {}),
        ("DO  - http://dx.doi.org/10.1002/cpp.2398\nDO  - 10.1002/CPP.2398", "10.1002/cpp.2398", {}),
        ("DO  - 10.1016/s0025-7753%2817%2930624-3", "10.1016/s0025-7753(17)30624-3", {}),
        ("DO  - not available", "", {"DO": ["not available"]}),
        ("DO  - 10.1/a", "", {"DO": ["10.1/a"]}),
        ("DO  - 10.1000/a in press", "10.1000/a", {"DO": ["10.1000/a in press"]}),
        ("DO  - 10.1000/a\nDO  - 10.1000/b", "10.1000/a", {"DO": ["10.1000/b"]}),
        ("L3  - https://doi.org/10.1000/x?src=1", "10.1000/x", {"L3": ["https://doi.org/10.1000/x?src=1"]}),
        ("M3  - doi: 10.1080/0158.2020", "10.1080/0158.2020", {"M3": ["doi: 10.1080/0158.2020"]}),
    ],
)
def test_dois(lines, doi, extra):
    """A DOI is found bare, as a link or labelled; what is none, or more than one, is kept verbatim."""
    record = only(f"TY  - JOUR\nTI  - T\n{lines}\nER  -\n")
    assert (record.doi, record.extra) == (doi, extra)


def test_a_doi_in_the_url_is_found_and_the_url_kept():
    """Looking for the DOI in a link does not use the link up."""
    record = only("TY  - JOUR\nTI  - T\nUR  - https://doi.org/10.1000/XYZ\nER  -\n")
    assert (record.doi, record.url) == ("10.1000/xyz", "https://doi.org/10.1000/XYZ")


def test_scopus_references_note_becomes_references():
    """The works cited, one a line in a note of Scopus, are references; other notes stay notes."""
    record = only("TY  - JOUR\nTI  - T\nN1  - Export Date\nN1  - References: A (2015) Gut;\nB (2016) Neuron\nER  -\n")
    assert record.references == ("A (2015) Gut", "B (2016) Neuron")
    assert record.notes == ("Export Date",)


def test_type_prefers_the_database_s_own_word():
    """M3 says more than TY, which then stays in extra so that an export can write it back."""
    record = only("TY  - JOUR\nTI  - T\nM3  - Review\nER  -\n")
    assert (record.publication_type, record.extra) == ("Review", {"TY": ["JOUR"]})
    assert only("TY  - JOUR\nTI  - T\nER  -\n").publication_type == "JOUR"


def test_unknown_tags_are_kept_verbatim():
    """Whatever has no place in a record stays under its tag, line ends included."""
    record = only("TY  - JOUR\nTI  - T\nX9  - a  b\nU3  - Cited By :2\n\nConference Paper\nX9  - c\nER  -\n")
    assert record.extra == {"X9": ["a  b", "c"], "U3": ["Cited By :2\n\nConference Paper"]}


def test_record_without_opening_line_is_stray_not_swallowed():
    """Only TY begins a record: without it every line is shown as stray, and the neighbours stay whole."""
    parsed = parse(TWO + "\nTI  - Third title\nER  -\n")
    assert parsed.found == 2
    assert [stray.excerpt for stray in parsed.stray] == ["TI - Third title"]


def test_excerpts_are_one_short_line():
    """Nothing of a long record reaches a message but its beginning."""
    item = parse("TY  - JOUR\nN1  - " + "long\tword " * 100 + "\nER  -\n").items[0]
    assert len(item.excerpt) == 120
    assert item.excerpt.startswith("TY - JOUR / N1 - long word")


WORD = st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=12)
PHRASE = st.lists(WORD, min_size=1, max_size=5).map(" ".join)
RECORD = st.fixed_dictionaries(
    {
        "TI": PHRASE,
        "AB": PHRASE,
        "AU": st.lists(st.tuples(WORD, WORD).map(", ".join), min_size=1, max_size=4),
        "PY": st.integers(1900, 2030).map(str),
        "T2": PHRASE,
        "VL": WORD,
        "KW": st.lists(PHRASE, min_size=1, max_size=4),
    }
)


@settings(max_examples=60, deadline=None)
@given(st.lists(RECORD, min_size=1, max_size=5))
def test_agrees_with_rispy_on_well_formed_ris(records):
    """On RIS as the standard has it, rispy and this reader say the same."""
    lines = []
    for record in records:
        lines.append("TY  - JOUR")
        for tag, value in record.items():
            lines.extend(f"{tag}  - {one}" for one in ([value] if isinstance(value, str) else value))
        lines.append("ER  - \n")
    text = "\n".join(lines)
    ours = [item.record for item in parse(text).items]
    theirs = rispy.loads(text)
    assert [record.title for record in ours] == [entry["title"] for entry in theirs]
    assert [record.abstract for record in ours] == [entry["abstract"] for entry in theirs]
    assert [list(record.authors) for record in ours] == [entry["authors"] for entry in theirs]
    assert [str(record.year) for record in ours] == [entry["year"] for entry in theirs]
    assert [record.journal for record in ours] == [entry["secondary_title"] for entry in theirs]
    assert [record.volume for record in ours] == [entry["volume"] for entry in theirs]
    assert [list(record.keywords) for record in ours] == [entry["keywords"] for entry in theirs]
    assert all(has_text(record) for record in ours)


def test_pubmed_keeps_the_online_date_apart(tmp_path):
    """DEP is when it appeared online, DP when in an issue."""
    path = tmp_path / "one.nbib"
    path.write_text("PMID- 1\nTI  - T\nDP  - 2022 Feb 3\nDEP - 20211230\n\n", "utf-8")
    (record,) = references.read(path).records
    assert (record.date, record.date_online, record.year) == ("2022 Feb 3", "20211230", 2022)


written = st.sampled_from(
    [
        *(
            "TI  - A title",
            "AU  - Berger, A.",
            "AU  - Thiel, K.",
            "AU  -",
            "KW  - badges",
            "PY  - 2020",
            "AB  -  spaced  ",
        ),
        *(
            "wrapped line",
            "  indented",
            "",
            "ER  -",
            "ER  - ",
            "N1  - two  - hyphens",
            "XX - loose",
            "T1\xa0 - odd",
            "TY  - BOOK",
        ),
    ]
)


@given(st.lists(st.lists(written, max_size=8), min_size=1, max_size=3))
def test_the_quick_ways_through_a_record_find_what_the_careful_one_does(records):
    """They are there for speed alone."""
    text = "\n".join("\n".join(["TY  - JOUR", *lines, "ER  - ", ""]) for lines in records)
    never = re.compile(r"(?!)")
    data = lines_ended(text.encode())
    starts, stray, careful_stray = list(openings(data, RIS)), [], []
    quick = [fields for *_, fields in scan(data, RIS, starts, stray)]
    for careful in (replace(RIS, line=never), replace(RIS, line=never, run=never)):
        careful_stray.clear()
        assert quick == [fields for *_, fields in scan(data, careful, starts, careful_stray)]
        assert stray == careful_stray


def test_an_opening_line_without_a_blank_after_its_hyphen_opens_a_record():
    """Nothing of it is lost, and nothing breaks."""
    parsed = parse("TY -JOUR\n X\nTI - Nested credentials\nER -\n")
    assert parsed.found == 1
    assert parsed.items[0].record.title == "Nested credentials"
