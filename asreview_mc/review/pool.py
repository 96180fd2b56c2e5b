"""The records that were read, which were merged into which, and where each came from."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from typing import TypeVar

from asreview_mc.core.errors import UnknownError
from asreview_mc.core.event import Event, Logged, Merged, ReferencesRead

_Kind = TypeVar("_Kind", bound=Event)


def in_reading_order(record_ids: Iterable[str]) -> list[str]:
    """Return ids in the order in which the records were read."""
    return sorted(record_ids, key=lambda record_id: (len(record_id), record_id))


class Pool:
    """What is known of the records, filled in by `review.fold`."""

    def __init__(self) -> None:
        self.readings: list[Logged] = []
        self.merges: dict[str, Merged] = {}
        self.n_records = 0
        self._members: dict[str, list[str]] = {}
        self._starts: list[int] = []

    def knows(self, record_id: str) -> bool:
        """Whether a record of that id was read."""
        digits = record_id[1:]
        return (
            record_id[:1] == "r"
            and digits.isdecimal()
            and f"r{int(digits):06d}" == record_id
            and (1 <= int(digits) <= self.n_records)
        )

    def kept(self, record_id: str) -> str:
        """Return the record that stands for `record_id`: itself, or the one it was merged into."""
        while record_id in self.merges:
            record_id = self.merges[record_id].into
        return record_id

    def members(self, record_id: str) -> list[str]:
        """Return the ids merged into `record_id`, not itself."""
        return list(self._members.get(record_id, []))

    def unique(self) -> Iterator[str]:
        """Yield the records that stand for themselves, in reading order."""
        for number in range(1, self.n_records + 1):
            record_id = f"r{number:06d}"
            if record_id not in self.merges:
                yield record_id

    def reading_of(self, record_id: str) -> ReferencesRead:
        """Return the reading that brought one record.

        Raises
        ------
        UnknownError
            If there is no such record.
        """
        if not self.knows(record_id):
            raise UnknownError(f"no record {record_id!r}", remedy="`asreview-mc export` lists the ids")
        return same_kind(ReferencesRead, self.readings[bisect_right(self._starts, int(record_id[1:])) - 1])

    def readings_of(self, record_id: str) -> list[ReferencesRead]:
        """Return the readings behind a record and its duplicates, the record's own first."""
        return [self.reading_of(member) for member in (record_id, *self.members(record_id))]

    def sources_of(self, record_id: str) -> list[str]:
        """Return the names of the sources that hold a record or a duplicate of it, each once."""
        return list(dict.fromkeys(reading.source for reading in self.readings_of(record_id)))


def same_kind(kind: type[_Kind], logged: Logged) -> _Kind:
    """Return the event of a place in the log, which must be of a kind; a ``TypeError`` where it is another."""
    if not isinstance(logged.event, kind):
        raise TypeError(f"expected {kind.__name__}, got {type(logged.event).__name__}")
    return logged.event
