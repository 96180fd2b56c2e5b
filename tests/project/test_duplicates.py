"""Three answers for a pair: merged and reversible, asked about, apart; no decision is lost on the way."""

import pytest

from asreview_mc.core.errors import DecisionError, UnknownError
from asreview_mc.project import gather
from asreview_mc.project.duplicates import dedup, doubts, judge, split
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
