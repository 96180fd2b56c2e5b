"""An interrupted grid goes on where it stopped, and never mixes runs of other settings or data."""

import pytest

from asreview_mc.core.errors import OutputError
from asreview_mc.simulate import grid, replay
from asreview_mc.simulate.replay import digest

RANKERS = ["elas_u4", "random"]


class Stop(BaseException):
    """As if somebody pressed the key."""


def stop_after(n):
    def progress(stage, done, _total):
        if stage == "replay" and done == n:
            raise Stop

    return progress


@pytest.fixture
def replayed(monkeypatch):
    runs = []
    run = replay.run
    monkeypatch.setattr(
        replay, "run", lambda review, name, *a, **k: runs.append((name, k["seed"])) or run(review, name, *a, **k)
    )
    return runs


def test_an_interrupted_grid_goes_on(review_path, tmp_path, replayed):
    """Only what was missing is run; rows and orders are those of a grid that was never stopped."""
    journal = tmp_path / "new" / "results.csv.unfinished"
    with pytest.raises(Stop):
        grid.simulate([review_path], RANKERS, seeds=3, journal=journal, progress=stop_after(4))
    assert len(replayed) == 4
    whole = grid.simulate([review_path], RANKERS, seeds=3, journal=journal)
    assert replayed[4:] == [("random", 2), ("random", 3)]
    again = grid.simulate([review_path], RANKERS, seeds=3)
    assert [digest(order.record) for order in whole.orders] == [digest(order.record) for order in again.orders]
    without = [{name: value for name, value in row.items() if name != "seconds"} for row in whole.rows]
    assert without == [{name: value for name, value in row.items() if name != "seconds"} for row in again.rows]
    assert not journal.exists()


def test_a_line_cut_off_is_run_again(review_path, tmp_path, replayed):
    """As a killed process leaves it; what is added afterwards is whole."""
    journal = tmp_path / "j"
    with pytest.raises(Stop):
        grid.simulate([review_path], ["random"], seeds=4, journal=journal, progress=stop_after(3))
    journal.write_bytes(journal.read_bytes()[:-9])
    with pytest.raises(Stop):
        grid.simulate([review_path], ["random"], seeds=4, journal=journal, progress=stop_after(3))
    assert [seed for _, seed in replayed] == [1, 2, 3, 3]
    grid.simulate([review_path], ["random"], seeds=4, journal=journal)
    assert [seed for _, seed in replayed] == [1, 2, 3, 3, 4]


def test_other_settings_begin_anew(review_path, tmp_path, replayed):
    """Priors, batches and data change every run; more seeds do not."""
    journal = tmp_path / "j"

    def stopped(path=review_path, **settings):
        with pytest.raises(Stop):
            grid.simulate([path], ["random"], journal=journal, progress=stop_after(2), **{"seeds": 3} | settings)

    stopped()
    stopped(seeds=4)
    assert len(replayed) == 2
    stopped(priors=(2, 2))
    stopped(priors=(2, 2), n_query="extreme")
    assert len(replayed) == 6
    other = tmp_path / review_path.name
    other.write_text(review_path.read_text("utf-8").replace("badge", "pledge"), "utf-8")
    stopped(other, priors=(2, 2), n_query="extreme")
    assert len(replayed) == 8


def test_a_journal_that_is_none_is_replaced(review_path, tmp_path):
    """Anything else in its place is no reason to stop; a folder is an error in one line."""
    (tmp_path / "j").write_bytes(b"\xff\n[1]\n")
    assert len(grid.simulate([review_path], ["random"], seeds=1, journal=tmp_path / "j").rows) == 1
    (tmp_path / "folder").mkdir()
    with pytest.raises(OutputError, match="folder"):
        grid.simulate([review_path], ["random"], seeds=1, journal=tmp_path / "folder")
