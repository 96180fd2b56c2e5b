"""Batches: every row and column comes back in order, whatever happens in between."""

import csv
import gc
import json
from functools import partial

import openpyxl
import pytest

from asreview_mc.core.errors import ModelError, OutputError, ReadError
from asreview_mc.core.protocol_file import parse, template
from asreview_mc.identify.reading import Table
from asreview_mc.learn.subtopics import TopicModel
from asreview_mc.project import batch

from .conftest import HashedWords

CARDS = parse(template("micro-credentials")).cards


def rows_of(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "in.csv"
    lines = [f'{k},"Stackable badges, part {k}","Employers value them.",=1+{k}' for k in range(7)]
    path.write_text("\n".join(["no,title,abstract,odd", *lines, "7,,,x", ""]), "utf-8")
    return path


@pytest.fixture
def make():
    return partial(TopicModel, CARDS, HashedWords())


@pytest.mark.parametrize("chunk", [1, 3, 100])
def test_every_row_and_column_comes_back_in_order(table, make, tmp_path, chunk):
    """The same whatever the chunk; a row without text is there with nothing suggested; cells are disarmed."""
    done = batch.classify(table, tmp_path / "out.csv", make=make, chunk=chunk)
    rows = rows_of(tmp_path / "out.csv")
    assert [row["no"] for row in rows] == [str(k) for k in range(8)]
    assert list(rows[0])[:4] == ["no", "title", "abstract", "odd"]
    assert list(rows[0])[-3:] == ["suggested", "evidence", "without_text"]
    assert rows[2]["odd"] == "'=1+2"
    assert [row["without_text"] for row in rows] == [""] * 7 + ["yes"]
    assert rows[7]["suggested"] == "" and json.loads(rows[7]["evidence"]) == {}
    assert 0 <= float(rows[0]["p_assessment"]) <= 1
    assert (done["rows"], done["without_text"], done["resumed"]) == (8, 1, 0)
    assert not list(tmp_path.glob("*.part*"))
    again = batch.classify(table, tmp_path / "other.csv", make=make, chunk=2)
    assert again["suggested"] == done["suggested"]
    assert (tmp_path / "other.csv").read_bytes() == (tmp_path / "out.csv").read_bytes()


def test_an_interrupted_batch_goes_on_where_it_stopped(table, make, tmp_path):
    """Chunks that were written are not worked on again; half a chunk is."""

    class Stop(Exception):
        pass

    def stop(done, total):
        if done >= 4:
            raise Stop

    out = tmp_path / "out.csv"
    with pytest.raises(Stop):
        batch.classify(table, out, make=make, chunk=2, progress=stop)
    assert not out.exists()
    part = tmp_path / "out.csv.part"
    with part.open("ab") as file:
        file.write(b"half a ro")
    done = batch.classify(table, out, make=make, chunk=2)
    assert (done["rows"], done["resumed"]) == (8, 4)
    batch.classify(table, tmp_path / "whole.csv", make=make)
    assert out.read_bytes() == (tmp_path / "whole.csv").read_bytes()


def test_another_input_begins_anew(table, make, tmp_path):
    """What an earlier run left of another file is not mixed in."""
    out = tmp_path / "out.csv"
    with pytest.raises(ZeroDivisionError):
        batch.classify(table, out, make=make, chunk=2, progress=lambda done, total: 1 // 0)
    table.write_text(table.read_text("utf-8").replace("part 3", "part three"), "utf-8")
    assert batch.classify(table, out, make=make)["resumed"] == 0
    (tmp_path / "out.csv.part.json").write_text("no json")
    assert batch.classify(table, out, make=make)["rows"] == 8


def test_xlsx_comes_out_as_a_workbook(table, make, tmp_path):
    """Probabilities are numbers there."""
    batch.classify(table, tmp_path / "out.xlsx", make=make)
    sheet = openpyxl.load_workbook(tmp_path / "out.xlsx", read_only=True).active
    rows = list(sheet.iter_rows(values_only=True))
    assert len(rows) == 9 and rows[0][:2] == ("no", "title")
    assert isinstance(rows[1][rows[0].index("p_assessment")], float)


def test_parquet_comes_out_or_says_what_is_missing(table, make, tmp_path):
    """Cells are as they were, since nothing runs formulas there."""
    pyarrow = pytest.importorskip("pyarrow.parquet", reason="pyarrow is not installed: pip install '.[parquet]'")
    batch.classify(table, tmp_path / "out.parquet", make=make)
    columns = pyarrow.read_table(tmp_path / "out.parquet").to_pydict()
    assert columns["odd"][:2] == ["=1+0", "=1+1"]
    assert isinstance(columns["p_assessment"][7], float)


def test_reference_files_are_batches_too(make, tmp_path):
    """Their fields are the columns."""
    path = tmp_path / "in.ris"
    path.write_text("TY  - JOUR\nTI  - Badges\nER  - \nTY  - JOUR\nTI  - Credit\nER  - \n", "utf-8")
    assert batch.classify(path, tmp_path / "out.csv", make=make, chunk=1)["rows"] == 2
    assert [row["title"] for row in rows_of(tmp_path / "out.csv")] == ["Badges", "Credit"]


def write(path, rows):
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("title", "abstract"), *rows])
    return path


