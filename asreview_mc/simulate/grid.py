"""Many replays: data sets by rankers by seeds, the same results whatever the number of processes."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from asreview_mc.core.errors import DataError
from asreview_mc.core.version import __version__
from asreview_mc.learn import rank
from asreview_mc.learn.chosen import default_encoder
from asreview_mc.learn.encode import Encoder
from asreview_mc.learn.features import FeatureSet
from asreview_mc.simulate import datasets, files, replay
from asreview_mc.simulate.datasets import Labelled
from asreview_mc.simulate.journal import Journal
from asreview_mc.simulate.replay import Batch, Order

Progress = Callable[[str, int, int], None]


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
    n_query: Batch = 1,
    jobs: int = 1,
    encoder: Encoder | None = None,
    progress: Progress | None = None,
    journal: str | os.PathLike[str] | None = None,
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
    n_query : int or "extreme"
        Records read between two trainings; see `replay.batch_size`.
    jobs : int
        Processes; -1 for one a processor core.
    encoder : Encoder or None
        For rankers that use embeddings; ``None`` for the cached default.
    progress : callable or None
        Called with a stage (``"encode"`` or ``"replay"``), how many are done, and of how many.
    journal : path or None
        File of the finished runs: a grid that was interrupted, called again with the same settings, does only what is
        missing. Deleted when all is done.

    Raises
    ------
    DataError
        If a table cannot be used, or two have one name.
    UnknownError
        If no ranker has one of the names.
    ModelError
        If the encoder is not on this machine.
    """
    if seeds < 1 or jobs == 0:
        raise ValueError("seeds must be at least 1, and jobs not 0")
    replay.batch_size(n_query, 0, 0)
    models = {name: rank.make(name, seed=0) for name in dict.fromkeys(rankers)}
    reviews = list(_loaded(paths))
    for review in reviews:
        replay.draw_priors(review.labels, priors, seed=1)
    wanted = datasets.queries(protocol) if protocol is not None else ()
    if encoder is None and any(model.uses_vectors for model in models.values()):
        encoder = default_encoder()
    settings = {
        "version": __version__,
        "priors": priors,
        "n_query": n_query,
        "wanted": hashlib.sha256("\0".join(wanted).encode()).hexdigest(),
        "vectors": None if encoder is None else encoder.fingerprint,
    }
    kept = Journal(journal, settings)
    results = Results()
    total = len(reviews) * len(models) * seeds
    for order in _orders(reviews, models, priors, seeds, wanted, n_query, jobs, encoder, progress, kept):
        results.orders.append(order)
        results.rows.append(files.row(order))
        if progress is not None:
            progress("replay", len(results.rows), total)
    kept.close()
    return results


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
    n_query: Batch,
    jobs: int,
    encoder: Encoder | None,
    progress: Progress | None,
    kept: Journal,
) -> Iterator[Order]:
    """Yield the orders as they are ready, in the order of the grid."""
    from joblib import Parallel, delayed

    with Parallel(n_jobs=jobs, return_as="generator") as parallel:
        for review in reviews:
            runs = [(name, seed) for name in models for seed in range(1, seeds + 1)]
            missing = [(name, seed) for name, seed in runs if kept.get(review, name, seed) is None]
            made: Iterator[Order] = iter(())
            if missing:
                features = rank.features_for(
                    [models[name] for name in dict.fromkeys(name for name, _ in missing)],
                    review.titles,
                    review.abstracts,
                    wanted=wanted,
                    encoder=encoder,
                    links=review.links,
                    progress=None if progress is None else lambda done, total: progress("encode", done, total),
                )
                made = parallel(delayed(_run)(review, *run, features, priors, n_query) for run in missing)
            for name, seed in runs:
                order = kept.get(review, name, seed)
                if order is None:
                    order = next(made)
                    kept.add(review, order)
                yield order


def _run(
    review: Labelled, name: str, seed: int, features: FeatureSet, priors: tuple[int, int], n_query: Batch
) -> Order:
    """Replay on one thread: how sums are split among threads shows in their last digits, and so in ties."""
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

    with threadpool_limits(limits=1):
        return replay.run(review, name, features, seed=seed, priors=priors, n_query=n_query)
