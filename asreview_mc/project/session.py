"""A reviewer at work: the next record is there at once, and the queue learns behind their back."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from asreview_mc.core.event import Logged, Shown
from asreview_mc.core.protocol import Stage
from asreview_mc.core.record import Record
from asreview_mc.core.version import __version__
from asreview_mc.project.checks import check_decider
from asreview_mc.project.ranking import Pool
from asreview_mc.project.review import Review
from asreview_mc.project.screen import decide, undo


@dataclass(frozen=True, slots=True)
class Offer:
    """A record on a reviewer's screen, and how it came there."""

    record: Record
    shown: Shown


@dataclass(frozen=True, slots=True)
class _Trained:
    seq: int
    scores: NDArray[np.float64]


class Session:
    """One reviewer's way through one stage; use it in a ``with`` block.

    Each decision sends the labels that the reviewer's queue may learn from to a worker thread. Until its answer is
    there the queue goes on in the last order, so that nobody waits for a model.
    """

    def __init__(self, review: Review, reviewer: str, pool: Pool, *, stage: Stage = "abstract") -> None:
        self.review = review
        check_decider(review.protocol, reviewer)
        self.reviewer = reviewer
        self.stage = stage
        self._pool = pool
        self._worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="rank")
        self._pending: Future[_Trained] | None = None
        self._again = False
        self._trained = self._train(review.state.seq)
        self._reopened: str | None = None

    def __enter__(self) -> Session:
        return self

    def __exit__(self, *exc: object) -> None:
        self._worker.shutdown(wait=False, cancel_futures=True)

    def offer(self, *, settled: bool = False) -> Offer | None:
        """Return the next record to decide on, None when the queue is empty.

        Parameters
        ----------
        settled : bool
            Wait for the training under way, as a replay does that must give the same order every time.
        """
        self._take_trained(wait=settled)
        waiting = [
            record_id
            for record_id in self.review.state.queue(self.stage, self.reviewer)
            if record_id in self._pool.rows
        ]
        if not waiting:
            return None
        ordered = self._pool.best_first(self._trained.scores, waiting)
        record_id = self._reopened if self._reopened in waiting else ordered[0]
        shown = Shown(
            how="named" if record_id == self._reopened else "ranked",
            rank=ordered.index(record_id) + 1,
            score=round(float(self._trained.scores[self._pool.rows[record_id]]), 6),
            ranker=f"{self._pool.ranker} {__version__}",
            fingerprint=self._pool.fingerprint,
            seq=self._trained.seq,
        )
        return Offer(self.review.records[record_id], shown)

    def decide(self, offer: Offer, decision: str, *, reason: str = "", note: str = "") -> Logged:
        """Log a decision on what was offered, then let the queue learn from it."""
        logged = decide(
            self.review,
            offer.record.record_id,
            decision,
            self.reviewer,
            stage=self.stage,
            reason=reason,
            note=note,
            shown=offer.shown,
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

    def _train(self, seq: int) -> _Trained:
        return _Trained(seq, self._pool.scores(self.review.state.labels(self.reviewer)))

    def _retrain(self) -> None:
        self._take_trained(wait=False)
        if self._pending is not None:
            self._again = True
            return
        state = self.review.state
        labels, seq = state.labels(self.reviewer), state.seq
        self._pending = self._worker.submit(lambda: _Trained(seq, self._pool.scores(labels)))

    def _take_trained(self, *, wait: bool) -> None:
        while self._pending is not None and (wait or self._pending.done()):
            self._trained = self._pending.result()
            self._pending = None
            if self._again:
                self._again = False
                self._retrain()
