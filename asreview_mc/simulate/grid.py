"""Many replays: data sets by rankers by seeds, the same results whatever the number of processes."""

from __future__ import annotations

import csv
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from asreview_mc.core.errors import DataError, OutputError
from asreview_mc.learn import rank
from asreview_mc.learn.cache import CachedEncoder
from asreview_mc.learn.encode import Encoder, SentenceEncoder
from asreview_mc.learn.features import FeatureSet
from asreview_mc.simulate import datasets, metrics, replay
from asreview_mc.simulate.datasets import Labelled
from asreview_mc.simulate.replay import Order

Progress = Callable[[str, int, int], None]
COLUMNS = ("dataset", "ranker", "seed", "n_records", "n_relevant", *metrics.NAMES, "seconds")
ORDER_COLUMNS = ("record", "label", "prior")


@dataclass(frozen=True)
class Results:
    """What a grid found: a row of metrics and an order a run, data set by data set, ranker by ranker, seed by seed."""

    rows: list[dict[str, Any]] = field(default_factory=list)
    orders: list[Order] = field(default_factory=list)


def simulate(
    paths: Sequence[str | os.PathLike[str]],
    rankers: Sequence[str] = (rank.DEFAULT,),
    priors: tuple[int, int] = (1, 1),
    seeds: int = 3,
    protocol: str | os.PathLike[str] | None = None,
    n_query: int = 1,
    jobs: int = 1,
    encoder: Encoder | None = None,
    progress: Progress | None = None,
) -> Results:
    """Replay labelled reviews.

    Parameters
    ----------
    paths : sequence of path
        Labelled tables; see `datasets.load`.
    rankers : sequence of str
        Names known to `asreview_mc.learn.rank.make`.
    priors : tuple of int
        Relevant and irrelevant records known at the start of each run, drawn by its seed.
    seeds : int
        Runs have the seeds 1 to this.
    protocol : path or None
        ``protocol.toml`` or JSON object that says what the reviews look for; see `datasets.queries`.
    n_query : int
        Records read between two trainings.
    jobs : int
        Processes; -1 for one a processor core.
    encoder : Encoder or None
        For rankers that use embeddings; ``None`` for the cached default.
    progress : callable or None
        Called with a stage (``"encode"`` or ``"replay"``), how many are done, and of how many.

    Raises
    ------
    DataError
        If a table cannot be used, or two have one name.
    UnknownError
        If no ranker has one of the names.
    ModelError
        If the encoder is not on this machine.
    """
    if seeds < 1 or n_query < 1 or jobs == 0:
        raise ValueError("seeds and n_query must be at least 1, and jobs not 0")
    models = {name: rank.make(name, seed=0) for name in dict.fromkeys(rankers)}
    reviews = list(_loaded(paths))
    for review in reviews:
        replay.draw_priors(review.labels, priors, seed=1)
    wanted = datasets.queries(protocol) if protocol is not None else ()
    if encoder is None and any(model.uses_vectors for model in models.values()):
        encoder = CachedEncoder(SentenceEncoder())
    results = Results()
    total = len(reviews) * len(models) * seeds
    for review, order in _orders(reviews, models, priors, seeds, wanted, n_query, jobs, encoder, progress):
        results.orders.append(order)
        results.rows.append(row(review, order))
        if progress is not None:
            progress("replay", len(results.rows), total)
    return results


def row(review: Labelled, order: Order) -> dict[str, Any]:
    """Return a run's row: the size of the whole data set, and metrics over what is left without the priors."""
    return {
        "dataset": order.dataset,
        "ranker": order.ranker,
        "seed": order.seed,
        "n_records": len(review),
        "n_relevant": int(review.labels.sum()),
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


def _loaded(paths: Sequence[str | os.PathLike[str]]) -> Iterator[Labelled]:
    seen: dict[str, Path] = {}
    for path in paths:
        review = datasets.load(path)
        if review.name in seen:
            raise DataError(
                f"has the same name as {seen[review.name]}", where=str(path), remedy="Rename one: rows go by the name"
            )
        seen[review.name] = Path(path)
        yield review


def _orders(
    reviews: Sequence[Labelled],
    models: dict[str, rank.Ranker],
    priors: tuple[int, int],
    seeds: int,
    wanted: Sequence[str],
    n_query: int,
    jobs: int,
    encoder: Encoder | None,
    progress: Progress | None,
) -> Iterator[tuple[Labelled, Order]]:
    """Yield the orders as they are ready, in the order of the grid."""
    from joblib import Parallel, delayed

    with Parallel(n_jobs=jobs, return_as="generator") as parallel:
        for review in reviews:
            features = rank.features_for(
                models.values(),
                review.titles,
                review.abstracts,
                wanted=wanted,
                encoder=encoder,
                links=review.links,
                progress=None if progress is None else lambda done, total: progress("encode", done, total),
            )
            runs = ((name, seed) for name in models for seed in range(1, seeds + 1))
            for order in parallel(delayed(_run)(review, name, features, seed, priors, n_query) for name, seed in runs):
                yield review, order


def _run(review: Labelled, name: str, features: FeatureSet, seed: int, priors: tuple[int, int], n_query: int) -> Order:
    """Replay on one thread: how sums are split among threads shows in their last digits, and so in ties."""
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

    with threadpool_limits(limits=1):
        return replay.run(review, name, features, seed=seed, priors=priors, n_query=n_query)


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
