"""Runs bib-dedupe on a table; started by ``dedup.py`` with the Python of an environment that has it.

::

    python _bib_dedupe.py TABLE.csv ANSWER.json

The table has the columns that bib-dedupe asks for. The answer holds its clusters of more than one `ID` and the wall
time in seconds of preparing, blocking, matching and clustering; reading the table is left out.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import pandas as pd
from bib_dedupe import bib_dedupe


def main(table: str, answer: str) -> None:
    """Read `table`, de-duplicate it, write `answer`."""
    records = pd.read_csv(table, dtype=str, keep_default_na=False)
    start = time.perf_counter()
    prepared = bib_dedupe.prep(records, verbosity_level=0)
    matched = bib_dedupe.match(bib_dedupe.block(prepared, verbosity_level=0), verbosity_level=0)
    clusters = bib_dedupe.cluster(matched, verbosity_level=0)
    seconds = time.perf_counter() - start
    Path(answer).write_text(json.dumps({"seconds": seconds, "clusters": clusters}), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
