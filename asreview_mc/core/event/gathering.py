"""Events of the protocol and of gathering: what was searched, read, merged, corrected and linked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from asreview_mc.core.event.base import Event


@dataclass(frozen=True, slots=True)
class ProtocolSet(Event):
    """The protocol `text` (TOML) holds from here on."""

    kind: ClassVar[str] = "protocol_set"
    text: str
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class ReferencesRead(Event):
    """One file of references was read: ``found == read + len(rejected)``.

    Its records are `first` and the ``read - 1`` ids after it; `digest` is the sha256 over their digests in order.
    `rejected` holds ``position``, ``reason`` and ``excerpt`` of each; `stray` ``position`` and ``excerpt``. `via` is
    the route of PRISMA 2020: database, register, website, organisation or citation.
    """

    kind: ClassVar[str] = "references_read"
    file: str
    source: str
    via: str
    format: str
    encoding: str
    sha256: str
    found: int
    read: int
    rejected: tuple[Mapping[str, str], ...] = ()
    stray: tuple[Mapping[str, str], ...] = ()
    first: str = ""
    digest: str = ""
    searched: str = ""
    query: str = ""
    query_read: str = ""
    fields: str = ""
    by: str = ""


@dataclass(frozen=True, slots=True)
class Merged(Event):
    """Record `record_id` is a duplicate of `into`, which stands for both; `why` says by which rule."""

    kind: ClassVar[str] = "merged"
    record_id: str
    into: str
    why: str
    by: str = ""


@dataclass(frozen=True, slots=True)
class Split(Event):
    """The merge of `record_id`, the event `undoes`, was taken back: it stands for itself again."""

    kind: ClassVar[str] = "split"
    record_id: str
    undoes: int
    by: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class JudgedDifferent(Event):
    """`by` looked at a doubtful pair and found `record_id` and `other` to be different works."""

    kind: ClassVar[str] = "judged_different"
    record_id: str
    other: str
    by: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Amended(Event):
    """`by` corrected fields of a record; `values` holds them by name, as `Record.to_dict` would."""

    kind: ClassVar[str] = "amended"
    record_id: str
    values: Mapping[str, Any]
    by: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class FlagJudged(Event):
    """`by` looked at a record that the program flagged against a criterion: it `fails` it, or it does not after all."""

    kind: ClassVar[str] = "flag_judged"
    record_id: str
    criterion: str
    why: str
    fails: bool
    by: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Linked(Event):
    """`by` found that `reports` report the same study as `record_id`; taken back where `apart` says so."""

    kind: ClassVar[str] = "linked"
    record_id: str
    reports: tuple[str, ...]
    by: str
    note: str = ""
    apart: bool = False


@dataclass(frozen=True, slots=True)
class RoundBegun(Event):
    """The review is updated: what is read from here on belongs to the new round `name`.

    `studies` and `reports` count what an earlier version of the review had included, where this log does not hold it.
    """

    kind: ClassVar[str] = "round_begun"
    name: str
    by: str
    note: str = ""
    studies: int = 0
    reports: int = 0
