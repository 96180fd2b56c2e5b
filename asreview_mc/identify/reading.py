"""What reading a file yields: records, rejects and stray text, whose numbers always add up."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from asreview_mc.core.record import Record

EXCERPT = 120
NO_TEXT = "has no title, abstract or DOI"


@dataclass(frozen=True, slots=True)
class Reject:
    """One record of a file that could not be kept: where it stands, why, and how it begins."""

    position: str
    reason: str
    excerpt: str


@dataclass(frozen=True, slots=True)
class Stray:
    """One line (or row) of a file that belongs to no record, and how it begins."""

    position: str
    excerpt: str


class Item(NamedTuple):
    """One record as a reader met it.

    `problem` says why it cannot be trusted, or is empty; whether it holds enough to be kept is asked elsewhere. The
    excerpt of one that is kept is not needed and may be empty.
    """

    position: str
    record: Record
    excerpt: str
    problem: str = ""


class Parsed(NamedTuple):
    """What one reader makes of one text: how many records begin in it, each of them in order, and the rest."""

    found: int
    items: list[Item]
    stray: list[Stray]


@dataclass(frozen=True)
class Reading:
    """A file of references, read.

    Attributes
    ----------
    path : Path
        The file.
    format : str
        ``"ris"``, ``"nbib"``, ``"enw"``, ``"ciw"``, ``"bibtex"``, ``"xml"``, ``"csv"``, ``"tsv"``, ``"xlsx"``,
        ``"openalex"``, ``"json"`` or ``"asreview"``, by content; the file's suffix has no say where content is clear.
    encoding : str
        Codec, two of them joined by ``+`` for a mixed file; empty for a spreadsheet or a project file.
    sha256 : str
        Of the bytes, in hexadecimal.
    found : int
        Records that begin in the file, counted before any is parsed; ``len(records) + len(rejected)``.
    records : tuple of Record
        Those with a title, an abstract or a DOI, in the file's order and without a record id.
    rejected : tuple of Reject
        The others.
    stray : tuple of Stray
        Text that belongs to no record.

    Raises
    ------
    ValueError
        If the numbers do not add up: a fault of the reader, never of the file.
    """

    path: Path
    format: str
    encoding: str
    sha256: str
    found: int
    records: tuple[Record, ...]
    rejected: tuple[Reject, ...]
    stray: tuple[Stray, ...]

    def __post_init__(self) -> None:
        if self.found != len(self.records) + len(self.rejected):
            raise ValueError(
                f"{self.path}: {self.found} records found, but {len(self.records)} read "
                f"and {len(self.rejected)} rejected"
            )


@dataclass(frozen=True)
class Table:
    """Every row and column of a file, as it stands, with the record that each row holds.

    Attributes
    ----------
    columns : tuple of str
        Headings as written. A heading that stands twice is numbered (``title (2)``), a column without one is called by
        its place (``column 7``), so that each is there once.
    rows : sequence of dict of str to str
        Cells by column, in the columns' order; every column is in every row.
    records : tuple of (Record or None)
        One per row; None where a row has no title, abstract or DOI, or its cells cannot be told apart.
    """

    columns: tuple[str, ...]
    rows: Sequence[dict[str, str]]
    records: tuple[Record | None, ...]


@contextmanager
def without_collection() -> Iterator[None]:
    """Pause the collector of cyclic garbage, which looks again and again through records that only pile up."""
    running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if running:
            gc.enable()


def excerpt(text: str) -> str:
    """Return the beginning of `text` on one line, at most 120 characters."""
    line = " ".join(text[: 8 * EXCERPT].split())
    return line if len(line) <= EXCERPT else line[: EXCERPT - 1] + "…"


def has_text(record: Record) -> bool:
    """Say whether a record has what a reviewer could judge or find it by: a title, an abstract or a DOI."""
    return bool(record.title or record.abstract or record.doi)


def kept(item: Item) -> Record | None:
    """Return the record of an item that can be kept, else None."""
    return item.record if not item.problem and has_text(item.record) else None
