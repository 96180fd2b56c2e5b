"""Choose the hybrid's settings, and estimate what the choice is worth on a review that took no part in it.

::

    python benchmarks/tune_ranking.py            # every candidate on every labelled review, 2 seeds
    python benchmarks/tune_ranking.py --write    # and write models/hybrid.json with its card

Each candidate is one change of the shipped settings, so that few numbers are chosen. For each review the candidate is
picked that has the lowest geometric mean of loss against ELAS u4 on all other reviews, and its loss on the review left
out is what the choice is worth; that is printed beside the loss of the candidate picked on all. The replay is a coarse
one: it retrains whenever what has been read has grown by a fifteenth.
"""

from __future__ import annotations

import argparse
import datetime
import hashlib
import json
import re
import sys
from collections.abc import Mapping, Sequence
from typing import Any

import _rows
import numpy as np
import ranking
from joblib import Parallel, delayed
from threadpoolctl import threadpool_limits

from asreview_mc.learn.features import FeatureSet
from asreview_mc.learn.order import best_first
from asreview_mc.learn.rank import Ranker
from asreview_mc.learn.rank.elas import ElasU4
from asreview_mc.learn.rank.hybrid import SETTINGS, Hybrid, tuned
from asreview_mc.learn.saved import models_folder
from asreview_mc.simulate import metrics, replay
from asreview_mc.simulate.datasets import Labelled

SHARES = {"words": 1.0, "title": 0.5, "stems": 0.7, "references": 0.7, "embedding": 0.5}
SHIPPED = "shipped"
REFERENCE = "elas_u4"
CANDIDATES: Mapping[str, Mapping[str, float]] = {
    SHIPPED: {},
    "words only": {"title": 0.0, "stems": 0.0, "references": 0.0, "embedding": 0.0},
    "no title": {"title": 0.0},
    "no stems": {"stems": 0.0},
    "stems 1": {"stems": 1.0},
    "references 0.5": {"references": 0.5},
    "references 1": {"references": 1.0},
    "no embedding": {"embedding": 0.0},
    "embedding 1": {"embedding": 1.0},
}
_GROWTH = 15


