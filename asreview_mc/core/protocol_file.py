"""Reading a protocol from TOML: the shipped templates, and every contradiction of a draft at once."""

from __future__ import annotations

import dataclasses
import re
import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from importlib import resources
from typing import Any, cast, get_args

from asreview_mc.core.cards import Card, ChoiceCard, card_contradictions, choice_contradictions
from asreview_mc.core.errors import ProtocolError, UnknownError
from asreview_mc.core.protocol import (
    CLOSED,
    EXTRACTION,
    FIELD_TYPES,
    ROLES,
    AppraisalQuestion,
    Criterion,
    ExtractionField,
    MaybeReading,
    Protocol,
    Reason,
    Reviewer,
    Source,
    Stopping,
)

TEMPLATES = ("micro-credentials", "blank")
APPRAISALS = ("mixed-designs", "cross-sectional", "qualitative")
_DAY = re.compile(r"[12]\d{3}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?\Z")
_CODE = re.compile(r"[a-z][a-z0-9_-]*\Z")


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


def appraisal_template(name: str) -> str:
    """Return the TOML text of a shipped form of quality appraisal, to be put into a protocol.

    Raises
    ------
    UnknownError
        If there is no such form.
    """
    if name not in APPRAISALS:
        raise UnknownError(f"no form of appraisal is called {name!r}", remedy=f"Choose one of {', '.join(APPRAISALS)}")
    return (resources.files("asreview_mc.core") / "templates" / "appraisal" / f"{name}.toml").read_text("utf-8")


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
            "topics",
            "extraction",
            "choices",
            "stopping",
            "appraisal",
        }
        self.unknown(self.data, known, "the file")
        review = self.table(self.data, "review")
        screening = self.table(self.data, "screening")
        keywords = self.table(self.data, "keywords")
        criteria = self.table(self.data, "criteria")
        single = ("title", "aim", "question", "objectives", "scope", "definition", "notice")
        several = ("guiding_questions", "concepts", "signed_off_by")
        self.unknown(review, {*single, *several}, "[review]")
        self.unknown(screening, {"decisions_wanted", "maybe", "maybe_in_agreement", "show_scores"}, "[screening]")
        stopping = self.table(self.data, "stopping")
        self.unknown(stopping, {"rule", "target", "confidence"}, "[stopping]")
        self.unknown(keywords, {"include", "exclude"}, "[keywords]")
        self.unknown(criteria, {"inclusion", "exclusion"}, "[criteria]")
        topics = self.table(self.data, "topics")
        self.unknown(topics, {"coders"}, "[topics]")
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
            decisions_wanted=self.whole(screening, "decisions_wanted", "[screening]", 2),
            maybe=self.string(screening, "maybe", "[screening]") or "conflict",
            maybe_in_agreement=self.reading(screening),
            show_scores=self.truth(screening, "show_scores", "[screening]"),
            keywords_include=self.strings(keywords, "include", "[keywords]"),
            keywords_exclude=self.strings(keywords, "exclude", "[keywords]"),
            cards=tuple(self.items(Card, self.data, "subtopics")),
            extraction=tuple(self.items(ExtractionField, self.data, "extraction")),
            choice_cards=tuple(self.items(ChoiceCard, self.data, "choices")),
            topic_coders=self.whole(topics, "coders", "[topics]", 1),
            stopping=Stopping(
                self.string(stopping, "rule", "[stopping]"),
                self.share(stopping, "target", below_one=False),
                self.share(stopping, "confidence", below_one=True),
            ),
            appraisal=tuple(self.items(AppraisalQuestion, self.data, "appraisal")),
        )

    def whole(self, data: Mapping[str, Any], name: str, place: str, default: int) -> int:
        value = data.get(name, default)
        if isinstance(value, int) and not isinstance(value, bool):
            return value
        self.problems.append(f"{place} {name} must be a whole number")
        return default

    def share(self, stopping: Mapping[str, Any], name: str, *, below_one: bool) -> float:
        value = stopping.get(name, 0.95)
        number = isinstance(value, (int, float)) and not isinstance(value, bool)
        if number and 0 < value <= 1 and (value < 1 or not below_one):
            return float(value)
        self.problems.append(f"[stopping] {name} must be a number above 0 and {'below' if below_one else 'at most'} 1")
        return 0.95

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

    def of_kind(self, kind: str, data: Mapping[str, Any], name: str, place: str) -> object:
        if kind == "bool":
            return self.truth(data, name, place)
        return self.strings(data, name, place) if "tuple" in kind else self.string(data, name, place)

    def truth(self, data: Mapping[str, Any], name: str, place: str) -> bool:
        value = data.get(name, False)
        if isinstance(value, bool):
            return value
        self.problems.append(f"{place} {name} must be true or false")
        return False

    def strings(self, data: Mapping[str, Any], name: str, place: str) -> tuple[str, ...]:
        value = data.get(name, [])
        if isinstance(value, list) and all(isinstance(item, str) for item in value):
            return tuple(item.strip() for item in value)
        self.problems.append(f"{place} {name} must be a list of texts")
        return ()

    def flag(self, data: Mapping[str, Any], name: str, place: str) -> bool:
        value = data.get(name, False)
        if not isinstance(value, bool):
            self.problems.append(f"{place} {name} must be true or false")
        return value is True

    def _reads(self, type_name: str) -> Callable[[Mapping[str, Any], str, str], Any]:
        return self.strings if "tuple" in type_name else self.flag if type_name == "bool" else self.string

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
                    values[setting.name] = self.of_kind(str(setting.type), item, setting.name, place)
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
    if not 1 <= protocol.topic_coders <= 5:
        yield "[topics] coders must be 1 to 5"
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
        if criterion.peer_reviewed not in ("", "yes", "no"):
            yield f"[[criteria]] {criterion.code!r} has peer_reviewed {criterion.peer_reviewed!r}, not 'yes' or 'no'"
    yield from card_contradictions(protocol.cards)
    yield from choice_contradictions(protocol.choice_cards, {one.code: one.choices for one in protocol.extraction})
    yield from _form_contradictions(protocol)


