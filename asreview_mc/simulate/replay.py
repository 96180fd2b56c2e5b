"""One review read again, the known label standing in for the reviewer; ranker and order are those of a live review."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from asreview_mc.core.errors import DataError
from asreview_mc.learn import rank
from asreview_mc.learn.features import FeatureSet
from asreview_mc.learn.learner import learner
from asreview_mc.learn.order import best_first
from asreview_mc.simulate.datasets import Labelled

Rows = NDArray[np.intp]
Batch = int | Literal["extreme"]
_MANY = 10_000


@dataclass(frozen=True)
class Order:
    """In which order a ranker led to the records: priors first, then as read, then the last ranking of the rest.

    Attributes
    ----------
    dataset, ranker : str
    seed : int
    record : array of shape (n,)
        0-based rows of the data; each stands once.
    label, prior : array of shape (n,)
        0 or 1.
    n_read : int
        How many were read, priors included, until the last relevant record was found.
    seconds : float
        Wall time of the replay without making features.
    """

    dataset: str
    ranker: str
    seed: int
    record: Rows
    label: NDArray[np.int64]
    prior: NDArray[np.int64]
    n_read: int
    seconds: float


def draw_priors(labels: NDArray[np.int64], priors: tuple[int, int], *, seed: int) -> Rows:
    """Return the rows that ``asreview simulate --prior-seed SEED`` draws as priors, the relevant ones first.

    Parameters
    ----------
    labels : array of shape (n,)
        0 or 1, in the file's order.
    priors : tuple of int
        How many relevant and how many irrelevant ones.
    seed : int
        Each kind is drawn from a generator of its own with this seed.

    Raises
    ------
    DataError
        If there are not that many, or none relevant would be left to find.
    """
    drawn: list[Rows] = []
    for kind, wanted in zip((1, 0), priors, strict=True):
        rows = np.flatnonzero(labels == kind)
        if wanted < 0 or wanted >= len(rows):
            name = "relevant" if kind else "irrelevant"
            raise DataError(
                f"{wanted} {name} priors asked for, but there are {len(rows)} and one must be left to find",
                where="--priors",
                remedy="Use fewer priors",
            )
        if wanted:
            # ASReview draws from NumPy's legacy generator; any other would draw other priors.
            drawn.append(np.random.RandomState(seed).choice(rows, wanted, replace=False))
    return np.concatenate(drawn).astype(np.intp) if drawn else np.zeros(0, dtype=np.intp)


def batch_size(n_query: Batch, n_read: int, n_records: int) -> int:
    """Return how many records are read before the next training.

    Parameters
    ----------
    n_query : int or "extreme"
        As many, or as in the ASReview team's own large simulations: 1 at first, 5 once 100 are read, 100 once 1,000
        are; with 10,000 records or more 1, 25, 1,000, and all the rest once 10,000 are read (``n_query_extreme`` of
        asreview-optuna).
    n_read, n_records : int
        Records read so far, priors included, and records in all.

    Examples
    --------
    >>> [batch_size("extreme", read, 20_000) for read in (99, 100, 1_000)]
    [1, 25, 1000]
    """
    if n_query != "extreme":
        if n_query < 1:
            raise ValueError("n_query must be at least 1")
        return n_query
    many = n_records >= _MANY
    if many and n_read >= _MANY:
        return n_records
    if n_read >= 1000:
        return 1000 if many else 100
    if n_read >= 100:
        return 25 if many else 5
    return 1


def run(
    review: Labelled,
    ranker: str,
    features: FeatureSet,
    *,
    seed: int,
    priors: tuple[int, int] = (1, 1),
    n_query: Batch = 1,
) -> Order:
    """Replay a review until all relevant records are found.

    Parameters
    ----------
    review : Labelled
    ranker : str
        A name that `asreview_mc.learn.rank.make` knows.
    features : FeatureSet
        Of the review's rows, in the file's order.
    seed : int
        Draws the priors, and permutes the rows: ties follow that permutation, not the file. Only ``elas_u4`` and
        ``elas_u3`` with priors keep the file's order, as ASReview does.
    priors : tuple of int
        How many relevant and irrelevant records are known at the start.
    n_query : int or "extreme"
        Records read between two trainings; see `batch_size`.

    Raises
    ------
    DataError
        If there are too few records for the priors.
    UnknownError
        If no ranker has that name.
    """
    batch_size(n_query, 0, len(review))
    known = draw_priors(review.labels, priors, seed=seed)
    model = rank.make(ranker, seed=seed)
    given = np.arange(len(review), dtype=np.intp)
    if model.follows_asreview:
        model = rank.as_asreview_simulates(model, seed=seed)
    if not (model.follows_asreview and len(known)):
        given = np.random.default_rng(seed).permutation(len(review)).astype(np.intp)
    start = time.perf_counter()
    read, rest = _read(review.labels, model, features, known, given, n_query)
    record = np.concatenate([read, rest]).astype(np.intp)
    return Order(
        review.name,
        ranker,
        seed,
        record,
        review.labels[record],
        (np.arange(len(record)) < len(known)).astype(np.int64),
        len(read),
        time.perf_counter() - start,
    )


def _read(
    labels: NDArray[np.int64],
    model: rank.Ranker,
    features: FeatureSet,
    known: Rows,
    given: Rows,
    n_query: Batch,
) -> tuple[Rows, Rows]:
    """Return the rows read, in order, and the rest as last ranked."""
    read = known.tolist()
    unread = np.ones(len(labels), dtype=bool)
    unread[known] = False
    missing = int(labels[unread].sum())
    known_to = learner(model, features)
    queue = given[unread[given]]
    while missing:
        n = batch_size(n_query, len(read), len(labels))
        queue = best_first(known_to.scores(read, labels[read], n), given[unread[given]])
        batch = queue[:n]
        read.extend(batch.tolist())
        unread[batch] = False
        missing -= int(labels[batch].sum())
    settled = known_to.settled()
    rest = given[unread[given]]
    return np.array(read, dtype=np.intp), queue[unread[queue]] if settled is None else best_first(settled, rest)


def digest(records: Sequence[int] | Rows) -> str:
    """Return the sha256 of an order of rows, in hexadecimal: equal orders have equal digests."""
    import hashlib

    return hashlib.sha256(",".join(str(int(row)) for row in records).encode("ascii")).hexdigest()
