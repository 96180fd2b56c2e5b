"""The protocol: what the team agreed before it began, read from ``protocol.toml``."""

from __future__ import annotations

import dataclasses
import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any, Literal, cast, get_args

from asreview_mc.core.errors import ProtocolError, UnknownError

Stage = Literal["abstract", "fulltext"]
MaybeReading = Literal["include", "exclude", "omit"]
STAGES: tuple[Stage, ...] = ("abstract", "fulltext")
DECISIONS = ("include", "exclude", "maybe")
ROLES = ("reviewer", "owner", "adjudicator", "expert")
TEMPLATES = ("micro-credentials", "blank")
_DAY = re.compile(r"[12]\d{3}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?\Z")
UNTITLED = "Untitled review"
"""Title of the blank template, which says nothing of what is looked for."""
_CODE = re.compile(r"[a-z][a-z0-9_-]*\Z")


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
    keywords : tuple of str
        Of which title or abstract must hold one; a trailing ``*`` matches any ending.
    """

    code: str
    text: str
    date_from: str = ""
    date_to: str = ""
    languages: tuple[str, ...] = ()
    publication_types: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason for exclusion from the closed list, with what it means."""

    code: str
    label: str
    definition: str


@dataclass(frozen=True, slots=True)
class Reviewer:
    """A person of the team: reviewers and owners decide, adjudicators settle conflicts, experts rate the outcome."""

    name: str
    role: str = "reviewer"


@dataclass(frozen=True, slots=True)
class Source:
    """A place searched, and the query used there."""

    name: str
    query: str = ""
    fields: str = ""
    searched: str = ""


@dataclass(frozen=True, slots=True)
class Card:
    """What one sub-topic means: the evidence that a suggestion is built on.

    Attributes
    ----------
    code, label, group, definition : str
        `code` is used in files; `group` is the topic that the sub-topic belongs to.
    cues, not_cues : tuple of str
        Words and phrases that speak for the sub-topic, and those that only look like it. A trailing ``*`` matches any
        ending; matching ignores case.
    examples : tuple of str
        Sentences as an abstract on the sub-topic would have them.
    """

    code: str
    label: str
    group: str
    definition: str
    cues: tuple[str, ...] = ()
    not_cues: tuple[str, ...] = ()
    examples: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ExtractionField:
    """One field of the data-extraction form."""

    code: str
    label: str
    type: str
    choices: tuple[str, ...] = ()
    help: str = ""


