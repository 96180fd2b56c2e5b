"""Three answers for a pair: merged and reversible, asked about, apart; no decision is lost on the way."""

import pytest

from asreview_mc.core.errors import DecisionError, UnknownError
from asreview_mc.project import gather
from asreview_mc.project.duplicates import dedup, doubts, judge, split
from asreview_mc.project.reporting import export
from asreview_mc.project.screen import conflicts, decide
from asreview_mc.report.prisma import checks, count


@pytest.fixture
def doubled(review, tmp_path):
    """The six records again from another database, the second with a slip in its title and another year."""
    copy = tmp_path / "copy.csv"
    text = (tmp_path / "export.csv").read_text("utf-8")
    copy.write_text(
        text.replace("Author 2,2002", "Author 2,2004").replace("and employability", "and employabilty") + "\n", "utf-8"
    )
    gather.add(review, [copy], source="Scopus")
    return review


def test_certain_ones_are_merged_and_doubtful_ones_wait(doubled):
    """Nothing is deleted, every source is kept, and the count of what waits is what is offered."""
    done = dedup(doubled)
    assert (done.records, done.merged, done.clusters) == (12, 5, 5)
    assert done.to_review == len(doubts(doubled)) == 1
    (doubt,) = doubts(doubled)
    assert {doubt.record_id, doubt.other} == {"r000002", "r000008"}
    assert doubled.state.sources_of("r000001") == ["EBSCOhost", "Scopus"]
    assert doubled.log.verify().ok


@pytest.mark.parametrize("same", [True, False])
def test_a_persons_judgement_is_never_asked_again(doubled, same):
    """Merged, or kept apart for good."""
    dedup(doubled)
    judge(doubled, "r000008", "r000002", same=same, by="R1", note="looked at both")
    assert doubts(doubled) == []
    assert (doubled.state.kept("r000008") == "r000002") == same
    assert dedup(doubled).merged == 0
    if same:
        with pytest.raises(DecisionError, match="one record already"):
            judge(doubled, "r000002", "r000008", same=False, by="R2")


def test_a_merge_is_taken_back_and_stays_so(doubled):
    """`split` gives the record back to the queue; the next `dedup` does not merge it again."""
    dedup(doubled)
    assert doubled.state.kept("r000007") == "r000001"
    split(doubled, "r000007", by="R1", note="another edition")
    assert doubled.state.kept("r000007") == "r000007"
    assert "r000007" in doubled.state.queue("abstract", "R1")
    assert dedup(doubled).merged == 0
    assert all(doubt.record_id != "r000007" for doubt in doubts(doubled))
    flow = count(doubled.state)
    assert flow.duplicates == 4
    assert all(one.ok for one in checks(flow))
    with pytest.raises(DecisionError, match="not merged"):
        split(doubled, "r000007", by="R1")
    with pytest.raises(DecisionError, match="not merged"):
        split(doubled, "r000001", by="R1")
    for record_id, by in (("r000099", "R1"), ("r000008", "Mallory")):
        with pytest.raises(UnknownError):
            split(doubled, record_id, by=by)


def test_decisions_made_before_a_merge_are_carried_over_and_go_back_with_a_split(doubled):
    """If they differ they are in conflict; after the split each is where it was made."""
    decide(doubled, "r000001", "include", "R1")
    decide(doubled, "r000007", "exclude", "R2")
    dedup(doubled)
    assert [one["record_id"] for one in conflicts(doubled, "abstract")] == ["r000001"]
    split(doubled, "r000007", by="R1")
    assert conflicts(doubled, "abstract") == []
    state = doubled.state
    assert [one.decision for one in state.visible("abstract", "r000001", "R1")] == ["include"]
    assert [one.decision for one in state.visible("abstract", "r000007", "R2")] == ["exclude"]


def test_one_who_decided_differently_on_both_copies_is_in_conflict_with_themselves(doubled):
    """Nobody chooses for them which they meant."""
    decide(doubled, "r000001", "include", "R1")
    decide(doubled, "r000007", "exclude", "R1")
    decide(doubled, "r000001", "include", "R2")
    dedup(doubled)
    assert doubled.state.verdict("abstract", "r000001").outcome == "conflict"


def test_a_split_is_seen_by_whoever_has_the_review_open(doubled):
    """Another process folds the log anew."""
    from asreview_mc.project.review import Review

    dedup(doubled)
    with Review.open(doubled.folder) as other:
        assert other.state.kept("r000007") == "r000001"
        split(doubled, "r000007", by="R1")
        assert other.state.kept("r000007") == "r000007"
        decide(other, "r000007", "include", "R2")
    assert doubled.state.decided_by("abstract", "R2") == 1


