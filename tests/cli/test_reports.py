"""What a team takes away at the command line: narrative, methods, checklist, flow, report, exports, package."""

import csv

import pytest

from asreview_mc.project.gather import add
from asreview_mc.project.review import Review
from asreview_mc.project.screen import decide


@pytest.fixture
def included(project):
    """Two papers included by both, one excluded on full text, three on title and abstract."""
    with Review.open(project) as review:
        for name in ("R1", "R2"):
            for number in range(1, 7):
                decide(review, f"r{number:06d}", "include" if number < 4 else "exclude", name)
        for name in ("R1", "R2"):
            for number in range(1, 4):
                said = ("include", "") if number < 3 else ("exclude", "setting")
                decide(review, f"r{number:06d}", said[0], name, stage="fulltext", reason=said[1])
    return project


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("topic:reskilling", "--text", "As said [r000003]."), "cites r000003, which is not included"),
        (("gaps", "--text", "As said [r000099]."), "r000099"),
        (("topic:nothing", "--text", "A."), "no section is called 'topic:nothing'"),
    ],
)
def test_a_citation_must_resolve(run, included, arguments, said):
    """To an included paper, in a section that there is; nothing is written otherwise."""
    refused = run("narrative", "write", *arguments, "--by", "R1")
    assert (refused.code, refused.out) == (1, "") and said in refused.err and refused.err.count("\n") == 1
    assert run("narrative", "show", "--json").json["sections"] == []


def test_later_literature_may_be_cited_apart(run, included):
    """What is not included has its own section, and the draft of limitations is the protocol's."""
    assert run("narrative", "write", "later", "--text", "Since then [r000004].", "--by", "R1").code == 0
    assert run("narrative", "write", "topic:reskilling", "--text", "Both [r000001; r000002].", "--by", "R2").code == 0
    found = {one["section"]: one for one in run("narrative", "show", "--json").json["sections"]}
    assert found["later"]["unresolved"] == found["topic:reskilling"]["unresolved"] == []
    assert "2022-01-05" in run("narrative", "draft", "limitations").out


def test_the_methods_rest_on_events(run, included):
    """Each sentence names its events; the checklist is written as a table."""
    told = run("methods", "--json").json
    assert told["text"] == " ".join(one["text"] for one in told["sentences"])
    assert all(one["events"] for one in told["sentences"])
    read = "Of 3 reports assessed in full text 2 were included, and 1 report excluded (wrong setting, n = 1)."
    assert read in told["text"]
    found = run("checklist", "-o", "checklist.csv", "--json").json
    with (included / "checklist.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == len(found["items"]) == 42
    assert found["answered"] == sum(row["in this review"] != "for the authors" for row in rows) > 10


def test_the_flow_goes_out_and_comes_in(run, included, tmp_path):
    """The CSV of the R package, drawn again from the file alone, is the same picture."""
    assert run("prisma", "-o", "flow.csv").code == run("prisma", "-o", "one.svg").code == 0
    again = run("prisma", "--from", "flow.csv", "-o", "other.svg", "--project", tmp_path / "nowhere", "--json")
    assert again.json["new_studies"] == 2 and all(one["ok"] for one in again.json["checks"])
    assert (included / "one.svg").read_bytes() == (included / "other.svg").read_bytes()


def test_a_package_is_restored_to_the_same_numbers(run, included, tmp_path):
    """`init --from` gives the same flow, methods, tables, status and head."""
    head = run("export", "review.zip", "--json").json["head"]
    before = [run(*words, "--json").json for words in (["prisma"], ["methods"], ["tables"], ["status"])]
    assert run("init", tmp_path / "again", "--from", "review.zip").code == 0
    there = ("--project", tmp_path / "again", "--json")
    assert [run(*words, *there).json for words in (["prisma"], ["methods"], ["tables"], ["status"])] == before
    assert run("log", "--verify", "--head", head, *there).json["ok"]


def test_a_later_search_is_a_new_round(run, included, tmp_path):
    """What was included is previous, what is read after it is new, and both are in the total."""
    more = tmp_path / "more.csv"
    more.write_text("title,abstract\nBadges again,A later study.\nBirds again,Not at all.\n", "utf-8")
    assert run("round", "spring", "--by", "R1").code == 0
    assert run("round", "spring", "--by", "R1").code == 1
    with Review.open(included) as review:
        add(review, [more], source="SpringerLink")
        for name in ("R1", "R2"):
            decide(review, "r000007", "include", name)
            decide(review, "r000008", "exclude", name)
        for name in ("R1", "R2"):
            decide(review, "r000007", "include", name, stage="fulltext")
    flow = run("prisma", "--json").json
    assert (flow["previous_studies"], flow["new_studies"], flow["total_studies"]) == (2, 1, 3)
    assert (flow["database_results"], flow["records_screened"]) == (2, 2)
    assert "The review was updated from" in run("methods").out
    run("prisma", "-o", "flow.svg")
    assert "Previous studies" in (included / "flow.svg").read_text("utf-8")


def test_no_help_loses_words_to_markup(run):
    """What stands between square brackets is not read as a style."""
    said = " ".join(run("narrative", "write", "--help").out.split())
    assert "an id between square brackets cites an included paper" in said


def test_a_section_that_nothing_is_known_of_says_so(run, included):
    """On standard error: a script gets an empty text."""
    answer = run("narrative", "draft", "future")
    assert (answer.code, answer.out) == (0, "")
    assert "it is the authors'" in answer.err


def test_a_flow_that_is_not_at_its_end_says_so_where_the_template_cannot(run, included, tmp_path):
    """Records not screened are in no box of the R package's."""
    assert run("add-record", "--title", "One more", "--source", "EBSCOhost").code == 0
    answer = run("prisma", "-o", tmp_path / "flow.csv")
    assert answer.code == 0
    assert "have no place in the template" in answer.err
    assert "have no place" not in run("prisma", "-o", tmp_path / "flow.svg").err


def test_cells_too_long_for_excel_are_told(run, project, tmp_path):
    """In one line on standard error and by name in the JSON, where they are cut and nowhere else."""
    path = tmp_path / "long.csv"
    path.write_text("title,abstract\n" + "".join(f"Paper {k},{'long ' * 8000}\n" for k in range(7)), "utf-8")
    assert run("add", path, "--source", "Scopus").code == 0
    told = run("export", "all.xlsx", "--what", "all")
    assert told.err.startswith("Cut at the 32,767 characters of an Excel cell: r000007 abstract, r000008 abstract, ")
    assert told.err.endswith("r000011 abstract and 2 more; export CSV or JSON for the whole\n") and told.code == 0
    assert run("export", "all.xlsx", "--what", "all", "--json").json["cut"][6] == "r000013 abstract"
    whole = run("export", "all.csv", "--what", "all", "--json")
    assert (whole.json["cut"], whole.err) == ([], "")
