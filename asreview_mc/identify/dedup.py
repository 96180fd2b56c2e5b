"""Certain duplicates: records that are one work beyond reasonable doubt.

Two keys join records: the DOI, and normalised title, year and surname of the first author together. Neither is
believed against the evidence: one DOI over clearly different titles is an error or a container, and one title over
different DOIs, volumes, issues or first pages is not one work. A cluster never holds two records that contradict each
other, whatever joins them. What counts as a duplicate (versions of one work, not its erratum or protocol) follows
bib-dedupe (doi 10.21105/joss.06318).
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache
from typing import NamedTuple

from asreview_mc.core.record import Record
from asreview_mc.identify.authors import surname

SAME_DOI = "same DOI"
SAME_TITLE = "same title, year and first author"

_MARKUP = re.compile(r"</?[a-zA-Z][^<>]*>")
_NOT_ASCII_WORD = re.compile(r"[^a-z0-9+#]+")
_LATIN_ACCENT = re.compile(r"(?<=[a-z])[\u0300-\u036f]+")
_PART = re.compile(
    r"\b(?:part|paper|study|section|chapter|volume|supplement|phase|teil|partie|parte)\s+([ivx]+|\d+|one|two|three)\b"
)
_ABOUT_ANOTHER = re.compile(
    r"\b(?:erratum|errata|corrigendum|correction|addendum|retraction (?:of|notice|note)|comment on|commentary on"
    r"|reply to|response to|protocol|letter)\b"
)
_ALIKE = 0.8
_SHORTEST_MAIN_TITLE = 15
_CLUSTERS_TRIED = 20
_TITLES_OF_ONE_WORK = 10


@dataclass(frozen=True)
class Duplicate:
    """One record that is a duplicate: merge `record_id` into the earlier record `into`, because of `why`."""

    record_id: str
    into: str
    why: str


def find(records: Sequence[Record]) -> list[Duplicate]:
    """Return the certain duplicates among `records`.

    Cost grows linearly with the records, apart from sorting: a DOI over more than ten titles joins only equal titles,
    and a record is compared with at most 20 clusters of those that share its key.

    Parameters
    ----------
    records : sequence of Record
        With their record ids, in any order.

    Returns
    -------
    list of Duplicate
        In order of record id, at most one per record. `into` is the earliest record of the cluster and is itself no
        duplicate. Empty text joins nothing: a record without DOI needs a title, a year and an author to be matched.

    Raises
    ------
    ValueError
        If two records have the same id.
    """
    ordered = sorted(records, key=lambda record: (len(record.record_id), record.record_id))
    if len({record.record_id for record in ordered}) < len(ordered):
        raise ValueError("record ids are not unique")
    traits = [_traits(record) for record in ordered]
    clusters = _Clusters(traits)
    for block in _blocks(trait.doi for trait in traits):
        for part in _by_work(block, traits):
            clusters.join_block(part, SAME_DOI)
    for block in _blocks(_title_key(trait) for trait in traits):
        clusters.join_block(_certain(block, traits), SAME_TITLE)
    return [
        Duplicate(ordered[number].record_id, ordered[clusters.root(number)].record_id, clusters.why[number])
        for number in sorted(clusters.why)
    ]


def normalise(text: str) -> str:
    """Return `text` as titles are compared: letters, digits, + and # of any script, without case, markup or blanks.

    Accents are taken off Latin letters only; vowel signs and tones of other scripts are letters there and stay.

    Examples
    --------
    >>> normalise("Micro-Credentials: <i>État</i> de l’art"), normalise("微证书：综述")
    ('microcredentialsetatdelart', '微证书综述')
    """
    plain = _plain(text)
    if plain.isascii():
        return _NOT_ASCII_WORD.sub("", plain)
    return "".join(character for character in plain if character in "+#" or unicodedata.category(character)[0] in "LNM")


def clearly_differ(first: str, second: str) -> bool:
    """Say whether two titles as written cannot be two versions of one.

    They can if they are equal once normalised, if one is the other cut short, or if their longest matching blocks
    cover 80 % (Ratcliff and Obershelp). They cannot if they name different parts, or if one is about the other
    (erratum, reply, protocol). An empty title contradicts nothing.
    """
    return _clearly_differ(*sorted((first, second)))


@lru_cache(maxsize=4096)
def _clearly_differ(first: str, second: str) -> bool:
    one, other = normalise(first), normalise(second)
    if not one or not other or one == other:
        return False
    plain_one, plain_other = _plain(first), _plain(second)
    if _PART.findall(plain_one) != _PART.findall(plain_other):
        return True
    if set(_ABOUT_ANOTHER.findall(plain_one)) != set(_ABOUT_ANOTHER.findall(plain_other)):
        return True
    short, long = sorted((one, other), key=len)
    if len(short) >= _SHORTEST_MAIN_TITLE and long.startswith(short):
        return False
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    return matcher.quick_ratio() < _ALIKE or matcher.ratio() < _ALIKE


class _Traits(NamedTuple):
    """What a record is compared by; equal traits need comparing only once."""

    doi: str
    written: str
    title: str
    year: int | None
    author: str
    volume: str
    issue: str
    page: str


def _traits(record: Record) -> _Traits:
    return _Traits(
        doi=record.doi,
        written=record.title,
        title=normalise(record.title),
        year=record.year,
        author=normalise(surname(record.authors[0])) if record.authors else "",
        volume=_number(record.volume),
        issue=_number(record.issue),
        page=_first_page(record.pages),
    )


def _plain(text: str) -> str:
    text = _MARKUP.sub("", html.unescape(text) if "&" in text else text)
    if text.isascii():
        return text.lower()
    return _LATIN_ACCENT.sub("", unicodedata.normalize("NFKD", text).casefold())


def _number(text: str) -> str:
    """Return the number that `text` begins with, or ``""``: months and letters differ between databases."""
    match = re.match(r"0*([0-9]+)(?![0-9A-Za-z])", text)
    return match.group(1) if match else ""


def _first_page(text: str) -> str:
    match = re.match(r"\W*0*([0-9A-Za-z]*[0-9])", text)
    return match.group(1).lower() if match else ""


def _title_key(trait: _Traits) -> tuple[str, int, str] | None:
    if trait.title and trait.year and trait.author:
        return trait.title, trait.year, trait.author
    return None


def _blocks(keys: Iterable[object]) -> list[list[int]]:
    """Group the positions that share a key; empty keys group nothing."""
    blocks: defaultdict[object, list[int]] = defaultdict(list)
    for number, key in enumerate(keys):
        if key:
            blocks[key].append(number)
    return [block for block in blocks.values() if len(block) > 1]


def _by_work(block: list[int], traits: Sequence[_Traits]) -> list[list[int]]:
    """Take a block apart by title where its DOI stands over too many titles to be that of one work."""
    if len({traits[number].title for number in block}) <= _TITLES_OF_ONE_WORK:
        return [block]
    return [[block[place] for place in part] for part in _blocks(traits[number].title for number in block)]


def _certain(block: list[int], traits: Sequence[_Traits]) -> list[int]:
    """Leave out records with a DOI where the block has several: no other record says which of them it is."""
    dois = {traits[number].doi for number in block} - {""}
    return block if len(dois) < 2 else [number for number in block if not traits[number].doi]


def _conflict(one: _Traits, other: _Traits) -> bool:
    """Say whether two records cannot be one work."""
    if one.doi and one.doi == other.doi:
        retitled = one.title and other.title and one.title != other.title
        return clearly_differ(one.written, other.written) or bool(retitled and _unlike(one.page, other.page))
    if one.doi and other.doi:
        return True
    if one.title and other.title and one.title != other.title:
        years_differ = one.year and other.year and one.year != other.year
        if years_differ or clearly_differ(one.written, other.written):
            return True
    return _elsewhere(one, other)


def _elsewhere(one: _Traits, other: _Traits) -> bool:
    """Say whether two records stand in different places.

    Volumes and issues are often wrong for supplements: a first page of two signs or more that is the same outweighs
    them; page 1 is not, where each issue begins anew.
    """
    if one.page == other.page and len(one.page) > 1:
        return False
    pairs = ((one.page, other.page), (one.volume, other.volume), (one.issue, other.issue))
    return any(_unlike(here, there) for here, there in pairs)


def _unlike(here: str, there: str) -> bool:
    return bool(here and there and here != there)


class _Clusters:
    """Records joined so far: each cluster is known by its earliest record and holds its distinct traits."""

    def __init__(self, traits: Sequence[_Traits]) -> None:
        self.parent = list(range(len(traits)))
        self.traits = [{trait: None} for trait in traits]
        self.why: dict[int, str] = {}

    def root(self, number: int) -> int:
        while self.parent[number] != number:
            self.parent[number] = self.parent[self.parent[number]]
            number = self.parent[number]
        return number

    def join_block(self, block: Sequence[int], why: str) -> None:
        """Join each record of a block to the first cluster of the block that it does not contradict."""
        roots: list[int] = []
        for number in block:
            root = self.root(number)
            if root in roots:
                continue
            mate = next((other for other in roots if not self._contradict(other, root)), None)
            if mate is not None:
                roots[roots.index(mate)] = self._join(mate, root, why)
            elif len(roots) < _CLUSTERS_TRIED:
                roots.append(root)

    def _contradict(self, one: int, other: int) -> bool:
        return any(_conflict(here, there) for here in self.traits[one] for there in self.traits[other])

    def _join(self, one: int, other: int, why: str) -> int:
        kept, gone = sorted((one, other))
        self.parent[gone] = kept
        self.why[gone] = why
        self.traits[kept] |= self.traits[gone]
        self.traits[gone] = {}
        return kept
