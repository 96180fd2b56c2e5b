"""A review's folder: made once, opened by anybody, its protocol binding only when accepted."""

import stat

import pytest

from asreview_mc.core.errors import LogError, ProjectError, ProtocolError, UnknownError
from asreview_mc.core.protocol_file import parse, template
from asreview_mc.project.review import Review


def test_a_new_review_has_an_accepted_protocol_that_equals_its_file(tmp_path):
    """`init` leaves nothing to accept."""
    with Review.create(tmp_path / "new", "micro-credentials") as review:
        assert review.protocol.names == ("R1", "R2")
        assert len(review.protocol.cards) == 10
        assert review.draft_note() is None


def test_the_folder_of_a_new_review_is_its_owner_s_alone(tmp_path):
    """What is exported into it is then as private as the log."""
    with Review.create(tmp_path / "new"):
        assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o700


def test_a_second_init_is_refused_and_changes_nothing(review):
    """What is there stays as it is."""
    head = review.head
    with pytest.raises(ProjectError, match="a review is here already"):
        Review.create(review.folder)
    assert review.head == head


def test_a_protocol_that_is_in_the_folder_already_is_the_one_accepted(tmp_path):
    """Somebody may have written it first; it is neither overwritten nor ignored."""
    path = tmp_path / "protocol.toml"
    text = template("micro-credentials").replace('title = "Exploring', 'title = "Mine: exploring')
    path.write_text(text, "utf-8")
    with Review.create(tmp_path) as review:
        assert review.protocol.title.startswith("Mine")
    assert path.read_text("utf-8") == text


