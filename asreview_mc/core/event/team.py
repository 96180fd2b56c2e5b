"""Events of the team: who reads what, who sees what, and copies that travel."""

from __future__ import annotations

from dataclasses import dataclass
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
    """`record_ids`, drawn at random with `seed`, are to be screened by all before the ranked queue of a stage."""

    kind: ClassVar[str] = "calibrated"
    stage: Stage
    record_ids: tuple[str, ...]
    seed: int
    by: str


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
