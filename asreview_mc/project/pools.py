"""What a ranker needs of the records: words at once, embeddings once they are there, anew when records change."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from asreview_mc.learn.cache import CachedEncoder
from asreview_mc.learn.encode import Encoder
from asreview_mc.learn.features import encoded_texts, query_texts
from asreview_mc.learn.rank import DEFAULT, make
from asreview_mc.project.ranking import Pool, Progress, default_encoder, gather_pool, wanted_of
from asreview_mc.project.review import Review
from asreview_mc.review.state import State

A_FEW = 64
"""So many texts are encoded within about a second, which nobody has to be spared."""
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
    """One pool, whatever becomes of the review."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    def current(self, made: Made) -> Pool:
        """Return it."""
        return self._pool

    def encode(self) -> int:
        """Return 0: nothing is lacking."""
        return 0


class Pools:
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
        self._pool: Pool | None = None
        self._made: Made | None = None
        self._lacking: list[str] = []
        self._of = 0
        self._complete: Made | None = None

    def current(self, made: Made, progress: Progress | None = None) -> Pool:
        """Return the pool of the records that `made_of` tells of, without vectors while many are lacking."""
        if self._pool is None or made != self._made:
            self._pool = None  # two of them need not be held at once
            with Review.open(self._folder) as review:  # whose records can be let go of with it
                # Where nothing can be kept all would be lacking for ever.
                self._lacking = [] if made == self._complete else self._left(review)
                self._of = len(self._lacking)
                encoded = self._of <= A_FEW
                pool = gather_pool(
                    review, ranker=self._ranker, encoder=self._encoder, encoded=encoded, progress=progress
                )
                if encoded:
                    self._lacking = []
                if not review.protocol.show_scores:  # nobody is told why, and the names of millions of pairs are heavy
                    pool = replace(pool, features=replace(pool.features, vocabulary={}))
            self._pool, self._made = pool, made
        return self._pool

    @property
    def lacked(self) -> int:
        """How many texts had no vector when the pool was made."""
        return self._of

    def encode(self, n: int = A_FEW) -> int:
        """Encode up to `n` of the texts whose vectors the pool lacks; return how many it lacks then.

        At the last one the pool is let go of, and the next has them all.
        """
        if not self._lacking:
            return 0
        self._encoder.encode(self._lacking[:n])
        del self._lacking[:n]
        if not self._lacking:
            self._made, self._complete = None, self._made
        return len(self._lacking)

    def _left(self, review: Review) -> list[str]:
        """Return the texts to be encoded before vectors can join."""
        if not (make(self._ranker, seed=0).uses_vectors and isinstance(self._encoder, CachedEncoder)):
            return []
        records = [review.records[record_id] for record_id in review.state.unique()]
        texts = encoded_texts([one.title for one in records], [one.abstract for one in records])
        return self._encoder.lacking([*query_texts(wanted_of(review.protocol)), *texts])
