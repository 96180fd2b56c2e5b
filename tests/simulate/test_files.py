"""Files of runs are read back, ASReview's projects too, and what is none of these is said in one line."""

import json
import sqlite3
import zipfile

import pytest

from asreview_mc.core.errors import DataError, ReadError
from asreview_mc.simulate import files, grid
from asreview_mc.simulate.metrics import evaluate

RECORD = (
    "CREATE TABLE record (record_id INTEGER PRIMARY KEY, dataset_row INTEGER, title TEXT, abstract TEXT, authors JSON, "
    "keywords JSON, year INTEGER, doi TEXT, url TEXT, included INTEGER)"
)
RESULTS = (
    "CREATE TABLE results (record_id INTEGER UNIQUE, label INTEGER, classifier TEXT, querier TEXT, balancer TEXT, "
    "feature_extractor TEXT, training_set INTEGER, time FLOAT, note TEXT, tags JSON, user_id INTEGER)"
)
RANKING = "CREATE TABLE last_ranking (record_id INTEGER UNIQUE, ranking INT)"
INCLUDED = [0, 1, 0, 0, 1, 0]
# Read: priors 4 and 0, then 3, then 1; 5 is on somebody's screen; the last ranking has 5 before 2.
READ = [(4, 1, None, None), (0, 0, None, None), (3, 0, "svm", "max"), (1, 1, "svm", "max"), (5, None, "svm", "max")]


def project(path, version, *, labels=True, included=True, ranking=True):
    """Write a project file of ASReview as versions 2 and 3 lay it out."""
    store = path.parent / f"{path.stem}.db"
    results = store if version == 3 else path.parent / f"{path.stem}-results.db"
    with sqlite3.connect(store) as db:
        db.execute(RECORD)
        for row, label in enumerate(INCLUDED):
            given = label if included else None
            db.execute("INSERT INTO record VALUES (?,?,?,'','[]','[]',NULL,NULL,NULL,?)", (row, row, f"T{row}", given))
    db.close()
    with sqlite3.connect(results) as db:
        db.execute(RESULTS)
        if labels:
            for record, label, classifier, querier in READ:
                extractor = "tfidf" if classifier else None
                values = (record, label, classifier, querier, "balanced", extractor)
                db.execute("INSERT INTO results VALUES (?,?,?,?,?,?,2,1.0,NULL,NULL,NULL)", values)
        if ranking:
            db.execute(RANKING)
            db.executemany("INSERT INTO last_ranking VALUES (?,?)", [(k, r) for r, k in enumerate((4, 1, 5, 2, 0, 3))])
    db.close()
    about = {"version": f"{version}.0", "id": "x", "mode": "simulate", "name": "n", "reviews": [{"id": "abc"}]}
    if version == 3:
        about = {"version": "3.0.8", "project_file_version": 3, "id": "x", "mode": "simulate", "name": "n"}
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("project.json", json.dumps(about))
        packed.write(store, "results.db" if version == 3 else "data_store.db")
        if version == 2:
            packed.write(results, "reviews/abc/results.db")
    return path


@pytest.mark.parametrize("version", [2, 3])
def test_project_files_are_orders(tmp_path, version):
    """Labels in the order given, priors marked, the rest as last ranked with the labels that were uploaded."""
    order = files.read(project(tmp_path / "Some_2020.asreview", version))
    assert (order.dataset, order.ranker, order.seed) == ("Some_2020", "tfidf+svm", 0)
    assert order.record.tolist() == [4, 0, 3, 1, 5, 2]
    assert order.label.tolist() == [1, 0, 0, 1, 0, 0]
    assert order.prior.tolist() == [1, 1, 0, 0, 0, 0]
    assert order.n_read == 4
    assert files.row(order)["first_relevant"] == 2


def test_project_files_without_ranking_or_labels_uploaded(tmp_path):
    """What is not known to be relevant counts as irrelevant, in the order of the records; a name can say more."""
    path = project(tmp_path / "d__r__7.asreview", 3, included=False, ranking=False)
    order = files.read_order(path)
    assert (order.dataset, order.ranker, order.seed) == ("d", "r", 7)
    assert order.record.tolist() == [4, 0, 3, 1, 2, 5]
    assert order.label.sum() == 2


def test_projects_that_tell_nothing(tmp_path):
    """No label yet is a DataError, no project at all a ReadError."""
    with pytest.raises(DataError, match="no record is labelled"):
        files.read(project(tmp_path / "a.asreview", 3, labels=False))
    (tmp_path / "b.asreview").write_bytes(b"not a zip")
    with pytest.raises(ReadError, match=r"b\.asreview"):
        files.read(tmp_path / "b.asreview")


def test_results_are_read_back(review_path, tmp_path):
    """Numbers as they were written, whole ones as whole numbers."""
    rows = grid.simulate([review_path], ["random"], seeds=2).rows
    files.write_rows(rows, tmp_path / "results.csv")
    assert files.read(tmp_path / "results.csv") == rows
    with pytest.raises(DataError, match="no order"):
        files.read_order(tmp_path / "results.csv")


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("a__b__1.csv", "record,label,prior\n0,2,0\n", "neither 0 nor 1"),
        ("a__b__1.csv", "record,label,prior\n0,1,0\n0,0,0\n", "stands twice"),
        ("a__b__1.csv", "record,label,prior\n0,nan,0\n", "no order"),
        ("results.csv", "dataset,ranker,seed\na,b,1\n", "row 1 is no run"),
        ("results.csv", "title,abstract\na,b\n", "neither results nor an order"),
        ("results.csv", "", "neither results nor an order"),
        ("results.csv", "\0", "neither|no table"),
    ],
)
def test_files_of_another_kind(tmp_path, name, text, said):
    """One line that names the file."""
    (tmp_path / name).write_text(text, "utf-8")
    with pytest.raises(DataError, match=said) as caught:
        files.read(tmp_path / name)
    assert name in str(caught.value)
    with pytest.raises(DataError, match="no file"):
        files.read(tmp_path / "missing.csv")


def test_priors_of_a_row_are_left_out():
    """The row counts all records, its metrics those that are no priors."""
    import numpy as np

    from asreview_mc.simulate.replay import Order

    label, prior = np.array([1, 0, 0, 1, 0]), np.array([1, 1, 0, 0, 0])
    row = files.row(Order("d", "r", 1, np.arange(5), label, prior, 4, 1.23456))
    assert (row["n_records"], row["n_relevant"], row["seconds"]) == (5, 2, 1.235)
    assert {name: row[name] for name in evaluate([0, 1, 0])} == evaluate([0, 1, 0])
    assert tuple(row) == files.COLUMNS
