"""A copy for a reviewer elsewhere: what it holds, what may be done in it, and its way home."""

import shutil
import sqlite3

import pytest

from asreview_mc.core.errors import AsreviewMCError, DecisionError, LogError, OutputError, ProjectError
from asreview_mc.core.event import CopyMerged, Decided
from asreview_mc.project import copies, gather, screen, team
from asreview_mc.project.review import Review


@pytest.fixture
def away(review, tmp_path):
    """R2's copy of a review in which both decided on two records, R1 alone on a third and R2 alone on a fourth."""
    for record_id, first, second in (("r000001", "include", "include"), ("r000002", "include", "exclude")):
        screen.decide(review, record_id, first, "R1", note="zebra")
        screen.decide(review, record_id, second, "R2")
    screen.decide(review, "r000003", "exclude", "R1", note="giraffe")
    screen.decide(review, "r000004", "exclude", "R2")
    path = tmp_path / "away.review"
    copies.checkout(review, "R2", path)
    return path


def decisions(review, reviewer):
    said = (one.event for one in review.log.events(kinds=["decided"]))
    return [(one.record_id, one.decision) for one in said if one.reviewer == reviewer]


def test_a_copy_holds_nobody_elses_decisions(away):
    """Not in the log, and not in the bytes of the file either; what stood is there, so that nothing is read twice."""
    assert b"zebra" not in away.read_bytes()
    assert b"giraffe" not in away.read_bytes()
    with Review.open(away) as copy:
        assert {one.event.reviewer for one in copy.log.events(kinds=["decided"])} == {"R2"}
        assert decisions(copy, "R2") == [("r000001", "include"), ("r000002", "exclude"), ("r000004", "exclude")]
        state = copy.state
        assert state.queue("abstract", "R2") == ["r000003", "r000005", "r000006"]
        assert state.queue("fulltext", "R2") == ["r000001"]
        assert [(one.record_id, one.y) for one in state.labels("R2")] == [
            ("r000001", 1),
            ("r000002", 0),
            ("r000004", 0),
        ]
        assert copy.log.verify().ok
        assert len(copy.records) == 6


def test_work_comes_home_with_its_time_and_author(review, away):
    """Meanwhile the work at home goes on; what was undone there is undone here, though the numbers differ."""
    with Review.open(away) as copy:
        screen.decide(copy, "r000003", "include", "R2", note="read on a train")
        screen.decide(copy, "r000005", "exclude", "R2")
        screen.undo(copy, "R2")
        screen.undo(copy, "R2", record_id="r000004")
        team.tag(copy, "r000003", "train", "R2")
        there = copy.log.events()[-5:]
    screen.decide(review, "r000006", "include", "R1")
    home = copies.merge(review, away, by="R1")
    assert (home.reviewer, home.events_added) == ("R2", 5)
    here = review.log.events()[-6:-1]
    assert [one.at for one in here] == [one.at for one in there]
    assert [one.event.actors for one in here] == [("R2",)] * 5
    assert here[0].event.note == "read on a train"
    state = review.state
    assert state.verdict("abstract", "r000003").outcome == "conflict"
    assert not state.deciders("abstract", "r000005")
    assert not state.deciders("abstract", "r000004")
    assert review.log.verify().ok


def test_merging_twice_adds_nothing_and_a_later_merge_adds_the_rest(review, away, tmp_path):
    """The same file, an older one, and the same one with more work in it."""
    with Review.open(away) as copy:
        screen.decide(copy, "r000005", "exclude", "R2")
    older = shutil.copy(away, tmp_path / "older.review")
    assert copies.merge(review, away).events_added == 1
    head = review.head
    assert copies.merge(review, away).events_added == 0
    assert review.head == head
    with Review.open(away) as copy:
        screen.decide(copy, "r000005", "include", "R2")
    assert copies.merge(review, away).events_added == 1
    assert copies.merge(review, older).events_added == 0
    assert review.state.last_decision("abstract", "R2").decision == "include"
    assert [one.event.added for one in review.log.events(kinds=[CopyMerged.kind])] == [1, 1]


