"""PRISMA 2020 counts as a pure function of what stands in the review, and the sums that must close.

Page et al. (2021), The PRISMA 2020 statement, doi 10.1136/bmj.n71. Fields bear the keys of the PRISMA2020 template
(doi 10.1002/cl2.1230). Records that nobody has read and decisions still to come are counted as just that, never as
excluded. A record belongs to the route by which it was itself read, whatever its duplicates' routes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from asreview_mc.core.event import ReferencesRead, RoundBegun
from asreview_mc.review.eligibility import eligibility
from asreview_mc.review.state import State
from asreview_mc.review.studies import first_reports

UNSETTLED = "reason not settled"
RESULTS = {
    "database": "database_results",
    "register": "register_results",
    "website": "website_results",
    "organisation": "organisation_results",
    "citation": "citations_results",
}
"""The template's key for each route of a reading."""


@dataclass(frozen=True, slots=True)
class Prisma:
    """Numbers of the flow diagram.

    Attributes
    ----------
    database_results, register_results, website_results, organisation_results, citations_results : int
        Records identified, those included that could not be read.
    database_specific_results, register_specific_results : mapping of source to int
    duplicates, excluded_automatic, excluded_other : int
        Removed before screening from databases and registers; `excluded_other` could not
        be read, or fail a criterion that a person confirmed.
        `excluded_automatic` were never read because title and abstract screening was closed by a stopping rule,
        `stopped_by`; one record at a time, nothing is set aside by a model without a person.
    not_screened, records_screened, pending_abstract, records_excluded : int
        Records nobody has decided on; those begun; those of them that wait for a decision or a settlement; and those
        excluded on title and abstract.
    dbr_sought_reports, dbr_notretrieved_reports, pending_fulltext, dbr_assessed, dbr_included : int
    dbr_excluded : mapping of reason to int
        By the reasons' labels in the protocol's order; exclusions whose reason is still disputed come last.
    other_duplicates, other_automatic, …, other_excluded
        The same for records identified by other methods.
    new_studies, new_reports, previous_studies, previous_reports, total_studies, total_reports : int
        A study is one report until reports are linked. In an update, previous are those included among the records
        read before the last round began, and those that an earlier version had which this log does not hold; all
        other numbers are of the round.
    papers : mapping of key to tuple of str
        Ids of the records behind every number, in reading order; ``key: name`` for one source or reason. What could
        not be read has no id and stands as ``file, position``.
    """

    database_results: int = 0
    database_specific_results: Mapping[str, int] = field(default_factory=dict)
    register_results: int = 0
    register_specific_results: Mapping[str, int] = field(default_factory=dict)
    duplicates: int = 0
    excluded_automatic: int = 0
    excluded_other: int = 0
    not_screened: int = 0
    records_screened: int = 0
    pending_abstract: int = 0
    records_excluded: int = 0
    dbr_sought_reports: int = 0
    dbr_notretrieved_reports: int = 0
    pending_fulltext: int = 0
    dbr_assessed: int = 0
    dbr_excluded: Mapping[str, int] = field(default_factory=dict)
    dbr_included: int = 0
    website_results: int = 0
    organisation_results: int = 0
    citations_results: int = 0
    other_duplicates: int = 0
    other_automatic: int = 0
    other_removed: int = 0
    other_not_screened: int = 0
    other_records_screened: int = 0
    other_pending_abstract: int = 0
    other_records_excluded: int = 0
    other_sought_reports: int = 0
    other_notretrieved_reports: int = 0
    other_pending_fulltext: int = 0
    other_assessed: int = 0
    other_excluded: Mapping[str, int] = field(default_factory=dict)
    other_included: int = 0
    new_studies: int = 0
    new_reports: int = 0
    previous_studies: int = 0
    previous_reports: int = 0
    total_studies: int = 0
    total_reports: int = 0
    papers: Mapping[str, tuple[str, ...]] = field(default_factory=dict, repr=False)
    stopped_by: str = ""
    log_head: str = field(default="", compare=False)

    @property
    def by_automation(self) -> str:
        """What the records removed by automation are called, with the stopping rule that left them unread."""
        name = "Records marked as ineligible by automation tools"
        return f"{name} (never read: stopping rule {self.stopped_by})" if self.stopped_by else name

    @property
    def pending(self) -> int:
        """Records from databases and registers that were begun and have no outcome yet, at either stage."""
        return self.pending_abstract + self.pending_fulltext

    @property
    def other_pending(self) -> int:
        """Records from other methods that were begun and have no outcome yet, at either stage."""
        return self.other_pending_abstract + self.other_pending_fulltext

    @property
    def other_results(self) -> int:
        """Records identified by other methods than databases and registers."""
        return self.website_results + self.organisation_results + self.citations_results


