"""Rows of results: one JSON object a line, each with what is needed to compare it with another year's.

A script gives its measurements; commit, versions, machine and date are added here, the same for all of them.
"""

from __future__ import annotations

import datetime
import hashlib
import importlib.metadata
import json
import os
import platform
import subprocess
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

os.environ.setdefault("ASREVIEW_MC_PRECISION", "float32")  # as the README says, whatever this processor can do
ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "benchmarks" / "results"
LIBRARIES = (
    "asreview-mc",
    "numpy",
    "scipy",
    "pandas",
    "scikit-learn",
    "torch",
    "sentence-transformers",
    "transformers",
)


def digest_of(*paths: Path) -> str:
    """Return the sha256 (hex) of the files' content, one after the other in the order given.

    Parameters
    ----------
    *paths : Path
        What the measurement was made on.
    """
    total = hashlib.sha256()
    for path in paths:
        total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()


def _git(*words: str) -> str | None:
    try:
        return subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return None


def commit() -> str | None:
    """Return the commit, with ``+`` where a tracked file but for results differs from it; None outside a repository."""
    name = _git("rev-parse", "HEAD")
    changed = _git("status", "--porcelain", "--untracked-files=no", "--", ".", ":(exclude)benchmarks/results")
    return f"{name}+" if name and changed else name


def versions(libraries: Iterable[str] = LIBRARIES) -> dict[str, str]:
    """Return the version of Python and of those `libraries` that are installed."""
    found = {"python": platform.python_version()}
    for library in libraries:
        try:
            found[library] = importlib.metadata.version(library)
        except importlib.metadata.PackageNotFoundError:
            continue
    return found


def _processor() -> str:
    listed = Path("/proc/cpuinfo")
    if listed.exists():
        for line in listed.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def machine() -> dict[str, str | int | None]:
    """Return what kind of machine this is; never its name."""
    system = f"{platform.system()} {platform.machine()}"
    return {"system": system, "processor": _processor(), "cores": os.cpu_count()}


def append(name: str, rows: Iterable[Mapping[str, Any]], *, seed: int | None, digest: str | None) -> Path:
    """Append `rows` to ``results/<name>.jsonl`` and return that file.

    Parameters
    ----------
    name : str
        The script's name without suffix.
    rows : iterable of mapping
        The measurements; a row's own ``seed`` or ``digest`` stands before the run's.
    seed : int or None
        None where chance does not enter.
    digest : str or None
        sha256 of the input (`digest_of`); None where nothing is read.
    """
    run = {
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "commit": commit(),
        "versions": versions(),
        "machine": machine(),
        "seed": seed,
        "digest": digest,
    }
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"{name}.jsonl"
    with path.open("a", encoding="utf-8", newline="\n") as file:
        for row in rows:
            file.write(json.dumps({**run, **row}, ensure_ascii=False) + "\n")
    return path
