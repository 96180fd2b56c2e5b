"""The narrative of the synthesis: the text of each section as it stands, and what it cites."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from asreview_mc.core.event import Logged, NarrativeWritten
from asreview_mc.core.protocol import Protocol

TOPIC = "topic:"
SECTIONS = ("gaps", "later", "limitations", "future")
LATER = "later"
_CITED = re.compile(r"\[((?:r\d{6,})(?:\s*[,;]\s*r\d{6,})*)\]")
_ID = re.compile(r"r\d{6,}")


@dataclass(frozen=True, slots=True)
class Section:
    """One section as it was written last; `cites` are ids in the order of first mention."""

    section: str
    text: str
    by: str
    at: str
    seq: int
    cites: tuple[str, ...]


def sections_of(protocol: Protocol) -> tuple[str, ...]:
    """Return the names of all sections that a protocol's narrative has: a topic each, then the others."""
    return (*(TOPIC + card.code for card in protocol.cards), *SECTIONS)


def written(events: Iterable[Logged]) -> Mapping[str, Section]:
    """Return each section as it was written last; an empty text takes it away."""
    found: dict[str, Section] = {}
    for logged in events:
        event = logged.event
        if isinstance(event, NarrativeWritten):
            found.pop(event.section, None)
            if event.text.strip():
                cites = cited(event.text)
                found[event.section] = Section(event.section, event.text, event.by, logged.at, logged.seq, cites)
    return found


def cited(text: str) -> tuple[str, ...]:
    """Return the ids that a text cites in square brackets, each once.

    Examples
    --------
    >>> cited("Both agree [r000012, r000007]; one does not [r000012].")
    ('r000012', 'r000007')
    """
    return tuple(dict.fromkeys(one for group in _CITED.findall(text) for one in _ID.findall(group)))


def parts(text: str) -> list[tuple[str, tuple[str, ...]]]:
    """Return a text taken apart into stretches, each with the ids of the citation that follows it."""
    found, start = [], 0
    for match in _CITED.finditer(text):
        found.append((text[start : match.start()], tuple(_ID.findall(match[1]))))
        start = match.end()
    return [*found, (text[start:], ())] if start < len(text) or not found else found
