"""How results reach the disk: whole or not at all, and harmless to spreadsheets."""

from __future__ import annotations

import csv
import io
import re
import uuid
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from asreview_mc.core.errors import OutputError

Cell = str | int | float | bool | None

_FORMULA = re.compile(r"'*[=+\-@＝＋－＠\x00-\x1f]")


def write(path: Path, content: bytes) -> None:
    """Write a file in one step: a reader sees the old content or the new, never half of it.

    Raises
    ------
    OutputError
        If the place is a folder or a device, or cannot be written to.
    """
    target = path.resolve()
    if target.exists() and not target.is_file():
        raise OutputError("is not a file that can be replaced", where=str(path), remedy="Choose another name")
    part = target.with_name(f".{uuid.uuid4().hex}.part")
    try:
        with part.open("xb") as file:
            file.write(content)
        part.replace(target)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise OutputError(
            f"cannot be written ({error.strerror})", where=str(path), remedy="Check the folder or choose another"
        ) from None


def encoded(text: str) -> bytes:
    """Return text as UTF-8; half a surrogate pair, which some files hold, becomes its escape, as in JSON."""
    return text.encode("utf-8", "backslashreplace")


def suffix_of(path: Path, known: Sequence[str]) -> str:
    """Return the suffix of a file in lower case.

    Raises
    ------
    OutputError
        If it is none of those `known`.
    """
    suffix = path.suffix.lower()
    if suffix not in known:
        raise OutputError(
            f"no format is known for the suffix {path.suffix!r}", where=str(path), remedy=f"Use {', '.join(known)}"
        )
    return suffix


def disarm(cell: Cell) -> Cell:
    """Return a cell that no spreadsheet runs as a formula; anything but text stays as it is.

    Text that begins with ``= + - @`` (also full-width) or a control character, after any number of apostrophes, gets
    one apostrophe more in front, so that `rearm` gives back exactly what was there.
    """
    return f"'{cell}" if isinstance(cell, str) and _FORMULA.match(cell) else cell


def rearm(cell: str) -> str:
    """Return the text from which `disarm` made `cell`: one leading apostrophe less where a formula follows."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell


def csv_text(rows: Iterable[Mapping[str, Cell]], columns: Sequence[str]) -> str:
    """Return rows by column name as CSV; a missing value is an empty cell."""
    return csv_lines(columns, ([row.get(column) for column in columns] for row in rows))


def csv_lines(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> str:
    """Return a header and rows as CSV (comma, quotes where needed, every cell disarmed); headings may repeat."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerows([disarm(cell) for cell in row] for row in (header, *rows))
    return buffer.getvalue()
