"""PRISMA: every number traces to records, and whatever was decided the sums close."""

import csv
import io
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from asreview_mc.core.errors import OutputError
from asreview_mc.report.flow_numbers import RESULTS, Prisma
from asreview_mc.report.prisma import checks, count, list_cell, save, to_csv, to_dict, to_text
from asreview_mc.report.sums import Check

SEED = Prisma(
    database_results=1395,
    database_specific_results={"EBSCOhost, Taylor&Francis and SpringerLink": 1395},
    duplicates=918,
    records_screened=477,
    records_excluded=417,
    dbr_sought_reports=60,
    dbr_assessed=60,
    dbr_excluded={"wrong study design": 11, "wrong type of publication": 11, "wrong setting": 6},
    dbr_included=32,
    new_studies=32,
    new_reports=32,
    total_studies=32,
    total_reports=32,
)


def test_a_finished_review_is_counted(finished):
    """Each box holds what was decided, reasons in the protocol's order and the unsettled one last."""
    flow = count(finished.state)
    assert (flow.database_results, flow.duplicates, flow.records_screened, flow.records_excluded) == (10, 1, 9, 4)
    assert flow.database_specific_results == {"EBSCOhost": 6, "SpringerLink": 4}
    assert (flow.dbr_sought_reports, flow.dbr_notretrieved_reports, flow.dbr_assessed) == (5, 1, 4)
    assert list(flow.dbr_excluded.items()) == [("wrong setting", 1), ("reason not settled", 1)]
    assert (flow.new_studies, flow.new_reports, flow.total_reports) == (2, 2, 2)
    assert (flow.pending, flow.not_screened) == (0, 0)
    assert flow.papers["dbr_excluded: wrong setting"] == ("r000003",)
    assert flow.papers["new_studies"] == ("r000001", "r000002")


def test_the_model_review_closes():
    """The published numbers of the model review pass every check."""
    assert all(check.ok for check in checks(SEED))


def test_a_wrong_number_is_found():
    """A sum that does not close says so, with both sides."""
    wrong = [check for check in checks(Prisma(database_results=10, records_screened=9)) if not check.ok]
    assert Check("databases and registers: identified − removed = screened + not screened", 10, 9) in wrong


def test_nothing_read_is_nothing_counted(review):
    """An empty review has zeros everywhere and closes."""
    flow = count(review.state)
    assert to_dict(flow)["database_results"] == 0
    assert all(check.ok for check in checks(flow))
    assert to_text(flow)


def test_unread_and_pending_are_never_excluded(review):
    """Not begun, begun, in conflict and undone are told apart, and none is an exclusion."""
    unread, begun, conflict, undone, whole = review.read(5)
    review.decide(begun, {"R1": "exclude"})
    review.decide(conflict, {"R1": "exclude", "R2": "include"})
    review.decide(undone, {"R1": "exclude"})
    review.undo(undone, "R1")
    review.decide(whole, "include")
    review.decide(whole, {"R1": "exclude:setting"}, "fulltext")
    flow = count(review.state)
    assert flow.papers["not_screened"] == (unread, undone)
    assert flow.papers["pending_abstract"] == (begun, conflict)
    assert flow.papers["pending_fulltext"] == (whole,)
    assert (flow.records_excluded, flow.dbr_assessed, flow.dbr_excluded) == (0, 0, {})
    assert to_dict(flow)["pending"] == 3


@pytest.mark.parametrize("stage", ["abstract", "fulltext"])
def test_what_a_pending_decision_says_changes_no_number(new_review, stage):
    """Whatever the first of two reviewers answers, the counts are the same."""
    flows = []
    for said in ("include", "exclude:setting", "maybe"):
        review = new_review()
        (record_id,) = review.read(1)
        if stage == "fulltext":
            review.decide(record_id, "include")
        review.decide(record_id, {"R1": said}, stage)
        flows.append(count(review.state))
    assert flows[0] == flows[1] == flows[2]


