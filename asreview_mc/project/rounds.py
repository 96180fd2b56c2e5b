"""Updates: a review goes on with a new round, and what it has included by then is previous."""

from __future__ import annotations

from asreview_mc.core.errors import DecisionError
from asreview_mc.core.event import Logged, RoundBegun
from asreview_mc.project.review import Review
from asreview_mc.report.counts import round_begun


def begin(review: Review, name: str, by: str, *, note: str = "", studies: int = 0, reports: int = 0) -> Logged:
    """Log that the review is updated from here on.

    Parameters
    ----------
    studies, reports : int
        What an earlier version of the review had included that this log does not hold; a study has a report at least.

    Raises
    ------
    UnknownError
        If nobody is called `by`.
    DecisionError
        If the round has no name or one that stands already, the numbers cannot be, or nothing was read since the last.
    """
    with review.transaction():
        state = review.state
        state.protocol.reviewer(by)
        known = [one.event.name for one in state.noted.get(RoundBegun, ()) if isinstance(one.event, RoundBegun)]
        if not name.strip() or name in known:
            raise DecisionError(f"a round is called {name!r} already" if name in known else "the round has no name")
        if not 0 <= studies <= reports:
            raise DecisionError(
                f"{studies} studies cannot have {reports} reports",
                where="round",
                remedy="Give --studies and --reports, at least as many reports as studies",
            )
        since = [logged for logged in state.readings if logged.seq > round_begun(state)]
        if not since and not (reports and not known):
            raise DecisionError(
                "nothing was read in this round yet",
                where="round",
                remedy="Read the first search with `add`, or give --studies and --reports of the earlier version",
            )
        (logged,) = review.append(RoundBegun(name.strip(), by, note, studies, reports))
    return logged
