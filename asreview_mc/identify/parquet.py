"""Parquet: the cells of a table as text. Needs pyarrow, which only ``asreview-mc[parquet]`` brings."""

from __future__ import annotations

import io
import json
import math
from collections.abc import Iterator
from typing import Any

from asreview_mc.identify.spreadsheet import text_of
from asreview_mc.identify.tables import Sheet, sheet_of_rows

_MARK = b"PAR1"


class Damaged(ValueError):
    """The bytes are no Parquet file that can be read."""


def is_parquet(data: bytes) -> bool:
    """Say whether `data` begins as Parquet (it may still be damaged)."""
    return data.startswith(_MARK)


def parse(data: bytes) -> Sheet | None:
    """Read a table; None if no column is a title, abstract or DOI.

    Parameters
    ----------
    data : bytes
        A whole ``.parquet`` file. A cell that holds several values is their JSON; none and NaN are empty.

    Raises
    ------
    ImportError
        If pyarrow is not installed.
    Damaged
        If it cannot be read.
    """
    import pyarrow
    from pyarrow import parquet

    try:
        table = parquet.read_table(io.BytesIO(data))
        rows = [table.column_names, *zip(*(_cells(_values(column)) for column in table.columns), strict=True)]
    except (pyarrow.ArrowException, OSError, ValueError, ArithmeticError) as error:
        raise Damaged(str(error)) from error
    return sheet_of_rows("parquet", rows)


def _values(column: Any) -> list[object]:  # noqa: ANN401 - pyarrow has no types
    """Return the values of a column; of dates that Python does not have, the text."""
    try:
        found: list[object] = column.to_pylist()
    except OverflowError:
        found = column.cast("string").to_pylist()
    return found


def _cells(values: list[object]) -> Iterator[str]:
    for value in values:
        if isinstance(value, (list, dict)):
            yield json.dumps(value, ensure_ascii=False, default=str)
        elif isinstance(value, float) and math.isnan(value):
            yield ""
        else:
            yield text_of(value)
