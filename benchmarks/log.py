"""How the log grows: opening a large review, deciding in it, and what one more event costs.

::

    python benchmarks/log.py                    # 100,000 records, 250,000 events: a few minutes
    python benchmarks/log.py --records 5000 --events 12000

The review is made of seeded text by two reviewers who decide on every record, one in a hundred of them twice. `open` is
a new process that opens the log and folds the state from nothing; `open_saved` is the next one, which finds the state
that the first has left. Verification is apart. `decide` is the whole command in a new process, and what of it the
database takes; `append` the mean over a thousand decisions each committed alone, at each size of the log.
"""

from __future__ import annotations

import argparse
import random
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

from asreview_mc.core.event import Decided, Event, ReferencesRead
from asreview_mc.core.record import Record
from asreview_mc.project.review import Review
from asreview_mc.project.screen import decide

PROMISED = {"open": 3.0, "open_saved": 0.5, "decide": 0.6, "append": 0.02, "memory_gb": 1.0}
PEOPLE = ("R1", "R2")
_WORDS = 4000


def records(n: int, seed: int) -> list[Record]:
    """Return `n` records with titles and abstracts of made-up words."""
    rng = random.Random(seed)
    words = ["".join(rng.choices("etaoinshrdlu", k=rng.randint(3, 9))) for _ in range(_WORDS)]
    weights = range(_WORDS, 0, -1)
    made = []
    for number in range(n):
        text = rng.choices(words, weights=weights, k=132)
        made.append(Record(title=" ".join(text[:12]), abstract=" ".join(text[12:]), year=1990 + number % 35))
    return made


def decisions(n_records: int, n: int, seed: int) -> Iterator[Event]:
    """Yield `n` decisions, the two reviewers taking turns through the records, again from the first where they end."""
    rng = random.Random(seed)
    for number in range(n):
        record = (number // len(PEOPLE)) % n_records + 1
        said = "include" if rng.random() < 0.05 else "exclude"
        yield Decided(f"r{record:06d}", "abstract", PEOPLE[number % len(PEOPLE)], said)


def make(folder: Path, n_records: int, n_events: int, seed: int) -> dict[int, float]:
    """Make the review and return, for sizes of the log, the seconds that one more committed decision takes."""
    cost = {}
    with Review.create(folder, "micro-credentials") as review:
        event = ReferencesRead("made.ris", "Scopus", "database", "ris", "utf-8", "0" * 64, n_records, n_records)
        review.log.append_reading(event, records(n_records, seed))
        coming = list(decisions(n_records, n_events, seed))
        sizes = [size for size in (1000, n_events // 10, n_events) if size <= n_events]
        done = 0
        for size in sizes:
            while done < size:
                step = coming[done : min(done + 5000, size)]
                review.log.append(step)
                done += len(step)
            start = time.perf_counter()
            for one in decisions(n_records, 200, seed + size):
                review.log.append([one])
            cost[size] = (time.perf_counter() - start) / 200
    return cost


def opened(folder: Path) -> None:
    """Open in this process; print seconds, events and peak memory (bytes)."""
    start = time.perf_counter()
    with Review.open(folder) as review:
        state = review.state
        seconds = time.perf_counter() - start
    print(seconds, state.seq, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024)


def in_new_process(*words: str) -> list[float]:
    """Run this file in another process and return the numbers that it prints."""
    done = subprocess.run([sys.executable, __file__, *words], check=True, capture_output=True, text=True)
    return [float(word) for word in done.stdout.split()]


def decided(folder: Path, runs: int) -> tuple[float, float]:
    """Return the median seconds of `asreview-mc decide` in a new process, and of the decision itself in an open one."""
    command = [str(Path(sys.executable).with_name("asreview-mc")), "decide", "r000001", "include", "--reviewer", "R1"]
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        subprocess.run([*command, "--project", str(folder)], check=True, capture_output=True)
        times.append(time.perf_counter() - start)
    within = []
    with Review.open(folder) as review:
        for _ in range(runs):
            start = time.perf_counter()
            decide(review, "r000002", "include", "R2")
            within.append(time.perf_counter() - start)
    return statistics.median(times), statistics.median(within)


def measure(n_records: int, n_events: int, seed: int, runs: int) -> dict[str, Any]:
    """Return one row."""
    with tempfile.TemporaryDirectory() as parent:
        folder = Path(parent) / "review"
        cost = make(folder, n_records, n_events, seed)
        first, events, memory = in_new_process("--open", str(folder))
        saved = min(in_new_process("--open", str(folder))[0] for _ in range(runs))
        whole, within = decided(folder, runs)
        start = time.perf_counter()
        with Review.open(folder) as review:
            if not review.log.verify().ok:
                raise RuntimeError("the log made here does not verify")
        verified = time.perf_counter() - start
    return {
        "records": n_records,
        "events": int(events),
        "open_seconds": round(first, 3),
        "open_saved_seconds": round(saved, 3),
        "decide_seconds": round(whole, 3),
        "decide_in_database_seconds": round(within, 4),
        "append_seconds": {str(size): round(seconds, 5) for size, seconds in cost.items()},
        "verify_seconds": round(verified, 2),
        "memory_gb": round(memory / 1e9, 3),
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print, append the row; 1 where a promise is not kept."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--records", type=int, default=100_000)
    parser.add_argument("--events", type=int, default=250_000)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--seed", type=int, default=20260101)
    parser.add_argument("--open", type=Path, help=argparse.SUPPRESS)
    chosen = parser.parse_args(arguments)
    if chosen.open:
        opened(chosen.open)
        return 0
    row = measure(chosen.records, chosen.events, chosen.seed, chosen.runs)
    kept = (
        row["open_seconds"] <= PROMISED["open"]
        and row["open_saved_seconds"] <= PROMISED["open_saved"]
        and row["decide_seconds"] <= PROMISED["decide"]
        and row["decide_in_database_seconds"] <= PROMISED["append"]
        and row["memory_gb"] <= PROMISED["memory_gb"]
    )
    row |= {"promised": PROMISED, "kept": kept}
    path = _rows.append("log", [row], seed=chosen.seed, digest=None)
    for name, value in row.items():
        print(f"{name:28} {value}")
    print(f"1 row in {path.name}")
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
