"""Cards: what one sub-topic, or one choice of a field of the form, means and what speaks for it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

FEWEST, MOST = 2, 50
"""How many sub-topics a model takes."""


@dataclass(frozen=True, slots=True)
class Card:
    """What one sub-topic means: the evidence that a suggestion is built on.

    Attributes
    ----------
    code, label, group, definition : str
        `code` is used in files; `group` is the topic that the sub-topic belongs to.
    cues, not_cues : tuple of str
        Words and phrases that speak for the sub-topic, and those that only look like it. A trailing ``*`` matches any
        ending; matching ignores case.
    examples : tuple of str
        Sentences as an abstract on the sub-topic would have them.
    """

    code: str
    label: str
    group: str
    definition: str
    cues: tuple[str, ...] = ()
    not_cues: tuple[str, ...] = ()
    examples: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ChoiceCard:
    """What speaks for one `choice` of the extraction field `field`; `cues` and the others are those of a `Card`.

    A field with cards has its choices suggested; what a choice means stands in the field's `definitions`.
    """

    field: str
    choice: str
    cues: tuple[str, ...] = ()
    not_cues: tuple[str, ...] = ()
    examples: tuple[str, ...] = ()


def card_contradictions(cards: Sequence[Card]) -> Iterable[str]:
    """Say what the cards of sub-topics cannot mean."""
    if cards and not FEWEST <= len(cards) <= MOST:
        yield f"[[subtopics]] has {len(cards)} cards, and sub-topics need {FEWEST} to {MOST}"
    for card in cards:
        if not card.definition:
            yield f"[[subtopics]] {card.code!r} has an empty definition"
    yield from _odd_cues("[[subtopics]]", [(card.code, card.cues) for card in cards])


def choice_contradictions(cards: Sequence[ChoiceCard], known: Mapping[str, Sequence[str]]) -> Iterable[str]:
    """Say what the cards of choices cannot mean; `known` has the choices of each field by its code."""
    for card in cards:
        if not known.get(card.field):
            yield f"[[choices]] names {card.field!r}, which is no field with choices"
        elif card.choice not in known[card.field]:
            yield f"[[choices]] names {card.choice!r}, which is no choice of {card.field!r}"
        if not card.cues and not card.examples:
            yield f"[[choices]] {card.field!r}, {card.choice!r} has neither cues nor examples"
    pairs = [(card.field, card.choice) for card in cards]
    yield from (f"[[choices]] {f!r}, {c!r} stands twice" for f, c in sorted({p for p in pairs if pairs.count(p) > 1}))
    for field in known:
        yield from _odd_cues(f"[[choices]] {field!r}:", [(one.choice, one.cues) for one in cards if one.field == field])


def _odd_cues(place: str, cues: Sequence[tuple[str, Sequence[str]]]) -> Iterable[str]:
    """Say which cues match nothing, and which match what is another card's: a hyphen, a space or an ending apart."""
    owners: list[tuple[str, str, str]] = []
    for name, own in cues:
        for cue in own:
            letters = re.sub(r"[\s-]+", " ", cue).strip().casefold()
            if not letters.strip("* "):
                yield f"{place} {name!r} has a cue without letters: {cue!r}"
                continue
            for other, others, theirs in owners:
                if other != name and _overlap(letters, theirs):
                    as_there = "" if cue == others else f" ({others!r} there)"
                    yield f"{place} {other!r} and {name!r} share the cue {cue!r}{as_there}"
            owners.append((name, cue, letters))


def _overlap(one: str, other: str) -> bool:
    """Whether two cues are the same, or all that one of them matches is among what the other does by its ``*``."""
    if one.replace(" ", "") == other.replace(" ", ""):
        return True
    return any(
        wide.endswith("*") and narrow.startswith(wide[:-1]) and " " not in narrow[len(wide) - 1 :]
        for wide, narrow in ((one, other), (other, one))
    )
