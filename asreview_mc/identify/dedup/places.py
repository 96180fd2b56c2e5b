"""Where a work stands: its journal under any of its names, and volume, issue and first page.

Questions about two records have three answers: True (the same), False (they contradict each other), None (silent).
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from asreview_mc.core.title import plain

_MEETING = re.compile(r"\b(?:conference|congress|meeting|proceedings|symposium)\b")
_AFTER_NAME = re.compile(r"[.,:;]?\s*\bconference\b.*|\s*[:=(\[].*")
_WORD = re.compile(r"[^\W_]+")
_STOP_WORDS = frozenset(
    re.findall(r"\w+", "a an and der des die das de del della di du e ed el et for fur in la le les of on the und y")
)
_PAGE = re.compile(r"\W*([A-Za-z]*)0*([1-9][0-9]*)")
_NUMBER = re.compile(r"0*([0-9]+)(?![0-9A-Za-z])")
_ISSN = re.compile(r"\b([0-9]{4})-?([0-9]{3}[0-9Xx])\b")
_ARTICLE_NUMBER = 3
_SHORTEST_ACRONYM = 3


class Journal(NamedTuple):
    """Words of a journal's name without stop words and conference, those before its first stop, and if it names one."""

    words: tuple[str, ...]
    head: tuple[str, ...]
    meeting: bool


class Page(NamedTuple):
    """A first page: ``S354`` is ``("s", "354")``."""

    letters: str
    digits: str


def journal(text: str) -> Journal:
    """Return the journal called `text`."""
    written = plain(text)
    name = _AFTER_NAME.sub("", written).strip() or written
    return Journal(_name(name), _name(name.partition(". ")[0]), bool(_MEETING.search(written)))


def issns(text: str) -> frozenset[str]:
    """Return the ISSNs in `text`, without hyphen."""
    return frozenset((left + right).upper() for left, right in _ISSN.findall(text))


def number(text: str) -> str:
    """Return the number that `text` begins with, or ``""``: months and letters differ between databases."""
    found = _NUMBER.match(text)
    return found.group(1) if found else ""


def first_page(text: str) -> Page:
    """Return the first page in `text`; both parts are empty where there is none."""
    found = _PAGE.match(text)
    return Page(found.group(1).lower(), found.group(2)) if found else Page("", "")


@lru_cache(maxsize=65536)
def same_journal(one: Journal, other: Journal) -> bool | None:
    """Say whether two names are one journal's: equal, abbreviated word by word, or an acronym.

    A journal and its supplements are neither the same nor two: databases print either name.
    """
    if not one.words or not other.words:
        return None
    if one.words == other.words or one.head == other.words or one.words == other.head:
        return True
    if _without_supplement(one.words) == _without_supplement(other.words):
        return None
    if len(one.words) == len(other.words):
        return all(_abbreviates(*sorted(pair, key=len)) for pair in zip(one.words, other.words, strict=True))
    return _is_acronym(one.words, other.words) or _is_acronym(other.words, one.words)


def same_number(one: str, other: str) -> bool | None:
    """Say whether two volumes or issues are the same."""
    return one == other if one and other else None


def same_page(one: Page, other: Page) -> bool | None:
    """Say whether two first pages are the same; page 1 contradicts no article number."""
    if not one.digits or not other.digits:
        return None
    if one.digits == other.digits and (one.letters == other.letters or not (one.letters and other.letters)):
        return True
    if Page("", "1") in (one, other):
        longer = max(one, other, key=lambda page: len(page.digits))
        if one.letters or other.letters or len(longer.digits) > _ARTICLE_NUMBER:
            return None
    return False


def _name(written: str) -> tuple[str, ...]:
    return tuple(word for word in _WORD.findall(written) if word not in _STOP_WORDS)


def _without_supplement(words: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(word for word in words if not word.startswith("suppl"))


def _abbreviates(short: str, long: str) -> bool:
    """Say whether `short` is `long` cut off (``Educ``) or drawn together (``Natl``)."""
    if long.startswith(short):
        return True
    letters = iter(long)
    drawn = len(short) >= 3 and short[0] == long[0] and short[-1] == long[-1]
    return drawn and all(letter in letters for letter in short)


def _is_acronym(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    if len(one) > 1 or len(one[0]) < _SHORTEST_ACRONYM:
        return False
    return "".join(word[0] for word in other).startswith(one[0])
