"""What is put before an extractor: what the record itself says, and choices that a model suggests from their cards.

An offer fills in nothing; it counts once an extractor gives it as their own. Models learn from what stands in the form,
agreed or settled, and so from nothing that is still hidden from somebody.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from asreview_mc.core.cards import FEWEST, MOST
from asreview_mc.core.errors import DecisionError
from asreview_mc.core.protocol import CLOSED, EXTRACTION, Card, ExtractionField, Protocol
from asreview_mc.learn.encode import Encoder
from asreview_mc.learn.subtopics import TopicModel
from asreview_mc.project.review import Review
from asreview_mc.project.taught import text_of
from asreview_mc.review import answers
from asreview_mc.review.eligibility import eligibility
from asreview_mc.review.state import State
from asreview_mc.review.topics import confirmed

THE_RECORD = "the record"


@dataclass(frozen=True, slots=True)
class Offer:
    """What is suggested for one field of one record.

    Attributes
    ----------
    value : str, number or list of str
        As `answers.read` gives it.
    by : str
        `THE_RECORD`, or the model's name.
    evidence : tuple of str
        The sentence of the record that speaks most for each choice; empty where the record itself says it.
    p : tuple of float
        How probable the model holds each choice, in [0, 1]; only to order them where it is not calibrated.
    calibrated : bool
        Whether enough was filled in for `p` to be taken as probabilities.
    """

    value: answers.Value
    by: str = THE_RECORD
    evidence: tuple[str, ...] = ()
    p: tuple[float, ...] = ()
    calibrated: bool = True


def offers(
    review: Review,
    record_ids: Sequence[str],
    form: str = EXTRACTION,
    *,
    encoder: Encoder | None = None,
    fields: Collection[str] | None = None,
) -> dict[str, dict[str, Offer]]:
    """Return for each record what is suggested in the fields of a form.

    Parameters
    ----------
    encoder : Encoder or None
        None for what the records themselves say: year, databases, confirmed sub-topics. With one, choices that have
        cards in the protocol are suggested by a model as well.
    fields : collection of str or None
        Only these fields; None for all.

    Raises
    ------
    UnknownError
        If there is no such record or form.
    """
    state = review.state
    asked = [one for one in state.protocol.form(form) if fields is None or one.code in fields]
    found = {one: _of_record(review, one, asked) for one in record_ids}
    if encoder is None or not record_ids:
        return found
    for field in asked:
        cards = cards_of(state.protocol, field) if form == EXTRACTION else ()
        if FEWEST <= len(cards) <= MOST:
            model = _taught(review, field, cards, encoder)
            texts = [text_of(review.records[review.record(one).record_id]) for one in record_ids]
            for record_id, offer in zip(record_ids, _by_model(model, field, texts), strict=True):
                if offer:
                    found[record_id].setdefault(field.code, offer)
    return found


def cards_of(protocol: Protocol, field: ExtractionField) -> tuple[Card, ...]:
    """Return a card for every choice of a field that has cards in the protocol; none for a field without."""
    own = {one.choice: one for one in protocol.choice_cards if one.field == field.code}
    if not own or field.type not in CLOSED:
        return ()
    means = dict(zip(field.choices, field.definitions, strict=False))
    made = partial(Card, group=field.label)
    return tuple(
        made(choice, choice, definition=means.get(choice, ""))
        if choice not in own
        else made(
            choice,
            choice,
            definition=means.get(choice, ""),
            cues=own[choice].cues,
            not_cues=own[choice].not_cues,
            examples=own[choice].examples,
        )
        for choice in field.choices
    )


def _of_record(review: Review, record_id: str, fields: Sequence[ExtractionField]) -> dict[str, Offer]:
    state, record = review.state, review.records[review.record(record_id).record_id]
    topics = confirmed(state, record_id)
    labels = {card.code: card.label for card in state.protocol.cards}
    known: dict[str, object] = {
        "year": record.year,
        "database": state.sources_of(record_id),
        "subtopics": [labels.get(code, code) for code in topics.codes] if topics else None,
    }
    found = {}
    for field in fields:
        try:
            value = answers.read(field, known.get(field.code))
        except DecisionError:  # a database that the form does not list, say: nothing to suggest
            continue
        if value is not None:
            found[field.code] = Offer(value)
    return found


def _taught(review: Review, field: ExtractionField, cards: Sequence[Card], encoder: Encoder) -> TopicModel:
    """Return the model of a field's choices, taught by what stands in the form."""
    model = TopicModel(cards, encoder)
    standing = _standing(review.state, field)
    if not standing:
        return model
    truth = np.array([[card.code in given for card in cards] for given in standing.values()], dtype=np.float64)
    return model.fit([text_of(review.records[one]) for one in standing], truth)


def _standing(state: State, field: ExtractionField) -> dict[str, list[str]]:
    """Return the choices that stand in a field, by included record."""
    wanted = state.protocol.decisions_wanted
    found: dict[str, list[str]] = {}
    for record_id in eligibility(state).included:
        cell = state.forms.cells(EXTRACTION, record_id).get(field.code)
        value = cell.stands(wanted, personal=field.personal).value if cell else None
        if value is not None:
            found[record_id] = answers.labels(field, value)
    return found


def _by_model(model: TopicModel, field: ExtractionField, texts: Sequence[str]) -> list[Offer | None]:
    found = model.suggest(texts)
    made: list[Offer | None] = []
    for row, p in enumerate(found.probabilities):
        chosen = [int(k) for k in np.flatnonzero(found.suggested[row])]
        if field.type == "single":
            chosen = sorted(chosen, key=lambda k: -p[k])[:1]
        names = [model.codes[k] for k in chosen]
        offer = Offer(
            names if field.type == "multi" else "".join(names),
            model.name,
            tuple(found.evidence[row][k].sentence for k in chosen),
            tuple(round(float(p[k]), 4) for k in chosen),
            bool(found.calibrated[chosen].all()),
        )
        made.append(offer if chosen else None)
    return made
