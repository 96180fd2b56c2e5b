"""Rules of thumb: no probability stands behind them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from asreview_mc.learn.stop.screening import Kind, Screening, Verdict, no_answer, records_to_go

KNEE_FROM = 1000


@dataclass(frozen=True)
class Consecutive:
    """So many irrelevant records in a row. What recall that leads to depends on the ranker and on the review.

    Parameters
    ----------
    run : int
        Records.
    """

    run: int = 50
    name: ClassVar[str] = "consecutive"
    kind: ClassVar[Kind] = "heuristic"
    source: ClassVar[str] = "doi:10.1002/cesm.70068 (there: mean recall .30)"

    def assess(self, screening: Screening, target: float, confidence: float) -> Verdict:
        """Stop after `run` irrelevant records, whatever the target."""
        seen = screening.irrelevant_run()
        done = seen >= self.run or not screening.n_unread
        cost = min(max(self.run - seen, 0), screening.n_unread)
        why = f"the last {seen} records were irrelevant, {self.run} are asked for"
        return Verdict(self.name, self.kind, done, why, {"run": seen, "asked": self.run}, cost, self.source)


@dataclass(frozen=True)
class Knee:
    """The curve of relevant records found has bent sharply.

    Cormack and Grossman 2016, doi 10.1145/2911451.2911510: with the knee at rank k, the point farthest from the chord,
    ``ρ = (c_k / k) / ((c_n − c_k + 1) / (n − k))`` is to reach ``156 − min(c_k, 150)``; from 1,000 records on.
    """

    name: ClassVar[str] = "knee"
    kind: ClassVar[Kind] = "heuristic"
    source: ClassVar[str] = "doi:10.1145/2911451.2911510"

    def assess(self, screening: Screening, target: float, confidence: float) -> Verdict:
        """Stop where the slope before the knee is that many times the slope after it."""
        if not screening.n_unread:
            return Verdict(self.name, self.kind, True, "everything was read", {}, 0, self.source)
        if screening.n_read < KNEE_FROM:
            return no_answer(self, f"it looks from {KNEE_FROM:,} records on and {screening.n_read:,} were read")
        if not screening.found:
            return no_answer(self, "no relevant record was found yet")
        ratio, asked, knee = self.slopes(screening)
        cost = records_to_go(
            lambda more: (now := self.slopes(screening.read_further(more)))[0] >= now[1], screening.n_unread
        )
        why = f"the slope before rank {knee:,} is {ratio:.3g} times that after it, {asked} are asked for"
        evidence = {"knee": knee, "ratio": ratio, "asked": asked}
        return Verdict(self.name, self.kind, ratio >= asked, why, evidence, cost, self.source)

    @staticmethod
    def slopes(screening: Screening) -> tuple[float, int, int]:
        """Return ρ, what it is to reach, and the rank of the knee."""
        found = np.cumsum(screening.labels)
        n, ranks = screening.n_read, np.arange(1, screening.n_read + 1)
        knee = int(np.argmax(np.abs(n * found - ranks * found[-1]))) + 1
        if knee >= n:
            return 0.0, 156 - min(int(found[-1]), 150), knee
        at_knee = int(found[knee - 1])
        after = (int(found[-1]) - at_knee + 1) / (n - knee)
        return float(at_knee / knee / after), 156 - min(at_knee, 150), knee


@dataclass(frozen=True)
class Safe:
    """SAFE: a procedure whose second phase the log can tick off.

    Boetje and van de Schoot 2024, doi 10.1186/s13643-024-02502-7: every key paper was read, at least a tenth of the
    pool and twice as many records as the random start found relevant, and the last 50 were irrelevant. The phases after
    it, another model and a check of the excluded records, are the team's.
    """

    name: ClassVar[str] = "safe"
    kind: ClassVar[Kind] = "heuristic"
    source: ClassVar[str] = "doi:10.1186/s13643-024-02502-7"

    def assess(self, screening: Screening, target: float, confidence: float) -> Verdict:
        """Stop where all of the list is ticked; key papers count only where some were named."""
        run, tenth = screening.irrelevant_run(), -(-screening.n_records // 10)
        ticks = {
            "a tenth of the pool was read": screening.n_read >= tenth,
            "twice the relevant records of the random start were read": screening.n_read
            >= 2 * screening.random_relevant,
            "the last 50 were irrelevant": run >= 50,
        }
        if screening.key_papers_missing is not None:
            ticks["every key paper was read"] = screening.key_papers_missing == 0
        open_ticks = [name for name, done in ticks.items() if not done]
        stop = not open_ticks or not screening.n_unread
        wanted = max(tenth - screening.n_read, 2 * screening.random_relevant - screening.n_read, 50 - run, 0)
        why = f"not yet: {'; '.join(open_ticks)}" if open_ticks else "the list of its second phase is ticked"
        cost = None if screening.key_papers_missing else min(wanted, screening.n_unread)
        return Verdict(self.name, self.kind, stop, why, {"ticks": ticks}, cost, self.source)
