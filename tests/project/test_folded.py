"""The state left between two openings: used where it is the log's, passed over in silence where it is not."""

import errno
import json
import os
import stat

import pytest

from asreview_mc.core.errors import LogError
from asreview_mc.project import copies, folded, folder, keep, screen
from asreview_mc.project.duplicates import judge, split
from asreview_mc.project.review import Review
from asreview_mc.review import snapshot
from asreview_mc.review.state import State


@pytest.fixture(autouse=True)
def small(monkeypatch):
    monkeypatch.setattr(folded, "WORTH_SAVING", 3)


@pytest.fixture
def left(review):
    """A review with decisions, closed after its state was left; returns the file."""
    screen.decide(review, "r000001", "include", "R1")
    screen.decide(review, "r000001", "exclude", "R2")
    assert review.state.seq == 4
    review.close()
    return review.folder / "cache" / "state.json"


def alone(review):
    """What the log alone gives."""
    return snapshot.dumps(State(review.merges_taken_back()).feed(review.log.events()))


def taken_from(review, monkeypatch):
    """Return the first event that a new opening reads to come to its state, which must be that of the log."""
    since = []
    read = review.log.events

    def events(after=0, **chosen):
        if not chosen:
            since.append(after)
        return read(after, **chosen)

    with monkeypatch.context() as patch:
        patch.setattr(review.log, "events", events)
        state = review.state
    assert snapshot.dumps(state) == alone(review)
    return since[0]


def test_the_next_opening_reads_only_what_came_later(left, monkeypatch):
    with Review.open(left.parents[1]) as review:
        screen.decide(review, "r000002", "exclude", "R1")
        assert taken_from(review, monkeypatch) == 4
        assert review.state.seq == 5


def test_it_is_saved_again_only_when_the_log_has_grown(left):
    before = left.read_bytes()
    with Review.open(left.parents[1]) as review:
        screen.decide(review, "r000002", "exclude", "R1")
        assert review.state.seq == 5
    assert left.read_bytes() == before
    with Review.open(left.parents[1]) as review:
        screen.decide(review, "r000002", "exclude", "R2")
        screen.decide(review, "r000003", "exclude", "R2")
        assert review.state.seq == 7
    assert json.loads(left.read_text("utf-8").splitlines()[0])["seq"] == 7


def test_only_its_owner_can_read_it_and_nothing_else_is_left(left):
    assert stat.S_IMODE(left.stat().st_mode) == 0o600
    assert [path.name for path in left.parent.iterdir()] == ["state.json"]