def _form_contradictions(protocol: Protocol) -> Iterable[str]:
    for field in protocol.extraction:
        place = f"[[extraction]] {field.code!r}"
        if field.type not in FIELD_TYPES:
            yield f"{place} has the type {field.type!r}, not one of {', '.join(FIELD_TYPES)}"
        elif (field.type in CLOSED) != bool(field.choices):
            yield f"{place} needs choices" if field.type in CLOSED else f"{place} is a {field.type} and has choices"
        if field.definitions and len(field.definitions) != len(field.choices):
            yield f"{place} has {len(field.choices)} choices and {len(field.definitions)} definitions"
        if field.base not in ("papers", "labels"):
            yield f"{place} has the base {field.base!r}, not papers or labels"
        yield from _choice_contradictions(place, field.choices)
    coded = [(question.form, question.code) for question in protocol.appraisal]
    yield from (
        f"[[appraisal]] {form}, {code} stands twice"
        for form, code in sorted(set(coded))
        if coded.count((form, code)) > 1
    )
    for question in protocol.appraisal:
        place = f"[[appraisal]] {question.form!r}, {question.code!r}"
        if question.form == EXTRACTION or not _CODE.match(question.form) or not _CODE.match(question.code):
            yield f"{place} must have a form and a code of lower-case letters, digits, _ or -, and not be {EXTRACTION}"
        yield from _choice_contradictions(place, question.answers)


def _choice_contradictions(place: str, choices: Sequence[str]) -> Iterable[str]:
    folded = [choice.casefold() for choice in choices]
    yield from (f"{place} has the choice {choice!r} twice" for choice in _repeated(folded))
    # Cells of a sheet join several choices by semicolons.
    yield from (f"{place} has the choice {choice!r} with a semicolon" for choice in choices if ";" in choice)


def _team_contradictions(protocol: Protocol) -> Iterable[str]:
    if len(protocol.active) < protocol.decisions_wanted:
        deciding = len(protocol.active)
        yield f"[[reviewers]] has {deciding} who decide, but decisions_wanted is {protocol.decisions_wanted}"
    elif len(protocol.active) < protocol.topic_coders:
        yield f"[[reviewers]] has {len(protocol.active)} who decide, but [topics] coders is {protocol.topic_coders}"
    for person in protocol.reviewers:
        if person.role not in ROLES:
            yield f"[[reviewers]] {person.name!r} has the role {person.role!r}, not one of {', '.join(ROLES)}"
    if any(not name or name != name.strip() for name in protocol.names):
        yield "[[reviewers]] has an empty name"
    for name in _repeated(protocol.names):
        yield f"[[reviewers]] name {name!r} stands twice"


def _repeated(names: Sequence[str]) -> list[str]:
    return sorted({name for name in names if names.count(name) > 1})
