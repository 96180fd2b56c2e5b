"""One review: its folder, its accepted protocol, its log, and the state that follows from it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from asreview_mc.core.errors import DecisionError, ProjectError, ProtocolError, UnknownError
from asreview_mc.core.event import CopyBegun, Event, Logged, ProtocolSet
from asreview_mc.core.protocol import Protocol
from asreview_mc.core.protocol_file import parse, template
from asreview_mc.core.record import Record
from asreview_mc.project.amendment import check_amendment, check_rule
from asreview_mc.project.folded import CACHE, STATE, Folded
from asreview_mc.project.folder import PROTOCOL, begin, exists, place_note, read_protocol
from asreview_mc.project.recorded import Records, amended
from asreview_mc.review.pool import in_reading_order
from asreview_mc.review.state import State
from asreview_mc.review.team import TRAVELS
from asreview_mc.store.log import EventLog
from asreview_mc.store.verify import Verification

__all__ = ["DATABASE", "PROTOCOL", "Review"]
DATABASE = "review.db"


class Review:
    """A review that is open in this process; close it, or use it in a ``with`` block."""

    def __init__(self, folder: Path, log: EventLog) -> None:
        self.folder = folder
        self.log = log
        begun = (logged.event for logged in log.events(kinds=[CopyBegun.kind]))
        self.copy = next((event for event in begun if isinstance(event, CopyBegun)), None)
        self._folded = Folded(log, None if self.copy else folder)
        self._records = Records(log)

    @classmethod
    def create(cls, folder: Path, template_name: str = "blank") -> Review:
        """Make a new review folder from a template, whose protocol counts as accepted.

        A ``protocol.toml`` that is in the folder already takes the template's place. The review is there as a whole or
        not at all, whenever the process is killed.

        Raises
        ------
        ProjectError
            If the folder holds a review already, or cannot be made.
        UnknownError
            If there is no such template.
        ProtocolError
            If the ``protocol.toml`` in the folder does not parse, or chooses a stopping rule that has no answer.
        """
        text, reason = template(template_name), f"template {template_name}"
        path = folder / PROTOCOL
        if exists(folder / DATABASE):
            raise ProjectError("a review is here already", where=str(folder), remedy="Choose another folder")
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            if path.exists():
                text, reason = read_protocol(path), "protocol.toml was in the folder"
                check_rule(parse(text, where=str(path)))
            begin(folder / DATABASE, ProtocolSet(text, by="asreview-mc", reason=reason))
            if not path.exists():
                path.write_text(text, "utf-8")
        except OSError as error:
            raise ProjectError(
                f"the review cannot be made here ({error.strerror})", where=str(folder), remedy="Choose another place"
            ) from None
        return cls.open(folder)

    @classmethod
    def open(cls, folder: Path) -> Review:
        """Open the review in a folder, or the copy of one that a reviewer carries about as a file.

        Raises
        ------
        ProjectError
            If there is none.
        LogError
            If its log cannot be used.
        """
        if not exists(folder):
            raise ProjectError("no such folder", where=str(folder), remedy="Make a review with `asreview-mc init DIR`")
        if folder.is_file() and folder.name != DATABASE:
            return cls._open_copy(folder)
        folder = folder.parent if folder.name == DATABASE else folder
        if not exists(folder / DATABASE):
            raise ProjectError(
                f"this folder is no review (it has no {DATABASE})",
                where=str(folder),
                remedy="Go to a review's folder, give --project DIR, or make one with `asreview-mc init DIR`",
            )
        return cls(folder, EventLog.open(folder / DATABASE))

    @classmethod
    def _open_copy(cls, file: Path) -> Review:
        review = cls(file.parent, EventLog.open(file, travels=True))
        if review.copy is None:
            review.close()
            raise ProjectError(
                "is no copy that was checked out", where=str(file), remedy="Give the review's folder with --project DIR"
            )
        return review

    @property
    def place_note(self) -> str | None:
        """One line on a place where the database is not safe while more than one machine uses it, None elsewhere."""
        return None if self.copy else place_note(self.folder, DATABASE)

    def close(self) -> None:
        """Close the log, leaving the state for the next opening where folding it took long."""
        try:
            self._folded.leave()
        finally:
            self.log.close()

    def __enter__(self) -> Review:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    @property
    def state(self) -> State:
        """The state as of the last event on disk, whoever wrote it."""
        return self._folded.state

    @property
    def folded(self) -> State | None:
        """The state, where this process has folded it before; None where that would cost a pass through the log."""
        return self._folded.at_hand

    def merges_taken_back(self) -> set[int]:
        """Return the merges, by number of the event, that a split took back."""
        return self._folded.merges_taken_back()

    def verify(self, head: str | None = None) -> Verification:
        """Follow the log's chain, as `EventLog.verify` does, and see that the state left by an opening is the log's."""
        found = self.log.verify(head)
        if found.ok and not self._folded.agrees():
            problem = f"the log is whole, but {CACHE}/{STATE} did not say what it says; that file is removed"
            return replace(found, ok=False, problem=problem)
        return found

    @property
    def protocol(self) -> Protocol:
        """The protocol accepted last."""
        accepted = self.log.events(kinds=[ProtocolSet.kind])[-1].event
        return parse(
            accepted.text if isinstance(accepted, ProtocolSet) else "", where="accepted protocol", strict=False
        )

    @property
    def records(self) -> Mapping[str, Record]:
        """All records read, by id in reading order, as amended; one that stands for duplicates has their data, too."""
        return self._records.complete(self.state)

    @property
    def single_records(self) -> Mapping[str, Record]:
        """All records as `records` has them, but each by itself, without what its duplicates add."""
        return self._records.single(self.state)

    @property
    def head(self) -> str:
        """Hash of the last event that the state has seen."""
        return self.state.head

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Make everything inside one step, of which all or nothing happens."""
        begun: int | None = None
        try:
            with self.log.transaction():
                begun = self.folded.seq if self.folded else 0
                yield
        except BaseException:
            if self._folded.seq not in (None, begun):
                # What was folded inside may have been taken back with the step.
                self._folded.forget()
            raise

    def append(self, *events: Event) -> list[Logged]:
        """Append events and return them once they are on disk.

        Raises
        ------
        DecisionError
            If this is a copy that travels, and they are not the own work of the one it travels with.
        """
        if self.copy and not all(isinstance(one, TRAVELS) and {*one.actors} <= {self.copy.reviewer} for one in events):
            self.check_at_home()
        return self.log.append(events)

    def check_at_home(self) -> None:
        """Refuse, in a copy that travels, what is done in the review itself.

        Raises
        ------
        DecisionError
            If this is a copy.
        """
        if self.copy:
            raise DecisionError(
                f"this is the copy of {self.copy.reviewer}, who alone screens in it",
                where=str(self.log.path),
                remedy="Do that in the review itself; `asreview-mc merge FILE` there brings the copy home",
            )

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
                remedy="Ids look like r000001; `asreview-mc export all.csv --what all` lists them",
            )
        return record

    def whole_record(self, record_id: str) -> Record:
        """Return one record as `records` has it, amended and with its duplicates' data, without reading all of them.

        Raises
        ------
        UnknownError
            If there is no such id.
        """
        state = self.state
        record, *members = (amended(self.record(one), state) for one in (record_id, *state.members(record_id)))
        return record.completed(members)

    def without_abstract(self) -> list[str]:
        """Return the unique records that have no abstract, in reading order, without reading all records again."""
        state = self.state
        changed = {*state.amendments, *(state.kept(one) for one in state.amendments)}
        found = []
        for record_id in in_reading_order({*self._records.bare(), *changed}):
            if record_id in state.merges:
                continue
            as_read = record_id not in changed and not state.members(record_id)
            if as_read or not self.whole_record(record_id).abstract:
                found.append(record_id)
        return found

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
        return parse(read_protocol(path), where=str(path))

    def draft_note(self) -> str | None:
        """Return one line on how ``protocol.toml`` differs from what was accepted, None where it does not."""
        accepted = self.protocol.text
        if self.copy:
            return None
        try:
            differs = self.draft().text != accepted
        except ProtocolError as error:
            return f"{error} (the last accepted protocol holds until then)"
        return (
            f"{PROTOCOL} differs from the accepted protocol, which holds until `asreview-mc protocol accept`"
            if differs
            else None
        )

    def checked_draft(self) -> Protocol:
        """Return the draft if it could be accepted as far as it differs from the accepted protocol.

        Raises
        ------
        ProtocolError
            As `accept_protocol`, but that it may be the accepted one.
        """
        draft = self.draft()
        if draft.text != self.protocol.text:
            check_amendment(self.state, draft)
        return draft

    def accept_protocol(self, by: str, reason: str) -> Logged:
        """Make the draft the protocol that holds.

        Raises
        ------
        ProtocolError
            If it does not parse, is the accepted one already, leaves out somebody who has decided, or would disclose
            decisions that are pending.
        """
        self.check_at_home()
        draft = self.draft()
        with self.transaction():
            state = self.state
            if draft.text == state.protocol.text:
                raise ProtocolError("is the accepted protocol already", where=PROTOCOL, remedy="Change the file first")
            if by not in {*draft.names, *state.protocol.names}:
                draft.reviewer(by)
            check_amendment(state, draft)
            (logged,) = self.append(ProtocolSet(draft.text, by=by, reason=reason))
        return logged
