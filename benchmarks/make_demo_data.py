"""Make the data of the demonstration review from ``microcred/dev.jsonl``.

::

    python benchmarks/make_demo_data.py ../shared/data/microcred/dev.jsonl asreview_mc/demo/data

Writes three simulated database exports and two tables of recorded answers; the same input gives the same bytes.
"""

from __future__ import annotations

import argparse
import csv
import itertools
import json
import unicodedata
from collections.abc import Iterable, Sequence
from pathlib import Path

import _demo_answers as answers
import _demo_exports as exports


def normalised(text: str) -> str:
    """Return letters and digits of `text`, NFKC, in folded case."""
    return "".join(sign for sign in unicodedata.normalize("NFKC", text).casefold() if sign.isalnum())


def same(one: exports.Copy, other: exports.Copy) -> bool:
    """Say whether de-duplication is certain of the pair: same DOI, or same title, year and first author."""
    if one.doi and other.doi and one.work["doi"] == other.work["doi"]:
        return True
    facts = [
        (
            normalised(copy.title),
            copy.work["year"],
            exports.name(copy.work["authors"][0])[0] if copy.work["authors"] else "",
        )
        for copy in (one, other)
    ]
    hidden = any(copy.database == exports.SPRINGER and not exports.readable_alone(copy.work) for copy in (one, other))
    return facts[0] == facts[1] and all(facts[0]) and not hidden


def check(found: Sequence[exports.Copy]) -> None:
    """Raise ValueError unless every two copies are certain duplicates exactly when they are of one publication."""
    for one, other in itertools.combinations(found, 2):
        if same(one, other) != (one.work is other.work):
            raise ValueError(f"{one.database} {one.title!r} and {other.database} {other.title!r}")


def _write_table(path: Path, header: Sequence[str], rows: Iterable[dict[str, str]], *, quoted: bool) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(
            file, header, lineterminator="\n", quoting=csv.QUOTE_ALL if quoted else csv.QUOTE_MINIMAL
        )
        writer.writeheader()
        writer.writerows(rows)


def _write_text(path: Path, records: Iterable[str]) -> None:
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(records)


def make(source: Path, target: Path) -> None:
    """Write the five files of the demonstration review into the folder `target`."""
    works = [json.loads(line) for line in source.read_text(encoding="utf-8").splitlines()]
    found = exports.copies(works)
    check(found)
    ebsco, taylor, springer = (
        [copy for copy in found if copy.database == database]
        for database in (exports.EBSCO, exports.TAYLOR, exports.SPRINGER)
    )
    numbered = enumerate(ebsco, start=1)
    _write_text(target / exports.EBSCO, (exports.ebsco_record(copy, number) for number, copy in numbered))
    _write_text(target / exports.TAYLOR, map(exports.taylor_record, taylor))
    rows = map(exports.springer_row, springer)
    _write_table(target / exports.SPRINGER, exports.SPRINGER_HEADER, rows, quoted=True)
    decisions, topics = answers.decision_rows(works), answers.topic_rows(works)
    _write_table(target / "decisions.csv", answers.DECISION_HEADER, decisions, quoted=False)
    _write_table(target / "topics.csv", answers.TOPIC_HEADER, topics, quoted=False)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("source", type=Path, help="dev.jsonl")
    parser.add_argument("target", type=Path, help="an existing folder")
    arguments = parser.parse_args()
    make(arguments.source, arguments.target)
