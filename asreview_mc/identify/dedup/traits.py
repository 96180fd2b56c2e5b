"""What a record is compared by, taken from it once."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TypeAlias

from rapidfuzz.distance import OSA

from asreview_mc.core.record import Record
from asreview_mc.core.title import normalise, plain
from asreview_mc.identify.authors import surname
from asreview_mc.identify.dedup import places, titles

Written: TypeAlias = tuple[str, tuple[str, ...], int, str, str, str, str, str, str, str, str]

_NEXT_NAME = re.compile(r"(?<=\s[^\W\d_]\.)(?=[^\W\d_]{2})")
_NAME = re.compile(r"[^\W\d_]{3,}")
_READ = 600
_COMPARED = 400
_SHORTEST_ABSTRACT = 150
_SHORTEST_MISSPELT = 5


@dataclass(frozen=True, slots=True)
class Traits:
    """What a record is compared by.

    Attributes
    ----------
    first : str
        Surname of the first author, normalised.
    names : frozenset of str
        Every word of three letters or more in the authors' names.
    abstract : str
        The first 400 signs of the normalised abstract; empty where it is too short to tell two works apart.
    """

    title: titles.Title
    first: str
    names: frozenset[str]
    year: int
    doi: str
    pmid: str
    journal: places.Journal
    issns: frozenset[str]
    volume: str
    issue: str
    page: places.Page
    abstract: str
    whole_abstract: str


def written(record: Record) -> Written:
    """Return the fields that decide: records in which they are equal have equal traits."""
    return (
        record.title,
        record.authors,
        record.year or 0,
        record.doi,
        record.pmid,
        record.journal,
        record.issn,
        record.volume,
        record.issue,
        record.pages,
        record.abstract,
    )


def traits(fields: Written) -> Traits:
    """Return the traits of a record from what is `written` in it."""
    title, authors, year, doi, pmid, journal, issn, volume, issue, pages, abstract = fields
    shortened = normalise(abstract[:_READ])[:_COMPARED]
    return Traits(
        title=titles.take_apart(title),
        first=normalise(surname(_NEXT_NAME.split(authors[0])[0])) if authors else "",
        names=frozenset(_NAME.findall(plain(" ".join(_NEXT_NAME.sub(" ", author) for author in authors)))),
        year=year,
        doi=doi,
        pmid=pmid,
        journal=places.journal(journal),
        issns=places.issns(issn),
        volume=places.number(volume),
        issue=places.number(issue),
        page=places.first_page(pages),
        abstract=shortened if len(shortened) >= _SHORTEST_ABSTRACT else "",
        whole_abstract=abstract,
    )


def same_authors(one: Traits, other: Traits) -> bool | None:
    """Say whether two records have the same authors, by first surname and names in common.

    True if the first surname is the same (or misspelt by a letter) and half the names of the shorter list are in the
    longer, or if three quarters are, whoever comes first; False if no name is in both; None if one list is empty, or
    if they meet in part.
    """
    if not one.first or not other.first:
        return None
    fewer = min(len(one.names), len(other.names))
    shared = len(one.names & other.names) / fewer if fewer else 0.0
    if one.first == other.first:
        return True if shared >= 0.5 or not fewer else None
    if _misspelt(one.first, other.first) and (shared >= 0.5 or fewer == 1):
        return True
    if fewer > 1 and shared >= 0.75:
        return True
    return None if shared else False


def _misspelt(one: str, other: str) -> bool:
    return min(len(one), len(other)) >= _SHORTEST_MISSPELT and OSA.distance(one, other, score_cutoff=1) <= 1
