"""Forms filled in with a spreadsheet: one row per included record, out as CSV or XLSX and back in, cell by cell."""

from __future__ import annotations

import codecs
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from asreview_mc.core.cells import Cell, rearm
from asreview_mc.core.errors import DecisionError, ReadError
from asreview_mc.core.event import Extracted
from asreview_mc.core.protocol import EXTRACTION, ExtractionField
from asreview_mc.core.record import Record
from asreview_mc.identify import references
from asreview_mc.learn.encode import Encoder
from asreview_mc.project.checks import check_decider
from asreview_mc.project.offers import offers
from asreview_mc.project.review import Review
from asreview_mc.report.workbook import Worksheet, workbook
from asreview_mc.report.writing import csv_lines, encoded, suffix_of, write
from asreview_mc.review import answers
from asreview_mc.review.eligibility import eligibility
from asreview_mc.review.forms import Cell as FormCell

RECORD = ("record_id", "title", "reference")
SUGGESTED = "suggested "
UNTITLED = "(no title)"


def write_sheet(
    review: Review, path: Path, reviewer: str, *, form: str = EXTRACTION, encoder: Encoder | None = None
) -> dict[str, Any]:
    """Write the included records with what `reviewer` has filled in so far, and nobody else's answers.

    What is suggested stands in columns of its own, which reading ignores, so that nothing counts that nobody typed;
    with an `encoder` the choices that have cards are among it.

    Raises
    ------
    OutputError
        If the suffix is not .csv or .xlsx, or the file cannot be written.
    """
    suffix = suffix_of(path, (".csv", ".xlsx"))
    state, records = review.state, review.records
    check_decider(state.protocol, reviewer)
    fields = state.protocol.form(form)
    included = eligibility(state).included
    offered = offers(review, included, form, encoder=encoder)
    helped = [one.code for one in fields if any(one.code in found for found in offered.values())]
    header = [*RECORD, *map(heading, fields), *(SUGGESTED + code for code in helped)]
    rows: list[list[Cell]] = []
    for record_id in included:
        cells = state.forms.cells(form, record_id)
        own = (_own(cells.get(one.code), reviewer) for one in fields)
        hints = offered[record_id]
        suggested = (answers.shown(hints[code].value if code in hints else None) for code in helped)
        rows.append([*_about(records[record_id]), *map(_shown, own), *suggested])
    if suffix == ".csv":
        # Excel takes a CSV without this mark for its own code page and spoils every accent.
        write(path, codecs.BOM_UTF8 + encoded(csv_lines(header, rows)))
    else:
        choices = {heading(one): one.choices for one in fields if one.type == "single"}
        explained = Worksheet(("code", "label", "type", "choice", "what it means", "help"), [*_explained(fields)])
        write(path, workbook({form: Worksheet(header, rows, choices), "what the fields mean": explained}))
    return {"path": str(path), "written": len(rows), "fields": [one.code for one in fields]}


def heading(one: ExtractionField) -> str:
    """Return the heading of a field's column."""
    return f"{one.code} (field)" if one.code in RECORD else one.code


@dataclass
class _Incoming:
    """What reading a sheet comes to: `values` to log by record, and all that was not taken, with the reason."""

    values: dict[str, dict[str, answers.Value]] = field(default_factory=dict)
    rejected: list[dict[str, Any]] = field(default_factory=list)
    unchanged: int = 0
    blank: int = 0

    def reject(self, row: int, record_id: str, code: str, value: str, why: str) -> None:
        self.rejected.append({"row": row, "record_id": record_id, "field": code, "value": value, "why": why})


