"""The end of a stage, the included set frozen, and which reports are of one study."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from asreview_mc.core.errors import DecisionError
from asreview_mc.core.event import Frozen, JudgedDifferent, Linked, Logged, StageClosed, StageReopened
from asreview_mc.core.protocol import Stage
from asreview_mc.identify.dedup import REPORTS
from asreview_mc.project.agreement import measure_full_batches, measure_stage
from asreview_mc.project.checks import check_leader
from asreview_mc.project.duplicates import doubts
from asreview_mc.project.review import Review
from asreview_mc.project.stopping import look
from asreview_mc.review.eligibility import eligibility
from asreview_mc.review.studies import reports_of


@dataclass(frozen=True, slots=True)
class Closed:
    """A stage as it was closed: `unread` records that nobody decided on, `half_read` ones that want more decisions."""

    logged: Logged
    unread: tuple[str, ...]
    half_read: tuple[str, ...]


def close(review: Review, stage: Stage, by: str, *, reason: str = "", rule: str = "") -> Closed:
    """End a stage; what was not read to the end is kept by name and is never excluded by that.

    Parameters
    ----------
    rule : str
        The stopping rule that is met: it is looked at once more, and the look is logged.

    Raises
    ------
    UnknownError
        If `by` or the rule are unknown.
    DecisionError
        If it is closed already, conflicts are open, the rule was not met, or `by` may not.
    """
    check_leader(review.state.protocol, by)
    if rule:  # outside of the step below, so that the look stays in the log if this is refused
        _check_rule(review, stage, by, rule)
    with review.transaction():
        state = review.state
        closed, conflicts = state.closed(stage), state.conflicts(stage)
        if closed:
            raise DecisionError(f"is closed already (event {closed.seq})", where=f"stage {stage}")
        if conflicts:
            raise DecisionError(
                f"{len(conflicts)} conflicts are open", where=f"stage {stage}", remedy="Settle them first"
            )
        waiting = tuple(state.undecided(stage))
        (logged,) = review.append(StageClosed(stage, by, reason, rule, waiting))
        measure_full_batches(review, stage)
        measure_stage(review, stage)
    half_read = tuple(one for one in waiting if state.deciders(stage, one))
    return Closed(logged, tuple(one for one in waiting if one not in half_read), half_read)


def _check_rule(review: Review, stage: Stage, by: str, rule: str) -> None:
    said = next(one for one in look(review, stage, by=by, rule=rule).verdicts if one.name == rule)
    if not said.stop:
        raise DecisionError(
            f"the rule {rule!r} is not met: {said.why}",
            where=f"stage {stage}",
            remedy="Read on until `asreview-mc stop` says so, or close it with a --reason and no --rule",
        )


def reopen(review: Review, stage: Stage, by: str, reason: str) -> Logged:
    """Let a closed stage go on.

    Raises
    ------
    UnknownError
        If `by` is unknown.
    DecisionError
        If it is not closed, there is no reason, or `by` may not.
    """
    with review.transaction():
        state = review.state
        check_leader(state.protocol, by)
        if not state.closed(stage):
            raise DecisionError("is not closed", where=f"stage {stage}")
        _check_reason(reason)
        (logged,) = review.append(StageReopened(stage, by, reason.strip()))
    return logged


def freeze(review: Review, by: str, *, reason: str = "") -> Logged:
    """Freeze the included set: decisions on what is there change only after a reasoned amendment.

    Raises
    ------
    UnknownError
        If `by` is unknown.
    DecisionError
        If it is frozen, a conflict is open, a full text has no outcome yet, or `by` may not.
    """
    with review.transaction():
        state = review.state
        check_leader(state.protocol, by)
        if state.frozen:
            raise DecisionError(f"is frozen already (event {state.frozen.seq})", where="included set")
        found = eligibility(state)
        waiting = len(found.pending) + len(state.conflicts("abstract")) + len(found.excluded.get("", ()))
        if waiting:
            raise DecisionError(
                f"{waiting} records wait for an outcome or a settlement",
                where="included set",
                remedy="Decide, settle or note them as not retrieved first",
            )
        (logged,) = review.append(Frozen(found.included, by, reason))
    return logged


def thaw(review: Review, by: str, reason: str) -> Logged:
    """Let the included set change again: the reasoned amendment that a change after freezing needs.

    Raises
    ------
    UnknownError
        If `by` is unknown.
    DecisionError
        If it is not frozen, there is no reason, or `by` may not.
    """
    with review.transaction():
        state = review.state
        check_leader(state.protocol, by)
        frozen = state.frozen
        if frozen is None or not isinstance(frozen.event, Frozen):
            raise DecisionError("is not frozen", where="included set")
        _check_reason(reason)
        (logged,) = review.append(Frozen(frozen.event.record_ids, by, reason.strip(), thawed=True))
    return logged


def _check_reason(reason: str) -> None:
    if not reason.strip():
        raise DecisionError("a reason is wanted", where="--reason")


def link(
    review: Review, study: str, record_ids: Sequence[str], by: str, *, note: str = "", apart: bool = False
) -> Logged:
    """Note that records report the same study as `study`, or that they do not after all.

    Raises
    ------
    UnknownError
        If a record or the person is unknown.
    DecisionError
        If that is noted already, or a record would be linked to itself.
    """
    with review.transaction():
        state = review.state
        state.protocol.reviewer(by)
        kept = state.kept(review.record(study).record_id)
        reports = tuple(dict.fromkeys(state.kept(review.record(one).record_id) for one in record_ids))
        if not reports or kept in reports:
            raise DecisionError("a study is linked to other records", where=study, remedy="Name other records")
        together = reports_of(state, kept)
        known = [one for one in reports if (one in together) is not apart]
        if known:
            said = "are not of one study" if apart else "are of one study already"
            raise DecisionError(f"{study} and {', '.join(known)} {said}", where="link")
        different = [] if apart else [one for one in reports if frozenset((kept, one)) not in state.different]
        events = [Linked(kept, reports, by, note, apart), *(JudgedDifferent(one, kept, by, note) for one in different)]
        return review.append(*events)[0]


def reports(review: Review, record_id: str) -> list[str]:
    """Return the other reports of the study that a record reports, in reading order."""
    return [one for one in reports_of(review.state, record_id) if one != review.state.kept(record_id)]


def linkable(review: Review) -> list[dict[str, str]]:
    """Return the pairs that de-duplication takes for two reports of one study, which a person may link."""
    records = review.records
    return [
        {
            "record_id": doubt.record_id,
            "other": doubt.other,
            "why": doubt.why,
            "title": records[doubt.record_id].title,
            "other_title": records[doubt.other].title,
        }
        for doubt in doubts(review)
        if doubt.why == REPORTS
    ]
