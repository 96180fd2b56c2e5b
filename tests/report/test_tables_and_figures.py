"""Tables and the recall curve: every count with the papers behind it."""

from xml.etree import ElementTree

import pytest

from asreview_mc.report.counts import count
from asreview_mc.report.figures import recall_picture, workload_picture
from asreview_mc.report.tables import exclusions, sources, subtopics, years


def test_subtopics_count_included_and_confirmed_only(finished):
    """Ten rows in the protocol's order, shares of the included, the papers behind each count."""
    finished.confirm("r000003", "reskilling")
    rows = subtopics(finished.state)
    assert len(rows) == 10
    first = rows[0]
    assert (first["code"], first["group"], first["n"], first["base"], first["share"]) == (
        "reskilling",
        "economic",
        1,
        2,
        0.5,
    )
    assert first["papers"] == ["r000001"]
    assert rows[2]["n"] == 0


def test_no_share_of_nothing(review):
    """Without included records a share is undefined, not zero."""
    assert {row["share"] for row in subtopics(review.state)} == {None}


def test_sources_keep_what_duplicates_bring(finished):
    """A record held by two databases counts in both, and rejects are shown."""
    finished.read(0, "SpringerLink", rejected=2)
    rows = {row["source"]: row for row in sources(finished.state)}
    assert (rows["EBSCOhost"]["read"], rows["EBSCOhost"]["papers"]) == (6, ["r000001", "r000002"])
    assert (rows["SpringerLink"]["found"], rows["SpringerLink"]["read"], rows["SpringerLink"]["rejected"]) == (6, 4, 2)
    assert rows["SpringerLink"]["papers"] == ["r000001"]


def test_years_without_a_paper_are_shown(review):
    """Between the first and the last year none is left out; papers without a year come last."""
    for year in (2016, 2019, None, 2019):
        for record_id in review.read(1, year=year):
            review.include(record_id)
    rows = years(review.state, review.records)
    assert [(row["year"], row["n"]) for row in rows] == [(2016, 1), (2017, 0), (2018, 0), (2019, 2), (None, 1)]
    assert rows[3]["papers"] == ["r000002", "r000004"]


def test_no_years_without_papers(review):
    """An empty review has an empty table."""
    assert years(review.state, review.records) == []


def test_exclusions_join_both_columns(review):
    """A reason used for databases and for other methods is one row."""
    for record_id in [*review.read(1), *review.read(1, "site", "website")]:
        review.decide(record_id, "include")
        review.decide(record_id, "exclude:setting", "fulltext")
    assert exclusions(count(review.state)) == [{"reason": "wrong setting", "n": 2, "papers": ["r000001", "r000002"]}]


@pytest.mark.parametrize("labels", [[], [0], [1, 1, 0, 1, 0, 0]])
@pytest.mark.parametrize("suffix", [".svg", ".png", ".pdf"])
def test_the_curve_is_drawn_for_any_labels(labels, suffix):
    """Nothing, nothing relevant, and a real order all give a picture, the same each time."""
    drawn = recall_picture(labels, suffix)
    assert len(drawn) > 1000
    assert drawn == recall_picture(labels, suffix)


def test_the_curve_says_its_numbers():
    """The SVG's description holds what was found and among how many."""
    root = ElementTree.fromstring(recall_picture([1, 0, 1, 0], ".svg"))
    assert root.find("{http://www.w3.org/2000/svg}desc").text == "2 relevant records found among 4 screened."


def test_the_order_is_what_is_drawn():
    """The same labels in another order give another curve."""
    assert recall_picture([1, 1, 0, 0], ".svg") != recall_picture([0, 0, 1, 1], ".svg")


@pytest.mark.parametrize("suffix", [".svg", ".png", ".pdf"])
def test_the_workload_is_drawn_for_any_team(suffix):
    """None yet, one day, a gap of days, and more people than colours; the same numbers give the same bytes."""
    team = {f"P{k}": {"2026-11-27": k, "2026-11-29": 2} for k in range(30)}
    for days in ({}, {"R1": {"2026-11-29": 1}}, team):
        drawn = workload_picture(days, suffix)
        assert drawn and drawn == workload_picture(days, suffix)
    if suffix == ".svg":
        assert "P29 31." in workload_picture(team, suffix).decode()
        assert "nobody has decided yet" in workload_picture({}, suffix).decode()
