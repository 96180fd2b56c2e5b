"""The answers recorded for the demonstration review, found by DOI or title; ``data/README.md`` says whose they are."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import resources

from asreview_mc.core.protocol import Stage
from asreview_mc.core.record import Record

EXPORTS = (
    ("EBSCOhost", "ebscohost.ris"),
    ("Taylor&Francis", "taylor-francis.ris"),
    ("SpringerLink", "springerlink.csv"),
)
ADJUDICATOR = "single_reader"
DATA = resources.files("asreview_mc.demo") / "data"


@dataclass(frozen=True, slots=True)
class Answer:
    """What one reader said of one publication at one stage."""

    decision: str
    reason: str = ""
    note: str = ""


class Recorded:
    """All recorded answers: decisions by record, stage and reader, and sub-topics by record and reader."""

    def __init__(self) -> None:
        self._answers: dict[tuple[str, str, str], Answer] = {}
        self._topics: dict[tuple[str, str], tuple[str, ...]] = {}
        for row in _rows("decisions.csv"):
            answer = Answer(row["decision"], row["reason"], row["note"])
            for key in _keys(row["doi"], row["title"]):
                self._answers[key, row["stage"], row["reviewer"]] = answer
        for row in _rows("topics.csv"):
            for key in _keys(row["doi"], row["title"]):
                self._topics[key, row["reviewer"]] = tuple(row["codes"].split(";"))

    def answer(self, record: Record, stage: Stage, reviewer: str) -> Answer:
        """Return what `reviewer` said of a record at a stage; a missing answer is a ``KeyError``."""
        for key in _keys(record.doi, record.title):
            found = self._answers.get((key, stage, reviewer))
            if found:
                return found
        raise KeyError((record.title, stage, reviewer))

    def topics(self, record: Record, reviewer: str) -> tuple[str, ...]:
        """Return the codes that `reviewer` gave a record, none where they gave none."""
        for key in _keys(record.doi, record.title):
            if (key, reviewer) in self._topics:
                return self._topics[key, reviewer]
        return ()


def _rows(name: str) -> Iterator[Mapping[str, str]]:
    yield from csv.DictReader(io.StringIO((DATA / name).read_text("utf-8"), newline=""))


def _keys(doi: str, title: str) -> Iterator[str]:
    if doi:
        yield doi.lower()
    yield "".join(letter for letter in unicodedata.normalize("NFKC", title).casefold() if letter.isalnum())
