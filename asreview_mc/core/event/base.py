"""What all events share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class Event:
    """What all events share; `kind` names each in the log."""

    kind: ClassVar[str]

    @property
    def about(self) -> str:
        """Id of the record concerned, or ``""``."""
        return getattr(self, "record_id", "")

    @property
    def actors(self) -> tuple[str, ...]:
        """Names of those who did it; empty where the program did."""
        named = getattr(self, "reviewer", "") or getattr(self, "by", "")
        return tuple(named) if isinstance(named, (tuple, list)) else (named,) * bool(named)
