"""Finding one's way: records by their words, one's own decisions, and how long the rest will take."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice, pairwise
from statistics import median

from asreview_mc.core.protocol import Stage
from asreview_mc.core.record import Record
from asreview_mc.project.review import Review
from asreview_mc.review.consensus import Standing
from asreview_mc.review.tags import tagged, tags_on

RECENT = 100
FASTEST_SECONDS, PAUSE_SECONDS = 0.5, 300.0
"""A shorter gap between two decisions is an import or a script, a longer one a pause; neither is reading."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast a reviewer is: seconds a record, the median of late; None while too few decisions tell."""

    seconds: float | None
    hours_left: float | None


def search(review: Review, words: str, *, limit: int = 100, tag: str = "", viewer: str = "") -> list[Record]:
    """Return the records that hold every one of `words` in title, abstract, authors, keywords, DOI or id.

    Parameters
    ----------
    words : str
        Separated by spaces; case makes no difference, and each may be part of a longer word.
    limit : int
        At most so many, in reading order.
    tag, viewer : str
        Those alone that `viewer` tagged so; then there may be no words.
    """
    wanted = words.casefold().split()
    if not wanted and not tag:
        return []
    among = tagged(review.state, viewer, tag=tag, reviewer=viewer) if tag else review.state.unique()
    records = review.records
    return list(islice((records[one] for one in among if _holds(records[one], wanted)), limit))


def tags_of(review: Review, record_id: str, reviewer: str) -> list[str]:
    """Return a reviewer's own tags on a record, in the order in which they put them there."""
    return tags_on(review.state, record_id, reviewer).get(reviewer, [])


def tags_in_use(review: Review, reviewer: str) -> list[str]:
    """Return the tags that a reviewer has put on any record, in alphabetical order."""
    found = tagged(review.state, reviewer, reviewer=reviewer).values()
    return sorted({tag for theirs in found for tag in theirs[reviewer]}, key=str.casefold)


def _holds(record: Record, wanted: Sequence[str]) -> bool:
    said = (record.text, *record.authors, *record.keywords, record.journal, record.doi, record.record_id)
    text = " ".join(said).casefold()
    return all(word in text for word in wanted)


def decisions_of(review: Review, stage: Stage, reviewer: str, *, decision: str = "") -> list[Standing]:
    """Return the standing decisions of a reviewer, the last first; only those that say `decision`, if given."""
    return [one for one in review.state.own(stage, reviewer) if decision in ("", one.decision)]


def pace(review: Review, stage: Stage, reviewer: str) -> Pace:
    """Return how fast a reviewer decides, and how many hours their queue will take at that."""
    state = review.state
    times = [datetime.fromisoformat(one.at) for one in islice(state.own(stage, reviewer), RECENT)]
    gaps = [(later - earlier).total_seconds() for later, earlier in pairwise(times)]
    reading = [gap for gap in gaps if FASTEST_SECONDS <= gap <= PAUSE_SECONDS]
    if len(reading) < 5:
        return Pace(None, None)
    seconds = median(reading)
    return Pace(seconds, seconds * len(state.queue(stage, reviewer)) / 3600)
