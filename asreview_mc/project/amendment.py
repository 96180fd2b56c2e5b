"""What a changed protocol must keep to before it holds."""

from __future__ import annotations

from asreview_mc.core.errors import ProtocolError
from asreview_mc.core.protocol import STAGES, Protocol
from asreview_mc.project.folder import PROTOCOL
from asreview_mc.review.state import State
from asreview_mc.review.topics import is_told

_UNANSWERED = {
    "chao": "its queue interleaves no rankers",
    "quant-ci": "its scores are not calibrated on random draws",
}
"""Rules that lack their input in a live review, where they would never say that reading may stop."""


def check_amendment(state: State, draft: Protocol) -> None:
    """Check that a draft takes nobody's decisions away and discloses none.

    Raises
    ------
    ProtocolError
        If it leaves out somebody who has decided, lowers how many decisions are wanted (or how many code sub-topics)
        while some are pending, or chooses a stopping rule that there is not or that has no answer in a live review.
    """
    check_rule(draft)
    deciders = [name for name in state.protocol.names if any(state.decided_by(stage, name) for stage in STAGES)]
    gone = [name for name in deciders if name not in draft.screeners]
    if gone:
        raise ProtocolError(
            f"leaves out {', '.join(gone)}, whose decisions are in the log",
            where=PROTOCOL,
            remedy="Keep the name under [[reviewers]] and say `left = true` there",
        )
    if draft.topic_coders < state.protocol.topic_coders and any(not is_told(state, one, None) for one in state.topics):
        raise ProtocolError(
            "lowers [topics] coders while sub-topics wait for a second coder, which would disclose the first",
            where=PROTOCOL,
            remedy="Complete those first",
        )
    pending = sum(
        state.verdict(stage, record_id).outcome == "pending" for stage in STAGES for record_id in state.begun(stage)
    )
    if draft.decisions_wanted < state.protocol.decisions_wanted and pending:
        raise ProtocolError(
            f"lowers decisions_wanted while {pending} records have decisions pending, which would disclose them",
            where=PROTOCOL,
            remedy="Complete or undo those decisions first",
        )


def check_rule(draft: Protocol) -> None:
    """Check that the stopping rule chosen is one, and has an answer in a live review.

    Raises
    ------
    ProtocolError
        If it is not, or has none.
    """
    if not draft.stopping.rule:
        return
    from asreview_mc.learn.stop import RULES  # numpy is not for every command

    names = [rule.name for rule in RULES]
    if draft.stopping.rule not in names:
        raise ProtocolError(
            f"[stopping] has no rule {draft.stopping.rule!r}", where=PROTOCOL, remedy=f"Choose {', '.join(names)}"
        )
    why = _UNANSWERED.get(draft.stopping.rule)
    if why:
        raise ProtocolError(
            f"[stopping] rule {draft.stopping.rule!r} has no answer in a live review: {why}",
            where=PROTOCOL,
            remedy=f"Choose {', '.join(name for name in names if name not in _UNANSWERED)}",
        )
