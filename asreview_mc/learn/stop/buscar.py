"""BUSCAR: how surprising the last records would be if the target recall were not reached.

Callaghan and Müller-Hansen 2020, doi 10.1186/s13643-020-01521-4.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from asreview_mc.learn.stop.screening import Kind, Screening, Verdict, misses_allowed, no_answer, records_to_go

_CANDIDATES = 64
_TERMS = 600
_FEWEST = 12


@dataclass(frozen=True)
class Buscar:
    """Hypergeometric tests over every suffix of the records read; the smallest p decides.

    For the last i records, of which k are relevant, ``p = P[Hypergeometric(N − n + i, K, i) ≤ k]`` with K the fewest
    relevant records in them and the unread together that a recall below the target implies. For one k the p is least
    for the longest such suffix, so that one suffix for each relevant record is enough. The test supposes the records of
    the suffix to be drawn no worse than at random. The choice of the suffix is not corrected for, and a group of
    relevant records that the ranking ranks last breaks it.

    Parameters
    ----------
    bias : float
        Odds, at least 1, of a relevant record being read before an irrelevant one; 1 is the central test, more uses
        Wallenius' distribution.
    spends : bool
        Whether the k-th look is made at α/(k(k+1)), which sums to α over all looks.
    """

    bias: float = 1.0
    spends: bool = False
    kind: ClassVar[Kind] = "estimate"
    source: ClassVar[str] = "doi:10.1186/s13643-020-01521-4"

    def __post_init__(self) -> None:
        if not self.bias >= 1:
            raise ValueError("bias must be at least 1")

    @property
    def name(self) -> str:
        """``buscar``, with ``-biased`` and ``-spending`` where it is so."""
        return "buscar" + ("-biased" if self.bias > 1 else "") + ("-spending" if self.spends else "")

    def assess(self, screening: Screening, target: float, confidence: float) -> Verdict:
        """Stop where the smallest p is under 1 − confidence."""
        alpha = self._alpha(screening, confidence)
        if not screening.found:
            return no_answer(self, "no relevant record was found yet, so that no recall is defined")
        p = self.p_value(screening, target)
        stop = p < alpha
        why = f"p = {p:.3g} that recall is below {target:.0%}, {'under' if stop else 'not under'} {alpha:.3g}"
        evidence = {"p": p, "alpha": round(alpha, 12), "bias": self.bias}
        return Verdict(self.name, self.kind, stop, why, evidence, None, self.source)

    def _alpha(self, screening: Screening, confidence: float) -> float:
        spent = (screening.looks + 1) * (screening.looks + 2) if self.spends else 1
        return (1 - confidence) / spent

    def further(self, screening: Screening, target: float, confidence: float) -> int | None:
        """Return how many more records to read until the rule is met, if none of them is relevant."""
        alpha = self._alpha(screening, confidence)
        return records_to_go(
            lambda more: self.p_value(screening.read_further(more), target) < alpha, screening.n_unread
        )

    def p_value(self, screening: Screening, target: float) -> float:
        """Return the smallest p over all suffixes; 0 where everything is read, 1 where nothing relevant is found."""
        if not screening.n_unread:
            return 0.0
        if not screening.found:
            return 1.0
        missed = misses_allowed(screening.found, target) + 1
        if missed > screening.n_unread:
            return 0.0
        hits = np.flatnonzero(screening.labels)[::-1]
        relevant = np.arange(len(hits) + 1)
        drawn = np.append(screening.n_read - 1 - hits, screening.n_read)
        usable = drawn > 0
        relevant, drawn = relevant[usable], drawn[usable]
        if not len(drawn):
            return 1.0
        best = _most_surprising(relevant, drawn, missed, screening.n_unread)
        if self.bias > 1:
            best = best[:_FEWEST]
            return min(_wallenius(relevant[k], drawn[k], missed, screening.n_unread, self.bias) for k in best)
        return min(_central(int(relevant[k]), int(drawn[k]), missed, screening.n_unread) for k in best)


def _most_surprising(
    relevant: NDArray[np.int64], drawn: NDArray[np.int64], missed: int, unread: int
) -> NDArray[np.intp]:
    """Return the suffixes with the smallest p as the normal distribution has it, the smallest first."""
    total = drawn + unread
    wanted = relevant + missed
    share = wanted / total
    mean = drawn * share
    spread = np.sqrt(mean * (1 - share) * unread / np.maximum(total - 1, 1))
    z = (relevant + 0.5 - mean) / np.maximum(spread, 1e-12)
    order = np.argsort(z, kind="stable")[:_CANDIDATES]
    return np.unique(np.concatenate([order, np.arange(min(_FEWEST, len(drawn)))]))[
        np.argsort(z[np.unique(np.concatenate([order, np.arange(min(_FEWEST, len(drawn)))]))], kind="stable")
    ]


def _central(relevant: int, drawn: int, missed: int, unread: int) -> float:
    """Return P[X ≤ relevant] of X hypergeometric: `drawn` from `drawn + unread`, of which `relevant + missed` count."""
    from scipy.special import gammaln

    wanted = relevant + missed
    least = max(0, wanted - unread)
    if relevant < least:
        return 0.0
    mean = drawn * wanted / (drawn + unread)
    if relevant > mean + 1:
        return 1.0  # above one half: no suffix to stop by
    found = np.arange(max(least, relevant - _TERMS), min(relevant, drawn) + 1)

    def choose(n: float, k: NDArray[np.int64] | int) -> NDArray[np.float64]:
        return np.asarray(gammaln(n + 1) - gammaln(np.asarray(k) + 1) - gammaln(n - np.asarray(k) + 1))

    terms = choose(wanted, found) + choose(drawn + unread - wanted, drawn - found) - choose(drawn + unread, drawn)
    top = float(terms.max())
    return float(min(1.0, np.exp(top) * np.exp(terms - top).sum()))


def _wallenius(relevant: int, drawn: int, missed: int, unread: int, odds: float) -> float:
    from scipy.stats import nchypergeom_wallenius

    wanted = int(relevant) + missed
    total = int(drawn) + unread
    if wanted >= total:
        return 1.0
    return float(min(1.0, nchypergeom_wallenius.cdf(int(relevant), total, wanted, int(drawn), odds)))
