"""Every error that reaches a user, as one tree.

::

    AsreviewMCError
    ├── ProjectError      the review's folder: missing, exists already, not a project
    ├── ProtocolError     protocol.toml does not parse or contradicts itself
    ├── ReadError         a file of references that cannot be read at all
    ├── LogError          the event log: corrupt, tampered with, from a newer version, locked
    ├── UnknownError      a name that is not in the review: a record, a reviewer, a code, a stage
    ├── DecisionError     an answer that the protocol or the stage does not allow
    ├── ModelError        an encoder or a saved model that is missing or is not what it should be
    ├── DataError         a labelled table or a results file that cannot be used
    └── OutputError       a result that cannot be written where it was asked for

Each says what is wrong, where, and what to do, in one line. Anything that is not one of these is a fault of ours and
shows a traceback. Misuse of a function by a programmer is a plain ``ValueError`` or ``TypeError``.
"""

from __future__ import annotations


class AsreviewMCError(Exception):
    """A mistake or a mishap that the user can do something about.

    Parameters
    ----------
    what : str
        What is wrong, without a full stop.
    where : str or None
        File, line, record or setting concerned.
    remedy : str or None
        What to do about it.
    """

    def __init__(self, what: str, *, where: str | None = None, remedy: str | None = None) -> None:
        self.what = what
        self.where = where
        self.remedy = remedy
        place = f"{where}: " if where else ""
        advice = f". {remedy}" if remedy else ""
        super().__init__(" ".join(f"{place}{what}{advice}".split()))


class ProjectError(AsreviewMCError):
    """The review's folder is missing, exists already, or is no project."""


class ProtocolError(AsreviewMCError):
    """The protocol does not parse or contradicts itself."""


class ReadError(AsreviewMCError):
    """A file of references cannot be read at all (single records that fail are returned as rejects)."""


class LogError(AsreviewMCError):
    """The event log is corrupt, was tampered with, comes from a newer version or is locked."""


class UnknownError(AsreviewMCError):
    """A record, reviewer, code or stage that this review does not have."""


class DecisionError(AsreviewMCError):
    """An answer that the protocol or the stage does not allow."""


class ModelError(AsreviewMCError):
    """An encoder or a saved model is missing or is not what it should be."""


class DataError(AsreviewMCError):
    """A labelled table or a results file cannot be used."""


class OutputError(AsreviewMCError):
    """A result cannot be written where it was asked for."""
