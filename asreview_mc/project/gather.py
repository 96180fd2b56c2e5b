"""Identification: read reference files into the review."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from asreview_mc.core.errors import ReadError, UnknownError
from asreview_mc.core.event import ReferencesRead
from asreview_mc.core.protocol import Source
from asreview_mc.identify import query as queries
from asreview_mc.identify import references
from asreview_mc.project.review import Review

ROUTES = ("database", "register", "website", "organisation", "citation")


def add(
    review: Review,
    paths: Sequence[Path],
    *,
    source: str,
    via: str = "database",
    searched: str = "",
    query: str = "",
    fields: str = "",
    by: str = "",
) -> list[ReferencesRead]:
    """Read files into the review, all or none, and return the events that say what was found in each.

    Parameters
    ----------
    source : str
        Name of the database or other place that the files come from.
    via : str
        Route of PRISMA 2020, one of `ROUTES`.
    searched, query, fields, by : str
        When, how, in which fields and by whom the source was searched; all but `by` default to the protocol's for
        `source`.

    Raises
    ------
    ReadError
        If a file cannot be read at all, or was read before.
    UnknownError
        If `via` is no route, the source has no name, or nobody is called `by`.
    """
    check_source(review, source, via, by)
    readings = [references.read(path) for path in paths]
    planned = next((known for known in review.protocol.sources if known.name == source.strip()), Source(source))
    added = []
    with review.transaction():
        for path, reading in zip(paths, readings, strict=True):
            _refuse_second(review, path, reading.sha256)
            asked = query or planned.query
            parsed = queries.read(asked)
            event = ReferencesRead(
                file=path.name,
                source=source.strip(),
                via=via,
                format=reading.format,
                encoding=reading.encoding,
                sha256=reading.sha256,
                found=reading.found,
                read=len(reading.records),
                rejected=tuple(asdict(reject) for reject in reading.rejected),
                stray=tuple(asdict(stray) for stray in reading.stray),
                searched=searched or planned.searched,
                query=asked,
                query_read=parsed.read_as if parsed and parsed.ambiguous else "",
                fields=fields or planned.fields,
                by=by,
            )
            review.log.append_reading(event, reading.records)
            added.append(event)
    return added


def read_query(text: str) -> dict[str, Any] | None:
    """Return how a Boolean query is read, None where it is none.

    `read_as` has the brackets that NOT before AND before OR implies, `left_to_right` those of a database without
    precedence; where they differ the query is `ambiguous`. `wildcards` are its terms with ``*``, ``?`` or ``$``.
    """
    reading = queries.read(text)
    return {**asdict(reading), "ambiguous": reading.ambiguous} if reading else None


def check_source(review: Review, source: str, via: str, by: str) -> None:
    """Check what a reading says of where it comes from.

    Raises
    ------
    UnknownError
        If `via` is no route, the source has no name, or nobody is called `by`.
    DecisionError
        If this is a copy that travels.
    """
    review.check_at_home()
    if via not in ROUTES:
        raise UnknownError(f"no route is called {via!r}", where="--via", remedy=f"Choose one of {', '.join(ROUTES)}")
    if not source.strip():
        raise UnknownError("the source has no name", where="--source", remedy="Name where it comes from")
    if by:
        review.protocol.reviewer(by)


def _refuse_second(review: Review, path: Path, sha256: str) -> None:
    for logged in review.state.readings:
        known = logged.event
        if isinstance(known, ReferencesRead) and known.sha256 == sha256:
            raise ReadError(
                f"this file was read already, from {known.source} (event {logged.seq})",
                where=str(path),
                remedy="Nothing was added; leave it out",
            )
