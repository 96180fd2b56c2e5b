"""How many duplicates are merged, how many works wrongly, and how fast, beside bib-dedupe 0.11.0.

::

    python benchmarks/dedup.py                     # everything, about five minutes
    python benchmarks/dedup.py --sizes 5000        # the labelled file and one made-up set
    python benchmarks/dedup.py --peer ENVIRONMENT  # one that has bib-dedupe==0.11.0 already

First ASySD's labelled diabetes records (1,845, of which the column `source` marks 584 as unique), then made-up works,
many of them hard to tell apart, with 10 % perturbed copies (`_dedup_records.py`). bib-dedupe runs in a virtual
environment of its own, on the labelled file and on 2,500 and 5,000 works, which gives its growth; larger sets take it
too long. Every cluster of the labelled file that has no row marked unique, or several, is listed with what we found on
looking at it.

The promises: 584 clusters left, three more or less, and each that disagrees explained; on made-up works a sensitivity
of .99 with no two works merged; 30 times bib-dedupe's speed at 5,000; 20,000 in 10 s; 100,000 in 60 s and 2 GB. The
exit status is 1 where one is not kept.
"""

from __future__ import annotations

import argparse
import contextlib
import csv
import hashlib
import importlib.metadata
import json
import math
import resource
import subprocess
import sys
import tempfile
import time
import venv
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import _dedup_records
import _rows

from asreview_mc.core.record import Record
from asreview_mc.identify import dedup, references

PEER = "0.11.0"
LABELLED = _rows.ROOT.parent / "shared" / "data" / "dedup" / "diabetes_labelled.csv"
SIZES = (5_000, 20_000, 100_000)
PEER_SIZES = (2_500, 5_000)
N_UNIQUE, TOLERANCE = 584, 3
SENSITIVITY, SPEEDUP = 0.99, 30
SECONDS = {20_000: 10.0, 100_000: 60.0}
MEGABYTES = {100_000: 2_000.0}

# What we found on looking at a cluster, by the file's own number of one of its rows.
LOOKED_AT = {
    "1546": "The labels are at fault. All four rows (Hirano 2014, Diabetologia, S354) are marked duplicates, though no "
    "row of this congress abstract is marked unique: the row taken for it (Hirano 2014, Diabetes 63, A111) has "
    "'plaque formation' for 'atherosclerotic lesions' in its title, another abstract, journal and DOI.",
    "494": "A false merge: Chen 2014, abstracts on pages 51 and 52 of one supplement that share its DOI, have other "
    "authors and other abstracts, and the labels rightly call both unique.",
}

Clusters = list[list[str]]


@contextlib.contextmanager
def peer_environment(given: Path | None) -> Iterator[Path]:
    """Yield the Python of an environment with bib-dedupe 0.11.0, made for the occasion unless one is given."""
    with tempfile.TemporaryDirectory() as folder:
        home = given or Path(folder) / "peer"
        program = home / ("Scripts" if sys.platform == "win32" else "bin") / "python"
        if given is None:
            venv.create(home, with_pip=True)
            subprocess.run([program, "-m", "pip", "install", "--quiet", f"bib-dedupe=={PEER}"], check=True)
        ask = [program, "-c", "import importlib.metadata as m; print(m.version('bib-dedupe'))"]
        found = subprocess.run(ask, capture_output=True, text=True, check=True).stdout.strip()
        if found != PEER:
            sys.exit(f"the environment has bib-dedupe {found}, wanted {PEER}")
        yield program


def peer_clusters(
    program: Path, records: Iterable[Record], raw: Mapping[str, Mapping[str, str]]
) -> tuple[Clusters, float]:
    """Return bib-dedupe's clusters of more than one record, and its wall time in seconds.

    Parameters
    ----------
    program : Path
        Python of the environment that has it.
    records : iterable of Record
        What to de-duplicate.
    raw : mapping
        Columns to hand over as they are written in the source, by record id; from the record where there are none.
    """
    with tempfile.TemporaryDirectory() as folder:
        table, answer = Path(folder) / "records.csv", Path(folder) / "answer.json"
        with table.open("w", encoding="utf-8", newline="") as file:
            names = ("author", "title", "year", "journal", "volume", "number", "pages", "abstract", "doi")
            writer = csv.DictWriter(file, ["ID", "ENTRYTYPE", *names], extrasaction="ignore")
            writer.writeheader()
            for record in records:
                row = raw.get(record.record_id) or _as_peer_reads(record)
                writer.writerow({"ID": record.record_id, "ENTRYTYPE": "article", **row})
        script = Path(__file__).with_name("_bib_dedupe.py")
        subprocess.run([program, script, table, answer], check=True, capture_output=True, cwd=folder)
        found = json.loads(answer.read_text("utf-8"))
    return found["clusters"], found["seconds"]


