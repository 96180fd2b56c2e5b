"""Paired comparison: the same sets and seeds, known intervals and p-values, and the picture of it."""

import doctest

import numpy as np
import pytest
from scipy.stats import binomtest

from asreview_mc.core.errors import DataError, OutputError, UnknownError
from asreview_mc.simulate import compare, replay
from asreview_mc.simulate.compare import interval, paired, sign_test
from asreview_mc.simulate.curves import spread
from asreview_mc.simulate.metrics import NAMES
from asreview_mc.simulate.replay import Order, batch_size
from asreview_mc.simulate.set_plot import set_plot


def rows_of(ranker, values, seeds=(1, 2)):
    """Return rows by data set: `values` has a loss a set, moved a little by the seed."""
    zero = dict.fromkeys(NAMES, 0.0)
    return [
        {"dataset": name, "ranker": ranker, "seed": seed, **zero, "loss": loss + seed / 100, "wss95": 1 - loss}
        for name, loss in values.items()
        for seed in seeds
    ]


OURS = rows_of("ours", {"a": 0.10, "b": 0.20, "c": 0.30, "d": 0.5})
U4 = rows_of("u4", {"a": 0.15, "b": 0.30, "c": 0.25, "d": 0.5})


@pytest.mark.parametrize("module", [compare, replay])
def test_examples_in_docstrings_hold(module):
    """What the docstrings show is what the functions give."""
    outcome = doctest.testmod(module)
    assert outcome.attempted > 0
    assert outcome.failed == 0


def test_differences_by_set():
    """Lower loss and higher WSS are better, whatever the sign of the difference."""
    found = {one["metric"]: one for one in paired([*OURS, *U4], "u4")}
    loss, wss = found["loss"], found["wss95"]
    assert loss["by_set"] == pytest.approx({"a": -0.05, "b": -0.1, "c": 0.05, "d": 0})
    assert loss["difference"]["value"] == pytest.approx(-0.025)
    assert (loss["better"], loss["worse"], loss["equal"], loss["sets"]) == (2, 1, 1, 4)
    assert (wss["better"], wss["worse"], wss["equal"]) == (2, 1, 1)
    assert loss["difference"]["ci_low"] < -0.025 < loss["difference"]["ci_high"]
    assert loss["sign_test_p"] == 1
    assert set(found) == set(NAMES)


def test_only_common_sets_and_seeds_count():
    """A seed or a set that one of them lacks is left out."""
    more = [*OURS, *rows_of("ours", {"e": 0.9}), *rows_of("u4", {"a": 0.15, "b": 0.3}, seeds=(2, 3))]
    loss = next(one for one in paired(more, "u4") if one["metric"] == "loss")
    assert loss["by_set"] == pytest.approx({"a": -0.05, "b": -0.1})
    with pytest.raises(DataError, match="in common"):
        paired([*OURS, *rows_of("u4", {"z": 0.5})], "u4")
    with pytest.raises(DataError, match="in common"):
        paired(U4, "u4")
    with pytest.raises(UnknownError, match="ours, u4"):
        paired([*OURS, *U4], "u5")


@pytest.mark.parametrize(("better", "worse"), [(0, 1), (9, 1), (7, 8), (15, 0), (20, 30)])
def test_sign_test_against_scipy(better, worse):
    """The exact binomial test at one half."""
    assert sign_test(better, worse) == pytest.approx(binomtest(better, better + worse).pvalue)


def test_interval_covers_the_mean():
    """On normal samples about nineteen of twenty percentile intervals hold the true mean (fewer when n is small)."""
    rng = np.random.default_rng(4)
    held = [low < 0 < high for low, high in (interval(rng.normal(size=30), seed=k) for k in range(200))]
    assert 0.88 < np.mean(held) < 0.99
    assert interval([1.0]) == (None, None)


def test_set_plot_is_drawn(tmp_path):
    """Every set and ranker is named, the same bytes each time."""
    path = set_plot([*OURS, *U4, *rows_of("ours", {"e": 0.9})], tmp_path / "sets.svg", reference="u4")
    text = path.read_text("utf-8")
    assert all(f"<!-- {name} -->" in text for name in ("a", "e", "ours", "u4"))
    again = set_plot([*OURS, *U4, *rows_of("ours", {"e": 0.9})], tmp_path / "again.svg", reference="u4")
    assert again.read_bytes() == path.read_bytes()
    with pytest.raises(UnknownError, match="ours"):
        set_plot(OURS, tmp_path / "sets.svg", reference="u4")
    with pytest.raises(OutputError, match=r"\.svg"):
        set_plot(OURS, tmp_path / "sets.docx", reference="ours")


def test_band_of_the_seeds():
    """Lowest, mean and highest share found at each share read."""
    labels = ([1, 0, 0, 0], [0, 0, 0, 1])
    orders = [Order("d", "r", k, np.arange(4), np.array(x), np.zeros(4, int), 4, 0.0) for k, x in enumerate(labels)]
    read, low, mean, high = spread(orders)
    at = {share: int(np.searchsorted(read, share)) for share in (0.1, 0.25, 0.6, 1.0)}
    assert [float(low[at[s]]) for s in at] == [0, 0, 0, 1]
    assert [float(mean[at[s]]) for s in at] == [0, 0.5, 0.5, 1]
    assert [float(high[at[s]]) for s in at] == [0, 1, 1, 1]


@pytest.mark.parametrize(
    ("read", "n", "expected"),
    [(2, 500, 1), (100, 500, 5), (1000, 9999, 100), (99, 10_000, 1), (1000, 10_000, 1000), (10_000, 20_000, 20_000)],
)
def test_extreme_batches(read, n, expected):
    """As ASReview's own large simulations: 1, 5, 100; on large sets 1, 25, 1,000 and then all the rest."""
    assert batch_size("extreme", read, n) == expected
    assert batch_size(7, read, n) == 7
    with pytest.raises(ValueError, match="n_query"):
        batch_size(0, read, n)
