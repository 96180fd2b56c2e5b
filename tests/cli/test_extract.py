"""Forms by command: filled in by two, compared, settled, out to a spreadsheet and back."""

import csv
import datetime
from concurrent.futures import ThreadPoolExecutor

import openpyxl
import pytest

from asreview_mc.project import extract
from asreview_mc.project.review import Review


@pytest.fixture
def included(run, project):
    """The review with its first two records included."""
    for record_id in ("r000001", "r000002"):
        for stage in ("abstract", "fulltext"):
            for name in ("R1", "R2"):
                assert run("decide", record_id, "include", "--reviewer", name, "--stage", stage).code == 0
    return project


def cells(path):
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_two_extractors_blind_to_each_other_and_their_consensus(run, included):
    assert run("extract", "set", "r000001", "study_design=quantitative", "aim=To know", "--reviewer", "R1").code == 0
    seen = run("extract", "compare", "--as", "R2", "--json").json["fields"]
    assert [(one["code"], one["status"], one["given"]) for one in seen] == [
        ("aim", "pending", []),
        ("study_design", "pending", []),
    ]
    assert "To know" not in run("log", "--as", "R2", "--json").out
    run("extract", "set", "r000001", "study_design=case study", "aim=to know.", "--reviewer", "R2")
    by_code = {one["code"]: one for one in run("extract", "compare", "--json").json["fields"]}
    assert (by_code["aim"]["status"], by_code["study_design"]["status"]) == ("agreed", "conflict")
    assert run("extract", "settle", "r000001", "--take", "R2", "--by", "R1").code == 1
    assert run("extract", "settle", "r000001", "--take", "R2", "--by", "R1", "--by", "R2").code == 0
    (first, _) = run("extract", "table", "--json").json["rows"]
    assert first["values"]["study_design"] == "case study"
    found = {one["code"]: one for one in run("extract", "agreement", "--json").json["fields"]}
    assert found["study_design"]["pairs"][0]["same"] == 0


def test_a_form_shows_what_is_suggested_and_why_and_fills_in_nothing(run, included):
    told = run("extract", "form", "r000002", "--json").json
    assert told["suggested"]["year"] == 2002 and told["why"]["year"]["by"] == "the record"
    assert set(told["why"]) == set(told["suggested"])
    assert "[suggested: 2002]" in run("extract", "form", "r000002").out
    assert run("extract", "compare", "--json").json["fields"] == []


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("r000001", "study_design=survey"), "is not in the list"),
        (("r000001", "colour=red"), "has no field 'colour'"),
        (("r000005", "aim=x"), "is not included"),
        (("r000001", "aim="), "nothing would change"),
    ],
)
def test_what_cannot_stand_is_refused_in_one_line(run, included, arguments, said):
    answer = run("extract", "set", *arguments, "--reviewer", "R1")
    assert answer.code == 1
    assert said in answer.err
    assert answer.err.count("\n") == 1


def test_a_form_changed_later_keeps_old_values_and_marks_them(run, included):
    for name in ("R1", "R2"):
        run("extract", "set", "r000001", "study_design=quantitative", "--reviewer", name)
    path = included / "protocol.toml"
    text = path.read_text("utf-8").replace(', "quantitative",', ', "survey",')
    text = text.replace('choice = "quantitative"', 'choice = "survey"')
    path.write_text(text, "utf-8")
    assert run("protocol", "accept", "--by", "R1", "--reason", "a finer list").code == 0
    (first, _) = run("extract", "table", "--json").json["rows"]
    assert first["values"]["study_design"] == "quantitative"
    assert "not in the list" in first["problems"]["study_design"]
    tables = {one["name"]: one for one in run("tables", "--json").json["tables"]}
    assert ["quantitative (no longer in the form)", 1, "50 %"] in tables["by-study-design"]["rows"]


def test_an_included_paper_later_excluded_leaves_the_tables(run, included):
    for name in ("R1", "R2"):
        run("extract", "set", "r000001", "study_design=quantitative", "--reviewer", name)
        run("decide", "r000001", "exclude", "--reviewer", name, "--stage", "fulltext", "--reason", "setting")
    assert [one["record_id"] for one in run("extract", "table", "--json").json["rows"]] == ["r000002"]
    assert run("extract", "set", "r000001", "aim=x", "--reviewer", "R1").code == 1


