"""What stands in the review, and who may see what of it.

`State` is folded once and then fed only the new events. It answers for a person by name, and for nobody (``None``) with
what gives away no pending decision. A record merged into another lives on in it, decisions included.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from asreview_mc.core.event import Decided, Discussed, Extracted, Logged, PanelRated, SampleDrawn, Tagged, Undone
from asreview_mc.core.protocol import STAGES, Stage
from asreview_mc.review.consensus import Settlement, Standing, Verdict, verdict
from asreview_mc.review.pool import in_reading_order
from asreview_mc.review.ratings import Ratings
from asreview_mc.review.sheet import Sheet

CONTROL = "control"
SECOND_LOOK = "second look"
UNTOUCHED = "untouched"


@dataclass(frozen=True, slots=True)
class Label:
    """What a ranker may learn about one record: `y` is 1 relevant or 0 not, `weight` in (0, 1]."""

    record_id: str
    y: int
    weight: float


class State(Ratings):
    """The answers to everything that the log settles.

    `unread_at` holds, by the event of a random sample, the records it was drawn from; `reached`, by stage, for each
    record of a control sample whose ranked queue has come to it.
    """

    def __init__(self, taken_back: Collection[int] = ()) -> None:
        super().__init__(taken_back)
        self.unread_at: dict[int, frozenset[str]] = {}
        self.reached: dict[str, dict[str, frozenset[str]]] = {stage: {} for stage in STAGES}

    def _take(self, logged: Logged) -> None:
        super()._take(logged)
        event = logged.event
        if isinstance(event, SampleDrawn) and event.purpose != SECOND_LOOK:
            among = self.untouched if event.among == UNTOUCHED else self.undecided
            self.unread_at[logged.seq] = frozenset(among(event.stage))
            if event.purpose == CONTROL:
                self.reached[event.stage].update(dict.fromkeys(event.record_ids, frozenset()))
        elif isinstance(event, Decided) and event.shown and self.reached[event.stage]:
            came_to = (event.record_id, *event.shown.passed) if event.shown.how == "ranked" else event.shown.passed
            for one in {member for record_id in came_to for member in (record_id, *self.members(record_id))}:
                if one in self.reached[event.stage]:
                    self.reached[event.stage][one] |= {event.reviewer}

    # -- what stands --------------------------------------------------------------------------------------------

    def verdict(self, stage: Stage, record_id: str) -> Verdict:
        """Return what stands for a record at a stage; it gives away no pending decision."""
        if stood := self._stood(stage, record_id):
            return stood
        sheet = self._sheets[stage].get(record_id)
        if sheet is None:
            return Verdict("pending")
        return verdict(
            sheet.standing,
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
        if stage == "abstract":
            yield from (one for one in self.unique() if one not in self.removed)
            return
        for record_id in self.begun("abstract"):
            if record_id in self.merges or record_id in self.removed:
                continue
            if self.verdict("abstract", record_id).outcome == "include":
                yield record_id

    # -- who may see what ---------------------------------------------------------------------------------------

    def visible(self, stage: Stage, record_id: str, viewer: str | None) -> list[Standing]:
        """Return the decisions on a record that `viewer` may see: all that are disclosed, and their own.

        Somebody who was unblinded sees all.
        One made anew after all were taken back is not disclosed before the others are in again.
        """
        sheet = self._sheets[stage].get(record_id)
        if sheet is None:
            return []
        standing = sorted(sheet.standing, key=lambda decision: decision.seq)
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
        shared = {self.kept(one) for one in self._holders[stage]}.union(self._elsewhere.get(stage, ()))
        return [
            one
            for one in self.undecided(stage)
            if (one not in shared and one not in self._sheets[stage])
            or (reviewer not in self.deciders(stage, one) and self.is_for(stage, one, reviewer))
        ]

    def undecided(self, stage: Stage) -> list[str]:
        """Return the records that still need a decision of somebody at a stage, in reading order.

        A full text that could not be had waits for nobody.
        """
        eligible = self.eligible(stage)
        if stage == "abstract":  # most of a large pool was never touched
            begun = set(self.begun(stage))
            return [one for one in eligible if one not in begun or self._is_short(stage, one)]
        return [one for one in eligible if self._is_short(stage, one)]

    def untouched(self, stage: Stage) -> list[str]:
        """Return those of the undecided records that nobody has decided on."""
        return [record_id for record_id in self.undecided(stage) if not self.deciders(stage, record_id)]

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
        made = [one for sheet in sheets for one in sheet.standing if one.reviewer == reviewer]
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
        own = [one for sheet in chosen for one in sheet.standing if one.reviewer == reviewer]
        return max(own, key=lambda decision: decision.seq, default=None)

    def conflicts(self, stage: Stage) -> list[str]:
        """Return the records in conflict of decision or of reason, in reading order."""
        return in_reading_order(one for one in self._sheets[stage] if self.verdict(stage, one).open)

    def labels(self, viewer: str | None) -> list[Label]:
        """Return what the queue of `viewer` may learn from at either stage, in reading order: title and abstract.

        Records decided by all who must count as they stand, those still pending by the viewer's own decision; a maybe
        counts as relevant with half the weight; an open conflict teaches nothing, nor does a record of a control sample
        that the queue has not come to.
        """
        labels, held_back = [], self.held_back("abstract", viewer)
        for record_id in self._judged("abstract"):
            if record_id in held_back:
                continue
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

    def held_back(self, stage: Stage, viewer: str | None) -> set[str]:
        """Return the records of a control sample that the queue of `viewer` has not come to.

        Without a viewer those that the queue of somebody who decided on them has not come to.
        """
        return {
            self.kept(one)
            for one, names in self.reached[stage].items()
            if (viewer not in names if viewer else not self.is_reached(stage, one))
        }

    def is_reached(self, stage: Stage, drawn: str) -> bool:
        """Whether the queues of all who decided on a record of a control sample have come to it."""
        deciders = self.deciders(stage, self.kept(drawn))
        return bool(deciders) and deciders <= self.reached[stage][drawn]
