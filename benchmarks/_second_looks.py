"""Reading orders of replays with the second looks that the rule `quiet` asks for put in between."""

from __future__ import annotations

import csv
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from ranking import REVIEWS

from asreview_mc.learn.features import word_rows
from asreview_mc.learn.likeness import most_like_one
from asreview_mc.learn.stop.heuristics import Quiet
from asreview_mc.simulate import datasets

FEWEST = 20


@dataclass(frozen=True)
class Read:
    """One replay: records and labels in the order read, and which of them came by a second look."""

    records: np.ndarray
    labels: np.ndarray
    looked: np.ndarray


def read_orders(folder: Path) -> dict[tuple[str, str], list[Read]]:
    """Return every reading order of a folder by data set and ranker, without a second look."""
    found: dict[tuple[str, str], list[Read]] = defaultdict(list)
    for path in sorted(folder.glob("*.csv")):
        dataset, ranker, _ = path.stem.split("__")
        with path.open(encoding="utf-8", newline="") as file:
            rows = [(int(row["record"]), int(row["label"])) for row in csv.DictReader(file)]
        records, labels = np.array(rows).T
        found[dataset, ranker].append(Read(records, labels, np.zeros(len(rows), dtype=bool)))
    return found


class Looking:
    """Puts second looks into the orders of one review.

    The ranking goes on as it was without them: what a look found sooner does not teach it here.
    """

    def __init__(self, dataset: str) -> None:
        review = datasets.load(REVIEWS / f"{dataset}.csv.gz")
        self._words = word_rows(review.titles, review.abstracts)

    def read(self, order: Read, rule: Quiet) -> Read:
        """Return the order in which the records are read where `rule` is followed to the last record."""
        n, label_of = len(order.records), dict(zip(order.records.tolist(), order.labels.tolist(), strict=True))
        ranked, queue, read, looked = iter(order.records.tolist()), [], [], []
        done, found, last = np.zeros(n, dtype=bool), [], 0
        while len(read) < n:
            by_look = bool(queue) and len(read) % 2 == 1
            record = queue.pop(0) if by_look else next(ranked)
            if done[record]:
                continue
            done[record] = True
            read.append(record)
            looked.append(by_look)
            if label_of[record]:
                found.append(record)
                last = len(read)
            queue = [one for one in queue if not done[one]]
            run = len(read) - last
            lacking = rule.look - sum(looked[last:])
            if len(found) >= FEWEST and not queue and lacking > 0 and run >= rule.look_from(n):
                queue = most_like_one(self._words, found, np.flatnonzero(~done).tolist())[:lacking]
        return Read(np.array(read), np.array([label_of[one] for one in read]), np.array(looked))