@dataclass(frozen=True, slots=True)
class Check:
    """One sum that must close: `name` is the equation in words, `left` and `right` its two sides."""

    name: str
    left: int
    right: int

    @property
    def ok(self) -> bool:
        """Whether both sides are equal."""
        return self.left == self.right


@dataclass(frozen=True, slots=True)
class _Arm:
    """The keys of one column of the diagram."""

    duplicates: str
    automatic: str
    removed: str
    not_screened: str
    screened: str
    pending_abstract: str
    excluded: str
    sought: str
    not_retrieved: str
    pending_fulltext: str
    assessed: str
    reasons: str
    included: str


_DATABASES = _Arm(
    "duplicates",
    "excluded_automatic",
    "excluded_other",
    "not_screened",
    "records_screened",
    "pending_abstract",
    "records_excluded",
    "dbr_sought_reports",
    "dbr_notretrieved_reports",
    "pending_fulltext",
    "dbr_assessed",
    "dbr_excluded",
    "dbr_included",
)
_OTHER = _Arm(
    "other_duplicates",
    "other_automatic",
    "other_removed",
    "other_not_screened",
    "other_records_screened",
    "other_pending_abstract",
    "other_records_excluded",
    "other_sought_reports",
    "other_notretrieved_reports",
    "other_pending_fulltext",
    "other_assessed",
    "other_excluded",
    "other_included",
)


def count(state: State) -> Prisma:
    """Count the flow of records through a review; no number depends on what a pending decision says."""
    papers: dict[str, list[str]] = defaultdict(list)
    unique = _identify(state, papers)
    touched, stopped_by = set(state.begun("abstract")), state.stopped_by("abstract")
    if stopped_by:
        for arm, record_ids in unique.items():
            papers[arm.automatic] += [one for one in record_ids if one not in touched]
            unique[arm] = [one for one in record_ids if one in touched]
    for arm, record_ids in unique.items():
        _screen(state, arm, record_ids, touched, papers)
        _assess(state, arm, record_ids, papers)
    papers["new_reports"] = sorted(papers[_DATABASES.included] + papers[_OTHER.included])
    papers["previous_reports"] = _previous(state)
    papers["total_reports"] = [*papers["previous_reports"], *papers["new_reports"]]
    for when in ("previous", "new", "total"):
        papers[f"{when}_studies"] = first_reports(state, papers[f"{when}_reports"])
    values: dict[str, Any] = {key: len(ids) for key, ids in papers.items() if key in Prisma.__dataclass_fields__}
    for key in ("database_specific_results", "register_specific_results", _DATABASES.reasons, _OTHER.reasons):
        start = f"{key}: "
        values[key] = {name.removeprefix(start): len(ids) for name, ids in papers.items() if name.startswith(start)}
    for logged in state.noted.get(RoundBegun, ()):
        if isinstance(logged.event, RoundBegun):
            for what in ("studies", "reports"):
                for when in ("previous", "total"):
                    values[f"{when}_{what}"] += getattr(logged.event, what)
    known = {key: tuple(ids) for key, ids in papers.items()}
    return Prisma(**values, papers=known, stopped_by=stopped_by, log_head=state.head)


def _identify(state: State, papers: dict[str, list[str]]) -> dict[_Arm, list[str]]:
    """Sort what was read into the columns, and return the unique records of each."""
    unique: dict[_Arm, list[str]] = {_DATABASES: [], _OTHER: []}
    for logged in (reading for reading in state.readings if reading.seq > round_begun(state)):
        reading = logged.event
        if not isinstance(reading, ReferencesRead):
            raise TypeError(f"expected ReferencesRead, got {type(reading).__name__}")
        arm = _DATABASES if reading.via in ("database", "register") else _OTHER
        unread = [f"{reading.file}, {reject.get('position', '')}" for reject in reading.rejected]
        read = _ids(reading)
        papers[RESULTS[reading.via]] += [*read, *unread]
        if arm is _DATABASES:
            papers[f"{reading.via}_specific_results: {reading.source}"] += [*read, *unread]
            papers[f"{reading.via}_specific_results"] += [*read, *unread]
        unmerged = [one for one in read if one not in state.merges]
        papers[arm.duplicates] += [one for one in read if one in state.merges]
        papers[arm.removed] += [*unread, *(one for one in unmerged if one in state.removed)]
        unique[arm] += [one for one in unmerged if one not in state.removed]
    return unique


