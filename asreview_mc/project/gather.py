"""Identification: read reference files into the review."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from asreview_mc.core.errors import ReadError, UnknownError
from asreview_mc.core.event import ReferencesRead
from asreview_mc.core.protocol import Source
from asreview_mc.core.title import normalise
from asreview_mc.identify import query as queries
from asreview_mc.identify import references
from asreview_mc.project.review import Review
from asreview_mc.store.rows import record_id

_MOST_NAMES, _LONGEST_NAME = 8, 40
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
        Name of the database or other place that the files come from. One that differs from a known name in case,
        blanks, punctuation or ``&`` for "and" is that one: PRISMA counts by source.
    via : str
        Route of PRISMA 2020, one of `ROUTES`.
    searched, query, fields, by : str
        When (a day, ``2026-01-31``), how, in which fields and by whom the source was searched; all but `by` default to
        the protocol's for `source`.

    Raises
    ------
    ReadError
        If a file cannot be read at all, or was read before.
    UnknownError
        If `via` is no route, the source has no name, `searched` is no day, or nobody is called `by`.
    """
    check_source(review, source, via, by)
    _check_day(searched)
    readings = list(_readings(paths))
    source = as_known(review, source)
    planned = next((known for known in review.protocol.sources if known.name == source), Source(source))
    added = []
    with review.transaction():
        for path, reading in zip(paths, readings, strict=True):
            _refuse_second(review, path, reading.sha256)
            asked = query or planned.query
            parsed = queries.read(asked)
            event = ReferencesRead(
                file=path.name,
                source=source,
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
            _, named = review.log.append_reading(event, reading.records)
            added.append(replace(event, first=named[0].record_id if named else ""))
    return added


def remarks(review: Review, added: Sequence[ReferencesRead]) -> list[str]:
    """Return what whoever added files should look at: records without a title, a source that no protocol names.

    A heading that is not understood leaves a field empty and its texts under the name that the source gave them.
    """
    found = []
    records = review.single_records
    for event in added:
        first = int(event.first[1:]) if event.first else 0
        bare = [one for k in range(first, first + event.read) if not (one := records[record_id(k)]).title]
        if bare:
            names = list(dict.fromkeys(name for one in bare for name in one.extra))[:_MOST_NAMES]
            others = f"; not understood: {', '.join(name[:_LONGEST_NAME] for name in names)}" if names else ""
            found.append(f"{event.file}: {len(bare):,} of {event.read:,} records have no title{others}")
    planned = [known.name for known in review.protocol.sources]
    for name in dict.fromkeys(event.source for event in added if event.via in ("database", "register")):
        if planned and name not in planned:
            found.append(f"{name} is none of the protocol's sources ({', '.join(planned)}) and is counted by itself")
    return found


def _readings(paths: Sequence[Path]) -> Iterator[references.Reading]:
    for path in paths:
        try:
            yield references.read(path)
        except ReadError as error:
            if len(paths) == 1:
                raise
            remedy = f"{error.remedy}; none of the {len(paths)} files was added"
            raise ReadError(error.what, where=error.where, remedy=remedy) from error


def as_known(review: Review, source: str) -> str:
    """Return the name under which a source is known to the protocol or from earlier files, else as it is."""
    earlier = [one.event.source for one in review.state.readings if isinstance(one.event, ReferencesRead)]
    known = [*(one.name for one in review.protocol.sources), *earlier]
    name = " ".join(source.split())
    return name if name in known else next((one for one in known if _spelt(one) == _spelt(name) != ""), name)


def _spelt(name: str) -> str:
    return normalise(name.replace("&", " and "))


def _check_day(searched: str) -> None:
    if not searched:
        return
    try:
        day = date.fromisoformat(searched)
    except ValueError:
        day = None
    if day is None or day.isoformat() != searched or day > datetime.now().astimezone().date():
        raise UnknownError(
            f"{searched!r} is no day on which a search can have been run",
            where="--searched",
            remedy="Write it as year-month-day, 2026-01-31",
        )


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
