"""Updates: what was included before, what is new, and what an earlier round left undone."""

from asreview_mc.core.event import Linked, RoundBegun, StageClosed
from asreview_mc.report.account import limitations
from asreview_mc.report.counts import count
from asreview_mc.report.prisma import to_csv, to_text
from asreview_mc.report.sums import checks


def began(review, name="update", **earlier):
    review.tell(RoundBegun(name, "R1", "", **earlier))


def test_an_update_counts_its_own_search_and_keeps_what_was_included(review):
    """Two included before, one of three after: every other number is of the new search."""
    for record_id in review.read(2):
        review.include(record_id)
    began(review)
    new = review.read(3, "SpringerLink")
    review.include(new[0])
    review.decide(new[1], "exclude")
    flow = count(review.state)
    assert (flow.previous_studies, flow.previous_reports, flow.new_studies, flow.total_studies) == (2, 2, 1, 3)
    assert (flow.database_results, flow.records_screened, flow.records_excluded, flow.not_screened) == (3, 2, 1, 1)
    assert flow.papers["total_reports"] == ("r000001", "r000002", new[0])
    assert all(one.ok for one in checks(flow))


def test_a_new_report_of_an_old_study_is_no_new_study(review):
    """It counts among reports alone, and studies before and after still add up."""
    (old,) = review.read(1)
    review.include(old)
    began(review)
    again, other, its_second = review.read(3)
    for record_id in (again, other, its_second):
        review.include(record_id)
    review.tell(Linked(old, (again,), "R1"), Linked(other, (its_second,), "R1"))
    flow = count(review.state)
    assert flow.papers["new_studies"] == (other,)
    assert (flow.new_reports, flow.total_studies, flow.total_reports) == (3, 2, 4)
    assert all(one.ok for one in checks(flow))


def test_studies_of_a_version_before_the_log_are_added(review):
    """What an article had included that this log does not hold is previous, in studies and in reports."""
    began(review, studies=32, reports=34)
    (new,) = review.read(1)
    review.include(new)
    flow = count(review.state)
    assert (flow.previous_studies, flow.previous_reports) == (32, 34)
    assert (flow.total_studies, flow.total_reports) == (33, 35)
    assert all(one.ok for one in checks(flow))
    rows = {line.split(",")[0]: line.rsplit(",", 1)[1] for line in to_csv(flow).splitlines()}
    assert (rows["previous_studies"], rows["previous_reports"], rows["total_studies"]) == ("32", "34", "33")


def test_what_an_earlier_round_left_undone_is_said(review):
    """Not screened, in conflict, and without a full text judged: none is in the flow's sums, and all are named."""
    unread, conflict, unassessed, out = review.read(4)
    review.decide(conflict, {"R1": "include", "R2": "exclude"})
    review.decide(unassessed, "include")
    review.decide(out, "exclude")
    assert count(review.state).previous_unfinished == 0
    began(review)
    review.read(1)
    flow = count(review.state)
    assert flow.papers["previous_unfinished"] == (unread, conflict, unassessed)
    assert (flow.not_screened, flow.pending, flow.records_screened) == (1, 0, 0)
    assert any("previous version not screened" in line and line.endswith("3") for line in to_text(flow))
    said = limitations(review.state, review.records, flow)
    assert any("before this round" in line and "3 records" in line for line in said)


def test_what_is_read_after_a_rule_ended_screening_was_not_removed_by_it(review):
    """Only what waited when the stage was closed was left unread by the rule."""
    read, left = review.read(2)
    review.decide(read, "include")
    review.tell(StageClosed("abstract", "R1", "", "buscar", (left,)))
    (later,) = review.read(1, "SpringerLink")
    flow = count(review.state)
    assert flow.papers["excluded_automatic"] == (left,)
    assert flow.papers["not_screened"] == (later,)
    assert all(one.ok for one in checks(flow))
