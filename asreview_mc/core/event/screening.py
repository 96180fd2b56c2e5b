"""Events of screening: decisions, conflicts, full texts and when a stage ends."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from asreview_mc.core.event.base import Event
from asreview_mc.core.protocol import Stage

COVERAGE = " coverage:"
"""Ends the fingerprint of vectors that only n of N records had: ``MODEL coverage:n/N``."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What a reviewer saw when they decided, and how they came to it.

    `rank` (1-based) and `score` come from `ranker`, trained on the events up to `seq`, over vectors with `fingerprint`;
    `how` says how the record was chosen: ranked, named, given, random, explored, searched or assigned. `probability` in
    (0, 1] is that of its being chosen where chance chose it; `seconds` is the time it was before the reviewer. `passed`
    are records of a control sample that the ranking came to first and that waited for the reviewer no longer.
    """

    how: str
    rank: int | None = None
    score: float | None = None
    ranker: str = ""
    fingerprint: str = ""
    seq: int | None = None
    probability: float | None = None
    seconds: float | None = None
    passed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Decided(Event):
    """`reviewer` decided include, exclude or maybe on a record at a stage.

    `imported` names the file that the decision was read from, where it was made elsewhere.
    """

    kind: ClassVar[str] = "decided"
    record_id: str
    stage: Stage
    reviewer: str
    decision: str
    reason: str = ""
    note: str = ""
    shown: Shown | None = None
    imported: str = ""


@dataclass(frozen=True, slots=True)
class Undone(Event):
    """`reviewer` took back their standing decision, the event `undoes`."""

    kind: ClassVar[str] = "undone"
    record_id: str
    stage: Stage
    reviewer: str
    undoes: int


@dataclass(frozen=True, slots=True)
class Settled(Event):
    """A conflict was settled as `decision` by those named in `by`, who may not be the reviewers."""

    kind: ClassVar[str] = "settled"
    record_id: str
    stage: Stage
    decision: str
    by: tuple[str, ...]
    reason: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Retrieval(Event):
    """The full text of a report was ``sought``, ``retrieved`` or ``not-retrieved``.

    `route` says how it was come by: open access, a library, the authors. `file` is the copy kept in the project, by its
    path within it, and `sha256` its digest.
    """

    kind: ClassVar[str] = "retrieval"
    record_id: str
    status: str
    by: str = ""
    note: str = ""
    route: str = ""
    file: str = ""
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class AgreementMeasured(Event):
    """Agreement over the first `records` doubly screened records of a stage, logged per full batch.

    `over` says of what it is the figure where it is not of a batch: calibration, stage.
    """

    kind: ClassVar[str] = "agreement_measured"
    stage: Stage
    batch: int
    records: int
    statistics: Mapping[str, Any]
    over: str = ""


@dataclass(frozen=True, slots=True)
class Discussed(Event):
    """`reviewer` left a note in the discussion of a conflict, or said how they would settle it.

    Then `proposal` is the decision, with the code of its `reason` where one is needed.
    """

    kind: ClassVar[str] = "discussed"
    record_id: str
    stage: Stage
    reviewer: str
    text: str
    proposal: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class StageClosed(Event):
    """A stage ended: by decision of `by`, and by the stopping rule `rule` where one was met.

    `record_ids` are the records that nobody finished reading; they are never excluded by that.
    """

    kind: ClassVar[str] = "stage_closed"
    stage: Stage
    by: str
    reason: str = ""
    rule: str = ""
    record_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StageReopened(Event):
    """A closed stage goes on, with the reason."""

    kind: ClassVar[str] = "stage_reopened"
    stage: Stage
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class Frozen(Event):
    """The included set was frozen as `record_ids`; `thawed` takes it back, with the reason."""

    kind: ClassVar[str] = "frozen"
    record_ids: tuple[str, ...]
    by: str
    reason: str = ""
    thawed: bool = False


@dataclass(frozen=True, slots=True)
class SampleDrawn(Event):
    """`record_ids` were drawn from the `population` records of a stage that `among` names.

    `purpose` is what the draw serves: the rule ``audit``, or ``control``, a sample that no ranking learns from before
    it has come to it, both at random with `seed`; or ``second look``, those most like a single relevant record in
    words. `among` is undecided, or untouched where nobody had decided. Those who screen them are not told which they
    are.
    """

    kind: ClassVar[str] = "sample_drawn"
    stage: Stage
    purpose: str
    record_ids: tuple[str, ...]
    population: int
    seed: int
    among: str
    by: str


@dataclass(frozen=True, slots=True)
class StopLooked(Event):
    """`by` looked whether a stopping rule was met; `stop` is its answer, None where it had none.

    `evidence` holds the numbers that it rests on, `spent` the share of the error probability used up so far.
    """

    kind: ClassVar[str] = "stop_looked"
    stage: Stage
    rule: str
    target: float
    confidence: float
    stop: bool | None
    evidence: Mapping[str, Any]
    by: str
    spent: float = 0.0
