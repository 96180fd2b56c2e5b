"""One reviewer's order at one stage, as a ranker that has learnt from their labels leaves it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from asreview_mc.core.event import Shown
from asreview_mc.core.protocol import STAGES, Stage
from asreview_mc.core.version import __version__
from asreview_mc.learn.encode import Encoder
from asreview_mc.learn.rank import Ranker
from asreview_mc.learn.rank.explain import why
from asreview_mc.project.pools import Pools, made_of
from asreview_mc.project.ranking import Pool, Progress
from asreview_mc.project.review import Review
from asreview_mc.review.state import State

DEPTH = 1000
"""So many records are sent at a time: more than anybody decides on before the next order is there."""
EXPLAINED = 25


@dataclass(frozen=True, slots=True)
class Order:
    """The first records of a queue as of the event `seq`, best first.

    Attributes
    ----------
    decided, waiting : int
        How many records the reviewer had decided on, and how many waited for them, at `seq`.
    record_ids, scores, why : tuple
        The first `DEPTH` of those waiting, and of the control sample what the order has still to come to; `scores` is
        empty where no ranker made it, `why` tells of the first.
    """

    stage: Stage
    reviewer: str
    seq: int
    decided: int
    waiting: int
    record_ids: tuple[str, ...]
    scores: tuple[float, ...] = ()
    why: tuple[str, ...] = ()
    ranker: str = ""
    fingerprint: str = ""

    @property
    def ranked(self) -> bool:
        """Whether a ranker made it; else it is the reading order."""
        return bool(self.ranker)

    def places(self) -> Iterator[tuple[str, Shown, str]]:
        """Yield each record with what is logged of how it was shown, and why it stands there."""
        for place, record_id in enumerate(self.record_ids):
            if not self.ranked:
                yield record_id, Shown(how="given"), ""
                continue
            said = self.why[place] if place < len(self.why) else ""
            score = self.scores[place]
            yield record_id, Shown("ranked", place + 1, score, self.ranker, self.fingerprint, self.seq), said


class Orders:
    """Makes orders: by words at once, with embeddings as `encode` makes them."""

    def __init__(self, review: Review, encoder: Encoder | None = None) -> None:
        self.review = review
        self._pools = Pools(review.folder, encoder=encoder)

    def encode(self) -> tuple[int, int, str]:
        """Encode a second's worth of the texts that lack a vector.

        Return how many lack one then, how many did at first, and the fingerprint that an order has now.
        """
        return self._pools.encode(), self._pools.lacked, self._pools.fingerprint

    def orders(self, reviewer: str, progress: Progress | None = None) -> list[Order]:
        """Return the order of a reviewer at each stage, as of the last event and learnt once for both."""
        state = self.review.state
        pool = self._pools.current(made_of(state), progress)
        waiting = {stage: [one for one in state.queue(stage, reviewer) if one in pool.rows] for stage in STAGES}
        if not any(waiting.values()):
            return [self._none(stage, reviewer, state, pool) for stage in STAGES]
        fitted, scores = self._pools.scored(reviewer, state.labels(reviewer))
        return [
            self._order(stage, reviewer, state, pool, fitted, scores, waiting[stage])
            if waiting[stage]
            else self._none(stage, reviewer, state, pool)
            for stage in STAGES
        ]

    def _none(self, stage: Stage, reviewer: str, state: State, pool: Pool) -> Order:
        decided = state.decided_by(stage, reviewer)
        return Order(stage, reviewer, state.seq, decided, 0, (), ranker=pool.ranker, fingerprint=pool.fingerprint)

    def _order(
        self,
        stage: Stage,
        reviewer: str,
        state: State,
        pool: Pool,
        fitted: Ranker,
        scores: NDArray[np.float64],
        waiting: Sequence[str],
    ) -> Order:
        held = state.held_back(stage, reviewer).difference(waiting).intersection(pool.rows)
        first = pool.best_first(scores, [*waiting, *sorted(held)], DEPTH)
        rows = [pool.rows[record_id] for record_id in first]
        reasons = why(pool.features, fitted, rows[:EXPLAINED]) if state.protocol.show_scores else []
        return Order(
            stage,
            reviewer,
            state.seq,
            state.decided_by(stage, reviewer),
            len(waiting),
            tuple(first),
            tuple(round(float(scores[row]), 6) for row in rows),
            tuple(reasons),
            f"{pool.ranker} {__version__}",
            pool.fingerprint,
        )
