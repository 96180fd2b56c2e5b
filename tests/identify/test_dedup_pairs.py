"""The three answers for a pair, rule by rule: what is proof, what is for a person, what stays apart."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asreview_mc.core.record import Record
from asreview_mc.identify.dedup import REPORTS, match, places, spelling, titles
from asreview_mc.identify.dedup.titles import Titles

TITLE = "Stackable micro-credentials in higher education"
ABSTRACT = "We asked forty employers in three regions how they read badges on the curricula of people who apply. " * 4


def record(**fields) -> Record:
    given_fields = {"title": TITLE, "year": 2020, "authors": ("Berger, Ann", "Thiel, Karl"), "journal": "J Educ"}
    return Record(**{**given_fields, **fields})


PLACED = {"volume": "12", "issue": "3", "pages": "345-356"}
BASE = record(**PLACED)


def answer(first: Record, second: Record) -> str:
    """Return the answer for two records, the same whichever comes first."""
    answers = set()
    for one, other in ((first, second), (second, first)):
        found = match([replace(one, record_id="r1"), replace(other, record_id="r2")])
        answers.add("certain" if found.certain else found.doubtful[0].why if found.doubtful else "different")
    assert len(answers) == 1
    return answers.pop()


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param({"title": TITLE + ". [German]"}, id="language that Embase adds"),
        pytest.param({"title": f"[{TITLE}]"}, id="brackets that PubMed adds"),
        pytest.param({"title": "RETRACTED: " + TITLE}, id="retracted by the publisher"),
        pytest.param(
            {"title": TITLE + " (Retracted article. See vol. 9 (2), pg. 3, 2020)"}, id="as Web of Science says it"
        ),
        pytest.param({"title": TITLE.replace("higher", "hihger")}, id="letters swapped"),
        pytest.param(
            {"title": "The " + TITLE.replace("micro-credentials", "microcredential")}, id="article and plural"
        ),
        pytest.param({"title": TITLE + ": a survey"}, id="subtitle cut"),
        pytest.param({"title": TITLE.replace("Stackable", "Stackible") + " - a survey"}, id="slip and subtitle cut"),
        pytest.param({"journal": "Journal of Education"}, id="journal abbreviated"),
        pytest.param({"journal": ""}, id="no journal"),
        pytest.param({"authors": ("Berger A.", "Thiel K.")}, id="initials for given names"),
        pytest.param({"authors": ("Bergr, Ann", "Thiel, Karl")}, id="first surname misspelt"),
        pytest.param({"authors": ("Thiel, Karl", "Berger, Ann")}, id="authors in another order"),
        pytest.param({"authors": ()}, id="no authors, the place proves it"),
        pytest.param({"year": 2021}, id="online first, the place proves it"),
        pytest.param({"year": None}, id="no year, the place proves it"),
        pytest.param({"volume": "1", "issue": ""}, id="volume of a supplement"),
        pytest.param({"volume": "", "pages": "", "issue": ""}, id="no place"),
        pytest.param({"volume": "12", "issue": "345", "pages": ""}, id="article number as issue"),
        pytest.param({"journal": "Bildung heute"}, id="journal by another name, the place proves it"),
        pytest.param({"doi": "10.1000/a"}, id="DOI in one"),
    ],
)
def test_versions_of_one_record(changed):
    """What databases do to a record does not hide it."""
    assert answer(BASE, replace(BASE, **changed)) == "certain"


APART = {"volume": "13", "issue": "1", "pages": "11-19", "doi": "10.1000/b"}


@pytest.mark.parametrize(
    ("first", "second"),
    [
        pytest.param(record(title=TITLE + ": part I"), record(title=TITLE + ": part II"), id="parts"),
        pytest.param(record(title=TITLE + " I"), record(title=TITLE + " II"), id="parts by numeral"),
        pytest.param(record(), record(title=TITLE + ": 2. Results"), id="part by number"),
        pytest.param(record(), record(title=TITLE + ": study protocol"), id="protocol"),
        pytest.param(BASE, replace(BASE, title="Erratum: " + TITLE, pages="400"), id="erratum"),
        pytest.param(BASE, replace(BASE, title=TITLE + " (vol 12, pg 345, 2020)", pages="400"), id="erratum by WoS"),
        pytest.param(record(), record(title="Reply to " + TITLE), id="reply"),
        pytest.param(record(title=TITLE + " 2014"), record(title=TITLE + " 2015"), id="numbers"),
        pytest.param(record(doi="10.1000/a", **PLACED), record(**APART), id="annual, each with place and DOI"),
        pytest.param(BASE, replace(BASE, year=2021, volume="13", pages="11-19"), id="annual, each with place"),
        pytest.param(record(title="Editorial"), record(title="Editorial"), id="editorials without place"),
        pytest.param(
            record(title="Editorial", volume="3", issue="1", pages="1-2"),
            record(title="Editorial", volume="3", issue="2", pages="1-2"),
            id="editorials on page 1 of two issues",
        ),
        pytest.param(record(title="社论"), record(title="社论"), id="Chinese editorials"),
        pytest.param(
            record(doi="10.1000/s", title="Editorial", pages="1"),
            record(doi="10.1000/s", title="Editorial", pages="99"),
            id="editorials under the DOI of a volume",
        ),
        pytest.param(record(authors=("Adam, Eva",)), record(), id="other authors"),
        pytest.param(record(pmid="1"), record(pmid="2"), id="two PMIDs in one journal"),
    ],
)
def test_different(first, second):
    """What is not a version of the record is neither merged nor offered."""
    assert answer(first, second) == "different"


@pytest.mark.parametrize(
    ("first", "second", "why"),
    [
        pytest.param(record(), record(journal="Proc Conf Learn", year=2019), REPORTS, id="conference and article"),
        pytest.param(
            record(journal="arXiv", doi="10.48550/a"), record(doi="10.1000/b", **PLACED), REPORTS, id="preprint"
        ),
        pytest.param(
            record(),
            record(journal="J Educ. Conference: 9th Meeting"),
            "too little else",
            id="conference of the journal",
        ),
        pytest.param(record(doi="10.1000/a"), record(doi="10.1000/b"), "DOIs differ", id="two DOIs"),
        pytest.param(record(), record(year=2021), "years differ", id="two years"),
        pytest.param(BASE, replace(BASE, pages="401"), "page differ", id="two pages"),
        pytest.param(record(year=None), record(year=None, doi="10.1000/a"), "too little else", id="no year"),
        pytest.param(
            record(abstract=ABSTRACT), record(abstract=ABSTRACT[::-1]), "abstracts differ", id="another abstract"
        ),
        pytest.param(
            record(title=TITLE + " among rats"), record(title=TITLE + " among cats"), "much alike", id="one word"
        ),
        pytest.param(
            record(doi="10.1000/a"),
            record(doi="10.1000/a", title="Stapelbare Nachweise an Hochschulen"),
            "same DOI, titles differ",
            id="translated title, same DOI",
        ),
        pytest.param(
            BASE, replace(BASE, title="Stapelbare Nachweise an Hochschulen"), "same place", id="translated title"
        ),
        pytest.param(
            record(abstract=ABSTRACT, year=2019),
            record(abstract=ABSTRACT, title="Stapelbare Nachweise an Hochschulen"),
            "same abstract",
            id="retitled",
        ),
    ],
)
def test_doubtful(first, second, why):
    """What may be one work, or two reports of one study, is offered with what speaks against it."""
    assert why in answer(first, second)


def test_an_abstract_outweighs_volume_and_wording():
    """One abstract by the same authors in one journal and year is one record, whatever happened to volume or title."""
    first = replace(BASE, abstract=ABSTRACT, pages="")
    assert answer(first, replace(first, volume="1")) == "certain"
    assert answer(first, replace(first, title=TITLE + " reconsidered once")) == "certain"
    assert answer(first, replace(first, title=TITLE + " reconsidered once", abstract="")) != "certain"


def test_two_dois_for_one_place_need_the_abstract():
    """A record registered twice has one title, place and abstract; without the abstract it is doubtful."""
    first, second = (replace(BASE, doi=f"10.1000/{name}", abstract=ABSTRACT) for name in "ab")
    assert answer(first, second) == "certain"
    assert "DOIs differ" in answer(replace(first, abstract=""), second)


BARE = Record(title=TITLE)
BARE_WITH_ABSTRACT = Record(title=TITLE, abstract=ABSTRACT)


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(BARE_WITH_ABSTRACT, id="neither names anybody"),
        pytest.param(record(abstract=ABSTRACT), id="authors, year and journal in one"),
        pytest.param(record(abstract=ABSTRACT, authors=()), id="no authors in either"),
        pytest.param(record(abstract=ABSTRACT, year=None, journal=""), id="authors in one"),
        pytest.param(replace(BASE, abstract=ABSTRACT, doi="10.1000/a", pmid="1"), id="all in one"),
        pytest.param(replace(BARE_WITH_ABSTRACT, abstract=ABSTRACT + "(c) 2020 J Educ"), id="copyright in it"),
    ],
)
def test_title_and_abstract_are_enough_where_nothing_speaks_against(other):
    """A title-and-abstract table is joined with the record that has all else, and with another such table."""
    assert answer(BARE_WITH_ABSTRACT, other) == "certain"


@pytest.mark.parametrize(
    ("first", "second"),
    [
        pytest.param(BARE, replace(BARE, keywords=("badge",)), id="titles alone"),
        pytest.param(BARE, record(), id="title alone and a whole record"),
        pytest.param(BARE, Record(title=TITLE, year=2020), id="title and year"),
        pytest.param(BARE, BARE_WITH_ABSTRACT, id="abstract in one"),
        pytest.param(BARE, BASE, id="title alone and a place"),
        pytest.param(Record(title="高等教育中的微证书"), Record(title="高等教育中的微证书"), id="Chinese titles"),
        pytest.param(
            replace(BARE_WITH_ABSTRACT, title=TITLE + ": a survey"), record(abstract=ABSTRACT), id="subtitle cut"
        ),
        pytest.param(
            Record(title="Open badges", abstract=ABSTRACT),
            Record(title="Open badges", abstract=ABSTRACT),
            id="a short title and the abstract",
        ),
        pytest.param(
            replace(BARE_WITH_ABSTRACT, abstract="In 2014, " + ABSTRACT),
            replace(BARE_WITH_ABSTRACT, abstract="In 2015, " + ABSTRACT),
            id="other figures in the abstract",
        ),
        pytest.param(
            replace(BARE_WITH_ABSTRACT, abstract=ABSTRACT * 2 + "Twelve of them knew none. " * 20),
            replace(BARE_WITH_ABSTRACT, abstract=ABSTRACT * 2 + "All who answered had seen one. " * 20),
            id="another end of the abstract, as of a congress paper and its article",
        ),
        pytest.param(
            BARE_WITH_ABSTRACT, replace(BARE_WITH_ABSTRACT, abstract=ABSTRACT.replace("forty", "fifty", 1)), id="a word"
        ),
        pytest.param(
            replace(BARE_WITH_ABSTRACT, abstract=ABSTRACT + " Wave 1"),
            replace(BARE_WITH_ABSTRACT, abstract=ABSTRACT + " Wave 12"),
            id="another number at the end",
        ),
        pytest.param(
            BARE_WITH_ABSTRACT, replace(BARE_WITH_ABSTRACT, title=TITLE.replace("higher", "hihger")), id="a slip"
        ),
        pytest.param(
            replace(BARE_WITH_ABSTRACT, abstract=ABSTRACT * 2), record(abstract=ABSTRACT), id="half of the abstract"
        ),
        pytest.param(
            replace(BARE_WITH_ABSTRACT, year=2019), record(abstract=ABSTRACT), id="title and abstract, another year"
        ),
        pytest.param(
            replace(BARE_WITH_ABSTRACT, doi="10.1000/a"),
            record(abstract=ABSTRACT, doi="10.1000/b"),
            id="title and abstract, another DOI",
        ),
        pytest.param(
            replace(BARE_WITH_ABSTRACT, journal="Proc Conf Learn"),
            record(abstract=ABSTRACT),
            id="title and abstract, another journal",
        ),
    ],
)
def test_a_long_title_alone_is_for_a_person(first, second):
    """Where authors are missing, a title that two works seldom share is offered, and never merged for itself."""
    assert "same title" in answer(first, second)


RUBRICS = ("Editorial", "Introduction", "Book review", "Letter to the editor", "From the editor's desk", "Open badges")


@pytest.mark.parametrize(
    ("first", "second"),
    [
        *(pytest.param(Record(title=rubric), record(title=rubric), id=rubric) for rubric in RUBRICS),
        pytest.param(Record(title=TITLE, year=2019), record(), id="another year"),
        pytest.param(Record(title=TITLE, doi="10.1000/a"), record(doi="10.1000/b", journal=""), id="another DOI"),
        pytest.param(Record(title=TITLE, pages="9-12"), replace(BASE, journal=""), id="another page"),
        pytest.param(Record(title=TITLE, journal="Bildung heute"), record(), id="another journal"),
        pytest.param(BARE_WITH_ABSTRACT, record(abstract=ABSTRACT[::-1]), id="another abstract"),
        pytest.param(BARE, Record(title="Erratum: " + TITLE), id="erratum"),
        pytest.param(BARE, Record(title=TITLE + ": study protocol"), id="protocol"),
        pytest.param(Record(title=TITLE + ": part I"), Record(title=TITLE + ": part II"), id="parts"),
        pytest.param(
            replace(BARE_WITH_ABSTRACT, authors=("Adam, Eva",)), record(abstract=ABSTRACT), id="other authors"
        ),
    ],
)
def test_a_title_alone_says_nothing_against_the_rest(first, second):
    """A rubric, or a title against which something speaks, is no reason to ask a person."""
    assert answer(first, second) == "different"


@pytest.mark.parametrize(
    ("one", "other", "slip"),
    [
        ("education", "eduction", True),
        ("education", "educaiton", True),
        ("children", "hcildren", True),
        ("behaviour", "behavior", True),
        ("the", "hte", True),
        ("of", "fo", True),
        ("in", "on", False),
        ("rats", "cats", False),
        ("men", "women", False),
        ("typical", "atypical", False),
        ("macrophage", "microphage", False),
        ("sitagliptin", "saxagliptin", False),
        ("男性", "女性", False),
    ],
)
def test_slips_of_the_pen(one, other, slip):
    """A letter wrong is a slip; another word, or the opposite, is none."""
    assert spelling.is_slip(one, other) is spelling.is_slip(other, one) is slip


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("J Educ Psychol", "Journal of Educational Psychology", True),
        ("Proc Natl Acad Sci", "Proceedings of the National Academy of Sciences", True),
        ("PNAS", "Proceedings of the National Academy of Sciences", True),
        ("JAMA", "Journal of the American Medical Association", True),
        ("Lancet", "The Lancet (London, England)", True),
        ("Circulation", "Circulation. Conference: Scientific Sessions", True),
        ("Comput. Educ.", "Computers & Education", True),
        ("Diabetes", "Diabetes Care", False),
        ("Atherosclerosis", "Atherosclerosis Supplements", None),
        ("教育研究", "教育研究", True),
        ("", "Diabetes", None),
    ],
)
def test_names_of_a_journal(one, other, same):
    """Abbreviations and acronyms are the journal's; a longer name is another's; supplements are undecided."""
    one, other = places.journal(one), places.journal(other)
    assert places.same_journal(one, other) is places.same_journal(other, one) is same


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("1534-41", "1534-1541", True),
        ("A163", "a163-A164", True),
        ("e001469", "1469", True),
        ("S51", "A51", False),
        ("12", "77", False),
        ("1-9", "e1024", None),
        ("Jan-13", "1-13", None),
        ("NA", "12", None),
    ],
)
def test_first_pages(one, other, same):
    """A page is its number with its letters; page 1 says nothing against an article number."""
    assert places.same_page(places.first_page(one), places.first_page(other)) is same


@given(st.text(max_size=60), st.text(max_size=60))
def test_titles_of_any_text(one, other):
    """Comparing is symmetric, a title is the same as itself, and no text at all is a title that says something."""
    first, second = titles.take_apart(one), titles.take_apart(other)
    assert titles.compare(first, second) is titles.compare(second, first)
    assert titles.compare(first, first) is (Titles.SAME if first.key else Titles.MISSING)
    assert titles.likeness(first, second) == titles.likeness(second, first)
    assert not first.telling or len(first.key) > 4
