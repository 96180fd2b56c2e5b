"""Labelled tables: every row is kept, and what cannot be used is said in one line."""

import gzip
import json

import pytest

from asreview_mc.core.errors import DataError, ProtocolError
from asreview_mc.core.protocol_file import template
from asreview_mc.simulate.datasets import load, name, queries


def table(tmp_path, text, file="set.csv", encoding="utf-8"):
    path = tmp_path / file
    path.write_bytes(text.encode(encoding))
    return path


def test_every_row_is_kept(tmp_path):
    """Rows without text, without abstract and repeated ones all stay, in the file's order."""
    review = load(table(tmp_path, 'title,abstract,included\nA,x,1\n,,0\nB,,0\nB,,0\n"C, ""D""","two\nlines",1\n'))
    assert review.titles == ("A", "", "B", "B", 'C, "D"')
    assert review.abstracts == ("x", "", "", "", "two\nlines")
    assert review.labels.tolist() == [1, 0, 0, 0, 1]
    assert review.texts[:3] == ["A x", "", "B"]


@pytest.mark.parametrize(
    "label", ["label_included", "Included", "asreview_label", " LABEL ", "final_included", "include"]
)
def test_usual_label_names(tmp_path, label):
    """The label column goes by any of the usual names, in any case."""
    assert load(table(tmp_path, f"Title,{label}\nA,1\nB,0\n")).labels.tolist() == [1, 0]


@pytest.mark.parametrize(("yes", "no"), [("yes", "No"), ("TRUE", "false"), ("1.0", "0.0"), ("Y", "n"), (" 1 ", "0")])
def test_usual_label_values(tmp_path, yes, no):
    """0/1, yes/no and true/false in any case."""
    assert load(table(tmp_path, f"title,label\nA,{yes}\nB,{no}\n")).labels.tolist() == [1, 0]


def test_abstract_alone_suffices(tmp_path):
    """A table without titles is read."""
    assert load(table(tmp_path, "abstract,label\nA,1\nB,0\n")).titles == ("", "")


@pytest.mark.parametrize("separator", [";", "\t"])
def test_other_separators(tmp_path, separator):
    """Semicolons and tabs separate as well."""
    text = "title,abstract,label\nA,x,1\nB,y,0\n".replace(",", separator)
    assert load(table(tmp_path, text)).abstracts == ("x", "y")


def test_packed_and_encoded(tmp_path):
    """A gzip file, a byte-order mark and Windows' code page are read."""
    path = tmp_path / "Set_1.csv.gz"
    path.write_bytes(gzip.compress("title,label\nÉtude,1\nB,0\n".encode("utf-8-sig")))
    assert load(path).titles[0] == "Étude"
    assert load(path).name == "Set_1"
    assert load(table(tmp_path, "title,label\nÉtude – 1,1\nB,0\n", encoding="cp1252")).titles[0] == "Étude – 1"


def test_names():
    """A data set's name is its file's without suffixes."""
    assert [name(path) for path in ("a/b.csv", "b.CSV.GZ", "c.d.csv")] == ["b", "b", "c.d"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "empty"),
        ("   \n", "empty"),
        ("year,label\n2001,1\n", "title or abstract"),
        ("title,year\nA,2001\n", "label column"),
        ("title,label\n", "no rows"),
        ("title,label\nA,1\nB,2\n", "'2' in row 2"),
        ("title,label\nA,1\nB,\n", "no label in row 2"),
        ("title,label\nA,maybe\n", "'maybe' in row 1"),
        ("title,label\nA,1\nB,1\n", "every label is 1"),
        ("title,label\nA,0\n", "every label is 0"),
        ("title,label\nA,0,3,4\nB,1,2\n\0", "binary"),
        ('title,label\n"A,0\nB,1\n', "no table"),
    ],
)
def test_tables_that_cannot_be_used(tmp_path, text, said):
    """Each is a DataError in one line that names the file and says what is wrong."""
    path = table(tmp_path, text)
    with pytest.raises(DataError, match=said) as caught:
        load(path)
    assert "\n" not in str(caught.value)
    assert str(path) in str(caught.value)


@pytest.mark.parametrize("make", ["missing", "folder", "no gzip", "cut gzip"])
def test_files_that_cannot_be_read(tmp_path, make):
    """A missing file, a folder and a broken gzip are DataErrors."""
    path = tmp_path / "set.csv.gz"
    if make == "folder":
        path.mkdir()
    elif make == "no gzip":
        path.write_bytes(b"title,label\n")
    elif make == "cut gzip":
        path.write_bytes(gzip.compress(b"title,label\nA,1\nB,0\n" * 50)[:-20])
    with pytest.raises(DataError, match="cannot be read"):
        load(path)


def test_query_from_json(tmp_path):
    """Title, questions, inclusion criteria and objectives are the query; exclusion criteria are not."""
    path = tmp_path / "protocol.json"
    plain = {"title": "T", "research_questions": ["Q1", "Q2"], "inclusion_criteria": "I", "exclusion_criteria": "never"}
    path.write_text(json.dumps(plain), "utf-8")
    whole, criteria = queries(path)
    assert whole.split("\n") == ["T", "Q1", "Q2", "I"]
    assert criteria == "I"


def test_query_from_toml(tmp_path):
    """A protocol.toml gives the query of the live product."""
    path = tmp_path / "protocol.toml"
    path.write_text(template("micro-credentials"), "utf-8")
    whole, criteria = queries(path)
    assert "micro-credential" in whole.lower()
    assert criteria and criteria in whole


@pytest.mark.parametrize("text", ["[1, 2]", "{}", '{"title": " "}', "not json", '{"title": 3}'])
def test_queries_that_say_nothing(tmp_path, text):
    """A file that names nothing to look for is a DataError."""
    path = tmp_path / "protocol.json"
    path.write_text(text, "utf-8")
    with pytest.raises(DataError):
        queries(path)


def test_query_files_that_cannot_be_read(tmp_path):
    """A missing file is a DataError, faulty TOML a ProtocolError."""
    with pytest.raises(DataError, match="cannot be read"):
        queries(tmp_path / "none.json")
    (tmp_path / "p.toml").write_text("[review\n")
    with pytest.raises(ProtocolError, match="TOML"):
        queries(tmp_path / "p.toml")


def test_shared_reviews_have_their_sizes(shared_reviews):
    """The development reviews are read whole: as many records and included ones as their index says."""
    for entry in json.loads((shared_reviews / "reviews.json").read_text("utf-8")):
        review = load(shared_reviews / f"{entry['name']}.csv.gz")
        assert (len(review), int(review.labels.sum())) == (entry["records"], entry["included"])
