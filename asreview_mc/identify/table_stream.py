"""Large delimited tables a part at a time, so that memory does not grow with the file.

A first pass finds the headings, counts the rows, and finds the longest, so that every part has the same columns; a
second gives the rows. Only text that is UTF-8 throughout is read so; any other is read whole by `tables`.
"""

from __future__ import annotations

import codecs
import itertools
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from asreview_mc.identify import tables
from asreview_mc.identify.delimited import Shape, body, describes, shape_of
from asreview_mc.identify.reading import Table

_BLOCK = 1 << 20
_HEAD_LINES = 50


@dataclass(frozen=True)
class Stream:
    """A table that can be read in parts: its columns, how many rows it has, and where it is."""

    path: Path
    columns: tuple[str, ...]
    n_rows: int
    _shape: Shape

    def parts(self, size: int, *, skip: int = 0) -> Iterator[Table]:
        """Yield the rows after the first `skip` in order, at most `size` at a time, each with the record it holds."""
        rows = itertools.islice(body(_lines(self.path), self._shape), skip, None)
        while part := list(itertools.islice(rows, size)):
            sheet = tables.sheet_of(self._shape, part)
            yield replace(tables.table(sheet), columns=self.columns)


def open_stream(path: Path) -> Stream | None:
    """Look through a delimited table; None where it is none, describes no records, or is not UTF-8.

    Raises
    ------
    OSError
        If the file cannot be read.
    """
    if not _is_utf8(path):
        return None
    head = list(itertools.islice(_lines(path), _HEAD_LINES))
    shape = shape_of(head)
    if shape is None or not describes(shape.headings):
        return None
    rows = body(_lines(path), shape)
    n, width, spoilt = 0, len(shape.headings), False
    for row in rows:
        n, width, spoilt = n + 1, max(width, tables.width_of(row, shape)), spoilt or bool(row.problem)
    whole = replace(shape, width=width, spoilt=spoilt)
    return Stream(path, tables.columns_of(whole), n, whole)


_BLANKED = {code: " " for code in range(32) if code not in (9, 10, 13)}


def _lines(path: Path) -> Iterator[str]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        for line in file:
            yield line.translate(_BLANKED)


def _is_utf8(path: Path) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        with path.open("rb") as file:
            while block := file.read(_BLOCK):
                decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True
