"""The team as the log tells of it: shares, tags, calibration rounds, copies, closed stages, who was let see all."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection

from asreview_mc.core.event import (
    AgreementMeasured,
    Assigned,
    Calibrated,
    CheckedOut,
    CopyBegun,
    CopyMerged,
    Decided,
    Discussed,
    Event,
    Extracted,
    ExtractionSettled,
    Frozen,
    Logged,
    PanelRated,
    Retrieval,
    Settled,
    StageClosed,
    StageReopened,
    Tagged,
    TopicsConfirmed,
    TopicsSettled,
    Unblinded,
    Undone,
)
from asreview_mc.core.protocol import STAGES, Stage
from asreview_mc.review.consensus import Standing, Verdict
from asreview_mc.review.fold import Fold
from asreview_mc.review.forms import Cell, Given
from asreview_mc.review.sheet import Sheet

OWN_WORK: tuple[type[Event], ...] = (Decided, Undone, Tagged, Discussed, TopicsConfirmed, Extracted, PanelRated)
"""What somebody does for themselves alone, and what in a copy that travels nobody else's stands of."""
TRAVELS: tuple[type[Event], ...] = (*OWN_WORK, Retrieval)
"""What may be done in a copy that travels."""
_TELLS_OF_OTHERS = (*OWN_WORK, Settled, TopicsSettled, ExtractionSettled, AgreementMeasured)

BY_RANK = ("ranked", "explored", "")
"""How a record was chosen where a ranking chose it; decisions from before that was logged count as ranked."""


