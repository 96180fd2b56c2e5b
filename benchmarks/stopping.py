"""How often each stopping rule keeps its target, and what it costs: on generated rankings and on real ones.

::

    python benchmarks/stopping.py generated                    # validity on rankings of known quality
    python benchmarks/stopping.py orders FOLDER                # rules on reading orders made with `simulate --orders`
    python benchmarks/stopping.py speed                        # an assessment by all rules of 100,000 records

`generated` draws a pool for each run anew: perfect, good and poor rankings (the odds of a relevant record by its place
differ), and a late cluster, of which a tenth of the relevant records come last. Every rule is asked at every 2 % of the
pool; certificates are measured by ``stopping_certificates.py``, and `quiet` with its setting chosen on other reviews by
``stopping_left_out.py``. `orders`, which needs the reviews themselves for the second looks of `quiet`, asks at every
1 % and for targets .8, .9, .95 and 1; seeds of one review are nearly the same run, so intervals are bootstrapped over
reviews, and reviews with fewer than 20 relevant records, where 95 % means all of them, stand apart. With
``--buscarpy PYTHON``, an interpreter that has buscarpy 0.0.2, its p-values are compared with ours on the same orders.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import _rows
import numpy as np
from _second_looks import FEWEST, Looking, Read, read_orders

from asreview_mc.learn.stop import RULES, Audit, Screening, assess
from asreview_mc.learn.stop.buscar import Buscar
from asreview_mc.learn.stop.heuristics import Consecutive, Quiet
from asreview_mc.learn.stop.models import PoissonProcess
from asreview_mc.learn.stop.screening import StopRule
from asreview_mc.review.agreement.intervals import wilson

CONFIDENCE = 0.95
TARGETS = (0.8, 0.9, 0.95, 1.0)
POOLS = ((500, 0.2), (500, 0.02), (2000, 0.1), (2000, 0.01), (10_000, 0.05), (50_000, 0.002))
ASKED: tuple[StopRule, ...] = (
    Buscar(),
    Buscar(spends=True),
    Buscar(bias=2.0),
    Quiet(),
    PoissonProcess(),
    PoissonProcess("hyperbolic"),
    Consecutive(),
)


def perfect(draw: np.random.Generator, n: int, relevant: int) -> np.ndarray:
    """Return labels with all relevant records first."""
    return np.repeat([1, 0], [relevant, n - relevant])


def ranked(strength: float) -> Callable[[np.random.Generator, int, int], np.ndarray]:
    """Return a maker of rankings whose scores of relevant records lie `strength` standard deviations higher."""

    def make(draw: np.random.Generator, n: int, relevant: int) -> np.ndarray:
        labels = np.zeros(n, dtype=np.int64)
        labels[:relevant] = 1
        return labels[np.argsort(-(draw.normal(size=n) + strength * labels), kind="stable")]

    return make


def late_cluster(draw: np.random.Generator, n: int, relevant: int) -> np.ndarray:
    """Return a good ranking that puts a tenth of the relevant records (one at least) among the very last."""
    late = max(1, relevant // 10)
    first = ranked(3.0)(draw, n - 5 * late, relevant - late)
    last = np.repeat([1, 0], [late, 4 * late])
    return np.concatenate([first, draw.permutation(last)])


RANKINGS = {"perfect": perfect, "good": ranked(2.5), "poor": ranked(0.8), "late cluster": late_cluster}


def stopped(rule: StopRule, labels: np.ndarray, target: float, step: float, looked: np.ndarray | None = None) -> int:
    """Return how many records were read when the rule was first met, asked at every `step` of the pool.

    `looked` says which records came by a second look; without it the ranking's own next ones stand for them, since a
    generated ranking has no words.
    """
    n, last = len(labels), last_found(labels)
    by_look = np.cumsum(np.ones(n) if looked is None else looked).astype(int)
    for look, place in enumerate(np.unique(np.ceil(np.arange(step, 1, step) * n).astype(int))):
        before = last[place - 1]
        second = by_look[place - 1] - (by_look[before - 1] if before else 0)
        screening = Screening(labels[:place], n, looks=look, second_look=int(second))
        if rule.assess(screening, target, CONFIDENCE).stop:
            return int(place)
    return n


def last_found(labels: np.ndarray) -> np.ndarray:
    """Return for each record the place, from 1, of the last relevant one up to it; 0 before the first."""
    return np.maximum.accumulate(np.where(labels, np.arange(1, len(labels) + 1), 0))


def generated(runs: int, seed: int, asked: Sequence[StopRule]) -> Iterator[dict[str, Any]]:
    """Yield a row a rule, ranking and pool: share of runs below target with its upper Wilson bound, and share read."""
    target = 0.95
    for name, make in RANKINGS.items():
        for n, prevalence in POOLS:
            draw = np.random.default_rng([seed, n, round(prevalence * 1e6)])
            relevant = max(FEWEST, round(n * prevalence))
            pools = [make(draw, n, relevant) for _ in range(runs)]
            for rule in asked:
                reads = [stopped(rule, labels, target, 0.02) for labels in pools]
                yield {
                    "what": "generated",
                    "ranking": name,
                    "records": n,
                    "relevant": relevant,
                    "rule": rule.name,
                    "target": target,
                    **below([float(y[:at].sum() / relevant) for y, at in zip(pools, reads, strict=True)], target),
                    "read": round(float(np.mean(reads)) / n, 4),
                }


def below(recalls: Sequence[float], target: float) -> dict[str, Any]:
    """Return the share of runs below target, its upper 95 % Wilson bound, and the number of runs."""
    missed = sum(recall < target - 1e-9 for recall in recalls)
    return {
        "runs": len(recalls),
        "below_target": round(missed / len(recalls), 4),
        "below_target_high": round(wilson(missed, len(recalls))[1], 4),
        "mean_recall": round(float(np.mean(recalls)), 4),
    }


def needed(labels: np.ndarray, target: float) -> int:
    """Return how many records of an order must be read for the target."""
    return int(np.flatnonzero(labels)[int(np.ceil(target * labels.sum() - 1e-9)) - 1]) + 1


def on_orders(orders: dict[tuple[str, str], list[Read]], asked: Sequence[StopRule]) -> Iterator[dict[str, Any]]:
    """Yield a row a rule, target, ranker and review, and then the means over reviews.

    What is read too much is counted from where the ranking alone would have reached the target.
    """
    rows = []
    looking = {dataset: Looking(dataset) for dataset in {dataset for dataset, _ in orders}}
    for rule in asked:
        for target in TARGETS:
            for (dataset, ranker), replays in sorted(orders.items()):
                relevant, n = int(replays[0].labels.sum()), len(replays[0].labels)
                oracle = [needed(one.labels, target) for one in replays]
                runs = [looking[dataset].read(one, rule) if isinstance(rule, Quiet) else one for one in replays]
                reads = [stopped(rule, one.labels, target, 0.01, one.looked) for one in runs]
                recalls = [float(one.labels[:read].sum() / relevant) for one, read in zip(runs, reads, strict=True)]
                rows.append(
                    {
                        "what": "orders",
                        "rule": rule.name,
                        "target": target,
                        "ranker": ranker,
                        "dataset": dataset,
                        "records": n,
                        "relevant": relevant,
                        **below(recalls, target),
                        "read": round(float(np.mean(reads)) / n, 4),
                        "overshoot": round(float(np.mean(np.array(reads) - oracle)) / n, 4),
                        "oracle": round(float(np.mean(oracle)) / n, 4),
                    }
                )
    yield from rows
    draw = np.random.default_rng(0)
    for rule in asked:
        for target in TARGETS:
            for few in (False, True):
                own = [
                    row
                    for row in rows
                    if (row["rule"], row["target"], row["relevant"] < FEWEST) == (rule.name, target, few)
                ]
                if own:
                    yield {
                        "what": "orders, means over reviews",
                        "rule": rule.name,
                        "target": target,
                        "relevant": f"under {FEWEST}" if few else f"{FEWEST} or more",
                        "reviews": len(own),
                        **{
                            name: spread([row[name] for row in own], draw)
                            for name in ("below_target", "overshoot", "read")
                        },
                        "reviews_off_target": [
                            f"{row['dataset']}, {row['ranker']}" for row in own if row["below_target"] > 0.05
                        ],
                    }


def spread(values: Sequence[float], draw: np.random.Generator) -> list[float]:
    """Return the mean and its 95 % bootstrap interval over reviews."""
    samples = draw.choice(np.array(values), (2000, len(values))).mean(axis=1)
    return [round(float(x), 4) for x in (np.mean(values), *np.percentile(samples, [2.5, 97.5]))]


def beside_buscarpy(orders: dict[tuple[str, str], list[Read]], python: str) -> dict[str, Any]:
    """Return how far buscarpy's p-values lie from ours on the same orders, and how often it has none."""
    script = (
        "import json, sys, warnings; warnings.simplefilter('ignore')\n"
        "import numpy as np, pandas as pd\n"
        "from buscarpy import calculate_h0\n"
        "print(json.dumps([(lambda p: None if p is None or np.isnan(p) else float(p))(calculate_h0(np.array(y), n,"
        " recall_target=.95)) for y, n in json.load(sys.stdin)]))"
    )
    asked = [
        (one.labels[: round(share * len(one.labels))].tolist(), len(one.labels))
        for runs in orders.values()
        for one in runs[:1]
        for share in (0.3, 0.6, 0.9, 1.0)
    ]
    start = time.perf_counter()
    done = subprocess.run([python, "-c", script], input=json.dumps(asked), capture_output=True, text=True, check=True)
    theirs, seconds = json.loads(done.stdout.splitlines()[-1]), time.perf_counter() - start
    start = time.perf_counter()
    ours = [Buscar().p_value(Screening(np.array(labels), n), 0.95) for labels, n in asked]
    apart = [abs(a - b) for a, b in zip(ours, theirs, strict=True) if b is not None and a < 0.4]
    return {
        "what": "beside buscarpy 0.0.2",
        "asked": len(asked),
        "most_apart": max(apart, default=None),
        "without_answer_there": sum(one is None for one in theirs),
        "seconds_ours": round(time.perf_counter() - start, 3),
        "seconds_there": round(seconds, 3),
    }


