"""Single records: added by hand, corrected, or removed before screening for a criterion that a person confirmed."""

import pytest

from asreview_mc.core.errors import AsreviewMCError, DecisionError, UnknownError
from asreview_mc.project import records
from asreview_mc.project.screen import decide
from asreview_mc.report.prisma import checks, count


def test_a_record_added_by_hand_joins_the_queue_and_prisma_counts_its_route(review):
    """Found by citation searching, it stands in the other column."""
    logged = records.add_record(review, {"title": "Found by hand", "year": 2020}, source="Reference lists", by="R1")
    assert logged.event.first == "r000007"
    assert review.records["r000007"].title == "Found by hand"
    assert "r000007" in review.state.queue("abstract", "R1")
    flow = count(review.state)
    assert (flow.database_results, flow.citations_results) == (6, 1)
    assert all(one.ok for one in checks(flow))
    assert review.log.verify().ok


@pytest.mark.parametrize(
    ("values", "more"),
    [
        ({}, {}),
        ({"year": 2020}, {}),
        ({"title": "x", "colour": "red"}, {}),
        ({"title": "x", "doi": "no doi"}, {}),
        ({"title": "x", "year": 20200}, {}),
        ({"title": "x"}, {"via": "pigeon"}),
        ({"title": "x"}, {"source": ""}),
        ({"title": "x"}, {"by": "Mallory"}),
    ],
)
def test_what_is_no_record_is_refused(review, values, more):
    """And nothing is added."""
    with pytest.raises(AsreviewMCError):
        records.add_record(review, values, **{"source": "Reference lists", **more})
    assert review.state.n_records == 6


def test_an_abstract_can_be_added_later_and_what_was_read_stays(review):
    """The record that people and rankers see is the corrected one; the log holds both."""
    records.amend(
        review, "r000001", {"abstract": "Seen in the library.", "authors": "A, B; C, D"}, by="R1", reason="missing"
    )
    record = review.records["r000001"]
    assert record.abstract == "Seen in the library."
    assert record.authors == ("A, B", "C, D")
    assert review.log.record("r000001").abstract == "Digital badges in higher education is studied here."
    records.amend(review, "r000001", {"abstract": "Seen again."}, by="R2")
    assert review.records["r000001"].abstract == "Seen again."
    assert review.log.verify().ok


def test_an_amendment_must_change_something(review):
    """And name a field, a person and a record that there are."""
    with pytest.raises(DecisionError, match="nothing would change"):
        records.amend(review, "r000001", {"title": "Digital badges in higher education"}, by="R1")
    for record_id, values, by in (
        ("r000009", {"title": "x"}, "R1"),
        ("r000001", {"record_id": "r000002"}, "R1"),
        ("r000001", {"title": "x"}, "Mallory"),
    ):
        with pytest.raises(UnknownError):
            records.amend(review, record_id, values, by=by)


def test_flags_are_the_machines_and_their_consequences_a_persons(review):
    """The export's years 2001 to 2006 lie before the protocol's first day; one is confirmed, one is kept."""
    found = records.flagged(review)
    assert [(one.record_id, one.criterion, one.judged) for one in found] == [
        (f"r00000{k}", "date", "") for k in range(1, 7)
    ]
    assert len(review.state.queue("abstract", "R1")) == 6
    records.judge_flag(review, "r000001", "date", fails=True, by="R1", note="checked at the publisher's")
    records.judge_flag(review, "r000002", "date", fails=False, by="R2")
    assert [one.judged for one in records.flagged(review)][:3] == ["fails", "meets", ""]
    assert review.state.queue("abstract", "R1")[0] == "r000002"
    flow = count(review.state)
    assert (flow.excluded_other, flow.papers["excluded_other"]) == (1, ("r000001",))
    assert flow.not_screened == 5
    assert all(one.ok for one in checks(flow))
    records.judge_flag(review, "r000001", "date", fails=False, by="R1", note="online first")
    assert len(review.state.queue("abstract", "R1")) == 6
    assert count(review.state).excluded_other == 0


def test_a_record_that_is_being_screened_is_excluded_there(review):
    """No decision vanishes behind a flag."""
    decide(review, "r000001", "include", "R1")
    with pytest.raises(DecisionError, match="being screened"):
        records.judge_flag(review, "r000001", "date", fails=True, by="R2")
    with pytest.raises(UnknownError, match="no criterion"):
        records.judge_flag(review, "r000002", "colour", fails=True, by="R2")
    with pytest.raises(UnknownError):
        records.judge_flag(review, "r000002", "date", fails=True, by="Mallory")


def test_a_removed_record_is_decided_on_by_nobody(review):
    """Neither offered nor accepted."""
    records.judge_flag(review, "r000001", "date", fails=True, by="R1")
    with pytest.raises(DecisionError, match="removed before screening"):
        decide(review, "r000001", "include", "R1")