def test_the_decision_of_one_who_left_the_team_counts_as_begun(review):
    """A record is begun by whoever decided on it, also after the protocol names somebody else."""
    from asreview_mc.core.event import ProtocolSet

    (record_id,) = review.read(1)
    review.decide(record_id, {"R1": "include"})
    review.tell(ProtocolSet(review.state.protocol.text.replace('name = "R1"', 'name = "R3"'), "R2", "R1 left"))
    assert count(review.state).papers["pending_abstract"] == (record_id,)


def test_records_that_could_not_be_read_were_identified(review):
    """A reject counts as identified and as removed for other reasons, and is traced to its place in the file."""
    review.read(2, rejected=1)
    flow = count(review.state)
    assert (flow.database_results, flow.excluded_other, flow.not_screened) == (3, 1, 2)
    assert flow.papers["excluded_other"] == ("EBSCOhost.ris, record 1",)
    assert all(check.ok for check in checks(flow))


def test_other_methods_have_their_own_column(review):
    """A record stands in the column of its own reading, whichever duplicate it has."""
    (website,) = review.read(1, "a site", "website")
    cited = review.read(3, "citations", "citation")
    (found,) = review.read(1, "registry", "register")
    review.merge(cited[0], website)
    review.merge(found, cited[1])
    review.include(website)
    review.decide(cited[2], "exclude")
    flow = count(review.state)
    assert (flow.website_results, flow.citations_results, flow.register_results) == (1, 3, 1)
    assert (flow.duplicates, flow.other_duplicates, flow.records_screened) == (1, 1, 0)
    assert flow.register_specific_results == {"registry": 1}
    assert (flow.other_records_screened, flow.other_not_screened, flow.other_records_excluded) == (2, 1, 1)
    assert (flow.other_sought_reports, flow.other_assessed, flow.new_studies) == (1, 1, 1)
    assert all(check.ok for check in checks(flow))
    assert any("other methods" in check.name for check in checks(flow))


reviewer = st.sampled_from(["R1", "R2"])
number = st.integers(1, 12)
decision = st.sampled_from(["include", "exclude:setting", "exclude:study_design", "exclude:", "maybe"])
step = st.one_of(
    st.tuples(st.just("decide"), number, reviewer, decision, st.sampled_from(["abstract", "fulltext"])),
    st.tuples(st.just("both"), number, decision, st.sampled_from(["abstract", "fulltext"])),
    st.tuples(st.just("undo"), number, reviewer, st.sampled_from(["abstract", "fulltext"])),
    st.tuples(
        st.just("settle"), number, st.sampled_from(["include", "exclude"]), st.sampled_from(["abstract", "fulltext"])
    ),
    st.tuples(st.just("retrieve"), number, st.sampled_from(["sought", "retrieved", "not-retrieved"])),
    st.tuples(st.just("merge"), number, number),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(sorted(RESULTS)), min_size=1, max_size=4), st.lists(step, max_size=40))
def test_whatever_happened_every_sum_closes(new_review, routes, steps):
    """Any decisions, merges and settlements by any route: checks hold and every number has its papers."""
    review = new_review()
    for position, via in enumerate(routes):
        review.read(3, f"source {position}", via, rejected=position)
    for action, number, *rest in steps:
        record_id = f"r{(number - 1) % len(review.records) + 1:06d}"
        _play(review, action, record_id, rest)
    flow = count(review.state)
    assert [check for check in checks(flow) if not check.ok] == []
    for key, ids in flow.papers.items():
        name, _, item = key.partition(": ")
        value = getattr(flow, name)
        expected = value[item] if item else sum(value.values()) if isinstance(value, dict) else value
        assert len(ids) == len(set(ids)) == expected, key


def _play(review, action, record_id, rest):
    kept = review.state.kept(record_id)
    if action == "decide":
        review.decide(kept, {rest[0]: rest[1]}, rest[2])
    elif action == "both":
        review.decide(kept, rest[0], rest[1])
    elif action == "undo":
        review.undo(kept, *rest)
    elif action == "settle":
        review.settle(kept, *rest)
    elif action == "retrieve":
        review.retrieve(kept, *rest)
    else:
        other = review.state.kept(f"r{(rest[0] - 1) % len(review.records) + 1:06d}")
        if other != kept:
            review.merge(max(kept, other), min(kept, other))


