"""`log`, `backup` and `restore` as a user runs them."""

import csv
import json


def test_backup_and_restore(run, project, tmp_path):
    """The head is printed by both."""
    run("decide", "r000001", "include", "--reviewer", "R1")
    made = run("backup", tmp_path / "b.db", "--json").json
    assert made["events"] == run("log", "--verify", "--json").json["events"]
    assert run("backup", tmp_path / "b.db").code == 1
    done = run("restore", tmp_path / "b.db", "--project", tmp_path / "again", "--json").json
    assert (done["events"], done["head"], done["aside"]) == (made["events"], made["head"], None)
    run("decide", "r000002", "include", "--reviewer", "R1")
    refused = run("restore", tmp_path / "b.db")
    assert refused.code == 1 and "lacks" in refused.err
    kept = run("restore", tmp_path / "b.db", "--replace")
    assert kept.code == 0 and "review.db.before-" in kept.out


def test_the_log_is_written_out_line_by_line_or_as_a_table(run, project, tmp_path):
    """Both hold every event, with what the one who asks may see."""
    run("decide", "r000001", "include", "--reviewer", "R1", "--note", "=1+1")
    listed = run("log", "--as", "R1", "--json").json["events"]
    wrote = run("log", "--as", "R1", "-o", tmp_path / "log.jsonl", "--json").json
    lines = [json.loads(line) for line in (tmp_path / "log.jsonl").read_text("utf-8").splitlines()]
    assert lines == listed and wrote["written"] == len(lines) and wrote["head"] == lines[-1]["hash"]
    assert run("log", "--as", "R2", "-o", tmp_path / "log.csv").code == 0
    with (tmp_path / "log.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["hash"] for row in rows] == [line["hash"] for line in lines]
    assert json.loads(rows[-1]["said"]) == {"hidden": True}
    assert run("log", "-o", tmp_path / "log.pdf").code == 1


def test_the_log_is_filtered_by_time(run, project):
    """A day counts whole as an end; what is no time is refused."""
    whole = run("log", "--json").json["events"]
    day = whole[0]["at"][:10]
    assert run("log", "--since", day, "--until", whole[-1]["at"][:10], "--json").json["events"] == whole
    later = run("log", "--since", whole[1]["at"], "--json").json["events"]
    assert later == whole[1:]
    assert run("log", "--until", whole[1]["at"], "--json").json["events"] == whole[:1]
    assert run("log", "--since", "2100-01-01", "--json").json["events"] == []
    assert run("log", "--since", "yesterday").code == 1


def test_the_log_is_written_out_without_names(run, project, tmp_path):
    """Whoever decided has a pseudonym, in what is printed and in what is written."""
    run("decide", "r000001", "include", "--reviewer", "R1", "--note", "as R2 said")
    assert "note=as Reviewer B said" in run("log", "--as", "R1", "--blind").out
    assert run("log", "--as", "R1", "--blind", "-o", tmp_path / "log.jsonl").code == 0
    written = (tmp_path / "log.jsonl").read_text("utf-8")
    assert "Reviewer A" in written and '"R1"' not in written


def test_what_a_file_held_beside_its_records_is_counted_in_the_log(run, project, tmp_path):
    """Each stray line stands in the event; in the list of events it is how many there are."""
    (tmp_path / "more.ris").write_text("From a database\nTY  - JOUR\nTI  - A paper of its own\nER  - \n", "utf-8")
    run("add", tmp_path / "more.ris", "--source", "Scopus")
    assert "stray=1" in run("log").out.splitlines()[-1]
