"""The figures of a review as it stands, drawn; none gives away a pending decision."""

from __future__ import annotations

from asreview_mc.core.errors import UnknownError
from asreview_mc.project.agreement import over_time
from asreview_mc.project.review import Review
from asreview_mc.report.counts import count

PICTURES = ("flow", "curve", "workload", "agreement")


def picture(review: Review, name: str) -> bytes:
    """Return a figure as an SVG file.

    It is the PRISMA ``flow``, the recall ``curve``, the ``workload`` of each reviewer on titles and abstracts day after
    day, or ``agreement`` over time.

    Raises
    ------
    UnknownError
        If no figure is called so.
    """
    from asreview_mc.report.account import screening_labels
    from asreview_mc.report.figures import agreement_picture, recall_picture, workload_picture
    from asreview_mc.report.flow import picture as flow_picture

    if name == "flow":
        return flow_picture(count(review.state), ".svg")
    if name == "curve":
        return recall_picture(screening_labels(review.state), ".svg")
    if name == "workload":
        days = review.state.decided_by_day("abstract")
        names = [
            *(one for one in review.protocol.names if one in days),
            *sorted(days.keys() - {*review.protocol.names}),
        ]
        return workload_picture({one: days[one] for one in names}, suffix=".svg")
    if name == "agreement":
        return agreement_picture(over_time(review, "abstract"), ".svg")
    raise UnknownError(f"no figure is called {name!r}", remedy=f"Choose one of {', '.join(PICTURES)}")
