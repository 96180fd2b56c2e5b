"""Batch classification: any reference file or table in, the same rows and columns with sub-topics out.

Rows are read, classified and written a chunk at a time. What is written is kept beside the output until all is done, so
that an interrupted batch goes on where it stopped.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from asreview_mc.core.cells import Cell, disarm
from asreview_mc.core.errors import OutputError
from asreview_mc.core.protocol import Card
from asreview_mc.core.protocol_file import parse, template
from asreview_mc.identify import references, table_stream
from asreview_mc.identify.reading import Table
from asreview_mc.learn.batch import suggest_in_chunks
from asreview_mc.learn.chosen import default_encoder
from asreview_mc.learn.encode import Encoder
from asreview_mc.learn.subtopics import Suggestions, TopicModel
from asreview_mc.project.taught import file_model, model_for, suggestions, text_of
from asreview_mc.report.batch_files import finish
from asreview_mc.report.writing import encoded, suffix_of

SUFFIXES = (".csv", ".parquet", ".xlsx")
CHUNK = 1000
Progress = Callable[[int, int], None]
Maker = Callable[[], TopicModel]


def classify(
    path: Path,
    output: Path,
    *,
    cards: Sequence[Card] | None = None,
    encoder: Encoder | None = None,
    zero_shot: bool = False,
    model: Path | None = None,
    sha256: str = "",
    make: Maker | None = None,
    chunk: int = CHUNK,
    jobs: int = 1,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Suggest sub-topics for every row of a reference file or table, and write them beside it.

    Parameters
    ----------
    output : path
        ``.csv``, ``.xlsx`` or ``.parquet``: every row and column of the input in order, then ``p_<code>`` per
        sub-topic, ``suggested``, ``evidence`` and ``without_text``, which says ``yes`` of a row that has none: its
        probabilities are the base rates, and nothing is suggested. A column of the input that is called like one of
        these, as in a file classified before, comes back as ``suggested (input)``.
    cards : sequence of Card or None
        ``None`` for the ten of the micro-credentials template.
    zero_shot : bool
        The cards alone, without what confirmations have taught.
    model, sha256 : path or None, and its digest
        A model saved by `topics train`, in place of the cards.
    make : callable or None
        Makes the model in place of all these, such as that of a review.
    chunk : int
        Rows worked on at a time.
    jobs : int
        Processes, -1 for one a core.

    Returns
    -------
    dict
        `rows` written, `without_text` among them, `resumed` rows that an interrupted run had done, `cut` cells longer
        than a worksheet's can be, `suggested` by code, `calibrated` and the codes that are `uncalibrated` (their
        numbers order, and are no probabilities), `model`, `written`.

    Raises
    ------
    ReadError
        If the file cannot be read, or has no title, abstract or DOI column.
    OutputError
        If the output is the input, of another kind, or cannot be written.
    ModelError
        If the model's file is not the one of the digest.
    """
    suffix_of(output, SUFFIXES)
    if output.resolve() == path.resolve():
        raise OutputError("is the input", where=str(output), remedy="Choose another name for the output")
    if make is None:
        chosen = tuple(parse(template("micro-credentials")).cards if cards is None else cards)
        make = partial(_model, chosen, encoder, zero_shot, model, sha256)
    known = make()
    source = _Source.open(path)
    part = _Part.begin(output, source, known)
    total = max(source.n_rows, 1)
    begun: deque[Table] = deque()
    with part.opened() as file:
        for found in suggest_in_chunks(_texts(source.parts(chunk, skip=part.rows), begun), make, jobs=jobs):
            part.write(file, begun.popleft(), found)
            if progress:
                progress(part.rows, total)
    cut = part.finish(output)
    return {
        "rows": part.rows,
        "without_text": part.silent,
        "cut": cut,
        "resumed": part.resumed,
        "calibrated": bool(known.calibrated.all()),
        "uncalibrated": [code for code, is_known in zip(known.codes, known.calibrated, strict=True) if not is_known],
        "model": known.name,
        "suggested": part.counts,
        "written": str(output),
    }


def _texts(parts: Iterable[Table], begun: deque[Table]) -> Iterator[list[str]]:
    """Yield the texts of each part as it is begun, and keep the part until its suggestions are there."""
    for table in parts:
        begun.append(table)
        yield [text_of(record) if record else "" for record in table.records]


def _model(
    cards: Sequence[Card], encoder: Encoder | None, zero_shot: bool, model: Path | None, sha256: str
) -> TopicModel:
    chosen = encoder or default_encoder()
    return file_model(model, sha256, chosen) if model else model_for(cards, chosen, zero_shot=zero_shot)


