"""The narrative of the synthesis: drafted by the program where it can, written by people, its citations checked."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from asreview_mc.core.errors import DecisionError, ReadError, UnknownError
from asreview_mc.core.event import Logged, NarrativeWritten
from asreview_mc.identify.encoding import decode
from asreview_mc.project.review import Review
from asreview_mc.report import drafts, narrative_view
from asreview_mc.report.account import limitations
from asreview_mc.report.counts import count
from asreview_mc.review.eligibility import eligibility
from asreview_mc.review.narrative import LATER, TOPIC, cited, sections_of
from asreview_mc.review.topics import tally

_LONGEST = 200_000


def names(review: Review) -> list[str]:
    """Return the names of all sections that the narrative can have."""
    return list(sections_of(review.protocol))


def sections(review: Review) -> list[dict[str, Any]]:
    """Return the sections that are written, each citation resolved; see `narrative_view.sections`."""
    events = review.log.events(kinds=[NarrativeWritten.kind])
    return narrative_view.sections(review.state, review.records, events)


def draft(review: Review, section: str) -> str:
    """Return what the program can say of a section.

    For a sub-topic a line per paper to write from; the small categories as gaps; limitations that follow from protocol
    and log. Nothing for the others, which are for the authors alone.

    Raises
    ------
    UnknownError
        If there is no such section.
    """
    _check_section(review, section)
    state, records = review.state, review.records
    if section.startswith(TOPIC):
        ids = tally(state).get(section.removeprefix(TOPIC), ())
        lines = [f"{narrative_view.short_reference(records[one])}, {records[one].title} [{one}]." for one in ids]
        return "\n".join(lines)
    if section == "gaps":
        return drafts.gaps_draft(state, records)
    if section == "limitations":
        found = [*drafts.protocol_limitations(state.protocol), *limitations(state, records, count(state))]
        return "\n".join(found)
    return ""


def write(review: Review, section: str, text: str, by: str) -> Logged:
    """Log the text of a section, which replaces the one before; an empty text takes it away.

    Raises
    ------
    UnknownError
        If there is no such section, nobody is called `by`, or a citation is no record.
    DecisionError
        If a citation is not an included paper; only later literature may be cited without being included.
    """
    with review.transaction():
        state = review.state
        state.protocol.reviewer(by)
        _check_section(review, section)
        if len(text) > _LONGEST:
            raise DecisionError(
                f"is longer than {_LONGEST:,} characters", where=section, remedy="Write less, or split it"
            )
        included = set(eligibility(state).included)
        for record_id in cited(text):
            review.record(record_id)
            if section != LATER and state.kept(record_id) not in included:
                raise DecisionError(
                    f"cites {record_id}, which is not included",
                    where=section,
                    remedy=f"Cite included papers only; other literature has its place in {LATER!r}",
                )
        (logged,) = review.append(NarrativeWritten(section, text, by))
    return logged


def text_of(path: Path) -> str:
    """Return the text of a file in whatever encoding it is.

    Raises
    ------
    ReadError
        If it cannot be opened.
    """
    try:
        return decode(path.read_bytes())[0]
    except OSError as error:
        raise ReadError(f"cannot be opened: {error.strerror}", where=str(path), remedy="Check the name") from None


def _check_section(review: Review, section: str) -> None:
    known = names(review)
    if section not in known:
        raise UnknownError(f"no section is called {section!r}", remedy=f"Choose one of {', '.join(known)}")
