"""Backups of a review, and its return from one; what is replaced is moved aside, never deleted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from asreview_mc.core.errors import AsreviewMCError, LogError, ProjectError
from asreview_mc.project.review import DATABASE, PROTOCOL, Review
from asreview_mc.store.backup import copy_to, set_aside
from asreview_mc.store.log import EventLog
from asreview_mc.store.verify import Verification


@dataclass(frozen=True, slots=True)
class Restored:
    """What `restore` came to: events and head of the review as it is now, and where the database before it is."""

    events: int
    head: str
    aside: Path | None


def backup(review: Review, file: Path) -> Verification:
    """Copy the review's database, as of one moment, into a new file, and follow the chain of the copy.

    Raises
    ------
    LogError
        If the file exists or cannot be written, or the chain is broken.
    """
    return copy_to(review.log, file)


def restore(folder: Path, file: Path, *, replace: bool = False) -> Restored:
    """Make the review in `folder` what a backup holds.

    A database that is there is moved aside. It is left alone where the backup lacks events that it holds, unless
    `replace` says so; one that is damaged is always moved aside, since it is what backups are for.

    Raises
    ------
    LogError
        If the backup cannot be read or its chain is broken.
    ProjectError
        If events would no longer be in the review.
    """
    saved = EventLog.open(file)
    try:
        found = saved.verify()
        if not found.ok:
            raise LogError(f"the backup is damaged: {found.problem}", where=str(file), remedy="Use another backup")
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        database = folder / DATABASE
        aside = None
        if database.exists():
            lacking = _lacking(database, saved)
            if lacking and not replace:
                raise ProjectError(
                    f"the review there holds {lacking} events that the backup lacks",
                    where=str(folder),
                    remedy="Restore to another folder with --project, or give --replace, which moves them aside",
                )
            now = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%f")
            aside = set_aside(database, f"{DATABASE}.before-{now}")
        copy_to(saved, database)
    except OSError as error:
        raise ProjectError(
            f"the review cannot be restored here ({error.strerror})", where=str(folder), remedy="Choose another place"
        ) from None
    finally:
        saved.close()
    with Review.open(folder) as review:
        if not (folder / PROTOCOL).exists():
            (folder / PROTOCOL).write_text(review.protocol.text, "utf-8")
    return Restored(found.events, found.head, aside)


def _lacking(database: Path, saved: EventLog) -> int:
    """Count the events of a database from the first that a backup does not hold; 0 where it cannot be read."""
    try:
        here = EventLog.open(database)
    except AsreviewMCError:
        return 0
    try:
        mine = here.hashes()
    except AsreviewMCError:
        return 0
    finally:
        here.close()
    theirs = saved.hashes()
    same = next((place for place, (a, b) in enumerate(zip(mine, theirs, strict=False)) if a != b), len(theirs))
    return max(len(mine) - same, 0)
