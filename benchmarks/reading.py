"""How fast and in how much memory a large RIS file is read, beside rispy.

::

    python benchmarks/reading.py                     # 100,000 records as a database exports them, and lean ones
    python benchmarks/reading.py --records 20000

rispy gives each record as a dict of texts by tag. `scan` gives the same here; `read` is the whole front door: digest,
encoding, format, records with their fields understood, rejects and stray text. Each reader has a process of its own
for each run, the runs of all of them alternate, and the best counts. Memory is the peak of the process while it
holds all records, less what it had before reading.
"""

from __future__ import annotations

import argparse
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import _rows

from asreview_mc.identify import dialects, encoding, references, tagged
from asreview_mc.identify.reading import without_collection

KINDS = {"database": (8, 30), "lean": (4, 4)}
"""Most authors (and addresses), and most keywords, of a record: as databases export them, and as Zotero does."""

_LETTERS = "etaoinshrdlucmfwypvbgkqjxz"
_OTHERS = ("Müller", "naïve", "“micro”", "–", "Gonçalves", "β")


def vocabulary(rng: random.Random) -> list[str]:
    """Return 4,000 made-up words, a few of them with letters beyond ASCII."""
    words = ["".join(rng.choices(_LETTERS, weights=range(26, 0, -1), k=rng.randint(2, 11))) for _ in range(4000)]
    words[100 : 100 + 7 * len(_OTHERS) : 7] = _OTHERS
    return words


def records(n: int, kind: str, *, seed: int) -> Iterator[str]:
    """Yield `n` made-up records in RIS, the same for the same seed."""
    rng = random.Random(seed)
    words, weights = vocabulary(rng), range(4000, 0, -1)
    most_authors, most_keywords = KINDS[kind]
    for number in range(n):
        text = rng.choices(words, weights=weights, k=330)
        authors, keywords = rng.randint(1, most_authors), rng.randint(0, most_keywords)
        lines = ["TY  - JOUR", f"TI  - {' '.join(text[:12]).capitalize()}"]
        lines += [f"AU  - {text[12 + one].capitalize()}, {chr(65 + one)}." for one in range(authors)]
        lines += [f"PY  - {1990 + number % 35}", f"T2  - Journal of {' '.join(text[30:33])}"]
        lines += [f"VL  - {number % 90 + 1}", f"IS  - {number % 12 + 1}"]
        lines += [f"SP  - {number % 900 + 1}", f"EP  - {number % 900 + 12}", f"DO  - 10.1000/bench.{number}"]
        lines += [f"UR  - https://www.example.org/record?id={85_000_000_000 + number}"]
        if kind == "database":
            lines += [f"AD  - Univ {', '.join(text[33 + one : 41 + one])}" for one in range(authors)]
        lines += [f"AB  - {' '.join(text[50:250]).capitalize()}."]
        lines += [f"KW  - {' '.join(text[260 + 2 * one : 262 + 2 * one])}" for one in range(keywords)]
        lines += ["PB  - Badge Press", "SN  - 1234-567X", "LA  - English", f"J2  - J. {text[30]}", "M3  - Article"]
        lines += ["DB  - Scopus", "N1  - Export Date: 28 January 2025; Cited By: 0", "ER  - ", "", ""]
        yield "\n".join(lines)


def by_rispy(path: Path) -> int:
    """Read with rispy and return the number of records."""
    import rispy

    with path.open(encoding="utf-8") as file:
        return len(_held(rispy.load(file)))


def by_scan(path: Path) -> int:
    """Read the fields by tag and return the number of records."""
    with without_collection():
        data, _ = encoding.to_utf8(path.read_bytes())
        data = tagged.lines_ended(data)
        starts = list(tagged.openings(data, dialects.RIS))
        found = [fields for _, _, fields in tagged.scan(data, dialects.RIS, starts, [])]
    return len(_held(found))


def by_read(path: Path) -> int:
    """Read through the front door and return the number of records."""
    return len(_held(references.read(path).records))


READERS: dict[str, Callable[[Path], int]] = {"rispy": by_rispy, "scan": by_scan, "read": by_read}
_HELD: list[Any] = []


def _held(value: Any) -> Any:
    _HELD.append(value)
    return value


def once(reader: str, path: Path) -> None:
    """Read in this process, and print the number of records, wall and processor seconds, and bytes of memory."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    wall, processor = time.perf_counter(), time.process_time()
    found = READERS[reader](path)
    wall, processor = time.perf_counter() - wall, time.process_time() - processor
    print(found, wall, processor, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024)


def measure(kind: str, n: int, runs: int, seed: int) -> list[dict[str, Any]]:
    """Return a row a reader for one kind of record."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{kind}.ris"
        with path.open("w", encoding="utf-8", newline="\n") as file:
            file.writelines(records(n, kind, seed=seed))
        size, digest = path.stat().st_size, _rows.digest_of(path)
        told: dict[str, list[list[float]]] = {reader: [] for reader in READERS}
        for _ in range(runs):
            for reader in READERS:
                command = [sys.executable, __file__, "--once", reader, str(path)]
                done = subprocess.run(command, check=True, capture_output=True, text=True)
                told[reader].append([float(word) for word in done.stdout.split()])
    best = {reader: min(several, key=lambda one: one[2]) for reader, several in told.items()}
    return [
        {
            "kind": kind,
            "reader": reader,
            "records": int(found),
            "bytes": size,
            "digest": digest,
            "runs": runs,
            "seconds": round(wall, 3),
            "processor_seconds": round(processor, 3),
            "speed_against_rispy": round(best["rispy"][2] / processor, 3),
            "memory_per_byte": round(memory / size, 2),
        }
        for reader, (found, wall, processor, memory) in best.items()
    ]


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print the table, append the rows."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--records", type=int, default=100_000)
    parser.add_argument("--runs", type=int, default=2)
    parser.add_argument("--seed", type=int, default=20260101)
    parser.add_argument("--once", nargs=2, metavar=("READER", "FILE"), help=argparse.SUPPRESS)
    chosen = parser.parse_args(arguments)
    if chosen.once:
        once(chosen.once[0], Path(chosen.once[1]))
        return 0
    rows = [row for kind in KINDS for row in measure(kind, chosen.records, chosen.runs, chosen.seed)]
    path = _rows.append("reading", rows, seed=chosen.seed, digest=None)
    print("kind      reader   records   processor s   against rispy   memory per byte of file")
    for row in rows:
        print(
            f"{row['kind']:9} {row['reader']:6} {row['records']:9,} {row['processor_seconds']:13.2f}"
            f" {row['speed_against_rispy']:14.2f}x {row['memory_per_byte']:14.2f}"
        )
    print(f"{len(rows)} rows in {path.name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
