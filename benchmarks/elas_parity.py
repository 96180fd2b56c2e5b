"""Whether ``elas_u4`` and ``elas_u3`` are ASReview's: the same reviews, priors and seeds through both programs.

::

    python benchmarks/elas_parity.py                      # Sep_2021, Meijboom_2021, Kitchenham_2010, seeds 1 to 3
    python benchmarks/elas_parity.py --sets Oud_2018 --rankers elas_u3
    python benchmarks/elas_parity.py --peer ENVIRONMENT   # one that has asreview==3.0.8 already

ASReview 3.0.8 runs in a virtual environment of its own, made in a temporary folder unless one is given. It is called as
``asreview simulate FILE.csv --n-prior-included 1 --n-prior-excluded 1 --prior-seed S --seed S`` on the unpacked file,
and its reading order is taken from the project file it writes. The promise is a loss that differs by at most 0.005; the
exit status is 1 where it is not kept.
"""

from __future__ import annotations

import argparse
import contextlib
import gzip
import sqlite3
import subprocess
import sys
import tempfile
import time
import venv
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import _rows
import numpy as np

from asreview_mc.learn import rank
from asreview_mc.learn.features import build
from asreview_mc.simulate import datasets, metrics, replay

PEER = "3.0.8"
PROMISED_DIFFERENCE = 0.005
REVIEWS = _rows.ROOT.parent / "shared" / "data" / "reviews"
SETS = ("Sep_2021", "Meijboom_2021", "Kitchenham_2010")


@contextlib.contextmanager
def peer_environment(given: Path | None) -> Iterator[Path]:
    """Yield the ``asreview`` of an environment with ASReview 3.0.8, made for the occasion unless one is given."""
    with tempfile.TemporaryDirectory() as folder:
        home = given or Path(folder) / "peer"
        programs = home / ("Scripts" if sys.platform == "win32" else "bin")
        if given is None:
            venv.create(home, with_pip=True)
            install = [programs / "python", "-m", "pip", "install", "--quiet", f"asreview=={PEER}"]
            subprocess.run(install, check=True)
        found = subprocess.run(
            [programs / "python", "-c", "import importlib.metadata as m; print(m.version('asreview'))"],
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        if found != PEER:
            sys.exit(f"the environment has asreview {found}, wanted {PEER}")
        yield programs / "asreview"


def peer_order(program: Path, table: Path, ranker: str, seed: int) -> tuple[np.ndarray, float]:
    """Return the rows that ASReview read, priors first, and its wall time in seconds."""
    with tempfile.TemporaryDirectory() as folder:
        project = Path(folder) / "run.asreview"
        priors = ["--n-prior-included", "1", "--n-prior-excluded", "1", "--prior-seed", str(seed)]
        command = [program, "simulate", table, *priors, "--seed", str(seed), "--ai", ranker, "-o", project]
        start = time.perf_counter()
        subprocess.run(command, capture_output=True, check=True, cwd=folder)
        seconds = time.perf_counter() - start
        with zipfile.ZipFile(project) as packed:
            packed.extract("results.db", folder)
        with contextlib.closing(sqlite3.connect(Path(folder) / "results.db")) as database:
            rows = database.execute("SELECT record_id FROM results ORDER BY rowid").fetchall()
    return np.array([row for (row,) in rows]), seconds


def compare(program: Path, packed: Path, ranker: str, seeds: Sequence[int]) -> Iterator[dict[str, Any]]:
    """Yield one row a seed: both losses, whether the reading orders are the same, and both wall times."""
    review = datasets.load(packed)
    blocks = rank.make(ranker, seed=0).text_blocks
    with tempfile.TemporaryDirectory() as folder:
        table = Path(folder) / f"{review.name}.csv"
        table.write_bytes(gzip.decompress(packed.read_bytes()))
        for seed in seeds:
            theirs, their_seconds = peer_order(program, table, ranker, seed)
            start = time.perf_counter()
            features = build(review.titles, review.abstracts, text_blocks=blocks)
            ours = replay.run(review, ranker, features, seed=seed)
            our_seconds = time.perf_counter() - start
            unread = np.setdiff1d(np.arange(len(review)), theirs)
            labels = review.labels[np.concatenate([theirs, unread])]
            their_loss = metrics.evaluate(labels, ours.prior)["loss"]
            our_loss = metrics.evaluate(ours.label, ours.prior)["loss"]
            yield {
                "dataset": review.name,
                "ranker": ranker,
                "seed": seed,
                "digest": _rows.digest_of(packed),
                "peer": f"asreview {PEER}",
                "loss": our_loss,
                "peer_loss": their_loss,
                "difference": our_loss - their_loss,
                "same_order": bool(np.array_equal(ours.record[: ours.n_read], theirs)),
                "order_digest": replay.digest(ours.record[: ours.n_read]),
                "n_read": ours.n_read,
                "seconds": round(our_seconds, 2),
                "peer_seconds": round(their_seconds, 2),
            }


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print, append the rows; return 0 where the promise is kept."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--sets", nargs="+", default=list(SETS))
    parser.add_argument("--rankers", nargs="+", default=["elas_u4"], choices=["elas_u4", "elas_u3"])
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--peer", type=Path, help=f"virtual environment with asreview=={PEER}")
    chosen = parser.parse_args(arguments)
    if not REVIEWS.is_dir():
        sys.exit(f"the labelled reviews are not at {REVIEWS}")
    rows = []
    with peer_environment(chosen.peer) as program:
        for name in chosen.sets:
            for ranker in chosen.rankers:
                packed = REVIEWS / f"{name}.csv.gz"
                for row in compare(program, packed, ranker, range(1, chosen.seeds + 1)):
                    rows.append(row)
                    print(
                        f"{name} {ranker} seed {row['seed']}: loss {row['loss']:.6f}, ASReview {row['peer_loss']:.6f}, "
                        f"same order {row['same_order']}, {row['seconds']} s against {row['peer_seconds']} s",
                        flush=True,
                    )
    path = _rows.append("elas_parity", rows, seed=None, digest=None)
    kept = all(abs(row["difference"]) <= PROMISED_DIFFERENCE for row in rows)
    print(f"{len(rows)} rows in {path.name}; the promise is {'kept' if kept else 'NOT kept'}")
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
