"""The same reviews, priors and seeds through ``asreview simulate`` 3.0.8 and ``asreview-mc simulate``, in one run.

::

    python benchmarks/against_asreview.py                      # every review, seeds 1 to 3
    python benchmarks/against_asreview.py --sets Oud_2018 --rankers elas_u3
    python benchmarks/against_asreview.py --peer ENVIRONMENT   # one that has asreview==3.0.8 already

ASReview runs in a virtual environment of its own, made in a temporary folder unless one is given, with one relevant and
one irrelevant prior and its model of the same name; ``hybrid`` is compared with its default, ELAS u4. Both programs are
given the unpacked file and nothing else (no protocol). Embeddings are in the cache before the clock starts.

Reading orders are compared at all seeds, wall times at the first: one command of each program, from start to end.
``elas_u4`` and ``elas_u3`` promise ASReview's loss within 0.002, and all three to take at most a third of its time over
the reviews together; the exit status is 1 where that is not kept.
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
from asreview_mc.learn.chosen import default_encoder
from asreview_mc.simulate import datasets, files, metrics, replay

PEER = "3.0.8"
PROMISED_DIFFERENCE = 0.002
PROMISED_RATIO = 3.0
PEER_MODEL = {"elas_u4": "elas_u4", "elas_u3": "elas_u3", "hybrid": "elas_u4"}
REVIEWS = _rows.ROOT.parent / "shared" / "data" / "reviews"
SETS = tuple(sorted(path.name.removesuffix(".csv.gz") for path in REVIEWS.glob("*.csv.gz")))


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


def peer_order(program: Path, table: Path, model: str, seed: int) -> tuple[np.ndarray, float]:
    """Return the rows that ASReview read, priors first, and the seconds that its command took."""
    with tempfile.TemporaryDirectory() as folder:
        project = Path(folder) / "run.asreview"
        priors = ["--n-prior-included", "1", "--n-prior-excluded", "1", "--prior-seed", str(seed)]
        command = [program, "simulate", table, *priors, "--seed", str(seed), "--ai", model, "-o", project]
        start = time.perf_counter()
        subprocess.run(command, capture_output=True, check=True, cwd=folder)
        seconds = time.perf_counter() - start
        with zipfile.ZipFile(project) as packed:
            packed.extract("results.db", folder)
        with contextlib.closing(sqlite3.connect(Path(folder) / "results.db")) as database:
            rows = database.execute("SELECT record_id FROM results ORDER BY rowid").fetchall()
    return np.array([row for (row,) in rows]), seconds


def our_orders(table: Path, ranker: str, seeds: int) -> tuple[list[replay.Order], float]:
    """Return the orders of seeds 1 to `seeds`, and the seconds that the command took."""
    with tempfile.TemporaryDirectory() as folder:
        program = Path(sys.executable).with_name("asreview-mc")
        results = ["-o", Path(folder) / "runs.csv", "--orders", folder]
        command = [program, "simulate", table, "--ranker", ranker, "--seeds", str(seeds), *results]
        start = time.perf_counter()
        subprocess.run(command, capture_output=True, check=True)
        seconds = time.perf_counter() - start
        named = [Path(folder) / f"{table.stem}__{ranker}__{seed}.csv" for seed in range(1, seeds + 1)]
        return [files.read_order(path) for path in named], seconds


def compare(program: Path, packed: Path, rankers: Sequence[str], seeds: int) -> Iterator[dict[str, Any]]:
    """Yield one row a ranker and seed: both losses, whether the reading orders are the same, and both wall times."""
    review = datasets.load(packed)
    if any(rank.make(ranker, seed=0).uses_vectors for ranker in rankers):
        default_encoder().encode(review.texts)
    theirs: dict[tuple[str, int], tuple[np.ndarray, float]] = {}
    with tempfile.TemporaryDirectory() as folder:
        table = Path(folder) / f"{review.name}.csv"
        table.write_bytes(gzip.decompress(packed.read_bytes()))
        for ranker in rankers:
            model = PEER_MODEL[ranker]
            orders, seconds = our_orders(table, ranker, 1)
            if seeds > 1:
                orders, _ = our_orders(table, ranker, seeds)
            for ours in orders:
                if (model, ours.seed) not in theirs:
                    theirs[model, ours.seed] = peer_order(program, table, model, ours.seed)
                read, their_seconds = theirs[model, ours.seed]
                unread = np.setdiff1d(np.arange(len(review)), read)
                their_loss = metrics.evaluate(review.labels[np.concatenate([read, unread])], ours.prior)["loss"]
                our_loss = metrics.evaluate(ours.label, ours.prior)["loss"]
                timed = ours.seed == 1
                yield {
                    "dataset": review.name,
                    "ranker": ranker,
                    "seed": ours.seed,
                    "digest": _rows.digest_of(packed),
                    "peer": f"asreview {PEER} {model}",
                    "loss": our_loss,
                    "peer_loss": their_loss,
                    "difference": our_loss - their_loss,
                    "same_order": bool(np.array_equal(ours.record[: len(read)], read)),
                    "seconds": round(seconds, 2) if timed else None,
                    "peer_seconds": round(their_seconds, 2) if timed else None,
                }


def kept(rows: Sequence[dict[str, Any]]) -> Iterator[tuple[str, bool]]:
    """Yield a sentence for each promise, and whether it is kept."""
    for ranker in dict.fromkeys(row["ranker"] for row in rows):
        mine = [row for row in rows if row["ranker"] == ranker]
        if ranker == PEER_MODEL[ranker]:
            worst = max(abs(row["difference"]) for row in mine)
            same = sum(row["same_order"] for row in mine)
            yield (
                f"{ranker}: loss differs by at most {worst:.4f}; same order in {same} of {len(mine)} runs",
                worst <= PROMISED_DIFFERENCE,
            )
        timed = [row for row in mine if row["seconds"] is not None]
        ratios = [row["peer_seconds"] / row["seconds"] for row in timed]
        ratio = sum(row["peer_seconds"] for row in timed) / sum(row["seconds"] for row in timed)
        yield (
            f"{ranker}: {ratio:.1f} times as fast over {len(timed)} reviews together, {min(ratios):.1f} to "
            f"{max(ratios):.1f} review by review (median {float(np.median(ratios)):.1f})",
            ratio >= PROMISED_RATIO,
        )


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print, append the rows; return 0 where the promises are kept."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--sets", nargs="+", default=list(SETS))
    parser.add_argument("--rankers", nargs="+", default=["elas_u4", "hybrid"], choices=list(PEER_MODEL))
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--peer", type=Path, help=f"virtual environment with asreview=={PEER}")
    chosen = parser.parse_args(arguments)
    if not REVIEWS.is_dir():
        sys.exit(f"the labelled reviews are not at {REVIEWS}")
    rows = []
    with peer_environment(chosen.peer) as program:
        for name in chosen.sets:
            for row in compare(program, REVIEWS / f"{name}.csv.gz", chosen.rankers, chosen.seeds):
                rows.append(row)
                times = f", {row['seconds']} s against {row['peer_seconds']} s" if row["seconds"] is not None else ""
                print(
                    f"{name} {row['ranker']} seed {row['seed']}: loss {row['loss']:.6f}, ASReview "
                    f"{row['peer_loss']:.6f}, same order {row['same_order']}{times}",
                    flush=True,
                )
    path = _rows.append("against_asreview", rows, seed=None, digest=None)
    promises = list(kept(rows))
    for sentence, good in promises:
        print(f"{'kept    ' if good else 'NOT KEPT'} {sentence}")
    print(f"{len(rows)} rows in {path.name}")
    return 0 if all(good for _, good in promises) else 1


if __name__ == "__main__":
    sys.exit(main())
