"""How the log grows: opening a large review, deciding in it, and what one more event costs.

::

    python benchmarks/log.py                    # 100,000 records, 250,000 events: a few minutes
    python benchmarks/log.py --records 5000 --events 12000

The review is made of seeded text: a tenth of the records are merged into others, two reviewers decide on all others but
the last few hundred, which only one of them has read, and the agreement of every 25 records is logged; what is left of
the events are decisions made anew. `open` is a new process that opens the log and folds the state from nothing;
`open_saved` is the next one, which finds the state that the first has left. Verification is apart. `decide` is the whole
command in a new process, to the line that acknowledges and to its end, each time one that completes a record;
`decide_in_database` what the database takes of it; `full_batch` the decision that fills a batch, whose agreement over
all records is logged after it is acknowledged. `append` is the mean over decisions each committed alone, at each size of
the log. Seconds are those of the clock; `cpu` those of the processor in the same processes.
"""

from __future__ import annotations

import argparse
import itertools
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

from asreview_mc.core.event import AgreementMeasured, Decided, Event, Merged, ReferencesRead
from asreview_mc.core.record import Record
from asreview_mc.project.review import Review
from asreview_mc.project.screen import decide

PROMISED = {"open": 3.0, "open_saved": 0.5, "decide": 0.6, "append": 0.02, "memory_gb": 1.0}
PEOPLE = ("R1", "R2")
_WORDS = 4000
BATCH = 25
ALONE = 200
SPARE = 5 * ALONE + 2 * BATCH
_COEFFICIENTS = ("percent", "kappa", "pabak", "pi", "fleiss", "ac1", "alpha")


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


