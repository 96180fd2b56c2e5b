"""What stands in the review, and who may see what of it.

`State` is folded once and then fed only the new events. It answers for a person by name, and for nobody (``None``) with
what gives away no pending decision. A record merged into another lives on in it, decisions included.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from asreview_mc.core.event import Decided, Discussed, Extracted, Logged, PanelRated, SampleDrawn, Tagged, Undone
from asreview_mc.core.protocol import STAGES, Stage
from asreview_mc.review.consensus import Settlement, Standing, Verdict, verdict
from asreview_mc.review.fold import in_reading_order
from asreview_mc.review.sheet import Sheet
from asreview_mc.review.team import Team


@dataclass(frozen=True, slots=True)
class Label:
    """What a ranker may learn about one record: `y` is 1 relevant or 0 not, `weight` in (0, 1]."""

    record_id: str
    y: int
    weight: float


class State(Team):
    """The answers to everything that the log settles.

    `unread_at` holds, by the event of a random sample, the records that still wanted decisions when it was drawn.
    """

    def __init__(self, taken_back: Collection[int] = ()) -> None:
        super().__init__(taken_back)
        self.unread_at: dict[int, frozenset[str]] = {}

    def _take(self, logged: Logged) -> None:
        super()._take(logged)
        if isinstance(logged.event, SampleDrawn):
            self.unread_at[logged.seq] = frozenset(self.undecided(logged.event.stage))

    # -- what stands --------------------------------------------------------------------------------------------

    def verdict(self, stage: Stage, record_id: str) -> Verdict:
        """Return what stands for a record at a stage; it gives away no pending decision."""
        if stood := self._stood(stage, record_id):
            return stood
        sheet = self._sheets[stage].get(record_id)
        if sheet is None:
            return Verdict("pending")
        return verdict(
            list(sheet.standing.values()),
            sheet.settlement,
            stage=stage,
            wanted=self._wanted(sheet),
            maybe=self.protocol.maybe,
        )

    def settlement(self, stage: Stage, record_id: str) -> Settlement | None:
        """Return the last settlement of a record, whether it still stands or not."""
        sheet = self._sheets[stage].get(record_id)
        return sheet.settlement if sheet else None

    def eligible(self, stage: Stage) -> Iterator[str]:
        """Yield the records that a stage is about.

        At title and abstract all unique ones but those removed before screening, at full text those included there.
        """
        for record_id in self.unique():
            if record_id in self.removed:
                continue
            if stage == "abstract" or self.verdict("abstract", record_id).outcome == "include":
                yield record_id

    def disclosed(self, stage: Stage, record_id: str) -> int | None:
        """Return the event at which every decision wanted on a record was in, or None before that."""
        sheet = self._sheets[stage].get(record_id)
        return sheet.disclosed if sheet else None

    # -- who may see what ---------------------------------------------------------------------------------------

    def visible(self, stage: Stage, record_id: str, viewer: str | None) -> list[Standing]:
        """Return the decisions on a record that `viewer` may see: all that are disclosed, and their own.

        Somebody who was unblinded sees all.
        One made anew after all were taken back is not disclosed before the others are in again.
        """
        sheet = self._sheets[stage].get(record_id)
        if sheet is None:
            return []
        standing = sorted(sheet.standing.values(), key=lambda decision: decision.seq)
        if self.sees_all(viewer):
            return standing
        return [one for one in standing if one.reviewer == viewer or self._is_disclosed(sheet, one.seq)]

    def _is_disclosed(self, sheet: Sheet, seq: int) -> bool:
        if sheet.disclosed is None:
            return False
        return seq <= sheet.disclosed or len(sheet.reviewers) >= self._wanted(sheet)

    def may_see(self, logged: Logged, viewer: str | None) -> bool:
        """Whether `viewer` may see an event: what others did on a record only once all who must have done it."""
        event = logged.event
        if viewer in event.actors or self.sees_all(viewer):
            return True
        if isinstance(event, Extracted):
            kept = self.kept(event.record_id)
            return self.forms.may_see(event, logged.seq, kept, self.protocol.decisions_wanted)
        if isinstance(event, (Decided, Undone, Discussed)):
            return self._is_told(event.stage, event.record_id, logged.seq)
        if isinstance(event, Tagged):
            return self._tag_is_told(event.record_id, logged.seq)
        if isinstance(event, PanelRated):
            return self._all_have_rated(event.subject)
        if isinstance(event, SampleDrawn):  # who knows that a record is of the sample reads it with other eyes
            return not any(self.verdict(event.stage, self.kept(one)).outcome == "pending" for one in event.record_ids)
        return self.codes_are_told(logged)

    def _all_have_rated(self, subject: str) -> bool:
        ratings = (one.event for one in self.noted[PanelRated])
        raters = {one.reviewer for one in ratings if isinstance(one, PanelRated) and one.subject == subject}
        return raters.issuperset(self.protocol.experts)

    def _is_told(self, stage: Stage, record_id: str, seq: int) -> bool:
        sheet = self._sheets[stage].get(self.kept(record_id))
        return sheet is not None and self._is_disclosed(sheet, seq)

    def _tag_is_told(self, record_id: str, seq: int) -> bool:
        """Whether a tag shows to others: not before title and abstract is, nor while it may speak of the full text."""
        kept = self.kept(record_id)
        sheet = self._sheets["abstract"].get(kept)
        if sheet is None or sheet.disclosed is None or not self._is_disclosed(sheet, seq):
            return False
        passed = self.verdict("abstract", kept).outcome == "include"
        return seq <= sheet.disclosed or not passed or self._is_told("fulltext", kept, seq)

    def queue(self, stage: Stage, reviewer: str) -> list[str]:
        """Return the records that still need a decision of `reviewer` at a stage, in reading order.

        What is in the shares of others waits for nobody else; a closed stage and whoever has left wait for nothing.
        """
        left = reviewer in self.protocol.screeners and reviewer not in self.protocol.active
        if left or self.closed(stage):
            return []
        return [
            one
            for one in self.undecided(stage)
            if reviewer not in self.deciders(stage, one) and self.is_for(stage, one, reviewer)
        ]

    def undecided(self, stage: Stage) -> list[str]:
        """Return the records that still need a decision of somebody at a stage, in reading order.

        A full text that could not be had waits for nobody.
        """
        return [record_id for record_id in self.eligible(stage) if self._is_short(stage, record_id)]

    def _is_short(self, stage: Stage, record_id: str) -> bool:
        return (
            len(self.deciders(stage, record_id)) < self.due(stage, record_id)
            and self.verdict(stage, record_id).outcome == "pending"
            and (stage == "abstract" or self.retrieval_status(record_id) != "not-retrieved")
        )

    def waits_for(self, stage: Stage, record_id: str, reviewer: str) -> bool:
        """Whether `record_id` is in the queue of `reviewer`, without going through the whole of it."""
        return (
            reviewer in self.protocol.active
            and not self.closed(stage)
            and self.knows(record_id)
            and record_id not in self.merges
            and record_id not in self.removed
            and (stage == "abstract" or self.verdict("abstract", record_id).outcome == "include")
            and self._is_short(stage, record_id)
            and reviewer not in self.deciders(stage, record_id)
            and self.is_for(stage, record_id, reviewer)
        )

    def own(self, stage: Stage, reviewer: str) -> list[Standing]:
        """Return the standing decisions of `reviewer` at a stage, the last one first."""
        sheets = self._sheets[stage].values()
        made = [one for sheet in sheets for one in sheet.standing.values() if one.reviewer == reviewer]
        return sorted(made, key=lambda decision: -decision.seq)

    def begun(self, stage: Stage) -> list[str]:
        """Return the records on which somebody's decision stands or a settlement does, in reading order."""
        return [
            record_id
            for record_id in self._judged(stage)
            if self.deciders(stage, record_id) or self.verdict(stage, record_id).outcome != "pending"
        ]

    def _judged(self, stage: Stage) -> list[str]:
        """Return the records that were decided on, here or before this copy left, in reading order."""
        return in_reading_order({*self._sheets[stage], *(self.copy.stands.get(stage, ()) if self.copy else ())})

    def is_begun(self, record_id: str) -> bool:
        """Whether somebody's decision stands on a record, at either stage."""
        return any(self.deciders(stage, self.kept(record_id)) for stage in STAGES)

    def decided_by(self, stage: Stage, reviewer: str) -> int:
        """Count the records on which a decision of `reviewer` stands; says nothing about what it is."""
        return sum(reviewer in sheet.reviewers for sheet in self._sheets[stage].values())

    def last_decision(self, stage: Stage, reviewer: str, record_id: str | None = None) -> Standing | None:
        """Return the standing decision that `reviewer` made last at a stage, on one record if it is named."""
        sheets = self._sheets[stage]
        chosen = (
            sheets.values() if record_id is None else [sheets[one] for one in (self.kept(record_id),) if one in sheets]
        )
        own = [one for sheet in chosen for one in sheet.standing.values() if one.reviewer == reviewer]
        return max(own, key=lambda decision: decision.seq, default=None)

    def conflicts(self, stage: Stage) -> list[str]:
        """Return the records in conflict of decision or of reason, in reading order."""
        return in_reading_order(one for one in self._sheets[stage] if self.verdict(stage, one).open)

    def labels(self, viewer: str | None) -> list[Label]:
        """Return what the queue of `viewer` may learn from at either stage, in reading order: title and abstract.

        Records decided by all who must count as they stand, those still pending by the viewer's own decision; a maybe
        counts as relevant with half the weight; an open conflict teaches nothing.
        """
        labels = []
        for record_id in self._judged("abstract"):
            stands = self.verdict("abstract", record_id)
            outcome = stands.outcome
            if outcome == "conflict":
                continue
            seen = self.visible("abstract", record_id, viewer)
            if outcome == "pending":
                own = [decision.decision for decision in seen if decision.reviewer == viewer]
                if not own:
                    continue
                relevant, unsure = own[-1] != "exclude", own[-1] == "maybe"
            else:
                relevant = outcome == "include"
                unsure = bool(relevant and seen and not stands.settled) and {one.decision for one in seen} == {"maybe"}
            labels.append(Label(record_id, int(relevant), 0.5 if unsure else 1.0))
        return labels

    # -- agreement ----------------------------------------------------------------------------------------------

    def completed(self, stage: Stage) -> list[str]:
        """Return the records with every decision in, in the order in which they became so."""
        done = [(sheet.disclosed, record_id) for record_id, sheet in self._sheets[stage].items() if sheet.disclosed]
        return [record_id for _, record_id in sorted(done)]

    def chosen_how(self, stage: Stage, record_id: str) -> str:
        """Return how a completed record was chosen for the last decision wanted, ``""`` where nobody noted it."""
        sheet = self._sheets[stage].get(record_id)
        if sheet is None or sheet.disclosed is None:
            return ""
        until = sheet.disclosed
        last = max((one for one in sheet.first.values() if one.seq <= until), key=lambda one: one.seq, default=None)
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
        begun = sum(any(one.seq <= until for one in sheet.first.values()) for sheet in sheets)
        complete = sum(sheet.disclosed is not None and sheet.disclosed <= until for sheet in sheets)
        return complete / max(begun, 1)

    def _blind(self, stage: Stage, record_id: str) -> list[Standing]:
        """Return each reviewer's first decision, of those who made it before any other's became visible to them."""
        sheet = self._sheets[stage].get(record_id)
        if sheet is None or sheet.disclosed is None:
            return []
        until = min(sheet.disclosed, self.seen_since.get(record_id, sheet.disclosed))
        first = sheet.first.values()
        return [one for one in first if self._known_at(one.seq) <= until and not self._could_see(one, sheet)]
