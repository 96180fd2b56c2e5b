"""The commands of the team and of the end of a stage, as scripts use them."""

import pytest

IDS = [f"r{k:06d}" for k in range(1, 7)]


@pytest.fixture
def owned(run, project):
    """R1 owns the review and R3 joins."""
    path = project / "protocol.toml"
    text = path.read_text("utf-8").replace('name = "R1"', 'name = "R1"\nrole = "owner"')
    path.write_text(text + '\n[[reviewers]]\nname = "R3"\n', "utf-8")
    assert run("protocol", "accept", "--by", "R1", "--reason", "R3 joins").code == 0
    return project


def test_a_copy_goes_out_and_comes_home(run, owned):
    """The file is a project of its own, and merging it twice adds nothing."""
    run("decide", IDS[0], "exclude", "--reviewer", "R1", "--note", "zebra")
    out = run("checkout", "--reviewer", "R2", "-o", "ana.review", "--json").json
    assert (out["reviewer"], len(out["left_from"])) == ("R2", 64)
    assert "zebra" not in run("log", "--project", "ana.review", "--as", "R2").out
    assert run("decide", IDS[0], "include", "--reviewer", "R2", "--project", "ana.review").code == 0
    assert "A copy of R2 is out" in run("status").out
    assert run("merge", "ana.review", "--json").json["events_added"] == 1
    again = run("merge", "ana.review", "--json")
    assert (again.json["events_added"], "nothing that is not here" in again.err) == (0, True)
    assert [one["record_id"] for one in run("conflicts", "--json").json["conflicts"]] == [IDS[0]]
    assert run("log", "--verify").code == 0
    refused = run("decide", IDS[1], "include", "--reviewer", "R1", "--project", "ana.review")
    assert (refused.code, "copy of R2" in refused.err) == (1, True)


def test_shares_calibration_and_tags(run, owned):
    """Each answers with what scripts rely on."""
    drawn = run("calibrate", "--by", "R1", "--n", "2", "--seed", "3", "--json").json
    assert (len(drawn["records"]), drawn["waiting"]) == (2, 2)
    assert run("calibrate", "--show", "--json").json == drawn
    assert drawn["agreement"] is None
    given = run("assign", "--to", "R1", "--to", "R2", "--by", "R1", "--json").json
    assert {name: len(ids) for name, ids in given["given"].items()} == {"R1": 6, "R2": 6}
    assert [one["reviewer"] for one in run("assign", "--json").json["shares"]] == ["R1", "R2", "R3"]
    assert run("assign", IDS[5], "--withdraw", "R2", "--by", "R1").code == 0
    assert run("assign", "--hand-on", "R2", "--to", "R3", "--by", "R1", "--json").json["given"]["R3"]
    assert run("assign", IDS[0]).code == 2
    assert run("tag", IDS[0], "nice one", "--reviewer", "R2", "--json").json["record_id"] == IDS[0]
    assert run("tag", "--as", "R2", "--json").json["tagged"][0]["tags"] == {"R2": ["nice one"]}
    assert run("tag", "--as", "R1", "--json").json["tagged"] == []
    assert run("tag", IDS[0], "nice one", "--as", "R2", "--remove").code == 0


def test_a_calibration_round_shows_its_agreement_once_all_have_decided(run, owned):
    """No sooner, in words and as JSON, with what the figures are an estimate of."""
    drawn = run("calibrate", "--by", "R1", "--n", "2", "--seed", "3", "--json").json["records"]
    for name in ("R1", "R2", "R3"):
        assert "Cohen" not in run("calibrate", "--show").out
        for record_id in drawn:
            assert run("decide", record_id, "include", "--reviewer", name).code == 0
    said = run("calibrate", "--show").out
    assert "R1 and R2, n = 2" in said and "Cohen’s κ" in said and "all 3 raters, n = 2" in said
    assert "estimate for the pool" in said
    assert run("calibrate", "--show", "--json").json["agreement"]["all"]["percent_agreement"] == 1
    weighted = run("agreement", "--weights", "linear", "--json")
    assert weighted.code == 0 and weighted.json["in_order"]["weights"] == "linear"
    assert run("agreement", "--weights", "cubic").code == 2


