"""What a protocol cannot mean: its parts against each other, once each can be read by itself."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from asreview_mc.core.cards import card_contradictions, choice_contradictions
from asreview_mc.core.protocol import CLOSED, EXTRACTION, FIELD_TYPES, ROLES, Protocol

_DAY = re.compile(r"[12]\d{3}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?\Z")
_CODE = re.compile(r"[a-z][a-z0-9_-]*\Z")


def contradictions(protocol: Protocol) -> Iterable[str]:
    """Say what a protocol that parses cannot mean, one sentence each, with the table it stands in."""
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
        yield from _repeated_choices(place, field.choices)
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
        yield from _repeated_choices(place, question.answers)


def _repeated_choices(place: str, choices: Sequence[str]) -> Iterable[str]:
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