def _as_peer_reads(record: Record) -> dict[str, str]:
    return {
        "author": " and ".join(record.authors),
        "title": record.title,
        "year": str(record.year or ""),
        "journal": record.journal,
        "volume": record.volume,
        "number": record.issue,
        "pages": record.pages,
        "abstract": record.abstract,
        "doi": record.doi,
    }


def our_clusters(records: Sequence[Record]) -> tuple[Clusters, list[dedup.Doubt], float]:
    """Return our clusters of more than one record, the doubtful pairs, and the wall time in seconds."""
    start = time.perf_counter()
    found = dedup.match(records)
    seconds = time.perf_counter() - start
    clusters: dict[str, list[str]] = {}
    for one in found.certain:
        clusters.setdefault(one.into, [one.into]).append(one.record_id)
    return list(clusters.values()), found.doubtful, seconds


def quality(clusters: Clusters, works: Mapping[str, object]) -> dict[str, Any]:
    """Return how many are left, the share of duplicates merged with their work, and the clusters of several works.

    Parameters
    ----------
    clusters : list of list of str
        Of record ids; records in none stand alone.
    works : mapping
        Work by record id.
    """
    together: Counter[object] = Counter()
    for cluster in clusters:
        for work, n_records in Counter(works[name] for name in cluster).items():
            together[work] += n_records - 1
    n_duplicates = len(works) - len(set(works.values()))
    return {
        "left": len(works) - sum(len(cluster) - 1 for cluster in clusters),
        "sensitivity": round(sum(together.values()) / n_duplicates, 5),
        "false_merges": sum(len({works[name] for name in cluster}) > 1 for cluster in clusters),
    }


def labelled(program: Path) -> list[dict[str, Any]]:
    """Return one row for each program on the labelled file, and print the clusters that disagree with it."""
    read = references.read(LABELLED).records
    records = [replace(record, record_id=f"r{number:06d}") for number, record in enumerate(read, start=1)]
    with LABELLED.open(encoding="latin-1", newline="") as file:
        raw = {f"r{number:06d}": row for number, row in enumerate(csv.DictReader(file), start=1)}
    ours, doubts, seconds = our_clusters(records)
    theirs, their_seconds = peer_clusters(program, records, raw)
    rows = []
    for name, clusters, wall in (("asreview-mc", ours, seconds), (f"bib-dedupe {PEER}", theirs, their_seconds)):
        alone = set(raw) - {record_id for cluster in clusters for record_id in cluster}
        whole = [*clusters, *([record_id] for record_id in sorted(alone))]
        disagree = []
        for cluster in whole:
            n_unique = sum(raw[record_id]["source"] == "unique" for record_id in cluster)
            if n_unique != 1:
                numbers = [raw[record_id]["record_id"] for record_id in cluster]
                why = next((LOOKED_AT[number] for number in numbers if number in LOOKED_AT), None)
                disagree.append({"rows": numbers, "marked_unique": n_unique, "looked_at": why})
        rows.append(
            {
                "data": "diabetes_labelled",
                "digest": _rows.digest_of(LABELLED),
                "program": name,
                "n_records": len(records),
                "n_unique": N_UNIQUE,
                "left": len(whole),
                "false_merges": sum(one["marked_unique"] > 1 for one in disagree),
                "doubtful": len(doubts) if clusters is ours else None,
                "doubtful_by_reason": dict(Counter(doubt.why for doubt in doubts)) if clusters is ours else None,
                "disagree": disagree,
                "seconds": round(wall, 3),
            }
        )
        print(f"labelled, {name}: {len(whole)} left, {wall:.2f} s; {len(disagree)} clusters disagree with the labels")
        for one in disagree:
            print(f"  rows {', '.join(one['rows'])}, {one['marked_unique']} marked unique: {one['looked_at']}")
    return rows


