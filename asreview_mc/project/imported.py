"""Decisions made elsewhere, brought to the records that they were made on; what finds no record is named."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from asreview_mc.core.errors import AsreviewMCError, UnknownError
from asreview_mc.core.event import Decided
from asreview_mc.core.protocol import DECISIONS, Stage
from asreview_mc.core.record import Record
from asreview_mc.core.title import normalise
from asreview_mc.identify import decisions as elsewhere
from asreview_mc.identify.decisions import Given
from asreview_mc.project.agreement import measure_full_batches
from asreview_mc.project.checks import check_decider, check_decision, check_open
from asreview_mc.project.review import Review
from asreview_mc.review.state import State


@dataclass(frozen=True, slots=True)
class Row:
    """A row that came to no decision, and why."""

    position: str
    title: str
    why: str


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import came to: ``read == matched + silent + len(refused) + len(unmatched)``.

    `matched` rows found their record, of which `decided` led to an event and the others said what stands already;
    `refused` ones found it, too, but the decision cannot be made on it; `silent` rows hold no decision.
    """

    read: int
    matched: int
    decided: int
    silent: int
    refused: tuple[Row, ...]
    unmatched: tuple[Row, ...]


def import_decisions(
    review: Review, path: Path, reviewer: str, *, stage: Stage = "abstract", named: str = "", every: str = ""
) -> Imported:
    """Log the decisions of a file as those of `reviewer`, all in one step.

    Rows are matched by record id, DOI, PMID or title. A decision that stands here already is never replaced by another.

    Parameters
    ----------
    named : str
        What the reviewer is called in the file; their name here, if not given.
    every : {"", "include", "exclude", "maybe"}
        The decision on all records of a file that holds one list.

    Raises
    ------
    UnknownError
        If the reviewer is unknown, `every` no decision, or the file holds decisions of several people and none is
        called so.
    DecisionError
        If the reviewer does not decide on records.
    ReadError
        If the file cannot be read or holds no decision.
    """
    if every and every not in DECISIONS:
        raise UnknownError(f"no decision is called {every!r}", remedy=f"Choose one of {', '.join(DECISIONS)}")
    check_decider(review.protocol, reviewer)
    rows = elsewhere.read(path, names=[named] if named else [reviewer], stage=stage, every=every)
    said = [one for one in rows if one.decision]
    with review.transaction():
        importing = _Import(review, reviewer, stage, path.name)
        for one in said:
            importing.take(one)
        review.append(*importing.events.values())
        measure_full_batches(review, stage)
    refused, unmatched = tuple(importing.refused), tuple(importing.unmatched)
    matched = len(said) - len(refused) - len(unmatched)
    return Imported(len(rows), matched, len(importing.events), len(rows) - len(said), refused, unmatched)


class _Import:
    """One import: rows go in, events and rows without a record come out."""

    def __init__(self, review: Review, reviewer: str, stage: Stage, file: str) -> None:
        self.review = review
        self.state = review.state
        self.places = Places.of(self.state, review.single_records.values())
        self.reviewer, self.stage, self.file = reviewer, stage, file
        self.reasons = _codes(self.state, stage)
        self.events: dict[str, Decided] = {}
        self.refused: list[Row] = []
        self.unmatched: list[Row] = []

    def take(self, given: Given) -> None:
        title = given.record.title if given.record else ""
        try:
            record_id = self.places.find(given)
        except UnknownError as error:
            self.unmatched.append(Row(given.position, title, str(error)))
            return
        try:
            event = self._event(record_id, given)
        except AsreviewMCError as error:
            self.refused.append(Row(given.position, title, str(error)))
            return
        if event:
            self.events[record_id] = event

    def _event(self, record_id: str, given: Given) -> Decided | None:
        """Return the decision as an event, None where it stands already."""
        reason = self._reason(given)
        check_decision(self.state, record_id, self.stage, given.decision, reason)
        check_open(self.review, self.state, record_id, self.stage)
        stands = self.state.last_decision(self.stage, self.reviewer, record_id)
        before = self.events.get(record_id)
        for known, where in ((stands and stands.decision, "here"), (before and before.decision, "in another row")):
            if known and known != given.decision:
                raise UnknownError(f"{record_id} is decided on {where} as {known}, and is {given.decision} in this row")
        if stands or before:
            return before
        return Decided(
            record_id, self.stage, self.reviewer, given.decision, reason, given.note, None, self.file or "a file"
        )

    def _reason(self, given: Given) -> str:
        if given.decision != "exclude":
            return ""
        code = self.reasons.get(given.reason.casefold().strip(), "")
        if given.reason and not code and self.stage == "fulltext":
            raise UnknownError(f"the reason {given.reason!r} is none of the protocol's")
        return code


def _codes(state: State, stage: Stage) -> dict[str, str]:
    """Return the codes of reasons by code and by label, in small letters."""
    protocol = state.protocol
    codes = {name.casefold(): one.code for one in protocol.reasons for name in (one.code, one.label)}
    if stage == "abstract":
        codes |= {one.code.casefold(): one.code for one in (*protocol.inclusion, *protocol.exclusion)}
    return codes


@dataclass(frozen=True)
class Places:
    """Where each identifier and title leads: to the records that stand for those that bear it."""

    state: State
    titles_of: Mapping[str, str]
    known: Mapping[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    @classmethod
    def of(cls, state: State, records: Iterable[Record]) -> Places:
        """Return the places that records as they were read lead to."""
        places = cls(state, {one.record_id: normalise(one.title) for one in records})
        for one in records:
            for name in _names(one):
                places.known[name].add(state.kept(one.record_id))
        return places

    def named(self, name: str) -> str:
        """Return the record of an id, DOI, PMID or title.

        Raises
        ------
        UnknownError
            If there is none, or more than one.
        """
        return self.find(Given("", Record(title=name, doi=name, pmid=name), name, ""))

    def find(self, given: Given) -> str:
        """Return the record that a row is about.

        Raises
        ------
        UnknownError
            If there is none, or more than one.
        """
        title = normalise(given.record.title) if given.record else ""
        if self.state.knows(given.record_id) and title in ("", self.titles_of[given.record_id]):
            return self.state.kept(given.record_id)
        for name in _names(given.record) if given.record else ():
            found = self.known.get(name, set())
            if len(found) == 1:
                return next(iter(found))
            if found:
                raise UnknownError(f"could be any of {', '.join(sorted(found))}")
        raise UnknownError("no record has its id, DOI, PMID or title")


def _names(record: Record) -> list[str]:
    """Return what a record can be found by, the surest first."""
    title = normalise(record.title)
    named = {
        "doi": record.doi.casefold(),
        "pmid": record.pmid,
        "title and year": f"{title} {record.year}" if title and record.year else "",
        "title": title,
    }
    return [f"{kind} {value}" for kind, value in named.items() if value]
