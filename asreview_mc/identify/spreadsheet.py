"""XLSX: the cells of a workbook as text, whatever they were formatted as."""

from __future__ import annotations

import datetime
import html
import io
import re
import struct
import warnings
import xml.etree.ElementTree as ElementTree
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from asreview_mc.identify.delimited import describes
from asreview_mc.identify.reading import Stray, excerpt
from asreview_mc.identify.tables import Sheet, sheet_of_rows

if TYPE_CHECKING:
    from openpyxl import Workbook

# What zipfile, the XML parser and openpyxl raise on damaged bytes.
_DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    ElementTree.ParseError,
    ArithmeticError,
    AttributeError,
    EOFError,
    LookupError,
    NotImplementedError,
    OSError,
    RuntimeError,
    TypeError,
    ValueError,
)


_FORMULA = re.compile(
    rb"<c\b(?P<about>[^>]*)>\s*<f\b[^>]*?(?:/>|>(?P<formula>[^<]*)</f>)\s*(?:<v\s*/>|<v>\s*</v>)?\s*</c>"
)
_PLACE = re.compile(rb'\br="([A-Z]+[0-9]+)"')


class DamagedWorkbook(ValueError):
    """The bytes are no workbook that can be opened."""


def is_workbook(data: bytes) -> bool:
    """Say whether `data` is a zip archive that names a workbook inside (it may still be damaged)."""
    return data.startswith(b"PK") and b"xl/workbook" in data


def parse_workbook(data: bytes) -> Sheet | None:
    """Read the first worksheet that has headings; every other worksheet that is not empty is stray.

    Parameters
    ----------
    data : bytes
        A whole ``.xlsx`` file. A formula gives its last computed value; one that was saved without is stray.

    Returns
    -------
    Sheet or None
        None if no worksheet names a title, abstract or DOI column.

    Raises
    ------
    DamagedWorkbook
        If it cannot be opened or a worksheet cannot be read.
    """
    import openpyxl

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
            grids = _grids(book)
        unsaved = list(_without_value(data))
    except _DAMAGE as error:
        raise DamagedWorkbook(str(error)) from error
    sheets = {name: sheet for name, grid in grids.items() if (sheet := sheet_of_rows("xlsx", grid))}
    chosen = next((name for name, sheet in sheets.items() if describes(sheet.columns)), next(iter(sheets), None))
    if chosen is None:
        return None
    stray = [
        Stray(f"sheet {name}, row {number}", excerpt(" | ".join(cell for cell in row if cell)))
        for name, grid in grids.items()
        if name != chosen
        for number, row in enumerate(grid, start=1)
        if any(row)
    ]
    return sheet_of_rows("xlsx", grids[chosen], [*stray, *unsaved])


def _without_value(data: bytes) -> Iterator[Stray]:
    """Yield the formulas that were saved without what they come to, as programs do that do not compute."""
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        for name in packed.namelist():
            if name.startswith("xl/worksheets/") and name.endswith(".xml"):
                for found in _FORMULA.finditer(packed.read(name)):
                    where = _PLACE.search(found["about"])
                    if where and b't="str"' not in found["about"]:
                        said = (found["formula"] or b"").decode("utf-8", "replace")
                        cell = f"{name.removeprefix('xl/worksheets/')}, cell {where[1].decode()}"
                        yield Stray(cell, excerpt(f"formula without a saved value: ={html.unescape(said)}"))


def _grids(book: Workbook) -> dict[str, list[tuple[str, ...]]]:
    grids: dict[str, list[tuple[str, ...]]] = {}
    for sheet in book.worksheets:
        sheet.reset_dimensions()  # some writers state a size that leaves rows out
        grid = [_cells(row) for row in sheet.iter_rows(values_only=True)]
        while grid and not grid[-1]:
            grid.pop()
        grids[sheet.title] = grid
    return grids


def _cells(row: Sequence[object]) -> tuple[str, ...]:
    """Return a row as text without the empty cells at its end, of which a formatted sheet may have thousands."""
    cells = [text_of(value) for value in row]
    while cells and not cells[-1]:
        cells.pop()
    return tuple(cells)


def text_of(value: object) -> str:
    """Return a cell as text: 2019.0 as ``2019``, midnight of a day as that day, nothing as ``""``."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime.datetime) and value.time() == datetime.time():
        return value.date().isoformat()
    if isinstance(value, (datetime.datetime, datetime.date, datetime.time)):
        return value.isoformat()
    return str(value)
