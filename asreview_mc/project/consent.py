"""Settling a conflict from two places: each says how, and what all who must agree on is the settlement."""

from __future__ import annotations

from asreview_mc.core.errors import DecisionError
from asreview_mc.core.event import Discussed, Logged, Settled
from asreview_mc.core.protocol import Stage
from asreview_mc.project.checks import check_decision, check_open, check_settlers
from asreview_mc.project.review import Review
from asreview_mc.project.screen import settle
from asreview_mc.review.state import State

Said = tuple[str, str]


def propose(
    review: Review,
    record_id: str,
    decision: str,
    reviewer: str,
    *,
    stage: Stage = "abstract",
    reason: str = "",
    note: str = "",
) -> Logged:
    """Log how somebody would settle a conflict; settle it where all who must have said the same by now.

    An adjudicator's word settles it at once. Returns the settlement, or else the proposal.

    Raises
    ------
    UnknownError
        If record, person or reason are unknown.
    DecisionError
        If there is no open conflict, or the decision is not a final one.
    """
    with review.transaction():
        state = review.state
        person = state.protocol.reviewer(reviewer)
        review.record(record_id)
        if person.role == "adjudicator":
            return settle(review, record_id, decision, [reviewer], stage=stage, reason=reason, note=note)
        if decision not in ("include", "exclude"):
            raise DecisionError(f"a conflict is settled as include or exclude, not {decision!r}", where=record_id)
        check_decision(state, record_id, stage, decision, reason)
        check_open(review, state, record_id, stage)
        if not state.verdict(stage, record_id).open:
            raise DecisionError("there is no open conflict", where=f"{record_id}, stage {stage}")
        (logged,) = review.append(Discussed(record_id, stage, reviewer, note.strip(), decision, reason))
        agreed = [
            name for name, said in proposals(review.state, stage, record_id).items() if said == (decision, reason)
        ]
        try:
            check_settlers(review.state, stage, record_id, set(agreed))
        except DecisionError:
            return logged
        return settle(review, record_id, decision, agreed, stage=stage, reason=reason, note=note)


def proposals(state: State, stage: Stage, record_id: str) -> dict[str, Said]:
    """Return by person the decision and reason by which they would settle a conflict, since it was settled last."""
    settlement = state.settlement(stage, record_id)
    found: dict[str, Said] = {}
    for logged in state.noted[Discussed]:
        said = logged.event
        if not isinstance(said, Discussed) or (said.stage, state.kept(said.record_id)) != (stage, record_id):
            continue
        if said.proposal and (settlement is None or logged.seq > settlement.seq) and state.may_see(logged, None):
            found[said.reviewer] = (said.proposal, said.reason)
    return found


def was_settled(logged: Logged) -> bool:
    """Whether what `propose` returned is a settlement."""
    return isinstance(logged.event, Settled)
