"""A table of the article: counts with their base, and behind every count the papers; as CSV, Markdown and HTML."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Any, Literal

from asreview_mc.core.cells import Cell
from asreview_mc.report.writing import csv_lines

Kind = Literal["distribution", "years", "crossing", "plain"]


@dataclass(frozen=True, slots=True)
class Table:
    """One table.

    Attributes
    ----------
    name : str
        Stem of its files.
    title : str
        Caption.
    header, rows : tuples
        Columns as printed; every row as long as the header.
    papers : tuple of tuple of str
        Ids behind each row of a distribution; empty where rows are not counts of papers.
    cells : mapping of (row label, column label) to tuple of str
        Ids behind each cell of a crossing, those with none left out.
    note : str
        Printed below: the base, and how to read it.
    kind : str
    """

    name: str
    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    papers: tuple[tuple[str, ...], ...] = ()
    cells: Mapping[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)
    note: str = ""
    kind: Kind = "plain"


@dataclass(frozen=True, slots=True)
class Category:
    """One row of a distribution."""

    label: str
    papers: tuple[str, ...]
    group: str = ""


def percent(n: int, base: int) -> str:
    """Return a share as journals print it: whole per cent, halves up, ``<1`` for what would round to nothing.

    Examples
    --------
    >>> percent(5, 32), percent(15, 32), percent(1, 8), percent(1, 300), percent(0, 0)
    ('16 %', '47 %', '13 %', '<1 %', '–')
    """
    if base <= 0:
        return "–"
    whole = (200 * n + base) // (2 * base)
    return "<1 %" if n and not whole else f"{whole} %"


def row(*cells: Cell) -> tuple[Cell, ...]:
    """Return one row of a table."""
    return cells


def distribution(
    name: str, title: str, heading: str, categories: Sequence[Category], *, base: int, base_is: str, note: str = ""
) -> Table:
    """Return a table of counts with shares of `base`, which the note under it names."""
    grouped = any(one.group for one in categories)
    header = (heading, *("topic",) * grouped, "n", f"% of {base:,}")
    rows = tuple(
        row(one.label, *(one.group,) * grouped, len(one.papers), percent(len(one.papers), base)) for one in categories
    )
    said = f"Base: {base:,} {base_is}.{' ' if note else ''}{note}"
    return Table(name, title, header, rows, tuple(one.papers for one in categories), note=said, kind="distribution")


def crossing(name: str, title: str, rows: Sequence[Category], columns: Sequence[Category], *, note: str = "") -> Table:
    """Return how many papers fall in each row and column at once."""
    cells = {
        (line.label, column.label): tuple(one for one in line.papers if one in inside)
        for column in columns
        for inside in [set(column.papers)]
        for line in rows
    }
    grid = tuple(row(one.label, *(len(cells[one.label, column.label]) for column in columns)) for one in rows)
    filled = {place: ids for place, ids in cells.items() if ids}
    return Table(name, title, ("", *(one.label for one in columns)), grid, cells=filled, note=note, kind="crossing")


def to_csv(table: Table) -> str:
    """Return the table as CSV; a distribution with its papers in a last column."""
    if not table.papers:
        return csv_lines(table.header, table.rows)
    listed = zip(table.rows, table.papers, strict=True)
    return csv_lines((*table.header, "papers"), ((*row, " ".join(ids)) for row, ids in listed))


def papers_csv(table: Table) -> str:
    """Return the papers behind every cell of a crossing that has any."""
    rows = ((row, column, len(ids), " ".join(ids)) for (row, column), ids in table.cells.items())
    return csv_lines(("row", "column", "n", "papers"), rows)


def to_plain(table: Table) -> dict[str, Any]:
    """Return the table as plain values, with the papers behind its rows or cells."""
    return {
        "name": table.name,
        "title": table.title,
        "header": list(table.header),
        "rows": [list(line) for line in table.rows],
        "papers": [list(ids) for ids in table.papers],
        "cells": [{"row": one, "column": other, "papers": list(ids)} for (one, other), ids in table.cells.items()],
        "note": table.note,
    }


def to_markdown(table: Table) -> str:
    """Return the table as Markdown, numbers to the right; the papers are in the CSV."""
    numeric = [all(_is_number(row[k]) for row in table.rows) for k in range(len(table.header))]
    lines = [
        f"**{_md(table.title)}**",
        "",
        f"| {' | '.join(_md(text) for text in table.header)} |",
        f"|{'|'.join('---:' if number else '---' for number in numeric)}|",
        *(f"| {' | '.join(_md(cell) for cell in row)} |" for row in table.rows),
    ]
    return "\n".join([*lines, "", table.note, ""] if table.note else [*lines, ""])


def to_html(table: Table) -> str:
    """Return the table as a page by itself, for a word processor to take in."""
    numeric = [all(_is_number(row[k]) for row in table.rows) for k in range(len(table.header))]
    head = "".join(f'<th scope="col">{escape(text)}</th>' for text in table.header)
    body = "".join(f"<tr>{_html_row(row, numeric)}</tr>\n" for row in table.rows)
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{escape(table.title)}</title>\n'
        "<style>table{border-collapse:collapse;font:11pt sans-serif}td,th{padding:.2em .7em;text-align:left;"
        "border-bottom:1px solid #bbb}.n{text-align:right}caption{text-align:left;font-weight:bold}</style></head>\n"
        f"<body><table><caption>{escape(table.title)}</caption>\n<thead><tr>{head}</tr></thead>\n"
        f"<tbody>\n{body}</tbody></table>\n<p>{escape(table.note)}</p></body></html>\n"
    )


def _html_row(row: Sequence[Cell], numeric: Sequence[bool]) -> str:
    first, *rest = (escape(_text(cell)) for cell in row)
    classes = (' class="n"' if number else "" for number in numeric[1:])
    return f'<th scope="row">{first}</th>' + "".join(
        f"<td{kind}>{text}</td>" for kind, text in zip(classes, rest, strict=True)
    )


def _is_number(cell: Cell) -> bool:
    return isinstance(cell, (int, float)) or (isinstance(cell, str) and (cell.endswith(" %") or cell == "–"))


def _text(cell: Cell) -> str:
    return "" if cell is None else f"{cell:,}" if isinstance(cell, int) else str(cell)


def _md(cell: Cell) -> str:
    return " ".join(_text(cell).split()).replace("\\", "\\\\").replace("|", "\\|")


def ordered(papers: Mapping[str, Iterable[str]]) -> list[Category]:
    """Return categories from most to fewest papers, then by name."""
    found = [Category(label, tuple(ids)) for label, ids in papers.items()]
    return sorted(found, key=lambda one: (-len(one.papers), one.label))
