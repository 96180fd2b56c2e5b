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

RECENT = 100
PAUSE_SECONDS = 300.0
"""A longer gap between two decisions is a pause, not reading."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast a reviewer is: seconds a record, the median of late; None while too few decisions tell."""

    seconds: float | None
    hours_left: float | None


def search(review: Review, words: str, *, limit: int = 100) -> list[Record]:
    """Return the records that hold every one of `words` in title, abstract, authors, keywords, DOI or id.

    Parameters
    ----------
    words : str
        Separated by spaces; case makes no difference, and each may be part of a longer word.
    limit : int
        At most so many, in reading order.
    """
    wanted = words.casefold().split()
    if not wanted:
        return []
    unique = (review.records[record_id] for record_id in review.state.unique())
    return list(islice((one for one in unique if _holds(one, wanted)), limit))


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
    reading = [gap for gap in gaps if 0 < gap <= PAUSE_SECONDS]
    if len(reading) < 5:
        return Pace(None, None)
    seconds = median(reading)
    return Pace(seconds, seconds * len(state.queue(stage, reviewer)) / 3600)
