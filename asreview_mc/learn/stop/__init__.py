"""Stopping rules: what each says of a reading that is under way, and what each is likely to cost before it begins."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from asreview_mc.core.errors import UnknownError
from asreview_mc.learn.stop.buscar import Buscar
from asreview_mc.learn.stop.certificates import QuantileBinomial, RandomAudit, TargetRule
from asreview_mc.learn.stop.heuristics import Consecutive, Knee, Quiet, Safe
from asreview_mc.learn.stop.models import Chao, PoissonProcess, QuantileConfidence
from asreview_mc.learn.stop.screening import Audit, Control, Foreseeing, Screening, StopRule, Verdict, no_answer

__all__ = ["RULES", "Audit", "Control", "Screening", "StopRule", "Verdict", "assess", "rule"]

RULES: tuple[StopRule, ...] = (
    RandomAudit(),
    QuantileBinomial(),
    TargetRule(),
    Buscar(),
    Buscar(spends=True),
    Buscar(bias=2.0),
    PoissonProcess(),
    PoissonProcess("hyperbolic"),
    QuantileConfidence(),
    Chao(),
    Quiet(),
    Consecutive(),
    Knee(),
    Safe(),
)
"""Every rule with its usual settings: certificates first, then estimates, then heuristics."""


def rule(name: str) -> StopRule:
    """Return the rule called `name`.

    Raises
    ------
    UnknownError
        If there is none.
    """
    for known in RULES:
        if known.name == name:
            return known
    raise UnknownError(
        f"no stopping rule is called {name!r}", remedy=f"Choose one of {', '.join(r.name for r in RULES)}"
    )


def assess(
    screening: Screening, *, target: float, confidence: float, chosen: str = "", rules: Sequence[StopRule] = RULES
) -> list[Verdict]:
    """Return what every rule says, the chosen one first.

    Parameters
    ----------
    screening : Screening
    target : float
        Recall to be reached, above 0 and at most 1.
    confidence : float
        Above 0 and below 1; used by certificates and estimates.
    chosen : str
        Name of the rule that the team chose beforehand; empty where none was.

    Raises
    ------
    ValueError
        If target or confidence are out of range.
    """
    if not 0 < target <= 1 or not 0 < confidence < 1:
        raise ValueError("the target must be above 0 and at most 1, the confidence between 0 and 1")
    ordered = sorted(rules, key=lambda one: one.name != chosen)
    return [_with_cost(one, screening, target, confidence) for one in ordered]


def _with_cost(one: StopRule, screening: Screening, target: float, confidence: float) -> Verdict:
    if not screening.n_records:
        return no_answer(one, "there are no records")
    if not screening.n_unread:
        return Verdict(one.name, one.kind, True, "everything was read", {}, 0, one.source)
    said = one.assess(screening, target, confidence)
    if said.stop:
        return replace(said, cost=0)
    if said.stop is None or not isinstance(one, Foreseeing):
        return said
    return replace(said, cost=one.further(screening, target, confidence))
