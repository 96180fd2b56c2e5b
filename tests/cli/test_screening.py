"""The terminal's screen: one key an answer, each on disk at once, nothing lost by a wrong key or a sudden end."""

import io
import re
import sys

import pytest


@pytest.fixture
def keys(run, monkeypatch):
    """Run `screen` with these keys typed, then the end of input."""

    def type_keys(typed, *arguments):
        monkeypatch.setattr(sys, "stdin", io.StringIO(typed))
        answer = run("screen", *arguments)
        assert answer.code == 0, answer.err
        return answer.out

    return type_keys


def decisions(run, viewer):
    events = run("log", "--kind", "decided", "--as", viewer, "--json").json["events"]
    return [
        (event["decision"], event.get("reason", ""), event.get("note", "")) for event in events if "decision" in event
    ]


def test_one_key_a_decision_until_the_queue_is_empty(run, project, keys):
    """Six records, six keys."""
    out = keys("ieimmi", "--reviewer", "R1")
    assert [one for one, _, _ in decisions(run, "R1")] == ["include", "exclude", "include", "maybe", "maybe", "include"]
    assert "Nothing waits for you" in out
    assert "6 decided, 0 to go. All is saved." in out
    assert "Nothing waits for you" in keys("i", "--reviewer", "R1")


def test_criteria_marked_words_and_progress_are_on_the_screen(project, keys):
    """What the reviewer needs beside the text."""
    out = keys("i", "--reviewer", "R1")
    assert "Published from January 1, 2015" in out
    assert "Marked words for: micro-credential*" in out
    assert "What is the potential of micro-credentials" in out
    assert out.count("Criteria: Published from January 1, 2015") == 2
    assert "0 decided, 6 to go" in out
    assert "1 decided, 5 to go" in out


def test_a_note_goes_with_the_next_decision_only(run, project, keys):
    """Typed as a line."""
    keys("nworth a look\nii", "--reviewer", "R1")
    assert decisions(run, "R1") == [("include", "", "worth a look"), ("include", "", "")]


def test_undo_takes_back_the_last_and_offers_it_again(run, project, keys):
    """Also when there is nothing to take back."""
    out = keys("uiue", "--reviewer", "R1")
    assert "no decision to take back" in out
    events = run("log", "--as", "R1", "--json").json["events"][2:]
    assert [event["kind"] for event in events] == ["decided", "undone", "decided"]
    assert events[0]["record_id"] == events[2]["record_id"]
    assert events[1]["undoes"] == events[0]["seq"]


def test_the_end_of_input_and_q_end_it_with_all_saved(run, project, keys):
    """A closed terminal loses nothing."""
    assert "1 decided, 5 to go. All is saved." in keys("i", "--reviewer", "R1")
    assert "2 decided, 4 to go. All is saved." in keys("iqii", "--reviewer", "R1")


def test_unknown_keys_decide_nothing(run, project, keys):
    """Neither digits nor arrows."""
    keys("x7\x1b[A?", "--reviewer", "R1")
    assert decisions(run, "R1") == []


def test_a_full_text_exclusion_asks_for_its_reason(run, project, keys):
    """By number; without one there is no decision."""
    for name in ("R1", "R2"):
        keys("iiiiii", "--reviewer", name)
    out = keys("e2e9i", "--reviewer", "R1", "--stage", "fulltext")
    assert "wrong type of publication" in out
    assert "no reason, no decision" in out
    assert decisions(run, "R1")[-2:] == [("exclude", "publication_type", ""), ("include", "", "")]


def test_what_the_other_said_is_not_on_the_screen(run, project, keys):
    """Blind also in the terminal."""
    keys("nzebra\ne" * 6, "--reviewer", "R2")
    assert "zebra" not in keys("iii", "--reviewer", "R1")


def test_markup_in_a_title_is_text(run, project, keys, tmp_path):
    """Titles are strangers' text: brackets are neither styles nor errors."""
    path = tmp_path / "odd.csv"
    path.write_text('title,abstract\n"[bold]Odd[/] [link=x] title","An [/abstract] too."\n', "utf-8")
    assert run("add", path, "--source", "X").code == 0
    out = keys("i" * 7, "--reviewer", "R1")
    assert "[bold]Odd[/] [link=x] title" in out
    assert "An [/abstract] too." in out


def test_strangers_cannot_screen(run, project):
    """One line, exit 1."""
    answer = run("screen", "--reviewer", "Mallory")
    assert answer.code == 1
    assert answer.err.count("\n") == 1


def test_the_record_on_the_screen_stays_until_it_is_decided_on(run, project, keys, monkeypatch):
    """A training that ends while a note is typed does not put the note on another paper."""
    from asreview_mc.project.session import Session

    offer = Session.offer
    monkeypatch.setattr(Session, "offer", lambda self: offer(self, settled=True))
    out = keys("inmeant for this one\nxce", "--reviewer", "R1")
    events = run("log", "--kind", "decided", "--as", "R1", "--json").json["events"]
    assert events[1]["note"] == "meant for this one"
    shown = re.findall(r"─ (r\d{6}) ", out)
    at = shown.index(events[1]["record_id"])
    assert set(shown[at : at + 4]) == {events[1]["record_id"]}


def test_a_full_text_exclusion_without_reason_keeps_the_record(run, project, keys):
    """The same paper is asked about again."""
    for name in ("R1", "R2"):
        keys("iiiiii", "--reviewer", name)
    out = keys("e9", "--reviewer", "R1", "--stage", "fulltext")
    shown = re.findall(r"─ (r\d{6}) ", out)
    assert len(shown) == 2
    assert shown[0] == shown[1]