def made_up(n_distinct: int, seed: int, program: Path | None) -> list[dict[str, Any]]:
    """Return one row for each program on made-up records; bib-dedupe's only where its Python is given."""
    listed = _dedup_records.make(n_distinct, seed=seed)
    records = [one.record for one in listed]
    works = {one.record.record_id: one.work for one in listed}
    total = hashlib.sha256()
    for record in records:
        total.update(bytes.fromhex(record.digest))
    same: dict[str, Any] = {
        "data": "made up",
        "n_distinct": n_distinct,
        "n_records": len(records),
        "seed": seed,
        "digest": total.hexdigest(),
    }
    before = _peak_megabytes()
    clusters, doubts, seconds = our_clusters(records)
    offered = [{doubt.record_id, doubt.other} for doubt in doubts]
    rows = [
        {
            **same,
            "program": "asreview-mc",
            **quality(clusters, works),
            "doubtful": len(doubts),
            "doubtful_of_one_work": sum(len({works[name] for name in pair}) == 1 for pair in offered),
            "seconds": round(seconds, 3),
            "peak_megabytes": round(_peak_megabytes()),
            "records_megabytes": round(before),
        }
    ]
    if program is not None:
        theirs, their_seconds = peer_clusters(program, records, {})
        rows.append(
            {**same, "program": f"bib-dedupe {PEER}", **quality(theirs, works), "seconds": round(their_seconds, 3)}
        )
    return rows


def _peak_megabytes() -> float:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1e6 if sys.platform == "darwin" else 1e3)


def made_up_apart(n_distinct: int, seed: int, peer: Path | None) -> list[dict[str, Any]]:
    """Return `made_up` of a process of its own, so that memory is that of one size."""
    command = [sys.executable, __file__, "--one", str(n_distinct), "--seed", str(seed)]
    command += ["--program", str(peer)] if peer else []
    rows = json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout)
    for row in rows:
        row["versions"] = _versions()
        print(
            f"{n_distinct} made up, {row['program']}: {row['left']} left, sensitivity {row['sensitivity']}, "
            f"{row['false_merges']} false merges, {row['seconds']} s, {row.get('peak_megabytes', '-')} MB",
            flush=True,
        )
    return rows


def _versions() -> dict[str, str]:
    return {**_rows.versions(), "rapidfuzz": importlib.metadata.version("rapidfuzz")}


def compare(rows: list[dict[str, Any]]) -> None:
    """Add to our rows how many times faster we are, and to bib-dedupe's the growth from the size before."""
    peer = {row["n_distinct"]: row for row in rows if row["program"] != "asreview-mc" and "n_distinct" in row}
    for row in rows:
        known = peer.get(row.get("n_distinct", 0))
        if known and row is not known:
            row["times_faster"] = round(known["seconds"] / row["seconds"], 1)
    for smaller, larger in zip(sorted(peer), sorted(peer)[1:], strict=False):
        factor = peer[larger]["seconds"] / peer[smaller]["seconds"]
        peer[larger]["growth_exponent"] = round(math.log(factor) / math.log(larger / smaller), 2)


def broken(rows: Iterable[Mapping[str, Any]]) -> list[str]:
    """Return the promises that our rows do not keep."""
    found = []
    for row in rows:
        if row["program"] != "asreview-mc":
            continue
        if row["data"] != "made up":
            if abs(row["left"] - N_UNIQUE) > TOLERANCE or not all(one["looked_at"] for one in row["disagree"]):
                found.append(f"the labelled file: {row['left']} left")
            continue
        size = row["n_distinct"]
        kept = (
            row["sensitivity"] >= SENSITIVITY
            and row["false_merges"] == 0
            and row["seconds"] <= SECONDS.get(size, math.inf)
            and row["peak_megabytes"] <= MEGABYTES.get(size, math.inf)
            and row.get("times_faster", SPEEDUP) >= SPEEDUP
        )
        if not kept:
            found.append(f"{size} made up")
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print, append the rows; return 0 where the promises are kept."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--sizes", nargs="*", type=int, default=list(SIZES))
    parser.add_argument("--seed", type=int, default=20)
    parser.add_argument("--peer", type=Path, help=f"virtual environment with bib-dedupe=={PEER}")
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--program", type=Path, help=argparse.SUPPRESS)
    chosen = parser.parse_args(arguments)
    if chosen.one:
        print(json.dumps(made_up(chosen.one, chosen.seed, chosen.program)))
        return 0
    if not LABELLED.is_file():
        sys.exit(f"the labelled records are not at {LABELLED}")
    with peer_environment(chosen.peer) as program:
        rows = [{**row, "versions": _versions()} for row in labelled(program)]
        for size in sorted({*chosen.sizes, *PEER_SIZES}):
            rows += made_up_apart(size, chosen.seed, program if size in PEER_SIZES else None)
    compare(rows)
    path = _rows.append("dedup", rows, seed=None, digest=None)
    failed = broken(rows)
    print(
        f"{len(rows)} rows in {path.name}; " + (f"NOT kept: {'; '.join(failed)}" if failed else "every promise is kept")
    )
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
