"""Tables of a review as plain rows: what was found where and when, what was excluded and why, what it is about.

Every count goes with the ids behind it, in `papers`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from asreview_mc.core.event import ReferencesRead
from asreview_mc.core.record import Record
from asreview_mc.report.flow_numbers import Prisma
from asreview_mc.review.eligibility import eligibility
from asreview_mc.review.state import State
from asreview_mc.review.topics import tally

Row = dict[str, Any]


def subtopics(state: State) -> list[Row]:
    """Return a row per sub-topic of the protocol: `n` included records confirmed to be on it, `share` of the `base`.

    `base` is the number of included records, confirmed or not; `share` is None where it is 0. A record may be on
    several sub-topics, so shares do not sum to one.
    """
    base = len(eligibility(state).included)
    cards = {card.code: card for card in state.protocol.cards}
    return [
        {
            "code": code,
            "label": cards[code].label if code in cards else code,
            "group": cards[code].group if code in cards else "",
            "n": len(ids),
            "base": base,
            "share": len(ids) / base if base else None,
            "papers": list(ids),
        }
        for code, ids in tally(state).items()
    ]


def sources(state: State) -> list[Row]:
    """Return a row per source, in the order of reading: what it held, and how many of the included records it holds.

    A record found in two sources counts in both, so `included` does not sum to the number of included records.
    """
    rows: dict[tuple[str, str], Row] = {}
    for logged in state.readings:
        reading = logged.event
        if not isinstance(reading, ReferencesRead):
            raise TypeError(f"expected ReferencesRead, got {type(reading).__name__}")
        row = rows.setdefault(
            (reading.source, reading.via),
            {
                "source": reading.source,
                "via": reading.via,
                "searched": reading.searched,
                "by": reading.by,
                "query": reading.query,
                "query_read": reading.query_read,
                "fields": reading.fields,
            }
            | dict.fromkeys(("found", "read", "rejected", "included"), 0)
            | {"papers": []},
        )
        row["found"] += reading.found
        row["read"] += reading.read
        row["rejected"] += len(reading.rejected)
    for record_id in eligibility(state).included:
        for place in dict.fromkeys((reading.source, reading.via) for reading in state.readings_of(record_id)):
            rows[place]["included"] += 1
            rows[place]["papers"].append(record_id)
    return list(rows.values())


def years(state: State, records: Mapping[str, Record]) -> list[Row]:
    """Return the included records by year of publication, years without any between the first and the last as well.

    Those without a year stand in a last row whose `year` is None.
    """
    papers: dict[int | None, list[str]] = {}
    for record_id in eligibility(state).included:
        papers.setdefault(records[record_id].year, []).append(record_id)
    known = [year for year in papers if year is not None]
    span: list[int | None] = list(range(min(known), max(known) + 1)) if known else []
    if None in papers:
        span.append(None)
    return [{"year": year, "n": len(papers.get(year, ())), "papers": papers.get(year, [])} for year in span]


def exclusions(prisma: Prisma) -> list[Row]:
    """Return the reports excluded on full text by reason, over both columns of the flow."""
    counts: Counter[str] = Counter()
    papers: dict[str, list[str]] = {}
    for key in ("dbr_excluded", "other_excluded"):
        for reason, n in getattr(prisma, key).items():
            counts[reason] += n
            papers.setdefault(reason, []).extend(prisma.papers.get(f"{key}: {reason}", ()))
    return [{"reason": reason, "n": n, "papers": papers[reason]} for reason, n in counts.items()]
