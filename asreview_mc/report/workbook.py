"""XLSX: rows as a workbook that opens the same everywhere, every cell text or a plain number, none a formula."""

from __future__ import annotations

import datetime
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from asreview_mc.core.cells import Cell, disarm

_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
LONGEST = 32_767
"""Characters that a cell can hold; longer text is cut with an ellipsis."""
_WIDEST = 60
_STAMP = datetime.datetime(2000, 1, 1)
_LIST_LIMIT = 255


@dataclass(frozen=True, slots=True)
class Worksheet:
    """One sheet: headings, rows, and for some columns (by heading) the values that a cell may have."""

    header: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    choices: Mapping[str, Sequence[str]] = field(default_factory=dict)


def is_cut(cell: Cell) -> bool:
    """Say whether a workbook cannot hold all of a cell."""
    cell = disarm(cell)
    return isinstance(cell, str) and len(cell) > LONGEST


def workbook(sheets: Mapping[str, Worksheet]) -> bytes:
    """Return worksheets by name as the bytes of an .xlsx file; their headings stay in view."""
    from openpyxl import Workbook

    book = Workbook()
    book.properties.created = book.properties.modified = _STAMP
    book.properties.creator = "asreview-mc"
    book.remove(book.active)
    for name, sheet in sheets.items():
        _fill(book.create_sheet(name[:31]), sheet)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _fill(page: Any, sheet: Worksheet) -> None:  # noqa: ANN401 - openpyxl has no types
    from openpyxl.styles import Alignment, Font
    from openpyxl.utils import get_column_letter

    page.append([_cell(text) for text in sheet.header])
    for row in sheet.rows:
        page.append([_cell(value) for value in row])
    for cell in page[1]:
        cell.font = Font(bold=True)
    page.freeze_panes = "A2"
    for place, heading in enumerate(sheet.header, start=1):
        letter = get_column_letter(place)
        longest = max([len(heading), *(len(str(row[place - 1] or "")) for row in sheet.rows[:200])])
        page.column_dimensions[letter].width = min(longest + 2, _WIDEST)
        if longest > _WIDEST:
            for cell in page[letter]:
                cell.alignment = Alignment(wrap_text=True, vertical="top")
        _offer(page, letter, sheet.choices.get(heading, ()), len(sheet.rows))


def _offer(page: Any, letter: str, choices: Sequence[str], rows: int) -> None:  # noqa: ANN401
    """Let a column's cells be chosen from a list, where a spreadsheet can keep it: short, and without commas."""
    from openpyxl.worksheet.datavalidation import DataValidation

    listed = ",".join(choices)
    if not choices or len(listed) > _LIST_LIMIT or any("," in choice or '"' in choice for choice in choices):
        return
    offer = DataValidation(type="list", formula1=f'"{listed}"', allow_blank=True, showErrorMessage=False)
    page.add_data_validation(offer)
    offer.add(f"{letter}2:{letter}{max(rows, 1) + 1}")


def _cell(value: Cell) -> Cell:
    value = disarm(value)
    if not isinstance(value, str):
        return value
    text = _NO_XML.sub(" ", value)
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
