"""Studies and their reports: a study is one report until a person links others to it."""

from __future__ import annotations

from collections.abc import Iterable

from asreview_mc.core.event import Linked
from asreview_mc.review.pool import in_reading_order
from asreview_mc.review.state import State


def studies(state: State, record_ids: Iterable[str]) -> list[tuple[str, ...]]:
    """Return the reports among `record_ids` by study, both in reading order; ``len`` of it is the number of studies."""
    study = _study_of(state)
    found: dict[str, list[str]] = {}
    for record_id in in_reading_order(record_ids):
        found.setdefault(study.get(record_id, record_id), []).append(record_id)
    return [tuple(reports) for reports in found.values()]


def first_reports(state: State, record_ids: Iterable[str]) -> list[str]:
    """Return one of `record_ids` for each study, its first report: the records behind a number of studies."""
    return [reports[0] for reports in studies(state, record_ids)]


def reports_of(state: State, record_id: str) -> tuple[str, ...]:
    """Return all reports of the study that a record reports, itself among them, in reading order."""
    study = _study_of(state)
    name = study.get(state.kept(record_id))
    together = [one for one, other in study.items() if other == name]
    return tuple(in_reading_order(together if name else [state.kept(record_id)]))


def _study_of(state: State) -> dict[str, str]:
    """Return for each linked report the name of its study, which is the id of one of them."""
    study: dict[str, str] = {}
    for logged in state.noted[Linked]:
        event = logged.event
        if not isinstance(event, Linked):
            continue
        kept, reports = state.kept(event.record_id), [state.kept(one) for one in event.reports]
        if event.apart:
            for one in reports:
                _leave(study, one)
            continue
        name = study.setdefault(kept, kept)
        for one in reports:
            old = study.get(one, one)
            study |= {other: name for other, theirs in study.items() if theirs == old} | {one: name}
    return study


def _leave(study: dict[str, str], report: str) -> None:
    """Take one report out of its study, which goes by the name of another of its reports if it went by this one's."""
    old = study.pop(report, None)
    rest = in_reading_order(one for one, name in study.items() if name == old)
    study |= dict.fromkeys(rest, rest[0]) if rest else {}
