"""Reading what was replayed, here or in ASReview, and comparing rankers set by set."""

import pytest

from asreview_mc.core.errors import DataError, UnknownError
from asreview_mc.simulate import files, grid
from asreview_mc.simulate.metrics import NAMES
from asreview_mc.simulate.paired import paired, sign_test


def runs(**by_ranker):
    """Return a row a ranker, data set and seed, every metric the same number."""
    return [
        {"dataset": f"set {place}", "ranker": ranker, "seed": 1, **dict.fromkeys(NAMES, value)}
        for ranker, values in by_ranker.items()
        for place, value in enumerate(values)
    ]


@pytest.mark.parametrize("name", ["asreview-demo-project.asreview", "asreview-demo-project-v2.asreview"])
def test_an_asreview_project_is_an_order(shared_data, name):
    """Priors first, then as labelled; what nobody labelled comes after it and counts as irrelevant."""
    order = files.read_order(shared_data / "exports" / name)
    assert (order.ranker, sorted(order.record.tolist())) == ("asreview", list(range(len(order.record))))
    assert order.label[order.n_read :].sum() == 0
    assert order.prior[: int(order.prior.sum())].all()
    (row,) = files.read_runs([shared_data / "exports" / name])
    assert 0 <= row["loss"] <= 1


def test_results_are_read_as_they_were_written(tmp_path):
    """Beside orders, and in their place."""
    path = tmp_path / "results.csv"
    rows = [{**dict.fromkeys(grid.COLUMNS, 0.5), **one} for one in runs(a=[0.25], b=[0.5])]
    grid.write_rows(rows, path)
    read = files.read_runs([path])
    assert [(one["ranker"], one["seed"], one["loss"]) for one in read] == [("a", 1, 0.25), ("b", 1, 0.5)]
    path.write_text(path.read_text("utf-8").replace("0.25", "much"), "utf-8")
    with pytest.raises(DataError, match="damaged"):
        files.read_runs([path])


def test_rankers_are_compared_set_by_set():
    """For some metrics less is better; the interval holds the difference; sets only one has do not count."""
    rows = runs(u4=[0.2, 0.2, 0.2, 0.2], ours=[0.1, 0.1, 0.3, 0.1], other=[0.2])
    found = {(one["ranker"], one["metric"]): one for one in paired(rows, "u4")}
    loss, saved = found["ours", "loss"], found["ours", "wss95"]
    assert loss["difference"] == pytest.approx(-0.05)
    assert loss["ci_low"] <= loss["difference"] <= loss["ci_high"]
    assert (loss["better"], loss["worse"], loss["sets"]) == (3, 1, 4)
    assert (saved["better"], saved["worse"]) == (1, 3)
    assert loss["ratio"] == pytest.approx(0.5)
    assert loss["sign_p"] == pytest.approx(0.625)
    assert (found["other", "loss"]["sets"], found["other", "loss"]["sign_p"]) == (1, 1.0)
    with pytest.raises(UnknownError, match="nobody"):
        paired(rows, "nobody")


def test_the_sign_test_by_hand():
    """Binomial with one half."""
    assert sign_test(5, 0) == sign_test(0, 5) == 0.0625
    assert sign_test(0, 0) == sign_test(4, 4) == 1.0
