"""Events of synthesis: sub-topics, extraction, appraisal, the experts and the narrative."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from asreview_mc.core.event.base import Event


@dataclass(frozen=True, slots=True)
class TopicsConfirmed(Event):
    """`reviewer` confirmed that exactly `codes` are the sub-topics of a record.

    `suggested` holds the probability that the model `model` had given each code when it was shown, if it was; where
    `hidden`, the model had given them and the reviewer coded without seeing them.
    """

    kind: ClassVar[str] = "topics_confirmed"
    record_id: str
    reviewer: str
    codes: tuple[str, ...]
    suggested: Mapping[str, float] = field(default_factory=dict)
    model: str = ""
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class TopicsSettled(Event):
    """Coders who differed agreed that exactly `codes` are the sub-topics of a record, or somebody settled it."""

    kind: ClassVar[str] = "topics_settled"
    record_id: str
    codes: tuple[str, ...]
    by: tuple[str, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Extracted(Event):
    """`reviewer` filled in `values`, by field, of a form for a record; fields not named stay as they were.

    `form` is ``extraction`` or the code of an appraisal form. `suggested` holds what `model` had put in the fields.
    """

    kind: ClassVar[str] = "extracted"
    record_id: str
    reviewer: str
    form: str
    values: Mapping[str, Any]
    suggested: Mapping[str, Any] = field(default_factory=dict)
    model: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class ExtractionSettled(Event):
    """Extractors who differed agreed on `values`, by field, of a form for a record, or somebody settled them."""

    kind: ClassVar[str] = "extraction_settled"
    record_id: str
    form: str
    values: Mapping[str, Any]
    by: tuple[str, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class PanelRated(Event):
    """An expert rated one `subject`: a confirmed sub-topic, a finding, or the conduct of a stage of the review.

    `subject` is ``topic:RECORD:CODE``, ``finding:SECTION`` or ``conduct:identification|screening|extraction``.
    """

    kind: ClassVar[str] = "panel_rated"
    reviewer: str
    subject: str
    rating: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class NarrativeWritten(Event):
    """`by` wrote the text of one section of the synthesis, which replaces the one before it.

    `section` is ``topic:CODE``, ``gaps``, ``later``, ``limitations`` or ``future``. Record ids in square brackets are
    citations.
    """

    kind: ClassVar[str] = "narrative_written"
    section: str
    text: str
    by: str
