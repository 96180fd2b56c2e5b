"""Slips of the pen: when two words, or two lines of words, are one misspelt."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache

from rapidfuzz.distance import OSA, Indel, Levenshtein

_MOST_SLIPS = 3
_SHORTEST_MISSPELT = 4
_GARBLED = 0.7

_FILLERS = frozenset({"a", "an", "the", "and"})
_FUNCTION_WORDS = frozenset(
    re.findall(
        r"\w+",
        """
        all am an and any are as at be been but by can did do does from for had has have he her him his how if in into
        is it its may me more my no nor not of off on one or our out over own per she so some than that the their them
        then they this to too two up us via was we were what when who why will with you
        """,
    )
)
_OPPOSITES = (("macro", "micro"), ("absor", "adsor"), ("abduct", "adduct"), ("dysphag", "dysphas"), ("ileum", "ilium"))


def misspelt(one: Sequence[str], other: Sequence[str], of_one: Callable[[str, str], bool] | None = None) -> bool:
    """Say whether two titles, word by word, differ by slips only: a letter here and there, word breaks, articles.

    Parameters
    ----------
    one, other : sequence of str
        The words.
    of_one : callable, optional
        What counts as a slip of one word; `is_slip` if nothing is given.
    """
    allowed = max(1, min(_MOST_SLIPS, len(one) // 4, len(other) // 4))
    if abs(len(one) - len(other)) > _MOST_SLIPS or len({*one} ^ {*other}) > 3 * _MOST_SLIPS:
        return False
    slip = of_one or is_slip
    slips = 0
    for here, there in _differences(one, other):
        if here == there:
            continue
        if not slip(here, there):
            return False
        slips += 1
    return slips <= allowed


def _differences(one: Sequence[str], other: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield what stands between the words in common: word by word where there are as many, else joined.

    Articles are left out.
    """
    here: list[str] = []
    there: list[str] = []
    for step in Levenshtein.opcodes(one, other):
        if step.tag == "equal":
            yield from _opposite(here, there)
            here, there = [], []
        else:
            here += one[step.src_start : step.src_end]
            there += other[step.dest_start : step.dest_end]
    yield from _opposite(here, there)


def _opposite(here: Sequence[str], there: Sequence[str]) -> Iterator[tuple[str, str]]:
    if len(here) == len(there):
        yield from zip(here, there, strict=True)
    else:
        yield _joined(here), _joined(there)


def _joined(words: Sequence[str]) -> str:
    return "".join(word for word in words if word not in _FILLERS)


@lru_cache(maxsize=4096)
def is_slip(one: str, other: str) -> bool:
    """Say whether one word is another with a slip of the pen.

    In a word of four letters or more that is one letter, but not the first (rats, cats) unless it is doubled or the
    first two have changed places, and nothing that makes an opposite. A short word can only be a slip for a function
    word such as *of*.
    """
    if not is_near(one, other):
        return False
    if min(len(one), len(other)) < _SHORTEST_MISSPELT:
        return (one in _FUNCTION_WORDS) != (other in _FUNCTION_WORDS)
    if one[0] != other[0] or one[1:] == other[1:]:
        return one[:2] == other[1::-1] and one[2:] == other[2:]
    return not any(
        (one.startswith(front) and other.startswith(opposite)) or (one.startswith(opposite) and other.startswith(front))
        for front, opposite in _OPPOSITES
    )


def is_near(one: str, other: str) -> bool:
    """Say whether two words of an alphabet differ by one letter, or two neighbours in each other's place."""
    if min(len(one), len(other)) < 2 or OSA.distance(one, other, score_cutoff=1) > 1:
        return False
    return not any(unicodedata.category(character) == "Lo" for character in one + other)


def is_garbled(one: str, other: str) -> bool:
    """Say whether one word may be the other with several slips: where an identifier says so already."""
    alike = one[:1] == other[:1] and Indel.normalized_similarity(one, other, score_cutoff=_GARBLED) > 0
    return alike or is_slip(one, other)
