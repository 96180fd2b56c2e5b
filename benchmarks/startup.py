"""How long ``asreview-mc --help`` takes, beside a Python that does nothing.

::

    python benchmarks/startup.py

The promise is a median under 0.4 s; the exit status is 1 where it is not kept.
"""

from __future__ import annotations

import argparse
import hashlib
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import _rows

PROMISED_SECONDS = 0.4


def seconds(command: Sequence[str | Path], runs: int, folder: str) -> list[float]:
    """Return the wall time of each of `runs` runs of `command`, in seconds, after one that is not counted."""
    times = []
    for _ in range(runs + 1):
        start = time.perf_counter()
        subprocess.run(command, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, check=True)
        times.append(time.perf_counter() - start)
    return times[1:]


def measure(runs: int) -> dict[str, float | int | bool | str]:
    """Return the medians (seconds) of the help and of a bare interpreter, and whether the promise is kept."""
    command = Path(sys.executable).with_name("asreview-mc")
    with tempfile.TemporaryDirectory() as folder:
        helped = seconds([command, "--help"], runs, folder)
        bare = seconds([sys.executable, "-c", "pass"], runs, folder)
        text = subprocess.run([command, "--help"], cwd=folder, capture_output=True, check=True).stdout
    median = statistics.median(helped)
    return {
        "runs": runs,
        "help_seconds": round(median, 4),
        "help_seconds_max": round(max(helped), 4),
        "bare_python_seconds": round(statistics.median(bare), 4),
        "promised_seconds": PROMISED_SECONDS,
        "kept": median < PROMISED_SECONDS,
        "digest": hashlib.sha256(text).hexdigest(),
    }


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--runs", type=int, default=15, help="how many runs of each (default: %(default)s)")
    row = measure(parser.parse_args().runs)
    path = _rows.append("startup", [row], seed=None, digest=None)
    print(f"help {row['help_seconds']} s, bare python {row['bare_python_seconds']} s; written to {path.name}")
    sys.exit(0 if row["kept"] else 1)
