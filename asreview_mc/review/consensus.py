"""What stands for a record when several people decided on it: nobody is outvoted, nothing is averaged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from asreview_mc.core.event import Settled
from asreview_mc.core.protocol import Stage

Outcome = Literal["pending", "conflict", "include", "exclude"]


class Standing(NamedTuple):
    """A reviewer's decision as it stands now; `seq` and `at` are those of the event, `how` its record was chosen.

    A tuple, since there are hundreds of thousands in a large review and each costs a fifth of a data class.
    """

    seq: int
    at: str
    record_id: str
    reviewer: str
    decision: str
    reason: str
    note: str
    how: str = ""


@dataclass(frozen=True, slots=True)
class Settlement:
    """A conflict's settlement and its place in the log."""

    seq: int
    at: str
    event: Settled


@dataclass(frozen=True, slots=True)
class Verdict:
    """What stands for a record at a stage.

    Attributes
    ----------
    outcome : str
        ``pending`` until every decision wanted is in, then ``include``, ``exclude`` or ``conflict``.
    reason : str
        Code of the reason that all exclusions share or that was settled; empty where there is none.
    reason_conflict : bool
        All exclude, but for different reasons: the exclusion stands, its reason is still to be settled.
    settled : bool
        Whether it took a settlement.
    """

    outcome: Outcome
    reason: str = ""
    reason_conflict: bool = False
    settled: bool = False

    @property
    def open(self) -> bool:
        """Whether a conflict, of decisions or of reasons, waits to be settled."""
        return self.outcome == "conflict" or self.reason_conflict


def verdict(
    standing: Sequence[Standing], settlement: Settlement | None, *, stage: Stage, wanted: int, maybe: str
) -> Verdict:
    """Say what stands for one record.

    Parameters
    ----------
    standing : sequence of Standing
        Decisions that stand; more than one by a reviewer only where duplicates they had decided on were merged.
    settlement : Settlement or None
        The last one. It stands until somebody afterwards decides otherwise, which opens the conflict again; at full
        text an exclusion for another reason opens only the reason.
    stage : str
        At full text a maybe is always a conflict, since a report cannot be included for now.
    wanted : int
        Decisions wanted by the protocol.
    maybe : str
        ``include`` or ``conflict``: what a maybe leads to at title and abstract.
    """
    complete = len({decision.reviewer for decision in standing}) >= wanted
    settled = _settled(standing, settlement, stage, complete) if settlement else None
    if settled:
        return settled
    if not complete:
        return Verdict("pending")
    said = {decision.decision for decision in standing}
    if maybe == "include" and stage == "abstract" and said <= {"include", "maybe"}:
        return Verdict("include")
    if said == {"include"}:
        return Verdict("include")
    if said != {"exclude"}:
        return Verdict("conflict")
    reasons = {decision.reason for decision in standing}
    if len(reasons) == 1:
        return Verdict("exclude", reasons.pop())
    return Verdict("exclude", reason_conflict=stage == "fulltext")


def _settled(standing: Sequence[Standing], settlement: Settlement, stage: Stage, complete: bool) -> Verdict | None:
    """Return what a settlement leads to, or None where what was decided after it counts instead."""
    settled = settlement.event
    outcome: Outcome = "include" if settled.decision == "include" else "exclude"
    # While a decision is pending nothing may show what it says, not even that it departs from the settlement.
    later = [decision for decision in standing if decision.seq > settlement.seq] if complete else []
    if any(decision.decision != settled.decision for decision in later):
        # One person's change of mind does not undo what was agreed: it has to be settled anew.
        return Verdict("conflict")
    if stage == "abstract" or all(decision.reason == settled.reason for decision in later):
        return Verdict(outcome, settled.reason, settled=True)
    if len({(decision.decision, decision.reason) for decision in standing}) == 1:
        return None
    return Verdict(outcome, reason_conflict=True, settled=True)
