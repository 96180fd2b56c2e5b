"""Rules that hold as far as a model of the ranking does: calibrated scores, point processes, capture and recapture."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from asreview_mc.learn.stop.screening import Kind, Screening, Verdict, no_answer, records_to_go

_WINDOWS = 10
_FEWEST_FOUND = 20
_WORST_FIT = 0.1


@dataclass(frozen=True)
class QuantileConfidence:
    """Quant-CI: the share of the calibrated probability that lies in the records read, less two standard errors.

    Yang, Lewis and Frieder 2021, doi 10.1145/3469096.3469873: with T the sum of all probabilities and Q that of the
    records read, ``R = Q/T`` and ``Var = Q²/T⁴ · Σ_all p(1−p) + 1/T² · Σ_read p(1−p)``.
    """

    name: ClassVar[str] = "quant-ci"
    kind: ClassVar[Kind] = "estimate"
    source: ClassVar[str] = "doi:10.1145/3469096.3469873"

    def assess(self, screening: Screening, target: float, confidence: float) -> Verdict:
        """Stop where ``R − 2√Var`` reaches the target; the two standard errors are the rule's own."""
        p = screening.probabilities
        if p is None:
            return no_answer(self, "the scores are not probabilities: they were not calibrated on random draws")
        if p.shape != (screening.n_records,) or not np.isfinite(p).all() or (p < 0).any() or (p > 1).any():
            raise ValueError("probabilities must be one for each record, from 0 to 1")
        total, read = float(p.sum()), p[: screening.n_read]
        if not total:
            return no_answer(self, "every probability is 0")
        part, spread = float(read.sum()), float((p * (1 - p)).sum())
        variance = part**2 / total**4 * spread + float((read * (1 - read)).sum()) / total**2
        recall = part / total
        low = recall - 2 * math.sqrt(variance)
        why = f"recall is estimated as {recall:.1%}, less two standard errors {low:.1%}"
        evidence = {"recall": recall, "recall_low": low}
        return Verdict(self.name, self.kind, low >= target, why, evidence, None, self.source)