def test_a_protocol_in_the_folder_that_does_not_parse_stops_it(tmp_path):
    """And nothing is made."""
    (tmp_path / "protocol.toml").write_text("mine", "utf-8")
    with pytest.raises(ProtocolError):
        Review.create(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["protocol.toml"]


def test_a_review_is_made_whole_or_not_at_all(tmp_path, monkeypatch):
    """Killed before the first event is on disk, `init` can simply be typed again."""

    def killed(self, events):
        raise KeyboardInterrupt

    monkeypatch.setattr("asreview_mc.store.log.EventLog.append", killed)
    with pytest.raises(KeyboardInterrupt):
        Review.create(tmp_path / "new")
    monkeypatch.undo()
    assert list((tmp_path / "new").iterdir()) == []
    with Review.create(tmp_path / "new") as review:
        assert review.log.head[0] == 1


def test_no_amendment_discloses_what_is_pending(review):
    """Fewer decisions wanted would show a colleague's decision at once."""
    from asreview_mc.project.screen import decide, undo

    decide(review, "r000001", "include", "R2")
    path = review.folder / "protocol.toml"
    path.write_text(path.read_text("utf-8").replace("decisions_wanted = 2", "decisions_wanted = 1"), "utf-8")
    with pytest.raises(ProtocolError, match="would disclose"):
        review.accept_protocol("R1", "one is enough")
    undo(review, "R2")
    review.accept_protocol("R1", "one is enough")
    assert review.protocol.decisions_wanted == 1


def test_somebody_who_has_decided_keeps_a_role_that_decides(review):
    """An expert's decisions would count for nothing."""
    from asreview_mc.project.screen import decide

    decide(review, "r000001", "include", "R2")
    path = review.folder / "protocol.toml"
    text = path.read_text("utf-8").replace('name = "R2"', 'name = "R2"\nrole = "expert"\n\n[[reviewers]]\nname = "R3"')
    path.write_text(text, "utf-8")
    with pytest.raises(ProtocolError, match="leaves out R2"):
        review.accept_protocol("R1", "R2 steps back")


def test_an_accepted_protocol_stays_readable_when_rules_grow(review, monkeypatch):
    """A rule made later takes no review away from its team."""
    monkeypatch.setattr("asreview_mc.core.protocol_file.contradictions", lambda protocol: ["a new rule"])
    parse.cache_clear()
    with Review.open(review.folder) as again:
        assert again.protocol.names == ("R1", "R2")
        assert "a new rule" in again.draft_note()
    parse.cache_clear()


@pytest.mark.parametrize("made", [False, True])
def test_a_folder_that_is_no_review_is_named(tmp_path, made):
    """Missing and empty folders are user's errors."""
    folder = tmp_path / "x"
    if made:
        folder.mkdir()
    with pytest.raises(ProjectError, match="asreview-mc init DIR"):
        Review.open(folder)


def test_an_unknown_template_makes_no_folder(tmp_path):
    """A refused `init` leaves nothing behind."""
    with pytest.raises(UnknownError, match="micro-credentials, blank"):
        Review.create(tmp_path / "x", "nonsense")
    assert not (tmp_path / "x").exists()


def test_a_corrupt_database_is_said_in_one_line(review):
    """SQLite's own error does not reach the user."""
    review.close()
    path = review.folder / "review.db"
    for file in review.folder.glob("review.db-*"):
        file.unlink()
    path.write_bytes(b"not a database at all, but long enough to look at" * 100)
    with pytest.raises(LogError) as raised:
        Review.open(review.folder)
    assert "\n" not in str(raised.value)


def test_a_draft_holds_only_once_accepted(review, amended):
    """Until then the last accepted protocol counts, and one line says so."""
    path = review.folder / "protocol.toml"
    path.write_text(path.read_text("utf-8").replace('maybe = "conflict"', 'maybe = "include"'), "utf-8")
    assert review.protocol.maybe == "conflict"
    assert "protocol accept" in review.draft_note()
    review.accept_protocol("R1", "maybe goes on")
    assert review.protocol.maybe == "include"
    assert review.draft_note() is None


def test_a_draft_that_does_not_parse_leaves_the_accepted_one_in_force(review):
    """A typo in the file stops nobody's screening."""
    (review.folder / "protocol.toml").write_text("[review\n", "utf-8")
    assert "not valid TOML" in review.draft_note()
    assert review.protocol.title
    with pytest.raises(ProtocolError):
        review.accept_protocol("R1", "broken")


def test_a_protocol_cannot_drop_somebody_whose_decisions_are_in_the_log(review):
    """Decisions belong to reviewers; none becomes nobody's."""
    from asreview_mc.project.screen import decide

    decide(review, "r000001", "include", "R2")
    path = review.folder / "protocol.toml"
    path.write_text(path.read_text("utf-8").replace('name = "R2"', 'name = "R3"'), "utf-8")
    with pytest.raises(ProtocolError, match="leaves out R2"):
        review.accept_protocol("R1", "R2 left")


def test_only_somebody_on_the_team_accepts(review):
    """The event names a person who can be asked."""
    path = review.folder / "protocol.toml"
    path.write_text(path.read_text("utf-8") + "\n# a remark\n", "utf-8")
    with pytest.raises(UnknownError, match="Mallory"):
        review.accept_protocol("Mallory", "why not")


def test_records_that_stand_for_duplicates_have_what_they_lack_from_them(tmp_path):
    """A search result without an abstract gets it from the other database's record of the same paper."""
    from asreview_mc.project import gather
    from asreview_mc.project.duplicates import dedup

    (tmp_path / "bare.csv").write_text("title,doi\nOn badges,10.1234/abc\n", "utf-8")
    (tmp_path / "full.csv").write_text("title,doi,abstract\nOn badges,10.1234/ABC,All about badges.\n", "utf-8")
    with Review.create(tmp_path / "review") as review:
        gather.add(review, [tmp_path / "bare.csv"], source="A")
        gather.add(review, [tmp_path / "full.csv"], source="B")
        assert review.records["r000001"].abstract == ""
        dedup(review)
        assert review.records["r000001"].abstract == "All about badges."
        assert review.state.sources_of("r000001") == ["A", "B"]


def test_records_without_an_abstract_are_told_without_reading_all_again(review, tmp_path):
    """One that a duplicate or an amendment gives one is not among them; one that came later is; each is read once."""
    from asreview_mc.project import duplicates, gather, records

    path = tmp_path / "bare.csv"
    path.write_text(
        "title,abstract,doi\nBadges and what they are worth,,10.1000/a\nTwo,,10.1000/b\nThree,,\nFour,There is one.,\n",
        "utf-8",
    )
    gather.add(review, [path], source="A")
    assert review.without_abstract() == ["r000007", "r000008", "r000009"]
    records.amend(review, "r000008", {"abstract": "Now there is."}, by="R1")
    records.amend(review, "r000010", {"abstract": ""}, by="R1")
    path.write_text("title,abstract,doi\nBadges and what they are worth,It has one here.,10.1000/a\nFive,,\n", "utf-8")
    gather.add(review, [path], source="B")
    duplicates.dedup(review)
    assert review.without_abstract() == ["r000009", "r000010", "r000012"]
    seen = [one for one in review.state.unique() if not review.records[one].abstract]
    assert review.without_abstract() == seen
