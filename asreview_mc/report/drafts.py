"""Drafts that the program can write for the narrative: gaps it counted, limitations that follow from the protocol."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from asreview_mc.core.protocol import Protocol
from asreview_mc.core.record import Record
from asreview_mc.report.distributions import SMALL, gaps
from asreview_mc.report.table import percent
from asreview_mc.review.state import State


def gap_rows(state: State, records: Mapping[str, Record]) -> list[dict[str, Any]]:
    """Return each small category: `kind` (of what it is a category), `label`, `n`, `base`, `share`, `papers`."""
    return [
        {
            "kind": kind,
            "label": one.label,
            "n": len(one.papers),
            "base": base,
            "share": percent(len(one.papers), base),
            "papers": list(one.papers),
        }
        for kind, one, base in gaps(state, records)
    ]


def gaps_draft(state: State, records: Mapping[str, Record]) -> str:
    """Return the small categories as sentences with their citations, empty where there is none."""
    lines = []
    for row in gap_rows(state, records):
        cites = f" [{', '.join(row['papers'])}]" if row["papers"] else ""
        lines.append(f"{row['kind']}: {row['label']}, {row['n']} of {row['base']} ({row['share']}){cites}.")
    return "\n".join([f"Below {SMALL} % of their base:", *lines]) if lines else ""


def protocol_limitations(protocol: Protocol) -> Iterator[str]:
    """Say in sentences what the protocol's own choices leave out: dates, databases, language, type, keywords."""
    for criterion in protocol.inclusion:
        if criterion.date_to:
            yield f"The criteria left out papers published after {criterion.date_to}."
        if criterion.date_from:
            yield f"The criteria left out papers published before {criterion.date_from}."
        if criterion.languages:
            yield f"The criteria left out papers that are not in {' or '.join(_spoken(criterion.languages))}."
        if criterion.publication_types:
            yield f"The criteria asked for these kinds of publication: {', '.join(criterion.publication_types)}."
        if criterion.keywords:
            yield f"The criteria left out papers without {', '.join(criterion.keywords)} in title or abstract."
    if protocol.sources:
        names = ", ".join(source.name for source in protocol.sources)
        were = "were" if len(protocol.sources) > 1 else "was"
        yield f"Only {names} {were} searched; papers held elsewhere are missing."
    for fields in dict.fromkeys(source.fields for source in protocol.sources if source.fields):
        yield f"The search looked for its terms in {fields}; papers that use other words there were never found."


def _spoken(languages: tuple[str, ...]) -> list[str]:
    """Return the languages without the codes that stand for the same."""
    return [language for language in languages if len(language) > 3] or list(languages)
