"""The template of the R package, filled in by us, by others and by a spreadsheet: read back as the same flow."""

import csv
import io
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asreview_mc.core.errors import ReadError
from asreview_mc.core.event import Linked, RoundBegun
from asreview_mc.report.counts import count
from asreview_mc.report.flow import picture
from asreview_mc.report.flow_numbers import Prisma
from asreview_mc.report.prisma import to_csv
from asreview_mc.report.prisma_in import read_csv
from asreview_mc.report.sums import checks

KEYS = (
    *("previous_studies", "previous_reports", "database_results", "database_specific_results", "register_results"),
    *("register_specific_results", "website_results", "organisation_results", "citations_results", "duplicates"),
    *("excluded_automatic", "excluded_other", "records_screened", "records_excluded", "dbr_sought_reports"),
    *("dbr_notretrieved_reports", "dbr_assessed", "dbr_excluded", "other_sought_reports"),
    *("other_notretrieved_reports", "other_assessed", "other_excluded", "new_studies", "new_reports", "total_studies"),
    "total_reports",
)
"""The keys of inst/extdata/PRISMA.csv of PRISMA2020 1.1.4 that have a number of a review."""


def back(text, path, encoding="utf-8"):
    path.write_bytes(text.encode(encoding))
    return read_csv(path)


def same(one, other):
    """Say whether two flows are the same in all that the template holds."""
    return all(getattr(one, key) == getattr(other, key) for key in KEYS) and picture(one, ".svg") == picture(
        other, ".svg"
    )


def test_a_finished_review_comes_back(finished, tmp_path):
    """Every number, every reason, every sum, and the drawing."""
    flow = count(finished.state)
    again = back(to_csv(flow), tmp_path / "flow.csv")
    assert same(flow, again)
    assert all(one.ok for one in checks(again))


def test_an_update_with_other_methods_comes_back(finished, tmp_path):
    """Previous studies and reports, and the column of other methods."""
    finished.tell(Linked("r000001", ("r000002",), "R1"), RoundBegun("update", "R1", "", 3, 4))
    for via in ("website", "citation"):
        for record_id in finished.read(2, via, via):
            finished.include(record_id)
    flow = count(finished.state)
    assert (flow.previous_studies, flow.previous_reports, flow.other_assessed) == (4, 6, 4)
    again = back(to_csv(flow), tmp_path / "flow.csv")
    assert same(flow, again)
    assert all(one.ok for one in checks(again))


def test_every_key_is_written_and_read(finished, tmp_path):
    """The keys are the package's, found by name in whatever order the rows stand."""
    rows = list(csv.DictReader(io.StringIO(to_csv(count(finished.state)))))
    assert set(KEYS) <= {row["data"] for row in rows}
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]))
    writer.writeheader()
    writer.writerows(reversed(rows))
    assert same(back(out.getvalue(), tmp_path / "flow.csv"), count(finished.state))


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp1252"])
def test_what_a_spreadsheet_saved_is_read(finished, tmp_path, encoding):
    """With semicolons, a mark at its head or the code page of Windows; a whole number may have got a point."""
    flow = count(finished.state)
    flow = replace(flow, dbr_excluded={"mauvais thème étudié": 2})
    out = io.StringIO()
    rows = list(csv.DictReader(io.StringIO(to_csv(flow))))
    writer = csv.DictWriter(out, list(rows[0]), delimiter=";")
    writer.writeheader()
    writer.writerows(row | {"n": f"{row['n']}.0"} if row["n"].isdecimal() else row for row in rows)
    assert same(back(out.getvalue(), tmp_path / "flow.csv", encoding), flow)


@given(st.dictionaries(st.sampled_from(["wrong setting", "no data, at all", "x", "très long"]), st.integers(1, 10**7)))
def test_reasons_come_back(tmp_path_factory, reasons):
    """Any reasons with any counts, but for the comma, which the template cannot hold."""
    flow = replace(Prisma(database_results=1), dbr_excluded=reasons)
    again = back(to_csv(flow), tmp_path_factory.mktemp("flow") / "flow.csv")
    assert again.dbr_excluded == {name.replace(", ", " / "): n for name, n in reasons.items()}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a,b\n1,2\n", "no columns data and n"),
        ("data,n\nnothing,1\n", "none of the boxes"),
        ("data,n\nrecords_screened,many\n", "records_screened is 'many'"),
        ('data,n\ndbr_excluded,"Reason1, xxx; Reason2, xxx"\n', "'xxx'"),
        ("data,n\nrecords_screened,-4\n", "'-4'"),
    ],
)
def test_what_is_no_template_is_refused(tmp_path, text, said):
    """One line says what is wrong and where; the package's own empty template is not filled in yet."""
    with pytest.raises(ReadError, match=said):
        back(text, tmp_path / "flow.csv")


def test_a_sum_that_does_not_close_is_found(finished, tmp_path):
    """Numbers typed wrongly are drawn as they are, and the checks say which do not add up."""
    wrong = replace(count(finished.state), records_screened=99)
    again = back(to_csv(wrong), tmp_path / "flow.csv")
    assert [one.right for one in checks(again) if not one.ok] != []
