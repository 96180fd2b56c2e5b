"""The sums of a PRISMA 2020 flow that must close, each with both its sides."""

from __future__ import annotations

from dataclasses import dataclass

from asreview_mc.report.flow_numbers import DATABASES, OTHER, Arm, Prisma


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


def checks(prisma: Prisma) -> list[Check]:
    """Return every sum of the diagram with both its sides; the other column's only where it has records."""
    n = prisma
    results = {
        name: sum(getattr(n, name).values()) for name in ("database_specific_results", "register_specific_results")
    }
    found = [
        Check("records by database = records from databases", results["database_specific_results"], n.database_results),
        Check("records by register = records from registers", results["register_specific_results"], n.register_results),
        *_column("databases and registers", DATABASES, n, n.database_results + n.register_results),
    ]
    if n.other_results:
        found += _column("other methods", OTHER, n, n.other_results)
    return [
        *found,
        Check("included from all columns = new reports", n.dbr_included + n.other_included, n.new_reports),
        Check("previous + new studies = total studies", n.previous_studies + n.new_studies, n.total_studies),
        Check("previous + new reports = total reports", n.previous_reports + n.new_reports, n.total_reports),
    ]


def _column(title: str, arm: Arm, prisma: Prisma, identified: int) -> list[Check]:
    n = {name: getattr(prisma, getattr(arm, name)) for name in Arm.__dataclass_fields__}
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
