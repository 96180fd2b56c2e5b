"""Single records: added by hand, corrected, or removed before screening for a criterion that a person confirmed."""

import pytest

from asreview_mc.core.errors import AsreviewMCError, DecisionError, UnknownError
from asreview_mc.project import duplicates, records
from asreview_mc.project.review import Review
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
    with pytest.raises(UnknownError, match="not flagged"):
        records.judge_flag(review, "r000002", "colour", fails=True, by="R2")
    with pytest.raises(UnknownError):
        records.judge_flag(review, "r000002", "date", fails=True, by="Mallory")


def test_a_removed_record_is_decided_on_by_nobody(review):
    """Neither offered nor accepted."""
    records.judge_flag(review, "r000001", "date", fails=True, by="R1")
    with pytest.raises(DecisionError, match="removed before screening"):
        decide(review, "r000001", "include", "R1")


def test_only_what_the_program_flagged_can_be_removed(review):
    """One person does not bypass the second screener for a criterion that needs judgement."""
    with pytest.raises(UnknownError, match="not flagged"):
        records.judge_flag(review, "r000001", "full-text", fails=True, by="R1")
    assert len(review.state.queue("abstract", "R1")) == 6


def test_a_removed_record_stays_in_the_list_and_can_be_brought_back(review):
    """Also once the reason for the flag is gone, or the criterion has another code."""
    records.judge_flag(review, "r000001", "date", fails=True, by="R1")
    records.amend(review, "r000001", {"year": 2020}, by="R1")
    path = review.folder / "protocol.toml"
    path.write_text(path.read_text("utf-8").replace('code = "date"', 'code = "published"'), "utf-8")
    review.accept_protocol("R1", "another code")
    (listed,) = [one for one in records.flagged(review) if one.record_id == "r000001"]
    assert (listed.criterion, listed.judged) == ("date", "fails")
    records.judge_flag(review, "r000001", "date", fails=False, by="R1")
    assert "r000001" in review.state.queue("abstract", "R1")


def test_a_removed_record_is_said_to_be_removed_wherever_it_is_written(review, tmp_path):
    """By whom and why; never as unread or pending."""
    import json

    from asreview_mc.project.audit import status
    from asreview_mc.project.reporting import export

    records.judge_flag(review, "r000001", "date", fails=True, by="R1")
    for what, n in (("all", 6), ("excluded", 1), ("unread", 5)):
        assert export(review, tmp_path / f"{what}.json", what=what, viewer=None)["written"] == n
    (row,) = json.loads((tmp_path / "excluded.json").read_text("utf-8"))
    assert (row["outcome_abstract"], row["included"]) == ("removed", 0)
    assert "date" in row["exclusion_reason"] and "R1" in row["exclusion_reason"]
    assert status(review)["removed"] == 1


def test_an_amendment_cannot_empty_a_record(review):
    """A title, an abstract or a DOI must be left."""
    with pytest.raises(DecisionError, match="a title, an abstract or a DOI"):
        records.amend(review, "r000001", {"title": "", "abstract": ""}, by="R1")


def test_records_kept_in_step_are_those_read_anew(review, tmp_path):
    """Whatever happens between two looks: only what it concerns is made again, and it comes out the same."""

    def compared():
        with Review.open(review.folder) as fresh:
            assert dict(review.records) == dict(fresh.records)
            assert list(review.records) == list(fresh.records)
            assert dict(review.single_records) == dict(fresh.single_records)

    compared()
    records.add_record(review, {"title": "Digital badges in higher education", "doi": "10.1000/x"}, source="Lists")
    compared()
    records.amend(review, "r000003", {"pages": "1-9"}, by="R1")
    duplicates.judge(review, "r000007", "r000001", same=True, by="R1")
    compared()
    assert review.records["r000001"].doi == "10.1000/x"
    records.amend(review, "r000007", {"doi": "10.1000/y"}, by="R1")
    duplicates.judge(review, "r000002", "r000001", same=True, by="R1")
    compared()
    assert review.records["r000001"].doi == "10.1000/y"
    duplicates.judge(review, "r000001", "r000003", same=True, by="R1")
    records.amend(review, "r000007", {"doi": "10.1000/z"}, by="R1")
    records.amend(review, "r000007", {"volume": "3"}, by="R1")
    compared()
    duplicates.split(review, "r000007", by="R1")
    compared()
    assert not review.records["r000001"].doi
