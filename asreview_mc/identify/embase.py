"""The cell in which Embase's CSV says where a work was published, taken apart."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from asreview_mc.core.record import Record

_SOURCE = re.compile(
    r"(?P<journal>.+?) \((?P<year>[12][0-9]{3})\)"
    r"(?: (?P<volume>[^\s:(]+))?(?: ?:(?P<issue>[^\s(]+))?"
    r"(?: \((?P<pages>[^)]*[0-9][^)]*)\))?\."
    r"(?: Article Number: (?P<number>\S+?)\.)?"
    r"(?:.*?Date of Publication: (?P<date>[^.]+))?"
)
_BARE_YEAR = re.compile(r"[12][0-9]{3}\Z")


def completed_by_source(record: Record, source: str) -> Record:
    """Return `record` with what it lacks taken from ``Journal (2014) 3:3 (152-160). Date of Publication: 2014``.

    The cell itself stays in `extra`, since it may say more.
    """
    found = _SOURCE.match(" ".join(source.split()))
    if not found:
        return record
    said: dict[str, Any] = {name: found[name] for name in ("journal", "volume", "issue") if found[name]}
    said["year"] = int(found["year"])
    said["pages"] = found["pages"] or found["number"] or ""
    date = (found["date"] or "").strip()
    said["date"] = "" if _BARE_YEAR.match(date) else date
    return replace(record, **{name: value for name, value in said.items() if value and not getattr(record, name)})
