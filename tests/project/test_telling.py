"""A review told without anybody's name: nothing that leaves it under pseudonyms holds one, and its numbers stay."""

import json
import re
import zipfile

import pytest

from asreview_mc.core.errors import DecisionError
from asreview_mc.project import audit, gather, reporting, screen, team
from asreview_mc.project.package import unpack
from asreview_mc.project.review import Review
from asreview_mc.report.counts import count

NAMES = ("Ana Lima", "Bo", "Cy Guest")


@pytest.fixture
def named(tmp_path):
    """Two with names of their own, a sign-off by a guest, and a note and a reason that speak of people."""
    folder = tmp_path / "review"
    folder.mkdir()
    text = """# Bo wrote this
[review]
title = "Badges, as Ana Lima asked"
signed_off_by = ["Cy Guest"]

[[reviewers]]
name = "Ana Lima"
role = "owner"

[[reviewers]]
name = 'Bo'
"""
    (folder / "protocol.toml").write_text(text, "utf-8")
    with Review.create(folder) as review:
        path = tmp_path / "papers.csv"
        path.write_text("title,year\n" + "".join(f"Paper {k},20{k:02d}\n" for k in range(1, 7)), "utf-8")
        gather.add(review, [path], source="A")
        team.tag(review, "r000001", "odd", "Bo")
        for number in range(1, 7):
            screen.decide(review, f"r{number:06d}", "include", "Ana Lima", note="as Bo said")
            screen.decide(review, f"r{number:06d}", "exclude", "Bo")
        screen.settle(review, "r000001", "include", ["Ana Lima", "Bo"], note="Bo gave in, Bob did not")
        yield review


def nameless(text):
    return not re.search(rf"\b({'|'.join(NAMES)})\b", text)


def test_the_log_without_names_says_who_is_one_person_and_not_who(named):
    said = audit.events(named, "Ana Lima", blind=True)
    assert nameless(json.dumps(said))
    by = [one["reviewer"] for one in said if one["kind"] == "decided"]
    assert by == ["Owner A", "Reviewer A"] * 6
    assert [one["hash"] for one in said] == [one["hash"] for one in audit.events(named, "Ana Lima")]
    assert "Bob did not" in json.dumps(said)


def test_a_pending_decision_stays_hidden_without_names(named, tmp_path):
    screen.undo(named, "Bo", record_id="r000002")
    hidden = [one for one in audit.events(named, None) if "hidden" in one]
    assert [one["seq"] for one in audit.events(named, None, blind=True) if "hidden" in one] == [
        one["seq"] for one in hidden
    ]
    screen.decide(named, "r000002", "exclude", "Bo")


@pytest.mark.parametrize("suffix", ["csv", "json", "ris"])
def test_records_leave_without_names(named, tmp_path, suffix):
    path = tmp_path / f"all.{suffix}"
    reporting.export(named, path, what="all", viewer="Ana Lima", blind=True)
    assert nameless(path.read_text("utf-8")) and "Owner A" in path.read_text("utf-8")
    reporting.export(named, path, what="all", viewer="Ana Lima")
    assert "Ana Lima" in path.read_text("utf-8")


def test_tables_methods_and_checklist_have_no_name(named, tmp_path):
    reporting.write_tables(named, tmp_path / "tables", "Ana Lima", blind=True)
    texts = [one.read_text("utf-8") for one in (tmp_path / "tables").iterdir() if one.suffix in (".csv", ".md")]
    texts += [one.text for one in reporting.methods_of(named, "Ana Lima", blind=True)]
    texts += [str(one) for one in reporting.checklist_of(named, "Ana Lima", blind=True)]
    texts.append(reporting.report_html(named, "Ana Lima", blind=True))
    assert all(map(nameless, texts))


def test_a_package_without_names_is_a_review_of_its_own(named, tmp_path):
    """It comes back with the same numbers, its chain holds, and nothing in it has a name; both heads stand in it."""
    path = tmp_path / "review.zip"
    said = reporting.export(named, path, what="all", viewer="Ana Lima", blind=True)
    with zipfile.ZipFile(path) as archive:
        assert all(nameless(archive.read(name).decode()) for name in archive.namelist())
        versions = next(name for name in archive.namelist() if name.endswith(".json") and "version" in name)
        assert json.loads(archive.read(versions))["named_head"] == named.head
    assert said["head"] != named.head
    with unpack(path, tmp_path / "again") as again:
        assert again.log.verify(said["head"]).ok
        assert count(again.state) == count(named.state)
        assert again.protocol.names == ("Owner A", "Reviewer A")
        assert [one.at for one in again.log.events()] == [one.at for one in named.log.events()]


def test_a_package_without_names_holds_nothing_pending_either(named, tmp_path):
    screen.undo(named, "Bo", record_id="r000002")
    screen.undo(named, "Ana Lima", record_id="r000002")
    screen.decide(named, "r000002", "include", "Bo")
    with pytest.raises(DecisionError, match="may not see yet"):
        reporting.export(named, tmp_path / "review.zip", what="all", viewer="Ana Lima", blind=True)
