"""What each rule is likely to cost, before anything was read: under a perfect ranking, which no real one beats."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from asreview_mc.learn.stop.buscar import Buscar
from asreview_mc.learn.stop.certificates import QuantileBinomial, RandomAudit
from asreview_mc.learn.stop.heuristics import Quiet
from asreview_mc.learn.stop.screening import Screening

PREVALENCES = (0.005, 0.01, 0.02, 0.05, 0.1, 0.2)


@dataclass(frozen=True)
class Advice:
    """The least that a rule can cost at one prevalence.

    Attributes
    ----------
    rule : str
    prevalence : float
    relevant : int
        Records that would be relevant then.
    read : int or None
        Records read at least until the rule is met; None where it cannot be met before all is read.
    share : float or None
        The same as a share of the pool.
    note : str
    """

    rule: str
    prevalence: float
    relevant: int
    read: int | None
    share: float | None
    note: str = ""


def advise(n_records: int, *, target: float, confidence: float) -> list[Advice]:
    """Return the least cost of BUSCAR, `quiet`, a random audit, QBCB and Target at plausible prevalences.

    Parameters
    ----------
    n_records : int
        Records in the pool.
    target, confidence : float
        As for `assess`.

    Examples
    --------
    >>> [one.share for one in advise(2000, target=0.95, confidence=0.95) if (one.rule, one.relevant) == ("buscar", 20)]
    [0.7785]
    """
    found = []
    for prevalence in PREVALENCES:
        relevant = round(prevalence * n_records)
        if relevant < 1:
            continue
        perfect = Screening(np.ones(relevant, dtype=np.int64), n_records)
        more = Buscar().further(perfect, target, confidence)
        rows: list[tuple[str, int | None, str]] = [("buscar", None if more is None else relevant + more, "")]
        quiet = Quiet().further(perfect, target, confidence)
        alone = "BUSCAR alone" if Quiet().by_buscar_alone(perfect, target) else ""
        rows.append(("quiet", None if quiet is None else relevant + quiet, alone))
        plan = RandomAudit.plan(perfect, target, confidence)
        rows.append(("audit", None if plan is None else relevant + plan, "one audit, at half of the error probability"))
        needed = _controls("qbcb", target, confidence), _controls("target", target, confidence)
        for name, positives in zip(("qbcb", "target"), needed, strict=True):
            control = None if positives is None else math.ceil(positives / prevalence)
            possible = control is not None and control + relevant < n_records
            note = f"a control sample of about {control:,}" if control else "not at this target"
            rows.append((name, control + relevant if possible and control else None, note))
        found += [
            Advice(name, prevalence, relevant, read, None if read is None else round(read / n_records, 4), note)
            for name, read, note in rows
            if read is None or read <= n_records
        ]
    return found


def _controls(name: str, target: float, confidence: float) -> int | None:
    """Return the fewest relevant control records with which a certificate can be met at all."""
    if target >= 1:
        return None
    if name == "target":
        return math.ceil(-math.log(1 - confidence) / (1 - target) - 1e-9)
    # The easiest case of QBCB is that all of r are reached: 1 − target^r ≥ confidence.
    least = math.ceil(math.log(1 - confidence) / math.log(target) - 1e-9)
    return next(r for r in range(least, least + 3) if QuantileBinomial.needed(r, target, confidence))
