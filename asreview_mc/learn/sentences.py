"""Where the sentences of a title and abstract begin and end."""

from __future__ import annotations

import re

LONGEST = 600
"""Characters after which a passage without any full stop is cut at a space."""

_END = re.compile(r"[.!?]+[\"'”’)\]]*(?=\s+[\"'“‘(\[]*[^\W_a-z])|\n")
_ABBREVIATION = re.compile(
    r"(?:e\.g|i\.e|al|vs|cf|viz|ca|approx|resp|fig|figs|tab|eq|no|nos|vol|pp|p|ed|eds|inc|ltd|co|corp|dept|univ"
    r"|(?i:dr|prof|mr|mrs|ms|st)|Fig|Figs|Tab|Eq|No|Vol|[A-Z]\.[A-Z]|Ph\.D|[BM]\.Sc|[A-Z])\Z"
)
_LONGEST_WORD = 40
_LAST_WORD = re.compile(r"[\w.]*\w\Z")


def split_sentences(text: str) -> list[tuple[int, int]]:
    """Return the spans (start, end) of the sentences of `text`, in order and without surrounding white space.

    A sentence ends at a full stop, question or exclamation mark before a word that does not begin in lower case, and at
    a line break, so that a title above an abstract is a sentence of its own. Abbreviations ("e.g.", "et al.", "vs."),
    initials ("J. Smith") and decimals do not end one. A passage longer than `LONGEST` characters is cut at a space.

    Examples
    --------
    >>> text = "Badges, e.g. Open Badges, help. Smith et al. (2020) found 3.5 of 5."
    >>> [text[start:end] for start, end in split_sentences(text)]
    ['Badges, e.g. Open Badges, help.', 'Smith et al. (2020) found 3.5 of 5.']
    """
    spans = []
    start = 0
    for found in _END.finditer(text):
        if found.group() == "\n" or not _continues(text[start : found.start()], found.group()):
            spans.append((start, found.end()))
            start = found.end()
    spans.append((start, len(text)))
    return [part for span in spans for part in _parts(text, *span)]


def _continues(before: str, mark: str) -> bool:
    """Say whether the full stop after `before` belongs to an abbreviation or an initial."""
    found = _LAST_WORD.search(before[-_LONGEST_WORD:])
    return mark == "." and found is not None and _ABBREVIATION.match(found.group()) is not None


def _parts(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Trim a span and cut it where it is too long."""
    parts = []
    while end - start > LONGEST:
        cut = text.rfind(" ", start + 1, start + LONGEST)
        cut = cut if cut > start else start + LONGEST
        parts.append((start, cut))
        start = cut
    parts.append((start, end))
    trimmed = []
    for first, last in parts:
        piece = text[first:last]
        left = len(piece) - len(piece.lstrip())
        if piece.strip():
            trimmed.append((first + left, first + len(piece.rstrip())))
    return trimmed