def round_begun(state: State) -> int:
    """Return the event with which the last round of the review began, 0 while it is in its first."""
    return max((logged.seq for logged in state.noted.get(RoundBegun, ())), default=0)


def _previous(state: State) -> list[str]:
    """Return what is included of the records that were read before the last round began."""
    since = round_begun(state)
    earlier = [logged.event for logged in state.readings if logged.seq < since]
    ids = [one for event in earlier if isinstance(event, ReferencesRead) for one in _ids(event)]
    return list(eligibility(state, ids).included) if ids else []


def _ids(reading: ReferencesRead) -> list[str]:
    first = int(reading.first[1:]) if reading.read else 0
    return [f"r{number:06d}" for number in range(first, first + reading.read)]


def _screen(
    state: State, arm: _Arm, record_ids: Iterable[str], touched: set[str], papers: dict[str, list[str]]
) -> None:
    for record_id in record_ids:
        outcome = state.verdict("abstract", record_id).outcome
        papers[arm.screened if record_id in touched else arm.not_screened].append(record_id)
        if outcome == "exclude":
            papers[arm.excluded].append(record_id)
        elif record_id in touched and outcome != "include":
            papers[arm.pending_abstract].append(record_id)


def _assess(state: State, arm: _Arm, record_ids: Iterable[str], papers: dict[str, list[str]]) -> None:
    found = eligibility(state, record_ids)
    papers[arm.sought] += found.sought
    papers[arm.not_retrieved] += found.not_retrieved
    papers[arm.pending_fulltext] += found.pending
    papers[arm.assessed] += found.assessed
    papers[arm.included] += found.included
    labels = {reason.code: reason.label for reason in state.protocol.reasons}
    others = sorted(set(found.excluded) - set(labels) - {""})
    for code in (*labels, *others, ""):
        if code in found.excluded:
            name = labels.get(code, code) or UNSETTLED
            papers[f"{arm.reasons}: {name}"] += found.excluded[code]
            papers[arm.reasons] += found.excluded[code]


def checks(prisma: Prisma) -> list[Check]:
    """Return every sum of the diagram with both its sides; the other column's only where it has records."""
    n = prisma
    results = {
        name: sum(getattr(n, name).values()) for name in ("database_specific_results", "register_specific_results")
    }
    found = [
        Check("records by database = records from databases", results["database_specific_results"], n.database_results),
        Check("records by register = records from registers", results["register_specific_results"], n.register_results),
        *_column("databases and registers", _DATABASES, n, n.database_results + n.register_results),
    ]
    if n.other_results:
        found += _column("other methods", _OTHER, n, n.other_results)
    return [
        *found,
        Check("included from all columns = new reports", n.dbr_included + n.other_included, n.new_reports),
        Check("previous + new studies = total studies", n.previous_studies + n.new_studies, n.total_studies),
        Check("previous + new reports = total reports", n.previous_reports + n.new_reports, n.total_reports),
    ]


def _column(title: str, arm: _Arm, prisma: Prisma, identified: int) -> list[Check]:
    n = {name: getattr(prisma, getattr(arm, name)) for name in _Arm.__dataclass_fields__}
    removed = n["duplicates"] + n["automatic"] + n["removed"]
    return [
        Check(
            f"{title}: identified − removed = screened + not screened",
            identified - removed,
            n["screened"] + n["not_screened"],
        ),
        Check(
            f"{title}: screened = excluded + sought + pending",
            n["screened"],
            n["excluded"] + n["sought"] + n["pending_abstract"],
        ),
        Check(
            f"{title}: sought = not retrieved + assessed + pending",
            n["sought"],
            n["not_retrieved"] + n["assessed"] + n["pending_fulltext"],
        ),
        Check(
            f"{title}: assessed = included + excluded by reason",
            n["assessed"],
            n["included"] + sum(n["reasons"].values()),
        ),
    ]
