"""Copies of a review's database: made while others write, verified before they count, never over what is there."""

from __future__ import annotations

import os
import sqlite3
import uuid
from pathlib import Path

from asreview_mc.core.errors import LogError
from asreview_mc.store.log import EventLog, plain_words
from asreview_mc.store.verify import Verification


def copy_to(log: EventLog, target: Path) -> Verification:
    """Copy a database, as of one moment, into a new file that is readable by its owner only.

    The copy is there whole and verified or not at all, whenever the process is killed.

    Raises
    ------
    LogError
        If the file exists, cannot be written, or the chain of what was copied is broken.
    """
    if target.exists():
        raise LogError("is there already", where=str(target), remedy="Choose another name")
    part = target.with_name(f".{uuid.uuid4().hex}.part")
    try:
        found = _copied(log, part)
        put_in_place(part, target)
    except FileExistsError:
        raise LogError("is there already", where=str(target), remedy="Choose another name") from None
    except OSError as error:
        raise LogError(
            f"cannot be written ({error.strerror})", where=str(target), remedy="Check the folder or choose another"
        ) from None
    finally:
        for suffix in ("", "-wal", "-shm"):
            Path(f"{part}{suffix}").unlink(missing_ok=True)
    return found


def _copied(log: EventLog, part: Path) -> Verification:
    os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    with plain_words(part):
        into = sqlite3.connect(part)
        try:
            log.copy_into(into)
            into.execute("PRAGMA journal_mode = DELETE")  # one file, whatever it is carried on
        finally:
            into.close()
    copy = EventLog.open(part)
    try:
        found = copy.verify()
    finally:
        copy.close()
    if not found.ok:
        raise LogError(
            f"the copy does not verify: {found.problem}",
            where=str(log.path),
            remedy="Nothing was written; restore the review from an earlier backup",
        )
    return found


def put_in_place(part: Path, target: Path) -> None:
    """Give a finished file its name; unlike a rename it never replaces what another process has just put there.

    Raises
    ------
    FileExistsError
        If the name is taken.
    """
    try:
        os.link(part, target)
    except FileExistsError:
        raise
    except OSError:  # a file system without hard links
        if target.exists():
            raise FileExistsError(str(target)) from None
        part.rename(target)


def set_aside(database: Path, name: str) -> Path:
    """Rename a database and what SQLite keeps beside it, and return its new place.

    Raises
    ------
    LogError
        If that cannot be done.
    """
    try:
        for suffix in ("", "-wal", "-shm"):
            beside = Path(f"{database}{suffix}")
            if beside.exists():
                beside.rename(database.with_name(f"{name}{suffix}"))
    except OSError as error:
        raise LogError(
            f"cannot be moved aside ({error.strerror})", where=str(database), remedy="Check the folder's permissions"
        ) from None
    return database.with_name(name)
