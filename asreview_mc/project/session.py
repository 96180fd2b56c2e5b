"""A reviewer at work: the next record is there at once, and the queue learns behind their back."""

from __future__ import annotations

import time
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from itertools import takewhile

import numpy as np
from numpy.typing import NDArray

from asreview_mc.core.errors import AsreviewMCError
from asreview_mc.core.event import Calibrated, Logged, SampleDrawn, Shown
from asreview_mc.core.protocol import Stage
from asreview_mc.core.record import Record
from asreview_mc.core.version import __version__
from asreview_mc.project.checks import check_decider
from asreview_mc.project.pools import Fixed, Made, Pools, made_of
from asreview_mc.project.ranking import Pool
from asreview_mc.project.review import Review
from asreview_mc.project.screen import decide, shown_as_drawn, undo
from asreview_mc.review.state import Label


@dataclass(frozen=True, slots=True)
class Offer:
    """A record on a reviewer's screen, how it came there, and since when it is there (a clock's seconds).

    `hint` tells its rank and score where the protocol lets reviewers see them while they are blind.
    """

    record: Record
    shown: Shown
    since: float = field(default_factory=time.monotonic, compare=False)
    hint: str = ""


@dataclass(frozen=True, slots=True)
class _Trained:
    seq: int
    pool: Pool
    scores: NDArray[np.float64]


class Session:
    """One reviewer's way through one stage; use it in a ``with`` block.

    Each decision sends the labels that the reviewer's queue may learn from to a worker thread. Until its answer is
    there the queue goes on in the last order, so that nobody waits for a model. The worker also makes the vectors that
    are lacking, and takes in records that come meanwhile.

    Parameters
    ----------
    pool : Pool or Pools
        A pool stays as it is to the end; of pools the current one is asked for.

    Attributes
    ----------
    trouble : str
        Why the queue goes on without vectors, empty where nothing went wrong.
    """

    def __init__(self, review: Review, reviewer: str, pool: Pool | Pools, *, stage: Stage = "abstract") -> None:
        self.review = review
        check_decider(review.protocol, reviewer)
        self.reviewer = reviewer
        self.stage = stage
        self._pools = Fixed(pool) if isinstance(pool, Pool) else pool
        self._worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="rank")
        self._pending: Future[None] | None = None
        self._joining: Future[None] | None = None
        self.trouble = ""
        self._newest = 0
        self._made = made_of(review.state)
        self._trained = self._train(review.state.labels(reviewer), review.state.seq, self._made)
        self._reopened: str | None = None
        if self._pools is pool:
            self._retrain()

    def __enter__(self) -> Session:
        return self

    def __exit__(self, *exc: object) -> None:
        self._newest += 1
        self._worker.shutdown(wait=False, cancel_futures=True)

    def offer(self, *, settled: bool = False) -> Offer | None:
        """Return the next record to decide on, None when the queue is empty.

        Records of a calibration round come first, in the order in which they were drawn; those of a random sample
        drawn for a stopping rule in between the ranked ones, every other offer.

        Parameters
        ----------
        settled : bool
            Wait for the training under way, as a replay does that must give the same order every time.
        """
        state = self.review.state
        if made_of(state) != self._made:
            self._retrain()
        queue = state.queue(self.stage, self.reviewer)
        if self._pending is not None and (settled or self._pending.done() or (queue and not self._known(queue))):
            self._pending.result()
        if self._joining is not None and settled:
            self._joining.result()
        trained = self._trained
        pool, waiting = trained.pool, self._known(queue)
        if not waiting:
            return None
        held = state.held_back(self.stage, self.reviewer).difference(waiting)
        came_to = pool.best_first(trained.scores, [*waiting, *sorted(held.intersection(pool.rows))])
        ordered = [one for one in came_to if one not in held]
        record_id, chosen = self._chosen(ordered)
        shown = replace(
            chosen,
            rank=ordered.index(record_id) + 1,
            score=round(float(trained.scores[pool.rows[record_id]]), 6),
            ranker=f"{pool.ranker} {__version__}",
            fingerprint=pool.fingerprint,
            seq=trained.seq,
            passed=tuple(takewhile(held.__contains__, came_to)) if chosen.how == "ranked" else (),
        )
        hint = f"rank {shown.rank} of {len(ordered)}, score {shown.score:.3f}" if state.protocol.show_scores else ""
        return Offer(self.review.records[record_id], shown, hint=hint)

    def _chosen(self, ordered: Sequence[str]) -> tuple[str, Shown]:
        """Return the next record and how it was chosen."""
        if self._reopened and self._reopened in ordered:
            return self._reopened, Shown(how="named")
        state, waiting = self.review.state, set(ordered)
        # Sampled records are offered in between, so that nobody can tell which they are.
        between = [*state.noted[SampleDrawn]] if state.decided_by(self.stage, self.reviewer) % 2 else []
        for logged in (*state.noted[Calibrated], *between):
            drawn = logged.event
            if isinstance(drawn, (Calibrated, SampleDrawn)) and drawn.stage == self.stage:
                first = next((one for one in map(state.kept, drawn.record_ids) if one in waiting), None)
                if first:
                    return first, shown_as_drawn(drawn)
        return ordered[0], Shown(how="ranked")

    def decide(self, offer: Offer, decision: str, *, reason: str = "", note: str = "") -> Logged:
        """Log a decision on what was offered and how long it was before the reviewer; then the queue learns from it."""
        logged = decide(
            self.review,
            offer.record.record_id,
            decision,
            self.reviewer,
            stage=self.stage,
            reason=reason,
            note=note,
            shown=replace(offer.shown, seconds=round(time.monotonic() - offer.since, 1)),
        )
        self._reopened = None
        self._retrain()
        return logged

    def undo(self) -> Logged:
        """Take back the reviewer's last decision; its record is offered next."""
        logged = undo(self.review, self.reviewer, stage=self.stage)
        self._reopened = logged.event.about
        self._retrain()
        return logged

    def progress(self) -> tuple[int, int]:
        """Return how many records the reviewer has decided on and how many still wait for them."""
        state = self.review.state
        return state.decided_by(self.stage, self.reviewer), len(state.queue(self.stage, self.reviewer))

    def _known(self, queue: Sequence[str]) -> list[str]:
        """Return those of the queue that the last training knew."""
        return [one for one in queue if one in self._trained.pool.rows]

    def _train(self, labels: Sequence[Label], seq: int, made: Made) -> _Trained:
        pool = self._pools.current(made)
        return _Trained(seq, pool, self._pools.scored(self.reviewer, labels)[1])

    def _retrain(self) -> None:
        """Have the worker learn from what is decided by now; of several that wait only the last is done."""
        state = self.review.state
        self._newest += 1
        self._made = made_of(state)
        given = (self._newest, state.labels(self.reviewer), state.seq, self._made)
        self._pending = self._worker.submit(self._learn, *given)
        self._joining = self._worker.submit(self._join, *given)

    def _learn(self, number: int, labels: Sequence[Label], seq: int, made: Made) -> None:
        if number == self._newest:
            self._trained = self._train(labels, seq, made)

    def _join(self, number: int, labels: Sequence[Label], seq: int, made: Made) -> None:
        """Make the vectors that are lacking until something newer waits, and learn anew whenever some have joined."""
        left = 1
        try:
            while left and number == self._newest:
                left = self._pools.encode()
                if self._pools.current(made) is not self._trained.pool:
                    self._trained = self._train(labels, seq, made)
        except AsreviewMCError as error:  # the queue goes on by words
            self.trouble = str(error)
