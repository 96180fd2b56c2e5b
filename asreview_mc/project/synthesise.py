"""Synthesis: sub-topics suggested and confirmed, batches classified, and all that is written out."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Any

import numpy as np

from asreview_mc.core.errors import DecisionError, UnknownError
from asreview_mc.core.event import Logged, TopicsConfirmed, TopicsSettled
from asreview_mc.learn.chosen import default_encoder
from asreview_mc.learn.encode import Encoder
from asreview_mc.learn.subtopics import TopicModel
from asreview_mc.learn.zero_shot import load_zero_shot
from asreview_mc.project import shown
from asreview_mc.project.review import Review
from asreview_mc.project.taught import suggestions, taught_model, text_of
from asreview_mc.review.agreement.intervals import wilson
from asreview_mc.review.eligibility import eligibility
from asreview_mc.review.state import State
from asreview_mc.review.topics import (
    coded,
    confirmed,
    differ,
    first_confirmations,
    is_hidden,
    is_told,
    open_differences,
    tally,
)

Progress = Callable[[int, int], None]


def suggest_topics(
    review: Review,
    *,
    encoder: Encoder | None = None,
    progress: Progress | None = None,
    zero_shot: bool = False,
    viewer: str | None = None,
    model: TopicModel | None = None,
    remember: bool = False,
) -> list[dict[str, Any]]:
    """Return for each included record what the model suggests, with its evidence, and what was confirmed.

    Where a record is to be coded with the suggestions hidden and `viewer` has not coded it yet, or nobody has where
    nobody is named, `hidden` is true and there are none. What others confirmed is None as long as it is not disclosed
    to `viewer`, and teaches nothing of what they see; `mine` is what `viewer` said, None before that.
    `doubt` in [0, 0.5] is the mean distance of a label's probability from the nearer of 0 and 1.
    A suggestion has `code`, `p` in [0, 1], `evidence` (a sentence of the record), the `cues` in it, and `suggested`
    (over the threshold).

    Parameters
    ----------
    model : TopicModel or None
        None for the one that the review has taught as far as `viewer` may see.
    remember : bool
        Keep what `viewer` is shown, for `confirm_topics`.

    Raises
    ------
    ProtocolError
        If the protocol has no sub-topics.
    """
    state = review.state
    included = eligibility(state).included
    records = review.records
    model = model or taught_model(review, encoder or default_encoder(), zero_shot=zero_shot, viewer=viewer)
    texts = [text_of(records[one]) for one in included]
    found = model.suggest(texts, progress)
    rows = []
    for row, record_id in enumerate(included):
        said = coded(state, record_id)
        stands = confirmed(state, record_id) if is_told(state, record_id, viewer) else None
        own = said.get(viewer or "")
        seen = own is not None if viewer is not None else bool(said) and is_told(state, record_id, viewer)
        hidden = not seen and is_hidden(state, record_id, viewer)
        suggested = [one for one in suggestions(found, row) if one["suggested"]]
        rows.append(
            {
                "record_id": record_id,
                "title": records[record_id].title,
                "suggested": [] if hidden else suggested,
                "hidden": hidden,
                "doubt": round(float(np.minimum(found.probabilities[row], 1 - found.probabilities[row]).mean()), 4),
                "confirmed": list(stands.codes) if stands else None,
                "mine": list(own.event.codes) if own and isinstance(own.event, TopicsConfirmed) else None,
            }
        )
    if remember and viewer:
        open_to_them = [row for row, one in enumerate(rows) if not one["hidden"]]
        told = {included[row]: (texts[row], suggestions(found, row)) for row in open_to_them}
        shown.keep(review, viewer, told, model.name)
    return rows


def is_done(row: dict[str, Any]) -> bool:
    """Whether a row of `suggest_topics` waits no longer for the one it was made for."""
    return row["confirmed"] is not None or row["mine"] is not None


def ordered(rows: Sequence[dict[str, Any]], order: str) -> list[dict[str, Any]]:
    """Return rows of `suggest_topics`, those that wait for the one who asks first where there is an order.

    ``surest`` begins with the record whose suggestions are least in doubt, ``teaching`` with the one whose are most.

    Raises
    ------
    UnknownError
        If there is no such order.
    """
    if order not in ("reading", "surest", "teaching"):
        raise UnknownError(f"no order is called {order!r}", remedy="Choose reading, surest or teaching")
    if order == "reading":
        return list(rows)
    sign = 1 if order == "surest" else -1
    return sorted(rows, key=lambda row: (is_done(row), sign * row["doubt"]))


def confirm_topics(
    review: Review,
    record_id: str,
    reviewer: str,
    *,
    add: Collection[str] = (),
    remove: Collection[str] = (),
    blind: bool = False,
    encoder: Encoder | None = None,
    model: TopicModel | None = None,
) -> Logged:
    """Confirm the sub-topics of an included record: what the reviewer said before, plus `add`, minus `remove`.

    A reviewer who has not coded it yet begins with what is suggested, or with nothing where they are `blind` or the
    record is one of those whose suggestions are hidden.

    Parameters
    ----------
    model : TopicModel or None
        The one whose suggestions the reviewer was shown, which saves teaching another. None for what `suggest_topics`
        remembers to have shown them, and the model of now where it does not.

    Raises
    ------
    UnknownError
        If record, reviewer or a code are unknown.
    DecisionError
        If the record is not included, a code is both added and removed, or nothing is said of a record whose
        suggestions are hidden.
    """
    state = review.state
    state.protocol.reviewer(reviewer)
    review.record(record_id)
    text = text_of(review.records[record_id])
    known = {card.code for card in state.protocol.cards}
    for code in (*add, *remove):
        if code not in known:
            raise UnknownError(f"no sub-topic has the code {code!r}", remedy=f"Choose from {', '.join(sorted(known))}")
    if set(add) & set(remove):
        raise DecisionError(f"{', '.join(sorted(set(add) & set(remove)))} is both added and removed", where=record_id)
    if record_id not in eligibility(state).included:
        raise DecisionError("is not included", where=record_id, remedy="Sub-topics are confirmed for included records")
    unseen = is_hidden(state, record_id, reviewer) and reviewer not in coded(state, record_id)
    if unseen and not (blind or add or remove):
        raise DecisionError(
            "is coded with its suggestions hidden",
            where=record_id,
            remedy="Give --add CODE for each sub-topic, or --blind if it has none",
        )
    seen = shown.recall(review, reviewer, record_id, text) if model is None else None
    if seen is None:
        if model is None or model.cards != state.protocol.cards:
            model = taught_model(review, encoder or default_encoder(), viewer=reviewer)
        seen = suggestions(model.suggest([text]), 0), model.name
    suggested, name = seen
    with review.transaction():
        state = review.state
        before = coded(state, record_id).get(reviewer)
        hidden = before is None and (blind or is_hidden(state, record_id, reviewer))
        if before and isinstance(before.event, TopicsConfirmed):
            base = set(before.event.codes)
        else:
            base = set() if hidden else {one["code"] for one in suggested if one["suggested"]}
        chosen = (base | set(add)) - set(remove)
        (logged,) = review.append(
            TopicsConfirmed(
                record_id,
                reviewer,
                tuple(card.code for card in state.protocol.cards if card.code in chosen),
                {one["code"]: one["p"] for one in suggested},
                name,
                hidden,
            )
        )
    return logged


def topic_conflicts(review: Review) -> list[dict[str, Any]]:
    """Return the records whose coders differ.

    Each has `record_id`, `title`, the `codes` that each gave, `agreed` among them, and the `seq` of the last answer.
    """
    state = review.state
    found = []
    for record_id in open_differences(state):
        events = {name: one.event for name, one in coded(state, record_id).items()}
        codes = {name: list(one.codes) for name, one in events.items() if isinstance(one, TopicsConfirmed)}
        agreed = [one.code for one in state.protocol.cards if all(one.code in said for said in codes.values())]
        title = review.records[record_id].title
        seq = max(one.seq for one in coded(state, record_id).values())
        found.append({"record_id": record_id, "title": title, "codes": codes, "agreed": agreed, "seq": seq})
    return found


def settle_topics(
    review: Review,
    record_id: str,
    codes: Collection[str],
    by: Sequence[str],
    *,
    note: str = "",
    since: int | None = None,
) -> Logged:
    """Settle what coders differ on: by all of them together, or by an adjudicator.

    Parameters
    ----------
    since : int or None
        The last answer that whoever settles had before them; it is refused where the difference is no longer the one
        that they saw. ``None`` settles whatever stands.

    Raises
    ------
    UnknownError
        If record, a code or somebody named is unknown.
    DecisionError
        If they do not differ, or those named may not settle it.
    """
    with review.transaction():
        state = review.state
        review.record(record_id)
        people = [state.protocol.reviewer(name) for name in by]
        known = [card.code for card in state.protocol.cards]
        for code in codes:
            if code not in known:
                raise UnknownError(f"no sub-topic has the code {code!r}", remedy=f"Choose from {', '.join(known)}")
        coders = set(coded(state, record_id))
        if len(coders) < state.protocol.topic_coders:
            raise DecisionError("is not coded yet by all who must", where=record_id)
        if not differ(state, record_id):
            raise DecisionError("its coders do not differ", where=record_id)
        last = max(one.seq for one in coded(state, record_id).values())
        if since is not None and (last != since or record_id not in open_differences(state)):
            raise DecisionError("somebody has answered on it meanwhile", where=record_id, remedy="Look at it again")
        if not any(person.role == "adjudicator" for person in people) and not coders <= set(by):
            raise DecisionError(
                "differences are settled by all who coded it, or by an adjudicator",
                where=record_id,
                remedy="Name " + " ".join(f"--by {name}" for name in sorted(coders)),
            )
        chosen = tuple(code for code in known if code in set(codes))
        (logged,) = review.append(TopicsSettled(record_id, chosen, tuple(dict.fromkeys(by)), note))
    return logged


def topic_quality(review: Review, viewer: str | None = None) -> list[dict[str, Any]]:
    """Return for each sub-topic how the suggestions compare with what people confirmed, by the first of each coder.

    Of records that others have yet to code only what `viewer` said is in it.

    `hidden` is over the records coded with suggestions hidden, which cannot have been swayed by them, `all` over all.
    Each has `n`, `precision` and `recall` with their 95 % Wilson intervals, null where undefined.
    """
    return quality_of(review.state, viewer)


def quality_of(state: State, viewer: str | None) -> list[dict[str, Any]]:
    """Return what `topic_quality` does, of a state."""
    threshold = load_zero_shot().threshold
    events = [event for by_record in first_confirmations(state, viewer).values() for event in by_record.values()]
    judged = [event for event in events if event.suggested]
    return [
        {
            "code": card.code,
            "hidden": _quality([one for one in judged if one.hidden], card.code, threshold),
            "all": _quality(judged, card.code, threshold),
        }
        for card in state.protocol.cards
    ]


def _share(hits: int, n: int) -> dict[str, Any]:
    if not n:
        return {"value": None, "why": "nothing to compare"}
    low, high = wilson(hits, n)
    return {"value": hits / n, "ci_low": low, "ci_high": high}


def _quality(events: Sequence[TopicsConfirmed], code: str, threshold: float) -> dict[str, Any]:
    said = [(event.suggested.get(code, 0.0) >= threshold, code in event.codes) for event in events]
    hits = sum(suggested and true for suggested, true in said)
    return {
        "n": len(said),
        "precision": _share(hits, sum(suggested for suggested, _ in said)),
        "recall": _share(hits, sum(true for _, true in said)),
    }


def topic_tally(review: Review) -> dict[str, tuple[str, ...]]:
    """Return for each sub-topic the included records confirmed to be on it."""
    return tally(review.state)
