"""Labelled reviews from tables: every row is kept, also one without text."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from asreview_mc.core.errors import DataError
from asreview_mc.core.protocol_file import parse
from asreview_mc.core.record import Record, bare_doi
from asreview_mc.identify import citations
from asreview_mc.learn.features import encoded_texts

if TYPE_CHECKING:
    import pandas as pd

_TITLE = ("title", "primary_title", "article title", "document title")
_ABSTRACT = ("abstract", "notes_abstract", "abstract note", "abstract_note")
_LABEL = (
    "asreview_label",
    "included",
    "label",
    "final_included",
    "label_included",
    "included_label",
    "included_final",
    "included_flag",
    "include",
)
_VALUES = {"1": 1, "1.0": 1, "yes": 1, "y": 1, "true": 1, "0": 0, "0.0": 0, "no": 0, "n": 0, "false": 0}
_QUERY = ("title", "research_questions", "inclusion_criteria", "objectives")
_REFERENCES = ("references", "referenced_works", "cited references")
_DOI = ("doi",)
_OPENALEX = ("openalex_id", "openalex id", "openalex")
_SEPARATORS = ",;\t"


@dataclass(frozen=True)
class Labelled:
    """A review with a known answer.

    Attributes
    ----------
    name : str
        The file's name without suffixes.
    titles, abstracts : tuple of str
        One a row, in the file's order; empty where there is none.
    labels : array of shape (n,)
        1 for a relevant record, 0 for any other; both occur.
    links : tuple of tuple of str, or None
        Keys of the works that each row cites and its own, as `asreview_mc.identify.citations.links`; ``None`` where
        the table has no references.
    """

    name: str
    titles: tuple[str, ...]
    abstracts: tuple[str, ...]
    labels: NDArray[np.int64]
    links: tuple[tuple[str, ...], ...] | None = None

    def __len__(self) -> int:
        return len(self.titles)

    @cached_property
    def digest(self) -> str:
        """The sha256 of all that a replay sees of the review, in hexadecimal."""
        seen = (self.name, self.titles, self.abstracts, self.labels.tolist(), self.links)
        return hashlib.sha256(repr(seen).encode("utf-8", "surrogatepass")).hexdigest()

    @property
    def texts(self) -> list[str]:
        """Title and abstract of each row, as an encoder reads them."""
        return encoded_texts(self.titles, self.abstracts)


def load(path: str | os.PathLike[str]) -> Labelled:
    """Read a labelled review from a ``.csv`` or ``.csv.gz`` table.

    Needs a column of titles or of abstracts and a column of labels, under any of the usual names in any case. A column
    of references, separated by ``;``, is used where there is one, with the rows' own DOI and OpenAlex id.

    Raises
    ------
    DataError
        If the file cannot be read as a table, lacks a column, has a label other than 0/1, yes/no or true/false, or
        knows only one kind of label.
    """
    source = Path(path)
    table = _read(source)
    columns = {str(column).strip().lower(): column for column in reversed(list(table.columns))}
    title, abstract, label = (_find(columns, names) for names in (_TITLE, _ABSTRACT, _LABEL))
    found = ", ".join(list(columns)[::-1][:12])
    if title is None and abstract is None:
        raise DataError("no title or abstract column", where=str(source), remedy=f"Rename one; it has {found}")
    if label is None:
        raise DataError(
            "no label column", where=str(source), remedy=f"Name it label_included (0 or 1); the table has {found}"
        )
    if not len(table):
        raise DataError("the table has no rows", where=str(source), remedy="Give a table with labelled records")
    labels = _labels(table[label].tolist(), source)
    blank = ("",) * len(table)
    return Labelled(
        name(source),
        tuple(table[title].tolist()) if title is not None else blank,
        tuple(table[abstract].tolist()) if abstract is not None else blank,
        labels,
        _links(table, columns),
    )


def name(path: str | os.PathLike[str]) -> str:
    """Return a data set's name: that of the file without ``.gz`` and ``.csv``.

    Examples
    --------
    >>> name("reviews/Sep_2021.csv.gz")
    'Sep_2021'
    """
    file = Path(path)
    if file.suffix.lower() == ".gz":
        file = file.with_suffix("")
    return file.stem


def queries(path: str | os.PathLike[str]) -> tuple[str, str]:
    """Return what a protocol asks for, in whole and its inclusion criteria alone; one line a part.

    It is a ``protocol.toml`` or a JSON object with ``title``, ``research_questions``, ``objectives``,
    ``inclusion_criteria`` and ``exclusion_criteria``, each a text or a list of texts. Exclusion criteria are no part of
    the query: they name what is not wanted.

    Raises
    ------
    DataError
        If the file cannot be read, is no JSON object, or says nothing.
    ProtocolError
        If it is TOML and not a valid protocol.
    """
    source = Path(path)
    try:
        text = source.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"cannot be read: {_reason(error)}", where=str(source), remedy="Check the path") from None
    if source.suffix.lower() == ".toml":
        protocol = parse(text, where=str(source))
        return protocol.query_text, protocol.criteria_text
    try:
        data = json.loads(text)
    except ValueError as error:
        raise DataError(f"is not valid JSON: {error}", where=str(source), remedy="Correct that place") from None
    lines = [line for key in _QUERY for line in _strings(data.get(key))] if isinstance(data, Mapping) else []
    if not lines:
        raise DataError(
            "is no JSON object that says what the review looks for",
            where=str(source),
            remedy=f"Give at least one of {', '.join(_QUERY)}",
        )
    return "\n".join(lines), "\n".join(_strings(data.get("inclusion_criteria")))


def _strings(value: object) -> list[str]:
    several = value if isinstance(value, list) else [value]
    return [item for item in several if isinstance(item, str) and item.strip()]


def _read(source: Path) -> pd.DataFrame:
    import gzip
    import io

    import pandas as pd

    try:
        raw = gzip.decompress(source.read_bytes()) if source.suffix.lower() == ".gz" else source.read_bytes()
    except (OSError, EOFError) as error:
        raise DataError(f"cannot be read: {_reason(error)}", where=str(source), remedy="Check the path") from None
    text = _decoded(raw, source)
    header = text.lstrip("\n\r").split("\n", 1)[0]
    separator = max(_SEPARATORS, key=header.count)
    try:
        table = pd.read_csv(io.StringIO(text), sep=separator, dtype=str, skip_blank_lines=True)
    except (pd.errors.ParserError, pd.errors.EmptyDataError, ValueError) as error:
        raise DataError(f"is no table: {_reason(error)}", where=str(source), remedy="Give a .csv or .csv.gz") from None
    return table.fillna("")


def _decoded(raw: bytes, source: Path) -> str:
    if not raw.strip():
        raise DataError("the file is empty", where=str(source), remedy="Give a table with labelled records")
    if b"\0" in raw:
        raise DataError("the file is binary", where=str(source), remedy="Give a .csv or .csv.gz")
    for encoding in ("utf-8-sig", "cp1252"):
        with contextlib.suppress(UnicodeDecodeError):
            return raw.decode(encoding)
    return raw.decode("latin-1")


def _find(columns: Mapping[str, str], names: Sequence[str]) -> str | None:
    return next((columns[name] for name in names if name in columns), None)


def _links(table: pd.DataFrame, columns: Mapping[str, str]) -> tuple[tuple[str, ...], ...] | None:
    references = _find(columns, _REFERENCES)
    if references is None:
        return None
    dois, works = (
        table[found].tolist() if (found := _find(columns, names)) is not None else [""] * len(table)
        for names in (_DOI, _OPENALEX)
    )
    rows = zip(dois, works, table[references].tolist(), strict=True)
    records = [
        Record(
            doi=bare_doi(doi),
            references=tuple(part.strip() for part in cited.split(";") if part.strip()),
            extra={"openalex_id": [work]},
        )
        for doi, work, cited in rows
    ]
    return tuple(map(tuple, citations.links(records)))


def _labels(values: Sequence[str], source: Path) -> NDArray[np.int64]:
    labels = []
    for row, value in enumerate(values, start=1):
        label = _VALUES.get(value.strip().lower())
        if label is None:
            raise DataError(
                f"label {value!r} in row {row} is neither 0 nor 1" if value.strip() else f"no label in row {row}",
                where=str(source),
                remedy="Label every row 0 or 1 (or yes/no, true/false)",
            )
        labels.append(label)
    if len(set(labels)) < 2:
        raise DataError(
            f"every label is {labels[0]}", where=str(source), remedy="A replay needs relevant and other records"
        )
    return np.array(labels, dtype=np.int64)


def _reason(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return next(iter(str(error).strip().splitlines()), type(error).__name__)