@dataclass(frozen=True, slots=True)
class Protocol:
    """An accepted or drafted protocol; `text` is the TOML it was read from.

    `maybe` says what a completed pair that holds a maybe leads to at title and abstract (``"conflict"`` or
    ``"include"``); `maybe_in_agreement` how a maybe is read in the two-way agreement table (``"include"``,
    ``"exclude"`` or ``"omit"``).
    """

    text: str
    title: str
    aim: str = ""
    question: str = ""
    guiding_questions: tuple[str, ...] = ()
    objectives: str = ""
    scope: str = ""
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
    keywords_include: tuple[str, ...] = ()
    keywords_exclude: tuple[str, ...] = ()
    cards: tuple[Card, ...] = ()
    extraction: tuple[ExtractionField, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Names of everybody on the team, in the protocol's order."""
        return tuple(person.name for person in self.reviewers)

    @property
    def screeners(self) -> tuple[str, ...]:
        """Names of those who decide on records, in the protocol's order."""
        return tuple(person.name for person in self.reviewers if person.role in ("reviewer", "owner"))

    @property
    def query_text(self) -> str:
        """What the review is looking for, as one text: title, questions, objectives and inclusion criteria."""
        criteria = (criterion.text for criterion in self.inclusion)
        title = "" if self.title == UNTITLED else self.title
        parts = (title, self.question, *self.guiding_questions, self.objectives or self.aim, *criteria)
        return "\n".join(part for part in parts if part)

    def reviewer(self, name: str) -> Reviewer:
        """Return the reviewer called `name`.

        Raises
        ------
        UnknownError
            If the protocol names nobody so.
        """
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


def template(name: str) -> str:
    """Return the TOML text of a shipped protocol.

    Raises
    ------
    UnknownError
        If there is no such template.
    """
    if name not in TEMPLATES:
        raise UnknownError(f"no template is called {name!r}", remedy=f"Choose one of {', '.join(TEMPLATES)}")
    return (resources.files("asreview_mc.core") / "templates" / f"{name}.toml").read_text("utf-8")


@lru_cache(maxsize=8)  # a protocol is a value, and every decision asks for the one that holds
def parse(text: str, *, where: str = "protocol.toml", strict: bool = True) -> Protocol:
    """Read a protocol from TOML.

    Parameters
    ----------
    text : str
        The whole file.
    where : str
        Name used in messages.
    strict : bool
        False for one that was accepted once: rules made since do not take a review away from its team.

    Raises
    ------
    ProtocolError
        If it is not TOML, or with every contradiction found, separated by semicolons.
    """
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ProtocolError(f"is not valid TOML: {error}", where=where, remedy="Correct that line") from None
    reader = _Reader(data)
    protocol = reader.protocol(text)
    problems = [*reader.problems, *_contradictions(protocol)] if strict else []
    if problems:
        raise ProtocolError("; ".join(problems), where=where, remedy="Correct these settings")
    return protocol


class _Reader:
    """Takes values out of parsed TOML and collects everything that is wrong with them."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        self.data = data
        self.problems: list[str] = []

    def protocol(self, text: str) -> Protocol:
        known = {
            "review",
            "screening",
            "sources",
            "criteria",
            "reasons",
            "reviewers",
            "keywords",
            "subtopics",
            "extraction",
        }
        self.unknown(self.data, known, "the file")
        review = self.table(self.data, "review")
        screening = self.table(self.data, "screening")
        keywords = self.table(self.data, "keywords")
        criteria = self.table(self.data, "criteria")
        single = ("title", "aim", "question", "objectives", "scope", "definition")
        several = ("guiding_questions", "concepts", "signed_off_by")
        self.unknown(review, {*single, *several}, "[review]")
        self.unknown(screening, {"decisions_wanted", "maybe", "maybe_in_agreement"}, "[screening]")
        self.unknown(keywords, {"include", "exclude"}, "[keywords]")
        self.unknown(criteria, {"inclusion", "exclusion"}, "[criteria]")
        wanted = screening.get("decisions_wanted", 2)
        if not isinstance(wanted, int) or isinstance(wanted, bool):
            self.problems.append("[screening] decisions_wanted must be a whole number")
            wanted = 2
        texts: dict[str, Any] = {name: self.string(review, name, "[review]") for name in single}
        texts |= {name: self.strings(review, name, "[review]") for name in several}
        return Protocol(
            text=text,
            **texts,
            sources=tuple(self.items(Source, self.data, "sources")),
            inclusion=tuple(self.items(Criterion, criteria, "inclusion")),
            exclusion=tuple(self.items(Criterion, criteria, "exclusion")),
            reasons=tuple(self.items(Reason, self.data, "reasons")),
            reviewers=tuple(self.items(Reviewer, self.data, "reviewers")),
            decisions_wanted=wanted,
            maybe=self.string(screening, "maybe", "[screening]") or "conflict",
            maybe_in_agreement=self.reading(screening),
            keywords_include=self.strings(keywords, "include", "[keywords]"),
            keywords_exclude=self.strings(keywords, "exclude", "[keywords]"),
            cards=tuple(self.items(Card, self.data, "subtopics")),
            extraction=tuple(self.items(ExtractionField, self.data, "extraction")),
        )

    def reading(self, screening: Mapping[str, Any]) -> MaybeReading:
        said = screening.get("maybe_in_agreement", "include")
        for known in get_args(MaybeReading):
            if said == known:
                return cast("MaybeReading", known)
        self.problems.append("[screening] maybe_in_agreement must be 'include', 'exclude' or 'omit'")
        return "include"

    def table(self, data: Mapping[str, Any], name: str) -> Mapping[str, Any]:
        value = data.get(name, {})
        if isinstance(value, dict):
            return value
        self.problems.append(f"[{name}] must be a table")
        return {}

    def unknown(self, data: Mapping[str, Any], known: Iterable[str], place: str) -> None:
        for name in sorted(set(data) - set(known)):
            self.problems.append(f"{place} has an unknown setting {name!r}")

    def string(self, data: Mapping[str, Any], name: str, place: str) -> str:
        value = data.get(name, "")
        if isinstance(value, str):
            return value.strip()
        self.problems.append(f"{place} {name} must be text")
        return ""

    def strings(self, data: Mapping[str, Any], name: str, place: str) -> tuple[str, ...]:
        value = data.get(name, [])
        if isinstance(value, list) and all(isinstance(item, str) for item in value):
            return tuple(item.strip() for item in value)
        self.problems.append(f"{place} {name} must be a list of texts")
        return ()

    def items(self, kind: type[Any], data: Mapping[str, Any], name: str) -> Iterable[Any]:
        value = data.get(name, [])
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            self.problems.append(f"[[{name}]] must be a list of tables")
            return
        for position, item in enumerate(value, start=1):
            place = f"[[{name}]] number {position}"
            settings = dataclasses.fields(kind)
            self.unknown(item, (setting.name for setting in settings), place)
            values: dict[str, Any] = {}
            for setting in settings:
                if setting.name in item:
                    read = self.strings if "tuple" in str(setting.type) else self.string
                    values[setting.name] = read(item, setting.name, place)
                elif setting.default is dataclasses.MISSING:
                    self.problems.append(f"{place} lacks {setting.name!r}")
                    values[setting.name] = ""
            yield kind(**values)


def _contradictions(protocol: Protocol) -> Iterable[str]:
    """Say what a protocol that parses cannot mean."""
    if not protocol.title:
        yield "[review] title is empty"
    if not 1 <= protocol.decisions_wanted <= 5:
        yield "[screening] decisions_wanted must be 1 to 5"
    yield from _team_contradictions(protocol)
    if protocol.maybe not in ("conflict", "include"):
        yield "[screening] maybe must be 'conflict' or 'include'"
    coded: dict[str, Sequence[Any]] = {
        "[[criteria.inclusion]]": protocol.inclusion,
        "[[criteria.exclusion]]": protocol.exclusion,
        "[[reasons]]": protocol.reasons,
        "[[subtopics]]": protocol.cards,
        "[[extraction]]": protocol.extraction,
    }
    for place, coded_items in coded.items():
        codes = [item.code for item in coded_items]
        yield from (
            f"{place} code {code!r} must be lower-case letters, digits, _ or -"
            for code in codes
            if not _CODE.match(code)
        )
        yield from (f"{place} code {code!r} stands twice" for code in sorted({c for c in codes if codes.count(c) > 1}))
    for criterion in (*protocol.inclusion, *protocol.exclusion):
        for day in (criterion.date_from, criterion.date_to):
            if day and not _DAY.match(day):
                yield f"[[criteria]] {criterion.code!r} has the date {day!r}, not one like 2015-01-31, 2015-01 or 2015"
    yield from _card_contradictions(protocol.cards)


def _team_contradictions(protocol: Protocol) -> Iterable[str]:
    if len(protocol.screeners) < protocol.decisions_wanted:
        deciding = len(protocol.screeners)
        yield f"[[reviewers]] has {deciding} who decide, but decisions_wanted is {protocol.decisions_wanted}"
    for person in protocol.reviewers:
        if person.role not in ROLES:
            yield f"[[reviewers]] {person.name!r} has the role {person.role!r}, not one of {', '.join(ROLES)}"
    if any(not name or name != name.strip() for name in protocol.names):
        yield "[[reviewers]] has an empty name"
    for name in _repeated(protocol.names):
        yield f"[[reviewers]] name {name!r} stands twice"


def _repeated(names: Sequence[str]) -> list[str]:
    return sorted({name for name in names if names.count(name) > 1})


def _card_contradictions(cards: Sequence[Card]) -> Iterable[str]:
    owner: dict[str, str] = {}
    for card in cards:
        if not card.definition:
            yield f"[[subtopics]] {card.code!r} has an empty definition"
        for cue in card.cues:
            other = owner.setdefault(cue.lower(), card.code)
            if other != card.code:
                yield f"[[subtopics]] {other!r} and {card.code!r} share the cue {cue!r}"
