"""How soon a large report stands in the browser: from the request for the file to its load event.

::

    python benchmarks/report.py                 # 2,000 included papers: a minute or two
    python benchmarks/report.py --papers 200

The review is made of seeded text; two reviewers include every paper, fill in the form of extraction alike and confirm
sub-topics. Each run opens the file in a new context of a headless Chromium: nothing is kept from the run before.
"""

from __future__ import annotations

import argparse
import random
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import _rows
from log import PEOPLE, records

from asreview_mc.core.event import Decided, Event, Extracted, ReferencesRead, TopicsConfirmed
from asreview_mc.project import reporting
from asreview_mc.project.review import Review

PROMISED = {"load": 2.0}
FLAGS = ("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking")


def synthesis(review: Review, record_ids: Sequence[str], seed: int) -> Iterator[Event]:
    """Yield what is known of included papers: decisions at both stages, a form filled in by two, sub-topics."""
    rng = random.Random(seed)
    protocol = review.protocol
    for record_id in record_ids:
        for stage in ("abstract", "fulltext"):
            yield from (Decided(record_id, stage, name, "include") for name in PEOPLE)
        values: dict[str, Any] = {"aim": "To see what badges do for those who earn them."}
        for field in protocol.extraction:
            if field.choices:
                taken = rng.sample(field.choices, 1 if field.type == "single" else 2)
                values[field.code] = taken[0] if field.type == "single" else taken
        yield from (Extracted(record_id, name, "extraction", values) for name in PEOPLE)
        codes = rng.sample([card.code for card in protocol.cards], 4)
        yield TopicsConfirmed(record_id, PEOPLE[0], tuple(codes))


def made(folder: Path, n: int, seed: int) -> tuple[Path, float]:
    """Make a review of `n` included papers and its report; return the report and the seconds it took to write."""
    with Review.create(folder, "micro-credentials") as review:
        read = ReferencesRead("made.ris", "Scopus", "database", "ris", "utf-8", "0" * 64, n, n)
        review.log.append_reading(read, records(n, seed))
        review.log.append(list(synthesis(review, list(review.records), seed)))
    with Review.open(folder) as review:
        path = folder / "report.html"
        start = time.perf_counter()
        reporting.write_report(review, path, viewer=None)
        return path, time.perf_counter() - start


def opened(path: Path, runs: int) -> list[float]:
    """Return the seconds from asking for the page to its load event, run by run."""
    from playwright.sync_api import sync_playwright

    found = []
    with sync_playwright() as playwright:
        chromium = shutil.which("chromium") or "/usr/bin/chromium"
        browser = playwright.chromium.launch(executable_path=chromium, args=list(FLAGS))
        for _ in range(runs):
            page = browser.new_context().new_page()
            start = time.perf_counter()
            page.goto(path.as_uri(), wait_until="load")
            found.append(time.perf_counter() - start)
            page.context.close()
        browser.close()
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print, append the row; 1 where the promise is not kept."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--papers", type=int, default=2000)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--seed", type=int, default=20260101)
    chosen = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as parent:
        path, written = made(Path(parent) / "review", chosen.papers, chosen.seed)
        loads = opened(path, chosen.runs)
        size = path.stat().st_size
    row = {
        "papers": chosen.papers,
        "load_seconds": round(statistics.median(loads), 3),
        "slowest_load_seconds": round(max(loads), 3),
        "megabytes": round(size / 1e6, 2),
        "write_seconds": round(written, 2),
        "runs": chosen.runs,
        "promised": PROMISED,
        "kept": max(loads) <= PROMISED["load"],
    }
    path = _rows.append("report", [row], seed=chosen.seed, digest=None)
    for name, value in row.items():
        print(f"{name:28} {value}")
    print(f"1 row in {path.name}")
    return 0 if row["kept"] else 1


if __name__ == "__main__":
    sys.exit(main())
