"""`dedup` and its two subcommands: counts for scripts, doubtful pairs side by side, one key an answer."""

import io
import sys

import pytest


@pytest.fixture
def doubled(run, project, tmp_path):
    """Two records again from another database, each with a slip and another year."""
    path = tmp_path / "again.csv"
    lines = [
        "title,abstract,authors,year",
        '"Micro-credentials and employabilty","Employers value short credentials from universities.",Author 2,2004',
        '"Digital badges in [bold]higher education","",Author 1,2003',
    ]
    path.write_text("\n".join([*lines, ""]), "utf-8")
    assert run("add", path, "--source", "Scopus").code == 0
    return project


def test_doubtful_pairs_are_counted_listed_and_judged(run, doubled):
    """The list names both records and why; a judged pair is gone."""
    done = run("dedup", "--json").json
    assert done["to_review"] == len(done["doubtful"]) >= 1
    pair = done["doubtful"][0]
    assert {"record_id", "other", "why", "similarity", "titles"} <= set(pair)
    assert "--review" in run("dedup").out
    judged = run("dedup", "judge", pair["record_id"], pair["other"], "different", "--by", "R1", "--json")
    assert judged.json["seq"] > 0
    assert run("dedup", "--json").json["to_review"] == done["to_review"] - 1
    assert run("dedup", "judge", "r000001", "r000002", "alike", "--by", "R1").code == 1


def test_review_shows_both_and_takes_one_key(run, doubled, monkeypatch):
    """Same, different, later, quit; wrong keys do nothing."""
    waiting = run("dedup", "--json").json["to_review"]
    monkeypatch.setattr(sys, "stdin", io.StringIO("xl" * waiting))
    answer = run("dedup", "--review", "--as", "R1")
    assert answer.code == 0
    assert "r000002" in answer.out and "r000007" in answer.out
    assert "employabilty" in answer.out
    assert f"0 judged, {waiting} doubtful pairs to go" in answer.out
    monkeypatch.setattr(sys, "stdin", io.StringIO("s" * waiting))
    assert f"{waiting} judged, 0 doubtful pairs to go" in run("dedup", "--review", "--as", "R1").out
    assert run("status", "--json").json["duplicates"] == waiting
    assert run("dedup", "--review").code == 1


def test_split_undoes(run, doubled):
    """And says so as an event."""
    assert run("dedup", "judge", "r000007", "r000002", "same", "--by", "R1").code == 0
    assert run("status", "--json").json["duplicates"] == 1
    assert run("dedup", "split", "r000007", "--by", "R2", "--json").json["record_id"] == "r000007"
    assert run("status", "--json").json["duplicates"] == 0
    assert run("dedup", "split", "r000007", "--by", "R2").code == 1


def test_scripts_get_both_sides_of_a_doubtful_pair(run, doubled):
    """Nobody need be named to look, and nothing is merged by looking."""
    listed = run("dedup", "--review", "--json").json
    assert listed["to_review"] == len(listed["doubtful"]) >= 1
    pair = next(one for one in listed["doubtful"] if one["record_id"] == "r000007")
    assert pair["other"] == "r000002"
    assert pair["fields"]["title"] == ["Micro-credentials and employability", "Micro-credentials and employabilty"]
    assert {"title", "year"} <= set(pair["differ"])
    assert "authors" not in pair["differ"]
    assert run("status", "--json").json["duplicates"] == 0
