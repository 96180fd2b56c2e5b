"""Each command: its answer as text and as JSON, its exit code, and what it refuses in one line."""

import csv
import json

import pytest

from asreview_mc import __version__


def one_line(text):
    return text.startswith("asreview-mc: ") and text.count("\n") == 1


def rows_of(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_version(run):
    """The version is the package's."""
    assert run("--version").out.strip() == f"asreview-mc {__version__}"


def test_wrong_usage_is_exit_2(run):
    """An unknown command or a missing option is not a user's data."""
    assert run("fly").code == 2
    assert run("add").code == 2
    assert run("log", "--head", "abc").code == 2
    assert run("simulate", "x.csv", "-o", "y.csv", "--priors", "one").code == 2


def test_init_answers_with_the_folder(run, tmp_path):
    """Scripts read where it is."""
    assert run("init", tmp_path / "new", "--json").json == {"project": str(tmp_path / "new")}


def test_add_answers_with_counts_that_close(run, project, tmp_path):
    """found = read + rejected, each reject shown."""
    path = tmp_path / "more.ris"
    path.write_text(
        "TY  - JOUR\nTI  - One\nER  - \nTY  - JOUR\nAU  - Nobody\nER  - \nTY  - JOUR\nTI  - Two\nER  - \n", "utf-8"
    )
    answer = run("add", path, "--source", "Scopus", "--json")
    (file,) = answer.json["files"]
    assert (file["found"], file["read"], len(file["rejected"])) == (3, 2, 1)
    assert set(file["rejected"][0]) == {"position", "reason", "excerpt"}
    assert (file["path"], file["source"], answer.json["records"]) == (str(path), "Scopus", 8)
    answer = run("add", tmp_path / "more.ris", "--source", "Again")
    assert answer.code == 1
    assert one_line(answer.err)


def test_protocol_check_accept_show(run, project):
    """A changed file is a draft, said on standard error by every command, until it is accepted."""
    path = project / "protocol.toml"
    path.write_text(path.read_text("utf-8") + "\n# more\n", "utf-8")
    assert run("protocol", "check", "--json").json == {"errors": [], "differs": True}
    assert "protocol accept" in run("status").err
    assert run("protocol", "accept", "--by", "R1", "--reason", "remark", "--json").json == {"seq": 3}
    assert run("status").err == ""
    shown = run("protocol", "show", "--json").json
    assert [one["by"] for one in shown["amendments"]] == ["asreview-mc", "R1"]
    assert shown["text"] == path.read_text("utf-8")
    path.write_text("[review\n", "utf-8")
    broken = run("protocol", "check")
    assert (broken.code, one_line(broken.err)) == (1, True)
    said = run("protocol", "check", "--json").json
    assert said["differs"] and "not valid TOML" in said["errors"][0]


def test_a_review_from_decisions_to_prisma(run, project, tmp_path):
    """The keys that scripts rely on, and sums that close."""
    done = run("dedup", "--json").json
    counts = {"records": 6, "merged": 0, "clusters": 0, "to_review": 0, "unique": 6}
    assert done == {**counts, "carried_over": 0, "new_conflicts": 0, "doubtful": []}
    for number in range(1, 7):
        for name in ("R1", "R2"):
            decision = "exclude" if number in (3, 6) else "include"
            answer = run("decide", f"r00000{number}", decision, "--reviewer", name, "--json")
            assert {"seq", "record_id", "decision"} <= set(answer.json)
    assert run("conflicts", "--json").json == {"conflicts": []}
    for number in (1, 2, 4, 5):
        reason = ("--reason", "setting") if number == 5 else ()
        decision = "exclude" if number == 5 else "include"
        for name in ("R1", "R2"):
            assert (
                run("decide", f"r00000{number}", decision, "--reviewer", name, "--stage", "fulltext", *reason).code == 0
            )
    agreed = run("agreement", "--json").json
    assert agreed["pairs"][0]["cohen_kappa"]["value"] == 1.0
    assert agreed["stage"] == "abstract"
    flow = run("prisma", "--json", "-o", tmp_path / "flow.svg").json
    assert (tmp_path / "flow.svg").read_text("utf-8").lstrip().startswith("<?xml")
    assert (flow["records_screened"], flow["records_excluded"], flow["new_studies"]) == (6, 2, 3)
    assert flow["dbr_excluded"] == "wrong setting, 1"
    assert all(one["ok"] for one in flow["checks"])
    suggested = run("topics", "suggest", "--json").json["records"]
    assert [row["record_id"] for row in suggested] == ["r000001", "r000002", "r000004"]
    assert run("topics", "confirm", "r000002", "--add", "career", "--reviewer", "R1").code == 0
    assert run("topics", "conflicts", "--json").json["conflicts"] == []
    tally = {row["code"]: row["record_ids"] for row in run("topics", "list", "--json").json["subtopics"]}
    assert tally["career"] == ["r000002"]
    exported = run("export", tmp_path / "in.json", "--json").json
    assert (exported["written"], len(exported["head"])) == (3, 64)
    assert {row["title"] for row in json.loads((tmp_path / "in.json").read_text("utf-8"))} >= {
        "Digital badges in higher education"
    }
    assert run("log", "--verify", "--head", exported["head"], "--json").json["ok"]
    assert run("log", "--verify", "--head", exported["head"][:12]).code == 0
    for strange in ("0" * 12, "zzz", exported["head"][:6]):
        assert run("log", "--verify", "--head", strange.replace("0", "1")).code == 1
    assert run("report", "-o", tmp_path / "r.html").code == 0
    assert "<html" in (tmp_path / "r.html").read_text("utf-8")


def test_rank_writes_its_queue_with_the_columns_promised(run, project, tmp_path):
    """rank, record_id, score, title, why."""
    assert run("rank", "-o", tmp_path / "queue.csv", "--as", "R1").code == 0
    rows = rows_of(tmp_path / "queue.csv")
    assert list(rows[0]) == ["rank", "record_id", "score", "title", "why"]
    assert [row["rank"] for row in rows] == [str(k) for k in range(1, 7)]
    assert {rows[-1]["record_id"], rows[-2]["record_id"]} == {"r000003", "r000006"}


def test_classify_writes_every_row_and_column(run, papers, tmp_path):
    """Also a row without text, and without any review."""
    table = tmp_path / "in.csv"
    table.write_text(
        "key,title,abstract\n1,Badges for employability,Employers look for skills.\n2,,\n3,Birds,Birds fly.\n", "utf-8"
    )
    answer = run("classify", table, "-o", tmp_path / "out.csv", "--json")
    assert (answer.json["rows"], answer.json["without_text"]) == (3, 1)
    rows = rows_of(tmp_path / "out.csv")
    assert [row["key"] for row in rows] == ["1", "2", "3"]
    assert len([name for name in rows[0] if name.startswith("p_")]) == 10
    assert all(0 <= float(value) <= 1 for row in rows for name, value in row.items() if name.startswith("p_"))
    assert rows[1]["suggested"] == ""
    for row in rows:
        assert set(json.loads(row["evidence"])) == set(filter(None, row["suggested"].split(";")))


def test_simulate_writes_rows_and_orders_that_metrics_and_plot_read(run, tmp_path):
    """A small labelled table, two rankers, two seeds."""
    table = tmp_path / "toy.csv"
    lines = [f"badge study {k},badges at the university number {k},{int(k % 4 == 0)}" for k in range(1, 25)]
    table.write_text("\n".join(["title,abstract,label_included", *lines]), "utf-8")
    arguments = ("--ranker", "elas_u4", "--ranker", "random", "--seeds", "2", "--orders", tmp_path / "orders")
    answer = run("simulate", table, *arguments, "-o", tmp_path / "results.csv", "--json")
    assert len(answer.json["runs"]) == 4
    rows = rows_of(tmp_path / "results.csv")
    assert list(rows[0])[:5] == ["dataset", "ranker", "seed", "n_records", "n_relevant"]
    order = tmp_path / "orders" / "toy__elas_u4__1.csv"
    again = run("metrics", order, "--json").json["runs"][0]
    assert again["loss"] == pytest.approx(float(rows[0]["loss"]))
    assert run("plot", *sorted((tmp_path / "orders").iterdir()), "-o", tmp_path / "curves.svg").code == 0
    assert (tmp_path / "curves.svg").stat().st_size > 1000


def test_log_verify_names_the_first_changed_event(run, project):
    """With the triggers dropped, as somebody would who wants to change history."""
    import sqlite3

    run("decide", "r000001", "include", "--reviewer", "R1")
    db = sqlite3.connect(project / "review.db")
    db.execute("DROP TRIGGER events_no_update")
    db.execute("UPDATE events SET body = replace(body, 'include', 'exclude') WHERE kind = 'decided'")
    db.commit()
    db.close()
    answer = run("log", "--verify", "--json")
    assert (answer.code, answer.json["ok"], answer.json["events"]) == (1, False, 2)
    assert "event 3" in answer.err
    assert one_line(answer.err)


@pytest.mark.parametrize("command", [("status",), ("log", "--verify"), ("rank",), ("decide", "r000001", "include")])
@pytest.mark.parametrize("harm", ["a gap", "random bytes"])
def test_a_damaged_log_is_one_line_in_every_command(run, project, command, harm):
    """Also in the one that is there to find it."""
    import sqlite3

    for number in range(1, 7):
        run("decide", f"r00000{number}", "include", "--reviewer", "R1")
    path = project / "review.db"
    if harm == "a gap":
        db = sqlite3.connect(path)
        db.execute("DROP TRIGGER events_no_delete")
        db.execute("DELETE FROM events WHERE seq = 4")
        db.commit()
        db.close()
    else:
        for extra in project.glob("review.db-*"):
            extra.unlink()
        content = bytearray(path.read_bytes())
        content[4096:] = bytes((7 * k) % 256 for k in range(len(content) - 4096))
        path.write_bytes(content)
    reviewer = ("--reviewer", "R2") if command[0] == "decide" else ()
    answer = run(*command, *reviewer)
    if answer.code == 0:
        assert (harm, command[0]) == ("a gap", "decide"), "only a decision on an intact record may still be taken"
    else:
        assert one_line(answer.err), answer.err


def test_not_retrieved_reports_wait_for_nobody_and_open_reasons_show(run, project):
    """Full texts that cannot be had leave the queue; exclusions for different reasons stand in `status`."""
    for number in (1, 2):
        for name in ("R1", "R2"):
            run("decide", f"r00000{number}", "include", "--reviewer", name)
    run("retrieve", "r000001", "not-retrieved", "--as", "R1")
    for name, reason in (("R1", "setting"), ("R2", "study_design")):
        run("decide", "r000002", "exclude", "--reviewer", name, "--stage", "fulltext", "--reason", reason)
    answer = run("status", "--json").json
    assert [person["fulltext"]["waiting"] for person in answer["reviewers"]] == [0, 0]
    assert answer["stages"]["fulltext"]["reason_conflict"] == 1


def test_events_about_a_record_are_those_about_its_duplicates_too(run, project, tmp_path):
    """A decision on a record that was merged later is found under the one that stands for it."""
    copy = tmp_path / "copy.csv"
    copy.write_text("title,authors,year\nDigital badges in higher education,Author 1,2001\n", "utf-8")
    run("add", copy, "--source", "Other")
    run("decide", "r000007", "include", "--reviewer", "R1")
    run("dedup")
    kinds = [event["kind"] for event in run("log", "--record", "r000001", "--as", "R1", "--json").json["events"]]
    assert kinds == ["decided", "merged"]
    assert run("undo", "--reviewer", "R1", "--record", "r000001").code == 0
    assert run("undo", "--reviewer", "R1").code == 1


@pytest.mark.parametrize(
    "command",
    [
        ("add", "missing.ris", "--source", "X"),
        ("add", ".", "--source", "X"),
        ("add", "empty.ris", "--source", "X"),
        ("add", "picture.ris", "--source", "X"),
        ("add", "zip.csv", "--source", "X"),
        ("add", "columns.csv", "--source", "X"),
        ("add", "papers.csv", "--source", "X", "--via", "pigeon"),
        ("decide", "r000001", "include", "--reviewer", "Mallory"),
        ("decide", "r000099", "include", "--reviewer", "R1"),
        ("decide", "r000001", "include", "--reviewer", "R1", "--stage", "third"),
        ("settle", "r000001", "include", "--by", "R1"),
        ("rank", "--as", "Mallory"),
        ("rank", "--ranker", "magic"),
        ("export", "x.docx"),
        ("export", "x.csv", "--what", "everything"),
        ("export", "missing/x.csv"),
        ("prisma", "-o", "flow.bmp"),
        ("report", "-o", "review.db"),
        ("report", "-o", "report.pdf"),
        ("rank", "-o", "queue.txt"),
        ("prisma", "-o", "protocol.toml"),
        ("classify", "columns.csv", "-o", "columns.csv"),
        ("init", "x" * 300),
        ("status", "--project", "x" * 300),
        ("retrieve", "r000001", "retrieved"),
        ("undo", "--reviewer", "R1"),
        ("log", "--verify", "--head", ""),
        ("log", "--verify", "--head", "123"),
        ("plot", "nosuch.csv", "-o", "x.svg"),
        ("metrics", "."),
        ("simulate", "columns.csv", "-o", "columns.csv"),
        ("simulate", "columns.csv", "-o", "x.xlsx"),
        ("undo", "--reviewer", "R1", "--record", "r000099"),
        ("topics", "confirm", "r000001", "--reviewer", "R1"),
        ("classify", "missing.csv", "-o", "x.csv"),
        ("simulate", "columns.csv", "-o", "x.csv"),
        ("simulate", "missing.csv", "-o", "x.csv"),
        ("log", "--kind", "gossip"),
        ("init", "."),
        ("status", "--project", "elsewhere"),
    ],
    ids=lambda command: " ".join(command)[:60],
)
def test_bad_input_is_one_line_exit_1_and_nothing_changed(run, project, command):
    """What, where, what to do."""
    (project / "empty.ris").touch()
    (project / "picture.ris").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20)
    (project / "zip.csv").write_bytes(b"PK\x03\x04" + bytes(500))
    (project / "columns.csv").write_text("colour,size\nred,3\n", "utf-8")
    head = run("status", "--json").json["head"]
    answer = run(*command)
    assert answer.code == 1
    assert one_line(answer.err), answer.err
    assert answer.out == ""
    assert run("status", "--json").json["head"] == head
    assert not (project / "x.csv").exists()


