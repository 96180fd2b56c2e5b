"""All that is written out of a review: report, exports, tables and figures, methods, checklist, package."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from asreview_mc.core.event import StopLooked
from asreview_mc.core.protocol import EXTRACTION, STAGES
from asreview_mc.project import extract, package
from asreview_mc.project.agreement import agreement_of, sub_topics
from asreview_mc.project.ranking import settings_of_rankers
from asreview_mc.project.review import Review
from asreview_mc.project.synthesise import quality_of
from asreview_mc.project.telling import Told, told
from asreview_mc.report import checklist, methods, page, prisma, tables_out
from asreview_mc.report import export as exports
from asreview_mc.report.counts import count
from asreview_mc.report.said import Sentence
from asreview_mc.report.table import Table, to_csv, to_markdown
from asreview_mc.report.writing import encoded, suffix_of, write
from asreview_mc.review.state import State


def export(review: Review, path: Path, *, what: str, viewer: str | None, blind: bool = False) -> dict[str, Any]:
    """Write records with their decisions to a file whose suffix names the format; return `written`, `head` and `cut`.

    A ``.zip`` is the replication package of the whole review, whatever `what` says, and has nothing to cut. `blind` is
    without any name. `cut` are the cells that Excel cannot hold whole, each as ``r000012 abstract``.

    Raises
    ------
    UnknownError, OutputError
        As `report.export.export`.
    DecisionError
        If the package would show what `viewer` may not see yet.
    """
    if path.suffix.lower() == ".zip":
        package.check_all_seen(review, path, viewer)
        whole = told(review, viewer, blind=blind)
        return package.pack(review, path, whole, _results(review, whole))
    to = told(review, viewer, blind=blind)
    done = exports.export(to.state, review.records, path, what=what, viewer=to.viewer, head=to.state.head)
    return {"written": done.written, "path": str(path), "head": to.state.head, "cut": done.cut}


def report_html(review: Review, viewer: str | None, *, blind: bool = False) -> str:
    """Return the whole review as one page, with nothing that `viewer` may not see; `blind` without any name."""
    return _page(review, told(review, viewer, blind=blind))


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


def all_tables(review: Review, viewer: str | None, *, blind: bool = False) -> list[Table]:
    """Return every table of the review that has something to count; `blind` without any name."""
    return _tables(review, told(review, viewer, blind=blind))


def write_tables(review: Review, folder: Path, viewer: str | None, *, blind: bool = False) -> dict[str, Any]:
    """Write every table and figure into a folder and return the names of the files."""
    found = all_tables(review, viewer, blind=blind)
    files = tables_out.save_all(folder, found, review.state, review.records)
    return {"path": str(folder), "tables": [table.name for table in found], "files": files, "head": review.state.head}


def methods_of(review: Review, viewer: str | None, *, blind: bool = False) -> list[Sentence]:
    """Return the sentences of the methods paragraph, each with the events that it rests on."""
    return _methods(told(review, viewer, blind=blind))


def checklist_of(review: Review, viewer: str | None, *, blind: bool = False) -> list[checklist.Item]:
    """Return the PRISMA 2020 checklist with what the log answers."""
    return _checklist(review, told(review, viewer, blind=blind))


def write_checklist(found: list[checklist.Item], path: Path) -> None:
    """Write the checklist as .csv or .md.

    Raises
    ------
    OutputError
        If the suffix is neither, or the file cannot be written.
    """
    table = checklist.as_table(found)
    write(path, encoded(to_csv(table) if suffix_of(path, (".csv", ".md")) == ".csv" else to_markdown(table)))


def _results(review: Review, to: Told) -> dict[str, bytes]:
    """Return the files of results that go into the replication package, by name."""
    state, records = to.state, review.records
    counted = count(state)
    files = {
        "report.html": encoded(_page(review, to)),
        "methods.txt": encoded("\n".join(one.text for one in _methods(to)) + "\n"),
        "checklist.md": encoded(to_markdown(checklist.as_table(_checklist(review, to)))),
        "prisma.csv": encoded(prisma.to_csv(counted)),
        "prisma.json": encoded(json.dumps(prisma.to_dict(counted), ensure_ascii=False, indent=1) + "\n"),
        "records.csv": exports.content(state, records, ".csv", what="all", viewer=to.viewer, head=state.head),
        "records.ris": exports.content(state, records, ".ris", what="all", viewer=to.viewer, head=state.head),
    }
    for table in _tables(review, to):
        files[f"tables/{table.name}.csv"] = encoded(to_csv(table))
    return files


def _page(review: Review, to: Told) -> str:
    return page.render(
        to.state,
        review.records,
        to.viewer,
        agreement=_agreement(to),
        head=to.state.head,
        generated=datetime.now(UTC).isoformat(timespec="seconds"),
        events=to.events,
        forms=_form_agreement(to.state),
        evidence=evidence(review),
        rankers=settings_of_rankers(to.events),
        topics=_on_topics(to),
    )


def _tables(review: Review, to: Told) -> list[Table]:
    looks = [logged for logged in to.events if isinstance(logged.event, StopLooked)]
    forms = _form_agreement(to.state)
    return tables_out.all_tables(to.state, review.records, _agreement(to), forms, looks, _on_topics(to))


def _methods(to: Told) -> list[Sentence]:
    return methods.sentences(to.state, to.events, _agreement(to), settings_of_rankers(to.events))


def _checklist(review: Review, to: Told) -> list[checklist.Item]:
    return checklist.items(to.state, review.records, to.events, _methods(to))


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


def _agreement(to: Told) -> dict[str, Any]:
    return {stage: agreement_of(to.state, stage, to.viewer) for stage in STAGES}


def _on_topics(to: Told) -> dict[str, list[dict[str, Any]]]:
    if not to.state.protocol.cards or not to.state.topics:
        return {}
    return {"quality": quality_of(to.state, to.viewer), "agreement": sub_topics(to.state, to.viewer)}


def _form_agreement(state: State) -> dict[str, list[dict[str, Any]]]:
    forms = [EXTRACTION] * bool(state.protocol.extraction) + list(state.protocol.appraisal_forms)
    found = {form: extract.agreement_of(state, form) for form in forms}
    return {form: fields for form, fields in found.items() if any(one["pairs"] for one in fields)}
