"""All tables and figures of a review into one folder: CSV, Markdown and HTML of each, and pictures where they help."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from asreview_mc.core.errors import OutputError
from asreview_mc.core.event import Logged
from asreview_mc.core.record import Record
from asreview_mc.report import figures, form_view, lights
from asreview_mc.report.account import screening_labels
from asreview_mc.report.counts import count
from asreview_mc.report.distributions import all_distributions
from asreview_mc.report.flow import picture
from asreview_mc.report.narrative_view import short_reference
from asreview_mc.report.prisma import to_csv as prisma_csv
from asreview_mc.report.process_tables import process_tables
from asreview_mc.report.table import Table, papers_csv, to_csv, to_html, to_markdown
from asreview_mc.report.writing import encoded, write
from asreview_mc.review import answers
from asreview_mc.review.state import State

SUFFIXES = (".svg", ".png", ".pdf")
BARS = 60
"""Rows of a distribution, and lines of either side of a crossing, beyond which no picture is drawn."""


def all_tables(
    state: State,
    records: Mapping[str, Record],
    agreement: Mapping[str, Any],
    forms: Mapping[str, Iterable[Mapping[str, Any]]],
    looks: Iterable[Logged],
    topics: Mapping[str, Iterable[Mapping[str, Any]]],
) -> list[Table]:
    """Return every table that has something to count: of the papers, of their appraisal, of the process.

    Parameters
    ----------
    agreement : mapping
        What ``agreement --json`` answers, by stage.
    forms : mapping
        Agreement field by field, by form.
    looks : iterable of Logged
        Looks at stopping rules.
    topics : mapping
        ``"quality"`` of suggested sub-topics and ``"agreement"`` on each, as their commands answer with ``--json``.
    """
    appraised = (form_view.appraisal_summary(state, form) for form in state.protocol.appraisal_forms)
    return [
        *all_distributions(state, records),
        *(table for table in appraised if any(line[-1] for line in table.rows)),
        *process_tables(state, count(state), agreement, forms, looks, topics),
    ]


def save_all(
    folder: Path,
    tables: Sequence[Table],
    state: State,
    records: Mapping[str, Record],
    *,
    suffixes: Sequence[str] = SUFFIXES,
) -> list[str]:
    """Write every table and figure into a folder, which is made if need be, and return the names of the files.

    Raises
    ------
    OutputError
        If the folder or a file in it cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(
            f"cannot be made ({error.strerror})", where=str(folder), remedy="Choose another folder"
        ) from None
    files: dict[str, bytes] = {}
    for table in tables:
        files |= _texts(table)
        files |= {f"{table.name}{suffix}": drawn for suffix, drawn in pictures(table, suffixes).items()}
    prisma = count(state)
    files["prisma.csv"] = encoded(prisma_csv(prisma))
    files |= {f"prisma{suffix}": picture(prisma, suffix) for suffix in suffixes}
    labels = screening_labels(state)
    if labels:
        files |= {f"recall{suffix}": figures.recall_picture(labels, suffix) for suffix in suffixes}
    for form in state.protocol.appraisal_forms:
        drawn = appraisal_lights(state, records, form, suffixes)
        files |= {f"appraisal-{form}-lights{suffix}": made for suffix, made in drawn.items()}
    for name, content in files.items():
        write(folder / name, content)
    return sorted(files)


def _texts(table: Table) -> dict[str, bytes]:
    made = {
        f"{table.name}.csv": to_csv(table),
        f"{table.name}.md": to_markdown(table),
        f"{table.name}.html": to_html(table),
    }
    if table.cells:
        made[f"{table.name}-papers.csv"] = papers_csv(table)
    return {name: encoded(text) for name, text in made.items()}


def pictures(table: Table, suffixes: Sequence[str]) -> dict[str, bytes]:
    """Return a table drawn, as a file of each suffix; none of one that is no count of papers, empty or too long."""
    if not table.rows or len(table.rows) > BARS or len(table.header) > BARS:
        return {}
    if table.kind == "crossing":
        counts = [[cell for cell in line[1:] if isinstance(cell, int)] for line in table.rows]
        return figures.shades_picture(
            table.title, [str(line[0]) for line in table.rows], table.header[1:], counts, suffixes
        )
    if not table.papers:
        return {}
    bars = [(str(line[0]), len(ids)) for line, ids in zip(table.rows, table.papers, strict=True)]
    draw = figures.years_picture if table.kind == "years" else figures.bars_picture
    return draw(table.title, bars, suffixes)


def appraisal_lights(
    state: State, records: Mapping[str, Record], form: str, suffixes: Sequence[str]
) -> dict[str, bytes]:
    """Return the traffic lights of a form, as a file of each suffix; none before a paper is appraised.

    Only questions with an answer that stands are columns. Beyond `lights.MOST` papers the summary says it better.
    """
    found = form_view.standing(state, records, form)
    rows = [one for one in found["rows"] if one["values"]]
    asked = [
        (code, label)
        for code, label in zip(found["codes"], found["labels"], strict=True)
        if any(code in one["values"] for one in rows)
    ]
    if not rows or len(rows) > lights.MOST:
        return {}
    papers = [
        (
            f"{short_reference(records[one['record_id']])} [{one['record_id']}]",
            {code: answers.shown(value) for code, value in one["values"].items()},
        )
        for one in rows
    ]
    return lights.lights_picture(f"Quality appraisal: {form}", papers, asked, suffixes)
