"""Full texts: whether a report could be had, by which route, and the copy that the project keeps."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

from asreview_mc.core.errors import DecisionError, OutputError, ReadError, UnknownError
from asreview_mc.core.event import Logged, Retrieval
from asreview_mc.project.checks import check_open, check_stage
from asreview_mc.project.review import Review
from asreview_mc.project.screen import state_of
from asreview_mc.review.eligibility import RETRIEVAL
from asreview_mc.review.state import State

FULL_TEXTS = "fulltexts"


def retrieve(
    review: Review,
    record_id: str,
    status: str,
    *,
    by: str = "",
    note: str = "",
    route: str = "",
    file: Path | None = None,
) -> Logged:
    """Note whether the full text of a report is sought, retrieved or not to be had.

    Parameters
    ----------
    route : str
        How it was come by: open access, a library, the authors.
    file : path or None
        The full text, of which the project keeps a copy in `FULL_TEXTS`.

    Raises
    ------
    UnknownError
        If record or status are unknown.
    DecisionError
        If the record has not passed title and abstract, a file comes with another status than retrieved, or what
        could not be had was read, as far as `by` may know.
    ReadError
        If the file cannot be read.
    """
    if status not in RETRIEVAL:
        raise UnknownError(f"no retrieval status is called {status!r}", remedy=f"Choose one of {', '.join(RETRIEVAL)}")
    with review.transaction():
        state = state_of(review, record_id)
        check_stage(state, record_id, "fulltext")
        if status == "not-retrieved" and _was_read(state, record_id, by):
            raise DecisionError(
                "has decisions on its full text", where=record_id, remedy="Undo those first if it could not be had"
            )
        check_open(review, state, record_id, "fulltext")
        if file and status != "retrieved":
            raise DecisionError("a file is given with retrieved only", where=record_id)
        kept, digest = _keep(review, record_id, file) if file else ("", "")
        (logged,) = review.append(Retrieval(record_id, status, by, note, route, kept, digest))
    return logged


def _was_read(state: State, record_id: str, viewer: str) -> bool:
    """Say whether a decision on the full text stands; that a colleague has made one that is pending shows to nobody."""
    return bool(state.visible("fulltext", record_id, viewer or None)) or (
        state.verdict("fulltext", record_id).outcome != "pending"
    )


def _keep(review: Review, record_id: str, file: Path) -> tuple[str, str]:
    """Copy a full text into the project; return its path there and its sha256."""
    try:
        digest = hashlib.sha256(file.read_bytes()).hexdigest()
    except OSError as error:
        raise ReadError(f"cannot be read ({error.strerror})", where=str(file), remedy="Check the path") from None
    place = Path(FULL_TEXTS) / f"{record_id}-{digest[:8]}{file.suffix.lower()}"
    try:
        (review.folder / FULL_TEXTS).mkdir(exist_ok=True)
        shutil.copyfile(file, review.folder / place)
    except OSError as error:
        raise OutputError(
            f"cannot be written ({error.strerror})", where=str(place), remedy="Make the review's folder writable"
        ) from None
    return place.as_posix(), digest
