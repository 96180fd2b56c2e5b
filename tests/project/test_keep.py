"""Backup and restore: nothing that is replaced is lost, and nothing newer is replaced unasked."""

import pytest

from asreview_mc.core.errors import LogError, ProjectError
from asreview_mc.project import keep
from asreview_mc.project.review import Review
from asreview_mc.project.screen import decide


@pytest.fixture
def saved(review, tmp_path):
    """A backup of a review with one decision, made before another was."""
    decide(review, "r000001", "include", "R1")
    keep.backup(review, tmp_path / "backup.db")
    return tmp_path / "backup.db"


def test_a_review_comes_back_in_a_new_folder(review, saved, tmp_path):
    """With its protocol, its records and its chain."""
    done = keep.restore(tmp_path / "again", saved)
    with Review.open(tmp_path / "again") as again:
        assert (again.head, again.state.seq) == (review.head, review.state.seq) == (done.head, done.events)
        assert dict(again.records) == dict(review.records)
        assert again.draft().text == review.protocol.text
        assert again.log.verify().ok
    assert done.aside is None


def test_newer_events_are_not_replaced_unasked(review, saved):
    """And where that is asked for, the database that holds them is kept beside."""
    decide(review, "r000002", "exclude", "R1")
    review.close()
    with pytest.raises(ProjectError, match="1 events that the backup lacks"):
        keep.restore(review.folder, saved)
    done = keep.restore(review.folder, saved, replace=True)
    with Review.open(review.folder) as now:
        assert now.state.decided_by("abstract", "R1") == 1
    keep.restore(review.folder / "other", done.aside)
    with Review.open(review.folder / "other") as before:
        assert before.state.decided_by("abstract", "R1") == 2


def test_a_damaged_review_is_replaced_and_kept(review, saved):
    """That is what the backup is for."""
    review.close()
    database = review.folder / "review.db"
    database.write_bytes(database.read_bytes()[:3000])
    done = keep.restore(review.folder, saved)
    assert done.aside.read_bytes()[:15] == b"SQLite format 3"
    with Review.open(review.folder) as now:
        assert now.log.verify().ok
        assert now.state.decided_by("abstract", "R1") == 1


def test_restoring_the_same_again_changes_nothing_but_keeps_a_copy(review, saved):
    """The draft of the protocol is the team's own and stays."""
    path = review.folder / "protocol.toml"
    path.write_text(path.read_text("utf-8") + "\n# ours\n", "utf-8")
    head = review.head
    review.close()
    assert keep.restore(review.folder, saved).head == head
    assert path.read_text("utf-8").endswith("# ours\n")


@pytest.mark.parametrize("content", [b"", b"no database", b"SQLite format 3\0 but nothing more"])
def test_what_is_no_backup_is_refused_and_the_review_stays(review, tmp_path, content):
    """In one line."""
    file = tmp_path / "bad.db"
    file.write_bytes(content)
    with pytest.raises(LogError):
        keep.restore(review.folder, file)
    assert review.log.verify().ok


def test_a_backup_that_was_changed_is_refused(review, saved):
    """Its chain is followed before anything is touched."""
    import sqlite3

    raw = sqlite3.connect(saved)
    for (name,) in raw.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        raw.execute(f"DROP TRIGGER {name}")
    raw.execute("UPDATE events SET body = replace(body, 'include', 'exclude')")
    raw.commit()
    raw.close()
    with pytest.raises(LogError, match="backup is damaged"):
        keep.restore(review.folder, saved)


def test_a_review_on_a_share_says_so(review, monkeypatch):
    """And only there."""
    assert review.place_note is None
    monkeypatch.setattr("asreview_mc.project.folder.shared_by", lambda folder: "a network share (nfs)")
    assert "network share (nfs)" in review.place_note
    assert "checkout" in review.place_note
