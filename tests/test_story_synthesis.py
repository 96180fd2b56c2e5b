"""The model review's numbers, from planted events to the tables of its article, each traced back to its papers."""

import pytest

from asreview_mc.core.event import (
    GENESIS,
    Decided,
    Extracted,
    Logged,
    Merged,
    ProtocolSet,
    ReferencesRead,
    TopicsConfirmed,
)
from asreview_mc.core.protocol_file import template
from asreview_mc.core.record import Record
from asreview_mc.report import distributions
from asreview_mc.report.counts import count
from asreview_mc.report.sums import checks
from asreview_mc.report.table import percent
from asreview_mc.review.state import State

DESIGNS = {"various or other": 15, "mixed-method": 6, "quantitative": 5, "case study": 3, "qualitative": 3}
FOCUS = {"potential": 31, "barriers": 8, "success factors and enablers": 3, "mechanisms for progress": 2}
YEARS = {2015: 2, 2016: 0, 2017: 3, 2018: 3, 2019: 4, 2020: 7, 2021: 12, 2022: 1}
TOPICS = {
    "reskilling": 18,
    "employers": 14,
    "employability": 18,
    "lifelong": 22,
    "career": 14,
    "stackability": 17,
    "curriculum": 24,
    "design": 16,
}
REASONS = ["study_design"] * 11 + ["publication_type"] * 11 + ["setting"] * 6
SOURCES = (("EBSCOhost", 495), ("Taylor&Francis", 400), ("SpringerLink", 500))


def rid(number):
    return f"r{number:06d}"


def spread(counts, n=32):
    """Give each of n papers one key, or by key a set of papers, taken from alternate ends so that they overlap."""
    return [key for key, times in counts.items() for _ in range(times)][:n]


def both(record_id, stage, decision, reason=""):
    return [Decided(record_id, stage, name, decision, reason) for name in ("R1", "R2")]


def events():
    yield ProtocolSet(template("micro-credentials"), "R1", "start")
    first = 1
    for name, n in SOURCES:
        yield ReferencesRead(f"{name}.ris", name, "database", "RIS", "utf-8", "0", n, n, first=rid(first))
        first += n
    for number in range(478, 1396):
        yield Merged(rid(number), rid(number % 477 + 1), "same DOI")
    for number in range(1, 478):
        yield from both(rid(number), "abstract", "include" if number <= 60 else "exclude")
    for number in range(1, 61):
        yield from both(rid(number), "fulltext", *(("include",) if number <= 32 else ("exclude", REASONS[number - 33])))
    designs, focus = spread(DESIGNS), spread(FOCUS, 44)
    for place in range(32):
        values = {
            "study_design": designs[place],
            "research_focus": [label for k, label in enumerate(focus) if k % 32 == place],
            "author_region": ["North America"] if place < 15 else ["Australian region"] if place < 20 else ["Europe"],
        }
        for name in ("R1", "R2"):
            yield Extracted(rid(place + 1), name, "extraction", values)
        codes = tuple(code for code, n in TOPICS.items() if (place if len(code) % 2 else 31 - place) < n)
        yield TopicsConfirmed(rid(place + 1), "R1", codes)


@pytest.fixture(scope="module")
def review():
    state = State().feed(Logged(k, "2022-01-10T00:00:00", one, GENESIS) for k, one in enumerate(events(), start=1))
    years = spread(YEARS)
    records = {
        rid(number): Record(rid(number), title=f"Paper {number}", year=years[number - 1] if number <= 32 else 2020)
        for number in range(1, 1396)
    }
    return state, records


def counts_of(table):
    return {line[0]: len(ids) for line, ids in zip(table.rows, table.papers, strict=True)}


def table_named(review, name):
    (found,) = [one for one in distributions.all_distributions(*review) if one.name == name]
    return found


def test_the_flow_is_the_article_s(review):
    n = count(review[0])
    assert (n.database_results, n.duplicates, n.records_screened, n.records_excluded) == (1395, 918, 477, 417)
    assert (n.dbr_sought_reports, n.dbr_assessed, n.new_studies) == (60, 60, 32)
    assert sum(n.dbr_excluded.values()) == 28
    assert list(n.dbr_excluded.values()) == [11, 11, 6]
    assert all(one.ok for one in checks(n))


def test_study_designs_are_the_article_s(review):
    table = table_named(review, "by-study-design")
    assert counts_of(table) == DESIGNS
    assert [line[-1] for line in table.rows] == ["47 %", "19 %", "16 %", "9 %", "9 %"]
    assert sorted(one for ids in table.papers for one in ids) == [rid(k) for k in range(1, 33)]


def test_years_without_a_paper_are_there(review):
    found = counts_of(table_named(review, "by-year"))
    assert found == {str(year): n for year, n in YEARS.items()}
    assert (found["2021"], found["2016"]) == (12, 0)


def test_sub_topics_are_the_article_s(review):
    state, _ = review
    table = table_named(review, "by-subtopic")
    labels = {card.code: card.label for card in state.protocol.cards}
    found = counts_of(table)
    assert {code: found[labels[code]] for code in TOPICS} == TOPICS
    together = table_named(review, "subtopics-together")
    assert len(together.cells[labels["lifelong"], labels["lifelong"]]) == 22
    crossed = table_named(review, "subtopic-by-year")
    for line in crossed.rows:
        assert sum(line[1:]) == found[line[0]]


def test_regions_and_focus_have_their_own_bases(review):
    region = table_named(review, "by-author-region")
    shares = {line[0]: line[-1] for line in region.rows}
    assert (shares["Australian region"], shares["North America"]) == ("16 %", "47 %")
    assert (percent(5, 32), percent(15, 32)) == ("16 %", "47 %")
    focus = table_named(review, "by-research-focus")
    assert {line[0]: line[-1] for line in focus.rows} == {
        "barriers": "18 %",
        "success factors and enablers": "7 %",
        "potential": "70 %",
        "mechanisms for progress": "5 %",
    }
    assert focus.note.startswith("Base: 44 labels given to 32 papers")


def test_small_categories_are_gaps(review):
    state, records = review
    found = {(kind, one.label): (len(one.papers), base) for kind, one, base in distributions.gaps(state, records)}
    assert found["research focus", "mechanisms for progress"] == (2, 44)
    assert found["sub-topic", "well-being/welfare"] == (0, 32)
    assert ("sub-topic", "integration into curriculum") not in found
