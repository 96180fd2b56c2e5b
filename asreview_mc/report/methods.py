"""The methods paragraph, written from what happened: each sentence only where its events are in the log."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from asreview_mc.core.event import (
    Extracted,
    ExtractionSettled,
    Logged,
    PanelRated,
    ProtocolSet,
    ReferencesRead,
    RoundBegun,
    TopicsConfirmed,
    TopicsSettled,
)
from asreview_mc.core.protocol import EXTRACTION
from asreview_mc.core.version import __version__
from asreview_mc.report.counts import count
from asreview_mc.report.methods_screening import screening
from asreview_mc.report.said import Account, Sentence, joined, many, times, were
from asreview_mc.review.state import State

_ROUTES = {
    "database": "databases",
    "register": "registers",
    "website": "websites",
    "organisation": "organisations",
    "citation": "citation searching",
}


def sentences(
    state: State, events: Sequence[Logged], agreement: Mapping[str, Any], rankers: Mapping[str, str] | None = None
) -> list[Sentence]:
    """Return the sentences of the methods paragraph in the order of the work.

    Parameters
    ----------
    events : sequence of Logged
        The log, without what the one who asks may not see.
    agreement : mapping
        What ``agreement --json`` answers, by stage.
    rankers : mapping or None
        The settings in words of the rankers that the log names, as far as they are known.
    """
    log = Account(state, events, agreement, count(state), rankers or {})
    return [one for part in _PARTS for one in part(log)]


def _protocol(log: Account) -> Iterator[Sentence]:
    found = log.of(ProtocolSet)
    if not found:
        return
    (first, _), *later = found
    text = f"The protocol was set on {first.at[:10]}"
    if later:
        said = "; ".join(f"{logged.at[:10]}, {event.reason or 'no reason given'}" for logged, event in later)
        text += f" and amended {times(len(later))} ({said})"
    yield Sentence(f"{text}.", tuple(logged.seq for logged, _ in found))


def _searches(log: Account) -> Iterator[Sentence]:
    for via, where in _ROUTES.items():
        found = log.of(ReferencesRead, lambda event, via=via: event.via == via)  # type: ignore[misc]
        if not found:
            continue
        groups: dict[tuple[str, str, str, str, str], int] = {}
        for _, event in found:
            key = (event.source, event.searched, event.by, event.query, event.fields)
            groups[key] = groups.get(key, 0) + event.found
        parts = []
        for (source, searched, by, query, fields), n in groups.items():
            details = [f"{many(n, 'record')}"]
            details += [f"searched on {searched}"] * bool(searched) + [f"by {by}"] * bool(by)
            details += [f"query: {query}"] * bool(query) + [f"in {fields}"] * bool(fields)
            parts.append(f"{source} ({', '.join(details)})")
        yield Sentence(f"Records were identified from {where}: {'; '.join(parts)}.", tuple(one.seq for one, _ in found))


def _duplicates(log: Account) -> Iterator[Sentence]:
    merged = tuple(one.seq for one in log.events if one.event.kind == "merged")
    n = log.prisma.duplicates + log.prisma.other_duplicates
    if merged and n:
        yield Sentence(f"Before screening {many(n, 'duplicate record')} {were(n)} removed.", merged)
    judged = tuple(one.seq for one in log.events if one.event.kind == "flag_judged")
    n = len(log.state.removed)
    if judged and n:
        said = f"{many(n, 'record')} that the program had flagged against a criterion {were(n)} removed"
        yield Sentence(f"{said} after a person had confirmed it.", judged)


def _forms(log: Account) -> Iterator[Sentence]:
    names = list(dict.fromkeys(event.form for _, event in log.of(Extracted)))
    for form in names:
        found = log.of(Extracted, lambda event, form=form: event.form == form)  # type: ignore[misc]
        people = list(dict.fromkeys(event.reviewer for _, event in found))
        fields = {code for _, event in found for code in event.values}
        papers = {log.state.kept(event.record_id) for _, event in found}
        what = "Data were extracted" if form == EXTRACTION else f"Quality was appraised with the form {form}"
        blind = (
            ", independently and blind to each other" if len(people) > 1 and log.protocol.decisions_wanted > 1 else ""
        )
        text = f"{what} by {joined(people)}{blind}: {many(len(fields), 'field')} for {many(len(papers), 'paper')}"
        yield Sentence(f"{text}.", tuple(one.seq for one, _ in found))
        taken = [
            one
            for one, event in found
            if any(event.suggested.get(code) == value for code, value in event.values.items())
        ]
        if taken:
            same = "is" if len(taken) == 1 else "are"
            yield Sentence(
                f"{many(len(taken), 'entry', 'entries')} {same} what the program suggests for the field.",
                tuple(one.seq for one in taken),
            )
        settled = log.of(ExtractionSettled, lambda event, form=form: event.form == form)  # type: ignore[misc]
        if settled:
            by = joined(list(dict.fromkeys(name for _, event in settled for name in event.by)))
            n = len({event.record_id for _, event in settled})
            yield Sentence(
                f"Differences were settled for {many(n, 'paper')} by {by}.",
                tuple(one.seq for one, _ in settled),
            )


def _topics(log: Account) -> Iterator[Sentence]:
    found = log.of(TopicsConfirmed)
    if found:
        people = joined(list(dict.fromkeys(event.reviewer for _, event in found)))
        papers = len({log.state.kept(event.record_id) for _, event in found})
        yield Sentence(
            f"Sub-topics were confirmed for {many(papers, 'paper')} by {people}.", tuple(one.seq for one, _ in found)
        )
        offered = [(logged, event) for logged, event in found if event.model]
        if offered:
            hidden = sum(event.hidden for _, event in offered)
            shown = f"For {len(offered) - hidden:,} of {many(len(found), 'answer')} a model had suggested them"
            apart = f", {many(hidden, 'answer')} {were(hidden)} given with its suggestions hidden" if hidden else ""
            models = _models([event.model for _, event in offered])
            yield Sentence(f"{shown}{apart} ({models}).", tuple(one.seq for one, _ in offered))
    settled = log.of(TopicsSettled)
    if settled:
        n = len({event.record_id for _, event in settled})
        yield Sentence(
            f"Differences in sub-topics were settled for {many(n, 'paper')}.", tuple(one.seq for one, _ in settled)
        )


def _models(names: Sequence[str]) -> str:
    """Return the models in words; of one that every answer taught anew how many states there were, not each."""
    states: dict[tuple[str, str], dict[str, None]] = {}
    for name in names:
        kind, _, encoder = name.partition(" on ")
        states.setdefault((kind.split(" ")[0], encoder), {})[kind] = None
    return "; ".join(
        f"{next(iter(kinds))} on {encoder}"
        if len(kinds) == 1
        else f"{kind} on {encoder}, in {len(kinds):,} states as answers taught it"
        for (kind, encoder), kinds in states.items()
    )


def _panel(log: Account) -> Iterator[Sentence]:
    found = log.of(PanelRated)
    if found:
        people = len({event.reviewer for _, event in found})
        subjects = len({event.subject for _, event in found})
        yield Sentence(
            f"{many(people, 'expert')} separately rated {many(subjects, 'item')} of the outcome and conduct of it.",
            tuple(one.seq for one, _ in found),
        )


def _rounds(log: Account) -> Iterator[Sentence]:
    for logged, event in log.of(RoundBegun):
        yield Sentence(f"The review was updated from {logged.at[:10]} on ({event.name}).", (logged.seq,))


def _software(log: Account) -> Iterator[Sentence]:
    if log.events:
        yield Sentence(
            f"Every step was logged in asreview-mc {__version__}; the log of {log.state.seq:,} events has the head"
            f" {log.state.head}.",
            (log.state.seq,),
        )


_PARTS = (_protocol, _searches, _duplicates, screening, _forms, _topics, _panel, _rounds, _software)
