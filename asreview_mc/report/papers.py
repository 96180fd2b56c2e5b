"""Every included paper as the page shows it: decided, extracted, appraised, and what speaks for its sub-topics."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from asreview_mc.core.protocol import EXTRACTION, STAGES
from asreview_mc.core.record import Record
from asreview_mc.report.account import STAGE_NAMES
from asreview_mc.report.export import describe
from asreview_mc.review import answers
from asreview_mc.review.eligibility import eligibility
from asreview_mc.review.state import State
from asreview_mc.review.topics import confirmed

Evidence = Mapping[str, Mapping[str, str]]


def included_papers(
    state: State, records: Mapping[str, Record], viewer: str | None, head: str, evidence: Evidence
) -> list[dict[str, Any]]:
    """Return each included paper as `export.describe` does, with more to show.

    Besides, it has `said` (decisions as far as `viewer` may see them, and settlements, as lines), `topics` (label and
    evidence) and `forms` (name and rows: label, value, remark).

    Parameters
    ----------
    evidence : mapping
        By record and code of a sub-topic, a sentence that speaks for it.
    """
    included = eligibility(state).included
    chosen = frozenset(included)
    labels = {reason.code: reason.label for reason in state.protocol.reasons}
    return [
        describe(state, records[one], chosen, viewer, head)
        | {
            "said": list(_said(state, one, viewer, labels)),
            "topics": list(_topics(state, one, evidence.get(one, {}))),
            "forms": list(_forms(state, one, viewer)),
        }
        for one in included
    ]


def _said(state: State, record_id: str, viewer: str | None, labels: Mapping[str, str]) -> Iterator[str]:
    for stage in STAGES:
        for one in state.visible(stage, record_id, viewer):
            reason = f" ({labels.get(one.reason, one.reason)})" if one.reason else ""
            note = f": {one.note}" if one.note else ""
            yield f"{STAGE_NAMES[stage]}, {one.reviewer}: {one.decision}{reason}{note}"
        settlement = state.settlement(stage, record_id)
        if settlement:
            event = settlement.event
            note = f": {event.note}" if event.note else ""
            yield f"{STAGE_NAMES[stage]}, settled by {', '.join(event.by)}: {event.decision}{note}"


def _topics(state: State, record_id: str, evidence: Mapping[str, str]) -> Iterator[dict[str, str]]:
    labels = {card.code: card.label for card in state.protocol.cards}
    stands = confirmed(state, record_id)
    for code in stands.codes if stands else ():
        yield {"label": labels.get(code, code), "evidence": evidence.get(code, "")}


def _forms(state: State, record_id: str, viewer: str | None) -> Iterator[dict[str, Any]]:
    names = (EXTRACTION,) * bool(state.protocol.extraction) + state.protocol.appraisal_forms
    for name in names:
        rows = list(_rows(state, name, record_id, viewer))
        if rows:
            yield {"name": name, "rows": rows}


def _rows(state: State, form: str, record_id: str, viewer: str | None) -> Iterator[dict[str, str]]:
    fields = {field.code: field for field in state.protocol.form(form)}
    cells, wanted = state.forms.cells(form, record_id), state.protocol.decisions_wanted
    for code in dict.fromkeys((*fields, *sorted(cells))):
        if code not in cells or not cells[code].given:
            continue
        field, cell = fields.get(code), cells[code]
        stands = cell.stands(wanted, personal=field is not None and field.personal)
        if stands.value is not None:
            shown = "; ".join(answers.labels(field, stands.value)) if field else answers.shown(stands.value)
            remark = f"settled by {', '.join(cell.settled.by)}" if stands.status == "settled" and cell.settled else ""
            problem = answers.problem(field, stands.value)
        else:
            given = state.answers(cell, viewer)
            shown = " | ".join(f"{one.reviewer}: {answers.shown(one.value)}" for one in given)
            remark, problem = {"personal": "", "conflict": "not settled"}.get(stands.status, stands.status), ""
        yield {
            "label": field.label if field else code,
            "value": shown,
            "remark": "; ".join(part for part in (remark, problem) if part),
        }
