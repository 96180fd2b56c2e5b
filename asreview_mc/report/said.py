"""What sentences about a review are made of: the events they rest on, and the small words around numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from asreview_mc.core.event import Event, Logged
from asreview_mc.core.protocol import Protocol
from asreview_mc.report.flow_numbers import Prisma
from asreview_mc.review.state import State

Kind = TypeVar("Kind", bound=Event)


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence, and the numbers of the events that it rests on."""

    text: str
    events: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Account:
    """A review as its methods are told from: its state, the events that may be seen, agreement by stage, the flow.

    `rankers` holds the settings in words of each ranker that the events name.
    """

    state: State
    events: Sequence[Logged]
    agreement: Mapping[str, Any]
    prisma: Prisma
    rankers: Mapping[str, str]

    @property
    def protocol(self) -> Protocol:
        """The protocol that holds."""
        return self.state.protocol

    def of(self, kind: type[Kind], keep: Callable[[Kind], bool] = lambda _: True) -> list[tuple[Logged, Kind]]:
        """Return the events of one kind in order, those that `keep` keeps."""
        return [(one, one.event) for one in self.events if isinstance(one.event, kind) and keep(one.event)]


def many(n: int, noun: str, plural: str = "") -> str:
    """Return ``1 record`` or ``1,395 records``."""
    return f"{n:,} {noun if n == 1 else plural or noun + 's'}"


def were(n: int) -> str:
    """Return ``was`` or ``were``."""
    return "was" if n == 1 else "were"


def times(n: int) -> str:
    """Return ``once``, ``twice``, ``3 times``."""
    return {1: "once", 2: "twice"}.get(n, f"{n} times")


def joined(names: Sequence[str]) -> str:
    """Return ``a``, ``a and b``, ``a, b and c``."""
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
