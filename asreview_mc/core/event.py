"""Everything that can happen in a review, as values; the log is a list of these and nothing else is the truth.

An answer is never changed: a correction is a new event. Order is the log's ``seq``, never the clock.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from asreview_mc.core.errors import LogError
from asreview_mc.core.protocol import Stage

GENESIS = "0" * 64
"""What stands for the hash before the first event."""
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Event:
    """What all events share; `kind` names each in the log."""

    kind: ClassVar[str]

    @property
    def about(self) -> str:
        """Id of the record concerned, or ``""``."""
        return getattr(self, "record_id", "")

    @property
    def actors(self) -> tuple[str, ...]:
        """Names of those who did it; empty where the program did."""
        named = getattr(self, "reviewer", "") or getattr(self, "by", "")
        return tuple(named) if isinstance(named, (tuple, list)) else (named,) * bool(named)


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
class Shown:
    """What a reviewer saw when they decided.

    `rank` (1-based) and `score` come from `ranker`, trained on the events up to `seq`, over vectors with `fingerprint`;
    `how` says how the record was chosen: ranked, named, given.
    """

    how: str
    rank: int | None = None
    score: float | None = None
    ranker: str = ""
    fingerprint: str = ""
    seq: int | None = None


@dataclass(frozen=True, slots=True)
class Decided(Event):
    """`reviewer` decided include, exclude or maybe on a record at a stage."""

    kind: ClassVar[str] = "decided"
    record_id: str
    stage: Stage
    reviewer: str
    decision: str
    reason: str = ""
    note: str = ""
    shown: Shown | None = None


@dataclass(frozen=True, slots=True)
class Undone(Event):
    """`reviewer` took back their standing decision, the event `undoes`."""

    kind: ClassVar[str] = "undone"
    record_id: str
    stage: Stage
    reviewer: str
    undoes: int


@dataclass(frozen=True, slots=True)
class Settled(Event):
    """A conflict was settled as `decision` by those named in `by`, who may not be the reviewers."""

    kind: ClassVar[str] = "settled"
    record_id: str
    stage: Stage
    decision: str
    by: tuple[str, ...]
    reason: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Retrieval(Event):
    """The full text of a report was ``sought``, ``retrieved`` or ``not-retrieved``."""

    kind: ClassVar[str] = "retrieval"
    record_id: str
    status: str
    by: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class TopicsConfirmed(Event):
    """`reviewer` confirmed that exactly `codes` are the sub-topics of a record.

    `suggested` holds the probability that the model `model` had given each code when it was shown, if it was.
    """

    kind: ClassVar[str] = "topics_confirmed"
    record_id: str
    reviewer: str
    codes: tuple[str, ...]
    suggested: Mapping[str, float] = field(default_factory=dict)
    model: str = ""


@dataclass(frozen=True, slots=True)
class AgreementMeasured(Event):
    """Agreement over the first `records` doubly screened records of a stage, logged per full batch."""

    kind: ClassVar[str] = "agreement_measured"
    stage: Stage
    batch: int
    records: int
    statistics: Mapping[str, Any]


EVENTS: Mapping[str, type[Event]] = {
    event.kind: event
    for event in (
        ProtocolSet,
        ReferencesRead,
        Merged,
        Split,
        JudgedDifferent,
        Amended,
        FlagJudged,
        Decided,
        Undone,
        Settled,
        Retrieval,
        TopicsConfirmed,
        AgreementMeasured,
    )
}


@dataclass(frozen=True, slots=True)
class Logged:
    """An event in its place: `seq` from 1 without gaps, `at` (UTC, ISO 8601), and the hash of the chain up to it."""

    seq: int
    at: str
    event: Event
    hash: str


def encode(event: Event) -> str:
    """Return the body of an event as canonical JSON: sorted names, no spaces, values that are the default left out."""
    plain = dataclasses.asdict(event)
    for item in dataclasses.fields(event):
        empty = item.default_factory() if item.default_factory is not dataclasses.MISSING else item.default
        if plain[item.name] == empty:
            del plain[item.name]
    return compact_json(plain)


def compact_json(plain: Mapping[str, Any], *, sort: bool = True) -> str:
    """Return JSON that UTF-8 can hold, whatever bytes of a file's name got into it as lone surrogates."""
    line = json.dumps(plain, ensure_ascii=False, sort_keys=sort, separators=(",", ":"), allow_nan=False)
    return _LONE_SURROGATE.sub(lambda found: f"\\u{ord(found.group()):04x}", line)


def decode(kind: str, body: str) -> Event:
    """Return the event that `encode` wrote.

    Raises
    ------
    LogError
        If no such kind is known here, or the body is not one of that kind.
    """
    if kind not in EVENTS:
        raise LogError(f"the log holds an event of unknown kind {kind!r}", remedy="Use the newer version that wrote it")
    try:
        values = json.loads(body)
        for item in dataclasses.fields(EVENTS[kind]):
            if isinstance(values.get(item.name), list):
                values[item.name] = tuple(values[item.name])
        if values.get("shown"):
            values["shown"] = Shown(**values["shown"])
        return EVENTS[kind](**values)
    except (ValueError, TypeError, AttributeError) as error:
        raise LogError(
            f"an event of kind {kind!r} cannot be read ({error})", remedy="Restore the review from a backup"
        ) from None


def chain_hash(before: str, seq: int, at: str, kind: str, body: str, salt: str) -> str:
    """Return the hash of an event: sha256 (hexadecimal) over the hash before it and everything it says.

    `salt` is random and kept with the event. Without it, whoever sees the hash of a decision that is still hidden from
    them could try out which of three decisions gives it.
    """
    return hashlib.sha256(
        "\n".join((before, str(seq), at, kind, body, salt)).encode("utf-8", "surrogatepass")
    ).hexdigest()