@pytest.mark.parametrize(
    "harm",
    [
        lambda data: b"",
        lambda data: data[:-1],
        lambda data: data[: len(data) // 2],
        lambda data: data.replace(b"include", b"exclude"),
        lambda data: data.replace(b'"seq": 4', b'"seq": 3'),
        lambda data: data.replace(b'"seq": 4', b'"seq": "4"'),
        lambda data: data.replace(b'"rules": "', b'"rules": "0'),
        lambda data: b"[]\n[]",
        lambda data: b"\xff\xfe" + data,
        lambda data: b"[" * 100_000,
    ],
)
def test_what_is_damaged_is_passed_over(left, harm, monkeypatch):
    harmed = harm(left.read_bytes())
    assert harmed != left.read_bytes()
    left.write_bytes(harmed)
    with Review.open(left.parents[1]) as review:
        assert taken_from(review, monkeypatch) == 0


def test_flipped_bytes_are_passed_over(left, monkeypatch):
    whole = left.read_bytes()
    for place in range(0, len(whole), len(whole) // 25):
        left.write_bytes(whole[:place] + bytes([whole[place] ^ 0x01]) + whole[place + 1 :])
        with Review.open(left.parents[1]) as review:
            assert snapshot.dumps(review.state) == alone(review), f"byte {place}"


def test_that_of_another_log_is_passed_over(left, tmp_path, monkeypatch):
    with Review.create(tmp_path / "other") as other:
        other.append(*[event.event for event in other.log.events()] * 5)
        (other.folder / "cache").mkdir()
        (other.folder / "cache" / "state.json").write_bytes(left.read_bytes())
        assert taken_from(other, monkeypatch) == 0


def test_a_state_beyond_a_restored_backup_is_passed_over(review, tmp_path, monkeypatch):
    keep.backup(review, tmp_path / "early.db")
    for record in ("r000001", "r000002"):
        screen.decide(review, record, "include", "R1")
    assert review.state.seq == 4
    review.close()
    assert (review.folder / "cache" / "state.json").exists()
    keep.restore(review.folder, tmp_path / "early.db", replace=True)
    with Review.open(review.folder) as again:
        assert taken_from(again, monkeypatch) == 0
        assert again.state.seq == 2


def test_a_merge_taken_back_afterwards_is_as_if_it_had_never_been(review):
    judge(review, "r000001", "r000002", same=True, by="R1")
    screen.decide(review, review.state.kept("r000002"), "include", "R1")
    assert len(review.state.merges) == 1
    review.close()
    assert (review.folder / "cache" / "state.json").exists()
    with Review.open(review.folder) as again:
        gone = next(iter(again.state.merges))
        split(again, gone, by="R1")
        assert snapshot.dumps(again.state) == alone(again)
        assert again.state.kept(gone) == gone
    with Review.open(review.folder) as again:
        assert snapshot.dumps(again.state) == alone(again)


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS, errno.EACCES])
def test_where_it_cannot_be_written_nothing_is_said(review, monkeypatch, number):
    screen.decide(review, "r000001", "include", "R1")
    assert review.state.seq == 3

    def refuse(opened, *said, **chosen):
        os.close(opened)
        raise OSError(number, os.strerror(number))

    with monkeypatch.context() as patch:
        patch.setattr(folder.os, "fdopen", refuse)
        review.close()
    assert not list((review.folder / "cache").iterdir())
    with Review.open(review.folder) as again:
        assert again.state.seq == 3


def test_a_file_in_the_way_of_the_folder_is_left_alone(review):
    (review.folder / "cache").write_text("mine", "utf-8")
    screen.decide(review, "r000001", "include", "R1")
    assert review.state.seq == 3
    review.close()
    assert (review.folder / "cache").read_text("utf-8") == "mine"
    with Review.open(review.folder) as again:
        assert again.state.seq == 3


def test_a_false_state_that_looks_right_is_found_by_verify(left):
    """Whoever can write to the folder can forge the digest, too; following the log shows it."""
    lines = left.read_text("utf-8").split("\n")
    forged = lines[1].replace('"include"', '"exclude"')
    head = json.loads(lines[0]) | {"digest": folded.hashlib.sha256(forged.encode()).hexdigest()}
    left.write_text(f"{json.dumps(head)}\n{forged}", "utf-8")
    with Review.open(left.parents[1]) as review:
        assert review.state.verdict("abstract", "r000001").outcome == "exclude", "the forgery is to take in"
        found = review.verify()
        assert not found.ok
        assert "state.json" in found.problem
        assert not left.exists()
        assert review.state.verdict("abstract", "r000001").outcome == "conflict"
        assert review.verify().ok


def test_a_whole_state_is_verified(left):
    with Review.open(left.parents[1]) as review:
        assert review.verify().ok
        screen.decide(review, "r000002", "exclude", "R1")
        assert review.verify().ok
    assert left.exists()


def test_it_goes_into_no_copy_and_no_backup(left, tmp_path):
    with Review.open(left.parents[1]) as review:
        (tmp_path / "out").mkdir()
        copies.checkout(review, "R1", tmp_path / "out" / "r1.review")
        (made,) = (tmp_path / "out").iterdir()
        with Review.open(made) as copy:
            for record in ("r000002", "r000003", "r000004"):
                screen.decide(copy, record, "exclude", "R1")
            assert copy.state.seq > 3
        assert {path.name for path in (tmp_path / "out").iterdir()} == {"r1.review"}
        keep.backup(review, tmp_path / "b.db")
        assert b'"rules"' not in (tmp_path / "b.db").read_bytes()


def test_the_log_is_asked_before_the_state_is_believed(left):
    """A database that is damaged is refused as before, whatever was left beside it."""
    database = left.parents[1] / "review.db"
    database.write_bytes(b"SQLite format 3\0" + b"\xff" * 5000)
    with pytest.raises(LogError):
        Review.open(left.parents[1])
