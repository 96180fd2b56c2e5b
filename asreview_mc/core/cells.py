"""Cells of tables that leave us and come back: harmless to spreadsheets on the way out, unchanged on the way in."""

from __future__ import annotations

import re

Cell = str | int | float | bool | None

_FORMULA = re.compile(r"'*[=+\-@＝＋－＠\x00-\x1f]")


def disarm(cell: Cell) -> Cell:
    """Return a cell that no spreadsheet runs as a formula; anything but text stays as it is.

    Text that begins with ``= + - @`` (also full-width) or a control character, after any number of apostrophes, gets
    one apostrophe more in front, so that `rearm` gives back exactly what was there.
    """
    return f"'{cell}" if isinstance(cell, str) and _FORMULA.match(cell) else cell


def rearm(cell: str) -> str:
    """Return the text from which `disarm` made `cell`: one leading apostrophe less where a formula follows."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell
