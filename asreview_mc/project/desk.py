"""The desks of all reviewers at once: who gets which record next, and every decision taken in exactly once.

Made for a page that many use: nothing here goes through all records for one decision. Orders come from `orders`, made
elsewhere; until one is there, and when it runs out, records come in reading order.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import zip_longest

from asreview_mc.core.errors import DecisionError
from asreview_mc.core.event import Calibrated, Decided, Logged, SampleDrawn, Shown, Undone
from asreview_mc.core.protocol import Stage
from asreview_mc.project.checks import check_decider
from asreview_mc.project.orders import Order
from asreview_mc.project.review import Review
from asreview_mc.project.screen import decide, shown_as_drawn, undo

HELD_SECONDS = 900.0
LONGEST_LOOK = 86_400.0
Key = tuple[Stage, str]


class StaleError(DecisionError):
    """A decision was made without knowing what its reviewer had said of the record meanwhile, in another window."""


@dataclass(frozen=True, slots=True)
class Place:
    """A record put before a reviewer; `base` is the event of theirs about it that stood then, 0 where none did."""

    record_id: str
    base: int
    shown: Shown
    why: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """A decision taken in; `repeated` where it had been before, so that nothing was logged."""

    logged: Logged
    repeated: bool


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a reviewer stands: `stale` of their decisions the order has not learnt from; None where there is none."""

    decided: int
    left: int
    stale: int | None


