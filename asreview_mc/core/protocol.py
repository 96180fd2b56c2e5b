"""The protocol: what the team agreed before it began. `core.protocol_file` reads it from ``protocol.toml``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from asreview_mc.core.cards import Card as Card
from asreview_mc.core.cards import ChoiceCard
from asreview_mc.core.errors import UnknownError

Stage = Literal["abstract", "fulltext"]
MaybeReading = Literal["include", "exclude", "omit"]
STAGES: tuple[Stage, ...] = ("abstract", "fulltext")
DECISIONS = ("include", "exclude", "maybe")
ROLES = ("reviewer", "owner", "adjudicator", "expert")
UNTITLED = "Untitled review"
"""Title of the blank template, which says nothing of what is looked for."""
EXTRACTION = "extraction"
"""Name of the form of data extraction; every other form is one of quality appraisal."""
CLOSED = ("single", "multi")
SEVERAL = ("list", "multi", "countries")
FIELD_TYPES = ("text", "list", "number", "date", "single", "multi", "country", "countries")
ANSWERS = ("yes", "no", "unclear", "not applicable")
"""What a question of quality appraisal is answered with where it names no answers of its own."""


@dataclass(frozen=True, slots=True)
class Criterion:
    """One inclusion or exclusion criterion of title and abstract screening.

    The settings after `text` let the program flag records for a person to confirm. An inclusion criterion flags what
    does not meet them, an exclusion criterion what does.

    Attributes
    ----------
    date_from, date_to : str
        First and last day of publication, ``2015-01-01``; a year or a month stands for all its days.
    languages, publication_types : tuple of str
        As the sources write them, in any case.
    peer_reviewed : str
        ``yes`` or ``no``, checked where the source says which it is.
    keywords : tuple of str
        Of which title or abstract must hold one; a trailing ``*`` matches any ending.
    """

    code: str
    text: str
    date_from: str = ""
    date_to: str = ""
    languages: tuple[str, ...] = ()
    publication_types: tuple[str, ...] = ()
    peer_reviewed: str = ""
    keywords: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason for exclusion from the closed list, with what it means."""

    code: str
    label: str
    definition: str


@dataclass(frozen=True, slots=True)
class Reviewer:
    """A person of the team: reviewers and owners decide, adjudicators settle conflicts, experts rate the outcome.

    What somebody who has `left` decided stands; nothing more is asked of them.
    """

    name: str
    role: str = "reviewer"
    left: bool = False


@dataclass(frozen=True, slots=True)
class Source:
    """A place searched, and the query used there."""

    name: str
    query: str = ""
    fields: str = ""
    searched: str = ""


@dataclass(frozen=True, slots=True)
class ExtractionField:
    """One field of a form.

    Attributes
    ----------
    type : str
        One of `FIELD_TYPES`: text; list (several texts); number; date (a day, month or year); single and multi (one or
        several of `choices`); country and countries (ISO 3166).
    choices, definitions : tuple of str
        The closed list, and what each of its entries means, in the same order; `definitions` may be empty.
    group : str
        Heading under which it stands.
    base : str
        Of what shares are: ``papers``, or ``labels`` where a paper has several and each counts.
    personal : bool
        Each extractor's own, as notes are: shown beside one another and never compared.
    """

    code: str
    label: str
    type: str
    choices: tuple[str, ...] = ()
    definitions: tuple[str, ...] = ()
    help: str = ""
    group: str = ""
    base: str = "papers"
    personal: bool = False


@dataclass(frozen=True, slots=True)
class AppraisalQuestion:
    """One question of a form of quality appraisal, with the `answers` from best to worst; `ANSWERS` where empty."""

    form: str
    code: str
    question: str
    group: str = ""
    answers: tuple[str, ...] = ()
    help: str = ""


