"""What a decision must keep to: who makes it, on which record, at which stage, while nothing is closed or frozen."""

from __future__ import annotations

from asreview_mc.core.errors import DecisionError
from asreview_mc.core.event import ReferencesRead
from asreview_mc.core.protocol import DECISIONS, Protocol, Stage
from asreview_mc.project.review import Review
from asreview_mc.review.state import State


def check_decider(protocol: Protocol, reviewer: str) -> None:
    """Check that somebody decides on records.

    Raises
    ------
    UnknownError
        If nobody on the team is called so.
    DecisionError
        If they have another role, or have left.
    """
    person = protocol.reviewer(reviewer)
    if person.name not in protocol.screeners:
        raise DecisionError(f"{reviewer} is {person.role} and does not decide on records", where="protocol")
    if person.left:
        raise DecisionError(f"{reviewer} has left the team; what they decided stands", where="protocol")


def check_settlers(state: State, stage: Stage, record_id: str, by: set[str]) -> None:
    """Check that those named may settle a conflict: all who decided, with somebody in the place of each who left.

    Raises
    ------
    DecisionError
        If somebody who decided is not named, or nobody stands in for those who left.
    """
    team = set(state.protocol.active)
    deciders = {standing.reviewer for standing in state.visible(stage, record_id, None)}
    stay = deciders & team
    wanted = len(stay) if stay == deciders else max(len(stay), min(2, len(team)))
    if not stay <= by or len(by & team) < wanted:
        names = " ".join(f"--by {name}" for name in sorted(stay))
        more = " and somebody in the place of those who left" if wanted > len(stay) else ""
        raise DecisionError(
            "a conflict is settled by all who decided on it, or by an adjudicator",
            where=record_id,
            remedy=f"Name {names}{more}".replace("  and", " one"),
        )


def check_leader(protocol: Protocol, name: str) -> None:
    """Check that somebody may say how the work goes: an owner, or anybody where the protocol names no owner.

    Raises
    ------
    UnknownError
        If nobody on the team is called so.
    DecisionError
        If they may not.
    """
    person = protocol.reviewer(name)
    owners = [one.name for one in protocol.reviewers if one.role == "owner" and not one.left]
    if person.left or (owners and name not in owners):
        raise DecisionError(
            f"{name} {'has left the team' if person.left else f'is {person.role}, not an owner'}",
            where="protocol",
            remedy=f"Ask {' or '.join(owners) or 'somebody who has not'}",
        )


def check_open(review: Review, state: State, record_id: str, stage: Stage) -> None:
    """Check that decisions on a record may change: its stage is open, the included set not frozen since it was read.

    Raises
    ------
    DecisionError
        If not, with the event that says so.
    """
    closed = state.closed(stage)
    if closed:
        raise DecisionError(
            f"the stage {stage} was closed (event {closed.seq})",
            where=record_id,
            remedy=f"Open it again with `close {stage} --reopen --by NAME --reason TEXT`",
        )
    check_not_frozen(review, state, record_id)


def check_not_frozen(review: Review, state: State, record_id: str) -> None:
    """Check that the included set is not frozen, or was so before a record was read.

    Raises
    ------
    DecisionError
        If the record was there when it was frozen.
    """
    frozen = state.frozen
    if frozen:
        later = review.log.events(frozen.seq, kinds=[ReferencesRead.kind])
        firsts = [one.event.first for one in later if isinstance(one.event, ReferencesRead) and one.event.read]
        if not firsts or int(record_id[1:]) < int(firsts[0][1:]):
            raise DecisionError(
                f"the included set is frozen (event {frozen.seq})",
                where=record_id,
                remedy="Amend that first, with `freeze --thaw --by NAME --reason TEXT`",
            )


def check_decision(state: State, record_id: str, stage: Stage, decision: str, reason: str) -> None:
    """Check a decision on a record against the protocol and the stage.

    Raises
    ------
    UnknownError
        If there is no such reason.
    DecisionError
        If the record, the stage or the closed list of reasons do not allow it.
    """
    protocol = state.protocol
    if decision not in DECISIONS:
        raise DecisionError(f"no decision is called {decision!r}", remedy=f"Choose one of {', '.join(DECISIONS)}")
    if state.kept(record_id) != record_id:
        raise DecisionError(
            "is a duplicate", where=record_id, remedy=f"Decide on {state.kept(record_id)}, which stands for it"
        )
    if record_id in state.removed:
        raise DecisionError(
            f"was removed before screening, since it fails {state.removed[record_id].criterion}",
            where=record_id,
            remedy="Take that back with `criteria --meets`",
        )
    check_stage(state, record_id, stage)
    if stage == "fulltext" and state.retrieval_status(record_id) == "not-retrieved":
        raise DecisionError(
            "is noted as not retrieved",
            where=record_id,
            remedy=f"If it is to be had after all, run `retrieve {record_id} retrieved` first",
        )
    if decision != "exclude" and reason:
        raise DecisionError(f"a reason is given with exclude only, not with {decision}", where=record_id)
    if stage == "fulltext" and decision == "exclude":
        if not reason:
            raise DecisionError(
                "a full text is excluded for exactly one reason",
                where=record_id,
                remedy=f"Give --reason, one of {', '.join(known.code for known in protocol.reasons)}",
            )
        protocol.reason(reason)
    elif reason and reason not in {criterion.code for criterion in (*protocol.inclusion, *protocol.exclusion)}:
        protocol.reason(reason)


def check_stage(state: State, record_id: str, stage: Stage) -> None:
    """Check that a record has got to a stage.

    Raises
    ------
    DecisionError
        If its full text is asked about before it has passed title and abstract.
    """
    if stage == "fulltext" and state.verdict("abstract", record_id).outcome != "include":
        raise DecisionError(
            "has not passed title and abstract", where=record_id, remedy="Decide or settle it there first"
        )
