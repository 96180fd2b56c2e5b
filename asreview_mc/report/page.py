"""The whole review on one page: one HTML file that needs nothing from outside and prints on A4."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote

from asreview_mc.core.event import ProtocolSet
from asreview_mc.core.record import Record
from asreview_mc.report import agreement_view, tables
from asreview_mc.report.account import STAGE_NAMES, disputes, limitations, screening_labels
from asreview_mc.report.counts import checks, count
from asreview_mc.report.drawing import embeddable
from asreview_mc.report.export import describe
from asreview_mc.report.figures import recall_picture
from asreview_mc.report.flow import picture
from asreview_mc.review.eligibility import eligibility
from asreview_mc.review.state import State

_DOI = "https://doi.org/"


def render(
    state: State,
    records: Mapping[str, Record],
    viewer: str | None,
    *,
    agreement: Mapping[str, Any] | None,
    head: str,
    generated: str,
    title: str | None = None,
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
    """
    import jinja2

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
        curve=_inline(recall_picture(labels, ".svg"), "curve-") if labels else "",
        screened=len(labels),
        relevant=sum(labels),
        exclusions=tables.exclusions(prisma),
        excluded=[describe(state, records[one], included, viewer, head) for one in excluded],
        disputes=disputed,
        titles={one["record_id"]: _title(records[one["record_id"]]) for one in disputed},
        stages=STAGE_NAMES,
        subtopics=tables.subtopics(state),
        included=[describe(state, records[one], included, viewer, head) for one in found.included],
        doi_links=_doi_links(records, (*found.included, *excluded)),
        topic_labels={card.code: card.label for card in state.protocol.cards},
        years=tables.years(state, records),
        sources=tables.sources(state),
        limitations=limitations(state, records, prisma),
    )
    return page.encode("utf-8", "replace").decode("utf-8")


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
