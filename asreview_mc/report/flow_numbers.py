"""The numbers of a PRISMA 2020 flow, under the keys of the PRISMA2020 template (doi 10.1002/cl2.1230)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

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
        other numbers are of the round. A new report of a previous study is a new report, but no new study.
    previous_unfinished : int
        Records read before the last round began that nobody has screened, or that have no outcome yet; they stand in
        no other number.
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
    previous_unfinished: int = 0
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
    def updated(self) -> bool:
        """Whether there was a version or a round before, of which something is to be told."""
        return bool(self.previous_studies or self.previous_reports or self.previous_unfinished)

    @property
    def other_results(self) -> int:
        """Records identified by other methods than databases and registers."""
        return self.website_results + self.organisation_results + self.citations_results


@dataclass(frozen=True, slots=True)
class Arm:
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


DATABASES = Arm(
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
OTHER = Arm(
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
