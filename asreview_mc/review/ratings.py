"""Which records are complete, and what each reviewer said of them before another's answer was visible."""

from __future__ import annotations

from collections.abc import Iterable

from asreview_mc.core.protocol import Stage
from asreview_mc.review.consensus import Standing
from asreview_mc.review.team import Team


class Ratings(Team):
    """What agreement is measured on; nothing pending shows in it."""

    def disclosed(self, stage: Stage, record_id: str) -> int | None:
        """Return the event at which every decision wanted on a record was in, or None before that."""
        sheet = self._sheets[stage].get(record_id)
        return sheet.disclosed if sheet else None

    def completed(self, stage: Stage) -> list[str]:
        """Return the records with every decision in, in the order in which they became so."""
        done = [(sheet.disclosed, record_id) for record_id, sheet in self._sheets[stage].items() if sheet.disclosed]
        return [record_id for _, record_id in sorted(done)]

    def decided_by_day(self, stage: Stage) -> dict[str, dict[str, int]]:
        """Return by reviewer and day (``2026-11-29``, UTC) on how many records they decided, whatever they said."""
        days: dict[str, dict[str, int]] = {}
        for sheet in self._sheets[stage].values():
            for one in sheet.standing:
                own = days.setdefault(one.reviewer, {})
                own[one.at[:10]] = own.get(one.at[:10], 0) + 1
        return days

    def chosen_how(self, stage: Stage, record_id: str) -> str:
        """Return how a completed record was chosen for the last decision wanted, ``""`` where nobody noted it."""
        sheet = self._sheets[stage].get(record_id)
        if sheet is None or sheet.disclosed is None:
            return ""
        until = sheet.disclosed
        last = max((one for one in sheet.first if one.seq <= until), key=lambda one: one.seq, default=None)
        return last.how if last else ""

    def doubly_screened(self, stage: Stage) -> list[str]:
        """Return those of the completed records on which two at least decided blind, in the same order."""
        return [one for one in self.completed(stage) if len(self._blind(stage, one)) > 1]

    def ratings(self, stage: Stage, record_ids: Iterable[str]) -> dict[str, dict[str, str]]:
        """Return by reviewer and record the first decision each made before the others' became visible.

        Only records whose decisions are all in are looked at, so that nothing pending shows.
        """
        ratings: dict[str, dict[str, str]] = {name: {} for name in self.protocol.screeners}
        for record_id in record_ids:
            for decision in self._blind(stage, record_id):
                ratings.setdefault(decision.reviewer, {})[record_id] = decision.decision
        return ratings

    def reasons_given(self, stage: Stage, record_ids: Iterable[str]) -> dict[str, dict[str, str]]:
        """Return by reviewer and record the reason of a first decision made blind, where all such decisions exclude."""
        given: dict[str, dict[str, str]] = {}
        for record_id in record_ids:
            blind = self._blind(stage, record_id)
            if all(decision.decision == "exclude" for decision in blind):
                for decision in blind:
                    given.setdefault(decision.reviewer, {})[record_id] = decision.reason
        return given

    def overlap_share(self, stage: Stage, record_id: str) -> float:
        """Return which share of the records that anybody had decided on was complete when a complete one became so."""
        until = self.disclosed(stage, record_id) or 0
        sheets = self._sheets[stage].values()
        begun = sum(any(one.seq <= until for one in sheet.first) for sheet in sheets)
        complete = sum(sheet.disclosed is not None and sheet.disclosed <= until for sheet in sheets)
        return complete / max(begun, 1)

    def _blind(self, stage: Stage, record_id: str) -> list[Standing]:
        """Return each reviewer's first decision, of those who made it before any other's became visible to them."""
        sheet = self._sheets[stage].get(record_id)
        if sheet is None or sheet.disclosed is None:
            return []
        until = min(sheet.disclosed, self.seen_since.get(record_id, sheet.disclosed))
        first = sheet.first
        return [one for one in first if self._known_at(one.seq) <= until and not self._could_see(one, sheet)]
