"""What a stopping rule may look at, and what it answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

Kind = Literal["certificate", "estimate", "heuristic"]


@dataclass(frozen=True)
class Audit:
    """A random sample of the records that were unread at one moment, all of it read since.

    Attributes
    ----------
    population : int
        Records unread when it was drawn.
    outside : int
        The most relevant records there can be in today's pool apart from the population: those read that stand as
        relevant, and every unread one, such as those added since.
    size, relevant : int
        Records drawn, and those of them that turned out relevant.
    """

    population: int
    outside: int
    size: int
    relevant: int


@dataclass(frozen=True)
class Control:
    """A random sample of the whole pool, labelled apart from the ranking, which has not learnt from it.

    Attributes
    ----------
    positives : int
        Relevant records in it.
    reached : int
        Those of them that the ranking has led to by now.
    first_reached : int
        Of the first drawn positives, how many in a row from the first on were reached.
    to_read : int
        Records of it that are still to be read.
    disputed : int
        Records of it whose conflict is open.
    unread_outside : int
        Unread records of today's pool that could not be drawn, such as those added since.
    """

    positives: int
    reached: int
    first_reached: int
    to_read: int = 0
    disputed: int = 0
    unread_outside: int = 0


@dataclass(frozen=True)
class Screening:
    """Where the reading of a pool stands.

    Attributes
    ----------
    labels : array of shape (n,)
        1 relevant or 0 not, of the records read, in the order in which the last decision on each was made.
    n_records : int
        Records in the pool, N ≥ n.
    given : int
        How many of `labels`, at its beginning, the ranking did not choose: records searched for, drawn at random or
        known before.
    probabilities : array of shape (N,) or None
        Calibrated probability of relevance of every record, the n read first, in their order.
    proposed : array of bool of shape (relevant read, rankers) or None
        Which of several interleaved rankers had each relevant record among its proposals.
    control : Control or None
    audits : tuple of Audit
        In the order in which they were drawn.
    looks : int
        How often the rule was asked before.
    random_relevant : int
        Relevant records that the random start found, for SAFE.
    disputed : int
        How many of `labels` are 1 by an open conflict alone. A certificate counts none of them as found.
    key_papers_missing : int or None
        Papers known beforehand that were not read yet; None where none were named.
    second_look, looking : int
        How many of the irrelevant records read last were chosen by another ranking, those most like a single relevant
        one, and how many of these are still to be read.
    """

    labels: NDArray[np.int64]
    n_records: int
    given: int = 0
    probabilities: NDArray[np.float64] | None = None
    proposed: NDArray[np.bool_] | None = None
    control: Control | None = None
    audits: tuple[Audit, ...] = ()
    looks: int = 0
    random_relevant: int = 0
    disputed: int = 0
    key_papers_missing: int | None = None
    second_look: int = 0
    looking: int = 0

    def __post_init__(self) -> None:
        if len(self.labels) > self.n_records:
            raise ValueError(f"{len(self.labels)} records read, but the pool has {self.n_records}")
        if not np.isin(self.labels, (0, 1)).all():
            raise ValueError("labels must be 0 or 1")
        if not 0 <= self.disputed <= self.found:
            raise ValueError(f"{self.disputed} of {self.found} relevant records disputed")

    @property
    def n_read(self) -> int:
        """Records read."""
        return len(self.labels)

    @property
    def n_unread(self) -> int:
        """Records not read."""
        return self.n_records - len(self.labels)

    @property
    def found(self) -> int:
        """Relevant records among those read."""
        return int(self.labels.sum())

    def irrelevant_run(self) -> int:
        """Return how many of the ranked records read last in a row were irrelevant."""
        hits = np.flatnonzero(self.labels[self.given :])
        ranked = self.n_read - self.given
        return ranked - 1 - int(hits[-1]) if len(hits) else ranked

    def read_further(self, more: int) -> Screening:
        """Return the screening as it would be after `more` irrelevant records."""
        added = min(more, self.n_unread)
        return Screening(
            np.concatenate([self.labels, np.zeros(added, dtype=np.int64)]),
            self.n_records,
            given=self.given,
            control=self.control,
            audits=self.audits,
            looks=self.looks,
            random_relevant=self.random_relevant,
            disputed=self.disputed,
            key_papers_missing=self.key_papers_missing,
            second_look=self.second_look,
            looking=self.looking,
        )


@dataclass(frozen=True)
class Verdict:
    """What a rule says.

    Attributes
    ----------
    name : str
    kind : str
        ``certificate`` (valid because of random sampling, whatever the ranking), ``estimate`` (valid under a stated
        model of the ranking) or ``heuristic`` (no probability attached).
    stop : bool or None
        None where there is no answer; `why` says why not.
    why : str
        One line for a reader.
    evidence : mapping
        The numbers that it rests on.
    cost : int or None
        Records still to read before it is met if none of them is relevant; None where that cannot be said.
    source : str
        Where the rule was published.
    """

    name: str
    kind: Kind
    stop: bool | None
    why: str
    evidence: Mapping[str, Any] = field(default_factory=dict)
    cost: int | None = None
    source: str = ""


class StopRule(Protocol):
    """A stopping rule: `assess` is a pure function of the screening."""

    kind: ClassVar[Kind]
    source: ClassVar[str]

    @property
    def name(self) -> str:
        """What the rule is called in protocols, answers and the log."""
        ...

    def assess(self, screening: Screening, target: float, confidence: float) -> Verdict:
        """Say whether reading may stop at a recall of `target`, with `confidence` where the rule has any."""
        ...


@runtime_checkable
class Foreseeing(Protocol):
    """A rule that can say how far it is from being met; apart from `assess`, since it costs many assessments."""

    def further(self, screening: Screening, target: float, confidence: float) -> int | None:
        """Return how many more records to read until the rule is met, if none of them is relevant."""
        ...


def no_answer(rule: StopRule, because: str, **evidence: Any) -> Verdict:  # noqa: ANN401 - numbers of any kind
    """Return the verdict of a rule that lacks what it needs."""
    return Verdict(rule.name, rule.kind, None, f"no answer, because {because}", evidence, None, rule.source)


def misses_allowed(found: int, target: float) -> int:
    """Return how many relevant records may be missed while ``found / (found + missed) >= target``.

    Raises
    ------
    ValueError
        If the target is not in (0, 1].
    """
    if not 0 < target <= 1:
        raise ValueError("the target must be above 0 and at most 1")
    return int(np.floor(found / target + 1e-9)) - found


def records_to_go(met: Any, unread: int) -> int | None:  # noqa: ANN401 - a function of how many more are read
    """Return the fewest further irrelevant records after which ``met(more)`` holds, None if not before the last."""
    if met(0):
        return 0
    if not met(unread):
        return None
    low, high = 0, unread
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if met(middle) else (middle, high)
    return high
