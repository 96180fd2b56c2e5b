"""Forms as tables: what stands for each included paper, and what quality appraisal adds up to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from asreview_mc.core.record import Record
from asreview_mc.report.table import Table, percent, row
from asreview_mc.review import answers
from asreview_mc.review.eligibility import eligibility
from asreview_mc.review.forms import Cell, values
from asreview_mc.review.state import State


def standing(state: State, records: Mapping[str, Record], form: str) -> dict[str, Any]:
    """Return what stands in a form: `codes`, `labels`, and a row per included paper.

    A row has `record_id`, `title`, `values` (by code, agreed or settled), `status` (by code) and `problems` (by code:
    why a value that was given before the form changed does not fit it now).
    """
    fields, included = state.protocol.form(form), eligibility(state).included
    cells, wanted = state.forms.of(form), state.protocol.decisions_wanted
    found = values(cells, fields, included, wanted)
    rows = []
    for one in included:
        said = {code: by_record[one] for code, by_record in found.items() if one in by_record}
        problems = {field.code: answers.problem(field, said[field.code]) for field in fields if field.code in said}
        rows.append(
            {
                "record_id": one,
                "title": records[one].title,
                "values": said,
                "status": {
                    field.code: cells.get(one, {})
                    .get(field.code, Cell())
                    .stands(wanted, personal=field.personal)
                    .status
                    for field in fields
                },
                "problems": {code: why for code, why in problems.items() if why},
            }
        )
    return {
        "form": form,
        "codes": [field.code for field in fields],
        "labels": [field.label for field in fields],
        "rows": rows,
    }


def as_table(found: Mapping[str, Any]) -> Table:
    """Return what `standing` gives as a table of texts."""
    rows = tuple(
        (one["record_id"], one["title"], *(answers.shown(one["values"].get(code)) for code in found["codes"]))
        for one in found["rows"]
    )
    return Table(
        found["form"], f"What was agreed in the form {found['form']}", ("record_id", "title", *found["codes"]), rows
    )


def appraisal_summary(state: State, form: str) -> Table:
    """Return for each question how many included papers got each answer, of those that have one that stands."""
    fields, included = state.protocol.form(form), eligibility(state).included
    found = values(state.forms.of(form), fields, included, state.protocol.decisions_wanted)
    kinds = list(dict.fromkeys(choice for field in fields for choice in field.choices))
    rows = []
    for field in fields:
        given = list(found[field.code].values())
        counts = [given.count(kind) for kind in kinds]
        shares = [f"{n} ({percent(n, len(given))})" if n else "0" for n in counts]
        rows.append(row(field.label, *shares, len(given)))
    note = f"Papers by answer, and per cent of those appraised in the question, of {len(included):,} included papers."
    return Table(
        f"appraisal-{form}", f"Quality appraisal: {form}", ("question", *kinds, "appraised"), tuple(rows), note=note
    )
