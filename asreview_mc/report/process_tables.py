"""How the review was done, as tables: screening stage by stage, exclusions, agreement, stopping assessments."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from asreview_mc.core.event import Logged, StopLooked
from asreview_mc.core.protocol import STAGES
from asreview_mc.report import tables
from asreview_mc.report.agreement_view import stages
from asreview_mc.report.flow_numbers import Prisma
from asreview_mc.report.table import Category, Table, distribution, row
from asreview_mc.review.state import State

_SHOWN = {"hidden": "unseen", "all": "all"}
_STAGES = {"abstract": "title and abstract", "fulltext": "full text"}


def exclusions(prisma: Prisma) -> Table:
    """Return the reports excluded on full text by reason."""
    found = [Category(one["reason"], tuple(one["papers"])) for one in tables.exclusions(prisma)]
    base = sum(len(one.papers) for one in found)
    return distribution(
        "exclusions", "Reports excluded on full text", "reason", found, base=base, base_is="reports excluded"
    )


def progress(state: State) -> Table:
    """Return how far screening has come at each stage; a record is in one column only."""
    rows = []
    for stage in STAGES:
        ids, begun = list(state.eligible(stage)), set(state.begun(stage))
        outcomes = [state.verdict(stage, one).outcome for one in ids]
        counts = [outcomes.count(outcome) for outcome in ("include", "exclude", "conflict")]
        pending = sum(outcome == "pending" and one in begun for one, outcome in zip(ids, outcomes, strict=True))
        rows.append(row(_STAGES[stage], len(ids), *counts, pending, len(ids) - sum(counts) - pending))
    header = ("stage", "records", "included", "excluded", "in conflict", "begun", "not begun")
    return Table("screening", "Screening by stage", header, tuple(rows))


def agreement(answers: Mapping[str, Any]) -> Table:
    """Return agreement of every pair and of all, from what ``agreement --json`` answers by stage."""
    rows = []
    for stage in stages(answers):
        name = _STAGES.get(stage["stage"], stage["stage"])
        for pair in stage["pairs"]:
            people = " and ".join(pair["raters"])
            rows += [row(name, people, pair["n"], *_statistic(one)) for one in pair["statistics"]]
        rows += [row(name, "all", stage["overlap"], *_statistic(one)) for one in stage["all"]]
    header = ("stage", "reviewers", "n", "statistic", "value", "95 % interval", "remark")
    note = "First decisions, made blind to each other."
    return Table("agreement", "Agreement between reviewers in screening", header, tuple(rows), note=note)


def _statistic(one: Mapping[str, str]) -> tuple[str, str, str, str]:
    return one["label"], one["value"], one["interval"], one["why"]


def form_agreement(form: str, fields: Iterable[Mapping[str, Any]]) -> Table:
    """Return agreement in a form field by field, from what `form_agreement.field_agreement` answers."""
    rows = []
    for field in fields:
        for pair in field["pairs"]:
            kappa = pair.get("cohen_kappa", {}).get("value")
            share = pair["percent_agreement"]["value"]
            shown = "" if kappa is None else f"{kappa:.2f}"
            rows.append(
                row(field["label"], " and ".join(pair["raters"]), pair["n"], pair["same"], f"{share:.0%}", shown)
            )
    header = ("field", "extractors", "n", "the same", "share", "Cohen’s κ")
    note = "First answers, given blind to each other; κ of fields with one choice."
    return Table(f"agreement-{form}", f"Agreement in the form {form}", header, tuple(rows), note=note)


def suggestions(quality: Iterable[Mapping[str, Any]], labels: Mapping[str, str]) -> Table:
    """Return how what was suggested compares with what people confirmed, as ``topics quality --json`` answers it."""
    rows = [
        row(
            labels.get(one["code"], one["code"]),
            how,
            one[kind]["n"],
            *(cell for name in ("precision", "recall") for cell in _share(one[kind][name])),
        )
        for one in quality
        for kind, how in _SHOWN.items()
        if one[kind]["n"]
    ]
    header = ("sub-topic", "coded", "n", "precision", "95 % interval", "recall", "95 % interval of recall")
    note = "First answer of each coder; Wilson intervals. What was coded unseen cannot have been swayed."
    return Table("suggestions", "Suggested sub-topics against confirmed ones", header, tuple(rows), note=note)


def subtopic_agreement(answers: Iterable[Mapping[str, Any]], labels: Mapping[str, str]) -> Table:
    """Return agreement of the coders on each sub-topic, from `sub_topics` of ``agreement --json``."""
    rows = []
    for one in answers:
        for how, found in (("unseen", one["hidden"]["all"]), ("all", one["all"])):
            share, ac1 = found["percent_agreement"], found["gwet_ac1"]["value"]
            if isinstance(share, float):  # else nothing was coded by two
                shown = "" if ac1 is None else f"{ac1:.2f}"
                rows.append(row(labels.get(one["code"], one["code"]), how, found["n"], f"{share:.0%}", shown))
    header = ("sub-topic", "coded", "n", "agreement", "Gwet’s AC1")
    note = "First answer of each coder, blind to the others. Unseen: with suggestions hidden."
    return Table("agreement-subtopics", "Agreement between coders of sub-topics", header, tuple(rows), note=note)


def _share(one: Mapping[str, Any]) -> tuple[str, str]:
    if one["value"] is None:
        return "–", ""
    return f"{one['value']:.2f}", f"{one['ci_low']:.2f} to {one['ci_high']:.2f}"


def _short(value: object) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def stop_looks(looks: Iterable[Logged]) -> Table:
    """Return every look at a stopping rule, with what it answered then."""
    rows = []
    for logged in looks:
        event = logged.event
        if isinstance(event, StopLooked):
            said = {True: "stop", False: "go on", None: "no answer" if event.rule else ""}[event.stop]
            evidence = "; ".join(f"{name} {_short(value)}" for name, value in event.evidence.items())
            rows.append(
                row(
                    logged.at[:10],
                    logged.seq,
                    _STAGES.get(event.stage, event.stage),
                    event.rule or "none chosen",
                    f"{event.target:g}",
                    f"{event.confidence:g}",
                    said,
                    evidence,
                    event.by,
                )
            )
    header = ("day", "event", "stage", "rule", "target recall", "confidence", "answer", "evidence", "by")
    return Table("stopping", "Looks at stopping rules", header, tuple(rows))


def process_tables(
    state: State,
    prisma: Prisma,
    answers: Mapping[str, Any],
    forms: Mapping[str, Iterable[Mapping[str, Any]]],
    looks: Iterable[Logged],
    topics: Mapping[str, Iterable[Mapping[str, Any]]],
) -> list[Table]:
    """Return all tables of the process that have a row."""
    labels = {card.code: card.label for card in state.protocol.cards}
    found = [
        progress(state),
        exclusions(prisma),
        agreement(answers),
        *(form_agreement(form, fields) for form, fields in forms.items()),
        subtopic_agreement(topics.get("agreement", ()), labels),
        suggestions(topics.get("quality", ()), labels),
        stop_looks(looks),
    ]
    return [table for table in found if table.rows]