def test_the_template_is_whole():
    """The CSV has the 8 columns and 34 rows of PRISMA2020, every key once, and our numbers in them."""
    rows = list(csv.DictReader(io.StringIO(to_csv(SEED))))
    assert list(rows[0]) == ["data", "node", "box", "description", "boxtext", "tooltips", "url", "n"]
    assert len(rows) == 34
    by_key = {row["data"]: row["n"] for row in rows if row["data"] != "NA"}
    assert len(by_key) == 31
    assert sorted(row["box"] for row in rows if row["data"] == "NA") == ["newstud", "othstud", "prevstud"]
    assert by_key["database_results"] == "1395"
    assert by_key["dbr_excluded"] == "wrong study design, 11; wrong type of publication, 11; wrong setting, 6"
    assert by_key["database_specific_results"] == "EBSCOhost / Taylor&Francis and SpringerLink, 1395"
    assert by_key["register_specific_results"] == "0"
    assert by_key["previous_studies"] == by_key["website_results"] == by_key["total_studies_ma"] == "NA"


def test_other_methods_appear_in_the_template():
    """With records from other methods their boxes hold numbers, zeros too."""
    rows = {row["data"]: row["n"] for row in csv.DictReader(io.StringIO(to_csv(Prisma(citations_results=2))))}
    assert (rows["citations_results"], rows["website_results"], rows["other_assessed"]) == ("2", "0", "0")


@pytest.mark.parametrize("name", ["a, b", "a; b", "a\n;b", ",", "=1+1"])
def test_a_list_cell_can_be_taken_apart(name):
    """No name can break the list of a cell: it splits into as many items, each with its number."""
    items = [item.split(",") for item in list_cell({name: 7, "other": 1}).split(";")]
    assert [(len(item), int(item[1])) for item in items] == [(2, 7), (2, 1)]


def test_a_name_is_no_formula():
    """A source called like a formula is disarmed in the CSV."""
    rows = {
        row["data"]: row["n"]
        for row in csv.DictReader(io.StringIO(to_csv(Prisma(database_specific_results={"=1": 1}))))
    }
    assert rows["database_specific_results"] == "'=1, 1"


def test_json_has_every_key_and_the_checks():
    """Keys of the template as whole numbers or list cells, beside pending, not_screened and checks."""
    plain = json.loads(json.dumps(to_dict(SEED)))
    assert plain["records_screened"] == 477
    assert plain["dbr_excluded"] == "wrong study design, 11; wrong type of publication, 11; wrong setting, 6"
    assert plain["register_specific_results"] == ""
    assert (plain["pending"], plain["not_screened"]) == (0, 0)
    assert all(check["ok"] for check in plain["checks"])
    keys = {row["data"] for row in csv.DictReader(io.StringIO(to_csv(SEED)))}
    labels = {"NA", "identification", "screening", "included", "total_studies_ma", "total_reports_ma"}
    assert keys - labels <= set(plain)


def test_lines_are_aligned():
    """In the terminal every number ends in the same column, and zero boxes that say nothing are left out."""
    lines = to_text(SEED)
    assert len({len(line) for line in lines if line[-1].isdigit()}) == 1
    assert any("1,395" in line for line in lines)
    assert not any("not screened" in line or "Other methods" in line for line in lines)
    both = to_text(Prisma(citations_results=3, other_not_screened=1, not_screened=2, other_pending_abstract=1))
    assert sum("not screened" in line for line in both) == 2


def test_saving_chooses_by_suffix(tmp_path):
    """.csv is the template, .json the numbers; an unknown suffix is refused and nothing written."""
    save(SEED, tmp_path / "flow.csv")
    save(SEED, tmp_path / "flow.JSON")
    assert (tmp_path / "flow.csv").read_text("utf-8") == to_csv(SEED)
    assert json.loads((tmp_path / "flow.JSON").read_text("utf-8")) == to_dict(SEED)
    with pytest.raises(OutputError, match=r"\.docx"):
        save(SEED, tmp_path / "flow.docx")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["flow.JSON", "flow.csv"]