def test_a_change_of_mind_after_a_settlement_opens_it_again(run, project):
    """One of two cannot undo what both agreed; the command says what it did."""
    for name, decision in (("R1", "include"), ("R2", "exclude")):
        run("decide", "r000001", decision, "--reviewer", name)
    assert run("settle", "r000001", "exclude", "--by", "R1", "--by", "R2").code == 0
    changed = run("decide", "r000001", "include", "--reviewer", "R2")
    assert changed.code == 0
    assert "opens again" in changed.err
    assert [one["record_id"] for one in run("conflicts", "--json").json["conflicts"]] == ["r000001"]
    assert run("settle", "r000001", "include", "--by", "R1", "--by", "R2").code == 0
    assert run("conflicts", "--json").json == {"conflicts": []}


def test_a_report_with_decisions_is_not_noted_as_not_retrieved(run, project):
    """Somebody had it in hand."""
    for name in ("R1", "R2"):
        run("decide", "r000001", "include", "--reviewer", name)
    run("decide", "r000001", "include", "--reviewer", "R1", "--stage", "fulltext")
    refused = run("retrieve", "r000001", "not-retrieved", "--as", "R1")
    assert (refused.code, one_line(refused.err)) == (1, True)
    assert run("retrieve", "r000001", "not-retrieved", "--as", "R2").code == 0, "R1's decision is pending, R2 blind"


