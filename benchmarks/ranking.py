"""How much sooner the hybrid finds the relevant records than ASReview's ELAS u4, review by review.

::

    python benchmarks/ranking.py                     # all labelled reviews, 5 seeds, retrained after every record
    python benchmarks/ranking.py --n-query 5         # five records between two trainings: five times faster, coarser
    python benchmarks/ranking.py --priors 0,0        # from nothing: hybrid starts from the protocol where there is one
    python benchmarks/ranking.py --table             # the table of the last rows of each run, nothing run

All start from the same priors and read the same data; a review's published protocol is the hybrid's query where the
data has one. Beside the rankers stand the hybrid without references, without the protocol, without embeddings (then the
protocol ranks by its words), and with the embeddings of a random quarter of the records, as a live queue has them while
they are made; where a review has none of these, leaving it out changes nothing and it is not run. The settings of the
hybrid were chosen on these very reviews, so the table shows what was reached on development data, not what to expect of
another review; `benchmarks/tune_ranking.py` has the estimate for that.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import _rows
import numpy as np
from joblib import Parallel, delayed
from threadpoolctl import threadpool_limits

from asreview_mc.learn import rank
from asreview_mc.learn.chosen import default_encoder
from asreview_mc.learn.features import REFERENCES, FeatureSet, encoded_texts, query
from asreview_mc.simulate import datasets, files, replay
from asreview_mc.simulate.datasets import Labelled

REVIEWS = _rows.ROOT.parent / "shared" / "data" / "reviews"
REFERENCE = "elas_u4"
FEW = "hybrid with few vectors"
WITHOUT = ("hybrid without references", "hybrid without protocol", "hybrid without embeddings", FEW)
RANKERS = ("hybrid", *WITHOUT, REFERENCE, "elas_u3", "random")
SHOWN = ("loss", "wss95", "wss95_floor", "recall10", "first_relevant")
Row = dict[str, Any]


def entries(names: Sequence[str] | None = None) -> list[Row]:
    """Return what `reviews.json` says of the labelled reviews, all or those named."""
    listed: list[Row] = json.loads((REVIEWS / "reviews.json").read_text(encoding="utf-8"))
    return [entry for entry in listed if names is None or entry["name"] in names]


def wanted(entry: Row) -> tuple[str, ...]:
    """Return what the review's published protocol asks for; nothing where it has none."""
    if not entry.get("protocol"):
        return ()
    with tempfile.TemporaryDirectory() as folder:
        protocol = Path(folder) / "protocol.json"
        protocol.write_text(json.dumps(entry["protocol"]), encoding="utf-8")
        return datasets.queries(protocol)


def load(entry: Row, *, embeddings: bool = True) -> tuple[Labelled, FeatureSet]:
    """Return a review and all that any ranker needs to know of it; vectors come from the user's cache."""
    review = datasets.load(REVIEWS / f"{entry['name']}.csv.gz")
    known = rank.features_for(
        [rank.make(name, seed=0) for name in rank.NAMES],
        review.titles,
        review.abstracts,
        wanted=wanted(entry),
        encoder=default_encoder() if embeddings else None,
        links=review.links,
    )
    return review, known


def _view(name: str, entry: Row, known: FeatureSet) -> FeatureSet | None:
    """Return what a ranker by that name sees; None where leaving it out changes nothing."""
    if name == "hybrid without references":
        fewer = {block: rows for block, rows in known.blocks.items() if block != REFERENCES}
        return replace(known, blocks=fewer) if len(fewer) < len(known.blocks) else None
    if name == "hybrid without protocol":
        return None if known.prior is None else replace(known, prior=None)
    if name == FEW:
        return _with_few(entry)
    return load(entry, embeddings=False)[1] if name == "hybrid without embeddings" else known


def _with_few(entry: Row) -> FeatureSet:
    review, words = load(entry, embeddings=False)
    texts, encoder = encoded_texts(review.titles, review.abstracts), default_encoder()
    there = np.random.default_rng(0).random(len(texts)) < 0.25
    there &= np.array([bool(text) for text in texts])
    return words.with_vectors(encoder.encode(texts), query(wanted(entry), encoder), there)


def _run(review: Labelled, name: str, known: FeatureSet, seed: int, chosen: argparse.Namespace) -> Row:
    with threadpool_limits(limits=1):
        order = replay.run(
            review, name.partition(" ")[0], known, seed=seed, priors=chosen.priors, n_query=chosen.n_query
        )
    return {**files.row(order), "ranker": name, "order_digest": replay.digest(order.record)}


def measure(entry: Row, chosen: argparse.Namespace) -> Iterator[Row]:
    """Yield a row a run of one review."""
    review, known = load(entry)
    seen = {name: view for name in chosen.rankers if (view := _view(name, entry, known)) is not None}
    setting = {
        "digest": _rows.digest_of(REVIEWS / f"{entry['name']}.csv.gz"),
        "priors": list(chosen.priors),
        "n_query": chosen.n_query,
        "protocol": known.prior is not None,
        "references": REFERENCES in known.blocks,
    }
    runs = (
        delayed(_run)(review, name, view, seed, chosen)
        for name, view in seen.items()
        for seed in range(1, chosen.seeds + 1)
    )
    for row in Parallel(n_jobs=chosen.jobs)(runs):
        yield {**row, **setting}


