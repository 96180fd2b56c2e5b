"""How much sooner the hybrid finds the relevant records than ASReview's ELAS u4, review by review.

::

    python benchmarks/ranking.py                     # all labelled reviews, 3 seeds, retrained after every record
    python benchmarks/ranking.py --n-query 5         # five records between two trainings: five times faster, coarser
    python benchmarks/ranking.py --priors 0,0        # from nothing: hybrid starts from the protocol where there is one

Both rankers start from the same priors and read the same data; a review's published protocol is the hybrid's query
where the data has one. The settings of the hybrid were chosen on these very reviews, so the table shows what was
reached on development data, not what to expect of another review.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import _rows

from asreview_mc.simulate import grid
from asreview_mc.simulate.replay import digest

REVIEWS = _rows.ROOT.parent / "shared" / "data" / "reviews"
REFERENCE = "elas_u4"
SHOWN = ("loss", "wss95", "ndcg", "recall10", "first_relevant")


def measure(entry: dict[str, Any], chosen: argparse.Namespace) -> list[dict[str, Any]]:
    """Return a row a run of one review."""
    packed = REVIEWS / f"{entry['name']}.csv.gz"
    with tempfile.TemporaryDirectory() as folder:
        protocol = None
        if entry.get("protocol"):
            protocol = Path(folder) / "protocol.json"
            protocol.write_text(json.dumps(entry["protocol"]), encoding="utf-8")
        results = grid.simulate(
            [packed],
            chosen.rankers,
            priors=chosen.priors,
            seeds=chosen.seeds,
            protocol=protocol,
            n_query=chosen.n_query,
            jobs=chosen.jobs,
        )
    setting = {
        "digest": _rows.digest_of(packed),
        "priors": list(chosen.priors),
        "n_query": chosen.n_query,
        "protocol": protocol is not None,
    }
    pairs = zip(results.rows, results.orders, strict=True)
    return [{**row, **setting, "order_digest": digest(order.record)} for row, order in pairs]


def mean(rows: Sequence[dict[str, Any]], dataset: str, ranker: str, metric: str) -> float:
    """Return the mean of `metric` over the seeds of one review and ranker."""
    return statistics.fmean(row[metric] for row in rows if (row["dataset"], row["ranker"]) == (dataset, ranker))


def table(rows: Sequence[dict[str, Any]], rankers: Sequence[str]) -> list[str]:
    """Return the lines of a table: each review, the means, and how many reviews gain or lose against u4."""
    sets = list(dict.fromkeys(row["dataset"] for row in rows))
    lines = ["review".ljust(28) + "".join(f"{ranker} {metric}".rjust(22) for metric in SHOWN for ranker in rankers)]
    for name in sets:
        values = (mean(rows, name, ranker, metric) for metric in SHOWN for ranker in rankers)
        lines.append(name.ljust(28) + "".join(f"{value:22.4f}" for value in values))
    means = (statistics.fmean(mean(rows, name, r, metric) for name in sets) for metric in SHOWN for r in rankers)
    lines.append("mean".ljust(28) + "".join(f"{value:22.4f}" for value in means))
    for ranker in rankers:
        if ranker != REFERENCE and REFERENCE in rankers:
            ratios = {name: mean(rows, name, ranker, "loss") / mean(rows, name, REFERENCE, "loss") for name in sets}
            worse = sorted((name for name in sets if ratios[name] > 1), key=lambda name: -ratios[name])
            lost = ", ".join(f"{name} {ratios[name]:.2f}" for name in worse)
            lines.append(
                f"{ranker} against {REFERENCE}, loss: median ratio {statistics.median(ratios.values()):.3f}, better on "
                f"{sum(ratio < 1 for ratio in ratios.values())} of {len(sets)}, worse on {len(worse)}: {lost or 'none'}"
            )
    return lines


def _priors(text: str) -> tuple[int, int]:
    relevant, irrelevant = text.split(",")
    return int(relevant), int(irrelevant)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print the table, append the rows."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--sets", nargs="+", help="default: all")
    parser.add_argument("--rankers", nargs="+", default=["hybrid", REFERENCE])
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--priors", type=_priors, default=(1, 1))
    parser.add_argument("--n-query", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=-1)
    chosen = parser.parse_args(arguments)
    if not REVIEWS.is_dir():
        sys.exit(f"the labelled reviews are not at {REVIEWS}")
    rows: list[dict[str, Any]] = []
    for entry in json.loads((REVIEWS / "reviews.json").read_text(encoding="utf-8")):
        if chosen.sets is None or entry["name"] in chosen.sets:
            rows += measure(entry, chosen)
            print(f"{entry['name']} done", file=sys.stderr, flush=True)
    path = _rows.append("ranking", rows, seed=None, digest=None)
    print("\n".join(table(rows, chosen.rankers)))
    print(f"{len(rows)} rows in {path.name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
