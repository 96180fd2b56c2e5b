"""From a source's own fields to a record, by a plan that says which of them may fill which place.

Tagged formats, tables, BibTeX and XML share this: everything that fills no place stays in `extra` under the name that
the source gave it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from asreview_mc.core.record import Record
from asreview_mc.identify import facts
from asreview_mc.identify.facts import Fields

Splitter = Callable[[str], list[str]]

_SINGLE = ("title", "abstract", "date_online", "journal", "volume", "issue", "language", "url")
_SHAPES = 1000
_SHORT = 60
_TELLING = 4
_WORD = re.compile(r"[^\s,;.]")
_ISSN = re.compile(r"(?<![0-9])[0-9]{4}[-‐–]?[0-9]{3}[0-9Xx](?![0-9])")

_CHECKED: tuple[tuple[str, Callable[[str], object]], ...] = (
    ("issn", _ISSN.search),
    ("publication_type", facts.is_no_link),
)


class Shape(NamedTuple):
    """What a plan comes to for records with the same fields: the names that are there, by place.

    `lone` are the places of one text that only one field may fill, `single` those with a choice, `checked` those that
    take a text of a certain kind only; places of which no field is there are nowhere.
    """

    lone: tuple[tuple[str, str], ...]
    single: tuple[tuple[str, tuple[str, ...]], ...]
    checked: tuple[tuple[str, tuple[str, ...], Callable[[str], object]], ...]
    several: tuple[tuple[str, tuple[str, ...], Splitter], ...]
    places: Mapping[str, tuple[str, ...]]


class Plan:
    """Which of a source's fields may fill which place of a record.

    Parameters
    ----------
    sources : dict of str to tuple of str
        Names by place, the preferred first. Places are the fields of a record, and besides: ``first_page``,
        ``last_page``; ``doi_hint`` and ``pmid_hint`` (fields that may hold a link or ``PMID: 1`` among other text);
        ``accession`` (a number that is a PMID where a field of ``database`` says so).
        A place that holds one text takes the first that is not empty; a place that holds several takes all.
    authors : sequence of tuple of str
        Names of fields with people, in groups: the first group of which one is there gives the authors.
    split_authors, split_keywords, split_references : callable
        Take apart the text of one field.
    separators : str
        Characters of which a text must hold one to be taken apart at all; empty if that cannot be said.
    """

    def __init__(
        self,
        sources: Mapping[str, tuple[str, ...]],
        *,
        authors: Sequence[tuple[str, ...]],
        split_authors: Splitter,
        split_keywords: Splitter,
        split_references: Splitter,
        separators: str = "",
    ) -> None:
        self.sources = sources
        self.authors = authors
        self.split_authors = split_authors
        self.split_keywords = split_keywords
        self.split_references = split_references
        self.separators = separators
        self._shapes: dict[tuple[str, ...], Shape] = {}

    def shape(self, names: tuple[str, ...]) -> Shape:
        """Return the plan for records whose fields have these names; exports repeat a few such sets again and again."""
        found = self._shapes.get(names)
        if found is None:
            if len(self._shapes) >= _SHAPES:
                self._shapes.clear()
            found = self._shapes[names] = self._reduced(frozenset(names))
        return found

    def _reduced(self, names: frozenset[str]) -> Shape:
        places = {place: tuple(key for key in keys if key in names) for place, keys in self.sources.items()}
        groups = (tuple(key for key in keys if key in names) for keys in self.authors)
        places["authors"] = next(filter(None, groups), ())
        places = {place: keys for place, keys in places.items() if keys}
        single = {place: places[place] for place in _SINGLE if place in places}
        splitters = {
            "authors": self.split_authors,
            "keywords": self.split_keywords,
            "references": self.split_references,
        }
        return Shape(
            lone=tuple((place, keys[0]) for place, keys in single.items() if len(keys) == 1),
            single=tuple((place, keys) for place, keys in single.items() if len(keys) > 1),
            checked=tuple((place, places[place], accept) for place, accept in _CHECKED if place in places),
            several=tuple((place, places[place], split) for place, split in splitters.items() if place in places),
            places=places,
        )


def fold(text: str) -> str:
    """Return `text` with each run of white space made one blank, and none at its ends."""
    if len(text) > _SHORT and _single_blanks(text):
        return text.strip(" ")
    return " ".join(text.split())


def assemble(fields: Fields, plan: Plan) -> Record:
    """Return the record that `fields` describe; no text of theirs is lost.

    A text is kept in `extra`, verbatim, unless a place of the record already says the same. So of two titles the
    second is in `extra`, a second copy of the title is not, and a year or DOI that cannot be understood is.

    Parameters
    ----------
    fields : Fields
        Used up: what is left becomes `extra`.
    plan : Plan
        Of the source.
    """
    lone, single, checked, several, places = plan.shape(tuple(fields))
    values: dict[str, Any] = {}
    facts.take(fields, places, values)
    for place, name in lone:
        texts = fields[name]
        if len(texts) == 1:
            values[place] = fold(texts[0])
            del fields[name]
        else:
            values[place] = _one(fields, (name,))
    for place, names in single:
        values[place] = _one(fields, names)
    for place, names, accept in checked:
        values[place] = _one(fields, names, accept)
    for place, names, split in several:
        values[place] = _several(fields, names, split, plan.separators)
    if "notes" in places:
        values["notes"] = tuple([text for name in places["notes"] for text in fields.pop(name, ())])
    return Record(extra=fields, **values)


def _one(fields: Fields, names: tuple[str, ...], accept: Callable[[str], object] | None = None) -> str:
    """Return the first acceptable text of the fields named; texts that say the same are used up with it."""
    value = ""
    for name in names:
        texts = fields.get(name)
        if not texts:
            continue
        if not value and len(texts) == 1 and not (accept and not accept(texts[0])):
            value = fold(texts[0])
            del fields[name]
            continue
        rest = []
        for text in texts:
            tidied = fold(text)
            if tidied != value and (value or (accept and not accept(text))):
                rest.append(text)
            else:
                value = tidied
        if rest:
            fields[name] = rest
        else:
            del fields[name]
    return value


def _several(fields: Fields, names: tuple[str, ...], split: Splitter, separators: str) -> tuple[str, ...]:
    """Return every item of the fields named; a text without any stays."""
    items: list[str] = []
    for name in names:
        texts = fields.pop(name, None)
        if texts is None:
            continue
        untouched = _untouched(texts, separators) if separators else None
        if untouched:
            items += untouched
            continue
        parts = [split(text) for text in texts]
        items += [item for part in parts for item in part]
        rest = [text for text, part in zip(texts, parts, strict=True) if not part]
        if rest:
            fields[name] = rest
    return tuple(items)


def _untouched(texts: list[str], separators: str) -> list[str] | None:
    """Return `texts` folded where each is one item as it stands, else None."""
    together = "|".join(texts)
    for mark in separators:
        if mark in together:
            return None
    if min(map(len, texts)) < _TELLING and not all(map(_WORD.search, texts)):
        return None
    return texts if _single_blanks(together) else [" ".join(text.split()) for text in texts]


def _single_blanks(text: str) -> bool:
    """Say whether `text` has no white space but single blanks; looking is cheaper than taking apart.

    No other white space is printable. Control characters are blanks already where files are decoded.
    """
    if not text.isascii():
        return text.isprintable() and "  " not in text
    return not ("  " in text or "\n" in text or "\t" in text or "\r" in text)