def test_a_corrected_title_is_what_is_compared(doubled):
    """Amending the slip makes the pair certain or at least no less alike."""
    from asreview_mc.project.records import amend

    amend(
        doubled,
        "r000008",
        {"title": "Micro-credentials and employability", "authors": "Author 2", "year": 2002},
        by="R1",
    )
    assert dedup(doubled).merged == 6
    assert doubts(doubled) == []


def test_a_merge_says_what_it_carried_over(doubled):
    """How many merged records had been decided on, and how many are in conflict by that."""
    decide(doubled, "r000001", "include", "R1")
    decide(doubled, "r000007", "exclude", "R2")
    decide(doubled, "r000009", "include", "R1")
    done = dedup(doubled)
    assert (done.carried_over, done.new_conflicts) == (2, 1)


def test_a_merge_cannot_be_used_to_look_at_a_pending_decision(doubled):
    """Two works that nothing joins are not merged while a decision on either is pending."""
    decide(doubled, "r000001", "include", "R1")
    decide(doubled, "r000003", "exclude", "R2", note="secret")
    head = doubled.head
    with pytest.raises(DecisionError, match="would be disclosed"):
        judge(doubled, "r000003", "r000001", same=True, by="R1")
    assert doubled.head == head


def test_decisions_made_after_a_merge_that_was_taken_back_are_not_blind(doubled):
    """Whoever saw the other's decision meanwhile does not count as an independent rater."""
    decide(doubled, "r000001", "include", "R1")
    decide(doubled, "r000007", "exclude", "R2")
    dedup(doubled)
    split(doubled, "r000007", by="R1")
    decide(doubled, "r000007", "exclude", "R1")
    decide(doubled, "r000001", "include", "R2")
    assert doubled.state.doubly_screened("abstract") == []
    assert doubled.state.completed("abstract") == ["r000007", "r000001"]


def test_a_split_judges_only_the_pair_it_takes_apart(doubled, tmp_path):
    """A third copy that came later keeps its own chance."""
    dedup(doubled)
    third = tmp_path / "third.csv"
    third.write_text("title,abstract,authors,year\nDigital badges in higher education,,Author 1,2001\n", "utf-8")
    gather.add(doubled, [third], source="ERIC")
    assert dedup(doubled).merged == 1
    split(doubled, "r000007", by="R1")
    assert doubled.state.different == {frozenset(("r000001", "r000007"))}


def test_an_included_study_does_not_vanish_behind_a_copy_that_was_removed(doubled):
    """A removal before screening does not take along a duplicate that people included."""
    from asreview_mc.project.records import flagged, judge_flag
    from asreview_mc.review.eligibility import eligibility

    judge_flag(doubled, "r000001", "date", fails=True, by="R1")
    for stage in ("abstract", "fulltext"):
        for name in ("R1", "R2"):
            decide(doubled, "r000007", "include", name, stage=stage)
    assert eligibility(doubled.state).included == ("r000007",)
    dedup(doubled)
    assert eligibility(doubled.state).included == ("r000001",)
    assert all(one.ok for one in checks(count(doubled.state)))
    assert [one.judged for one in flagged(doubled) if one.record_id == "r000001"] == [""]


def test_identifiers_and_fields_of_every_copy_are_kept(review, tmp_path):
    """The second DOI stands beside the first, in the record and in what is exported."""
    from asreview_mc.core.record import Record

    one = Record(record_id="r1", title="T", doi="10.1/a", extra={"DB": ["A"], "X": ["x"]})
    other = Record(record_id="r2", title="T", abstract="B", doi="10.1/b", extra={"DB": ["B", "A"], "Y": ["y"]})
    both = one.completed([other])
    assert (both.doi, both.abstract) == ("10.1/a", "B")
    assert both.extra == {"DB": ["A", "B"], "X": ["x"], "Y": ["y"], "other doi": ["10.1/b"]}
    assert one.extra == {"DB": ["A"], "X": ["x"]}


def test_a_retraction_is_seen_in_the_queue_and_in_exports(review, tmp_path):
    """The clean copy that came first does not hide it; the log says of the merge what it always did."""
    fields = "AU  - Quispe, A\nPY  - 2016\nDO  - 10.1111/si.2016.20\nER  - \n\n"
    for name, title in (("first", "Theatre in prisons"), ("second", "WITHDRAWN: Theatre in prisons")):
        path = tmp_path / f"{name}.ris"
        path.write_text(f"TY  - JOUR\nTI  - {title}\n{fields}", "utf-8")
        gather.add(review, [path], source=name)
    assert dedup(review).merged == 1
    kept = review.state.kept("r000008")
    assert review.whole_record(kept) == review.records[kept]
    assert review.records[kept].title == "WITHDRAWN: Theatre in prisons"
    assert review.record(kept).title == "Theatre in prisons"
    for ending in ("ris", "csv", "json", "bib"):
        path = tmp_path / f"out.{ending}"
        export(review, path, what="all", viewer=None)
        assert "WITHDRAWN: Theatre in prisons" in path.read_text("utf-8")