@dataclass(frozen=True, slots=True)
class Stopping:
    """When the team stops reading: the `rule` by its name, the recall it is to reach, and its confidence.

    `key_papers` are known beforehand to be relevant, each by its id, DOI, PMID or title; SAFE asks for them.
    """

    rule: str = ""
    target: float = 0.95
    confidence: float = 0.95
    key_papers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Protocol:
    """An accepted or drafted protocol; `text` is the TOML it was read from.

    `notice` is what every reader must know before any number: a pilot, a demonstration, who the raters really are.

    `maybe` says what a completed pair that holds a maybe leads to at title and abstract (``"conflict"`` or
    ``"include"``); `maybe_in_agreement` how a maybe is read in the two-way agreement table (``"include"``,
    ``"exclude"`` or ``"omit"``).

    `show_scores` lets reviewers see rank, score and the reasons for them while they screen blind; they anchor.
    """

    text: str
    title: str
    aim: str = ""
    question: str = ""
    guiding_questions: tuple[str, ...] = ()
    objectives: str = ""
    scope: str = ""
    notice: str = ""
    definition: str = ""
    concepts: tuple[str, ...] = ()
    signed_off_by: tuple[str, ...] = ()
    sources: tuple[Source, ...] = ()
    inclusion: tuple[Criterion, ...] = ()
    exclusion: tuple[Criterion, ...] = ()
    reasons: tuple[Reason, ...] = ()
    reviewers: tuple[Reviewer, ...] = ()
    decisions_wanted: int = 2
    maybe: str = "conflict"
    maybe_in_agreement: MaybeReading = "include"
    show_scores: bool = False
    keywords_include: tuple[str, ...] = ()
    keywords_exclude: tuple[str, ...] = ()
    cards: tuple[Card, ...] = ()
    extraction: tuple[ExtractionField, ...] = ()
    stopping: Stopping = Stopping()
    appraisal: tuple[AppraisalQuestion, ...] = ()
    choice_cards: tuple[ChoiceCard, ...] = ()
    topic_coders: int = 1

    @property
    def names(self) -> tuple[str, ...]:
        """Names of everybody on the team, in the protocol's order."""
        return tuple(person.name for person in self.reviewers)

    @property
    def screeners(self) -> tuple[str, ...]:
        """Names of those who decide on records or did so until they left, in the protocol's order."""
        return tuple(person.name for person in self.reviewers if person.role in ("reviewer", "owner"))

    @property
    def active(self) -> tuple[str, ...]:
        """Names of those who decide on records and have not left, in the protocol's order."""
        return tuple(one.name for one in self.reviewers if one.role in ("reviewer", "owner") and not one.left)

    @property
    def experts(self) -> tuple[str, ...]:
        """Names of the experts who rate the outcome and have not left, in the protocol's order."""
        return tuple(one.name for one in self.reviewers if one.role == "expert" and not one.left)

    @property
    def query_text(self) -> str:
        """What the review is looking for, as one text: title, questions, objectives and inclusion criteria."""
        title = "" if self.title == UNTITLED else self.title
        parts = (title, self.question, *self.guiding_questions, self.objectives or self.aim, self.criteria_text)
        return "\n".join(part for part in parts if part)

    @property
    def criteria_text(self) -> str:
        """What a record must fulfil, one inclusion criterion a line."""
        return "\n".join(criterion.text for criterion in self.inclusion if criterion.text)

    @property
    def appraisal_forms(self) -> tuple[str, ...]:
        """Names of the forms of quality appraisal, in the protocol's order."""
        return tuple(dict.fromkeys(question.form for question in self.appraisal))

    def form(self, name: str) -> tuple[ExtractionField, ...]:
        """Return the fields of a form; a question of quality appraisal is a field with one choice.

        Raises
        ------
        UnknownError
            If the protocol has no such form.
        """
        fields = self.extraction if name == EXTRACTION else tuple(_field(q) for q in self.appraisal if q.form == name)
        if not fields:
            known = (EXTRACTION,) * bool(self.extraction) + self.appraisal_forms
            table = "[[extraction]]" if name == EXTRACTION else "[[appraisal]]"
            raise UnknownError(
                f"the protocol has no form {name!r}",
                where="protocol",
                remedy=f"Its forms are {', '.join(known) or 'none'}; add {table} to protocol.toml",
            )
        return fields

    def reviewer(self, name: str) -> Reviewer:
        """Return the reviewer called `name`.

        Raises
        ------
        UnknownError
            If the protocol names nobody so.
        """
        if not name:
            raise UnknownError(
                "nobody was named",
                where="protocol",
                remedy=f"Say who does it (--by NAME); the team is {', '.join(self.names) or 'empty'}",
            )
        for person in self.reviewers:
            if person.name == name:
                return person
        raise UnknownError(
            f"nobody on the team is called {name!r}",
            where="protocol",
            remedy=f"The team is {', '.join(self.names) or 'empty'}; add one in protocol.toml, then `protocol accept`",
        )

    def reason(self, code: str) -> Reason:
        """Return the exclusion reason `code`.

        Raises
        ------
        UnknownError
            If it is not in the closed list.
        """
        for reason in self.reasons:
            if reason.code == code:
                return reason
        raise UnknownError(
            f"no exclusion reason has the code {code!r}",
            where="protocol",
            remedy=f"Choose one of {', '.join(r.code for r in self.reasons) or 'none'}",
        )


def _field(question: AppraisalQuestion) -> ExtractionField:
    return ExtractionField(
        question.code,
        question.question,
        "single",
        question.answers or ANSWERS,
        help=question.help,
        group=question.group,
    )
