"""Files of runs: results (a row a run), reading orders, and ASReview's project files read as orders."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from asreview_mc.core.errors import DataError, OutputError
from asreview_mc.identify import asreview_file
from asreview_mc.simulate import metrics
from asreview_mc.simulate.replay import Order

COLUMNS = ("dataset", "ranker", "seed", "n_records", "n_relevant", *metrics.NAMES, "seconds")
ORDER_COLUMNS = ("record", "label", "prior")
_PROJECT = ".asreview"
_GIVE = "Give results or orders that `simulate` wrote, or .asreview files"


def row(order: Order) -> dict[str, Any]:
    """Return a run's row: the size of the whole data set, and metrics over what is left without the priors."""
    return {
        "dataset": order.dataset,
        "ranker": order.ranker,
        "seed": order.seed,
        "n_records": len(order.record),
        "n_relevant": int(order.label.sum()),
        **metrics.evaluate(order.label, order.prior),
        "seconds": round(order.seconds, 3),
    }


def write_rows(rows: Iterable[dict[str, Any]], path: str | os.PathLike[str]) -> None:
    """Write the rows as CSV with `COLUMNS`.

    Raises
    ------
    OutputError
        If the file cannot be written.
    """
    _write_csv(Path(path), COLUMNS, ([line[name] for name in COLUMNS] for line in rows))


def write_orders(orders: Iterable[Order], folder: str | os.PathLike[str]) -> list[Path]:
    """Write each order to ``<dataset>__<ranker>__<seed>.csv`` with columns record, label, prior.

    Raises
    ------
    OutputError
        If a file cannot be written.
    """
    paths = []
    for order in orders:
        path = Path(folder) / f"{order.dataset}__{order.ranker}__{order.seed}.csv"
        lines = zip(order.record.tolist(), order.label.tolist(), order.prior.tolist(), strict=True)
        _write_csv(path, ORDER_COLUMNS, lines)
        paths.append(path)
    return paths


def read(path: str | os.PathLike[str]) -> Order | list[dict[str, Any]]:
    """Read what `metrics` and `plot` take: one order, or the rows of a results file.

    Raises
    ------
    DataError
        If it is neither.
    ReadError
        If it is a project file of ASReview that cannot be read.
    """
    source = Path(path)
    if not source.is_file():
        raise DataError("is no file", where=str(source), remedy=_GIVE)
    if source.suffix.lower() == _PROJECT:
        return read_project(source)
    header, lines = _table(source)
    if set(ORDER_COLUMNS) <= set(header):
        return _order(source, lines)
    if {"dataset", "ranker", "seed"} <= set(header):
        return [_result(source, number, line) for number, line in enumerate(lines, start=1)]
    raise DataError("is neither results nor an order", where=str(source), remedy=_GIVE)


def read_order(path: str | os.PathLike[str]) -> Order:
    """Read an order that `write_orders` wrote, or one of a project file of ASReview.

    Raises
    ------
    DataError
        If it is no such file.
    """
    found = read(path)
    if isinstance(found, Order):
        return found
    raise DataError("holds results, which have no order", where=str(path), remedy="Give orders or .asreview files")


def read_project(path: Path) -> Order:
    """Return the order in which the records of a project file of ASReview (version 2 or 3) were labelled.

    Unlabelled records follow as last ranked; they count as irrelevant unless the file that was uploaded says otherwise,
    as in ASReview's own metrics. Data set, ranker and seed come from a name like ``<dataset>__<ranker>__<seed>``; any
    other name is the data set's, and the ranker is what the file says it was.

    Raises
    ------
    DataError
        If nothing is labelled.
    ReadError
        If it is no project file that can be read.
    """
    told = asreview_file.reading(path)
    if not told.decisions:
        raise DataError("no record is labelled yet", where=str(path), remedy="Give a project with labels")
    read = list(dict.fromkeys(one.row for one in told.decisions))
    seen = set(read)
    rest = [one for one in dict.fromkeys((*told.ranking, *range(len(told.included)))) if one not in seen]
    label = np.array([one or 0 for one in told.included], dtype=np.int64)
    prior = np.zeros(len(label), dtype=np.int64)
    for one in told.decisions:
        label[one.row], prior[one.row] = one.label, int(one.prior)
    dataset, ranker, seed = _named(path) or (path.stem, told.model, 0)
    record = np.array([*read, *rest], dtype=np.intp)
    return Order(dataset, ranker, seed, record, label[record], prior[record], len(read), 0.0)


def _named(path: Path) -> tuple[str, str, int] | None:
    parts = path.stem.rsplit("__", 2)
    return (parts[0], parts[1], int(parts[2])) if len(parts) == 3 and parts[2].isdecimal() else None


def _table(source: Path) -> tuple[Sequence[str], list[dict[str, str]]]:
    try:
        with source.open(encoding="utf-8-sig", newline="") as file:
            lines = csv.DictReader(file)
            return lines.fieldnames or (), list(lines)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise DataError(f"is no table: {error}", where=str(source), remedy=_GIVE) from None


def _order(source: Path, lines: Sequence[Mapping[str, str]]) -> Order:
    named = _named(source)
    if named is None:
        raise DataError(
            "the name does not say data set, ranker and seed",
            where=str(source),
            remedy="Orders are named <dataset>__<ranker>__<seed>.csv",
        )
    try:
        values = [[int(line[name]) for name in ORDER_COLUMNS] for line in lines]
    except (TypeError, ValueError) as error:
        raise DataError(
            f"is no order: {error}", where=str(source), remedy="It needs whole numbers under record, label, prior"
        ) from None
    table = np.array(values, dtype=np.int64).reshape(-1, 3)
    record, label, prior = table[:, 0].astype(np.intp), table[:, 1], table[:, 2]
    if not np.isin(table[:, 1:], (0, 1)).all() or len(set(record.tolist())) < len(record):
        raise DataError(
            "is no order: a label or prior is neither 0 nor 1, or a record stands twice",
            where=str(source),
            remedy="Give an order as `simulate --orders` writes it",
        )
    return Order(*named, record, label, prior, len(record), 0.0)


def _result(source: Path, number: int, line: Mapping[str, str]) -> dict[str, Any]:
    try:
        whole = {name: int(line[name]) for name in ("seed", "n_records", "n_relevant", "first_relevant")}
        parts = {name: float(line[name]) for name in (*metrics.NAMES, "seconds") if name not in whole}
    except (KeyError, TypeError, ValueError) as error:
        raise DataError(
            f"row {number} is no run: {error}", where=str(source), remedy="Give results as `simulate -o` writes them"
        ) from None
    found = {"dataset": line["dataset"], "ranker": line["ranker"], **whole, **parts}
    return {name: found[name] for name in COLUMNS}


def _write_csv(path: Path, columns: Sequence[str], lines: Iterable[Iterable[object]]) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(columns)
            writer.writerows(lines)
    except OSError as error:
        raise OutputError(
            f"cannot be written: {error.strerror or error}", where=str(path), remedy="Choose another place"
        ) from None
