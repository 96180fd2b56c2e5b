"""What each sentence of a text says for each sub-topic: its cues, and how near it lies to the card's own sentences.

All abstracts of one review resemble one another, so plain cosines mostly say that a text is on the review's subject.
Here the mean of all cards is taken away first, and a sentence's nearness to a card is its share among all cards. Means
over many sentences then tell the cards apart where the best single cosine does not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from asreview_mc.core.protocol import Card
from asreview_mc.learn.cues import CueMatcher, Matches
from asreview_mc.learn.encode import Encoder, Progress
from asreview_mc.learn.sentences import split_sentences

FEATURES = ("cues", "cue_sentences", "cue_share", "lift")
"""What there is to weigh for a card, each 0 where nothing speaks for or against it.

log(1 + distinct cues), log(1 + sentences that hold a cue), the share of sentences that do, log of the mean share of the
card over an equal share.
"""

TEMPERATURE = 0.1
LOWEST_LIFT = -2.3
_TINY = 1e-12

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Reading:
    """What n texts hold for k cards.

    Attributes
    ----------
    sentences : list of list of str
        The sentences of each text, verbatim.
    features : ndarray (n, k, f)
        `FEATURES` of each text; zeros for a text without sentences.
    sentence_features : list of ndarray (s, k, f)
        The same for every sentence as if the text held nothing else.
    matches : list of list of tuple of Matches
        For each text and sentence the cues of the k cards.
    vectors : ndarray (n, 2 d)
        Mean direction of the sentences of each text and beside it that of the text as a whole, which sees what belongs
        together but no further than the encoder reads; both unit rows, zeros for a text without sentences.
    sentence_vectors : list of ndarray (s, 2 d)
        The direction of every sentence as if it were a text, twice.
    """

    sentences: list[list[str]]
    features: Floats
    sentence_features: list[Floats]
    matches: list[list[tuple[Matches, ...]]]
    vectors: Floats
    sentence_vectors: list[NDArray[np.float32]]


class CardReader:
    """Reads texts against cards.

    Parameters
    ----------
    cards : sequence of Card
        k cards.
    encoder : Encoder
        Encodes the sentences of cards and texts.
    """

    def __init__(self, cards: Sequence[Card], encoder: Encoder) -> None:
        self.cards = tuple(cards)
        self.encoder = encoder
        self._matchers = [CueMatcher(card) for card in self.cards]

    def read(self, texts: Sequence[str], progress: Progress | None = None) -> Reading:
        """Return the evidence in `texts`; every distinct sentence and text is encoded once, all of them in one call."""
        sentences = [[text[start:end] for start, end in split_sentences(text)] for text in texts]
        distinct = list(dict.fromkeys(sentence for text in sentences for sentence in text))
        spoken = [text for text, own in zip(texts, sentences, strict=True) if own]
        row = {text: position for position, text in enumerate(dict.fromkeys([*distinct, *spoken]))}
        matched = [tuple(matcher.match(sentence) for matcher in self._matchers) for sentence in distinct]
        mean, directions = self._directions
        encoded = self.encoder.encode(list(row), progress) if row else np.zeros((0, len(mean)), dtype=np.float32)
        shares = _shares((encoded[: len(distinct)] - mean) @ directions.T, matched)
        vectors = np.zeros((len(texts), 2 * len(mean)))
        features = np.zeros((len(texts), len(self.cards), len(FEATURES)))
        sentence_features, matches, sentence_vectors = [], [], []
        for position, text in enumerate(sentences):
            rows = [row[sentence] for sentence in text]
            own = [matched[index] for index in rows]
            if rows:
                features[position] = _features(own, shares[rows])
                together = _unit(encoded[rows].mean(axis=0, keepdims=True).astype(np.float64))[0]
                vectors[position] = np.concatenate([together, encoded[row[texts[position]]]])
            alone = [_features([match], shares[[index]]) for match, index in zip(own, rows, strict=True)]
            sentence_features.append(np.stack(alone) if alone else np.zeros((0, *features.shape[1:])))
            matches.append(own)
            sentence_vectors.append(np.tile(encoded[rows], (1, 2)).astype(np.float32))
        return Reading(sentences, features, sentence_features, matches, vectors, sentence_vectors)

    @cached_property
    def _directions(self) -> tuple[Floats, Floats]:
        """Return the mean of the cards (d,) and the unit directions from it to each card (k, d)."""
        texts = [(f"{card.label}: {card.definition}", *card.examples) for card in self.cards]
        vectors = self.encoder.encode([sentence for card in texts for sentence in card]).astype(np.float64)
        ends = np.cumsum([len(card) for card in texts])
        means = _unit(np.stack([part.mean(axis=0) for part in np.split(vectors, ends[:-1])]))
        mean = means.mean(axis=0)
        return mean, _unit(means - mean)


def _shares(cosines: Floats, matched: Sequence[tuple[Matches, ...]]) -> Floats:
    """Return how much of each sentence belongs to each card, (s, k); rows sum to 1 before denials are taken out."""
    if not len(cosines):
        return cosines
    scores = cosines / TEMPERATURE
    weights = np.exp(scores - scores.max(axis=1, keepdims=True))
    shares: Floats = weights / weights.sum(axis=1, keepdims=True)
    denied = [[bool(card.denied and not card.found) for card in match] for match in matched]
    shares[np.array(denied, dtype=bool)] = 0.0
    return shares


def _unit(vectors: Floats) -> Floats:
    unit: Floats = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), _TINY)
    return unit


def _features(matches: Sequence[tuple[Matches, ...]], shares: Floats) -> Floats:
    """Return `FEATURES` of a text with these sentences, (k, f)."""
    k = shares.shape[1]
    cues = [len({cue.lower() for match in matches for cue in match[card].found}) for card in range(k)]
    holding = [sum(bool(match[card].found) for match in matches) for card in range(k)]
    lift = np.log(np.maximum(k * shares.mean(axis=0), np.exp(LOWEST_LIFT)))
    return np.column_stack([np.log1p(cues), np.log1p(holding), np.divide(holding, len(matches)), lift])
