"""Synthesis: sub-topics suggested and confirmed, batches classified, and all that is written out."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from asreview_mc.core.errors import DecisionError, OutputError, ProtocolError, UnknownError
from asreview_mc.core.event import Logged, TopicsConfirmed
from asreview_mc.core.protocol import Card
from asreview_mc.core.protocol_file import parse, template
from asreview_mc.core.record import Record
from asreview_mc.identify import references
from asreview_mc.learn.encode import Encoder
from asreview_mc.learn.subtopics import Suggestions, TopicModel
from asreview_mc.project.agreement import agreement
from asreview_mc.project.ranking import default_encoder
from asreview_mc.project.review import Review
from asreview_mc.report import export as exports
from asreview_mc.report import page
from asreview_mc.report.writing import encoded, suffix_of, write
from asreview_mc.review.eligibility import eligibility
from asreview_mc.review.topics import confirmed, tally

Progress = Callable[[int, int], None]


def suggest_topics(
    review: Review, *, encoder: Encoder | None = None, progress: Progress | None = None
) -> list[dict[str, Any]]:
    """Return for each included record what the model suggests, with its evidence, and what was confirmed.

    A suggestion has `code`, `p` in [0, 1], `evidence` (a sentence of the record) and `suggested` (over the threshold).

    Raises
    ------
    ProtocolError
        If the protocol has no sub-topics.
    """
    state = review.state
    included = eligibility(state).included
    records = review.records
    found = _model(state.protocol.cards, encoder).suggest([_text(records[one]) for one in included], progress)
    rows = []
    for row, record_id in enumerate(included):
        stands = confirmed(state, record_id)
        rows.append(
            {
                "record_id": record_id,
                "title": records[record_id].title,
                "suggested": [one for one in _suggestions(found, row) if one["suggested"]],
                "confirmed": list(stands.codes) if stands else None,
            }
        )
    return rows


def confirm_topics(
    review: Review,
    record_id: str,
    reviewer: str,
    *,
    add: Collection[str] = (),
    remove: Collection[str] = (),
    encoder: Encoder | None = None,
) -> Logged:
    """Confirm the sub-topics of an included record: what stands (or is suggested), plus `add`, minus `remove`.

    Raises
    ------
    UnknownError
        If record, reviewer or a code are unknown.
    DecisionError
        If the record is not included, or a code is both added and removed.
    """
    state = review.state
    state.protocol.reviewer(reviewer)
    review.record(record_id)
    text = _text(review.records[record_id])
    known = {card.code for card in state.protocol.cards}
    for code in (*add, *remove):
        if code not in known:
            raise UnknownError(f"no sub-topic has the code {code!r}", remedy=f"Choose from {', '.join(sorted(known))}")
    if set(add) & set(remove):
        raise DecisionError(f"{', '.join(sorted(set(add) & set(remove)))} is both added and removed", where=record_id)
    if record_id not in eligibility(state).included:
        raise DecisionError("is not included", where=record_id, remedy="Sub-topics are confirmed for included records")
    model = _model(state.protocol.cards, encoder)
    suggested = _suggestions(model.suggest([text]), 0)
    with review.transaction():
        stands = confirmed(review.state, record_id)
        base = set(stands.codes) if stands else {one["code"] for one in suggested if one["suggested"]}
        chosen = (base | set(add)) - set(remove)
        (logged,) = review.append(
            TopicsConfirmed(
                record_id,
                reviewer,
                tuple(card.code for card in state.protocol.cards if card.code in chosen),
                {one["code"]: one["p"] for one in suggested},
                model.name,
            )
        )
    return logged


def classify(
    path: Path,
    output: Path,
    *,
    cards: Sequence[Card] | None = None,
    encoder: Encoder | None = None,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Suggest sub-topics for every row of a reference file or table, and write them beside it as CSV.

    Parameters
    ----------
    cards : sequence of Card or None
        ``None`` for the ten of the micro-credentials template.
    output : path
        A CSV: every row and column of the input, then ``p_<code>`` per sub-topic, ``suggested`` and ``evidence``.

    Returns
    -------
    dict
        `rows` written, `without_text` among them, `suggested` by code, `written`.
    """
    suffix_of(output, (".csv",))
    if output.resolve() == path.resolve():
        raise OutputError("is the input", where=str(output), remedy="Choose another name for the output")
    cards = parse(template("micro-credentials")).cards if cards is None else cards
    table = references.read_table(path)
    texts = [_text(record) if record else "" for record in table.records]
    found = _model(cards, encoder).suggest(texts, progress)
    codes = [card.code for card in cards]
    counts, rows = dict.fromkeys(codes, 0), []
    for row, given in enumerate(table.rows):
        suggestions = {one["code"]: one for one in _suggestions(found, row)}
        chosen = {code: suggestions[code]["evidence"] for code in codes if suggestions[code]["suggested"]}
        for code in chosen:
            counts[code] += 1
        evidence = json.dumps(chosen, ensure_ascii=False)
        rows.append([*given.values(), *(suggestions[code]["p"] for code in codes), ";".join(chosen), evidence])
    header = [*table.columns, *(f"p_{code}" for code in codes), "suggested", "evidence"]
    exports.write_table(output, header, rows)
    return {
        "rows": len(rows),
        "without_text": sum(not text for text in texts),
        "calibrated": found.calibrated,
        "suggested": counts,
        "written": str(output),
    }


def export(review: Review, path: Path, *, what: str, viewer: str | None) -> dict[str, Any]:
    """Write records with their decisions to a file whose suffix names the format; return `written` and `head`."""
    state = review.state
    written = exports.export(state, review.records, path, what=what, viewer=viewer, head=state.head)
    return {"written": written, "path": str(path), "head": state.head}


def write_report(review: Review, path: Path, *, viewer: str | None) -> dict[str, Any]:
    """Write the whole review as one page, with nothing that `viewer` may not see."""
    suffix_of(path, (".html", ".htm"))
    state = review.state
    html = page.render(
        state,
        review.records,
        viewer,
        agreement={stage: agreement(review, stage, viewer) for stage in ("abstract", "fulltext")},
        head=state.head,
        generated=datetime.now(UTC).isoformat(timespec="seconds"),
    )
    write(path, encoded(html))
    return {"path": str(path), "head": state.head}


def topic_tally(review: Review) -> dict[str, tuple[str, ...]]:
    """Return for each sub-topic the included records confirmed to be on it."""
    return tally(review.state)


def _model(cards: Sequence[Card], encoder: Encoder | None) -> TopicModel:
    if not cards:
        raise ProtocolError("names no sub-topics", where="protocol", remedy="Add [[subtopics]] to protocol.toml")
    return TopicModel(cards, encoder or default_encoder())


def _text(record: Record) -> str:
    """Return title and abstract, the title on a line of its own so that it is read as a sentence."""
    return f"{record.title}\n{record.abstract}".strip()


def _suggestions(found: Suggestions, row: int) -> list[dict[str, Any]]:
    """Return every sub-topic of one text, most probable first."""
    suggestions = [
        {
            "code": code,
            "p": round(float(found.probabilities[row, k]), 4),
            "evidence": found.evidence[row][k].sentence,
            "suggested": bool(found.suggested[row, k]),
        }
        for k, code in enumerate(found.codes)
    ]
    return sorted(suggestions, key=lambda one: -one["p"])
