"""What the recommended rule does on a review that its setting was not chosen on.

::

    python benchmarks/stopping_left_out.py FOLDER    # of reading orders made with `simulate --orders`

The setting of `quiet`, the run of irrelevant records as a share of the pool, is chosen on all reviews but one and
judged on that one, each in turn. Both rankers' orders of a review are left out together. The size of the second look is
as shipped; with none, `--look 0`, the run alone decides.
"""

from __future__ import annotations

import argparse
import functools
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import _rows
import numpy as np
from _second_looks import FEWEST, Looking, Read, read_orders
from stopping import below, last_found, needed, spread, stopped

from asreview_mc.learn.stop.buscar import Buscar
from asreview_mc.learn.stop.heuristics import Quiet


def left_out(orders: dict[tuple[str, str], list[Read]], look: int) -> list[dict[str, Any]]:
    """Return what `quiet` does on each review with the share that the other reviews choose, and the means.

    They choose the least run with which no review of theirs, with either ranker, is below target in more than a
    twentieth of its runs. Reviews with fewer than 20 relevant records take no part: BUSCAR decides there.
    """
    target = 0.95
    enough = {key: runs for key, runs in orders.items() if runs[0].labels.sum() >= FEWEST}
    looking = {dataset: Looking(dataset) for dataset in sorted({dataset for dataset, _ in enough})}
    tried = {
        share: list(_tried(enough, looking, Quiet(float(share), look=look), target))
        for share in np.round(np.arange(0.08, 0.3, 0.01), 2)
    }
    rows = []
    for left in sorted({dataset for dataset, _ in enough}):
        good = (
            share
            for share, found in tried.items()
            if all(row["below_target"] <= 0.05 for row in found if row["dataset"] != left)
        )
        share = next(good, max(tried))
        rows += [{**row, "share": float(share)} for row in tried[share] if row["dataset"] == left]
    draw = np.random.default_rng(0)
    mean = {name: spread([row[name] for row in rows], draw) for name in ("below_target", "overshoot", "read")}
    off = [f"{row['dataset']}, {row['ranker']}" for row in rows if row["below_target"] > 0.05]
    return [
        *rows,
        {"what": "left out, means over reviews", "rule": "quiet", "look": look, "target": target, **mean, "off": off},
    ]


def _tried(
    orders: dict[tuple[str, str], list[Read]], looking: dict[str, Looking], rule: Quiet, target: float
) -> Iterator[dict[str, Any]]:
    for (dataset, ranker), replays in sorted(orders.items()):
        n, relevant = len(replays[0].labels), int(replays[0].labels.sum())
        oracle = [needed(one.labels, target) for one in replays]
        buscar = [by_buscar(one.labels.tobytes(), target) for one in replays]
        runs = [looking[dataset].read(one, rule) for one in replays]
        reads = [_quiet(one, rule, at) for one, at in zip(runs, buscar, strict=True)]
        recalls = [float(one.labels[:at].sum() / relevant) for one, at in zip(runs, reads, strict=True)]
        yield {
            "what": "left out",
            "rule": "quiet",
            "look": rule.look,
            "target": target,
            "ranker": ranker,
            "dataset": dataset,
            **below(recalls, target),
            "read": round(float(np.mean(reads)) / n, 4),
            "overshoot": round(float(np.mean(np.array(reads) - oracle)) / n, 4),
        }


@functools.cache
def by_buscar(labels: bytes, target: float) -> int:
    """Return where BUSCAR stops on an order, given as the bytes of its labels."""
    return stopped(Buscar(), np.frombuffer(labels, dtype=np.int64), target, 0.01)


def _quiet(order: Read, rule: Quiet, buscar: int) -> int:
    """Return where `rule` stops, as `stopped` would, but for BUSCAR, the dear one, asked without looks."""
    n = len(order.labels)
    places = np.unique(np.ceil(np.arange(0.01, 1, 0.01) * n).astype(int))
    last = last_found(order.labels)[places - 1]
    by_look = np.concatenate([[0], np.cumsum(order.looked)])
    looked = by_look[places] - by_look[last]
    quiet = (places - last >= rule.run_asked(n)) & (np.cumsum(order.labels)[places - 1] >= FEWEST)
    quiet &= looked >= np.minimum(rule.look, looked + n - places)
    return min([buscar, *places[quiet].tolist()])


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print, append the rows."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--look", type=int, default=Quiet().look)
    given = parser.parse_args(arguments)
    rows = left_out(read_orders(given.folder), given.look)
    for row in rows:
        print(json.dumps(row))
    _rows.append("stopping", rows, seed=0, digest=None)
    return 0


if __name__ == "__main__":
    sys.exit(main())
