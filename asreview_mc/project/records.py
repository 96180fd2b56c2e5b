"""Single records: one added by hand, one corrected, one removed before screening because it fails a criterion."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from asreview_mc.core.errors import DecisionError, UnknownError
from asreview_mc.core.event import Amended, FlagJudged, Logged, ReferencesRead
from asreview_mc.core.record import Record, bare_doi
from asreview_mc.identify import criteria
from asreview_mc.project.gather import check_source
from asreview_mc.project.review import Review

AMENDABLE = (
    "title",
    "abstract",
    "authors",
    "year",
    "date",
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
    record = Record().amended(_checked(values))
    if not (record.title or record.abstract or record.doi):
        raise DecisionError("a record needs a title, an abstract or a DOI", where="add-record")
    event = ReferencesRead(
        file="",
        source=source.strip(),
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
    (logged,) = review.append(Amended(record_id, changed, by, reason))
    return logged


def flagged(review: Review) -> list[Flagged]:
    """Return the records to screen that seem to fail a criterion, and what people made of them, in reading order."""
    state = review.state
    records = [review.records[record_id] for record_id in state.unique()]
    found = []
    for flag in criteria.flags(records, state.protocol):
        judged = state.flags_judged.get((flag.record_id, flag.criterion))
        event = judged.event if judged else None
        said = ("fails" if event.fails else "meets") if isinstance(event, FlagJudged) else ""
        title = review.records[flag.record_id].title
        found.append(Flagged(flag.record_id, title, flag.criterion, flag.why, said))
    return found


def judge_flag(review: Review, record_id: str, criterion: str, *, fails: bool, by: str, note: str = "") -> Logged:
    """Log what a person made of a record against a criterion; one that fails is removed before screening.

    Raises
    ------
    UnknownError
        If record, criterion or person are unknown.
    DecisionError
        If the record is being screened already.
    """
    with review.transaction():
        state = review.state
        state.protocol.reviewer(by)
        review.record(record_id)
        known = [one.code for one in (*state.protocol.inclusion, *state.protocol.exclusion)]
        if criterion not in known:
            raise UnknownError(f"no criterion has the code {criterion!r}", remedy=f"Choose one of {', '.join(known)}")
        if state.kept(record_id) != record_id:
            raise DecisionError("is a duplicate", where=record_id, remedy=f"It stands in {state.kept(record_id)}")
        if fails and record_id in state.begun("abstract"):
            raise DecisionError(
                "is being screened already",
                where=record_id,
                remedy="Exclude it with `decide`, with the criterion as --reason",
            )
        why = next((one.why for one in flagged(review) if (one.record_id, one.criterion) == (record_id, criterion)), "")
        (logged,) = review.append(FlagJudged(record_id, criterion, why, fails, by, note))
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
