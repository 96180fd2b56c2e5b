"""From a decision to the new order of a reviewer's queue, as the page makes it.

::

    python benchmarks/latency.py                    # 1,000, 10,000 and 100,000 records: about ten minutes
    python benchmarks/latency.py --records 5000

The review is made of seeded text: abstracts of 200 words on average from a vocabulary of 50,000 (frequencies by Zipf),
and seeded random unit vectors of 384 numbers for embeddings. One of two reviewers has decided on 50, 500 or 2,000
records, a tenth of them relevant; then they decide on one more, and their order at both stages is learnt anew from all
that they decided. A row says what the decision and the order took (medians) and how much memory the process held.
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import _rows
import numpy as np

from asreview_mc.core.event import Decided, ReferencesRead
from asreview_mc.core.record import Record
from asreview_mc.project.orders import Orders
from asreview_mc.project.review import Review
from asreview_mc.project.screen import decide

PROMISED_SECONDS = 1.0
PROMISED_AT = (100_000, 500)
LABELS = (50, 500, 2000)
_WORDS = 50_000
_SIZE = 384


class RandomVectors:
    """Unit vectors that only the seed and the texts' places decide, in an encoder's stead."""

    fingerprint = "random unit vectors"

    def __init__(self, seed: int) -> None:
        self._rng = np.random.default_rng(seed)

    def encode(self, texts: Sequence[str], progress: Any = None) -> np.ndarray:
        """Return one row a text."""
        made = self._rng.normal(size=(len(texts), _SIZE)).astype(np.float32)
        made /= np.linalg.norm(made, axis=1, keepdims=True)
        return made


def records(n: int, seed: int) -> Iterator[Record]:
    """Yield `n` records."""
    rng = np.random.default_rng(seed)
    letters = np.array(list("etaoinshrdlucmfw"))
    words = np.array(["".join(rng.choice(letters, rng.integers(3, 10))) for _ in range(_WORDS)])
    share = 1 / np.arange(1, _WORDS + 1)
    share = np.cumsum(share / share.sum())
    for length in rng.integers(120, 280, n).tolist():
        text = words[np.minimum(np.searchsorted(share, rng.random(length + 12)), _WORDS - 1)].tolist()
        yield Record(title=" ".join(text[:12]), abstract=" ".join(text[12:]), year=2020)


def measured(n: int, seed: int, runs: int) -> Iterator[dict[str, Any]]:
    """Yield a row for each number of labels that a review of `n` records has room for."""
    rng = np.random.default_rng(seed)
    with tempfile.TemporaryDirectory() as folder, Review.create(Path(folder) / "review", "micro-credentials") as review:
        event = ReferencesRead("made.ris", "Scopus", "database", "ris", "utf-8", "0" * 64, n, n)
        review.log.append_reading(event, list(records(n, seed)))
        orders = Orders(review, RandomVectors(seed))
        start = time.perf_counter()
        orders.orders("R1")
        gathered = time.perf_counter() - start
        unread = iter(rng.permutation(n).tolist())

        def said(k: int) -> str:
            return "include" if k % 10 == 0 else "exclude"

        done = 0
        for labels in (one for one in LABELS if one + runs <= n):
            review.log.append(
                [Decided(f"r{next(unread) + 1:06d}", "abstract", "R1", said(k)) for k in range(done, labels)]
            )
            review.state  # noqa: B018 - folded before the clock starts
            deciding, ordering = [], []
            for k in range(runs):
                start = time.perf_counter()
                decide(review, f"r{next(unread) + 1:06d}", said(k + 1), "R1")
                between = time.perf_counter()
                orders.orders("R1")
                deciding.append(between - start)
                ordering.append(time.perf_counter() - between)
            done = labels + runs
            yield {
                "records": n,
                "labels": labels,
                "decide_seconds": round(statistics.median(deciding), 4),
                "order_seconds": round(statistics.median(ordering), 4),
                "gather_seconds": round(gathered, 1),
                "memory_gb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e9, 2),
            }


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure each size in a process of its own, print, append the rows; return 0 where the promise is kept."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--records", type=int, nargs="+", default=[1000, 10_000, 100_000])
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    chosen = parser.parse_args(arguments)
    if chosen.here:
        for row in measured(chosen.records[0], chosen.seed, chosen.runs):
            print(json.dumps(row), flush=True)
        return 0
    rows = []
    for n in chosen.records:
        command = [sys.executable, __file__, "--here", "--records", str(n), "--runs", str(chosen.runs)]
        done = subprocess.run([*command, "--seed", str(chosen.seed)], check=True, stdout=subprocess.PIPE, text=True)
        print(done.stdout, end="", flush=True)
        rows += [json.loads(line) for line in done.stdout.splitlines()]
    path = _rows.append("latency", rows, seed=chosen.seed, digest=None)
    slow = [
        row
        for row in rows
        if (row["records"], row["labels"]) == PROMISED_AT
        and row["decide_seconds"] + row["order_seconds"] > PROMISED_SECONDS
    ]
    print(f"{len(rows)} rows in {path.name}; {PROMISED_SECONDS} s is {'NOT kept' if slow else 'kept'}")
    return 1 if slow else 0


if __name__ == "__main__":
    sys.exit(main())
