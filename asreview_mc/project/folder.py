"""The folder of a review: whether it is there, its protocol file, and a database that is there as a whole or not."""

from __future__ import annotations

import os
import uuid
from contextlib import suppress
from pathlib import Path

from asreview_mc.core.errors import ProjectError, ProtocolError
from asreview_mc.core.event import Event
from asreview_mc.store.backup import put_in_place
from asreview_mc.store.log import EventLog
from asreview_mc.store.place import shared_by

PROTOCOL = "protocol.toml"


def exists(path: Path) -> bool:
    """Whether something is there.

    Raises
    ------
    ProjectError
        If that cannot be found out.
    """
    try:
        path.stat()
    except FileNotFoundError:
        return False
    except OSError as error:
        raise ProjectError(
            f"cannot be looked at ({error.strerror})",
            where=str(path)[:200],
            remedy="Check the path and its permissions",
        ) from None
    return True


def read_protocol(path: Path) -> str:
    """Return the text of a protocol file.

    Raises
    ------
    ProtocolError
        If it cannot be read.
    """
    try:
        return path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise ProtocolError(
            f"cannot be read ({why})",
            where=str(path),
            remedy=f"`asreview-mc protocol show > {PROTOCOL}` restores the accepted one",
        ) from None


def cached(path: Path, text: str) -> None:
    """Write a file of the cache, whole and for its owner's eyes only; where that cannot be done, do nothing."""
    part = path.with_name(f".{uuid.uuid4().hex}.part")
    with suppress(OSError):
        path.parent.mkdir(mode=0o700, exist_ok=True)
        try:
            number = os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
            with os.fdopen(number, "w", encoding="utf-8", newline="") as file:
                file.write(text)
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)


def begin(path: Path, first: Event) -> None:
    """Make a database that holds its first event, under another name until it is whole."""
    part = path.with_name(f".{uuid.uuid4().hex}.part")
    try:
        log = EventLog.create(part)
        try:
            log.append([first])
        finally:
            log.close()
        try:
            put_in_place(part, path)
        except FileExistsError:
            raise ProjectError(
                "a review is here already", where=str(path.parent), remedy="Choose another folder"
            ) from None
    finally:
        part.unlink(missing_ok=True)


def place_note(folder: Path, database: str) -> str | None:
    """Return one line on a place where a database is not safe while two machines use it, None elsewhere."""
    shared = shared_by(folder)
    return (
        f"{database} lies on {shared}, where two machines at once can damage it: keep the review on one machine's"
        " own disk and send copies with `asreview-mc checkout`"
        if shared
        else None
    )
