"""The records as they stand: read once, then only what is new, was amended or merged since."""

from __future__ import annotations

import itertools
from collections.abc import Mapping

from asreview_mc.core.event import Amended
from asreview_mc.core.record import Record
from asreview_mc.review.state import State
from asreview_mc.store.log import EventLog


class Records:
    """All records of a log, kept in this process and brought up to a state that grows."""

    def __init__(self, log: EventLog) -> None:
        self._log = log
        self._bare: list[str] = []
        self._looked_at = 0
        self._forget(None)

    def _forget(self, state: State | None) -> None:
        self._state = state
        self._read: dict[str, Record] = {}
        self._complete: dict[str, Record] = {}
        self._single: dict[str, Record] = {}
        self._merges = 0
        self._amendments: dict[str, int] = {}

    def complete(self, state: State) -> Mapping[str, Record]:
        """Return the records, by id in reading order, as amended; one that stands for duplicates has their data, too.

        A state that is not the one asked with before, but folded anew, has all of them put together anew.
        """
        if state is not self._state:
            self._forget(state)
        new = {record.record_id: record for record in self._log.records(len(self._read))}
        self._read |= new
        touched = [*new, *itertools.islice(state.merges, self._merges, None)]
        touched += [one for one, said in state.amendments.items() if self._amendments.get(one) != len(said)]
        self._merges = len(state.merges)
        self._amendments = {record_id: len(said) for record_id, said in state.amendments.items()}
        for record_id in touched:
            self._single[record_id] = amended(self._read[record_id], state)
        for record_id in dict.fromkeys([*touched, *map(state.kept, touched)]):
            members = (self._single[member] for member in state.members(record_id))
            self._complete[record_id] = self._single[record_id].completed(members)
        return self._complete

    def single(self, state: State) -> Mapping[str, Record]:
        """Return all records as `complete` does, but each by itself, without what its duplicates add."""
        return self._single if self.complete(state) else {}

    def bare(self) -> list[str]:
        """Return the records that were read without an abstract, in reading order; each is looked at once only."""
        for record in self._log.each_record(self._looked_at):
            self._looked_at += 1
            if not record.abstract:
                self._bare.append(record.record_id)
        return self._bare


def amended(record: Record, state: State) -> Record:
    """Return a record with its amendments."""
    for logged in state.amendments.get(record.record_id, []):
        if isinstance(logged.event, Amended):
            record = record.amended(logged.event.values)
    return record
