"""Whether certificates keep their promise on every ranking, the worst included, and what they cost with their samples.

::

    python benchmarks/stopping_certificates.py

The rankings and pools of ``stopping.py``, each run drawn anew. QBCB and Target have a control sample of about 70
relevant records; what is read is the sample and the ranking as far as the rule asks for. Where a sample cannot certify
the target the run is left out and counted as such. Audits come one after the other: ranked reading goes on until a
twentieth of the pool in a row was irrelevant, then a sample of the size that would do if nothing relevant is in it is
drawn and read; where that is not enough, reading goes on in the same way.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from typing import Any

import _rows
import numpy as np
from stopping import CONFIDENCE, FEWEST, POOLS, RANKINGS, below

from asreview_mc.learn.stop import Audit, Screening
from asreview_mc.learn.stop.certificates import QuantileBinomial, RandomAudit, TargetRule

TARGET = 0.95
CONTROLS = 70


def by_control(draw: np.random.Generator, labels: np.ndarray) -> dict[str, tuple[float, float]]:
    """Return recall and share read where QBCB and Target are met; nothing for one that cannot certify the target."""
    n = len(labels)
    sample = np.zeros(n, dtype=bool)
    sample[draw.permutation(n)[: round(CONTROLS / labels.mean())]] = True
    order = draw.permutation(np.flatnonzero(sample & (labels == 1)))
    first = int(np.ceil(-np.log(1 - CONFIDENCE) / (1 - TARGET)))
    places = {}
    needed = QuantileBinomial.needed(len(order), TARGET, CONFIDENCE)
    if needed:
        places[QuantileBinomial.name] = int(np.sort(order)[needed - 1]) + 1
    if len(order) >= first:
        places[TargetRule.name] = int(order[:first].max()) + 1
    # Recall is what the ranking led to, as the rules promise; the sample's own finds beyond that come on top.
    return {
        name: (float(labels[:at].sum() / labels.sum()), (at + int(sample[at:].sum())) / n)
        for name, at in places.items()
    }


def audited(draw: np.random.Generator, labels: np.ndarray) -> tuple[float, float, int]:
    """Return recall and share read where an audit is met, and how many audits were made; all is read where none is."""
    n, total, run = len(labels), int(labels.sum()), max(25, len(labels) // 20)
    unread, read, found = labels, 0, 0
    audits: tuple[Audit, ...] = ()
    while True:
        hits = np.flatnonzero(unread)
        quiet = np.flatnonzero(np.diff(np.concatenate([[-1], hits, [len(unread)]])) - 1 >= run)
        if not len(quiet):
            return 1.0, 1.0, len(audits)
        place = (int(hits[quiet[0] - 1]) + 1 if quiet[0] else 0) + run
        read, found, unread = read + place, found + int(unread[:place].sum()), unread[place:]
        now = Screening(np.repeat([1, 0], [found, read - found]), n, audits=audits)
        size = RandomAudit.plan(now, TARGET, CONFIDENCE)
        if size is None or size >= len(unread):
            return 1.0, 1.0, len(audits)
        taken = np.zeros(len(unread), dtype=bool)
        taken[draw.permutation(len(unread))[:size]] = True
        relevant = int(unread[taken].sum())
        audits = (*audits, Audit(len(unread), found, size, relevant))
        read, found, unread = read + size, found + relevant, unread[~taken]
        if found >= TARGET * max(RandomAudit.at_most(audits, CONFIDENCE), found) - 1e-9:
            return found / total, read / n, len(audits)


def measure(runs: int, seed: int) -> Iterator[dict[str, Any]]:
    """Yield a row a certificate, ranking and pool."""
    for place, (name, make) in enumerate(RANKINGS.items()):
        for n, prevalence in POOLS:
            draw = np.random.default_rng([seed, place, n, round(prevalence * 1e6)])
            relevant = max(FEWEST, round(n * prevalence))
            found: dict[str, list[tuple[float, float]]] = {RandomAudit.name: []}
            made = 0
            for _ in range(runs):
                labels = make(draw, n, relevant)
                recall, read, audits = audited(draw, labels)
                made += audits
                found[RandomAudit.name].append((recall, read))
                for rule, met in by_control(draw, labels).items():
                    found.setdefault(rule, []).append(met)
            for rule, pairs in found.items():
                yield {
                    "what": "certificates",
                    "ranking": name,
                    "records": n,
                    "relevant": relevant,
                    "rule": rule,
                    "target": TARGET,
                    **below([recall for recall, _ in pairs], TARGET),
                    "uncertified": runs - len(pairs),
                    "read": round(float(np.mean([share for _, share in pairs])), 4),
                    **({"audits": round(made / runs, 2)} if rule == RandomAudit.name else {}),
                }


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print, append the rows."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--runs", type=int, default=4000)
    parser.add_argument("--seed", type=int, default=20260101)
    given = parser.parse_args(arguments)
    rows = []
    for row in measure(given.runs, given.seed):
        rows.append(row)
        print(*row.values(), flush=True)
    _rows.append("stopping", rows, seed=given.seed, digest=None)
    return 0


if __name__ == "__main__":
    sys.exit(main())
