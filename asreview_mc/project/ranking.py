"""The queue: unscreened records in the order in which they are most likely to matter."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from asreview_mc.core.event import Decided, Logged
from asreview_mc.core.protocol import Protocol, Stage
from asreview_mc.core.record import Record
from asreview_mc.core.version import __version__
from asreview_mc.identify import citations
from asreview_mc.learn import order
from asreview_mc.learn.chosen import default_encoder as default_encoder  # for rooms that may not ask `learn`
from asreview_mc.learn.encode import Encoder
from asreview_mc.learn.features import REFERENCES, FeatureSet
from asreview_mc.learn.following import Following
from asreview_mc.learn.rank import DEFAULT, Ranker, features_for, make, settings
from asreview_mc.learn.rank.explain import why
from asreview_mc.project.review import Review
from asreview_mc.review.state import Label

Progress = Callable[[int, int], None]
SEED = 0
NO_VECTORS = ""
"""Fingerprint of a pool that goes by words, references and the protocol in words."""


def settings_of_rankers(events: Iterable[Logged]) -> dict[str, str]:
    """Return the settings in words of each ranker by whose order a decision was made.

    Only of those of this version of the program: what another one had set is not known here.
    """
    shown = (one.event.shown for one in events if isinstance(one.event, Decided) and one.event.shown)
    found = {}
    for named in sorted({one.ranker for one in shown if one.ranker}):
        name, _, version = named.rpartition(" ")
        if version == __version__:
            found[named] = ", ".join(f"{key} {_in_words(value)}" for key, value in settings(name, seed=SEED).items())
    return found


def _in_words(value: object) -> str:
    if isinstance(value, Mapping):
        return "/".join(f"{key} {_in_words(one)}" for key, one in value.items())
    return f"{value:g}" if isinstance(value, float) else str(value)


@dataclass(frozen=True, slots=True)
class Ranked:
    """One place in a queue: `rank` from 1, `score` higher for more relevant, `why` in a few words."""

    rank: int
    record_id: str
    score: float
    title: str
    why: str = ""


@dataclass(frozen=True)
class Pool:
    """The unique records of a review as arrays; row k is ``record_ids[k]``. Immutable, so that threads can share it."""

    record_ids: tuple[str, ...]
    features: FeatureSet
    ranker: str
    fingerprint: str
    rows: Mapping[str, int] = field(repr=False)

    def following(self) -> Following:
        """Return what keeps this pool's ranker from one list of labels to the next."""
        return Following(partial(make, self.ranker, seed=SEED), self.features)

    def fitted(self, labels: Sequence[Label], following: Following | None = None) -> Ranker:
        """Return a ranker that has learnt from `labels`, from scratch or `following` what it learnt before."""
        known = [label for label in labels if label.record_id in self.rows]
        return (following or self.following()).fitted(
            [self.rows[label.record_id] for label in known],
            np.array([label.y for label in known], dtype=np.int64),
            np.array([label.weight for label in known], dtype=np.float64),
        )

    def best_first(self, scores: NDArray[np.float64], record_ids: Sequence[str], first: int | None = None) -> list[str]:
        """Return `record_ids` from the highest score to the lowest, the `first` of them; ties keep the order given."""
        rows = [self.rows[record_id] for record_id in record_ids]
        return [self.record_ids[row] for row in order.best_first(scores, among=rows)[:first]]


def gather_pool(
    review: Review,
    *,
    ranker: str = DEFAULT,
    encoder: Encoder | None = None,
    keywords: Sequence[str] = (),
    encoded: bool = True,
    progress: Progress | None = None,
) -> Pool:
    """Turn the unique records of a review into what a ranker needs; vectors come from the cache where they can.

    Parameters
    ----------
    encoded : bool
        False to go without vectors: by words, cited references, and the protocol in words.
    keywords : sequence of str
        A query beside the protocol's.
    progress : callable or None
        Called with (done, total) while texts are encoded.
    """
    encoder = (encoder or default_encoder()) if encoded and make(ranker, seed=SEED).uses_vectors else None
    record_ids, known = tuple(review.state.unique()), review.records
    records = [known[record_id] for record_id in record_ids]
    built = features_for(
        [make(ranker, seed=SEED)],
        [record.title for record in records],
        [record.abstract for record in records],
        wanted=(*wanted_of(review.protocol), " ".join(keywords)),
        encoder=encoder,
        links=citations.links(records),
        progress=progress,
    )
    rows = {record_id: row for row, record_id in enumerate(record_ids)}
    fingerprint = encoder.fingerprint if encoder else NO_VECTORS
    return Pool(record_ids, _with_readable_works(built, records), ranker, fingerprint, rows)


def wanted_of(protocol: Protocol) -> tuple[str, str]:
    """Return what a protocol asks for, in texts that count alike."""
    return protocol.query_text, protocol.criteria_text


def _with_readable_works(features: FeatureSet, records: Sequence[Record]) -> FeatureSet:
    """Return the features with cited works named as a reader knows them: a record of the review by its id."""
    if REFERENCES not in features.vocabulary:
        return features
    ours = {name: record.record_id for record in records for name in citations.keys(record)}
    works = [ours.get(str(name)) or citations.readable(str(name)) for name in features.vocabulary[REFERENCES]]
    return replace(features, vocabulary={**features.vocabulary, REFERENCES: np.array(works, dtype=np.str_)})


def rank(
    review: Review,
    viewer: str | None,
    *,
    stage: Stage = "abstract",
    seeds: Sequence[str] = (),
    keywords: Sequence[str] = (),
    ranker: str = DEFAULT,
    explained: int | None = None,
    tell: Callable[[str], None] | None = None,
    encoder: Encoder | None = None,
    progress: Progress | None = None,
) -> list[Ranked]:
    """Return the queue of `viewer`, best first: what they have still to decide, as law 4 lets it learn.

    Without a viewer it is the queue of everything that still needs a decision, learnt from what is settled.

    Parameters
    ----------
    seeds : sequence of str
        Ids of records to count as relevant for this queue, without deciding on them.
    explained : int or None
        How many of the first are told why they stand there; ``None`` for all.
    tell : callable or None
        Called with one line where the scores say less than they could.
    """
    pool = gather_pool(review, ranker=ranker, encoder=encoder, keywords=keywords, progress=progress)
    state, records = review.state, review.records
    known = {label.record_id for label in state.labels(viewer)}
    chosen = [state.kept(review.record(seed).record_id) for seed in seeds]
    labels = [*state.labels(viewer), *(Label(seed, 1, 1.0) for seed in chosen if seed not in known)]
    waiting = state.queue(stage, viewer) if viewer else state.undecided(stage)
    if not waiting:
        return []
    fitted = pool.fitted(labels)
    if tell is not None and fitted.note_:
        tell(fitted.note_)
    scores = fitted.decision_function(pool.features)
    ordered = pool.best_first(scores, waiting)
    included = {
        pool.rows[label.record_id]: label.record_id for label in labels if label.y and label.record_id in pool.rows
    }
    explain = [pool.rows[record_id] for record_id in ordered[:explained]]
    reasons = why(pool.features, fitted, explain, included=included)
    reasons += [""] * (len(ordered) - len(reasons))
    return [
        Ranked(place, record_id, float(scores[pool.rows[record_id]]), records[record_id].title, reason)
        for place, (record_id, reason) in enumerate(zip(ordered, reasons, strict=True), start=1)
    ]