def speed(seed: int) -> dict[str, Any]:
    """Return the seconds of one assessment by all rules of 100,000 records, the median of five."""
    draw = np.random.default_rng(seed)
    labels = (draw.random(30_000) < 0.6 * np.exp(-np.arange(30_000) / 3000)).astype(np.int64)
    screening = Screening(
        labels, 100_000, audits=(Audit(72_000, int(labels[:28_000].sum()), 500, 1),), probabilities=draw.random(100_000)
    )
    times = []
    for _ in range(5):
        start = time.perf_counter()
        assess(screening, target=0.95, confidence=CONFIDENCE)
        times.append(time.perf_counter() - start)
    return {"what": "speed", "records": 100_000, "rules": len(RULES), "seconds": round(float(np.median(times)), 4)}


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print, append the rows."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("part", choices=("generated", "orders", "speed"))
    parser.add_argument("folder", nargs="?", type=Path, help="of reading orders")
    parser.add_argument("--runs", type=int, default=100)
    parser.add_argument("--seed", type=int, default=20260101)
    parser.add_argument("--rule", action="append", help="this rule only; repeat for several")
    parser.add_argument("--buscarpy", default="", help="an interpreter that has buscarpy 0.0.2")
    given = parser.parse_args(arguments)
    rows: list[dict[str, Any]] = []
    asked = [rule for rule in ASKED if not given.rule or rule.name in given.rule]
    if given.part == "generated":
        for row in generated(given.runs, given.seed, asked):
            rows.append(row)
            print(*row.values(), flush=True)
    elif given.part == "speed":
        rows = [speed(given.seed)]
    else:
        orders = read_orders(given.folder)
        rows = list(on_orders(orders, asked))
        if given.buscarpy:
            rows.append(beside_buscarpy(orders, given.buscarpy))
    for row in rows:
        if row["what"] not in ("orders", "generated"):
            print(json.dumps(row))
    _rows.append("stopping", rows, seed=given.seed, digest=None)
    return 0


if __name__ == "__main__":
    sys.exit(main())
