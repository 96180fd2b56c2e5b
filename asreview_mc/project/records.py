"""Single records: one added by hand, one corrected, one removed before screening because it fails a criterion."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from asreview_mc.core.errors import DecisionError, UnknownError
from asreview_mc.core.event import Amended, FlagJudged, Logged, ReferencesRead
from asreview_mc.core.record import Record, bare_doi
from asreview_mc.identify import criteria
from asreview_mc.project.gather import as_known, check_source
from asreview_mc.project.review import Review
from asreview_mc.review.state import State

AMENDABLE = (
    "title",
    "abstract",
    "authors",
    "year",
    "date",
    "date_online",
    "journal",
    "volume",
    "issue",
    "pages",
    "doi",
    "pmid",
    "issn",
    "keywords",
    "language",
    "publication_type",
    "url",
)


@dataclass(frozen=True, slots=True)
class Flagged:
    """A record that seems to fail a criterion; `judged` is ``fails``, ``meets`` or empty where nobody has looked."""

    record_id: str
    title: str
    criterion: str
    why: str
    judged: str


def add_record(
    review: Review, values: Mapping[str, Any], *, source: str, via: str = "citation", by: str = ""
) -> Logged:
    """Add one record by hand and return the event; its id is the event's `first`.

    Parameters
    ----------
    values : mapping
        Fields of the record by name, as `AMENDABLE` lists them.

    Raises
    ------
    UnknownError
        If a field, the route or the person is unknown.
    DecisionError
        If it has neither title, abstract nor DOI.
    """
    check_source(review, source, via, by)
    source = as_known(review, source)
    record = Record().amended(_checked(values))
    if not (record.title or record.abstract or record.doi):
        raise DecisionError("a record needs a title, an abstract or a DOI", where="add-record")
    event = ReferencesRead(
        file="",
        source=source,
        via=via,
        format="by hand",
        encoding="",
        sha256=record.digest,
        found=1,
        read=1,
        by=by,
    )
    logged, _ = review.log.append_reading(event, [record])
    return logged


def amend(review: Review, record_id: str, values: Mapping[str, Any], *, by: str, reason: str = "") -> Logged:
    """Correct fields of a record; what was read stays in the log.

    Raises
    ------
    UnknownError
        If record, person or a field are unknown.
    DecisionError
        If nothing would change.
    """
    review.protocol.reviewer(by)
    review.record(record_id)
    checked = _checked(values)
    now = review.records[record_id].to_dict()
    changed = {name: value for name, value in checked.items() if now[name] != value}
    if not changed:
        raise DecisionError("nothing would change", where=record_id, remedy="Give a field with another value")
    left = review.single_records[record_id].amended(changed)
    if not (left.title or left.abstract or left.doi):
        raise DecisionError("a record needs a title, an abstract or a DOI", where=record_id)
    (logged,) = review.append(Amended(record_id, changed, by, reason))
    return logged


def flagged(review: Review) -> list[Flagged]:
    """Return the records to screen that seem to fail a criterion, and what people made of them, in reading order.

    What was judged stays in the list, whether the record or the criterion still gives a reason for it or not.
    """
    state, records = review.state, review.records
    return [one for record_id in state.unique() for one in _flags_of(records[record_id], state)]


def _flags_of(record: Record, state: State) -> list[Flagged]:
    judged = state.flags_judged.get(record.record_id, {})
    why = {flag.criterion: flag.why for flag in criteria.flags([record], state.protocol)}
    why = {code: event.why for code, event in judged.items()} | why
    said = {code: "fails" if event.fails else "meets" for code, event in judged.items()}
    return [Flagged(record.record_id, record.title, code, text, said.get(code, "")) for code, text in why.items()]


def judge_flag(review: Review, record_id: str, criterion: str, *, fails: bool, by: str, note: str = "") -> Logged:
    """Log what a person made of a record against a criterion; one that fails is removed before screening.

    Raises
    ------
    UnknownError
        If record or person are unknown, or the program has not flagged the record against the criterion.
    DecisionError
        If the record is a duplicate or is being screened already.
    """
    with review.transaction():
        state = review.state
        state.protocol.reviewer(by)
        review.record(record_id)
        if state.kept(record_id) != record_id:
            raise DecisionError("is a duplicate", where=record_id, remedy=f"It stands in {state.kept(record_id)}")
        flags = {one.criterion: one for one in _flags_of(review.records[record_id], state)}
        if criterion not in flags:
            raise UnknownError(
                f"{record_id} is not flagged against a criterion {criterion!r}",
                remedy=f"It is flagged against {', '.join(flags) or 'none'}; exclude it on title and abstract instead",
            )
        if fails and state.is_begun(record_id):
            raise DecisionError(
                "is being screened already",
                where=record_id,
                remedy="Exclude it with `decide`, with the criterion as --reason",
            )
        (logged,) = review.append(FlagJudged(record_id, criterion, flags[criterion].why, fails, by, note))
    return logged


def _checked(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return `values` as a record keeps them.

    Raises
    ------
    UnknownError
        If there is no such field.
    DecisionError
        If a DOI or a year is none.
    """
    checked: dict[str, Any] = {}
    for name, value in values.items():
        if name not in AMENDABLE:
            raise UnknownError(f"no field is called {name!r}", remedy=f"Fields are {', '.join(AMENDABLE)}")
        if name in ("authors", "keywords"):
            checked[name] = [part.strip() for part in str(value).split(";") if part.strip()]
        elif name == "doi":
            checked[name] = bare_doi(value)
            if value.strip() and not checked[name]:
                raise DecisionError(f"{value!r} is no DOI", where="--doi")
        elif name == "year":
            if not 1000 <= int(value) <= 2999:
                raise DecisionError(f"{value} is no year of publication", where="--year")
            checked[name] = int(value)
        else:
            checked[name] = " ".join(str(value).split())
    return checked