@dataclass(frozen=True)
class _Source:
    """The input: its columns, its rows in parts, and its digest."""

    columns: tuple[str, ...]
    n_rows: int
    sha256: str
    parts: Callable[..., Iterator[Table]]

    @classmethod
    def open(cls, path: Path) -> _Source:
        stream = None
        if path.is_file() and path.suffix.lower() in (".csv", ".tsv", ".tab", ".txt"):
            stream = table_stream.open_stream(path)
        if stream:
            return cls(stream.columns, stream.n_rows, _digest(path), stream.parts)
        table = references.read_table(path)

        def parts(size: int, *, skip: int = 0) -> Iterator[Table]:
            for start in range(skip, len(table.rows), size):
                end = start + size
                yield Table(table.columns, table.rows[start:end], table.records[start:end])

        return cls(table.columns, len(table.rows), _digest(path), parts)


def _beside(columns: Sequence[str], ours: Sequence[str]) -> list[str]:
    """Return the input's columns under names that are none of ours, such as those of a file classified before."""
    taken, names = {*columns, *ours}, []
    for column in columns:
        name, n = column, 1
        while name in ours or (name != column and name in taken):
            name, n = f"{column} (input)" if n == 1 else f"{column} (input {n})", n + 1
        taken.add(name)
        names.append(name)
    return names


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


class _Part:
    """The output while it grows: a CSV beside it, and how far it is, so that a later run can go on."""

    def __init__(self, path: Path, header: Sequence[str], codes: Sequence[str], key: dict[str, str]) -> None:
        self.path, self.header, self.codes, self.key = path, header, codes, key
        self.rows = self.silent = self.resumed = self.size = 0
        self.counts = dict.fromkeys(codes, 0)

    @classmethod
    def begin(cls, output: Path, source: _Source, model: TopicModel) -> _Part:
        """Begin anew, or where an interrupted run of the same input and model stopped."""
        codes = model.codes
        ours = [*(f"p_{code}" for code in codes), "suggested", "evidence", "without_text"]
        header = [*_beside(source.columns, ours), *ours]
        part = cls(
            output.with_name(f"{output.name}.part"), header, codes, {"input": source.sha256, "model": model.name}
        )
        done = part._done()
        if done:
            part.rows = part.resumed = done["rows"]
            part.silent, part.size, part.counts = done["silent"], done["size"], done["counts"]
        else:
            part._save(encoded(_csv([header])), "wb")
        return part

    @property
    def _state(self) -> Path:
        return self.path.with_name(f"{self.path.name}.json")

    def _done(self) -> dict[str, Any] | None:
        try:
            done = json.loads(self._state.read_text("utf-8"))
            whole = self.path.stat().st_size >= done["size"] and set(done["counts"]) == set(self.codes)
            return done if whole and done["key"] == self.key and done["header"] == list(self.header) else None
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def _save(self, content: bytes, mode: str) -> None:
        try:
            with self.path.open(mode) as file:
                file.write(content)
            self.size = self.path.stat().st_size
            self._note()
        except OSError as error:
            raise OutputError(
                f"cannot be written ({error.strerror})", where=str(self.path), remedy="Check the folder"
            ) from None

    def opened(self) -> io.BufferedRandom:
        """Open what is written so far; what came after the last whole chunk is cut off."""
        file = self.path.open("r+b")
        file.truncate(self.size)
        file.seek(self.size)
        return file

    def write(self, file: io.BufferedRandom, table: Table, found: Suggestions) -> None:
        """Add one chunk, and note that it is there."""
        rows = []
        for row, (given, record) in enumerate(zip(table.rows, table.records, strict=True)):
            silent = record is None or not text_of(record)
            said = {one["code"]: one for one in suggestions(found, row)}
            chosen = {code: said[code]["evidence"] for code in self.codes if said[code]["suggested"]}
            for code in chosen:
                self.counts[code] += 1
            self.silent += silent
            p: list[Cell] = [said[code]["p"] for code in self.codes]
            rows.append([*given.values(), *p, ";".join(chosen), json.dumps(chosen, ensure_ascii=False), "yes" * silent])
        try:
            file.write(encoded(_csv(rows)))
            file.flush()
            os.fsync(file.fileno())
        except OSError as error:
            raise OutputError(
                f"cannot be written ({error.strerror}); what is done is kept",
                where=str(self.path),
                remedy="Free some space and run the same command again",
            ) from None
        self.rows += len(rows)
        self.size = file.tell()
        self._note()

    def _note(self) -> None:
        said = {"key": self.key, "header": list(self.header), "rows": self.rows, "size": self.size}
        text = json.dumps({**said, "silent": self.silent, "counts": self.counts})
        beside = self._state.with_suffix(".new")
        beside.write_text(text, "utf-8")
        beside.replace(self._state)

    def finish(self, output: Path) -> int:
        """Give the output its form and its name; return the cells that its form had to cut."""
        cut = finish(self.path, output, numbers=[f"p_{code}" for code in self.codes])
        self.path.unlink(missing_ok=True)
        self._state.unlink(missing_ok=True)
        return cut


def _csv(rows: Sequence[Sequence[Cell]]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\n").writerows([disarm(cell) for cell in row] for row in rows)
    return buffer.getvalue()
