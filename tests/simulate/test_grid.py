"""The grid: one row and one order a run, the same whatever the number of processes, and files that can be read back."""

import csv

import pytest

from asreview_mc.core.errors import DataError, OutputError, UnknownError
from asreview_mc.simulate import files, grid
from asreview_mc.simulate.curves import recall_plot, recall_points
from asreview_mc.simulate.replay import digest


@pytest.fixture(scope="module")
def other_path(tmp_path_factory):
    from csv import writer

    path = tmp_path_factory.mktemp("other") / "other__set.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        lines = writer(file)
        lines.writerow(["title", "included"])
        lines.writerows(
            [f"{'badge skill' if row % 5 == 0 else 'tern nest'} {row}", int(row % 5 == 0)] for row in range(30)
        )
    return path


@pytest.fixture
def results(review_path, other_path, encoder):
    return grid.simulate(
        [review_path, other_path], ["hybrid", "elas_u4", "elas_u3", "random"], seeds=2, encoder=encoder
    )


def test_a_row_and_an_order_a_run(results):
    """Data sets by rankers by seeds, in that order, with every column."""
    keys = [(row["dataset"], row["ranker"], row["seed"]) for row in results.rows]
    rankers = ["hybrid", "elas_u4", "elas_u3", "random"]
    assert keys == [(d, r, s) for d in ("small", "other__set") for r in rankers for s in (1, 2)]
    assert [(order.dataset, order.ranker, order.seed) for order in results.orders] == keys
    assert all(tuple(row) == files.COLUMNS for row in results.rows)
    assert {row["n_records"] for row in results.rows[:8]} == {48}
    assert {row["n_relevant"] for row in results.rows[:8]} == {8}


def test_processes_change_nothing(results, review_path, other_path, encoder):
    """Two processes give the orders of one."""
    rankers = ["hybrid", "elas_u4", "elas_u3", "random"]
    again = grid.simulate([review_path, other_path], rankers, seeds=2, encoder=encoder, jobs=2)
    assert [digest(order.record) for order in again.orders] == [digest(order.record) for order in results.orders]


def test_same_priors_for_every_ranker(results):
    """A seed means the same priors whatever the ranker, so that runs can be compared pair by pair."""
    for seed in (1, 2):
        orders = [order for order in results.orders if order.dataset == "small" and order.seed == seed]
        assert len({tuple(order.record[:2].tolist()) for order in orders}) == 1


def test_files_are_read_back(results, tmp_path):
    """Orders come back as they were written, also where a data set's name holds two underscores."""
    paths = files.write_orders(results.orders, tmp_path / "orders")
    assert paths[-1].name == "other__set__random__2.csv"
    assert paths[0].read_text("utf-8").startswith("record,label,prior\n")
    for path, order in zip(paths, results.orders, strict=True):
        again = files.read_order(path)
        assert (again.dataset, again.ranker, again.seed) == (order.dataset, order.ranker, order.seed)
        assert (again.record == order.record).all()
        assert (again.prior == order.prior).all()


def test_results_file_has_the_columns(results, tmp_path):
    """The results are a CSV with the columns that scripts rely on."""
    files.write_rows(results.rows, tmp_path / "deep" / "results.csv")
    with (tmp_path / "deep" / "results.csv").open(encoding="utf-8", newline="") as file:
        lines = list(csv.DictReader(file))
    assert list(lines[0])[:8] == ["dataset", "ranker", "seed", "n_records", "n_relevant", "loss", "ndcg", "wss95"]
    rest = ["wss95_floor", "wss100", "tnr95", "recall10", "atd", "td_last", "first_relevant", "seconds"]
    assert list(lines[0])[8:] == rest
    assert float(lines[0]["loss"]) == results.rows[0]["loss"]


