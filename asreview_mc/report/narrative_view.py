"""The narrative as a page shows it: sections in order, each citation resolved to a paper or marked where it is none."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from asreview_mc.core.event import Logged
from asreview_mc.core.record import Record
from asreview_mc.review.eligibility import eligibility
from asreview_mc.review.narrative import LATER, TOPIC, parts, sections_of, written
from asreview_mc.review.state import State

_TITLES = {
    "gaps": "Gaps",
    LATER: "Compared with later literature",
    "limitations": "Limitations",
    "future": "Future research",
}


def sections(state: State, records: Mapping[str, Record], events: Iterable[Logged]) -> list[dict[str, Any]]:
    """Return the sections that are written, those on sub-topics first.

    Each has `section`, `title`, `by`, `at`, `text`, `parts` (text, and its citations with `record_id`, `reference` and
    `included`) and `unresolved`: cited ids that are not among the included papers, or no record at all. Only the
    section on later literature may cite papers that are not included.
    """
    found = written(events)
    labels = {TOPIC + card.code: card.label for card in state.protocol.cards} | _TITLES
    included = set(eligibility(state).included)
    order = (*sections_of(state.protocol), *(name for name in found if name not in labels))
    return [
        {
            "section": name,
            "title": labels.get(name, name),
            "by": found[name].by,
            "at": found[name].at[:10],
            "text": found[name].text,
            "parts": [
                (text, [_citation(one, state, records, included) for one in cites])
                for text, cites in parts(found[name].text)
            ],
            "unresolved": [
                one
                for one in found[name].cites
                if one not in records or (name != LATER and state.kept(one) not in included)
            ],
        }
        for name in order
        if name in found
    ]


def _citation(record_id: str, state: State, records: Mapping[str, Record], included: set[str]) -> dict[str, Any]:
    kept = state.kept(record_id)
    known = records.get(kept)
    return {
        "record_id": kept,
        "reference": short_reference(known) if known else f"{record_id}, which is no record",
        "included": kept in included,
    }


def short_reference(record: Record) -> str:
    """Return a paper as authors name it: family names and year."""
    family = [author.split(",")[0].strip() for author in record.authors]
    people = " & ".join(family) if len(family) < 3 else f"{family[0]} et al."
    return f"{people or record.title[:60] or 'no author'} {record.year or 'n.d.'}"
