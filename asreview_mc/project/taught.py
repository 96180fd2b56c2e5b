"""The sub-topic model of a review: its cards, the shipped heads where they fit, and what its people confirmed."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from asreview_mc.core.errors import ModelError, ProtocolError
from asreview_mc.core.event import TopicsConfirmed
from asreview_mc.core.protocol import Card
from asreview_mc.core.record import Record
from asreview_mc.learn import topic_file
from asreview_mc.learn.chosen import default_encoder
from asreview_mc.learn.encode import Encoder
from asreview_mc.learn.heads import Heads
from asreview_mc.learn.subtopics import Suggestions, TopicModel
from asreview_mc.project.review import Review
from asreview_mc.report.writing import write
from asreview_mc.review.eligibility import eligibility
from asreview_mc.review.state import State
from asreview_mc.review.topics import coded, confirmed, is_told


def text_of(record: Record) -> str:
    """Return title and abstract, the title on a line of its own so that it is read as a sentence."""
    return f"{record.title}\n{record.abstract}".strip()


def suggestions(found: Suggestions, row: int) -> list[dict[str, Any]]:
    """Return every sub-topic of one text, most probable first."""
    suggestions = [
        {
            "code": code,
            "p": round(float(found.probabilities[row, k]), 4),
            "evidence": found.evidence[row][k].sentence,
            "cues": list(found.evidence[row][k].cues),
            "suggested": bool(found.suggested[row, k]),
            "calibrated": bool(found.calibrated[k]),
        }
        for k, code in enumerate(found.codes)
    ]
    return sorted(suggestions, key=lambda one: -one["p"])


def model_for(cards: Sequence[Card], encoder: Encoder, *, zero_shot: bool = False) -> TopicModel:
    """Return a model for cards, with the shipped heads where both cards and encoder are those they were taught with.

    Raises
    ------
    ProtocolError
        If there are no cards.
    """
    if not cards:
        raise ProtocolError("names no sub-topics", where="protocol", remedy="Add [[subtopics]] to protocol.toml")
    model = TopicModel(cards, encoder)
    if zero_shot or not model.calibrated.all():
        return model
    return TopicModel(cards, encoder, heads=topic_file.shipped(encoder).model.heads)


def taught_model(review: Review, encoder: Encoder, *, zero_shot: bool = False, viewer: str | None = None) -> TopicModel:
    """Return the model of a review, taught by the confirmations in it; never by what it suggested itself.

    Of a settled record the settlement teaches, of one whose coders differ each coder's answer in part. Nobody's answer
    to a record that others have yet to code teaches, but for that of `viewer`.
    """
    state = review.state
    model = model_for(state.protocol.cards, encoder, zero_shot=zero_shot)
    shares = _shares(state, viewer)
    if zero_shot or not shares:
        return model
    texts = [text_of(review.records[record_id]) for record_id in shares]
    return model.fit(texts, np.array(list(shares.values()), dtype=np.float64))


def same_model(cards: Sequence[Card], heads: Sequence[Heads]) -> TopicModel:
    """Return the model with these cards and heads over the default encoder; another process can make it, too."""
    return TopicModel(cards, default_encoder(), heads=heads)


def file_model(path: Path, sha256: str, encoder: Encoder) -> TopicModel:
    """Return a model saved by `save`, whose digest is known.

    Raises
    ------
    ModelError
        If no digest is given, or the file is another.
    """
    if not sha256:
        raise ModelError(
            "comes without its digest", where=str(path), remedy="Give --sha256 as it was printed by `topics train`"
        )
    return topic_file.load(path, sha256, encoder).model


def save(review: Review, path: Path, encoder: Encoder) -> dict[str, Any]:
    """Write the review's taught model to a file with its card, and return its `sha256`, `confirmed` and `name`.

    Raises
    ------
    ModelError
        If nothing was confirmed.
    OutputError
        If the file cannot be written.
    """
    state = review.state
    shares = _shares(state, None)
    if not shares:
        raise ModelError("nothing was confirmed to learn from", where="sub-topics", remedy="Confirm some first")
    model = taught_model(review, encoder)
    card = {
        "made_by": "asreview-mc topics train",
        "date": datetime.now(UTC).date().isoformat(),
        "review": state.protocol.title,
        "log_head": state.head,
        "confirmed": len(shares),
        "cards": [asdict(one)["code"] for one in state.protocol.cards],
        "caution": "Taught by the confirmations of one review; measure it before using it on another.",
    }
    content = topic_file.dump(model, card)
    write(path, content)
    return {"sha256": hashlib.sha256(content).hexdigest(), "confirmed": len(shares), "name": model.name}


def _shares(state: State, viewer: str | None) -> dict[str, list[float]]:
    """Return for each record that somebody coded the share of its coders for each label, in the cards' order."""
    found = {}
    for record_id in eligibility(state).included:
        told = is_told(state, record_id, viewer)
        stands = confirmed(state, record_id) if told else None
        if stands is not None:
            sets = [set(stands.codes)]
        else:
            said = coded(state, record_id)
            events = (one.event for name, one in said.items() if told or name == viewer)
            sets = [set(event.codes) for event in events if isinstance(event, TopicsConfirmed)]
        if sets:
            found[record_id] = [sum(card.code in codes for codes in sets) / len(sets) for card in state.protocol.cards]
    return found
