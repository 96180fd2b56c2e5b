"""Events of the team: who reads what, who sees what, and copies that travel."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from asreview_mc.core.event.base import Event
from asreview_mc.core.protocol import Stage


@dataclass(frozen=True, slots=True)
class Assigned(Event):
    """`record_ids` are from here on part of the share of `reviewer` at a stage, or no longer where `withdrawn`."""

    kind: ClassVar[str] = "assigned"
    stage: Stage
    reviewer: str
    record_ids: tuple[str, ...]
    by: str
    note: str = ""
    withdrawn: bool = False


@dataclass(frozen=True, slots=True)
class Tagged(Event):
    """`reviewer` put their own `tag` on a record, or took it off where `removed`."""

    kind: ClassVar[str] = "tagged"
    record_id: str
    reviewer: str
    tag: str
    removed: bool = False


@dataclass(frozen=True, slots=True)
class Unblinded(Event):
    """From here on those in `sees` (`by` alone where empty) see every decision; `ended` blinds them again."""

    kind: ClassVar[str] = "unblinded"
    by: str
    reason: str
    sees: tuple[str, ...] = ()
    ended: bool = False


@dataclass(frozen=True, slots=True)
class Calibrated(Event):
    """`record_ids`, drawn at random with `seed`, are to be screened by all before the ranked queue of a stage.

    They were drawn from the `population` records that nobody had decided on.
    """

    kind: ClassVar[str] = "calibrated"
    stage: Stage
    record_ids: tuple[str, ...]
    seed: int
    by: str
    population: int = 0


@dataclass(frozen=True, slots=True)
class CheckedOut(Event):
    """A copy of the review for `reviewer` left, named `copy`, that holds nobody else's decisions.

    `left_from` is the hash of the last event before this one.
    """

    kind: ClassVar[str] = "checked_out"
    reviewer: str
    copy: str
    left_from: str
    by: str = ""


@dataclass(frozen=True, slots=True)
class CopyMerged(Event):
    """The events of `copy` up to its number `upto`, whose hash there is `copy_head`, were appended before this one.

    `added` counts those that this merge brought.
    """

    kind: ClassVar[str] = "copy_merged"
    copy: str
    reviewer: str
    upto: int
    copy_head: str
    added: int
    by: str = ""


@dataclass(frozen=True, slots=True)
class CopyBegun(Event):
    """In the copy that left for `reviewer`, the event in the place of `CheckedOut`; what follows was done there.

    `stands` holds what stood for records when it left, as include or exclude, by stage and record. `elsewhere` are the
    records that waited for others then.
    """

    kind: ClassVar[str] = "copy_begun"
    reviewer: str
    copy: str
    left_from: str
    stands: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    elsewhere: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Withheld(Event):
    """In a copy that travels, the place of an event of the kind `was` that its reader must not see."""

    kind: ClassVar[str] = "withheld"
    was: str