def test_a_forked_copy_is_refused_in_words(review, away, tmp_path):
    """The same copy worked on in two places: the first home wins, the second is not taken apart by guessing."""
    fork = tmp_path / "fork.review"
    shutil.copy(away, fork)
    for path, decision in ((away, "exclude"), (fork, "include")):
        with Review.open(path) as copy:
            screen.decide(copy, "r000005", decision, "R2")
    copies.merge(review, away)
    head = review.head
    with pytest.raises(DecisionError, match="forked"):
        copies.merge(review, fork)
    assert review.head == head


def test_a_foreign_copy_is_refused_in_words(away, tmp_path, review):
    """One of another review; and one of this review's past, which a restored backup does not know."""
    other = Review.create(tmp_path / "other", "micro-credentials")
    with other, pytest.raises(DecisionError, match="did not leave this review"):
        copies.merge(other, away)
    with pytest.raises(ProjectError, match="no such folder"):
        copies.merge(review, tmp_path / "nothing.review")
    review.log.write_copy(tmp_path / "plain.review", [(one.at, one.event) for one in review.log.events()])
    with pytest.raises(ProjectError, match="no copy that was checked out"):
        Review.open(tmp_path / "plain.review")


def test_a_copy_with_anothers_work_in_it_is_refused(review, away):
    """Somebody who writes a decision of R1 into R2's copy by hand."""
    with Review.open(away) as copy:
        copy.log.append([Decided("r000005", "abstract", "R1", "include")])
    with pytest.raises(LogError, match="not the own work of R2"):
        copies.merge(review, away)


def test_a_damaged_copy_is_refused(review, away):
    """A decision changed in the file."""
    with Review.open(away) as copy:
        screen.decide(copy, "r000005", "exclude", "R2")
    with sqlite3.connect(away) as db:
        db.execute("DROP TRIGGER events_no_update")
        db.execute("UPDATE events SET body = replace(body, 'exclude', 'include') WHERE record_id = 'r000005'")
    db.close()
    with pytest.raises(LogError, match="damaged"):
        copies.merge(review, away)


def test_a_copy_is_for_its_reviewer_alone(away, tmp_path):
    """Everything that belongs to the review itself is refused there, in one line."""
    papers = tmp_path / "more.csv"
    papers.write_text("title\nAnother paper\n", "utf-8")
    with Review.open(away) as copy:
        head = copy.head
        for attempt in (
            lambda: screen.decide(copy, "r000005", "include", "R1"),
            lambda: gather.add(copy, [papers], source="Other"),
            lambda: copies.checkout(copy, "R2", tmp_path / "second.review"),
            lambda: team.calibrate(copy, "R2", n=1),
            lambda: copy.accept_protocol("R2", "mine now"),
        ):
            with pytest.raises(AsreviewMCError, match="copy of R2"):
                attempt()
        assert copy.head == head
        assert copy.draft_note() is None
    assert not (tmp_path / "second.review").exists()


def test_a_copy_never_replaces_a_file_and_a_refusal_leaves_none(review, tmp_path):
    """Nor is a checkout logged that left no file."""
    path = tmp_path / "mine.txt"
    path.write_text("precious", "utf-8")
    head = review.head
    with pytest.raises(OutputError, match="exists already"):
        copies.checkout(review, "R2", path)
    with pytest.raises(OutputError, match="cannot be written"):
        copies.checkout(review, "R2", tmp_path / "no" / "folder.review")
    assert (path.read_text("utf-8"), review.head) == ("precious", head)
    assert sorted(one.name for one in tmp_path.iterdir() if one.is_file()) == ["export.csv", "mine.txt"]


def test_what_was_decided_on_a_copy_was_decided_blind(review, away, amended):
    """R3 completes a record at home while the copy is out; R2, who could not know, still counts as a blind rater."""
    path = review.folder / "protocol.toml"
    path.write_text(path.read_text("utf-8") + '\n[[reviewers]]\nname = "R3"\n', "utf-8")
    review.accept_protocol("R1", "R3 joins")
    screen.decide(review, "r000003", "exclude", "R3")
    with Review.open(away) as copy:
        screen.decide(copy, "r000003", "include", "R2")
    copies.merge(review, away)
    rated = review.state.ratings("abstract", ["r000003"])
    assert {name: one.get("r000003") for name, one in rated.items()} == {
        "R1": "exclude",
        "R2": "include",
        "R3": "exclude",
    }
