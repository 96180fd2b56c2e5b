"""A log in which nobody on the team has a name: the same events, with ``Reviewer A`` and so on in place of people."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from asreview_mc.core.event import Logged, ProtocolSet
from asreview_mc.core.protocol_file import parse
from asreview_mc.review.state import State

_FREE = ("note", "reason", "text", "why")
"""Fields that hold free text, in which a name may stand among other words."""
_QUOTED = re.compile(r'"""[\s\S]*?"""|' r"'''[\s\S]*?'''|" r'"(?:[^"\\\n]|\\.)*"|' r"'[^'\n]*'|" r"#[^\n]*")
"""Strings and comments of TOML."""


def pseudonyms(state: State, events: Iterable[Logged] = ()) -> Mapping[str, str]:
    """Return a pseudonym for everybody who was ever on the team, by role and in the order of the protocols.

    Those who signed off a protocol without being on the team, and whoever did one of the `events`, have one, too.
    """
    people: dict[str, str] = {}
    signed: dict[str, str] = {}
    for logged in state.protocols:
        event = logged.event
        if isinstance(event, ProtocolSet):
            protocol = parse(event.text, where="accepted protocol", strict=False)
            people |= {person.name: person.role for person in protocol.reviewers if person.name not in people}
            signed |= dict.fromkeys(protocol.signed_off_by, "signatory")
    others = {name: "person" for logged in events for name in logged.event.actors}
    people = others | signed | people  # the last says what they are
    people = {name: role for name, role in people.items() if name}
    given: dict[str, str] = {}
    for name, role in people.items():
        among = sum(other == role for known, other in people.items() if known in given)
        given[name] = f"{role.capitalize()} {_letters(among)}"
    return given


def under_pseudonyms(events: Iterable[Logged], names: Mapping[str, str]) -> Iterator[Logged]:
    """Yield the events with every name replaced: whole fields anywhere, whole words in free text."""
    listed = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))
    words = re.compile(rf"(?<!\w)(?:{listed})(?!\w)") if listed else None
    for logged in events:
        event = logged.event
        changed = {}
        for item in dataclasses.fields(event):
            value = getattr(event, item.name)
            if words and isinstance(event, ProtocolSet) and item.name == "text":
                changed[item.name] = _in_toml(value, names, words)
            elif words and item.name in _FREE and isinstance(value, str):
                changed[item.name] = words.sub(lambda found: names[found.group()], value)
            else:
                changed[item.name] = _replaced(value, names)
        yield dataclasses.replace(logged, event=dataclasses.replace(event, **changed))


def _replaced(value: Any, names: Mapping[str, str]) -> Any:  # noqa: ANN401
    if isinstance(value, str):
        return names.get(value, value)
    if isinstance(value, (list, tuple)):
        return type(value)(_replaced(one, names) for one in value)
    if isinstance(value, Mapping):
        return {names.get(key, key): _replaced(one, names) for key, one in value.items()}
    return value


def _in_toml(text: str, names: Mapping[str, str], words: re.Pattern[str]) -> str:
    """Replace names in the strings of the protocol, where they are the whole or a word of it, and in comments."""
    return _QUOTED.sub(lambda found: _requoted(found.group(), names, words), text)


def _requoted(said: str, names: Mapping[str, str], words: re.Pattern[str]) -> str:
    whole = names.get(said[1:-1])
    return f'"{whole}"' if whole else words.sub(lambda found: names[found.group()], said)


def _letters(number: int) -> str:
    """Return A, B, … Z, AA, AB for 0, 1, … 25, 26, 27."""
    letters = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