class Team(Fold):
    """What `Fold` takes in, and what concerns the team besides.

    Attributes
    ----------
    tagged : dict of record to list of Logged
        Every tag put on or taken off, by the record it was put on.
    copy : CopyBegun or None
        Where this log is that of a copy that travels.
    """

    def __init__(self, taken_back: Collection[int] = ()) -> None:
        super().__init__(taken_back)
        self.tagged: dict[str, list[Logged]] = defaultdict(list)
        self.copy: CopyBegun | None = None
        self._holders: dict[Stage, dict[str, dict[str, None]]] = {stage: defaultdict(dict) for stage in STAGES}
        self._ended: dict[Stage | str, Logged | None] = {}
        self._windows: dict[str, list[tuple[int, int | None]]] = defaultdict(list)
        self._elsewhere: dict[str, frozenset[str]] = {}

    def _take(self, logged: Logged) -> None:
        super()._take(logged)
        take_in = self._feed_team.get(type(logged.event))
        if take_in:
            take_in(self, logged)

    def _assigned(self, logged: Logged) -> None:
        event = logged.event
        if isinstance(event, Assigned):
            for record_id in event.record_ids:
                if event.withdrawn:
                    self._holders[event.stage][record_id].pop(event.reviewer, None)
                else:
                    self._holders[event.stage][record_id][event.reviewer] = None

    def _tagged(self, logged: Logged) -> None:
        self.tagged[logged.event.about].append(logged)

    def _unblinded(self, logged: Logged) -> None:
        event = logged.event
        if isinstance(event, Unblinded):
            for name in event.sees or (event.by,):
                windows = self._windows[name]
                is_open = bool(windows) and windows[-1][1] is None
                if event.ended and is_open:
                    windows[-1] = (windows[-1][0], logged.seq)
                elif not event.ended and not is_open:
                    windows.append((logged.seq, None))
                self.forms.seen_until[name] = logged.seq if event.ended else None

    def _calibrated(self, logged: Logged) -> None:
        event = logged.event
        if isinstance(event, Calibrated):
            for record_id in event.record_ids:
                self._sheet(event.stage, record_id).panel = self.protocol.active

    def _copy_begun(self, logged: Logged) -> None:
        if isinstance(logged.event, CopyBegun):
            self.copy = logged.event
            self._elsewhere = {stage: frozenset(ids) for stage, ids in logged.event.elsewhere.items()}

    def _stage_closed(self, logged: Logged) -> None:
        if isinstance(logged.event, (StageClosed, StageReopened)):
            self._ended[logged.event.stage] = logged if isinstance(logged.event, StageClosed) else None

    def _frozen(self, logged: Logged) -> None:
        if isinstance(logged.event, Frozen):
            self._ended["included"] = None if logged.event.thawed else logged

    _feed_team = {  # noqa: RUF012 - a table of methods, never written to
        Assigned: _assigned,
        Tagged: _tagged,
        Unblinded: _unblinded,
        Calibrated: _calibrated,
        CopyBegun: _copy_begun,
        StageClosed: _stage_closed,
        StageReopened: _stage_closed,
        Frozen: _frozen,
    }

    # -- who reads what -----------------------------------------------------------------------------------------

    def due(self, stage: Stage, record_id: str) -> int:
        """Return how many decisions are wanted on a record; in a calibration round that is everybody's."""
        sheet = self._sheets[stage].get(record_id)
        return self._wanted(sheet) if sheet else self.protocol.decisions_wanted

    def holders(self, stage: Stage, record_id: str) -> list[str]:
        """Return those on the team in whose share a record is, in the order in which they came by it."""
        given = self._holders[stage]
        both = (record_id, *self._members.get(record_id, ()))
        names = dict.fromkeys(name for one in both if one in given for name in given[one])
        return [name for name in names if name in self.protocol.active]

    def share(self, stage: Stage, reviewer: str) -> list[str]:
        """Return the records that were ever given to `reviewer` at a stage and not withdrawn, in reading order."""
        held = {self.kept(one) for one, names in self._holders[stage].items() if reviewer in names}
        return sorted(held, key=lambda record_id: int(record_id[1:]))

    def is_for(self, stage: Stage, record_id: str, reviewer: str) -> bool:
        """Whether a record is in the share of `reviewer`, or wants more decisions than those who have it will make."""
        if record_id in self._elsewhere.get(stage, ()):
            return False
        holders = self.holders(stage, record_id)
        if not holders or reviewer in holders:
            return True
        return len(self.deciders(stage, record_id).union(holders)) < self.due(stage, record_id)

    def deciders(self, stage: Stage, record_id: str) -> set[str]:
        """Return those whose decision on a record stands; says nothing about what it is."""
        sheet = self._sheets[stage].get(record_id)
        return sheet.reviewers if sheet else set()

    def reading_places(self, stage: Stage, reviewer: str) -> dict[str, int]:
        """Return by record which of the ranked ones it was that `reviewer` read, 1 for the first.

        That is its rank in a queue that is ordered anew all the time, and says nothing of what anybody decided, as the
        rank shown at the time would. Records of a calibration round, and those found otherwise, have none.
        """
        drawn = set(self.calibration_records(stage))
        sheets = ((one, sheet) for one, sheet in self._sheets[stage].items() if one not in drawn)
        firsts = ((said, one) for one, sheet in sheets for said in sheet.first if said.reviewer == reviewer)
        read = sorted((said.seq, one) for said, one in firsts if said.how in BY_RANK)
        return {one: place for place, (_, one) in enumerate(read, start=1)}

    def calibration_records(self, stage: Stage) -> list[str]:
        """Return the records of all calibration rounds of a stage, in the order in which they were drawn."""
        drawn = [
            self.kept(record_id)
            for logged in self.noted[Calibrated]
            if isinstance(logged.event, Calibrated) and logged.event.stage == stage
            for record_id in logged.event.record_ids
        ]
        return list(dict.fromkeys(drawn))

    def closed(self, stage: Stage) -> Logged | None:
        """Return the event that closed a stage, None while it is open."""
        return self._ended.get(stage)

    def stopped_by(self, stage: Stage) -> str:
        """Return the stopping rule by which a stage was closed, ``""`` while it is open or was closed without one."""
        logged = self.closed(stage)
        return logged.event.rule if logged and isinstance(logged.event, StageClosed) else ""

    @property
    def frozen(self) -> Logged | None:
        """The event that froze the included set, None while it is free to change."""
        return self._ended.get("included")

    # -- who was let see, and what travelled --------------------------------------------------------------------

    def sees_all(self, viewer: str | None) -> bool:
        """Whether `viewer` is unblinded."""
        return viewer in self._windows and self._windows[viewer][-1][1] is None

    def codes_are_told(self, logged: Logged) -> bool:
        """Whether sub-topics that somebody confirmed show to others: as many have coded the record as must."""
        if not isinstance(logged.event, TopicsConfirmed):
            return True
        about = self.topics.get(self.kept(logged.event.record_id), ())
        return len({name for one in about for name in one.event.actors}) >= self.protocol.topic_coders

    @property
    def unblinded(self) -> list[str]:
        """Names of those who see every decision now."""
        return [name for name, windows in self._windows.items() if windows[-1][1] is None]

    def answers(self, cell: Cell, viewer: str | None) -> list[Given]:
        """Return what `viewer` may see of a field: their own, and all once it is disclosed or they see all."""
        wanted, said = self.protocol.decisions_wanted, sorted(cell.given.values(), key=lambda one: one.seq)
        everything = self.sees_all(viewer)
        return [one for one in said if everything or one.reviewer == viewer or cell.is_disclosed(one.seq, wanted)]

    def may_travel(self, logged: Logged, reviewer: str) -> bool:
        """Whether an event may be in a copy for `reviewer`: nothing that others decided, disclosed or not."""
        return reviewer in logged.event.actors or not isinstance(logged.event, _TELLS_OF_OTHERS)

    def _stood(self, stage: Stage, record_id: str) -> Verdict | None:
        """Return what stood for a record when this copy left, None where it was open or this is no copy."""
        said = self.copy.stands.get(stage, {}).get(record_id) if self.copy else None
        if said is None:
            return None
        outcome, _, reason = said.partition(": ")
        return Verdict("include" if outcome == "include" else "exclude", reason)

    def _known_at(self, seq: int) -> int:
        """Return the event up to which whoever made event `seq` could know the log: where their copy left, if so."""
        for logged in self.noted[CopyMerged]:
            merged = logged.event
            if isinstance(merged, CopyMerged) and logged.seq - merged.added <= seq < logged.seq:
                return self._left_at(merged.copy)
        return seq

    def _left_at(self, copy: str) -> int:
        left = (one for one in self.noted[CheckedOut] if isinstance(one.event, CheckedOut) and one.event.copy == copy)
        return next((one.seq for one in left), 0)

    def _could_see(self, decision: Standing, sheet: Sheet) -> bool:
        """Whether somebody was let see before they decided: while that held, or a decision that was there by then."""
        at = self._known_at(decision.seq)
        for begun, ended in self._windows.get(decision.reviewer, ()):
            if begun < at and (ended is None or at < ended):
                return True
            others = (one for one in sheet.first if one.reviewer != decision.reviewer)
            if ended is not None and ended < at and any(other.seq < ended for other in others):
                return True
        return False