def test_protocol_is_used(review_path, encoder, tmp_path):
    """A protocol file makes the hybrid start where it points, without any prior."""
    protocol = tmp_path / "p.json"
    protocol.write_text('{"title": "badge credential employer skill"}', "utf-8")
    with_it = grid.simulate([review_path], priors=(0, 0), seeds=2, protocol=protocol, encoder=encoder)
    without = grid.simulate([review_path], priors=(0, 0), seeds=2, encoder=encoder)
    assert max(row["first_relevant"] for row in with_it.rows) <= 2
    assert [digest(order.record) for order in with_it.orders] != [digest(order.record) for order in without.orders]


def test_words_alone_need_no_encoder(review_path, monkeypatch):
    """Rankers that use no embeddings never ask for a model."""

    def refuse(*_):
        raise AssertionError("a model was asked for")

    monkeypatch.setattr(grid, "default_encoder", refuse)
    assert len(grid.simulate([review_path], ["elas_u4", "random"], seeds=1).rows) == 2


def test_progress_reaches_the_end(review_path, encoder):
    """Progress tells of encoding and of each run."""
    seen = []
    grid.simulate([review_path], ["hybrid"], seeds=2, encoder=encoder, progress=lambda *step: seen.append(step))
    assert ("encode", 48, 48) in seen
    assert seen[-1] == ("replay", 2, 2)


def test_mistakes_are_found_before_the_work(review_path, tmp_path, encoder):
    """An unknown ranker, a name used twice and too many priors stop it at once."""
    with pytest.raises(UnknownError, match="elas_u5"):
        grid.simulate([tmp_path / "none.csv"], ["elas_u5"])
    with pytest.raises(DataError, match="same name"):
        grid.simulate([review_path, review_path], encoder=encoder)
    with pytest.raises(DataError, match="priors"):
        grid.simulate([review_path], priors=(99, 1), encoder=encoder)
    with pytest.raises(ValueError, match="seeds"):
        grid.simulate([review_path], seeds=0)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("no-seed.csv", "record,label,prior\n0,1,0\n"),
        ("a__b__1.csv", "record,label\n0,1\n"),
        ("a__b__1.csv", "record,label,prior\nx,1,0\n"),
    ],
)
def test_files_that_are_no_orders(tmp_path, name, text):
    """A file of another kind is a DataError that names it."""
    (tmp_path / name).write_text(text, "utf-8")
    with pytest.raises(DataError, match=name):
        files.read_order(tmp_path / name)


def test_places_that_cannot_be_written(results, tmp_path):
    """A file where a folder should be is an OutputError."""
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(OutputError):
        files.write_orders(results.orders, tmp_path / "file")
    with pytest.raises(OutputError):
        files.write_rows(results.rows, tmp_path / "file" / "results.csv")
    with pytest.raises(OutputError):
        recall_plot(results.orders, tmp_path / "file" / "plot.svg")


@pytest.mark.parametrize("ending", [".svg", ".png", ".pdf"])
def test_recall_plot_is_drawn(results, tmp_path, ending):
    """A picture of each kind is written, and names every ranker and data set where it is text."""
    path = recall_plot(results.orders, tmp_path / f"plot{ending}")
    assert path.stat().st_size > 2000
    if ending == ".svg":
        again = recall_plot(results.orders, tmp_path / "again.svg")
        assert again.read_bytes() == path.read_bytes()
        assert all(name in path.read_text("utf-8") for name in ("hybrid", "elas_u4", "small", "at random"))


def test_plots_of_another_kind_are_refused(results, tmp_path):
    """An ending that is no picture is an OutputError that names those that are."""
    with pytest.raises(OutputError, match=r"\.svg"):
        recall_plot(results.orders, tmp_path / "plot.docx")
    with pytest.raises(ValueError, match="orders"):
        recall_plot([], tmp_path / "plot.svg")


def test_curves_end_at_everything(results):
    """A curve rises from 0 to 1 and never falls."""
    for order in results.orders:
        read, found = recall_points(order)
        assert (read[0], found[0], read[-1], found[-1]) == (0, 0, 1, 1)
        assert (found[1:] >= found[:-1]).all()
