"""Which records look as if they fail a criterion that a program can check; a person confirms each flag."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from asreview_mc.core.protocol import Criterion, Protocol
from asreview_mc.core.record import Record
from asreview_mc.identify.facts import MONTHS

_COMPACT = re.compile(r"\b([12]\d{3})([01]\d)([0-3]\d)\b")
_NUMBERS = re.compile(r"(?P<year>[12]\d{3})(?:[-/. ](?P<month>\d{1,2})(?:[-/. ](?P<day>\d{1,2}))?)?(?!\d)")
_NAMED = re.compile(
    r"(?:(?P<day>\d{1,2})\.? )?(?P<month>[a-z]{3})[a-z]*\.?(?: (?P<late>\d{1,2}),?)?,? (?P<year>[12]\d{3})"
)
_MONTHS = re.compile(r"\b(?P<first>[a-z]{3})[a-z]*\.?(?: \d{1,2})? ?[-–/] ?(?P<last>[a-z]{3})[a-z]*\b")
_LONE_YEAR = re.compile(r"(?<!\d)[12]\d{3}(?!\d)")
_PEER_REVIEW = re.compile(r"\W*(?:is )?(?:peer[ _-]?review(?:ed)?|refereed)\W*", re.IGNORECASE)
_ANSWERS = {"yes": "yes", "y": "yes", "true": "yes", "t": "yes", "1": "yes"} | dict.fromkeys(
    ("no", "n", "false", "f", "0"), "no"
)
_LEADING = re.compile(r"(?P<year>[12]\d{3}),? (?P<month>[a-z]{3})[a-z]*\.?(?: (?P<day>\d{1,2}))?")
_PEER_REVIEW_SAID = {"yes": "peer reviewed, as the source says", "no": "not peer reviewed, as the source says"}


@dataclass(frozen=True, slots=True)
class Flag:
    """Record `record_id` seems to fail `criterion`; `why` says what was found."""

    record_id: str
    criterion: str
    why: str


def flags(records: Iterable[Record], protocol: Protocol) -> list[Flag]:
    """Return what looks as if it failed, record by record; where the source is silent nothing is flagged.

    An inclusion criterion flags what does not meet its settings, an exclusion criterion what does.
    """
    found = []
    for record in records:
        for criterion in protocol.inclusion:
            why = _unmet(record, criterion)
            if why:
                found.append(Flag(record.record_id, criterion.code, why))
        for criterion in protocol.exclusion:
            why = _met(record, criterion)
            if why:
                found.append(Flag(record.record_id, criterion.code, why))
    return found


def published(record: Record) -> tuple[str, str] | None:
    """Return the first and the last day on which a record may have been published, ISO 8601; None if it does not say.

    A year or a month stands for all its days. What appeared online first may count as published from then on until it
    was in an issue, since protocols seldom say which they mean.
    """
    issue, online = _said(record.date, record.year), _said(record.date_online, None)
    if not issue or not online:
        return issue or online
    return min(issue[0], online[0]), max(issue[1], online[1])


def peer_reviewed(record: Record) -> str:
    """Return ``yes`` or ``no`` as a field of that name or a note has it, and ``""`` where the source is silent."""
    named = (f"{name}: {text}" for name, texts in record.extra.items() for text in texts)
    for text in (*named, *record.notes):
        name = _PEER_REVIEW.match(text)
        answer = _ANSWERS.get(text[name.end() :].strip(" .;").lower()) if name else None
        if answer:
            return answer
    return ""


def _said(date: str, year: int | None) -> tuple[str, str] | None:
    text = _COMPACT.sub(r"\1-\2-\3", date.strip().lower())
    months, years = _MONTHS.search(text), set(_LONE_YEAR.findall(text))
    if months and len(years) == 1 and {months["first"], months["last"]} <= set(MONTHS):
        of = years.pop()
        named = (_days(of, str(MONTHS.index(months[which]) + 1), "") for which in ("first", "last"))
        first, last = (days for days in named if days)
        if first <= last:
            return first[0], last[1]
    for pattern in (_LEADING, _NAMED, _NUMBERS):
        match = pattern.search(text)
        if match:
            said = match.groupdict()
            month = said["month"] or ""
            if month.isalpha():
                month = str(MONTHS.index(month) + 1) if month in MONTHS else ""
            days = _days(said["year"], month, said["day"] or said.get("late") or "")
            if days:
                return days
    return _days(str(year), "", "") if year else None


def _days(year: str, month: str, day: str) -> tuple[str, str] | None:
    if month and not 1 <= int(month) <= 12:
        return None
    if not month:
        return f"{year}-01-01", f"{year}-12-31"
    if not day or not 1 <= int(day) <= 31:
        return f"{year}-{int(month):02d}-01", f"{year}-{int(month):02d}-31"
    exact = f"{year}-{int(month):02d}-{int(day):02d}"
    return exact, exact


def _unmet(record: Record, criterion: Criterion) -> str:
    """Say what keeps a record from meeting an inclusion criterion, ``""`` where nothing does."""
    days = published(record)
    if days and criterion.date_from and days[1] < _first_day(criterion.date_from):
        return f"published {record.date or record.year}, before {criterion.date_from}"
    if days and criterion.date_to and days[0] > _last_day(criterion.date_to):
        return f"published {record.date or record.year}, after {criterion.date_to}"
    if criterion.languages and record.language and not _among(record.language, criterion.languages):
        return f"language {record.language}"
    kind = record.publication_type
    if criterion.publication_types and kind and not _among(kind, criterion.publication_types):
        return f"publication type {kind}"
    if criterion.peer_reviewed and peer_reviewed(record) not in ("", criterion.peer_reviewed):
        return _PEER_REVIEW_SAID[peer_reviewed(record)]
    if criterion.keywords and not _mentions(record, criterion.keywords):
        return f"neither title nor abstract has {', '.join(criterion.keywords)}"
    return ""


def _met(record: Record, criterion: Criterion) -> str:
    """Say what makes a record meet an exclusion criterion, ``""`` where nothing does."""
    days = published(record)
    bounded = criterion.date_from or criterion.date_to
    if days and bounded and _within(days, criterion):
        return f"published {record.date or record.year}"
    if record.language and _among(record.language, criterion.languages):
        return f"language {record.language}"
    if record.publication_type and _among(record.publication_type, criterion.publication_types):
        return f"publication type {record.publication_type}"
    if criterion.peer_reviewed and peer_reviewed(record) == criterion.peer_reviewed:
        return _PEER_REVIEW_SAID[criterion.peer_reviewed]
    word = _mentions(record, criterion.keywords)
    return f"has {word!r} in title or abstract" if word else ""


def _within(days: tuple[str, str], criterion: Criterion) -> bool:
    after = not criterion.date_from or days[0] >= _first_day(criterion.date_from)
    return after and (not criterion.date_to or days[1] <= _last_day(criterion.date_to))


def _first_day(day: str) -> str:
    return f"{day}-01-01"[:10] if len(day) == 4 else f"{day}-01"[:10]


def _last_day(day: str) -> str:
    return {4: f"{day}-12-31", 7: f"{day}-31"}.get(len(day), day)


def _among(said: str, known: Sequence[str]) -> bool:
    """Whether one of several values, such as ``Article; Review``, is known."""
    plain = {_plain(name) for name in known}
    return any(_plain(part) in plain for part in re.split(r"[;,/|]", said)) or _plain(said) in plain


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def _mentions(record: Record, words: Sequence[str]) -> str:
    """Return the first of `words` that stands in title or abstract, ``""`` if none does."""
    text = _plain(f"{record.title} {record.abstract}")
    for word in words:
        stem = re.escape(_plain(word).rstrip("*"))
        if re.search(rf"(?<!\w){stem}" + ("" if word.endswith("*") else r"(?!\w)"), text):
            return word
    return ""
