"""Cells of tables that leave us and come back: harmless to spreadsheets on the way out, unchanged on the way in."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

Cell = str | int | float | bool | None

SEPARATOR = "; "
"""Between the items that share a cell."""
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


def join_items(items: Sequence[str], longest: int | None = None) -> str:
    """Return items as one cell from which `split_items` gives the same back.

    They are joined by `SEPARATOR`, as other programs expect; a JSON list is written only where they would come apart
    otherwise. Of items that take more than `longest` characters the last are left out, and the cell stays a list.

    Examples
    --------
    >>> join_items(["Badges", "Disease Models, Animal"]), join_items(["One; two", "three"])
    ('Badges; Disease Models, Animal', '["One; two", "three"]')
    """
    items = list(items)
    joined = SEPARATOR.join(items)
    cell = joined if split_items(joined) == items else json.dumps(items, ensure_ascii=False)
    if longest is None or len(cell) <= longest or len(items) < 2:
        return cell
    return join_items(items[: min(len(items) - 1, len(items) * longest // len(cell))], longest)


def split_items(cell: str) -> list[str]:
    """Return the items that `join_items` made one cell of."""
    try:
        value = json.loads(cell) if cell.startswith("[") else None
    except (ValueError, RecursionError):
        value = None
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return value
    return [item for item in cell.split(SEPARATOR) if item]