def coarse(review: Labelled, known: FeatureSet, model: Ranker, seed: int) -> dict[str, Any]:
    """Return the metrics of one replay with one relevant and one irrelevant record known at the start."""
    labels = review.labels
    read = replay.draw_priors(labels, (1, 1), seed=seed).tolist()
    given = np.random.default_rng(seed).permutation(len(labels))
    unread = np.ones(len(labels), dtype=bool)
    unread[read] = False
    missing, n_priors = int(labels[unread].sum()), len(read)
    while missing:
        model.fit(known.take(read), labels[read])
        queue = best_first(model.decision_function(known), given[unread[given]])
        batch = queue[: max(1, len(read) // _GROWTH)]
        read.extend(batch.tolist())
        unread[batch] = False
        missing -= int(labels[batch].sum())
    order = np.concatenate([np.array(read), queue[unread[queue]]]).astype(np.intp)
    return metrics.evaluate(labels[order], (np.arange(len(order)) < n_priors).astype(np.int64))


def _run(review: Labelled, known: FeatureSet, name: str, seed: int) -> dict[str, Any]:
    model: Ranker = (
        ElasU4(random_state=seed)
        if name == REFERENCE
        else Hybrid(shares={**SHARES, **CANDIDATES[name]}, random_state=seed)
    )
    with threadpool_limits(limits=1):
        found = coarse(review, known, model, seed)
    kept = {metric: found[metric] for metric in ("loss", "wss95", "wss95_floor", "recall10")}
    return {"dataset": review.name, "candidate": name, "seed": seed, **kept}


def left_out(losses: Mapping[str, Mapping[str, float]]) -> tuple[str, dict[str, tuple[str, float]]]:
    """Return the candidate best on all reviews, and for each review the one best on the others and its loss there.

    Parameters
    ----------
    losses : dict of candidate to dict of review to float
        With ELAS u4 among the candidates, as what the others are compared with.
    """
    sets = list(losses[REFERENCE])
    ratios = {
        name: np.array([np.log(found[each] / losses[REFERENCE][each]) for each in sets])
        for name, found in losses.items()
        if name != REFERENCE
    }

    def best(kept: list[int]) -> str:
        return min(ratios, key=lambda name: float(ratios[name][kept].mean()))

    every = list(range(len(sets)))
    chosen = {each: best([k for k in every if k != place]) for place, each in enumerate(sets)}
    return best(every), {each: (name, losses[name][each]) for each, name in chosen.items()}


def write(summary: Mapping[str, Any], digest: str) -> None:
    """Write the settings with their card, and the new sha256 into the list of models."""
    card = {
        "made_by": "benchmarks/tune_ranking.py",
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "licence": "Apache-2.0",
        "trained_on": "15 labelled reviews (five of SYNERGY with cited references and published protocols, eight of "
        "Cohen 2006, Kitchenham 2010, Bannach-Brown 2019); nothing of them is in this file but these numbers",
        "data_sha256": digest,
        "how": "C and ratio are ELAS u4's; the shares by trying one change at a time, leaving one review out; what "
        "counts before the first relevant record by how soon that is found",
        **summary,
    }
    path = models_folder() / SETTINGS
    content = {"kind": "hybrid", "version": 1, "card": card, "settings": {**tuned(), "shares": SHARES}}
    path.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    listed = models_folder() / "README.md"
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    text = re.sub(rf"(`{SETTINGS}`.*?)[0-9a-f]{{64}}", rf"\g<1>{sha256}", listed.read_text(encoding="utf-8"))
    listed.write_text(text, encoding="utf-8")


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure all candidates, print how they compare, append the rows."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seeds", type=int, default=2)
    parser.add_argument("--jobs", type=int, default=-1)
    parser.add_argument("--write", action="store_true", help="write models/hybrid.json and its sha256")
    chosen = parser.parse_args(arguments)
    rows: list[dict[str, Any]] = []
    names = [REFERENCE, *CANDIDATES]
    for entry in ranking.entries():
        review, known = ranking.load(entry)
        runs = (delayed(_run)(review, known, name, seed) for name in names for seed in range(1, chosen.seeds + 1))
        rows += Parallel(n_jobs=chosen.jobs)(runs)
        print(f"{review.name} done", file=sys.stderr, flush=True)
    digest = _rows.digest_of(*(ranking.REVIEWS / f"{entry['name']}.csv.gz" for entry in ranking.entries()))
    _rows.append("tune_ranking", rows, seed=None, digest=digest)
    losses = ranking.means([{**row, "ranker": row["candidate"]} for row in rows], "loss")
    on_all, held_out = left_out(losses)
    sets = list(losses[REFERENCE])
    ratios = {
        name: float(np.exp(np.mean([np.log(found[each] / losses[REFERENCE][each]) for each in sets])))
        for name, found in losses.items()
    }
    for name, found in losses.items():
        mean = np.mean(list(found.values()))
        print(f"{name.ljust(20)} mean loss {mean:.4f}, geometric mean ratio {ratios[name]:.3f}")
    held = float(np.exp(np.mean([np.log(loss / losses[REFERENCE][each]) for each, (_, loss) in held_out.items()])))
    print(f"best on all: {on_all}; picked without the review itself, the ratio is {held:.3f}")
    summary = {
        "loss_ratio_shipped": round(ratios[SHIPPED], 4),
        "best_on_all": on_all,
        "loss_ratio_left_out": round(held, 4),
        "picked_when_left_out": {name: sum(pick == name for pick, _ in held_out.values()) for name in CANDIDATES},
    }
    if chosen.write:
        write(summary, digest)
    return 0


if __name__ == "__main__":
    sys.exit(main())