def test_long_strange_and_foreign_texts_come_back(make, tmp_path):
    """40,000 words, one word without end, other scripts: all are read, each row has its probabilities, none is lost."""
    long = " ".join(["Stackable badges lead to a degree."] * 6_667)
    rows = [
        ("Long", long),
        ("One word", "x" * 200_000),
        ("微证书", "雇主重视可堆叠的微证书。"),
        ("شهادة", "يقدر أصحاب العمل"),
    ]
    path = write(tmp_path / "in.csv", rows)
    done = batch.classify(path, tmp_path / "out.csv", make=make)
    written = rows_of(tmp_path / "out.csv")
    assert [(row["title"], row["abstract"]) for row in written] == rows
    assert (done["rows"], done["without_text"], done["cut"]) == (4, 0, 0)
    assert "stackability" in written[0]["suggested"]
    assert json.loads(written[0]["evidence"])["stackability"] == "Stackable badges lead to a degree."
    assert batch.classify(path, tmp_path / "out.xlsx", make=make)["cut"] == 2


@pytest.mark.parametrize(("rows", "silent"), [([], 0), ([("", ""), (" ", "\t")], 2)])
def test_tables_without_a_text_come_back_as_they_are(make, tmp_path, rows, silent):
    """Nothing to read is no mistake: every row is there, and nothing is suggested for it."""
    done = batch.classify(write(tmp_path / "in.csv", rows), tmp_path / "out.csv", make=make)
    assert (done["rows"], done["without_text"], sum(done["suggested"].values())) == (len(rows), silent, 0)


def test_chunks_that_are_written_are_let_go(make, tmp_path):
    """Memory stays flat: after eighty chunks no more of them are held than after two."""
    path = write(tmp_path / "in.csv", [(f"Badges {k}", "") for k in range(80)])
    held = {}

    def count(done, total):
        if done in (2, 80):
            held[done] = sum(type(one) is Table for one in gc.get_objects())

    batch.classify(path, tmp_path / "out.csv", make=make, chunk=1, progress=count)
    assert held[80] <= held[2]


@pytest.mark.parametrize("content", ["", "one,two\n1,2\n"])
def test_what_is_no_table_of_references_is_refused(make, tmp_path, content):
    """Without a title, an abstract or a DOI there is nothing to read."""
    path = tmp_path / "in.csv"
    path.write_text(content, "utf-8")
    with pytest.raises(ReadError):
        batch.classify(path, tmp_path / "out.csv", make=make)


def test_outputs_that_cannot_be_are_refused(table, make, tmp_path):
    """Before anything is read."""
    with pytest.raises(OutputError):
        batch.classify(table, tmp_path / "out.pdf", make=make)
    with pytest.raises(OutputError):
        batch.classify(table, table, make=make)
    with pytest.raises(ModelError, match="digest"):
        batch.classify(table, tmp_path / "out.csv", model=tmp_path / "m.npz", encoder=HashedWords())


def test_a_file_classified_before_keeps_its_columns_beside_the_new_ones(table, make, tmp_path):
    """No heading stands twice, and those that scripts read are the new ones."""
    batch.classify(table, tmp_path / "once.csv", make=make)
    batch.classify(tmp_path / "once.csv", tmp_path / "twice.csv", make=make)
    once, twice = rows_of(tmp_path / "once.csv"), rows_of(tmp_path / "twice.csv")
    with (tmp_path / "twice.csv").open(encoding="utf-8", newline="") as file:
        header = next(csv.reader(file))
    assert len(header) == len(set(header))
    assert [row["suggested (input)"] for row in twice] == [row["suggested"] for row in once]
    assert [row["suggested"] for row in twice] == [row["suggested"] for row in once]
    assert [row["no"] for row in twice] == [row["no"] for row in once]


def test_parquet_goes_in(table, make, tmp_path):
    """Numbers, lists and empty cells as text, every row in order; a damaged file is refused."""
    pyarrow = pytest.importorskip("pyarrow", reason="Parquet needs the extra")
    from pyarrow import parquet

    path = tmp_path / "in.parquet"
    columns = {
        "title": ["Stackable badges", None, "Soil"],
        "year": [2020, None, 2021],
        "keywords": [["a", "b"], [], None],
        "far": pyarrow.array([2**30, None, 0], pyarrow.int32()).cast(pyarrow.date32()),
    }
    parquet.write_table(pyarrow.table(columns), path)
    done = batch.classify(path, tmp_path / "out.csv", make=make)
    rows = rows_of(tmp_path / "out.csv")
    assert [(row["title"], row["year"], row["keywords"]) for row in rows] == [
        ("Stackable badges", "2020", '["a", "b"]'),
        ("", "", "[]"),
        ("Soil", "2021", ""),
    ]
    assert (done["rows"], done["without_text"]) == (3, 1)
    path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(ReadError, match="damaged Parquet"):
        batch.classify(path, tmp_path / "x.csv", make=make)


def test_what_cards_make_uncalibrated_is_named(table, tmp_path):
    """The shipped cards with another encoder than that of the fit."""
    done = batch.classify(table, tmp_path / "out.csv", make=partial(TopicModel, CARDS[:3], HashedWords()))
    assert (done["calibrated"], done["uncalibrated"]) == (False, [card.code for card in CARDS[:3]])
