"""How events and records lie in the database's rows."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable

from asreview_mc.core.errors import LogError
from asreview_mc.core.event import Event
from asreview_mc.core.record import Record


def index_columns(event: Event) -> tuple[str, str, str]:
    """Return what stands beside an event's body so that it can be found: record, stage, actors."""
    return event.about, getattr(event, "stage", ""), "; ".join(event.actors)


def record_id(number: int) -> str:
    """Return the id of the record read as the `number`-th."""
    return f"r{number:06d}"


def digest_of(digests: Iterable[str]) -> str:
    """Return the sha256 over the digests of records, in order."""
    return hashlib.sha256("\n".join(digests).encode()).hexdigest()


def record_from(body: str) -> Record:
    """Return the record in a row's body.

    Raises
    ------
    LogError
        If it is damaged.
    """
    try:
        return Record.from_dict(json.loads(body))
    except (ValueError, TypeError) as error:
        raise LogError(f"a record cannot be read ({error})", remedy="Restore the review from a backup") from None
