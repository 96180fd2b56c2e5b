"""The commands of methodologists: replay, measure, compare, draw, and what they refuse in one line."""

import pytest

from asreview_mc.simulate import grid


def table_of(path, n=24, text=True, label=lambda k: int(k % 4 == 0)):
    said = "badge study {0},badges at the university number {0}" if text else ","
    lines = [f"{said.format(k)},{label(k)}" for k in range(1, n + 1)]
    path.write_text("\n".join(["title,abstract,label_included", *lines]), "utf-8")
    return path


@pytest.fixture
def results(run, tmp_path):
    """Three rankers on two sets, one of them scikit-learn's, in batches."""
    sets = (table_of(tmp_path / "one.csv"), table_of(tmp_path / "two.csv", 31))
    rankers = ("--ranker", "elas_u4", "--ranker", "random", "--ranker", "LogisticRegression")
    path = tmp_path / "results.csv"
    settings = (*rankers, "--seeds", "2", "--n-query", "extreme", "--orders", tmp_path / "orders")
    assert run("simulate", *sets, *settings, "-o", path).code == 0
    assert not path.with_name("results.csv.unfinished").exists()
    return path


def test_metrics_compares_with_a_reference(run, results, tmp_path):
    """From results or from orders alike, as JSON and as lines."""
    answer = run("metrics", results, "--reference", "elas_u4", "--json").json
    assert len(answer["runs"]) == 12
    one = answer["comparisons"][0]
    assert (one["ranker"], one["reference"], one["metric"], one["sets"]) == ("random", "elas_u4", "loss", 2)
    assert set(one["by_set"]) == {"one", "two"}
    orders = sorted((tmp_path / "orders").iterdir())
    again = run("metrics", *orders, "--reference", "elas_u4", "--json").json["comparisons"]
    loss = {c["ranker"]: c["by_set"] for c in again if c["metric"] == "loss"}
    assert loss["random"] == pytest.approx(one["by_set"])
    said = run("metrics", results, "--reference", "elas_u4").out
    assert "LogisticRegression - elas_u4" in said
    assert "sign test p" in said
    assert run("metrics", results, "--json").json["comparisons"] == []


def test_plots(run, results, tmp_path):
    """Curves of orders; loss and WSS by set of anything with a reference."""
    orders = sorted((tmp_path / "orders").iterdir())
    assert run("plot", *orders, "-o", tmp_path / "curves.svg").code == 0
    assert run("plot", results, "--reference", "elas_u4", "-o", tmp_path / "sets.svg").code == 0
    assert "LogisticRegression" in (tmp_path / "sets.svg").read_text("utf-8")
    refused = run("plot", results, "-o", tmp_path / "none.svg")
    assert refused.code == 1
    assert "--reference" in refused.err


@pytest.mark.parametrize("text", ["0", "-1", "1.5", "many"])
def test_batches_are_whole_numbers_or_extreme(run, tmp_path, text):
    """Anything else is wrong usage."""
    table = table_of(tmp_path / "one.csv")
    assert run("simulate", table, "-o", tmp_path / "r.csv", "--n-query", text).code == 2


@pytest.mark.parametrize(
    ("made", "settings", "said"),
    [
        ({}, ("--priors", "6,1"), "6 relevant priors asked for, but there are 6"),
        ({}, ("--priors", "1,99"), "99 irrelevant priors"),
        ({"label": lambda _: "nan"}, (), "no label in row 1"),
        ({"label": lambda _: 0}, (), "every label is 0"),
        ({}, ("--ranker", "elas_u5"), "Did you mean elas_u4"),
    ],
)
def test_bad_input_is_said_in_one_line(run, tmp_path, made, settings, said):
    """Priors larger than the set, labels that are none, one kind only, an unknown ranker."""
    answer = run("simulate", table_of(tmp_path / "one.csv", **made), "-o", tmp_path / "r.csv", *settings)
    assert answer.code == 1
    assert said in answer.err
    assert answer.err.count("\n") == 1
    assert not (tmp_path / "r.csv").exists()


def test_records_without_any_text_are_replayed(run, tmp_path):
    """Nothing to learn from: every ranker reads them in some order."""
    rankers = [word for name in ("elas_u4", "elas_u3", "random", "LogisticRegression") for word in ("--ranker", name)]
    table = table_of(tmp_path / "blank.csv", text=False)
    answer = run("simulate", table, *rankers, "--seeds", "1", "-o", tmp_path / "r.csv", "--json")
    assert [row["n_records"] for row in answer.json["runs"]] == [24] * 4


def test_an_interrupted_command_says_how_to_go_on(run, tmp_path, monkeypatch):
    """What is finished is kept beside the results, and the same command ends them."""
    table, path = table_of(tmp_path / "one.csv"), tmp_path / "r.csv"
    make = grid.files.row

    def once(order):
        if order.seed == 2:
            raise KeyboardInterrupt
        return make(order)

    monkeypatch.setattr(grid.files, "row", once)
    stopped = run("simulate", table, "--ranker", "random", "--seeds", "3", "-o", path)
    assert stopped.code != 0
    assert "r.csv.unfinished" in stopped.err
    assert path.with_name("r.csv.unfinished").exists()
    monkeypatch.undo()
    assert run("simulate", table, "--ranker", "random", "--seeds", "3", "-o", path).code == 0
    assert path.exists()
    assert not path.with_name("r.csv.unfinished").exists()
