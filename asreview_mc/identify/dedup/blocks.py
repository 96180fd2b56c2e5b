"""Which pairs are compared at all: those that share a key, so that cost grows with the records and not their square."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from typing import TypeAlias

from asreview_mc.identify.dedup.traits import Traits

Key: TypeAlias = "str | tuple[str | int, ...]"

WINDOW = 20
_START = 16
_OPENING = 100
_ARTICLE_NUMBER = 3


def candidates(versions: Sequence[Traits]) -> Iterator[tuple[int, int]]:
    """Yield each pair of `versions` to be compared once, as positions ``(smaller, larger)``.

    Two versions are compared if a key of theirs is the same: identifier, title, beginning or end of the title beside
    the first author, first author and year, place, or opening of the abstract. In a block, each is compared with the
    20 that follow: so no block costs more than 20 comparisons a version, however many share its key.

    Parameters
    ----------
    versions : sequence of Traits
        In order of title: neighbours are then the most alike.
    """
    seen: set[int] = set()
    for key in _KEYS:
        for block in _blocks(versions, key):
            if key is _title_end:
                block.sort(key=lambda position: versions[position].title.key[::-1])
            for start, one in enumerate(block):
                for other in block[start + 1 : start + 1 + WINDOW]:
                    pair = (one, other) if one < other else (other, one)
                    code = pair[0] * len(versions) + pair[1]
                    if code not in seen:
                        seen.add(code)
                        yield pair


def _blocks(versions: Sequence[Traits], key: Callable[[Traits], Key]) -> list[list[int]]:
    """Group the positions of versions that share a key; an empty key groups nothing."""
    blocks: defaultdict[Key, list[int]] = defaultdict(list)
    for position, traits in enumerate(versions):
        shared = key(traits)
        if shared:
            blocks[shared].append(position)
    return [block for block in blocks.values() if len(block) > 1]


def _doi(traits: Traits) -> Key:
    return traits.doi


def _pmid(traits: Traits) -> Key:
    return traits.pmid


def _title(traits: Traits) -> Key:
    return traits.title.key


def _title_start(traits: Traits) -> Key:
    return (traits.title.key[:_START], traits.first) if traits.title.key else ""


def _title_end(traits: Traits) -> Key:
    return (traits.title.key[-_START:], traits.first) if traits.title.key else ""


def _author_year(traits: Traits) -> Key:
    return (traits.first, traits.year) if traits.first and traits.year else ""


def _volume_page(traits: Traits) -> Key:
    page = traits.page.digits
    return (traits.volume, page, traits.first[:1]) if traits.volume and len(page) > 1 else ""


def _year_page(traits: Traits) -> Key:
    page = traits.page.digits
    return (traits.year, page, traits.first) if traits.year and len(page) > 1 else ""


def _opening(traits: Traits) -> Key:
    return traits.abstract[:_OPENING]


_KEYS: tuple[Callable[[Traits], Key], ...] = (
    _doi,
    _pmid,
    _title,
    _title_start,
    _title_end,
    _author_year,
    _volume_page,
    _year_page,
    _opening,
)
