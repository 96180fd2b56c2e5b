"""Records out of order: found by their words, one's own decisions with a way to change them."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from asreview_mc.project import finding
from asreview_mc.project.review import Review
from asreview_mc.web.pages import page
from asreview_mc.web.who import Anybody, Rooms, Screener

router = APIRouter(include_in_schema=False)
PER_PAGE = 100


@router.get("/search")
async def search(
    request: Request,
    who: Anybody,
    house: Rooms,
    q: Annotated[str, Query(max_length=500)] = "",
    tag: Annotated[str, Query(max_length=200)] = "",
) -> Response:
    """Find records by their words and one's own tags; one's own decision stands beside each."""

    def look(review: Review) -> tuple[list[dict[str, Any]], list[str]]:
        state = review.state
        rows = []
        for one in finding.search(review, q, limit=PER_PAGE, tag=tag, viewer=who.name):
            seen = [said for said in state.visible("abstract", one.record_id, who.name) if said.reviewer == who.name]
            tags = finding.tags_of(review, one.record_id, who.name)
            rows.append({"record": one, "own": seen[-1].decision if seen else "", "tags": tags})
        return rows, finding.tags_in_use(review, who.name)

    rows, tags = await house.reading.run(look)
    return page(request, who, "search.html.jinja", q=q, tag=tag, tags=tags, rows=rows, most=PER_PAGE)


@router.get("/mine")
async def mine(
    request: Request,
    who: Screener,
    house: Rooms,
    stage: Literal["abstract", "fulltext"] = "abstract",
    decision: Literal["", "include", "exclude", "maybe"] = "",
    at: Annotated[int, Query(ge=0, le=100_000)] = 0,
) -> Response:
    """List one's own decisions, the last first."""

    def look(review: Review) -> tuple[int, list[dict[str, Any]]]:
        found = finding.decisions_of(review, stage, who.name, decision=decision)
        shown = found[at * PER_PAGE : (at + 1) * PER_PAGE]
        return len(found), [{"said": one, "title": review.records[one.record_id].title} for one in shown]

    n, rows = await house.reading.run(look)
    return page(
        request,
        who,
        "mine.html.jinja",
        stage=stage,
        decision=decision,
        rows=rows,
        found=n,
        at=at,
        more=(at + 1) * PER_PAGE < n,
    )
