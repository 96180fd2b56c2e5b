"""The experts: each rates apart from the others what was found and how the review was conducted."""

from __future__ import annotations

from typing import Any

from asreview_mc.core.errors import DecisionError, UnknownError
from asreview_mc.core.event import Logged, PanelRated
from asreview_mc.project.review import Review
from asreview_mc.review import panel


def rate(review: Review, subject: str, rating: str, expert: str, *, note: str = "") -> Logged:
    """Log what an expert holds of one subject; a second rating replaces the first.

    Parameters
    ----------
    subject : str
        ``topic:RECORD:CODE``, ``finding:SECTION`` or ``conduct:identification|screening|extraction``.
    rating : {"agree", "partly", "disagree"}

    Raises
    ------
    UnknownError
        If the expert, the rating or the subject is unknown.
    DecisionError
        If the person is no expert, or has left.
    """
    with review.transaction():
        state = review.state
        person = state.protocol.reviewer(expert)
        if person.role != "expert" or person.left:
            raise DecisionError(
                f"{expert} {'has left the team' if person.left else f'is {person.role}'}, and only experts rate",
                where="protocol",
                remedy='Name them in protocol.toml with role = "expert"',
            )
        if rating not in panel.RATINGS:
            raise UnknownError(f"no rating is called {rating!r}", remedy=f"Choose one of {', '.join(panel.RATINGS)}")
        known = panel.subjects(state)
        if subject not in known:
            raise UnknownError(
                f"there is nothing to rate that is called {subject!r}",
                remedy=f"There are {len(known)} subjects, like {known[0]}; `panel agreement` lists them",
            )
        (logged,) = review.append(PanelRated(expert, subject, rating, note))
    return logged


def waiting(review: Review, expert: str) -> list[str]:
    """Return what an expert has still to rate.

    Raises
    ------
    UnknownError
        If nobody is called so.
    """
    state = review.state
    state.protocol.reviewer(expert)
    done = {subject for subject, by in panel.rated(state, expert).items() if expert in by}
    return [subject for subject in panel.subjects(state) if subject not in done]


def agreement(review: Review, viewer: str | None) -> dict[str, Any]:
    """Return the panel's agreement, with the ratings and the feedback that `viewer` may see."""
    state = review.state
    said = [
        {"subject": subject, "expert": name, "rating": event.rating, "note": event.note, "at": logged.at}
        for subject, by in panel.rated(state, viewer).items()
        for name, logged in by.items()
        if isinstance(event := logged.event, PanelRated)
    ]
    return panel.agreement(state) | {"to_rate": panel.subjects(state), "ratings": said}
