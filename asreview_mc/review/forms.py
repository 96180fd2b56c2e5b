"""What extractors filled in, field by field: blind until all wanted are in, then compared, then agreed or settled.

A field of a record is disclosed once as many people as the protocol wants have filled it in; until then each sees what
they gave themselves and nobody else does, whatever they ask.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from asreview_mc.core.event import Extracted, ExtractionSettled, Logged
from asreview_mc.core.protocol import ExtractionField
from asreview_mc.review.answers import Value, same

Status = Literal["empty", "pending", "personal", "agreed", "conflict", "settled"]


@dataclass(frozen=True, slots=True)
class Given:
    """What one extractor says in one field.

    `suggested` where it is what was suggested to them, `sighted` where they had been let see all by then.
    """

    seq: int
    at: str
    reviewer: str
    value: Value
    note: str = ""
    suggested: bool = False
    sighted: bool = False


@dataclass(frozen=True, slots=True)
class Agreed:
    """What was settled for a field after extractors had differed."""

    seq: int
    at: str
    value: Value
    by: tuple[str, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """What stands in a field; `value` is None while that is open."""

    status: Status
    value: Value | None = None


@dataclass(slots=True)
class Cell:
    """One field of one record: who says what now and said first, when all was in, and how it was settled."""

    given: dict[str, Given] = field(default_factory=dict)
    first: dict[str, Given] = field(default_factory=dict)
    disclosed: int | None = None
    settled: Agreed | None = None

    def stands(self, wanted: int, *, personal: bool = False) -> Standing:
        """Return what stands; a settlement does until somebody afterwards says otherwise."""
        if personal:
            return Standing("personal")
        settled = self.settled
        if settled is not None:
            later = [one for one in self.given.values() if one.seq > settled.seq and not same(one.value, settled.value)]
            return Standing("conflict") if later else Standing("settled", settled.value)
        if not self.given:
            return Standing("empty")
        if len(self.given) < wanted:
            return Standing("pending")
        first, *others = self.given.values()
        if all(same(first.value, other.value) for other in others):
            return Standing("agreed", first.value)
        return Standing("conflict")

    def is_disclosed(self, seq: int, wanted: int) -> bool:
        """Whether what was said at `seq` is open to all; not what came after others had taken theirs back."""
        return self.disclosed is not None and (seq <= self.disclosed or len(self.given) >= wanted)

    def blind(self) -> list[Given]:
        """Return each extractor's first answer, of those given before the others' could be seen."""
        if self.disclosed is None:
            return []
        return [one for one in self.first.values() if one.seq <= self.disclosed and not one.sighted]

    def take_over(self, other: Cell) -> None:
        """Add what was said of a duplicate; of two answers by one person the later stands."""
        for name in other.given:
            if name not in self.given or self.given[name].seq < other.given[name].seq:
                self.given[name] = other.given[name]
        for name in other.first:
            if name not in self.first or self.first[name].seq > other.first[name].seq:
                self.first[name] = other.first[name]
        both = [one for one in (self.settled, other.settled) if one]
        self.settled = max(both, key=lambda one: one.seq, default=None)
        known = [seq for seq in (self.disclosed, other.disclosed) if seq is not None]
        self.disclosed = min(known, default=None)

    def disclose(self, seq: int, wanted: int) -> None:
        """Note that all answers wanted are in, if they are."""
        if self.disclosed is None and len(self.given) >= wanted:
            self.disclosed = seq


class Forms:
    """All forms of a review: a `Cell` by form, record and code of the field.

    `seen_until` has by name the event up to which somebody was let see what all gave, None while they are.
    """

    def __init__(self) -> None:
        self.seen_until: dict[str, int | None] = {}
        self._cells: dict[str, dict[str, dict[str, Cell]]] = defaultdict(lambda: defaultdict(dict))

    def take(self, logged: Logged, record_id: str, wanted: int) -> None:
        """Take in an event about a record, or about a duplicate that lives on in it."""
        event = logged.event
        if not isinstance(event, (Extracted, ExtractionSettled)):
            raise TypeError(f"expected Extracted or ExtractionSettled, got {type(event).__name__}")
        cells = self._cells[event.form][record_id]
        for code, value in event.values.items():
            cell = cells.setdefault(code, Cell())
            if isinstance(event, Extracted):
                _extracted(cell, logged, event, code, value, sighted=self._is_sighted(cell, event.reviewer))
                cell.disclose(logged.seq, wanted)
            elif cell.disclosed is not None:  # before that there is no difference to settle
                cell.settled = Agreed(logged.seq, logged.at, value, event.by, event.note)

    def _is_sighted(self, cell: Cell, reviewer: str) -> bool:
        """Whether somebody sees what others give, or saw what was there by the time they were blinded again."""
        until = self.seen_until.get(reviewer, 0)
        others = (one for name, one in cell.first.items() if name != reviewer)
        return until is None or any(other.seq < until for other in others)

    def merge(self, record_id: str, into: str, seq: int, wanted: int) -> None:
        """Let what was said of a duplicate live on in the record that stands for both."""
        for records in self._cells.values():
            for code, cell in records.pop(record_id, {}).items():
                kept = records[into].setdefault(code, Cell())
                kept.take_over(cell)
                kept.disclose(seq, wanted)

    def disclose(self, seq: int, wanted: int) -> None:
        """Look again what is complete, since the protocol wants another number of extractors."""
        for records in self._cells.values():
            for cells in records.values():
                for cell in cells.values():
                    cell.disclose(seq, wanted)

    def of(self, form: str) -> Mapping[str, Mapping[str, Cell]]:
        """Return the cells of a form by record and code, in no particular order of the records."""
        return self._cells.get(form, {})

    def cells(self, form: str, record_id: str) -> Mapping[str, Cell]:
        """Return the cells of one record in a form, by code."""
        return self.of(form).get(record_id, {})

    def may_see(self, event: Extracted, seq: int, record_id: str, wanted: int) -> bool:
        """Whether an event is open to all: every field that it fills in is disclosed."""
        cells = self.cells(event.form, record_id)
        return all(code in cells and cells[code].is_disclosed(seq, wanted) for code in event.values)


def _extracted(
    cell: Cell,
    logged: Logged,
    event: Extracted,
    code: str,
    value: Any,  # noqa: ANN401
    *,
    sighted: bool,
) -> None:
    if value is None:
        cell.given.pop(event.reviewer, None)
        return
    taken = code in event.suggested and event.suggested[code] == value
    given = Given(logged.seq, logged.at, event.reviewer, value, event.note, taken, sighted)
    cell.given[event.reviewer] = given
    cell.first.setdefault(event.reviewer, given)


def ratings(
    cells: Mapping[str, Mapping[str, Cell]], code: str, record_ids: Iterable[str]
) -> dict[str, dict[str, Value]]:
    """Return by extractor and record what each first gave in a field, blind to the others; disclosed fields only."""
    found: dict[str, dict[str, Value]] = {}
    for record_id in record_ids:
        cell = cells.get(record_id, {}).get(code)
        for one in cell.blind() if cell else ():
            found.setdefault(one.reviewer, {})[record_id] = one.value
    return found


def values(
    cells: Mapping[str, Mapping[str, Cell]], fields: Iterable[ExtractionField], record_ids: Iterable[str], wanted: int
) -> dict[str, dict[str, Value]]:
    """Return by field and record the values that stand, agreed or settled; the fields in their order."""
    ids = list(record_ids)
    found: dict[str, dict[str, Value]] = {}
    for one in fields:
        stands = {
            record_id: cell.stands(wanted, personal=one.personal).value
            for record_id in ids
            if (cell := cells.get(record_id, {}).get(one.code))
        }
        found[one.code] = {record_id: value for record_id, value in stands.items() if value is not None}
    return found
