"""How fast a batch is classified, and in how much memory.

::

    python benchmarks/classify.py                    # 2,000 rows with the encoder; 1,000 and 100,000 rows with a stub
    python benchmarks/classify.py --rows 500 --sizes 1000 10000

Rows are the development corpus over and over, a number put into every sentence so that none is the same. Every run has
a process of its own. Speed is with the default encoder, once with no vector known and once more with all of them in the
cache. Memory is the peak of the process with an encoder that costs next to nothing, so that what grows with the rows
shows; `over_smallest_mb` is the difference from the run of the same kind with the fewest rows.
"""

from __future__ import annotations

import argparse
import csv
import functools
import hashlib
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import train_subtopics as training
from _rows import append, digest_of

from asreview_mc.core.protocol_file import parse, template
from asreview_mc.learn.sentences import split_sentences
from asreview_mc.learn.subtopics import TopicModel
from asreview_mc.project import batch

KINDS = (("csv", "csv"), ("csv", "xlsx"), ("csv", "parquet"), ("ris", "csv"))
WIDTH = 384


class Stub:
    """An encoder that costs next to nothing: a direction for each first word and length."""

    fingerprint = "stub"

    def __init__(self) -> None:
        self._directions = np.random.default_rng(0).normal(size=(256, WIDTH)).astype(np.float32)
        self._directions /= np.linalg.norm(self._directions, axis=1, keepdims=True)

    def encode(self, texts: Sequence[str], progress: object = None) -> np.ndarray:
        """Return one unit row a text."""
        return self._directions[[hashlib.blake2b(text.encode(), digest_size=1).digest()[0] for text in texts]]


def texts(data: Path, rows: int) -> Iterator[tuple[str, str]]:
    """Yield so many titles and abstracts, no two sentences of which are the same."""
    records = [json.loads(line) for line in data.read_text("utf-8").splitlines()]
    known = [(one["title"], [one["abstract"][a:b] for a, b in split_sentences(one["abstract"])]) for one in records]
    for row in range(rows):
        title, sentences = known[row % len(known)]
        yield f"{title} {row}", " ".join(f"{sentence.rstrip('.')} {row}." for sentence in sentences)


def write_input(path: Path, data: Path, rows: int) -> None:
    """Write a table or a RIS file with so many records."""
    with path.open("w", encoding="utf-8", newline="") as file:
        if path.suffix == ".ris":
            for title, abstract in texts(data, rows):
                file.write(f"TY  - JOUR\nTI  - {title}\nAB  - {abstract}\nER  - \n\n")
            return
        writer = csv.writer(file)
        writer.writerow(["no", "title", "abstract"])
        writer.writerows([row, *pair] for row, pair in enumerate(texts(data, rows)))


def classify(source: Path, output: Path, *, stub: bool) -> dict[str, float]:
    """Classify one file in this process."""
    make = functools.partial(TopicModel, parse(template("micro-credentials")).cards, Stub()) if stub else None
    begun = time.perf_counter()
    done = batch.classify(source, output, make=make)
    seconds = time.perf_counter() - begun
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"rows": done["rows"], "seconds": round(seconds, 2), "peak_mb": round(peak, 1)}


def apart(source: Path, output: Path, *, stub: bool, cache: Path) -> dict[str, float]:
    """Classify one file in a process of its own."""
    command = [sys.executable, __file__, "--one", str(source), str(output), *(["--stub"] if stub else [])]
    environment = os.environ | {"ASREVIEW_MC_CACHE": str(cache)}
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    return json.loads(done.stdout)


def main() -> None:
    """Measure and write the rows."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--data", type=Path, default=training.DATA)
    arguments.add_argument("--rows", type=int, default=2000, help="rows for speed")
    arguments.add_argument("--sizes", type=int, nargs="+", default=[1000, 100_000], help="rows for memory")
    arguments.add_argument("--one", type=Path, nargs=2)
    arguments.add_argument("--stub", action="store_true")
    given = arguments.parse_args()
    if given.one:
        print(json.dumps(classify(*given.one, stub=given.stub)))
        return
    rows = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_input(folder / "speed.csv", given.data, given.rows)
        for vectors in ("none known", "all in the cache"):
            one = apart(folder / "speed.csv", folder / "out.csv", stub=False, cache=folder / "cache")
            one["rows_per_second"] = round(one["rows"] / one["seconds"], 1)
            rows.append({"measure": "speed", "input": "csv", "output": "csv", "vectors": vectors, **one})
            print(rows[-1], flush=True)
        for kind, form in KINDS:
            smallest = None
            for size in sorted(given.sizes):
                write_input(folder / f"in.{kind}", given.data, size)
                one = apart(folder / f"in.{kind}", folder / f"out.{form}", stub=True, cache=folder / "cache")
                smallest = smallest or one["peak_mb"]
                one["over_smallest_mb"] = round(one["peak_mb"] - smallest, 1)
                rows.append({"measure": "memory", "input": kind, "output": form, "vectors": "stub", **one})
                print(rows[-1], flush=True)
    threads = os.environ.get("OMP_NUM_THREADS")
    append("classify", [{**row, "threads": threads} for row in rows], seed=None, digest=digest_of(given.data))


if __name__ == "__main__":
    main()
