"""A form as somebody has it before them: what they gave, what is suggested, and where colleagues say otherwise."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from asreview_mc.core.errors import DecisionError, UnknownError
from asreview_mc.core.event import Logged
from asreview_mc.core.protocol import EXTRACTION, Protocol
from asreview_mc.project import extract
from asreview_mc.project.review import Review
from asreview_mc.review.eligibility import eligibility

OF_THE_RECORD = "the record"
"""What made the suggestions; logged with those that an extractor keeps."""


def forms(protocol: Protocol) -> tuple[str, ...]:
    """Return the names of the protocol's forms, that of extraction first."""
    return (EXTRACTION,) * bool(protocol.extraction) + protocol.appraisal_forms


def papers(review: Review, form: str, viewer: str) -> list[dict[str, Any]]:
    """Return the included records, each with how many `fields` there are and how far they have got.

    `given` counts those that `viewer` filled in, `standing` those agreed or settled, `conflicts` those in which answers
    that are open to all differ.
    """
    state, records = review.state, review.records
    fields, wanted = state.protocol.form(form), state.protocol.decisions_wanted
    rows = []
    for record_id in eligibility(state).included:
        cells = state.forms.cells(form, record_id)
        known = [(cells[one.code], one.personal) for one in fields if one.code in cells]
        statuses = [cell.stands(wanted, personal=personal).status for cell, personal in known]
        rows.append(
            {
                "record_id": record_id,
                "title": records[record_id].title,
                "fields": len(fields),
                "given": sum(viewer in cell.given for cell, _ in known),
                "standing": statuses.count("agreed") + statuses.count("settled"),
                "conflicts": statuses.count("conflict"),
            }
        )
    return rows


def sheet(review: Review, record_id: str, form: str, viewer: str) -> list[dict[str, Any]]:
    """Return the fields of a form, each with what stands in it for `viewer`.

    To what `extract.form` tells come `own` (what they gave, or None), `suggested` (what the record suggests where they
    gave nothing yet), `status` as `extract.compare` has it, `value` where one stands, and `given` by all as far as
    `viewer` may see.

    Raises
    ------
    UnknownError
        If there is no such record or form.
    DecisionError
        If the record is not included.
    """
    rows = {row["code"]: row for row in extract.compare(review, viewer, form=form, record_id=record_id)}
    hints = extract.suggestions(review, record_id, form)
    fields = []
    for field in extract.form(review, form):
        row = rows.get(field["code"], {})
        given = row.get("given", [])
        own = next((one["value"] for one in given if one["reviewer"] == viewer), None)
        fields.append(
            field
            | {
                "own": own,
                "suggested": hints.get(field["code"]) if own is None else None,
                "status": row.get("status", "empty"),
                "value": row.get("value"),
                "given": given,
            }
        )
    return fields


def base(review: Review, record_id: str, form: str, reviewer: str) -> int:
    """Return the last event by which a reviewer filled in what now stands for them, 0 where there is none."""
    cells = review.state.forms.cells(form, record_id).values()
    return max((cell.given[reviewer].seq for cell in cells if reviewer in cell.given), default=0)


def keep(
    review: Review,
    record_id: str,
    values: Mapping[str, object],
    reviewer: str,
    *,
    form: str = EXTRACTION,
    note: str = "",
    since: int | None = None,
) -> Logged:
    """Log a form as an extractor leaves it, with what had been suggested to them.

    Parameters
    ----------
    since : int or None
        What `base` was when the form was put before them; ``None`` replaces whatever stands.

    Raises
    ------
    UnknownError, DecisionError
        As `extract.fill_in`; also where the extractor filled it in elsewhere after `since`.
    """
    with review.transaction():
        if since is not None and base(review, record_id, form, reviewer) != since:
            raise DecisionError(
                "you have filled in this form in another window since it was shown here",
                where=record_id,
                remedy="Load it anew and look at what stands",
            )
        hints = extract.suggestions(review, record_id, form)
        return extract.fill_in(
            review, record_id, values, reviewer, form=form, suggested=hints, model=OF_THE_RECORD, note=note
        )


def chosen(review: Review, record_id: str, form: str, viewer: str, of: Mapping[str, str]) -> dict[str, Any]:
    """Return the answers in fields that differ, each of the reviewer named for its field, as far as `viewer` may see.

    Raises
    ------
    UnknownError
        If somebody is named whose answer cannot be seen.
    """
    rows = {row["code"]: row["given"] for row in extract.compare(review, viewer, form=form, record_id=record_id)}
    found = {}
    for code, name in of.items():
        seen = [one["value"] for one in rows.get(code, ()) if one["reviewer"] == name]
        if not seen:
            raise UnknownError(f"no answer of {name!r} in {code} is open to {viewer}", where=record_id)
        found[code] = seen[0]
    return found


def agree(
    review: Review,
    record_id: str,
    of: Mapping[str, str],
    who: str,
    *,
    form: str = EXTRACTION,
    together: Sequence[str] = (),
    note: str = "",
) -> Logged:
    """End differences by the answers of those named: settled by an adjudicator or by all together, else given as well.

    Parameters
    ----------
    of : mapping of code to reviewer
        Whose answer is right in each field.
    together : sequence of str
        Who agrees beside `who`; with none an extractor gives the answers as their own from now on.

    Raises
    ------
    UnknownError, DecisionError
        As `extract.settle` and `extract.fill_in`.
    """
    with review.transaction():
        values = chosen(review, record_id, form, who, of)
        if together or review.protocol.reviewer(who).role == "adjudicator":
            return extract.settle(review, record_id, values, [who, *together], form=form, note=note)
        return extract.fill_in(review, record_id, values, who, form=form, note=note)
