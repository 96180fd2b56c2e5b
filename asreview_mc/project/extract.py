"""Data extraction and quality appraisal: forms filled in by two people blind to each other, compared, and settled."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from asreview_mc.core.errors import DecisionError, UnknownError
from asreview_mc.core.event import Extracted, ExtractionSettled, Logged
from asreview_mc.core.protocol import EXTRACTION, ExtractionField
from asreview_mc.learn.encode import Encoder
from asreview_mc.project.checks import check_decider
from asreview_mc.project.offers import offers
from asreview_mc.project.review import Review
from asreview_mc.review import answers
from asreview_mc.review.eligibility import eligibility
from asreview_mc.review.forms import Cell, Given
from asreview_mc.review.state import State


def appraisal_form(review: Review, name: str = "") -> str:
    """Return the name of a form of quality appraisal: `name`, or the only one there is.

    Raises
    ------
    UnknownError
        If there is none, several and none was named, or none so called.
    """
    known = review.protocol.appraisal_forms
    if name in known or (not name and len(known) == 1):
        return name or known[0]
    if not known:
        raise UnknownError(
            "the protocol has no form of quality appraisal",
            where="protocol",
            remedy="Add one: `asreview-mc appraise templates NAME >> protocol.toml`, then `protocol accept`",
        )
    raise UnknownError(
        f"no form of appraisal is called {name!r}" if name else "there are several forms of appraisal",
        where="--form",
        remedy=f"Choose one of {', '.join(known)}",
    )


def form(review: Review, name: str = EXTRACTION) -> list[dict[str, Any]]:
    """Return the fields of a form as plain values, each choice with what it means."""
    return [
        {
            "code": field.code,
            "label": field.label,
            "type": field.type,
            "group": field.group,
            "choices": [
                {
                    "choice": choice,
                    "definition": dict(zip(field.choices, field.definitions, strict=False)).get(choice, ""),
                }
                for choice in field.choices
            ],
            "help": field.help,
            "personal": field.personal,
        }
        for field in review.protocol.form(name)
    ]


def suggestions(
    review: Review, record_id: str, name: str = EXTRACTION, *, encoder: Encoder | None = None
) -> dict[str, answers.Value]:
    """Return what is suggested for fields of a form, as `offers.offers` does for one record, without the reasons."""
    return {code: one.value for code, one in offers(review, [record_id], name, encoder=encoder)[record_id].items()}


def fill_in(
    review: Review,
    record_id: str,
    values: Mapping[str, object],
    reviewer: str,
    *,
    form: str = EXTRACTION,
    suggested: Mapping[str, Any] | None = None,
    model: str = "",
    note: str = "",
) -> Logged:
    """Log what an extractor fills in for an included record; an empty value leaves the field open again.

    Parameters
    ----------
    values : mapping of code to value
        Text or typed, as `answers.read` takes it; fields not named stay as they are.
    suggested, model : mapping, str
        What had been put into these fields for the extractor to look at, and by what.

    Raises
    ------
    UnknownError
        If record, reviewer, form or field are unknown.
    DecisionError
        If the record is not included, a field cannot hold its value, or nothing would change.
    """
    with review.transaction():
        state = review.state
        check_decider(state.protocol, reviewer)
        _check_included(review, state, record_id)
        cells = state.forms.cells(form, record_id)
        changed = {
            code: value
            for code, value in _read(state, form, values).items()
            if value != _own(cells.get(code), reviewer)
        }
        if not changed:
            raise DecisionError("nothing would change", where=record_id, remedy="Give a field with another value")
        shown = {code: value for code, value in (suggested or {}).items() if code in changed}
        (logged,) = review.append(Extracted(record_id, reviewer, form, changed, shown, model if shown else "", note))
    return logged


def settle(
    review: Review,
    record_id: str,
    values: Mapping[str, object],
    by: Sequence[str],
    *,
    form: str = EXTRACTION,
    take: str = "",
    note: str = "",
) -> Logged:
    """Settle fields in which extractors differ: by all who filled them in, together, or by an adjudicator.

    Parameters
    ----------
    values : mapping of code to value
        What stands from here on.
    take : str
        Take the answers of this extractor in every other field that is in conflict.

    Raises
    ------
    UnknownError
        If record, person, form or field are unknown.
    DecisionError
        If a field is not in conflict, a value does not fit, or those named may not settle it.
    """
    with review.transaction():
        state = review.state
        people = [state.protocol.reviewer(name) for name in by]
        _check_included(review, state, record_id)
        cells = state.forms.cells(form, record_id)
        wanted = state.protocol.decisions_wanted
        read = _read(state, form, values)
        if take:
            read = _taken(state, form, cells, state.protocol.reviewer(take).name) | read
        if not read:
            raise DecisionError("nothing to settle", where=record_id, remedy="Name a field with its value")
        extractors: set[str] = set()
        for code, value in read.items():
            cell = cells.get(code, Cell())
            if cell.stands(wanted).status not in ("conflict", "settled"):
                raise DecisionError(f"there is no difference in {code} to settle", where=record_id)
            if value is None:
                raise DecisionError(f"{code} is settled as a value, not as nothing", where=record_id)
            extractors |= set(cell.given)
        if not any(person.role == "adjudicator" for person in people) and not extractors <= set(by):
            raise DecisionError(
                "differences are settled by all who filled in the fields, or by an adjudicator",
                where=record_id,
                remedy="Name " + " ".join(f"--by {name}" for name in sorted(extractors)),
            )
        (logged,) = review.append(ExtractionSettled(record_id, form, read, tuple(dict.fromkeys(by)), note))
    return logged


def compare(
    review: Review, viewer: str | None, *, form: str = EXTRACTION, record_id: str = "", open_only: bool = False
) -> list[dict[str, Any]]:
    """Return every field that somebody filled in, of each included record, as far as `viewer` may see.

    A row has `record_id`, `title`, `code`, `label`, `status` (pending, personal, agreed, conflict, settled), `value`
    where one stands, `given` (reviewer, value, note, suggested), `by` and `note` of a settlement, and `problem` where a
    value does not fit the form of today.
    """
    state, records = review.state, review.records
    if record_id:
        _check_included(review, state, record_id)
    wanted, fields = state.protocol.decisions_wanted, {one.code: one for one in state.protocol.form(form)}
    rows = []
    for one in [record_id] if record_id else eligibility(state).included:
        cells = state.forms.cells(form, one)
        for code in dict.fromkeys((*fields, *sorted(cells))):
            if code not in cells or not cells[code].given:
                continue
            row = _row(cells[code], fields.get(code), code, state.answers(cells[code], viewer), wanted)
            if not open_only or row["status"] in ("pending", "conflict"):
                rows.append({"record_id": one, "title": records[one].title} | row)
    return rows


def _row(cell: Cell, field: ExtractionField | None, code: str, given: Sequence[Given], wanted: int) -> dict[str, Any]:
    stands = cell.stands(wanted, personal=field is not None and field.personal)
    looked_at = [stands.value] if stands.value is not None else [one.value for one in given]
    settled = cell.settled if stands.status == "settled" else None
    return {
        "code": code,
        "label": field.label if field else code,
        "status": stands.status,
        "value": stands.value,
        "given": [
            {"reviewer": one.reviewer, "value": one.value, "note": one.note, "suggested": one.suggested}
            for one in given
        ],
        "by": list(settled.by) if settled else [],
        "note": settled.note if settled else "",
        "problem": next((why for value in looked_at if (why := answers.problem(field, value))), ""),
    }


def agreement(review: Review, form: str = EXTRACTION) -> list[dict[str, Any]]:
    """Return agreement field by field over the included records, from answers given blind."""
    return agreement_of(review.state, form)


def agreement_of(state: State, form: str) -> list[dict[str, Any]]:
    """Return what `agreement` does, of a state."""
    from asreview_mc.review.form_agreement import field_agreement

    return field_agreement(state.protocol.form(form), state.forms.of(form), eligibility(state).included)


def _read(state: State, form: str, values: Mapping[str, object]) -> dict[str, answers.Value | None]:
    fields = {field.code: field for field in state.protocol.form(form)}
    for code in values:
        if code not in fields:
            raise UnknownError(f"the form {form} has no field {code!r}", remedy=f"Its fields are {', '.join(fields)}")
    return {code: answers.read(fields[code], given) for code, given in values.items()}


def _taken(state: State, form: str, cells: Mapping[str, Cell], name: str) -> dict[str, answers.Value | None]:
    wanted = state.protocol.decisions_wanted
    personal = {field.code for field in state.protocol.form(form) if field.personal}
    return {
        code: cell.given[name].value
        for code, cell in cells.items()
        if code not in personal and name in cell.given and cell.stands(wanted).status == "conflict"
    }


def _own(cell: Cell | None, reviewer: str) -> answers.Value | None:
    return cell.given[reviewer].value if cell and reviewer in cell.given else None


def _check_included(review: Review, state: State, record_id: str) -> None:
    review.record(record_id)
    if state.kept(record_id) != record_id:
        raise DecisionError("is a duplicate", where=record_id, remedy=f"It stands in {state.kept(record_id)}")
    if record_id not in eligibility(state).included:
        raise DecisionError(
            "is not included", where=record_id, remedy="Forms are filled in for records included on full text"
        )
