"""How results reach the disk: whole or not at all, and harmless to spreadsheets."""

from __future__ import annotations

import csv
import io
import uuid
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from asreview_mc.core.cells import Cell, disarm
from asreview_mc.core.errors import OutputError

_DATABASE = b"SQLite format 3"


def write(path: Path, content: bytes) -> None:
    """Write a file in one step: a reader sees the old content or the new, never half of it.

    Raises
    ------
    OutputError
        If the place is a folder, a device, a database or a protocol, or cannot be written to.
    """
    target = path.resolve()
    if target.name == "protocol.toml" or (target.exists() and not _replaceable(target)):
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


def _replaceable(path: Path) -> bool:
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return not file.read(len(_DATABASE)).startswith(_DATABASE)


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


def csv_text(rows: Iterable[Mapping[str, Cell]], columns: Sequence[str]) -> str:
    """Return rows by column name as CSV; a missing value is an empty cell."""
    return csv_lines(columns, ([row.get(column) for column in columns] for row in rows))


def csv_lines(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> str:
    """Return a header and rows as CSV (comma, quotes where needed, every cell disarmed); headings may repeat."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerows([disarm(cell) for cell in row] for row in (header, *rows))
    return buffer.getvalue()
