"""Titles: what is compared of one, and how two of them stand to each other."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import IntEnum
from itertools import accumulate

from rapidfuzz.distance import Indel

from asreview_mc.core.title import plain, without_retraction, words_in
from asreview_mc.identify.dedup.spelling import is_near, misspelt

ALIKE = 0.8
_SHORTEST_HEAD = 15
_TRUNCATED = 60
_TELLING = 18
_LONG = 30
_EAST_ASIAN = "\u2e80"
_LETTERS_IN_A_SIGN = 4

_LANGUAGE = re.compile(
    r"\s*(?:\[(?:article in |in )?|\((?:article )?in )(?:arabic|bosnian|bulgarian|catalan|chinese|croatian|czech|danish"
    r"|dutch|english|estonian|finnish|french|georgian|german|greek|hebrew|hungarian|icelandic|italian|japanese|korean"
    r"|latvian|lithuanian|norwegian|persian|polish|portuguese|romanian|russian|serbian|slovak|slovenian|spanish"
    r"|swedish|thai|turkish|ukrainian|vietnamese)[\])]\.?\s*\Z"
)
_BOUNDARY = re.compile(r"[:;.?!]\s+|\s[-\u2010-\u2015]+\s|[\u2013-\u2015\uff1a]")
_PART = re.compile(
    r"\b(?:part|paper|study|section|chapter|volume|supplement|phase|module|teil|partie|parte)\s+"
    r"([ivx]+|\d+|one|two|three|four|five)\b"
)
_ABOUT_ANOTHER = re.compile(
    r"\b(?:erratum|errata|corrigend(?:um|a)|correction|addendum|berichtigung|retraction (?:of|notice|note)|comment on"
    r"|commentary on|repl(?:y|ies) to|author'?s? reply|response to|letter|protocol|pilot|rationale and design"
    r"|preliminary|interim)\b|\(vol\.? \d|更正|勘误|訂正"
)
_ORDINALS = {
    word: str(number)
    for number, words in enumerate(
        ("i one", "ii two", "iii three", "iv four", "v five", "vi", "vii", "viii", "ix", "x"), start=1
    )
    for word in words.split()
}
_ROMAN = frozenset({"i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x"})
_GENERIC = frozenset(
    re.findall(
        r"\w+",
        """
        a abstract abstracts acknowledgement acknowledgements acknowledgments an and annotated announcement
        announcements annual author authors board book books calendar call case chair comment commentary comments
        conclusion conclusions conference congress contents contributors correspondence cover discussion editor
        editorial editorials editors events for foreword from guest highlights in index information instructions
        introduction invited issue letter letters list masthead meeting memoriam message new news note notes notice
        number obituary of on oral our outlook overview page papers part perspective perspectives poster posters
        preface presentation presentations president presidents proceedings program programme prologue re reader
        readers referees remarks reply report response review reviewers reviews s section session sessions special
        subject summary supplement symposium table thanks the this to topic update viewpoint volume welcome with world
        year
        """,
    )
)


class Titles(IntEnum):
    """How two titles stand to each other, from another title to the same."""

    OTHER = 0
    ALIKE = 1
    NEAR = 2
    CUT = 3
    TYPO = 4
    SAME = 5
    MISSING = 6


@dataclass(frozen=True, slots=True)
class Title:
    """A title taken apart.

    Attributes
    ----------
    key : str
        Letters and digits of any script joined, as `normalise` returns them.
    words : tuple of str
        The words of `key`.
    heads : tuple of int
        Number of words before each colon, stop or dash: what the title is without its subtitle.
    marks : frozenset of str
        The part that it names, and that it is about another work (erratum, reply) or stage of it (protocol, pilot).
    numbers : tuple of str
        Runs of digits, in order.
    telling : bool
        Long enough, and more than a rubric such as "Letter to the editor": two works seldom share it.
    long : bool
        Telling, and so long that it is worth a look where no author is known.
    """

    key: str
    words: tuple[str, ...]
    heads: tuple[int, ...]
    marks: frozenset[str]
    numbers: tuple[str, ...]
    telling: bool
    long: bool


def take_apart(text: str) -> Title:
    """Return the title `text` taken apart.

    Brackets around a translated title and a language in brackets at its end, which PubMed and Embase add, are left out,
    and so is a publisher's word that it is retracted: these are said about the record, not by it.
    """
    written = without_retraction(_LANGUAGE.sub("", plain(text).strip()))
    segments = [words_in(segment) for segment in _BOUNDARY.split(written)]
    segments = [segment for segment in segments if segment]
    words = tuple(word for segment in segments for word in segment)
    key = "".join(words)
    ends = accumulate(len(segment) for segment in segments[:-1])
    weight = _weight(key)
    telling = weight >= _TELLING and not all(word in _GENERIC or word.isdigit() for word in words)
    return Title(
        key=key,
        words=words,
        heads=tuple(end for end in ends if _weight("".join(words[:end])) >= _SHORTEST_HEAD),
        marks=_marks(written, segments),
        numbers=tuple(re.findall(r"\d+", key)),
        telling=telling,
        long=telling and weight >= _LONG,
    )


def compare(one: Title, other: Title) -> Titles:
    """Say how two titles stand to each other; the question is symmetric.

    They are the same if their keys are; misspelt (TYPO) if one letter differs in each of a few longer words; CUT if one
    is the other, slips aside, without its subtitle or broken off; NEAR if one letter differs in a few words, be it the
    first (cats, rats); ALIKE if 80 % of their letters agree (indel similarity). They are others if they carry different
    marks, or as many but different numbers.
    """
    if not one.key or not other.key:
        return Titles.MISSING
    if one.key == other.key:
        return Titles.SAME
    if one.numbers != other.numbers and len(one.numbers) == len(other.numbers):
        return Titles.OTHER
    alike = likeness(one, other) > 0
    if alike and one.numbers == other.numbers and misspelt(one.words, other.words):
        return Titles.TYPO
    if one.marks != other.marks:
        return Titles.OTHER
    if _is_cut(one, other) or _is_cut(other, one):
        return Titles.CUT
    if not alike:
        return Titles.OTHER
    near = one.numbers == other.numbers and misspelt(one.words, other.words, is_near)
    return Titles.NEAR if near else Titles.ALIKE


def likeness(one: Title, other: Title) -> float:
    """Return the indel similarity of two titles, 0 to 1, a subtitle left out if that helps; below 0.8 it is 0."""
    short, long = sorted((one, other), key=lambda title: (len(title.key), title.key))
    keys = [long.key, *("".join(long.words[:end]) for end in long.heads)]
    return max(Indel.normalized_similarity(short.key, key, score_cutoff=ALIKE) for key in keys)


def _weight(key: str) -> int:
    """Return how much a key says, in letters: a Chinese, Japanese or Korean sign counts as four."""
    if key.isascii():
        return len(key)
    return sum(_LETTERS_IN_A_SIGN if character >= _EAST_ASIAN else 1 for character in key)


def _marks(written: str, segments: list[list[str]]) -> frozenset[str]:
    marks = {found.group() for found in _ABOUT_ANOTHER.finditer(written)}
    parts = _PART.findall(written)
    parts += [segment[-1] for segment in segments if segment[-1] in _ROMAN]
    parts += [segment[0] for segment in segments[1:] if segment[0] in _ROMAN]
    parts += [segment[0] for segment in segments[1:] if len(segment) == 1 and segment[0] in _ORDINALS.values()]
    return frozenset(marks | {f"part {_ORDINALS.get(part, part)}" for part in parts})


def _is_cut(short: Title, long: Title) -> bool:
    if len(short.key) >= _TRUNCATED and long.key.startswith(short.key):
        return True
    heads = (long.words[:end] for end in long.heads)
    return any(short.key == "".join(head) or misspelt(short.words, head) for head in heads)
