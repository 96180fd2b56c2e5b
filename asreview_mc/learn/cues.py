"""Words that speak for a sub-topic, in context: a phrase of another meaning or a negation is no match."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from asreview_mc.core.protocol import Card

_ABOUT = r"(?:address|analys|analyz|concern|consider|cover|deal|discuss|examin|explor|focus|investigat|look|stud|treat)"
_BEFORE = re.compile(
    r"\b(?:rather than|instead of|other than|apart from|as opposed to|not (?:about|concerned with|a matter of)"
    r"|(?:(?:do|does|did)(?: not|n['’]t)|without|never) "
    rf"(?:\w+ ){{0,2}}?{_ABOUT}\w*(?: with| on| at| about)?"
    r"|leav(?:e|es|ing) aside|nothing (?:is said )?about)\b",
    re.IGNORECASE,
)
_AFTER = re.compile(
    r"\b(?:(?:is|are|was|were) (?:not|never|nowhere) (?:\w+ )?" + _ABOUT + r"\w*"
    r"|(?:is|are|was|were|lies?|fell|falls?) (?:left aside|left out|(?:outside|beyond) (?:the|its|our) scope))\b",
    re.IGNORECASE,
)
_CLAUSE_END = re.compile(r"[,;:.!?()]|\b(?:but|yet|although|however|whereas|while|that)\b", re.IGNORECASE)
_SCOPE = 80


@dataclass(frozen=True, slots=True)
class Matches:
    """The cues of one card in one sentence.

    Attributes
    ----------
    found : tuple of str
        The distinct matches as they stand in the sentence, in its order.
    denied : tuple of str
        Matches that the sentence says it is not about.
    """

    found: tuple[str, ...] = ()
    denied: tuple[str, ...] = ()


class CueMatcher:
    """The cues and not-cues of one card.

    A cue matches whole words and ignores case; ``*`` is any ending. A space in a cue also matches a hyphen, and a
    hyphen also matches a space or nothing. A match that overlaps a not-cue does not count.
    """

    def __init__(self, card: Card) -> None:
        self._cues = _pattern(card.cues)
        self._not_cues = _pattern(card.not_cues)

    def match(self, sentence: str) -> Matches:
        """Return what `sentence` says of the card."""
        if self._cues is None:
            return Matches()
        hits = list(self._cues.finditer(sentence))
        if not hits:
            return Matches()
        masks = [hit.span() for hit in self._not_cues.finditer(sentence)] if self._not_cues else []
        scopes = _denied(sentence)
        found: dict[str, str] = {}
        denied: dict[str, str] = {}
        for hit in hits:
            if any(start < hit.end() and hit.start() < end for start, end in masks):
                continue
            aside = any(start <= hit.start() < end for start, end in scopes)
            (denied if aside else found).setdefault(hit.group().lower(), hit.group())
        return Matches(tuple(found.values()), tuple(denied.values()))


def _pattern(cues: Sequence[str]) -> re.Pattern[str] | None:
    """Return one pattern for all `cues`, the longest first; ``None`` where there is no cue."""
    words = sorted({cue for cue in cues if cue.strip(" *-")}, key=lambda cue: (-len(cue), cue))
    if not words:
        return None
    return re.compile(rf"(?<!\w)(?:{'|'.join(_cue(word) for word in words)})(?!\w)", re.IGNORECASE)


def _cue(cue: str) -> str:
    spelt = {"*": r"\w*", " ": r"[\s\-‐-–]+", "-": r"[\s\-‐-–]?", "'": "['’]", "’": "['’]"}
    return "".join(spelt.get(letter, re.escape(letter)) for letter in " ".join(cue.split()))


def _denied(sentence: str) -> list[tuple[int, int]]:
    """Return the spans that `sentence` sets aside: up to the end of the clause, and `_SCOPE` characters at most."""
    spans = []
    for found in _BEFORE.finditer(sentence):
        tail = sentence[found.end() : found.end() + _SCOPE]
        stop = _CLAUSE_END.search(tail)
        spans.append((found.end(), found.end() + (stop.start() if stop else len(tail))))
    for found in _AFTER.finditer(sentence):
        first = max(0, found.start() - _SCOPE)
        stops = list(_CLAUSE_END.finditer(sentence, first, found.start()))
        spans.append((stops[-1].end() if stops else first, found.start()))
    return spans
