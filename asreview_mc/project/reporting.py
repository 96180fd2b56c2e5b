"""All that is written out of a review: report, exports, tables and figures, methods, checklist, package."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from asreview_mc.core.event import Logged, StopLooked
from asreview_mc.core.protocol import EXTRACTION, STAGES
from asreview_mc.project import extract, package
from asreview_mc.project.agreement import agreement_of
from asreview_mc.project.review import Review
from asreview_mc.report import checklist, methods, page, prisma, tables_out
from asreview_mc.report import export as exports
from asreview_mc.report.counts import count
from asreview_mc.report.said import Sentence
from asreview_mc.report.table import Table, to_csv, to_markdown
from asreview_mc.report.writing import encoded, suffix_of, write
from asreview_mc.review.pseudonyms import pseudonyms, under_pseudonyms
from asreview_mc.review.state import State


def export(review: Review, path: Path, *, what: str, viewer: str | None) -> dict[str, Any]:
    """Write records with their decisions to a file whose suffix names the format; return `written` and `head`.

    A ``.zip`` is the replication package of the whole review, whatever `what` says.

    Raises
    ------
    UnknownError, OutputError
        As `report.export.export`.
    DecisionError
        If the package would show what `viewer` may not see yet.
    """
    if path.suffix.lower() == ".zip":
        return package.pack(review, path, viewer, results(review, viewer))
    state = review.state
    written = exports.export(state, review.records, path, what=what, viewer=viewer, head=state.head)
    return {"written": written, "path": str(path), "head": state.head}


def report_html(review: Review, viewer: str | None, *, blind: bool = False) -> str:
    """Return the whole review as one page, with nothing that `viewer` may not see; `blind` without any name."""
    state, events = review.state, seen(review, viewer)
    names: Mapping[str, str] = pseudonyms(state) if blind else {}
    if blind:
        state = State(review.merges_taken_back()).feed(under_pseudonyms(review.log.events(), names))
        events = list(under_pseudonyms(events, names))
        viewer = names.get(viewer or "")
    answers = _agreement(state, viewer)
    return page.render(
        state,
        review.records,
        viewer,
        agreement=answers,
        head=state.head,
        generated=datetime.now(UTC).isoformat(timespec="seconds"),
        events=events,
        forms=_form_agreement(state),
        evidence=evidence(review),
    )


def write_report(review: Review, path: Path, *, viewer: str | None, blind: bool = False) -> dict[str, Any]:
    """Write the report to a file.

    Raises
    ------
    OutputError
        If it is no .html or .htm, or cannot be written.
    """
    suffix_of(path, (".html", ".htm"))
    write(path, encoded(report_html(review, viewer, blind=blind)))
    return {"path": str(path), "head": review.state.head, "blind": blind}


def all_tables(review: Review, viewer: str | None) -> list[Table]:
    """Return every table of the review that has something to count."""
    state = review.state
    answers = _agreement(review.state, viewer)
    looks = [logged for logged in seen(review, viewer) if isinstance(logged.event, StopLooked)]
    return tables_out.all_tables(state, review.records, answers, _form_agreement(state), looks)


def write_tables(review: Review, folder: Path, viewer: str | None) -> dict[str, Any]:
    """Write every table and figure into a folder and return the names of the files."""
    found = all_tables(review, viewer)
    files = tables_out.save_all(folder, found, review.state, review.records)
    return {"path": str(folder), "tables": [table.name for table in found], "files": files, "head": review.state.head}


def methods_of(review: Review, viewer: str | None) -> list[Sentence]:
    """Return the sentences of the methods paragraph, each with the events that it rests on."""
    answers = _agreement(review.state, viewer)
    return methods.sentences(review.state, seen(review, viewer), answers)


def checklist_of(review: Review, viewer: str | None) -> list[checklist.Item]:
    """Return the PRISMA 2020 checklist with what the log answers."""
    answers = _agreement(review.state, viewer)
    return checklist.items(review.state, review.records, seen(review, viewer), answers)


def write_checklist(found: list[checklist.Item], path: Path) -> None:
    """Write the checklist as .csv or .md.

    Raises
    ------
    OutputError
        If the suffix is neither, or the file cannot be written.
    """
    table = checklist.as_table(found)
    write(path, encoded(to_csv(table) if suffix_of(path, (".csv", ".md")) == ".csv" else to_markdown(table)))


def results(review: Review, viewer: str | None) -> dict[str, bytes]:
    """Return the files of results that go into the replication package, by name."""
    state, records = review.state, review.records
    counted = count(state)
    files = {
        "report.html": encoded(report_html(review, viewer)),
        "methods.txt": encoded("\n".join(one.text for one in methods_of(review, viewer)) + "\n"),
        "checklist.md": encoded(to_markdown(checklist.as_table(checklist_of(review, viewer)))),
        "prisma.csv": encoded(prisma.to_csv(counted)),
        "prisma.json": encoded(json.dumps(prisma.to_dict(counted), ensure_ascii=False, indent=1) + "\n"),
        "records.csv": exports.content(state, records, ".csv", what="all", viewer=viewer, head=state.head),
        "records.ris": exports.content(state, records, ".ris", what="all", viewer=viewer, head=state.head),
    }
    for table in all_tables(review, viewer):
        files[f"tables/{table.name}.csv"] = encoded(to_csv(table))
    return files


def seen(review: Review, viewer: str | None) -> list[Logged]:
    """Return the log without what `viewer` may not see."""
    state = review.state
    return [logged for logged in review.log.events() if state.may_see(logged, viewer)]


def evidence(review: Review) -> dict[str, dict[str, str]]:
    """Return for each included record and confirmed sub-topic the sentence that holds most of its cues."""
    from asreview_mc.learn.cues import CueMatcher
    from asreview_mc.learn.sentences import split_sentences
    from asreview_mc.review.topics import tally

    state, records = review.state, review.records
    found: dict[str, dict[str, str]] = {}
    sentences: dict[str, list[str]] = {}
    cards = {card.code: CueMatcher(card) for card in state.protocol.cards}
    for code, ids in tally(state).items():
        for record_id in ids if code in cards else ():
            if record_id not in sentences:
                text = f"{records[record_id].title}\n{records[record_id].abstract}".strip()
                sentences[record_id] = [text[start:end] for start, end in split_sentences(text)]
            scored = [(len(cards[code].match(one).found), one) for one in sentences[record_id]]
            most, sentence = max(scored, key=lambda pair: pair[0], default=(0, ""))
            if most:
                found.setdefault(record_id, {})[code] = sentence
    return found


def _agreement(state: State, viewer: str | None) -> dict[str, Any]:
    return {stage: agreement_of(state, stage, viewer) for stage in STAGES}


def _form_agreement(state: State) -> dict[str, list[dict[str, Any]]]:
    forms = [EXTRACTION] * bool(state.protocol.extraction) + list(state.protocol.appraisal_forms)
    found = {form: extract.agreement_of(state, form) for form in forms}
    return {form: fields for form, fields in found.items() if any(one["pairs"] for one in fields)}
