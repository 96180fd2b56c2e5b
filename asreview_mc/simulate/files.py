"""Reading what was replayed: orders, tables of results, and ASReview's project files."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

from asreview_mc.core.errors import DataError
from asreview_mc.identify import asreview_file, references
from asreview_mc.simulate import metrics
from asreview_mc.simulate.grid import ORDER_COLUMNS
from asreview_mc.simulate.replay import Order


def read_order(path: str | os.PathLike[str]) -> Order:
    """Read an order that `write_orders` wrote, or the one in which an ASReview project was labelled.

    Data set, ranker and seed are taken from the file's name; a project's ranker is ``asreview``, and records that
    nobody labelled there count as irrelevant, in the file's order.

    Raises
    ------
    DataError
        If it is no such file.
    """
    source = Path(path)
    if not source.is_file():
        raise DataError("is no file", where=str(source), remedy="Give orders that `simulate --orders` wrote")
    if source.suffix.lower() == ".asreview":
        return _project_order(source)
    parts = source.stem.rsplit("__", 2)
    if len(parts) != 3 or not parts[2].isdigit():
        raise DataError(
            "the name does not say data set, ranker and seed",
            where=str(source),
            remedy="Orders are named <dataset>__<ranker>__<seed>.csv",
        )
    try:
        with source.open(encoding="utf-8", newline="") as file:
            lines = [[int(line[name]) for name in ORDER_COLUMNS] for line in csv.DictReader(file)]
    except (OSError, UnicodeDecodeError, KeyError, TypeError, ValueError) as error:
        raise DataError(
            f"is no order: {error}", where=str(source), remedy="It needs whole numbers under record, label, prior"
        ) from None
    table = np.array(lines, dtype=np.int64).reshape(-1, 3)
    return Order(
        parts[0], parts[1], int(parts[2]), table[:, 0].astype(np.intp), table[:, 1], table[:, 2], len(table), 0.0
    )


def read_runs(paths: Iterable[str | os.PathLike[str]]) -> list[dict[str, Any]]:
    """Return a row of metrics a run, from tables that `write_rows` wrote, orders and ASReview's projects.

    Raises
    ------
    DataError
        If a file is none of these.
    """
    rows: list[dict[str, Any]] = []
    for path in paths:
        results = _results(Path(path))
        if results is not None:
            rows += results
            continue
        order = read_order(path)
        rows.append(
            {"dataset": order.dataset, "ranker": order.ranker, "seed": order.seed}
            | metrics.evaluate(order.label, order.prior)
        )
    return rows


def _results(path: Path) -> list[dict[str, Any]] | None:
    """Return the runs of a table of results, None where the file is no such table."""
    if path.suffix.lower() != ".csv" or not path.is_file():
        return None
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            if not {"dataset", "ranker", "seed", *metrics.NAMES} <= set(reader.fieldnames or ()):
                return None
            return [
                {**line, "seed": int(line["seed"]), **{name: float(line[name]) for name in metrics.NAMES}}
                for line in reader
            ]
    except (OSError, UnicodeDecodeError, ValueError, TypeError) as error:
        raise DataError(
            f"is a damaged table of results: {error}", where=str(path), remedy="Run `simulate` again"
        ) from None


def _project_order(source: Path) -> Order:
    decided = asreview_file.decisions(source)
    n = len(references.read_table(source).rows)
    last = {one.row: one for one in decided}
    read = list(last)
    rest = [row for row in range(n) if row not in last]
    labels = [*(last[row].label for row in read), *[0] * len(rest)]
    priors = [*(int(last[row].prior) for row in read), *[0] * len(rest)]
    if not 0 < sum(labels) < n:
        raise DataError(
            "holds no relevant or no irrelevant record", where=str(source), remedy="Label some in ASReview first"
        )
    return Order(
        source.stem,
        "asreview",
        1,
        np.array([*read, *rest], dtype=np.intp),
        np.array(labels, dtype=np.int64),
        np.array(priors, dtype=np.int64),
        len(read),
        0.0,
    )
