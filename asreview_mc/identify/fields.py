"""From a source's own fields to a record, by a plan that says which of them may fill which place.

Tagged formats and tables share this: a tag or a heading is a name, and everything that fills no place stays in
`extra` under the name that the source gave it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import unquote

from asreview_mc.core.record import Record, bare_doi

_YEAR = re.compile(r"(?<![0-9])[12][0-9]{3}(?![0-9])")
_BARE_YEAR = re.compile(r"[\[(]?([12][0-9]{3})(?:\.0+)?[\])/\s]*\Z")
_ISSN = re.compile(r"(?<![0-9])[0-9]{4}[-‐–]?[0-9]{3}[0-9Xx](?![0-9])")
_DOI_LINK = re.compile(r"doi\.org/(10\.[0-9]{4,9}/[^\s?#&]+)|\A\s*doi:?\s*(10\.[0-9]{4,9}/\S+)", re.IGNORECASE)
_DOI_LABEL = re.compile(r"https?://(?:dx\.|www\.)?doi\.org/|doi|[\s:.,;\[\]()<>]", re.IGNORECASE)
_SINGLE = ("title", "abstract", "journal", "volume", "issue", "pmid", "language", "url")

Splitter = Callable[[str], list[str]]


class Entry(NamedTuple):
    """One field of a source: the name to compare, the name as written, and the text as written."""

    key: str
    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Plan:
    """Which of a source's fields may fill which place of a record.

    Attributes
    ----------
    sources : dict of str to tuple of str
        Keys by place, the preferred first. Places are the fields of a record, and besides: ``second_authors`` (used
        where there are no authors), ``first_page``, ``last_page``, ``doi_hint`` (fields that may hold a DOI link).
        A place that holds one text takes the first that is not empty; a place that holds several takes all.
    split_authors, split_keywords, split_references : callable
        Take apart the text of one field.
    """

    sources: Mapping[str, tuple[str, ...]]
    split_authors: Splitter
    split_keywords: Splitter
    split_references: Splitter


def fold(text: str) -> str:
    """Return `text` with each run of white space made one blank, and none at its ends."""
    return " ".join(text.split())


def assemble(entries: Sequence[Entry], plan: Plan) -> Record:
    """Return the record that `entries` describe; no text of theirs is lost.

    A text is kept in `extra`, verbatim, unless a place of the record already says the same. So of two titles the
    second is in `extra`, a second copy of the title is not, and a year or DOI that cannot be understood is.
    """
    pool = _Pool(entries, plan)
    doi = _doi(pool)
    values = {place: pool.one(place) for place in _SINGLE}
    year, date = _dates(pool)
    return Record(
        **values,
        year=year,
        date=date,
        doi=doi,
        pages=_pages(pool),
        issn=pool.one("issn", _ISSN.search),
        publication_type=pool.one("publication_type", lambda text: not _DOI_LINK.search(text)),
        authors=pool.several("authors", plan.split_authors) or pool.several("second_authors", plan.split_authors),
        keywords=pool.several("keywords", plan.split_keywords),
        references=pool.several("references", plan.split_references),
        notes=pool.several("notes", lambda text: [text.strip()]),
        extra=pool.rest(),
    )


class _Pool:
    """The entries that still wait for a place."""

    def __init__(self, entries: Sequence[Entry], plan: Plan) -> None:
        self.entries = [entry for entry in entries if entry.text.strip()]
        self.sources = plan.sources
        self.used: set[int] = set()
        self.places: dict[str, list[int]] = {}
        for number, entry in enumerate(self.entries):
            self.places.setdefault(entry.key, []).append(number)

    def candidates(self, place: str) -> Iterator[int]:
        """Yield the numbers of the entries that may fill `place`, the preferred first."""
        for key in self.sources.get(place, ()):
            for number in self.places.get(key, ()):
                if number not in self.used:
                    yield number

    def text(self, number: int) -> str:
        return self.entries[number].text

    def one(self, place: str, accept: Callable[[str], object] = bool) -> str:
        """Return the first acceptable text for `place`; entries that say the same are used up with it."""
        found = [number for number in self.candidates(place) if accept(self.text(number))]
        if not found:
            return ""
        value = fold(self.text(found[0]))
        self.used.update(number for number in found if fold(self.text(number)) == value)
        return value

    def several(self, place: str, split: Splitter) -> tuple[str, ...]:
        """Return every item of every entry for `place`, in the source's order."""
        items: list[str] = []
        for number in sorted(self.candidates(place)):
            parts = split(self.text(number))
            if parts:
                self.used.add(number)
            items.extend(parts)
        return tuple(items)

    def rest(self) -> dict[str, list[str]]:
        extra: dict[str, list[str]] = {}
        for number, entry in enumerate(self.entries):
            if number not in self.used:
                extra.setdefault(entry.name, []).append(entry.text)
        return extra


def _dates(pool: _Pool) -> tuple[int | None, str]:
    """Return the year, and the date where a source says more than the year.

    A text in a year's place that holds no year is no date either: it stays for `extra`.
    """
    years, dates = list(pool.candidates("year")), list(pool.candidates("date"))
    found = (_YEAR.search(pool.text(number)) for number in (*years, *dates))
    year = next((int(match.group()) for match in found if match), None)
    told = (*dates, *(number for number in years if _YEAR.search(pool.text(number))))
    date = next((fold(pool.text(number)) for number in told if not _BARE_YEAR.match(pool.text(number).strip())), "")
    for number in (*years, *dates):
        text = pool.text(number)
        bare = _BARE_YEAR.match(text.strip())
        if fold(text) == date or (bare and int(bare.group(1)) == year):
            pool.used.add(number)
    return year, date


def _doi(pool: _Pool) -> str:
    """Return the first DOI; an entry that says more than the DOI stays for `extra`."""
    doi = ""
    for number in pool.candidates("doi"):
        text = unquote(pool.text(number))
        here = bare_doi(text)
        doi = doi or here
        if here and here == doi and not _DOI_LABEL.sub("", text.lower().replace(here, "", 1)):
            pool.used.add(number)
    if doi:
        return doi
    links = (_DOI_LINK.search(pool.text(number)) for number in pool.candidates("doi_hint"))
    return next((bare_doi(link.group(1) or link.group(2)) for link in links if link), "")


def _pages(pool: _Pool) -> str:
    """Return the page range as the source has it, or made of its first and last page."""
    whole = pool.one("pages", _has_digit)
    if whole:
        return whole
    first = pool.one("first_page", _has_digit)
    if not first or re.search(r"[-–]", first):
        return first
    last = pool.one("last_page", _has_digit)
    return f"{first}-{last}" if last else first


def _has_digit(text: str) -> bool:
    return any(character.isdigit() for character in text)
