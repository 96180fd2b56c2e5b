"""PRISMA 2020 counts as a pure function of what stands in the review.

Page et al. (2021), The PRISMA 2020 statement, doi 10.1136/bmj.n71. Records that nobody has read and decisions still to
come are counted as just that, never as excluded. A record belongs to the route by which it was itself read, whatever
its duplicates' routes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from asreview_mc.core.event import ReferencesRead, RoundBegun, StageClosed
from asreview_mc.report.flow_numbers import DATABASES, OTHER, RESULTS, UNSETTLED, Arm, Prisma
from asreview_mc.review.eligibility import eligibility
from asreview_mc.review.pool import in_reading_order
from asreview_mc.review.state import State
from asreview_mc.review.studies import first_reports, reports_of


def count(state: State) -> Prisma:
    """Count the flow of records through a review; no number depends on what a pending decision says."""
    papers: dict[str, list[str]] = defaultdict(list)
    unique = _identify(state, papers)
    touched, stopped_by = set(state.begun("abstract")), state.stopped_by("abstract")
    if stopped_by:
        left = _left_unread(state) - touched
        for arm, record_ids in unique.items():
            papers[arm.automatic] += [one for one in record_ids if one in left]
            unique[arm] = [one for one in record_ids if one not in left]
    for arm, record_ids in unique.items():
        _screen(state, arm, record_ids, touched, papers)
        _assess(state, arm, record_ids, papers)
    papers["new_reports"] = sorted(papers[DATABASES.included] + papers[OTHER.included])
    papers["previous_reports"], papers["previous_unfinished"] = _previous(state)
    papers["total_reports"] = [*papers["previous_reports"], *papers["new_reports"]]
    for when in ("previous", "total"):
        papers[f"{when}_studies"] = first_reports(state, papers[f"{when}_reports"])
    known_before = {report for one in papers["previous_studies"] for report in reports_of(state, one)}
    papers["new_studies"] = [one for one in first_reports(state, papers["new_reports"]) if one not in known_before]
    values: dict[str, Any] = {key: len(ids) for key, ids in papers.items() if key in Prisma.__dataclass_fields__}
    for key in ("database_specific_results", "register_specific_results", DATABASES.reasons, OTHER.reasons):
        start = f"{key}: "
        values[key] = {name.removeprefix(start): len(ids) for name, ids in papers.items() if name.startswith(start)}
    for logged in state.noted.get(RoundBegun, ()):
        if isinstance(logged.event, RoundBegun):
            for what in ("studies", "reports"):
                for when in ("previous", "total"):
                    values[f"{when}_{what}"] += getattr(logged.event, what)
    known = {key: tuple(ids) for key, ids in papers.items()}
    return Prisma(**values, papers=known, stopped_by=stopped_by, log_head=state.head)


def _identify(state: State, papers: dict[str, list[str]]) -> dict[Arm, list[str]]:
    """Sort what was read into the columns, and return the unique records of each."""
    unique: dict[Arm, list[str]] = {DATABASES: [], OTHER: []}
    for logged in (reading for reading in state.readings if reading.seq > round_begun(state)):
        reading = logged.event
        if not isinstance(reading, ReferencesRead):
            raise TypeError(f"expected ReferencesRead, got {type(reading).__name__}")
        arm = DATABASES if reading.via in ("database", "register") else OTHER
        unread = [f"{reading.file}, {reject.get('position', '')}" for reject in reading.rejected]
        read = _ids(reading)
        papers[RESULTS[reading.via]] += [*read, *unread]
        if arm is DATABASES:
            papers[f"{reading.via}_specific_results: {reading.source}"] += [*read, *unread]
            papers[f"{reading.via}_specific_results"] += [*read, *unread]
        unmerged = [one for one in read if one not in state.merges]
        papers[arm.duplicates] += [one for one in read if one in state.merges]
        papers[arm.removed] += [*unread, *(one for one in unmerged if one in state.removed)]
        unique[arm] += [one for one in unmerged if one not in state.removed]
    return unique


def _left_unread(state: State) -> set[str]:
    """Return what waited when title and abstract screening was closed; what was read later still waits."""
    closed = state.closed("abstract")
    return set(closed.event.record_ids) if closed and isinstance(closed.event, StageClosed) else set()


def round_begun(state: State) -> int:
    """Return the event with which the last round of the review began, 0 while it is in its first."""
    return max((logged.seq for logged in state.noted.get(RoundBegun, ())), default=0)


def _previous(state: State) -> tuple[list[str], list[str]]:
    """Return what is included of the records that were read before the last round began, and what has no outcome."""
    since = round_begun(state)
    earlier = [logged.event for logged in state.readings if logged.seq < since]
    read = [one for event in earlier if isinstance(event, ReferencesRead) for one in _ids(event)]
    if not read:
        return [], []
    unique = [one for one in read if one not in state.merges and one not in state.removed]
    found = eligibility(state, unique)
    waiting = {one for one in unique if state.verdict("abstract", one).outcome not in ("include", "exclude")}
    return list(found.included), in_reading_order({*waiting, *found.pending})


def _ids(reading: ReferencesRead) -> list[str]:
    first = int(reading.first[1:]) if reading.read else 0
    return [f"r{number:06d}" for number in range(first, first + reading.read)]


def _screen(state: State, arm: Arm, record_ids: Iterable[str], touched: set[str], papers: dict[str, list[str]]) -> None:
    for record_id in record_ids:
        outcome = state.verdict("abstract", record_id).outcome
        papers[arm.screened if record_id in touched else arm.not_screened].append(record_id)
        if outcome == "exclude":
            papers[arm.excluded].append(record_id)
        elif record_id in touched and outcome != "include":
            papers[arm.pending_abstract].append(record_id)


def _assess(state: State, arm: Arm, record_ids: Iterable[str], papers: dict[str, list[str]]) -> None:
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
