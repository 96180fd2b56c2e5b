"""Law 4, for every command: a decision that is not disclosed changes nothing that anybody else sees."""

import io
import json
import re
import shutil
import sys

import pytest

COMMANDS = (
    ("status",),
    ("log",),
    ("log", "--reviewer", "R2"),
    ("log", "--record", "r000002"),
    ("rank",),
    ("agreement",),
    ("agreement", "--over-time"),
    ("conflicts",),
    ("assign",),
    ("calibrate", "--show"),
    ("tag",),
    ("link",),
    ("panel", "agreement"),
    ("prisma",),
    ("topics", "suggest"),
    ("topics", "list"),
    ("topics", "conflicts"),
    ("topics", "quality"),
    ("export", "all.json", "--what", "all"),
    ("export", "all.csv", "--what", "all"),
    ("export", "all.ris", "--what", "all"),
    ("export", "unread.csv", "--what", "unread"),
    ("export", "excluded.csv", "--what", "excluded"),
    ("report",),
)
WRITTEN = ("all.json", "all.csv", "all.ris", "unread.csv", "excluded.csv", "report.html")


def seen(run, folder, viewer):
    """Everything that all commands print and write for one person, without times and hashes."""
    texts = []
    for command in COMMANDS:
        for form in ((), ("--json",)):
            answer = run(*command, *form, *(("--as", viewer) if viewer else ()))
            assert answer.code == 0, (command, answer.err)
            texts.append(answer.out + answer.err)
    texts += [(folder / name).read_text("utf-8") for name in WRITTEN]
    text = "\n".join(texts)
    text = re.sub(r"\d{4}-\d\d-\d\dT[\d:.]+(\+00:00|Z)?", "TIME", text)
    return re.sub(r"\b[0-9a-f]{12}([0-9a-f]{52})?\b", "HASH", text)


def test_what_the_other_was_shown_does_not_tell_of_their_hidden_decisions(run, project, tmp_path, monkeypatch):
    """R2's queue, and so the score that R2 saw on a record now disclosed, follows from what R2 decided before."""
    run("decide", "r000001", "include", "--reviewer", "R1")
    for number in range(2, 7):
        run("decide", f"r00000{number}", "include", "--reviewer", "R1")
    run("undo", "--reviewer", "R1", "--record", "r000003")
    views = []
    for decision in ("include", "exclude"):
        folder = tmp_path / decision
        shutil.copytree(project, folder)
        monkeypatch.chdir(folder)
        assert run("decide", "r000003", decision, "--reviewer", "R2").code == 0
        monkeypatch.setattr(sys, "stdin", io.StringIO("i" * 5))
        assert run("screen", "--reviewer", "R2").code == 0
        events = run("log", "--json", "--as", "R1").json["events"]
        views.append(
            sorted(json.dumps({k: v for k, v in one.items() if k not in ("at", "hash", "seq")}) for one in events)
        )
        own = run("log", "--json", "--as", "R2").json["events"]
        assert sum("shown" in one for one in own) == 5
    assert views[0] == views[1]


@pytest.mark.parametrize("viewer", ["R1", ""])
def test_an_undisclosed_decision_shows_nowhere(run, project, tmp_path, monkeypatch, viewer):
    """R2's include, exclude and maybe on a record that R1 has not decided on look the same to R1 and to nobody."""
    for record_id, first, second in (("r000001", "include", "include"), ("r000003", "exclude", "include")):
        run("decide", record_id, first, "--reviewer", "R1")
        run("decide", record_id, second, "--reviewer", "R2")
    run("decide", "r000004", "include", "--reviewer", "R1")
    views = []
    for decision in (("include",), ("exclude", "--reason", "date", "--note", "zebra"), ("maybe", "--note", "giraffe")):
        folder = tmp_path / decision[0]
        shutil.copytree(project, folder)
        monkeypatch.chdir(folder)
        assert run("decide", "r000002", *decision, "--reviewer", "R2").code == 0
        views.append(seen(run, folder, viewer))
    assert "zebra" not in views[1]
    assert views[0] == views[1] == views[2]


def test_the_reviewer_sees_their_own_and_both_see_what_is_disclosed(run, project):
    """The test above would also pass if nothing were shown at all."""
    run("decide", "r000002", "exclude", "--reviewer", "R2", "--note", "zebra")
    assert "zebra" in run("log", "--as", "R2").out
    assert "zebra" not in run("log", "--as", "R1").out
    run("decide", "r000002", "include", "--reviewer", "R1")
    assert "zebra" in run("log", "--as", "R1").out
    assert "zebra" in run("conflicts").out


def test_a_hash_does_not_give_a_hidden_decision_away(run, project):
    """Somebody who knows all but the decision cannot try out which one gives the hash that the log shows."""
    from asreview_mc.core.event import Decided, chain_hash, encode

    before = run("log", "--json").json["events"][-1]
    run("decide", "r000002", "exclude", "--reviewer", "R2")
    hidden = run("log", "--json", "--as", "R1").json["events"][-1]
    assert hidden["hidden"]
    place = (before["hash"], hidden["seq"], hidden["at"], "decided")
    tried = {
        chain_hash(*place, encode(Decided("r000002", "abstract", "R2", guess)), "") for guess in ("include", "exclude")
    }
    assert hidden["hash"] not in tried


def test_the_log_of_a_record_does_not_say_that_somebody_tagged_it(run, project):
    """Nor that somebody took a decision back there: a hidden event is left out where the record is asked for."""
    run("tag", "r000002", "odd", "--reviewer", "R2")
    run("decide", "r000002", "exclude", "--reviewer", "R2")
    for viewer in (("--as", "R1"), ()):
        events = run("log", "--record", "r000002", "--json", *viewer).json["events"]
        assert [one["kind"] for one in events] == []
    kinds = [one["kind"] for one in run("log", "--record", "r000002", "--json", "--as", "R2").json["events"]]
    assert kinds == ["tagged", "decided"]
    run("decide", "r000002", "exclude", "--reviewer", "R1")
    assert len(run("log", "--record", "r000002", "--json", "--as", "R1").json["events"]) == 3