def events(n_records: int, n_events: int, seed: int) -> Iterator[Event]:
    """Yield `n_events`: merges, then two decisions a record with the agreement of each batch, then decisions anew."""
    rng = random.Random(seed)
    merged = n_records // 10
    for number in range(1, merged + 1):
        yield Merged(_id(n_records - number + 1), _id(number), "doi")
    done, whole = merged, (n_records - merged - SPARE) // BATCH * BATCH
    for number in range(1, whole + 1):
        for reviewer in PEOPLE:
            yield Decided(_id(number), "abstract", reviewer, "include" if rng.random() < 0.05 else "exclude")
        done += len(PEOPLE)
        if number % BATCH == 0:
            yield AgreementMeasured("abstract", number // BATCH, number, _figures(number))
            done += 1
    for number in range(n_events - done - 1):
        yield Decided(_id(number % whole + 1), "abstract", PEOPLE[number % 2], "exclude")
    # The last decisions anew are before this batch, as they would be: else each later one would look whether it is full.
    yield AgreementMeasured("abstract", 0, whole, _figures(whole), over="calibration")


def _id(number: int) -> str:
    return f"r{number:06d}"


def _figures(n: int) -> dict[str, Any]:
    """Return made-up figures as large as those that are logged."""
    one = {name: {"value": 0.5, "low": 0.25, "high": 0.75, "why": ""} for name in _COEFFICIENTS}
    return {"n": n, **one, "alone": {"n": BATCH, **one}}


def make(folder: Path, n_records: int, n_events: int, seed: int) -> dict[int, float]:
    """Make the review and return, for sizes of the log, the seconds that one more committed decision takes."""
    cost = {}
    with Review.create(folder, "micro-credentials") as review:
        event = ReferencesRead("made.ris", "Scopus", "database", "ris", "utf-8", "0" * 64, n_records, n_records)
        review.log.append_reading(event, records(n_records, seed))
        coming = list(events(n_records, n_events - 2, seed))
        sizes = [size for size in (1000, 10_000, 100_000, n_events) if size <= n_events]
        done, spare = 0, iter(range(n_records - n_records // 10 - SPARE + BATCH, n_records - n_records // 10))
        for size in sizes:
            while done < min(size, len(coming)):
                step = coming[done : min(done + 5000, size)]
                review.log.append(step)
                done += len(step)
            each = [Decided(_id(number), "abstract", "R1", "exclude") for number in itertools.islice(spare, ALONE)]
            start = time.perf_counter()
            for one in each:
                review.log.append([one])
            cost[size] = (time.perf_counter() - start) / ALONE
    return cost


def opened(folder: Path) -> None:
    """Open in this process; print seconds of the clock and of the processor, events and peak memory (bytes)."""
    start, used = time.perf_counter(), time.process_time()
    with Review.open(folder) as review:
        state = review.state
        seconds, used = time.perf_counter() - start, time.process_time() - used
        seq = state.seq
    print(seconds, used, seq, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024)


def in_new_process(*words: str) -> list[float]:
    """Run this file in another process and return the numbers that it prints."""
    done = subprocess.run([sys.executable, __file__, *words], check=True, capture_output=True, text=True)
    return [float(word) for word in done.stdout.split()]


def decided(folder: Path, number: int) -> tuple[float, float, float]:
    """Decide in a new process; return seconds to the acknowledgement and to the end, and those of the processor."""
    command = [str(Path(sys.executable).with_name("asreview-mc")), "decide", _id(number), "exclude", "--reviewer", "R2"]
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    with subprocess.Popen([*command, "--project", str(folder)], stdout=subprocess.PIPE, text=True) as process:
        said = process.stdout.readline() if process.stdout else ""
        acknowledged = time.perf_counter() - start
    whole, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    if not said.startswith(_id(number)) or process.returncode:
        raise RuntimeError(f"not acknowledged: {said!r}")
    return acknowledged, whole, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def deciding(folder: Path, first: int, runs: int) -> dict[str, Any]:
    """Fill one batch with decisions on records that the other reviewer has read: in new processes, within one, the last."""
    apart = [decided(folder, number) for number in range(first, first + runs)]
    within = []
    with Review.open(folder) as review:
        for number in range(first + runs, first + BATCH - 1):
            start = time.perf_counter()
            decide(review, _id(number), "exclude", "R2", measured=False)
            within.append(time.perf_counter() - start)
    last = decided(folder, first + BATCH - 1)
    with Review.open(folder) as review:
        if review.log.events()[-1].event.kind != AgreementMeasured.kind:
            raise RuntimeError("the batch was not full")
    return {
        "decide_seconds": round(statistics.median(one for one, _, _ in apart), 3),
        "decide_exit_seconds": round(statistics.median(one for _, one, _ in apart), 3),
        "decide_cpu_seconds": round(statistics.median(one for _, _, one in apart), 3),
        "decide_in_database_seconds": round(statistics.median(within), 4),
        "full_batch_seconds": round(last[0], 3),
        "full_batch_exit_seconds": round(last[1], 3),
    }


def measure(n_records: int, n_events: int, seed: int, runs: int) -> dict[str, Any]:
    """Return one row."""
    with tempfile.TemporaryDirectory() as parent:
        folder = Path(parent) / "review"
        cost = make(folder, n_records, n_events, seed)
        first, used, seen, memory = in_new_process("--open", str(folder))
        saved = min((in_new_process("--open", str(folder)) for _ in range(runs)), key=lambda one: one[0])
        left = (folder / "cache" / "state.json").stat().st_size
        row = deciding(folder, n_records - n_records // 10 - SPARE + BATCH, runs)
        start = time.perf_counter()
        with Review.open(folder) as review:
            if not review.log.verify().ok:
                raise RuntimeError("the log made here does not verify")
        verified = time.perf_counter() - start
    return {
        "records": n_records,
        "events": int(seen),
        "open_seconds": round(first, 3),
        "open_cpu_seconds": round(used, 3),
        "open_saved_seconds": round(saved[0], 3),
        "open_saved_cpu_seconds": round(saved[1], 3),
        "saved_mb": round(left / 1e6, 1),
        **row,
        "append_seconds": {str(size): round(seconds, 5) for size, seconds in cost.items()},
        "verify_seconds": round(verified, 2),
        "memory_gb": round(max(memory, saved[3]) / 1e9, 3),
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print, append the row; 1 where a promise is not kept."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--records", type=int, default=100_000)
    parser.add_argument("--events", type=int, default=250_000)
    parser.add_argument("--runs", type=int, default=7)
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
