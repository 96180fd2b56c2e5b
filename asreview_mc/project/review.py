"""One review: its folder, its accepted protocol, its log, and the state that follows from it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from asreview_mc.core.errors import AsreviewMCError, ProjectError, ProtocolError, UnknownError
from asreview_mc.core.event import Event, Logged, ProtocolSet
from asreview_mc.core.protocol import STAGES, Protocol, parse, template
from asreview_mc.core.record import Record
from asreview_mc.review.state import State
from asreview_mc.store.log import EventLog

PROTOCOL = "protocol.toml"
DATABASE = "review.db"


class Review:
    """A review that is open in this process; close it, or use it in a ``with`` block."""

    _state: State
    _read: dict[str, Record]
    _records: dict[str, Record]
    _completed_at: tuple[int, int]

    def __init__(self, folder: Path, log: EventLog) -> None:
        self.folder = folder
        self.log = log
        self._forget()

    @classmethod
    def create(cls, folder: Path, template_name: str = "blank") -> Review:
        """Make a new review folder from a template, whose protocol counts as accepted.

        Raises
        ------
        ProjectError
            If the folder holds a review already, or cannot be made.
        UnknownError
            If there is no such template.
        """
        text = template(template_name)
        if (folder / DATABASE).exists() or (folder / PROTOCOL).exists():
            raise ProjectError("a review is here already", where=str(folder), remedy="Choose another folder")
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with (folder / PROTOCOL).open("x", encoding="utf-8") as file:
                file.write(text)
        except OSError as error:
            raise ProjectError(
                f"the folder cannot be made ({error.strerror})", where=str(folder), remedy="Choose another place"
            ) from None
        review = cls(folder, EventLog.create(folder / DATABASE))
        review.append(ProtocolSet(text, by="asreview-mc", reason=f"template {template_name}"))
        return review

    @classmethod
    def open(cls, folder: Path) -> Review:
        """Open the review in a folder.

        Raises
        ------
        ProjectError
            If there is none.
        LogError
            If its log cannot be used.
        """
        if not folder.is_dir():
            raise ProjectError("no such folder", where=str(folder), remedy="Make a review with `asreview-mc init DIR`")
        if not (folder / DATABASE).exists():
            raise ProjectError(
                f"this folder is no review (it has no {DATABASE})",
                where=str(folder),
                remedy="Go to a review's folder, give --project DIR, or make one with `asreview-mc init DIR`",
            )
        return cls(folder, EventLog.open(folder / DATABASE))

    def close(self) -> None:
        """Close the log."""
        self.log.close()

    def __enter__(self) -> Review:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    @property
    def state(self) -> State:
        """The state as of the last event on disk, whoever wrote it."""
        return self._state.feed(self.log.events(self._state.seq))

    @property
    def protocol(self) -> Protocol:
        """The protocol accepted last."""
        return self.state.protocol

    @property
    def records(self) -> Mapping[str, Record]:
        """All records read, by id in reading order; one that stands for duplicates has from them what it lacks."""
        for record in self.log.records(len(self._read)):
            self._read[record.record_id] = record
        state = self.state
        if self._completed_at != (len(self._read), len(state.merges)):
            self._completed_at = (len(self._read), len(state.merges))
            self._records = {
                record_id: record.completed(self._read[member] for member in state.members(record_id))
                for record_id, record in self._read.items()
            }
        return self._records

    @property
    def head(self) -> str:
        """Hash of the last event."""
        return self.log.head[1]

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Make everything inside one step, of which all or nothing happens."""
        try:
            with self.log.transaction():
                yield
        except BaseException:
            # What was folded inside may have been taken back with the step.
            self._forget()
            raise

    def _forget(self) -> None:
        self._state = State()
        self._read = {}
        self._records = {}
        self._completed_at = (0, 0)

    def append(self, *events: Event) -> list[Logged]:
        """Append events and return them once they are on disk."""
        return self.log.append(events)

    def record(self, record_id: str) -> Record:
        """Return one record.

        Raises
        ------
        UnknownError
            If there is no such id.
        """
        record = self.log.record(record_id)
        if record is None:
            raise UnknownError(
                f"no record has the id {record_id!r}",
                where=str(self.folder),
                remedy="Ids look like r000001; `asreview-mc export all.csv --what all` lists them",
            )
        return record

    def viewer(self, name: str | None) -> str | None:
        """Return `name` if it is somebody on the team, None if no name was given.

        Raises
        ------
        UnknownError
            If nobody is called so.
        """
        return self.protocol.reviewer(name).name if name else None

    def draft(self) -> Protocol:
        """Return the protocol as it stands in ``protocol.toml``.

        Raises
        ------
        ProtocolError
            If the file is missing or does not parse.
        """
        path = self.folder / PROTOCOL
        try:
            text = path.read_text("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise ProtocolError(
                f"cannot be read ({error})", where=str(path), remedy="Restore it with `asreview-mc protocol show`"
            ) from None
        return parse(text, where=str(path))

    def draft_note(self) -> str | None:
        """Return one line on how ``protocol.toml`` differs from what was accepted, None where it does not."""
        try:
            differs = self.draft().text != self.protocol.text
        except AsreviewMCError as error:
            return f"{error} (the last accepted protocol holds until then)"
        return (
            f"{PROTOCOL} differs from the accepted protocol, which holds until `asreview-mc protocol accept`"
            if differs
            else None
        )

    def accept_protocol(self, by: str, reason: str) -> Logged:
        """Make the draft the protocol that holds.

        Raises
        ------
        ProtocolError
            If it does not parse, is the accepted one already, or names somebody else than those who have decided.
        """
        draft = self.draft()
        if draft.text == self.protocol.text:
            raise ProtocolError("is the accepted protocol already", where=PROTOCOL, remedy="Change the file first")
        if by not in {*draft.names, *self.protocol.names}:
            draft.reviewer(by)
        gone = [name for name in self._deciders() if name not in draft.names]
        if gone:
            raise ProtocolError(
                f"leaves out {', '.join(gone)}, whose decisions are in the log",
                where=PROTOCOL,
                remedy="Keep the name under [[reviewers]]",
            )
        (logged,) = self.append(ProtocolSet(draft.text, by=by, reason=reason))
        return logged

    def _deciders(self) -> Iterable[str]:
        state = self.state
        return [name for name in state.protocol.names if any(state.decided_by(stage, name) for stage in STAGES)]
