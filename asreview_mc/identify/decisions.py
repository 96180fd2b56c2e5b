"""Decisions made elsewhere, as other programs write them: Rayyan, Covidence, ASReview, our own exports, any table.

Rayyan keeps what each reviewer said in a note on the record (``RAYYAN-INCLUSION: {"Ana"=>"Included"}``), Covidence
exports one list per outcome, whose notes name the reason (``Exclusion reason: …``), ASReview a label, 1 or 0.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from asreview_mc.core.errors import ReadError, UnknownError
from asreview_mc.core.record import Record
from asreview_mc.identify import asreview_file
from asreview_mc.identify.delimited import RECORD_ID
from asreview_mc.identify.headings import heading_key
from asreview_mc.identify.reading import Table
from asreview_mc.identify.references import read_table

WORDS: Mapping[str, str] = {
    **dict.fromkeys(("include", "included", "yes", "y", "1", "1.0", "true", "relevant", "in", "accept"), "include"),
    **dict.fromkeys(("accepted", "keep", "select", "selected", "eligible"), "include"),
    **dict.fromkeys(("exclude", "excluded", "no", "n", "0", "0.0", "false", "irrelevant", "out", "reject"), "exclude"),
    **dict.fromkeys(("rejected", "not relevant", "not eligible", "ineligible", "discard"), "exclude"),
    **dict.fromkeys(("maybe", "unsure", "unclear", "uncertain", "?", "may be"), "maybe"),
}
"""How a decision is written elsewhere, in small letters; anything else says nothing."""
_DECISION = (
    *("decision", "screening decision", "final decision", "my decision", "label", "asreview label", "label included"),
    *("included", "include", "inclusion", "vote", "verdict", "screening", "outcome", "status", "screening status"),
)
_REASON = ("exclusion reason", "reason", "reasons", "exclusion reasons", "reason for exclusion", "why excluded")
_NOTE = ("note", "comment", "comments", "my notes", "reviewer notes", "asreview note")
_RAYYAN = re.compile(r"RAYYAN-INCLUSION:\s*\{(.*?)\}", re.S)
_RAYYAN_SAID = re.compile(r'"+([^"]+)"+\s*=>\s*"+([^"]+)"+')
_RAYYAN_REASONS = re.compile(r"RAYYAN-EXCLUSION-REASONS:\s*([^|;]*)")
_COVIDENCE_REASON = re.compile(r"Exclusion reason:\s*([^;|\n]+)")


@dataclass(frozen=True, slots=True)
class Given:
    """What one row of a file says of one record.

    Attributes
    ----------
    position : str
        Where it stands, ``row 3`` counted from 1 without headings.
    record : Record or None
        None where the row holds neither title, abstract nor DOI.
    record_id : str
        The id that the row gives, or empty.
    decision : str
        include, exclude or maybe; empty where the row says nothing.
    reason, note : str
        As written there.
    """

    position: str
    record: Record | None
    record_id: str
    decision: str
    reason: str = ""
    note: str = ""


def read(path: Path, *, names: Sequence[str], stage: str, every: str = "") -> list[Given]:
    """Return what a file says of each of its records, in order.

    Parameters
    ----------
    names : sequence of str
        What the reviewer whose decisions are wanted may be called in it.
    stage : str
        Of the decisions wanted, where the file tells them apart.
    every : str
        The decision on every record of a file that holds one list, as Covidence exports them.

    Raises
    ------
    ReadError
        If the file cannot be read, or says nowhere what was decided.
    UnknownError
        If it holds decisions of several people and none is called by one of `names`.
    """
    if path.suffix.lower() == ".asreview":
        return _of_asreview(path)
    table = read_table(path, by_id=True)
    keys = {column: heading_key(column) for column in table.columns}
    said = _rayyan(table, names) or _column(table, keys, names, stage)
    if not said and not every:
        raise ReadError(
            "says nowhere what was decided",
            where=str(path),
            remedy="Name the column decision, or give --every include|exclude for a list that holds one outcome",
        )
    return [_given(table, keys, row, said[row] if said else "", every) for row in range(len(table.rows))]


def _of_asreview(path: Path) -> list[Given]:
    said = {one.row: one for one in asreview_file.decisions(path)}
    given = []
    for row, record in enumerate(read_table(path).records):
        one = said.get(row)
        decision = "" if one is None else "include" if one.label == 1 else "exclude"
        given.append(Given(f"row {row + 1}", record, "", decision, note=(one.note or "") if one else ""))
    return given


def _rayyan(table: Table, names: Sequence[str]) -> list[str]:
    """Return what one person said in Rayyan, row by row; nothing where no row has its notes."""
    said = [_said_in_rayyan(row) for row in table.rows]
    people = {name for row in said for name in row}
    if not people:
        return []
    person = _one_of(people, names)
    return [row.get(person, "") for row in said]


def _said_in_rayyan(row: Mapping[str, str]) -> dict[str, str]:
    notes = (found.group(1) for cell in row.values() for found in _RAYYAN.finditer(cell))
    return {name.strip(): said for note in notes for name, said in _RAYYAN_SAID.findall(note)}


def _one_of(people: set[str], names: Sequence[str]) -> str:
    wanted = {name.casefold() for name in names}
    known = [name for name in people if name.casefold() in wanted] or (list(people) if len(people) == 1 else [])
    if len(known) != 1:
        raise UnknownError(
            f"the file holds decisions of {', '.join(sorted(people))}", remedy="Say whose are wanted with --named NAME"
        )
    return known[0]


def _column(table: Table, keys: Mapping[str, str], names: Sequence[str], stage: str) -> list[str]:
    """Return the column with the decisions: the reviewer's own before a common one."""
    for wanted in _headings(names, stage):
        for column, key in keys.items():
            cells = [row[column] for row in table.rows]
            if key == wanted and any(cell.strip().casefold() in WORDS for cell in cells):
                return cells
    return []


def _headings(names: Sequence[str], stage: str) -> list[str]:
    own = [heading_key(name) for name in names if name]
    theirs = [pattern for name in own for pattern in (f"decision {stage} {name}", f"decision {name}", name)]
    return [*theirs, f"decision {stage}", *_DECISION]


def _given(table: Table, keys: Mapping[str, str], row: int, said: str, every: str) -> Given:
    cells = {keys[column]: cell.strip() for column, cell in table.rows[row].items() if cell.strip()}
    decision = WORDS.get(said.strip().casefold(), "") or ("" if said.strip() else every)
    text = "\n".join(cells.values())
    reason = next((cells[key] for key in _REASON if key in cells), "")
    if not reason and decision == "exclude":
        found = _RAYYAN_REASONS.search(text) or _COVIDENCE_REASON.search(text)
        reason = found.group(1).strip() if found else ""
    note = next((cells[key] for key in _NOTE if key in cells), "")
    return Given(f"row {row + 1}", table.records[row], cells.get(RECORD_ID, ""), decision, reason, note)
