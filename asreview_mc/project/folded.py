"""The state between two openings: folded from the log, or taken from where the last process left it.

What is left lies in the review's ``cache`` folder and can be deleted at any time. It is used only if it was made by the
same code and the event it ends with stands in the log with the same hash; then only the later events are folded. The
log alone is the truth: what is damaged, foreign or in the way is passed over in silence, and
`Folded.agrees` compares.
"""

from __future__ import annotations

import gc
import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from asreview_mc.core.errors import AsreviewMCError
from asreview_mc.core.event import Split
from asreview_mc.project.folder import cached
from asreview_mc.review.state import State
from asreview_mc.store.log import EventLog

CACHE = "cache"
STATE = "state.json"
WORTH_SAVING = 5000
"""Events to fold since the last time before a state is saved again: about a twentieth of a second."""


@contextmanager
def collector_at_rest() -> Iterator[None]:
    """Keep the garbage collector from going through a state again and again while it is built."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


class Folded:
    """The state of one review in this process.

    Parameters
    ----------
    folder : Path or None
        Where to look for the state that was left, and to leave it; None for a log that is carried about by itself.
    """

    def __init__(self, log: EventLog, folder: Path | None) -> None:
        self._log = log
        self._path = folder / CACHE / STATE if folder else None
        self._state: State | None = None
        self._saved_at = 0

    @property
    def state(self) -> State:
        """The state as of the last event on disk, whoever wrote it."""
        with collector_at_rest():
            if self._state is None:
                taken_back = self.merges_taken_back()
                self._state = (self._path and _saved(self._path, self._log, taken_back)) or State(taken_back)
                self._saved_at = self._state.seq
            new = self._log.events(self._state.seq)
            if any(isinstance(one.event, Split) and one.event.undoes not in self._state.taken_back for one in new):
                self._state = None
                return self.state
            return self._state.feed(new)

    @property
    def at_hand(self) -> State | None:
        """The state, where this process has folded it before; None where that would cost a pass through the log."""
        return self.state if self._state is not None else None

    @property
    def seq(self) -> int | None:
        """The last event that the state at hand has seen, None where there is no state."""
        return self._state.seq if self._state is not None else None

    def merges_taken_back(self) -> set[int]:
        """Return the merges, by number of the event, that a split took back."""
        splits = (logged.event for logged in self._log.events(kinds=[Split.kind]))
        return {event.undoes for event in splits if isinstance(event, Split)}

    def forget(self) -> None:
        """Throw the state at hand away."""
        self._state = None

    def leave(self) -> None:
        """Save the state at hand for the next process, if it is far from the one saved last."""
        if self._path and self._state is not None and self._state.seq - self._saved_at >= WORTH_SAVING:
            _save(self._path, self._state)
            self._saved_at = self._state.seq

    def agrees(self) -> bool:
        """Whether the state that was left is what the log says; where it is not, it is removed."""
        taken_back = self.merges_taken_back()
        left = _saved(self._path, self._log, taken_back) if self._path else None
        if self._path is None or left is None:
            return True
        from asreview_mc.review import snapshot

        alone = State(taken_back).feed(self._log.events()[: left.seq])
        if snapshot.dumps(left) == snapshot.dumps(alone):
            return True
        with suppress(OSError):
            self._path.unlink()
        self.forget()
        return False


def _saved(path: Path, log: EventLog, taken_back: set[int]) -> State | None:
    """Return the state that `_save` left of this log with these merges taken back, None where there is none to use."""
    from asreview_mc.review import snapshot

    try:
        with path.open(encoding="utf-8", newline="") as file:
            head = json.loads(file.readline())
            if head["rules"] != snapshot.rules() or head["taken_back"] != sorted(taken_back):
                return None
            if log.hash_of(head["seq"]) != head["hash"]:
                return None
            text = file.read()
        if hashlib.sha256(text.encode()).hexdigest() != head["digest"]:
            return None
        state = snapshot.loads(text)
    except (OSError, ValueError, TypeError, LookupError, AttributeError, RecursionError, AsreviewMCError):
        return None
    return state if (state.seq, state.head) == (head["seq"], head["hash"]) else None


def _save(path: Path, state: State) -> None:
    """Write a state to a file that only its owner can read; where that cannot be done, do nothing."""
    from asreview_mc.review import snapshot

    text = snapshot.dumps(state)
    head = {
        "seq": state.seq,
        "hash": state.head,
        "taken_back": sorted(state.taken_back),
        "rules": snapshot.rules(),
        "digest": hashlib.sha256(text.encode()).hexdigest(),
    }
    cached(path, f"{json.dumps(head)}\n{text}")