@dataclass(frozen=True)
class PoissonProcess:
    """Relevant records come as an inhomogeneous Poisson process whose rate falls along the ranking.

    Stevenson and Bin-Hezam 2023, doi 10.1145/3631990. The rate is fitted to ten windows of the records
    read; what is still to come follows from its tail, whose Poisson quantile at the confidence asked for is taken as
    missed. The tail of the hyperbolic rate is integrated correctly, which the authors' code does not
    (``F(x) = a/(c(b−1)) · (1+bcx)^(1−1/b)``).

    Parameters
    ----------
    rate : str
        ``power``, ``λ(x) = a·x^k``, or ``hyperbolic``, ``λ(x) = a/(1+bcx)^(1/b)`` with 0 ≤ b ≤ 1.
    """

    rate: str = "power"
    kind: ClassVar[Kind] = "estimate"
    source: ClassVar[str] = "doi:10.1145/3631990"

    def __post_init__(self) -> None:
        if self.rate not in ("power", "hyperbolic"):
            raise ValueError("rate must be 'power' or 'hyperbolic'")

    @property
    def name(self) -> str:
        """``poisson-power`` or ``poisson-hyperbolic``."""
        return f"poisson-{self.rate}"

    def assess(self, screening: Screening, target: float, confidence: float) -> Verdict:
        """Stop where the records found are `target` of them and the quantile of what is to come."""
        if not screening.n_unread:
            return Verdict(self.name, self.kind, True, "everything was read", {}, 0, self.source)
        if screening.found < _FEWEST_FOUND:
            return no_answer(
                self, f"it is fitted from {_FEWEST_FOUND} relevant records on, {screening.found} were found"
            )
        coming = self.coming(screening, confidence)
        if coming is None:
            return no_answer(self, "the rate at which relevant records came does not have the form it supposes")
        expected, fewest, most = coming
        stop = screening.found >= target * (screening.found + most) - 1e-9

        why = f"{expected:.1f} more are expected, at most {most} at {confidence:.0%}"
        evidence = {
            "expected": expected,
            "at_most": most,
            "recall": screening.found / (screening.found + expected),
            "recall_low": screening.found / (screening.found + most),
            "recall_high": screening.found / (screening.found + fewest),
        }
        return Verdict(self.name, self.kind, stop, why, evidence, None, self.source)

    def further(self, screening: Screening, target: float, confidence: float) -> int | None:
        """Return how many more records to read until the rule is met, if none of them is relevant."""

        def met(more: int) -> bool:
            later = self.coming(screening.read_further(more), confidence)
            return later is not None and screening.found >= target * (screening.found + later[2]) - 1e-9

        return records_to_go(met, screening.n_unread)

    def coming(self, screening: Screening, confidence: float) -> tuple[float, int, int] | None:
        """Return how many relevant records are expected among the unread, fewest and most; None without a fit.

        Each of the two is passed with a probability of ``1 − confidence``.
        """
        from scipy.stats import poisson

        n, total = screening.n_read, screening.n_records
        edges = np.linspace(0, n, _WINDOWS + 1).astype(np.int64)
        if (np.diff(edges) < 2).any():
            return None
        counts = np.diff(np.append(0, np.cumsum(screening.labels))[edges])
        if not counts[_WINDOWS // 2 :].sum():
            return 0.0, 0, 0
        rates = counts / np.diff(edges)
        expected = (
            _power((edges[:-1] + 1).astype(np.float64), rates, n, total)
            if self.rate == "power"
            else _hyperbolic((edges[:-1] + edges[1:]) / 2, rates, n, total)
        )
        if expected is None:
            return None
        expected = min(expected, float(screening.n_unread))
        if not expected > 0:
            return expected, 0, 0
        fewest, most = (int(min(poisson.ppf(p, expected), screening.n_unread)) for p in (1 - confidence, confidence))
        return expected, fewest, most


def _fitted(observed: NDArray[np.float64], given: NDArray[np.float64]) -> bool:
    spread = float(observed.max() - observed.min())
    return spread > 0 and float(((observed - given) ** 2).sum()) / spread < _WORST_FIT


def _power(x: NDArray[np.float64], y: NDArray[np.float64], n: int, total: int) -> float | None:
    """Return the integral from n to total of the power law fitted to (x, y); least squares, exactly in its factor."""
    exponents = np.linspace(-3, 0, 301)
    shapes = x[None, :] ** exponents[:, None]
    factors = (shapes @ y) / (shapes**2).sum(axis=1)
    errors = ((y - factors[:, None] * shapes) ** 2).sum(axis=1)
    best = int(np.argmin(errors))
    if not _fitted(y, factors[best] * shapes[best]):
        return None
    k, a = float(exponents[best]), float(factors[best])
    if abs(k + 1) < 1e-9:
        return a * math.log(total / n)
    return float(a / (k + 1) * (float(total) ** (k + 1) - float(n) ** (k + 1)))


def _hyperbolic(x: NDArray[np.float64], y: NDArray[np.float64], n: int, total: int) -> float | None:
    """Return the integral from n to total of the hyperbolic rate fitted to (x, y), searched on a grid of its shape."""
    bends = np.linspace(0.01, 1, 34)
    decays = np.logspace(-6, 1, 85)
    b, c = (grid.ravel() for grid in np.meshgrid(bends, decays))
    shapes = (1 + b[:, None] * c[:, None] * x[None, :]) ** (-1 / b[:, None])
    norms = (shapes**2).sum(axis=1)
    factors = np.where(norms > 0, (shapes @ y) / np.where(norms > 0, norms, 1), 0)
    errors = ((y - factors[:, None] * shapes) ** 2).sum(axis=1)
    best = int(np.argmin(errors))
    if not _fitted(y, factors[best] * shapes[best]):
        return None
    bend, decay, a = float(b[best]), float(c[best]), float(factors[best])
    if abs(bend - 1) < 1e-9:
        return a / decay * (math.log1p(decay * total) - math.log1p(decay * n))

    def part(at: int) -> float:
        return float(a / (decay * (bend - 1)) * (1 + bend * decay * at) ** (1 - 1 / bend))

    return max(0.0, part(total) - part(n))


@dataclass(frozen=True)
class Chao:
    """How many relevant records no ranker has proposed, from how many only one or two did.

    Bron and others 2025, doi 10.1145/3724116; Chao 1987. With f_j the relevant records that exactly j rankers proposed,
    ``N̂ = n + f1²/(2 f2)`` (``f1(f1−1)/2`` more where f2 is 0); the conservative form compares with the upper end of its
    95 % interval.
    """

    name: ClassVar[str] = "chao"
    kind: ClassVar[Kind] = "estimate"
    source: ClassVar[str] = "doi:10.1145/3724116"

    def assess(self, screening: Screening, target: float, confidence: float) -> Verdict:
        """Stop where the records found are `target` of the upper limit."""
        if screening.proposed is None or screening.proposed.shape[1] < 2:
            return no_answer(self, "the queue did not interleave several rankers and log which proposed each record")
        times = screening.proposed.sum(axis=1)
        once, twice, seen = int((times == 1).sum()), int((times == 2).sum()), int((times > 0).sum())
        if not seen:
            return no_answer(self, "no relevant record was found yet")
        estimate, high = _chao(seen, once, twice)
        why = f"{seen} found of an estimated {estimate:.1f}, at most {high:.1f}"
        evidence = {"once": once, "twice": twice, "estimate": estimate, "estimate_high": high}
        return Verdict(self.name, self.kind, seen >= target * high, why, evidence, None, self.source)


def _chao(seen: int, once: int, twice: int) -> tuple[float, float]:
    unseen = once**2 / (2 * twice) if twice else once * (once - 1) / 2
    if not unseen:
        return float(seen), float(seen)
    ratio = once / max(twice, 1)
    variance = max(twice, 1) * (ratio**4 / 4 + ratio**3 + ratio**2 / 2)
    spread = math.exp(1.96 * math.sqrt(math.log1p(variance / max(unseen, 0.01) ** 2)))
    return seen + unseen, seen + unseen * spread


def chapman(first: int, second: int, both: int) -> dict[str, float]:
    """Return how many relevant records two reviewers are estimated to have overlooked together, among those read.

    It says nothing of what nobody read, and too little where both overlook the same hard abstracts.

    Parameters
    ----------
    first, second, both : int
        Records that the first reviewer included blind, the second, and both.

    Returns
    -------
    dict
        ``included`` by either, ``estimate`` of all there are, ``overlooked`` and its standard error ``se``.

    References
    ----------
    Chapman 1951, with the variance of Seber 1970.
    """
    if both > min(first, second) or min(first, second, both) < 0:
        raise ValueError("both cannot be more than either, and none below 0")
    estimate = (first + 1) * (second + 1) / (both + 1) - 1
    included = first + second - both
    variance = (first + 1) * (second + 1) * (first - both) * (second - both) / ((both + 1) ** 2 * (both + 2))
    return {
        "included": included,
        "estimate": estimate,
        "overlooked": max(0.0, estimate - included),
        "se": math.sqrt(variance),
    }
