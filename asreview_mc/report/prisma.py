"""The PRISMA 2020 flow as others read it: the PRISMA2020 template, plain values, lines for a terminal, a picture.

The numbers and their sums come from `counts` and `sums`, the picture from `flow`.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from importlib import resources
from pathlib import Path
from typing import Any

from asreview_mc.report.counts import count
from asreview_mc.report.flow_numbers import Prisma
from asreview_mc.report.sums import Check, checks
from asreview_mc.report.writing import csv_text, encoded, suffix_of, write

__all__ = ["Check", "Prisma", "checks", "count", "list_cell", "save", "to_csv", "to_dict", "to_text"]

PICTURES = (".svg", ".png", ".pdf")
MISSING = "NA"
_PREVIOUS = ("previous_studies", "previous_reports")
_OTHER_METHODS = ("website_results", "organisation_results", "citations_results")
_OTHER_COLUMN = (*_OTHER_METHODS, "other_sought_reports", "other_notretrieved_reports", "other_assessed")


def save(prisma: Prisma, path: Path) -> None:
    """Draw the flow (.svg, .png, .pdf) or write it (.csv, the PRISMA2020 template; .json).

    Raises
    ------
    OutputError
        If the suffix is none of these, or the file cannot be written.
    """
    suffix = suffix_of(path, (*PICTURES, ".csv", ".json"))
    if suffix in PICTURES:
        from asreview_mc.report.flow import draw

        draw(prisma, path)
    elif suffix == ".csv":
        write(path, encoded(to_csv(prisma)))
    else:
        write(path, encoded(json.dumps(to_dict(prisma), ensure_ascii=False, indent=2) + "\n"))


def to_csv(prisma: Prisma) -> str:
    """Return the template of the R package PRISMA2020 (34 rows), filled in.

    ``NA`` stands where a box does not apply: no previous version, no other methods, no meta-analysis. An empty list of
    sources or reasons is ``0``, which every version of the package reads. The template has no place for records not
    screened or pending, so its sums close only once the review is done.
    """
    absent = set() if prisma.updated else set(_PREVIOUS)
    absent |= set() if prisma.other_results else set(_OTHER_COLUMN)
    template = (resources.files("asreview_mc.report") / "templates" / "prisma.csv").read_text("utf-8")
    reader = csv.DictReader(io.StringIO(template))
    rows = []
    for row in reader:
        key = row["data"]
        if hasattr(prisma, key):
            value = getattr(prisma, key)
            shown = (list_cell(value) or "0") if isinstance(value, Mapping) else str(value)
            row["n"] = MISSING if key in absent else shown
        rows.append(row)
    return csv_text(rows, list(reader.fieldnames or ()))


def to_dict(prisma: Prisma) -> dict[str, Any]:
    """Return every number by its key, lists of sources and reasons as the template writes them, and the checks.

    ``papers`` is left out; ``pending`` and ``other_pending`` are the sums over both stages.
    """
    plain = asdict(prisma)
    del plain["papers"]
    plain = {key: list_cell(value) if isinstance(value, Mapping) else value for key, value in plain.items()}
    sums = [{"name": one.name, "left": one.left, "right": one.right, "ok": one.ok} for one in checks(prisma)]
    return plain | {"pending": prisma.pending, "other_pending": prisma.other_pending, "checks": sums}


def list_cell(items: Mapping[str, int]) -> str:
    """Return ``name, n; name, n``; a comma or semicolon inside a name becomes a stroke.

    Examples
    --------
    >>> list_cell({"wrong setting, level": 6, "no data": 1})
    'wrong setting / level, 6; no data, 1'
    """
    return "; ".join(f"{_plain_name(name)}, {n}" for name, n in items.items())


def _plain_name(name: str) -> str:
    return re.sub(r"\s*[,;]\s*", " / ", " ".join(name.split())) or "not named"


def to_text(prisma: Prisma) -> list[str]:
    """Return the flow as lines for a terminal, numbers right-aligned."""
    lines = list(_outline(prisma))
    widest = max(len("  " * depth + label) for depth, label, _ in lines)
    digits = max(len(f"{n:,}") for _, _, n in lines if n is not None)
    return [label if n is None else f"{'  ' * depth + label:<{widest}}  {n:>{digits},}" for depth, label, n in lines]


Line = tuple[int, str, int | None]


def _outline(n: Prisma) -> Iterator[Line]:
    yield 0, "Identification", None
    yield 1, "Records identified from databases", n.database_results
    yield from _items(n.database_specific_results, 2)
    yield 1, "Records identified from registers", n.register_results
    yield from _items(n.register_specific_results, 2)
    yield 1, "Duplicate records removed", n.duplicates
    if n.excluded_automatic:
        yield 1, n.by_automation, n.excluded_automatic
    if n.excluded_other:
        yield 1, "Records removed for other reasons", n.excluded_other
    yield 0, "Screening", None
    if n.not_screened:
        yield 1, "Records not screened", n.not_screened
    yield 1, "Records screened", n.records_screened
    if n.pending_abstract:
        yield 2, "decision pending", n.pending_abstract
    yield 2, "excluded on title and abstract", n.records_excluded
    yield 1, "Reports sought for retrieval", n.dbr_sought_reports
    yield 2, "not retrieved", n.dbr_notretrieved_reports
    if n.pending_fulltext:
        yield 2, "decision pending", n.pending_fulltext
    yield 1, "Reports assessed for eligibility", n.dbr_assessed
    yield 2, "excluded", sum(n.dbr_excluded.values())
    yield from _items(n.dbr_excluded, 3)
    if n.other_results:
        yield from _other(n)
    yield 0, "Included", None
    new = "New studies" if n.updated else "Studies"
    yield 1, f"{new} included in review", n.new_studies
    yield 1, "Reports of included studies", n.new_reports
    if new == "New studies":
        yield 1, "Studies of the previous version", n.previous_studies
        yield 1, "Reports of these", n.previous_reports
        if n.previous_unfinished:
            yield 1, "Records of the previous version not screened or not finished", n.previous_unfinished
        yield 1, "Total studies included in review", n.total_studies
        yield 1, "Reports of total included studies", n.total_reports


def _other(n: Prisma) -> Iterator[Line]:
    yield 0, "Other methods", None
    for label, key in (("websites", 0), ("organisations", 1), ("citation searching", 2)):
        yield 1, f"Records identified from {label}", getattr(n, _OTHER_METHODS[key])
    optional = (
        ("Duplicate records removed", n.other_duplicates),
        (n.by_automation, n.other_automatic),
        ("Records removed for other reasons", n.other_removed),
        ("Records not screened", n.other_not_screened),
    )
    yield from ((1, label, number) for label, number in optional if number)
    yield 1, "Records screened", n.other_records_screened
    if n.other_pending_abstract:
        yield 2, "decision pending", n.other_pending_abstract
    yield 2, "excluded on title and abstract", n.other_records_excluded
    yield 1, "Reports sought for retrieval", n.other_sought_reports
    yield 2, "not retrieved", n.other_notretrieved_reports
    if n.other_pending_fulltext:
        yield 2, "decision pending", n.other_pending_fulltext
    yield 1, "Reports assessed for eligibility", n.other_assessed
    yield 2, "excluded", sum(n.other_excluded.values())
    yield from _items(n.other_excluded, 3)


def _items(items: Mapping[str, int], depth: int) -> Iterator[Line]:
    yield from ((depth, name, n) for name, n in items.items())
