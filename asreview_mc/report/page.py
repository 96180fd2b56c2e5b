"""The whole review on one page: one HTML file that needs nothing from outside and prints on A4."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from importlib import resources
from typing import Any
from urllib.parse import quote

from asreview_mc.core.event import Logged, ProtocolSet, StopLooked
from asreview_mc.core.record import Record
from asreview_mc.report import agreement_view, checklist, methods, tables, tables_out
from asreview_mc.report.account import STAGE_NAMES, disputes, limitations, screening_labels
from asreview_mc.report.counts import count
from asreview_mc.report.drafts import protocol_limitations
from asreview_mc.report.drawing import embeddable
from asreview_mc.report.export import describe
from asreview_mc.report.figures import agreement_picture, recall_picture
from asreview_mc.report.flow import picture
from asreview_mc.report.narrative_view import sections
from asreview_mc.report.papers import Evidence, included_papers
from asreview_mc.report.sums import checks
from asreview_mc.report.table import Table
from asreview_mc.review.eligibility import eligibility
from asreview_mc.review.state import State

_DOI = "https://doi.org/"
LINKED = 300
"""Included papers up to which every id in a table is a link; beyond, links alone would make the page slow."""
_ELSEWHERE = ("exclusions", "agreement")
_DRAWN = ("by-year", "by-subtopic")


def render(
    state: State,
    records: Mapping[str, Record],
    viewer: str | None,
    *,
    agreement: Mapping[str, Any] | None,
    head: str,
    generated: str,
    title: str | None = None,
    events: Sequence[Logged] = (),
    forms: Mapping[str, Any] | None = None,
    evidence: Evidence | None = None,
    rankers: Mapping[str, str] | None = None,
    topics: Mapping[str, Iterable[Mapping[str, Any]]] | None = None,
) -> str:
    """Return the report as HTML, with nothing that `viewer` may not see.

    Parameters
    ----------
    agreement : mapping or None
        What ``agreement --json`` answers, or several such answers by stage.
    head : str
        Hash of the last event of the log.
    generated : str
        When, as the reader shall see it; nothing else on the page depends on the clock.
    title : str or None
        ``None`` for the protocol's.
    events : sequence of Logged
        The log as far as `viewer` may see it, for methods, checklist, narrative and looks at stopping rules.
    forms : mapping or None
        Agreement field by field, by form.
    evidence : mapping or None
        By included record and code of a sub-topic, a sentence that speaks for it.
    rankers : mapping or None
        The settings in words of the rankers that the log names.
    topics : mapping or None
        As for `tables_out.all_tables`.
    """
    import jinja2
    from markupsafe import Markup

    script = (resources.files("asreview_mc.report") / "templates" / "report.js").read_text("utf-8").strip()
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("asreview_mc.report"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    prisma = count(state)
    labels = screening_labels(state)
    found = eligibility(state)
    included = frozenset(found.included)
    excluded = sorted(one for ids in found.excluded.values() for one in ids)
    disputed = disputes(state, viewer)
    told = methods.sentences(state, events, _by_stage(agreement), rankers) if events else []
    looks = [logged for logged in events if isinstance(logged.event, StopLooked)]
    counted = tables_out.all_tables(state, records, _by_stage(agreement), forms or {}, looks, topics or {})
    page = environment.get_template("report.html.jinja").render(
        title=title or state.protocol.title,
        protocol=state.protocol,
        amendments=_amendments(state),
        viewer=viewer,
        generated=generated,
        head=head,
        events=state.seq,
        prisma=prisma,
        checks=checks(prisma),
        flow=_inline(picture(prisma, ".svg"), "flow-"),
        agreement=agreement_view.stages(agreement),
        batches={stage: _over_time(found, stage) for stage, found in _by_stage(agreement).items()},
        curve=_inline(recall_picture(labels, ".svg"), "curve-") if labels else "",
        screened=len(labels),
        relevant=sum(labels),
        exclusions=tables.exclusions(prisma),
        excluded=[describe(state, records[one], included, viewer, head) for one in excluded],
        disputes=disputed,
        titles={one["record_id"]: _title(records[one["record_id"]]) for one in disputed},
        stages=STAGE_NAMES,
        subtopics=tables.subtopics(state),
        included=included_papers(state, records, viewer, head, evidence or {}),
        tables=[
            _shown(table, linked=len(found.included) <= LINKED) for table in counted if table.name not in _ELSEWHERE
        ],
        lights=[(form, drawn) for form in state.protocol.appraisal_forms if (drawn := _lights(state, records, form))],
        narrative=sections(state, records, events),
        methods=told,
        checklist=checklist.items(state, records, events, told) if events else [],
        script=Markup(script),
        script_hash=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
        doi_links=_doi_links(records, (*found.included, *excluded)),
        topic_labels={card.code: card.label for card in state.protocol.cards},
        years=tables.years(state, records),
        sources=tables.sources(state),
        limitations=[*protocol_limitations(state.protocol), *limitations(state, records, prisma)],
    )
    return page.encode("utf-8", "replace").decode("utf-8")


def _by_stage(agreement: Mapping[str, Any] | None) -> Mapping[str, Any]:
    """Return agreement by stage, whether one answer or several were given."""
    if agreement is None:
        return {}
    return {agreement.get("stage", "abstract"): agreement} if "pairs" in agreement else agreement


def _over_time(found: Mapping[str, Any], stage: str) -> str:
    """Return agreement batch by batch as markup, ``""`` before one is full."""
    logged = [{"alone": one} for one in found.get("batches", ())]
    return _inline(agreement_picture(logged, ".svg"), f"agreement-{stage}-") if logged else ""


def _shown(table: Table, *, linked: bool) -> dict[str, Any]:
    """Return what the template needs of a table: rows, the papers behind each or behind each cell, and a picture."""
    drawn = table.kind == "crossing" or table.name in _DRAWN
    picture = tables_out.pictures(table, (".svg",)).get(".svg") if drawn else None
    cells = [
        [
            table.cells.get((str(line[0]), column), ()) if linked and table.kind == "crossing" else ()
            for column in table.header
        ]
        for line in table.rows
    ]
    return {
        "name": table.name,
        "title": table.title,
        "header": table.header,
        "rows": list(zip(table.rows, cells, table.papers or [()] * len(table.rows), strict=True)),
        "listed": bool(table.papers),
        "linked": linked,
        "note": table.note,
        "picture": _inline(picture, f"{table.name}-") if picture else "",
    }


def _lights(state: State, records: Mapping[str, Record], form: str) -> str:
    drawn = tables_out.appraisal_lights(state, records, form, (".svg",)).get(".svg")
    return _inline(drawn, f"lights-{form}-") if drawn else ""


def _inline(svg: bytes, prefix: str) -> str:
    """Return a drawing of ours as markup, which the template trusts; what it says in text is escaped already."""
    return embeddable(svg.decode("utf-8"), prefix)


def _title(record: Record) -> str:
    return record.title or "(no title)"


def _doi_links(records: Mapping[str, Record], record_ids: Iterable[str]) -> dict[str, str]:
    dois = {one: records[one].doi for one in record_ids}
    return {one: _DOI + quote(doi, safe="/:;()<>._-") for one, doi in dois.items() if doi}


def _amendments(state: State) -> list[dict[str, Any]]:
    protocols = [(logged, logged.event) for logged in state.protocols]
    return [
        {"seq": logged.seq, "at": logged.at[:10], "by": event.by, "reason": event.reason}
        for logged, event in protocols
        if isinstance(event, ProtocolSet)
    ]
