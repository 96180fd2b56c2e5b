"""Everything that can happen in a review, as values; the log is a list of these and nothing else is the truth.

An answer is never changed: a correction is a new event. Order is the log's ``seq``, never the clock.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from asreview_mc.core.errors import LogError
from asreview_mc.core.event.base import Event
from asreview_mc.core.event.gathering import (
    Amended,
    FlagJudged,
    JudgedDifferent,
    Linked,
    Merged,
    ProtocolSet,
    ReferencesRead,
    RoundBegun,
    Split,
)
from asreview_mc.core.event.screening import (
    COVERAGE,
    AgreementMeasured,
    Decided,
    Discussed,
    Frozen,
    Retrieval,
    SampleDrawn,
    Settled,
    Shown,
    StageClosed,
    StageReopened,
    StopLooked,
    Undone,
)
from asreview_mc.core.event.synthesis import (
    Extracted,
    ExtractionSettled,
    NarrativeWritten,
    PanelRated,
    TopicsConfirmed,
    TopicsSettled,
)
from asreview_mc.core.event.team import (
    Assigned,
    Calibrated,
    CheckedOut,
    CopyBegun,
    CopyMerged,
    Tagged,
    Unblinded,
    Withheld,
)

__all__ = [
    "COVERAGE",
    "EVENTS",
    "GENESIS",
    "AgreementMeasured",
    "Amended",
    "Assigned",
    "Calibrated",
    "CheckedOut",
    "CopyBegun",
    "CopyMerged",
    "Decided",
    "Discussed",
    "Event",
    "Extracted",
    "ExtractionSettled",
    "FlagJudged",
    "Frozen",
    "JudgedDifferent",
    "Linked",
    "Logged",
    "Merged",
    "NarrativeWritten",
    "PanelRated",
    "ProtocolSet",
    "ReferencesRead",
    "Retrieval",
    "RoundBegun",
    "SampleDrawn",
    "Settled",
    "Shown",
    "Split",
    "StageClosed",
    "StageReopened",
    "StopLooked",
    "Tagged",
    "TopicsConfirmed",
    "TopicsSettled",
    "Unblinded",
    "Undone",
    "Withheld",
    "chain_hash",
    "compact_json",
    "decode",
    "encode",
]

GENESIS = "0" * 64
"""What stands for the hash before the first event."""
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
_read_json = json.JSONDecoder().raw_decode  # `json.loads` without what it does around it, which takes as long again

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
        Linked,
        RoundBegun,
        Decided,
        Undone,
        Settled,
        Retrieval,
        AgreementMeasured,
        Discussed,
        StageClosed,
        StageReopened,
        Frozen,
        SampleDrawn,
        StopLooked,
        Assigned,
        Tagged,
        Unblinded,
        Calibrated,
        CheckedOut,
        CopyMerged,
        CopyBegun,
        Withheld,
        TopicsConfirmed,
        TopicsSettled,
        Extracted,
        ExtractionSettled,
        PanelRated,
        NarrativeWritten,
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
    return compact_json(_said(event))


def _said(thing: Event | Shown) -> dict[str, Any]:
    said = {}
    for item in dataclasses.fields(thing):
        value = getattr(thing, item.name)
        empty = item.default_factory() if item.default_factory is not dataclasses.MISSING else item.default
        if value != empty:
            said[item.name] = _said(value) if isinstance(value, Shown) else value
    return said


def compact_json(plain: Mapping[str, Any], *, sort: bool = True) -> str:
    """Return JSON that UTF-8 can hold, whatever bytes of a file's name got into it as lone surrogates."""
    line = json.dumps(plain, ensure_ascii=False, sort_keys=sort, separators=(",", ":"), allow_nan=False)
    try:
        line.encode()
    except UnicodeEncodeError:
        return _LONE_SURROGATE.sub(lambda found: f"\\u{ord(found.group()):04x}", line)
    return line


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
        values, end = _read_json(body)
        if end != len(body):
            raise ValueError(f"it goes on after character {end}")
        for name, value in values.items():
            if isinstance(value, list):
                values[name] = tuple(value)
        if values.get("shown"):
            shown = values["shown"]
            values["shown"] = Shown(**{**shown, "passed": tuple(shown.get("passed", ()))})
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