class Desk:
    """Hands out records and takes in decisions; for one thread."""

    def __init__(self, review: Review) -> None:
        self.review = review
        self._orders: dict[Key, Order] = {}
        self._since: dict[Key, list[tuple[int, int]]] = defaultdict(list)
        self._held: dict[tuple[Stage, str], dict[str, float]] = defaultdict(dict)
        self._postponed: dict[Key, dict[str, None]] = defaultdict(dict)
        self._reopened: dict[Key, str] = {}
        self._places: dict[tuple[Stage, str, str], Shown] = {}

    def take(self, *orders: Order) -> None:
        """Go on in these orders from here on, but where a later one is here already."""
        for order in orders:
            key = (order.stage, order.reviewer)
            known = self._orders.get(key)
            if known is None or not known.ranked or known.seq <= order.seq:
                self._orders[key] = order
                self._since[key] = [(seq, step) for seq, step in self._since[key] if seq > order.seq]

    def places(self, stage: Stage, reviewer: str, n: int = 2, *, besides: Iterable[str] = ()) -> list[Place]:
        """Return the next `n` records for a reviewer, leaving out those in `besides`.

        A record is not put before more people at a time than decisions are wanted on it.

        Raises
        ------
        UnknownError
            If nobody on the team is called so.
        DecisionError
            If they do not decide on records.
        """
        state = self.review.state
        check_decider(state.protocol, reviewer)
        left_out, found = set(besides), dict[str, Place]()
        for record_id, shown, why in self._candidates(stage, reviewer) if n else ():
            if record_id in left_out or record_id in found or not state.waits_for(stage, record_id, reviewer):
                continue
            if self._taken(stage, record_id, reviewer):
                continue
            found[record_id] = self._place(stage, reviewer, record_id, shown, why)
            if len(found) == n:
                break
        return list(found.values())

    def place(self, stage: Stage, reviewer: str, record_id: str, how: str) -> Place:
        """Return the place of a record that a reviewer asked for, decided on already or not."""
        check_decider(self.review.state.protocol, reviewer)
        return self._place(stage, reviewer, self.review.record(record_id).record_id, Shown(how=how), "")

    def decide(
        self,
        record_id: str,
        decision: str,
        reviewer: str,
        *,
        stage: Stage = "abstract",
        reason: str = "",
        note: str = "",
        base: int | None = None,
        seconds: float | None = None,
    ) -> Answer:
        """Log one decision, once however often it arrives.

        Parameters
        ----------
        base : int or None
            What `Place.base` said: the same decision sent again is answered with the event it made the first time.
            ``None`` replaces whatever stood.
        seconds : float or None
            How long the record was before the reviewer.

        Raises
        ------
        UnknownError, DecisionError
            As `screen.decide`.
        StaleError
            If the reviewer said something else of the record after `base`.
        """
        with self.review.transaction():
            last = self._last_word(stage, record_id, reviewer)
            if base is not None and (last.seq if last else 0) != base:
                if last and _says(last, decision, reason, note):
                    return Answer(last, repeated=True)
                raise StaleError(
                    "you have answered on this record in another window since it was shown here",
                    where=record_id,
                    remedy="Look at what stands now, and change it if it is wrong",
                )
            shown = self._places.get((stage, reviewer, record_id), Shown(how="named"))
            logged = decide(
                self.review,
                record_id,
                decision,
                reviewer,
                stage=stage,
                reason=reason,
                note=note,
                shown=_timed(shown, seconds),
                measured=False,
            )
        key = (stage, reviewer)
        if not isinstance(last.event if last else None, Decided):
            self._since[key].append((logged.seq, 1))
        self._postponed[key].pop(record_id, None)
        if self._reopened.get(key) == record_id:
            del self._reopened[key]
        self._held[stage, record_id].pop(reviewer, None)
        return Answer(logged, repeated=False)

    def undo(self, stage: Stage, reviewer: str, record_id: str = "", base: int | None = None) -> Answer:
        """Take back a decision, the reviewer's last where no record is named; its record is put before them next.

        `base` is the event to take back; sent again, it is answered with the event that took it back the first time.

        Raises
        ------
        UnknownError, DecisionError
            As `screen.undo`.
        StaleError
            If the reviewer said something else of the record after `base`.
        """
        with self.review.transaction():
            last = self._last_word(stage, record_id, reviewer) if record_id else None
            if base is not None and last and last.seq != base:
                if isinstance(last.event, Undone) and last.event.undoes == base:
                    return Answer(last, repeated=True)
                raise StaleError("you have answered on it anew in another window", where=record_id)
            logged = undo(self.review, reviewer, stage=stage, record_id=record_id or None)
        self._reopened[stage, reviewer] = logged.event.about
        self._since[stage, reviewer].append((logged.seq, -1))
        return Answer(logged, repeated=False)

    def postpone(self, stage: Stage, reviewer: str, record_id: str) -> None:
        """Put a record behind all others of a reviewer, until the page is started anew."""
        self._postponed[stage, reviewer][self.review.record(record_id).record_id] = None
        self._held[stage, record_id].pop(reviewer, None)
        if self._reopened.get((stage, reviewer)) == record_id:
            del self._reopened[stage, reviewer]

    def progress(self, stage: Stage, reviewer: str) -> Progress:
        """Return how far a reviewer is at a stage."""
        order, since = self._order(stage, reviewer), self._since[stage, reviewer]
        step = sum(step for _, step in since)
        return Progress(order.decided + step, max(order.waiting - step, 0), len(since) if order.ranked else None)

    # -- inside -------------------------------------------------------------------------------------------------

    def _order(self, stage: Stage, reviewer: str) -> Order:
        key = (stage, reviewer)
        if key not in self._orders:
            self._orders[key] = self._as_read(stage, reviewer)
            self._since[key] = []
        return self._orders[key]

    def _as_read(self, stage: Stage, reviewer: str) -> Order:
        state = self.review.state
        waiting = state.queue(stage, reviewer)
        return Order(stage, reviewer, state.seq, state.decided_by(stage, reviewer), len(waiting), tuple(waiting))

    def _candidates(self, stage: Stage, reviewer: str) -> Iterator[tuple[str, Shown, str]]:
        """Yield every record that may be next, the best first; one may come twice."""
        key = (stage, reviewer)
        order, postponed = self._order(stage, reviewer), self._postponed[key]
        if key in self._reopened:
            yield self._reopened[key], Shown(how="named"), ""
        yield from (one for one in self._drawn(stage, Calibrated) if one[0] not in postponed)
        # Sampled records come in between, so that nobody can tell which they are.
        sampled = (one for one in self._drawn(stage, SampleDrawn) if one[0] not in postponed)
        ranked = (one for one in order.places() if one[0] not in postponed)
        for pair in zip_longest(
            *((sampled, ranked) if self.progress(stage, reviewer).decided % 2 else (ranked, sampled))
        ):
            yield from (one for one in pair if one)
        if order.waiting > len(order.record_ids) or self.review.state.seq > order.seq:
            rest = self._as_read(stage, reviewer)
            yield from (one for one in rest.places() if one[0] not in postponed)
        yield from ((record_id, Shown(how="named"), "") for record_id in list(postponed))

    def _drawn(self, stage: Stage, kind: type[Calibrated | SampleDrawn]) -> Iterator[tuple[str, Shown, str]]:
        """Yield the records drawn in events of a kind, in the order in which they were drawn."""
        state = self.review.state
        for logged in state.noted[kind]:
            event = logged.event
            if isinstance(event, (Calibrated, SampleDrawn)) and event.stage == stage:
                yield from ((state.kept(one), shown_as_drawn(event), "") for one in event.record_ids)

    def _place(self, stage: Stage, reviewer: str, record_id: str, shown: Shown, why: str) -> Place:
        shown = self._with_passed(stage, reviewer, shown)
        self._places[stage, reviewer, record_id] = shown
        self._held[stage, record_id][reviewer] = time.monotonic()
        last = self._last_word(stage, record_id, reviewer)
        return Place(record_id, last.seq if last else 0, shown, why)

    def _with_passed(self, stage: Stage, reviewer: str, shown: Shown) -> Shown:
        """Add the records of a control sample that the order came to before this one and that wait no longer."""
        state = self.review.state
        if shown.how != "ranked" or not shown.rank or not state.reached[stage]:
            return shown
        held, before = state.held_back(stage, reviewer), self._order(stage, reviewer).record_ids[: shown.rank - 1]
        passed = [one for one in before if one in held and not state.waits_for(stage, one, reviewer)]
        return replace(shown, passed=tuple(passed))

    def _taken(self, stage: Stage, record_id: str, reviewer: str) -> bool:
        """Whether as many as are wanted have decided on a record or have it before them."""
        held = self._held.get((stage, record_id))
        if not held:
            return False
        now, state = time.monotonic(), self.review.state
        busy = {name for name, since in held.items() if name != reviewer and now - since < HELD_SECONDS}
        return len(busy | state.deciders(stage, record_id)) >= state.due(stage, record_id)

    def _last_word(self, stage: Stage, record_id: str, reviewer: str) -> Logged | None:
        """Return the last event by which a reviewer decided on a record, or took that back."""
        state = self.review.state
        about = [record_id, *state.members(record_id)]
        kinds = [Decided.kind, Undone.kind]
        for logged in reversed(self.review.log.events(about=about, kinds=kinds)):
            event = logged.event
            if isinstance(event, (Decided, Undone)) and (event.stage, event.reviewer) == (stage, reviewer):
                return logged
        return None


def _says(logged: Logged, decision: str, reason: str, note: str) -> bool:
    event = logged.event
    return isinstance(event, Decided) and (event.decision, event.reason, event.note) == (decision, reason, note)


def _timed(shown: Shown, seconds: float | None) -> Shown:
    if seconds is None or not 0 <= seconds <= LONGEST_LOOK:
        return shown
    return replace(shown, seconds=round(seconds, 1))
