"""The last look at whether reading may stop, for those who pass by and are not to spend another."""

from __future__ import annotations

from typing import Any

from asreview_mc.core.event import StopLooked
from asreview_mc.core.protocol import Stage
from asreview_mc.learn import stop
from asreview_mc.project.review import Review


def last_look(review: Review, stage: Stage) -> dict[str, Any]:
    """Return the rule that the protocol chose and what it said when somebody last asked at a stage.

    To look is to take another chance of stopping too early, so that this asks nothing anew. It rests on records with
    every decision in and gives away none that is pending.

    Returns
    -------
    dict
        `rule` (empty where none is chosen), its `kind`, `target`, `confidence`, and `look`: None before the first, else
        `stop` (None where the rule had no answer), `read`, `found`, `records`, `seq`, `at`, `by`.
    """
    chosen = review.state.protocol.stopping
    found: dict[str, Any] = {"rule": chosen.rule, "target": chosen.target, "confidence": chosen.confidence}
    found["kind"] = stop.rule(chosen.rule).kind if chosen.rule else ""
    for logged in reversed(review.state.noted[StopLooked]):
        event = logged.event
        if isinstance(event, StopLooked) and (event.stage, event.rule) == (stage, chosen.rule):
            seen = {name: event.evidence.get(name) for name in ("read", "found", "records")}
            return found | {"look": {"stop": event.stop, **seen, "seq": logged.seq, "at": logged.at, "by": event.by}}
    return found | {"look": None}
