"""What a ranker needs of the records: words at once, embeddings as they are made, all anew when records change."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from asreview_mc.core.errors import AsreviewMCError
from asreview_mc.learn import order
from asreview_mc.learn.arriving import Arriving
from asreview_mc.learn.cache import CachedEncoder
from asreview_mc.learn.encode import Encoder
from asreview_mc.learn.features import encoded_texts
from asreview_mc.learn.following import Following
from asreview_mc.learn.rank import DEFAULT, Ranker, make
from asreview_mc.project.ranking import NO_VECTORS, Pool, Progress, default_encoder, gather_pool, wanted_of
from asreview_mc.project.review import Review
from asreview_mc.review.state import Label, State

A_FEW = 64
"""So many texts are encoded within about a second, which nobody has to be spared."""
_SOON = 1000
"""So many records at the head of the order, and all that it learnt from, are encoded before others."""
Made = tuple[int, int, int, tuple[str, str], bool]


def made_of(state: State) -> Made:
    """Return what tells whether a pool made at another time would be the same."""
    return (
        state.n_records,
        len(state.merges),
        sum(map(len, state.amendments.values())),
        wanted_of(state.protocol),
        state.protocol.show_scores,
    )


class Fixed:
    """One pool, whatever becomes of the review, and what its ranker knows of each viewer's labels."""

    _pool: Pool

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._followed: dict[str, Following] = {}

    def current(self, made: Made) -> Pool:
        """Return it."""
        return self._pool

    def scored(self, viewer: str, labels: Sequence[Label]) -> tuple[Ranker, NDArray[np.float64]]:
        """Return the ranker of the pool last returned, as it has learnt a viewer's labels, and each record's score."""
        followed = self._followed.setdefault(viewer, self._pool.following())
        ranker = self._pool.fitted(labels, followed)
        return ranker, ranker.decision_function(self._pool.features)

    def encode(self) -> int:
        """Return 0: nothing is lacking."""
        return 0


class Pools(Fixed):
    """The pool of a review at any time; for one thread, which need not be the review's own.

    Parameters
    ----------
    folder : Path
        The review's.
    ranker : str
    encoder : Encoder or None
        ``None`` for the usual one. Only of one that remembers can be said what it lacks; another is waited for.
    """

    def __init__(self, folder: Path, ranker: str = DEFAULT, encoder: Encoder | None = None) -> None:
        self._folder = folder
        self._ranker = ranker
        self._encoder = encoder or default_encoder()
        self._followed = {}
        self._arriving: Arriving | None = None
        self._made: Made | None = None
        self._soon: Sequence[int] = ()

    def current(self, made: Made, progress: Progress | None = None) -> Pool:
        """Return the pool of the records that `made_of` tells of, with the vectors that are there by now."""
        if made != self._made:
            if self._made is not None:  # two of them need not be held at once
                del self._pool
            self._made = self._arriving = None
            self._soon, self._followed = (), {}
            with Review.open(self._folder) as review:  # whose records can be let go of with it
                self._pool = self._gathered(review, progress)
            self._made = made
            if self._arriving is not None and 0 < self._arriving.left <= A_FEW:
                with suppress(AsreviewMCError):  # which `encode` meets again, where it can be told
                    self.encode()
        return self._pool

    @property
    def fingerprint(self) -> str:
        """What the vectors of the pool last returned are known by."""
        return self._pool.fingerprint if self._made is not None else NO_VECTORS

    @property
    def lacked(self) -> int:
        """How many texts had no vector when the pool was made."""
        return self._arriving.lacked if self._arriving is not None else 0

    def encode(self, n: int = A_FEW) -> int:
        """Encode up to `n` of the texts whose vectors are lacking; return how many lack then.

        From time to time those made join, and the pool is another one.
        """
        if self._arriving is None:
            return 0
        if self._arriving.left and self._arriving.encode(n, self._soon):
            self._pool, self._followed = _joined(self._pool, self._arriving), {}
        return self._arriving.left

    def _gathered(self, review: Review, progress: Progress | None) -> Pool:
        encoder = self._encoder
        behind = isinstance(encoder, CachedEncoder) and make(self._ranker, seed=0).uses_vectors
        pool = gather_pool(review, ranker=self._ranker, encoder=encoder, encoded=not behind, progress=progress)
        if not review.protocol.show_scores:  # nobody is told why, and the names of millions of pairs are heavy
            pool = replace(pool, features=replace(pool.features, vocabulary={}))
        if isinstance(encoder, CachedEncoder) and behind:
            records = [review.records[record_id] for record_id in pool.record_ids]
            texts = encoded_texts([one.title for one in records], [one.abstract for one in records])
            self._arriving = Arriving(pool.features, texts, wanted_of(review.protocol), encoder)
            pool = _joined(pool, self._arriving)
            if self._arriving.left:
                self._soon = _first_of(pool, review.state.labels(None))
        return pool


def _first_of(pool: Pool, labels: Sequence[Label]) -> list[int]:
    """Return the rows to be encoded first: those learnt from, and the head of the order.

    Every viewer's order rests on the same vectors, so that which are made may follow from settled decisions alone.
    """
    scores = pool.fitted(labels).decision_function(pool.features)
    learnt = [pool.rows[label.record_id] for label in labels if label.record_id in pool.rows]
    return [*learnt, *order.best_first(scores)[:_SOON].tolist()]


def _joined(pool: Pool, arriving: Arriving) -> Pool:
    return replace(pool, features=arriving.features, fingerprint=arriving.fingerprint)
