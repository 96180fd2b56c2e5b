"""Taking in the log: which records there are, which were merged, and every decision on them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import Self

from asreview_mc.core.errors import LogError
from asreview_mc.core.event import (
    GENESIS,
    AgreementMeasured,
    Amended,
    Decided,
    Event,
    Extracted,
    ExtractionSettled,
    FlagJudged,
    JudgedDifferent,
    Logged,
    Merged,
    ProtocolSet,
    ReferencesRead,
    Retrieval,
    Settled,
    Split,
    TopicsConfirmed,
    Undone,
)
from asreview_mc.core.protocol import STAGES, Protocol, Stage
from asreview_mc.core.protocol_file import parse
from asreview_mc.review.consensus import Settlement, Standing
from asreview_mc.review.forms import Forms
from asreview_mc.review.pool import Pool, same_kind
from asreview_mc.review.sheet import Sheet

_RESTORE = "Restore the review from a backup"


class Fold(Pool):
    """The log taken in, event by event; `seq` is the last one seen. `review.state` gives the answers.

    Parameters
    ----------
    taken_back : collection of int
        Merges that a later `Split` takes back. For what stands they never happened, so that each decision is again
        with the record it was made on. A `Split` of a merge that was folded already is a ``ValueError``: fold anew.

    Raises
    ------
    LogError
        While events are taken in, if one is missing or contradicts those before it.
    """

    def __init__(self, taken_back: Collection[int] = ()) -> None:
        super().__init__()
        self.taken_back = frozenset(taken_back)
        self.seq = 0
        self.head = GENESIS
        self.protocol = Protocol(text="", title="")
        self.protocols: list[Logged] = []
        self.retrievals: dict[str, Logged] = {}
        self.topics: dict[str, list[Logged]] = defaultdict(list)
        self.forms = Forms()
        self.measured: list[Logged] = []
        self.noted: dict[type[Event], list[Logged]] = defaultdict(list)
        self.different: set[frozenset[str]] = set()
        self.amendments: dict[str, list[Logged]] = defaultdict(list)
        self.flags_judged: dict[str, dict[str, FlagJudged]] = defaultdict(dict)
        self.seen_since: dict[str, int] = {}
        self.removed: dict[str, FlagJudged] = {}
        self._sheets: dict[Stage, dict[str, Sheet]] = {stage: {} for stage in STAGES}

    # -- feeding ------------------------------------------------------------------------------------------------

    def feed(self, events: Iterable[Logged]) -> Self:
        """Take in events that follow those already seen, and return the state itself."""
        for logged in events:
            if logged.seq != self.seq + 1:
                raise LogError(f"event {self.seq + 1} is missing from the log", remedy=_RESTORE)
            self._take(logged)
        return self

    def feed_some(self, events: Iterable[Logged]) -> Self:
        """Take in a selection of the log, in order, to answer for the records that it concerns."""
        for logged in events:
            self._take(logged)
        return self

    def _take(self, logged: Logged) -> None:
        self.seq, self.head = logged.seq, logged.hash
        kind = type(logged.event)
        take_in = self._feed.get(kind)
        if take_in:
            take_in(self, logged)
        else:
            self.noted[kind].append(logged)

    def _protocol_set(self, logged: Logged) -> None:
        self.protocol = parse(same_kind(ProtocolSet, logged).text, where="accepted protocol", strict=False)
        self.protocols.append(logged)
        for sheets in self._sheets.values():  # fewer decisions wanted: what is complete by now is disclosed by now
            for sheet in sheets.values():
                self._disclose(sheet, logged.seq)
        self.forms.disclose(logged.seq, self.protocol.decisions_wanted)

    def _references_read(self, logged: Logged) -> None:
        self.readings.append(logged)
        self._starts.append(self.n_records + 1)
        self.n_records += same_kind(ReferencesRead, logged).read

    def _merged(self, logged: Logged) -> None:
        event = same_kind(Merged, logged)
        if logged.seq in self.taken_back:
            # While it held, the decisions on either were open to those who decided on the other.
            for record_id in (event.record_id, event.into):
                self.seen_since.setdefault(record_id, logged.seq)
            return
        into = self.kept(event.into)
        if event.record_id in self.merges or into == event.record_id:
            raise LogError(f"event {logged.seq} merges {event.record_id} a second time", remedy=_RESTORE)
        self.merges[event.record_id] = event
        self._members.setdefault(into, []).extend([event.record_id, *self._members.pop(event.record_id, [])])
        for stage in STAGES:
            moved = self._sheets[stage].pop(event.record_id, None)
            if moved:
                sheet = self._sheet(stage, into)
                sheet.take_over(moved)
                self._disclose(sheet, logged.seq)
        self.forms.merge(event.record_id, into, logged.seq, self.protocol.decisions_wanted)
        self._merge_removals(event.record_id, into)
        noted = [self.retrievals.pop(one) for one in (event.record_id, into) if one in self.retrievals]
        if noted:
            self.retrievals[into] = max(noted, key=lambda retrieval: retrieval.seq)
        if event.record_id in self.topics:
            self.topics[into] = sorted([*self.topics[into], *self.topics.pop(event.record_id)], key=lambda x: x.seq)

    def _merge_removals(self, record_id: str, into: str) -> None:
        """Keep a removal before screening only if it holds for both copies and nobody decided on either.

        Otherwise the flag is to be judged anew: a removal must not take along what is being screened.
        """
        both = record_id in self.removed and into in self.removed
        screened = any(into in self._sheets[stage] and self._sheets[stage][into].first for stage in STAGES)
        self.removed.pop(record_id, None)
        if into in self.removed and (screened or not both):
            del self.removed[into]
            self.flags_judged.pop(into, None)

    def _split(self, logged: Logged) -> None:
        if same_kind(Split, logged).undoes not in self.taken_back:
            raise ValueError(f"event {logged.seq} takes back a merge that was folded already")

    def _judged_different(self, logged: Logged) -> None:
        event = same_kind(JudgedDifferent, logged)
        self.different.add(frozenset((event.record_id, event.other)))

    def _amended(self, logged: Logged) -> None:
        self.amendments[logged.event.about].append(logged)

    def _flag_judged(self, logged: Logged) -> None:
        event = same_kind(FlagJudged, logged)
        judged = self.flags_judged[event.record_id]
        judged[event.criterion] = event
        failed = [one for one in judged.values() if one.fails]
        if failed:
            self.removed[event.record_id] = failed[0]
        else:
            self.removed.pop(event.record_id, None)

    def _decided(self, logged: Logged) -> None:
        event = same_kind(Decided, logged)
        sheet = self._sheet(event.stage, event.record_id)
        how = event.shown.how if event.shown else ""
        decision = Standing(
            logged.seq, logged.at, event.record_id, event.reviewer, event.decision, event.reason, event.note, how
        )
        sheet.take(decision)
        self._disclose(sheet, logged.seq)

    def _disclose(self, sheet: Sheet, seq: int) -> None:
        complete = len(sheet.standing) >= self.protocol.decisions_wanted
        if sheet.disclosed is None and complete and len(sheet.reviewers) >= self._wanted(sheet):
            sheet.disclosed = seq

    def _wanted(self, sheet: Sheet) -> int:
        """Return how many must decide: in a calibration round all who were there, but for those who left before."""
        wanted = self.protocol.decisions_wanted
        if not sheet.panel:
            return wanted
        return max(wanted, sum(name in self.protocol.active or name in sheet.reviewers for name in sheet.panel))

    def _undone(self, logged: Logged) -> None:
        event = same_kind(Undone, logged)
        self._sheet(event.stage, event.record_id).take_back(event.undoes)

    def _settled(self, logged: Logged) -> None:
        event = same_kind(Settled, logged)
        sheet = self._sheet(event.stage, event.record_id)
        if sheet.disclosed is not None:  # before that there is no conflict, and what it did would tell of decisions
            sheet.settlement = Settlement(logged.seq, logged.at, event)

    def _retrieval(self, logged: Logged) -> None:
        self.retrievals[self.kept(logged.event.about)] = logged

    def _topics_confirmed(self, logged: Logged) -> None:
        self.topics[self.kept(logged.event.about)].append(logged)

    def _filled_in(self, logged: Logged) -> None:
        self.forms.take(logged, self.kept(logged.event.about), self.protocol.decisions_wanted)

    def _agreement_measured(self, logged: Logged) -> None:
        self.measured.append(logged)

    def _sheet(self, stage: Stage, record_id: str) -> Sheet:
        sheets, kept = self._sheets[stage], self.kept(record_id)
        sheet = sheets.get(kept)
        if sheet is None:
            sheet = sheets[kept] = Sheet()
        return sheet

    _feed = {  # noqa: RUF012 - a table of methods, never written to
        ProtocolSet: _protocol_set,
        ReferencesRead: _references_read,
        Merged: _merged,
        Split: _split,
        JudgedDifferent: _judged_different,
        Amended: _amended,
        FlagJudged: _flag_judged,
        Decided: _decided,
        Undone: _undone,
        Settled: _settled,
        Retrieval: _retrieval,
        TopicsConfirmed: _topics_confirmed,
        Extracted: _filled_in,
        ExtractionSettled: _filled_in,
        AgreementMeasured: _agreement_measured,
    }

    def retrieval_status(self, record_id: str) -> str:
        """Return ``sought``, ``retrieved`` or ``not-retrieved`` as last noted; ``sought`` where nothing was."""
        logged = self.retrievals.get(record_id)
        return logged.event.status if logged and isinstance(logged.event, Retrieval) else "sought"
