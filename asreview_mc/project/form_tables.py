"""What stands in a form, for a command and for a file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from asreview_mc.project.review import Review
from asreview_mc.report import form_view
from asreview_mc.report.table import to_csv, to_markdown
from asreview_mc.report.workbook import Worksheet, workbook
from asreview_mc.report.writing import encoded, suffix_of, write


def standing(review: Review, form: str) -> dict[str, Any]:
    """Return what stands in a form for each included record; nothing in it gives a pending answer away."""
    return form_view.standing(review.state, review.records, form)


def write_standing(found: Mapping[str, Any], path: Path) -> None:
    """Write what `standing` gave as .csv, .xlsx or .md.

    Raises
    ------
    OutputError
        If the suffix is none of these, or the file cannot be written.
    """
    suffix, table = suffix_of(path, (".csv", ".xlsx", ".md")), form_view.as_table(found)
    if suffix == ".xlsx":
        write(path, workbook({table.name: Worksheet(table.header, table.rows)}))
    else:
        write(path, encoded(to_csv(table) if suffix == ".csv" else to_markdown(table)))