def means(rows: Sequence[Row], metric: str) -> dict[str, dict[str, float]]:
    """Return, for each ranker run on all reviews, the mean over the seeds of each.

    Where a review lacks what the hybrid goes without, that is the hybrid.
    """
    values: dict[tuple[str, str], list[float]] = {}
    for row in rows:
        values.setdefault((row["ranker"], row["dataset"]), []).append(row[metric])
    sets = dict.fromkeys(row["dataset"] for row in rows)
    names = dict.fromkeys(row["ranker"] for row in rows)
    found: dict[str, dict[str, float]] = {}
    for name in names:
        same = "hybrid" if name in WITHOUT else name
        runs = {each: values.get((name, each)) or values.get((same, each)) for each in sets}
        if all(runs.values()):
            found[name] = {each: statistics.fmean(run) for each, run in runs.items() if run}
    return found


def interval(differences: Sequence[float], draws: int = 10_000) -> tuple[float, float]:
    """Return the 95 % percentile bootstrap interval of a mean over reviews (Efron 1979, doi:10.1214/aos/1176344552)."""
    values = np.asarray(differences, dtype=np.float64)
    drawn = np.random.default_rng(0).integers(len(values), size=(draws, len(values)))
    low, high = np.quantile(values[drawn].mean(axis=1), [0.025, 0.975])
    return float(low), float(high)


def table(rows: Sequence[Row]) -> Iterator[str]:
    """Yield a table a metric: each review, the means, and how each ranker stands against u4."""
    groups = {row["dataset"]: row["references"] and row["protocol"] for row in rows}
    for metric in SHOWN:
        found = means(rows, metric)
        yield f"\n{metric.ljust(30)}" + "".join(name.removeprefix("hybrid ").rjust(21) for name in found)
        for each in groups:
            yield each.ljust(30) + "".join(f"{found[name][each]:21.4f}" for name in found)
        for title, wished in (("mean, references + protocol", True), ("mean, neither", False)):
            sets = [each for each, has in groups.items() if has == wished]
            if sets:
                yield title.ljust(30) + "".join(f"{statistics.fmean(found[n][s] for s in sets):21.4f}" for n in found)
        if metric == "first_relevant":
            yield from _against_chance(rows, found)
        if metric in ("loss", "wss95") and REFERENCE in found:
            for name in found:
                if name != REFERENCE:
                    yield from _against(name, metric, found, groups)


def _against(name: str, metric: str, found: dict[str, dict[str, float]], groups: dict[str, bool]) -> Iterator[str]:
    sign = -1 if metric == "loss" else 1
    for title, wished in (("references + protocol", True), ("neither", False), ("all", None)):
        sets = [each for each, has in groups.items() if wished is None or has == wished]
        if not sets:
            continue
        ours, theirs = ([found[which][each] for each in sets] for which in (name, REFERENCE))
        gains = [sign * (a - b) for a, b in zip(ours, theirs, strict=True)]
        ratios = [a / b if b else float("nan") for a, b in zip(ours, theirs, strict=True)]
        low, high = interval([a - b for a, b in zip(ours, theirs, strict=True)])
        worse = [f"{each} {ratio:.2f}" for each, ratio, gain in zip(sets, ratios, gains, strict=True) if gain < 0]
        yield (
            f"  {name}, {title}: {statistics.fmean(ours) / statistics.fmean(theirs) - 1:+.1%} in the mean (difference "
            f"{low:+.4f} to {high:+.4f}), median ratio {statistics.median(ratios):.3f}, better on "
            f"{sum(gain > 0 for gain in gains)} of {len(sets)}, worse on {', '.join(worse) or 'none'}"
        )


def _against_chance(rows: Sequence[Row], found: dict[str, dict[str, float]]) -> Iterator[str]:
    """Say how far from the start the first relevant record stands, against where it is expected in a random order.

    Among n records, r of them relevant, that is place (n + 1) / (r + 1).
    """
    of = {row["dataset"]: (row["n_records"] + 1) / (row["n_relevant"] + 1) for row in rows}
    asked = {row["dataset"] for row in rows if row["protocol"]}
    for name, values in found.items():
        for title, sets in (("with a protocol", asked), ("all", set(of))):
            ratios = [values[each] / of[each] for each in sets]
            yield f"  {name}, {title}: {statistics.median(ratios):.3f} of chance, the median of {len(sets)}"


def _priors(text: str) -> tuple[int, int]:
    relevant, irrelevant = text.split(",")
    return int(relevant), int(irrelevant)


def _newest(chosen: argparse.Namespace) -> list[Row]:
    path = _rows.RESULTS / "ranking.jsonl"
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    last = {
        (row["dataset"], row["ranker"], row["seed"]): row
        for row in rows
        if row["priors"] == list(chosen.priors) and "references" in row
    }
    return list(last.values())


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, append the rows review by review, print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--sets", nargs="+", help="default: all")
    parser.add_argument("--rankers", nargs="+", default=list(RANKERS), choices=RANKERS)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--priors", type=_priors, default=(1, 1))
    parser.add_argument("--n-query", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=-1)
    parser.add_argument("--table", action="store_true", help="show the last rows; run nothing")
    chosen = parser.parse_args(arguments)
    if chosen.table:
        print("\n".join(table(_newest(chosen))))
        return 0
    if not REVIEWS.is_dir():
        sys.exit(f"the labelled reviews are not at {REVIEWS}")
    rows: list[Row] = []
    for entry in entries(chosen.sets):
        found = list(measure(entry, chosen))
        path = _rows.append("ranking", found, seed=None, digest=None)
        rows += found
        print(f"{entry['name']}: {len(found)} rows in {path.name}", file=sys.stderr, flush=True)
    print("\n".join(table(rows)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