@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
def test_a_sheet_comes_back_as_it_went(run, included, tmp_path, suffix):
    text = "=HYPERLINK(1); naïve ’quotes’\nsecond line"
    run(
        "extract",
        "set",
        "r000001",
        f"aim={text}",
        "year=2021",
        "research_focus=barriers; potential",
        "--reviewer",
        "R1",
    )
    path = tmp_path / f"sheet{suffix}"
    assert run("extract", "sheet", "-o", path, "--reviewer", "R1", "--json").json["written"] == 2
    again = run("extract", "read", path, "--reviewer", "R1", "--json").json
    assert (again["set"], again["unchanged"], again["rejected"], again["ignored"]) == (0, 3, [], [])
    other = run("extract", "read", path, "--reviewer", "R2", "--json").json
    assert (other["set"], other["records"], other["rejected"]) == (3, 1, [])
    stands = run("extract", "table", "--json").json["rows"][0]["values"]
    assert stands["aim"] == text and stands["year"] == 2021


def test_a_sheet_holds_nobody_else_s_answers_and_confirms_no_suggestion(run, included, tmp_path):
    run("extract", "set", "r000001", "aim=secret", "--reviewer", "R1")
    path = tmp_path / "sheet.csv"
    run("extract", "sheet", "-o", path, "--reviewer", "R2")
    assert "secret" not in path.read_text("utf-8-sig")
    assert cells(path)[0]["suggested year"] == "2001" and cells(path)[0]["year"] == ""
    assert run("extract", "read", path, "--reviewer", "R2", "--json").json["set"] == 0


def test_what_a_spreadsheet_spoilt_is_shown_cell_by_cell(run, included, tmp_path):
    run("extract", "set", "r000001", "aim=naïve readers’ needs", "--reviewer", "R1")
    path = tmp_path / "sheet.csv"
    run("extract", "sheet", "-o", path, "--reviewer", "R1")
    rows = cells(path)
    spoilt = "naïve readers’ needs".encode().decode("cp1252")
    rows[0] |= {"aim": spoilt, "year": "1905-07-13", "study_design": "surveys"}
    rows[1] |= {"year": "2021"}
    rows.append(rows[1] | {"record_id": "r000099"})
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys(), delimiter=";")
        writer.writeheader()
        writer.writerows(rows)
    found = run("extract", "read", path, "--reviewer", "R1", "--json").json
    why = {(one["record_id"], one["field"]): one["why"] for one in found["rejected"]}
    assert "wrong encoding" in why["r000001", "aim"]
    assert "perhaps of 2021" in why["r000001", "year"]
    assert "not in the list" in why["r000001", "study_design"]
    assert "no included record" in why["r000099", ""]
    assert found["set"] == 1


def test_dates_of_a_workbook_are_read_as_days(run, included, tmp_path):
    text = (included / "protocol.toml").read_text("utf-8")
    field = '\n[[extraction]]\ncode = "accepted"\nlabel = "accepted"\ntype = "date"\n'
    (included / "protocol.toml").write_text(text + field, "utf-8")
    run("protocol", "accept", "--by", "R1", "--reason", "a date")
    path = tmp_path / "sheet.xlsx"
    run("extract", "sheet", "-o", path, "--reviewer", "R1")
    book = openpyxl.load_workbook(path)
    page = book["extraction"]
    column = next(cell.column for cell in page[1] if cell.value == "accepted")
    page.cell(2, column).value = datetime.datetime(2021, 3, 4)
    page.cell(3, column).value = 44259
    book.save(path)
    found = run("extract", "read", path, "--reviewer", "R1", "--json").json
    assert found["set"] == 1
    assert "2021-03-04" in found["rejected"][0]["why"]


def test_two_extractors_at_once_lose_nothing(included):
    def work(name):
        with Review.open(included) as review:
            for k in range(5):
                extract.fill_in(review, "r000001", {"aim": f"{name} {k}"}, name)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(work, ("R1", "R2")))
    with Review.open(included) as review:
        given = review.state.forms.cells("extraction", "r000001")["aim"].given
        assert {name: one.value for name, one in given.items()} == {"R1": "R1 4", "R2": "R2 4"}
        assert review.log.verify().ok


def test_appraisal_from_template_to_lights(run, included, tmp_path):
    text = run("appraise", "templates", "cross-sectional").out
    (included / "protocol.toml").write_text((included / "protocol.toml").read_text("utf-8") + "\n" + text, "utf-8")
    assert run("appraise", "form").code == 1
    assert run("protocol", "accept", "--by", "R1", "--reason", "appraisal").code == 0
    for name, said in (("R1", "no"), ("R2", "no")):
        assert run("appraise", "set", "r000001", "q1=yes", f"q2={said}", "--reviewer", name).code == 0
    found = run("tables", "-o", tmp_path / "out", "--json").json
    assert {"appraisal-cross-sectional.csv", "appraisal-cross-sectional-lights.pdf"} <= set(found["files"])
    assert all((tmp_path / "out" / name).stat().st_size for name in found["files"])