def read_sheet(review: Review, path: Path, reviewer: str, *, form: str = EXTRACTION) -> dict[str, Any]:
    """Take in a sheet that `reviewer` filled in; whatever can be read is logged, the rest is listed with its reason.

    A cell that is empty leaves the field as it is, as does one that holds what is there already.

    Returns
    -------
    dict
        `rows`, `set` (cells logged), `records` (that they are of), `unchanged`, `blank`, `rejected` (row, record_id,
        field, value, why) and `ignored` (columns that are no field); ``cells read = set + unchanged + blank +
        rejected cells``.

    Raises
    ------
    ReadError
        If it is no table, or has no column ``record_id`` or no field of the form.
    """
    table = references.read_table(path)
    with review.transaction():
        state = review.state
        check_decider(state.protocol, reviewer)
        fields = {heading(one): one for one in state.protocol.form(form)}
        known = [column for column in table.columns if column in fields]
        if "record_id" not in table.columns or not known:
            raise ReadError(
                f"has no column record_id and fields of the form {form}",
                where=str(path),
                remedy=f"Keep the headings as `sheet` wrote them: record_id, title, {', '.join(fields)}",
            )
        found, included, seen = _Incoming(), set(eligibility(state).included), set[str]()
        for number, (row, record) in enumerate(zip(table.rows, table.records, strict=True), start=2):
            if not any(cell.strip() for cell in row.values()):
                continue
            record_id = rearm(row["record_id"]).strip()
            why = _unfit(record_id, record, included, seen)
            if why:
                found.reject(number, record_id, "", "", why)
                continue
            seen.add(record_id)
            _take_row(
                found,
                number,
                record_id,
                row,
                [fields[column] for column in known],
                reviewer,
                state.forms.cells(form, record_id),
            )
        events = [
            Extracted(record_id, reviewer, form, values, note=f"read from {path.name}")
            for record_id, values in found.values.items()
        ]
        review.append(*events)
    extra = [column for column in table.columns if column not in (*RECORD, *known) and not column.startswith(SUGGESTED)]
    return {
        "rows": len(seen) + sum(not one["field"] for one in found.rejected),
        "set": sum(map(len, found.values.values())),
        "records": len(found.values),
        "unchanged": found.unchanged,
        "blank": found.blank,
        "rejected": found.rejected,
        "ignored": extra,
    }


def _unfit(record_id: str, record: Record | None, included: set[str], seen: set[str]) -> str:
    if record is None:
        return "the cells of this row cannot be told apart"
    if record_id not in included:
        return "no included record has this id"
    return "this record stands in the sheet twice; the first row was taken" if record_id in seen else ""


def _take_row(
    found: _Incoming,
    number: int,
    record_id: str,
    row: dict[str, str],
    fields: Sequence[ExtractionField],
    reviewer: str,
    cells: Any,  # noqa: ANN401
) -> None:
    for one in fields:
        text = rearm(row[heading(one)])
        own = _own(cells.get(one.code), reviewer)
        if not text.strip():
            found.blank += 1
            continue
        if own is not None and _mangled(text) == answers.shown(own):
            found.reject(
                number, record_id, one.code, text, "its letters were spoilt by a wrong encoding; kept as it was"
            )
            continue
        try:
            value = answers.read(one, text)
        except DecisionError as error:
            found.reject(number, record_id, one.code, text, error.what)
            continue
        if value is None or value == own:
            found.unchanged += 1
        else:
            found.values.setdefault(record_id, {})[one.code] = value


def _mangled(text: str) -> str:
    """Return what a text was before its UTF-8 was read as Windows-1252; empty where it was not."""
    try:
        before = text.encode("cp1252").decode("utf-8")
    except (UnicodeEncodeError, UnicodeDecodeError):
        return ""
    return before if before != text else ""


def _own(cell: FormCell | None, reviewer: str) -> answers.Value | None:
    return cell.given[reviewer].value if cell and reviewer in cell.given else None


def _shown(value: answers.Value | None) -> Cell:
    return value if isinstance(value, (int, float)) else answers.shown(value)


def _about(record: Record) -> list[Cell]:
    people = f"{'; '.join(record.authors[:3])}{' and others' if len(record.authors) > 3 else ''}"
    parts = (people, str(record.year or ""), record.journal, record.doi)
    return [record.record_id, record.title or UNTITLED, ", ".join(part for part in parts if part)]


def _explained(fields: Sequence[ExtractionField]) -> list[list[Cell]]:
    rows: list[list[Cell]] = []
    for one in fields:
        rows.append([one.code, one.label, one.type, "", "", one.help])
        meanings = dict(zip(one.choices, one.definitions, strict=False))
        rows += [[one.code, "", "", choice, meanings.get(choice, ""), ""] for choice in one.choices]
    return rows