def test_a_report_that_could_not_be_had_is_not_decided_on(run, project):
    """Or PRISMA would count it among those assessed, against the log."""
    for name in ("R1", "R2"):
        run("decide", "r000001", "include", "--reviewer", name)
    run("retrieve", "r000001", "not-retrieved")
    told = ("decide", "r000001", "include", "--reviewer", "R1", "--stage", "fulltext")
    refused = run(*told)
    assert (refused.code, one_line(refused.err)) == (1, True)
    assert "retrieve r000001 retrieved" in refused.err
    run("retrieve", "r000001", "retrieved")
    assert run(*told).code == 0


def test_an_exclusion_has_one_reason(run, project):
    """Of two, neither is dropped in silence."""
    refused = run("decide", "r000001", "exclude", "--reviewer", "R1", "--reason", "setting", "--reason", "topic")
    assert refused.code == 2
    assert "exactly one reason" in refused.err
    assert run("status", "--json").json["events"] == 2


def test_a_blank_protocol_has_no_question_to_be_close_to(run, tmp_path, papers, monkeypatch):
    """Without a question and without decisions the queue starts with the most typical, and claims nothing else."""
    run("init", tmp_path / "blank")
    monkeypatch.chdir(tmp_path / "blank")
    run("add", papers, "--source", "X")
    queue = run("rank", "--json").json["queue"]
    assert sorted(one["record_id"] for one in queue) == [f"r00000{k}" for k in range(1, 7)]
    assert all("question" not in one["why"] for one in queue)
    assert "most typical of the search first" in run("rank").err


def test_a_correction_of_a_duplicate_says_where_it_shows(run, project):
    """Another record stands for it."""
    run("dedup", "judge", "r000002", "r000001", "same", "--as", "R1")
    told = run("amend", "r000002", "--by", "R1", "--volume", "3")
    assert told.code == 0 and "Correct r000001" in told.err


def test_a_judged_flag_is_said_alone(run, project):
    """Among hundreds of flags nobody would find it."""
    flags = run("criteria", "--json").json["flags"]
    assert flags, "the protocol has criteria that can be checked"
    record_id, criterion = flags[0]["record_id"], flags[0]["criterion"]
    said = run("criteria", "--fails", f"{record_id}:{criterion}", "--by", "R1").out.splitlines()
    assert said == [f"{record_id} is removed before screening: it fails {criterion}"]
