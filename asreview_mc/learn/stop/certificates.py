"""Rules that hold because of random sampling, whatever the ranking does."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

from asreview_mc.learn.stop.screening import Audit, Control, Kind, Screening, Verdict, misses_allowed, no_answer

NO_CONTROL = "no control sample was drawn (`stop --draw N --control`)"


@dataclass(frozen=True)
class QuantileBinomial:
    """QBCB: enough of a random sample's relevant records were reached by the ranking.

    Lewis, Yang and Frieder 2021, doi 10.1145/3459637.3482415. With r relevant control records, J is the least j with
    ``BinomialCDF(j − 1; r, target) ≥ confidence``; the rule is met once J of them were reached.
    """

    name: ClassVar[str] = "qbcb"
    kind: ClassVar[Kind] = "certificate"
    source: ClassVar[str] = "doi:10.1145/3459637.3482415"

    def assess(self, screening: Screening, target: float, confidence: float) -> Verdict:
        """Stop where J control records were reached."""
        control = screening.control
        if control is None or (lacks := _lacks(control)):
            return no_answer(self, NO_CONTROL if control is None else lacks)
        needed = self.needed(control.positives, target, confidence)
        if needed is None:
            return no_answer(
                self,
                f"{control.positives} relevant control records are too few for {target:.0%} at {confidence:.0%}",
                positives=control.positives,
            )
        evidence = {"positives": control.positives, "needed": needed, "reached": control.reached}
        why = f"{control.reached} of {control.positives} relevant control records reached, {needed} needed"
        return Verdict(self.name, self.kind, control.reached >= needed, why, evidence, None, self.source)

    @staticmethod
    def needed(positives: int, target: float, confidence: float) -> int | None:
        """Return J, None where no number of them is enough."""
        from scipy.stats import binom

        for j in range(1, positives + 1):
            if binom.cdf(j - 1, positives, target) >= confidence:
                return j
        return None


@dataclass(frozen=True)
class TargetRule:
    """Target: the first k relevant records of a random sample were all reached by the ranking.

    Cormack and Grossman 2016, doi 10.1145/2911451.2911510; ``k = ⌈−ln(1 − confidence) / (1 − target)⌉``.
    """

    name: ClassVar[str] = "target"
    kind: ClassVar[Kind] = "certificate"
    source: ClassVar[str] = "doi:10.1145/2911451.2911510"

    def assess(self, screening: Screening, target: float, confidence: float) -> Verdict:
        """Stop where all of the first k control records were reached."""
        control = screening.control
        if control is None or (lacks := _lacks(control)):
            return no_answer(self, NO_CONTROL if control is None else lacks)
        if target >= 1:
            return no_answer(self, "a target of 100 % would need every relevant record in the sample")
        needed = math.ceil(-math.log(1 - confidence) / (1 - target) - 1e-9)
        if control.positives < needed:
            return no_answer(
                self,
                f"{needed} relevant control records are needed and the sample has {control.positives}",
                positives=control.positives,
                needed=needed,
            )
        reached = min(control.first_reached, needed)
        why = f"the first {reached} of {needed} relevant control records were reached"
        evidence = {"positives": control.positives, "needed": needed, "reached": reached}
        return Verdict(self.name, self.kind, reached >= needed, why, evidence, None, self.source)


@dataclass(frozen=True)
class RandomAudit:
    """A random sample of the unread tail bounds how many relevant records are left.

    With x relevant among m drawn from the U records unread at that moment, at most M relevant ones were there, M the
    largest with ``P[Hypergeometric(U, M, m) ≤ x] > α_k``. The k-th audit is made at ``α_k = α/(k(k+1))``, so that all
    audits together err with probability α at most. Whatever is read afterwards can only raise the recall. What was no
    part of the U is bounded by itself: each record read as it stands, each unread one as if it were relevant. Of open
    conflicts those drawn count as relevant and none as found, so that it holds however they are settled.
    """

    name: ClassVar[str] = "audit"
    kind: ClassVar[Kind] = "certificate"
    source: ClassVar[str] = "exact bound after doi:10.1093/biomet/26.4.404, for a finite population"

    def assess(self, screening: Screening, target: float, confidence: float) -> Verdict:
        """Stop where the records found are `target` of the most there can be."""
        if not screening.n_unread:
            return Verdict(
                self.name, self.kind, True, "everything was read", {"at_most": screening.found}, 0, self.source
            )
        plan = self.plan(screening, target, confidence)
        if not screening.audits:
            return no_answer(self, "no random sample of the unread records was drawn", to_draw=plan)
        found = screening.found - screening.disputed
        at_most = max(self.at_most(screening.audits, confidence), found)
        stop = found >= target * at_most - 1e-9
        recall = found / at_most if at_most else 1.0
        conflicts = f", {screening.disputed} open conflicts left out" if screening.disputed else ""
        why = f"{found} found of at most {at_most}{conflicts}: recall is at least {recall:.1%}"
        evidence = {"at_most": at_most, "recall_at_least": recall, "audits": len(screening.audits), "to_draw": plan}
        return Verdict(self.name, self.kind, stop, why, evidence, 0 if stop else plan, self.source)

    @staticmethod
    def at_most(audits: tuple[Audit, ...], confidence: float) -> int:
        """Return the largest number of relevant records in the pool that the audits leave possible."""
        bounds = []
        for place, audit in enumerate(audits, start=1):
            alpha = (1 - confidence) / (place * (place + 1))
            bounds.append(audit.outside + most_relevant(audit.population, audit.size, audit.relevant, alpha))
        return min(bounds)

    @staticmethod
    def plan(screening: Screening, target: float, confidence: float) -> int | None:
        """Return how many of the unread records to draw so that finding none relevant among them is enough."""
        place = len(screening.audits) + 1
        alpha = (1 - confidence) / (place * (place + 1))
        unread = screening.n_unread
        too_many = misses_allowed(screening.found - screening.disputed, target) + 1
        if too_many > unread:
            return 0
        low, high = 0, unread
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (low, middle) if none_drawn(unread, too_many, middle) <= alpha else (middle, high)
        return high


def _lacks(control: Control) -> str:
    """Return what a control sample lacks for an answer, empty where it lacks nothing."""
    if control.to_read:
        return f"{control.to_read} records of the control sample are still to be read"
    if control.disputed:
        return f"{control.disputed} conflicts in the control sample are still to be settled"
    if control.unread_outside:
        return f"{control.unread_outside} unread records could not be drawn into the control sample: read these first"
    return ""


def none_drawn(population: int, relevant: int, drawn: int) -> float:
    """Return the probability that none of `relevant` records is among `drawn` of a population."""
    if drawn > population - relevant:
        return 0.0
    parts = (math.lgamma(population - relevant + 1), -math.lgamma(population - relevant - drawn + 1))
    return math.exp(sum(parts) - math.lgamma(population + 1) + math.lgamma(population - drawn + 1))


def most_relevant(population: int, drawn: int, relevant: int, alpha: float) -> int:
    """Return the largest M with ``P[Hypergeometric(population, M, drawn) ≤ relevant] > alpha``."""
    from scipy.stats import hypergeom

    low, high = relevant, population - drawn + relevant
    while low < high:
        middle = (low + high + 1) // 2
        possible = float(hypergeom.cdf(relevant, population, middle, drawn)) > alpha
        low, high = (middle, high) if possible else (low, middle - 1)
    return low