def test_unblind_close_link_discuss_freeze(run, owned):
    """From a conflict to the frozen set."""
    assert run("unblind", "--by", "R2", "--reason", "curious").code == 1
    assert run("unblind", "--by", "R1", "--reason", "an audit", "--json").json["seq"]
    for record_id in IDS[:2]:
        run("decide", record_id, "include", "--reviewer", "R1")
        run("decide", record_id, "include", "--reviewer", "R2")
    run("decide", IDS[2], "include", "--reviewer", "R2")
    run("decide", IDS[2], "exclude", "--reviewer", "R3")
    assert run("discuss", IDS[2], "Bacteria are no learners.", "--reviewer", "R3").code == 0
    assert "R3 wrote: Bacteria are no learners." in run("conflicts").out
    assert "1 conflicts are open" in run("close", "abstract", "--by", "R1").err
    run("settle", IDS[2], "exclude", "--by", "R2", "--by", "R3", "--note", "soil")
    closed = run("close", "abstract", "--as", "R1", "--json").json
    assert (closed["unread"], closed["half_read"]) == (IDS[3:], [])
    assert "closed, event" in run("status").out
    for record_id in IDS[:2]:
        for name in ("R1", "R2"):
            run("decide", record_id, "include", "--reviewer", name, "--stage", "fulltext")
    assert run("link", IDS[0], IDS[1], "--by", "R1").code == 0
    assert run("link").out.startswith("No pair")
    assert run("freeze", "--by", "R1", "--json").json["records"] == IDS[:2]
    assert "2 reports of 1 studies included, frozen as event" in run("status").out
    assert run("prisma", "--json").json["new_studies"] == 1
    assert run("freeze", "--thaw", "--by", "R1", "--reason", "an erratum").code == 0


def test_decisions_are_imported_and_experts_rate(run, owned, papers):
    """What found no record is listed in both forms of the answer."""
    papers.write_text("title,decision\nDigital badges in higher education,yes\nNobody's paper,no\n", "utf-8")
    found = run("import-decisions", papers, "--reviewer", "R2", "--json").json
    assert (found["read"], found["matched"], len(found["unmatched"])) == (2, 1, 1)
    assert "row 2: Nobody's paper" in run("import-decisions", papers, "--reviewer", "R2").out
    path = owned / "protocol.toml"
    path.write_text(path.read_text("utf-8") + '\n[[reviewers]]\nname = "X1"\nrole = "expert"\n', "utf-8")
    run("protocol", "accept", "--by", "R1", "--reason", "an expert")
    assert run("panel", "rate", "conduct:screening", "agree", "--reviewer", "X1", "--json").json["waiting"] == 2
    assert run("panel", "agreement", "--json").json["conduct"]["n"] == 1
    assert "conduct:screening  X1: agree" in run("panel", "agreement").out


def test_a_full_text_has_a_route(run, owned):
    """And the copy that the project keeps."""
    for name in ("R1", "R2"):
        run("decide", IDS[0], "include", "--reviewer", name)
    (owned / "paper.pdf").write_bytes(b"%PDF")
    run("retrieve", IDS[0], "retrieved", "--as", "R1", "--route", "open access", "--file", "paper.pdf")
    (event,) = run("log", "--kind", "retrieval", "--json").json["events"]
    assert (event["route"], (owned / event["file"]).read_bytes()) == ("open access", b"%PDF")


def test_somebody_must_be_named(run, owned, monkeypatch):
    """By option or by the environment."""
    assert run("calibrate", "--n", "1").code == 1
    monkeypatch.setenv("ASREVIEW_MC_USER", "R1")
    assert run("calibrate", "--n", "1").code == 0


@pytest.mark.parametrize("option", ["--by", "--reviewer", "--as"])
def test_who_does_it_is_said_in_any_of_three_ways(run, owned, monkeypatch, option):
    """Also from the environment, and where nobody is named the answer says so."""
    assert run("decide", IDS[0], "include", option, "R2").code == 0
    assert run("undo", option, "R2").code == 0
    assert run("assign", IDS[0], "--to", "R2", option, "R1").code == 0
    monkeypatch.setenv("ASREVIEW_MC_USER", "R2")
    assert run("decide", IDS[1], "include").code == 0
    monkeypatch.delenv("ASREVIEW_MC_USER")
    unnamed = run("calibrate", "--n", "2")
    assert (unnamed.code, "nobody was named" in unnamed.err) == (1, True)
