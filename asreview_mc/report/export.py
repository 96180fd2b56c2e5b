"""Records with what was decided on them, for other programs: CSV, XLSX, JSON, RIS and BibTeX.

Fields bear the names that reading knows. Decisions are shown as far as the person asking may see them; what stands for
a record gives no pending decision away and is always there. The head of the log stands in every object, row or
reference, as `log_head`, since none of these formats has a better place for it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import fields
from pathlib import Path
from typing import Any, NamedTuple

from asreview_mc.core.cells import SEPARATOR, Cell, join_items
from asreview_mc.core.errors import UnknownError
from asreview_mc.core.protocol import STAGES, Stage
from asreview_mc.core.record import Record
from asreview_mc.report.bibtex import to_bibtex
from asreview_mc.report.ris import to_ris
from asreview_mc.report.workbook import LONGEST, Worksheet, is_cut, workbook
from asreview_mc.report.writing import csv_lines, csv_text, encoded, suffix_of, write
from asreview_mc.review.consensus import Standing, Verdict
from asreview_mc.review.eligibility import eligibility
from asreview_mc.review.state import State
from asreview_mc.review.studies import reports_of
from asreview_mc.review.topics import confirmed

WHAT = ("included", "excluded", "all", "unread")
_FIELDS = tuple(item.name for item in fields(Record))


class Exported(NamedTuple):
    """How many records were written, and the cells that a workbook could not hold whole, as ``r000012 abstract``."""

    written: int
    cut: list[str]


def export(
    state: State, records: Mapping[str, Record], path: Path, what: str, viewer: str | None, head: str
) -> Exported:
    """Write records to a file; duplicates live on in the record they were merged into.

    Parameters
    ----------
    path : Path
        The suffix names the format: .ris, .bib, .csv, .xlsx or .json.
    what : {"included", "excluded", "all", "unread"}
        Included in the review; excluded on title and abstract or on full text; all; those on which `viewer` knows
        of no decision.
    viewer : str or None
        Who is asking.
    head : str
        Hash of the last event of the log.

    Raises
    ------
    UnknownError
        If `what` is none of these.
    OutputError
        If the suffix is none of these, or the file cannot be written.
    """
    suffix = suffix_of(path, tuple(_FORMATS))
    described = _described(state, records, what, viewer, head)
    write(path, _FORMATS[suffix](described))
    cells = ((one, name, cell) for one in described for name, cell in _row(one).items()) if suffix == ".xlsx" else ()
    return Exported(len(described), [f"{one['record_id']} {name}" for one, name, cell in cells if is_cut(cell)])


def content(
    state: State, records: Mapping[str, Record], suffix: str, *, what: str, viewer: str | None, head: str
) -> bytes:
    """Return what `export` writes for a suffix that it knows.

    Raises
    ------
    UnknownError
        If no set of records is called `what`.
    """
    return _FORMATS[suffix](_described(state, records, what, viewer, head))


def _described(
    state: State, records: Mapping[str, Record], what: str, viewer: str | None, head: str
) -> list[dict[str, Any]]:
    if what not in WHAT:
        raise UnknownError(f"no set of records is called {what!r}", remedy=f"Choose one of {', '.join(WHAT)}")
    included = frozenset(eligibility(state).included)
    return [describe(state, records[one], included, viewer, head) for one in select(state, what, viewer)]


def select(state: State, what: str, viewer: str | None) -> list[str]:
    """Return the unique records that `what` names, in reading order.

    Those that a colleague alone has decided on are unread to anybody else: to leave them out would tell which they are.
    """
    if what == "included":
        return list(eligibility(state).included)
    if what == "excluded":
        out = {one for ids in eligibility(state).excluded.values() for one in ids}
        out |= set(state.removed)
        return [one for one in state.unique() if one in out or state.verdict("abstract", one).outcome == "exclude"]
    if what == "all":
        return list(state.unique())
    return [
        one
        for one in state.unique()
        if one not in state.removed
        and state.verdict("abstract", one).outcome == "pending"
        and not state.visible("abstract", one, viewer)
    ]


def describe(state: State, record: Record, included: Set[str], viewer: str | None, head: str) -> dict[str, Any]:
    """Return a record as one plain object.

    Besides the fields of a record it has

    - `sources`, and `duplicates`: ids merged into it;
    - `study`: the first report of the study that it reports, itself where no reports are linked;
    - `included`: 1, 0, or None while open;
    - `outcome_abstract`, `outcome_fulltext`: include, exclude, conflict, pending; title and abstract also removed, for
      one that a person took out before screening; full text also not-retrieved, and
      empty where the record did not get so far;
    - `reason_abstract`, `reason_fulltext`: codes; `exclusion_reason`: the one that counts, in words;
    - `settled`: stages that took a settlement;
    - `subtopics`: codes, or None while nobody has confirmed any;
    - `decisions`: those that `viewer` may see;
    - `log_head`.
    """
    one = record.record_id
    verdicts: dict[Stage, Verdict] = {stage: state.verdict(stage, one) for stage in STAGES}
    assessed = verdicts["abstract"].outcome == "include"
    topics = confirmed(state, one)
    return record.to_dict() | {
        "sources": state.sources_of(one),
        "duplicates": state.members(one),
        "study": reports_of(state, one)[0],
        "included": 0 if one in state.removed else _included(verdicts, one in included),
        "outcome_abstract": "removed" if one in state.removed else verdicts["abstract"].outcome,
        "reason_abstract": verdicts["abstract"].reason,
        "outcome_fulltext": _fulltext_outcome(state, one, verdicts["fulltext"]) if assessed else "",
        "reason_fulltext": verdicts["fulltext"].reason if assessed else "",
        "exclusion_reason": _reason(state, one, verdicts, assessed),
        "settled": [stage for stage in STAGES if verdicts[stage].settled],
        "subtopics": list(topics.codes) if topics else None,
        "decisions": [_decision(stage, said) for stage in STAGES for said in state.visible(stage, one, viewer)],
        "log_head": head,
    }


def _included(verdicts: Mapping[Stage, Verdict], included: bool) -> int | None:
    out = verdicts["abstract"].outcome == "exclude" or (
        verdicts["abstract"].outcome == "include" and verdicts["fulltext"].outcome == "exclude"
    )
    return 1 if included else 0 if out else None


def _fulltext_outcome(state: State, record_id: str, verdict: Verdict) -> str:
    if verdict.outcome == "pending" and state.retrieval_status(record_id) == "not-retrieved":
        return "not-retrieved"
    return verdict.outcome


def _reason(state: State, record_id: str, verdicts: Mapping[Stage, Verdict], assessed: bool) -> str:
    if record_id in state.removed:
        event = state.removed[record_id]
        return f"removed before screening: {event.criterion} ({event.why}), confirmed by {event.by}"
    verdict = verdicts["fulltext" if assessed else "abstract"]
    labels = {reason.code: reason.label for reason in state.protocol.reasons}
    return labels.get(verdict.reason, verdict.reason) if verdict.outcome == "exclude" else ""


def _decision(stage: Stage, said: Standing) -> dict[str, str]:
    return {
        "stage": stage,
        "reviewer": said.reviewer,
        "decision": said.decision,
        "reason": said.reason,
        "note": said.note,
        "at": said.at,
    }


def write_table(path: Path, header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> None:
    """Write rows as CSV, in one step and with every cell disarmed.

    Raises
    ------
    OutputError
        If the file cannot be written.
    """
    write(path, encoded(csv_lines(header, rows)))


def _to_json(described: Sequence[Mapping[str, Any]]) -> bytes:
    return encoded(json.dumps(described, ensure_ascii=False, indent=1) + "\n")


def _to_csv(described: Sequence[Mapping[str, Any]]) -> bytes:
    rows = [_row(one) for one in described]
    return encoded(csv_text(rows, _columns(rows)))


def _to_xlsx(described: Sequence[Mapping[str, Any]]) -> bytes:
    rows = [_row(one, LONGEST) for one in described]
    columns = _columns(rows)
    return workbook({"records": Worksheet(columns, [[row.get(name) for name in columns] for row in rows])})


def _columns(rows: Iterable[Mapping[str, Cell]]) -> list[str]:
    columns = dict.fromkeys((*_FIELDS, *(name for row in rows for name in row)))
    return [name for name in columns if name != "log_head"] + ["log_head"]


def _row(described: Mapping[str, Any], longest: int | None = None) -> dict[str, Cell]:
    """Flatten one object: lists are joined, decisions become a column per stage and reviewer, `extra` stays JSON.

    A list that would take more than `longest` characters loses its last items.
    """
    row: dict[str, Cell] = {}
    for name, value in described.items():
        if name == "extra":
            row[name] = json.dumps(value, ensure_ascii=False) if value else ""
        elif name == "decisions":
            row |= _decision_columns(value)
        else:
            row[name] = join_items(value, longest) if isinstance(value, list) else value
    return row


def _decision_columns(decisions: Iterable[Mapping[str, str]]) -> dict[str, Cell]:
    columns: dict[str, list[str]] = {}
    for said in decisions:
        for part in ("decision", "reason", "note"):
            if said[part]:
                columns.setdefault(f"{part}_{said['stage']}_{said['reviewer']}", []).append(said[part])
    return {name: SEPARATOR.join(values) for name, values in columns.items()}


_FORMATS: Mapping[str, Callable[[Sequence[Mapping[str, Any]]], bytes]] = {
    ".bib": lambda described: encoded(to_bibtex(described)),
    ".csv": _to_csv,
    ".json": _to_json,
    ".ris": lambda described: encoded(to_ris(described)),
    ".xlsx": _to_xlsx,
}
