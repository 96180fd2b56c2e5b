"""Rules of thumb: no probability stands behind them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from asreview_mc.learn.stop.buscar import Buscar
from asreview_mc.learn.stop.screening import Kind, Screening, Verdict, no_answer, records_to_go

KNEE_FROM = 1000
_MADE_FOR = 0.95
_FEWEST_FOUND = 20


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
        why = f"the slope before rank {knee:,} is {ratio:.3g} times that after it, {asked} are asked for"
        evidence = {"knee": knee, "ratio": ratio, "asked": asked}
        return Verdict(self.name, self.kind, ratio >= asked, why, evidence, None, self.source)

    def further(self, screening: Screening, target: float, confidence: float) -> int | None:
        """Return how many more records to read until the rule is met, if none of them is relevant."""
        return records_to_go(
            lambda more: (now := self.slopes(screening.read_further(more)))[0] >= now[1], screening.n_unread
        )

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


@dataclass(frozen=True)
class Quiet:
    """BUSCAR is met, or a run of irrelevant records as long as a share of the pool with a second look in it.

    The rule we recommend where no certificate can be paid for. No probability stands behind the run. The last records
    of it are chosen by another ranking, those most like a single relevant record, since a model of what the relevant
    ones have in common puts last the one that is like few of them. On the development reviews with twenty relevant
    records or more it kept 95 % recall on all eleven at less than half of what BUSCAR reads too much
    (``benchmarks/stopping.py``); its share and the size of the look were chosen on these reviews, and
    ``benchmarks/stopping_left_out.py`` tells what becomes of a review on which they were not. It is made for targets up
    to 95 % and for twenty relevant records found or more; elsewhere BUSCAR alone decides, since on small reviews the
    run stopped nearly every time too soon. It misses a group of relevant records that both rankings put last.

    Parameters
    ----------
    share : float
        Of the pool, above 0 and below 1.
    fewest : int
        Records that the run has at least.
    look : int
        Records of it that come by the second look.
    """

    share: float = 0.14
    fewest: int = 50
    look: int = 20
    name: ClassVar[str] = "quiet"
    kind: ClassVar[Kind] = "heuristic"
    source: ClassVar[str] = "benchmarks/stopping.py, with doi:10.1186/s13643-020-01521-4"

    def assess(self, screening: Screening, target: float, confidence: float) -> Verdict:
        """Stop where either is so, once a relevant record was found."""
        buscar = Buscar().assess(screening, target, confidence)
        if buscar.stop is None:
            return no_answer(self, "no relevant record was found yet")
        if self.by_buscar_alone(screening, target):
            why = f"above {_MADE_FOR:.0%}, or with fewer than {_FEWEST_FOUND} found, BUSCAR alone decides: {buscar.why}"
            return Verdict(self.name, self.kind, buscar.stop, why, buscar.evidence, None, self.source)
        run, asked = screening.irrelevant_run(), self.run_asked(screening.n_records)
        looked, look = screening.second_look, self._look_asked(screening)
        stop = bool(buscar.stop) or (run >= asked and looked >= look)
        why = (
            f"{run:,} irrelevant in a row, {asked:,} are asked for; {looked:,} of {look:,} by a second look"
            f"{self._hint(screening)}; BUSCAR: {buscar.why}"
        )
        evidence = {**buscar.evidence, "run": run, "asked": asked, "second_look": looked}
        return Verdict(self.name, self.kind, stop, why, evidence, None, self.source)

    def further(self, screening: Screening, target: float, confidence: float) -> int | None:
        """Return how many more records to read until the rule is met, if none of them is relevant."""
        by_buscar = Buscar().further(screening, target, confidence)
        if self.by_buscar_alone(screening, target):
            return by_buscar
        short = self.run_asked(screening.n_records) - screening.irrelevant_run()
        lacking = self._look_asked(screening) - screening.second_look
        more = min(max(short, 2 * lacking - 1, 0), screening.n_unread)  # every other record is of the look
        return more if by_buscar is None else min(by_buscar, more)

    def run_asked(self, n_records: int) -> int:
        """Return how many irrelevant records in a row are asked for in a pool of that size."""
        return max(self.fewest, int(np.ceil(self.share * n_records)))

    def look_from(self, n_records: int) -> int:
        """Return after how many irrelevant records in a row a second look is due: it is read between ranked ones."""
        return max(self.run_asked(n_records) - 2 * self.look, 0)

    def _look_asked(self, screening: Screening) -> int:
        return min(self.look, screening.second_look + screening.n_unread)

    def _hint(self, screening: Screening) -> str:
        if screening.looking:
            return f", {screening.looking:,} of which wait for reviewers"
        if screening.second_look >= self._look_asked(screening):
            return ""
        due = self.look_from(screening.n_records)
        if screening.irrelevant_run() < due:
            return f", to be taken after {due:,} in a row"
        return ", to be taken now (`stop --second-look`, or below on the page)"

    @staticmethod
    def by_buscar_alone(screening: Screening, target: float) -> bool:
        """Whether BUSCAR decides, since the rule is made for neither such a target nor so few found.

        Parameters
        ----------
        screening : Screening
        target : float
            Recall to be reached.
        """
        return target > _MADE_FOR or screening.found < _FEWEST_FOUND
