"""Full texts: which reports are sought, which were not to be had, which were excluded and why."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from asreview_mc.review.pool import in_reading_order
from asreview_mc.review.state import State

RETRIEVAL = ("sought", "retrieved", "not-retrieved")


@dataclass(frozen=True, slots=True)
class Eligibility:
    """Ids of reports by what became of them, in reading order.

    ``sought == not_retrieved + assessed + pending`` and ``assessed == included + excluded``; `excluded` is by reason
    code, ``""`` where the reason is still to be settled. `pending` waits for a decision or a settlement.
    """

    sought: tuple[str, ...]
    not_retrieved: tuple[str, ...]
    pending: tuple[str, ...]
    included: tuple[str, ...]
    excluded: dict[str, tuple[str, ...]]

    @property
    def assessed(self) -> tuple[str, ...]:
        """Reports with an outcome, in reading order."""
        return tuple(in_reading_order([*self.included, *(one for ids in self.excluded.values() for one in ids)]))


def eligibility(state: State, record_ids: Iterable[str] | None = None) -> Eligibility:
    """Sort the reports included on title and abstract (among `record_ids` if given) by their fate at full text.

    An outcome on the full text shows that the report was there: it weighs more than a note that it could not be had.
    """
    among = None if record_ids is None else set(record_ids)
    sought = [one for one in state.eligible("fulltext") if among is None or one in among]
    not_retrieved, pending, included = [], [], []
    excluded: dict[str, list[str]] = {reason.code: [] for reason in state.protocol.reasons}
    for record_id in sought:
        verdict = state.verdict("fulltext", record_id)
        if verdict.outcome == "include":
            included.append(record_id)
        elif verdict.outcome == "exclude":
            excluded.setdefault(verdict.reason, []).append(record_id)
        elif verdict.outcome == "pending" and state.retrieval_status(record_id) == "not-retrieved":
            not_retrieved.append(record_id)
        else:
            pending.append(record_id)
    return Eligibility(
        tuple(sought),
        tuple(not_retrieved),
        tuple(pending),
        tuple(included),
        {code: tuple(ids) for code, ids in excluded.items() if ids},
    )
