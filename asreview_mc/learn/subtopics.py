"""Sub-topics of a text, suggested from cards and from what was confirmed, with the sentence that speaks for each.

One logistic model is shared by all labels, so that its few weights can be used with any cards. Labels that it was
fitted on have offsets of their own, shrunk to zero, which hold only while the cards and the encoder are those of the
fit.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from asreview_mc.core.cards import FEWEST, MOST, Card
from asreview_mc.core.errors import ModelError
from asreview_mc.learn.encode import Encoder, Progress, same_model
from asreview_mc.learn.evidence import FEATURES, CardReader, Floats, Reading
from asreview_mc.learn.heads import Heads, fit_heads
from asreview_mc.learn.zero_shot import Parameters, load_zero_shot

CALIBRATED_FROM = 20
"""Confirmed records from which a label's probabilities count as calibrated, its card being another than the shipped."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """The sentence that speaks most for a label.

    Attributes
    ----------
    sentence : str
        A verbatim span of the text; empty where no sentence speaks for a label that is not suggested.
    weight : float
        Log-odds that the sentence adds; above 0, or 0 where there is none.
    cues : tuple of str
        The cues in it, as they stand there.
    """

    sentence: str = ""
    weight: float = 0.0
    cues: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Suggestions:
    """What the model proposes for n texts; nothing of it counts until a person confirms it.

    Attributes
    ----------
    codes : tuple of str
        The k labels, in the order of the cards.
    probabilities : ndarray (n, k)
        In [0, 1]; estimates of probability only for labels that are `calibrated`. The base rate for a text without
        sentences.
    suggested : ndarray (n, k) of bool
        Probability at or above the threshold; never for a text without sentences.
    evidence : list of tuple of Evidence
        For each text one per label.
    calibrated : ndarray (k,) of bool
        Whether cards and encoder are those that the model was fitted with, or the label was confirmed or rejected often
        enough since.
    """

    codes: tuple[str, ...]
    probabilities: Floats
    suggested: NDArray[np.bool_]
    evidence: list[tuple[Evidence, ...]]
    calibrated: NDArray[np.bool_]


class TopicModel:
    """Suggests sub-topics from cards.

    Parameters
    ----------
    cards : sequence of Card
        `FEWEST` to `MOST` cards, with distinct codes.
    encoder : Encoder
        Turns sentences into unit rows.
    parameters : Parameters or None
        ``None`` for the shipped ones.
    heads : sequence of Heads
        What confirmations have taught elsewhere; `fit` adds what it learns to them.

    Raises
    ------
    ModelError
        If there are too few or too many cards, or the shipped parameters are not what they should be.

    Attributes
    ----------
    codes : tuple of str
        Codes of the cards, in their order.
    """

    def __init__(
        self,
        cards: Sequence[Card],
        encoder: Encoder,
        parameters: Parameters | None = None,
        *,
        heads: Sequence[Heads] = (),
    ) -> None:
        if not FEWEST <= len(cards) <= MOST:
            raise ModelError(
                f"sub-topics need {FEWEST} to {MOST} cards, and there are {len(cards)}",
                where="[[subtopics]]",
                remedy="Change the cards in protocol.toml",
            )
        self.codes = tuple(card.code for card in cards)
        if len(set(self.codes)) < len(self.codes):
            raise ValueError("two cards have the same code")
        self.parameters = load_zero_shot() if parameters is None else parameters
        self._reader = CardReader(cards, encoder)
        digests = {card.code: card_digest(card) for card in cards}
        self._of_the_fit = digests == dict(self.parameters.cards) and same_model(
            encoder.fingerprint, self.parameters.encoder
        )
        self.cards = tuple(cards)
        self.encoder = encoder.fingerprint
        self.heads = self._given = tuple(heads)

    @property
    def calibrated(self) -> NDArray[np.bool_]:
        """For each label whether it is of the fit with its encoder, or was judged on `CALIBRATED_FROM` records."""
        known = np.full(len(self.codes), self._of_the_fit)
        for one in self.heads:
            known |= np.asarray(one.positives + one.negatives >= CALIBRATED_FROM)
        return known

    @property
    def name(self) -> str:
        """Kind, start of the parameters' sha256, and encoder: what to log beside a suggestion."""
        zero_shot = _digest(asdict(self.parameters))[:12]
        if not self.heads:
            return f"zero-shot {zero_shot} on {self.encoder}"
        content = [[np.asarray(value).round(9).tolist() for value in vars(one).values()] for one in self.heads]
        return f"few-shot {_digest([zero_shot, content])[:12]} on {self.encoder}"

    def plain_parameters(self) -> dict[str, Any]:
        """Return the zero-shot parameters as `read_parameters` reads them."""
        return {"features": list(FEATURES), **asdict(self.parameters)}

    def fit(self, texts: Sequence[str], confirmed: Floats) -> Self:
        """Learn from what people confirmed, on top of the heads given, and forget what an earlier `fit` learnt.

        Parameters
        ----------
        texts : sequence of str
            n texts.
        confirmed : ndarray (n, k)
            Share in [0, 1] of the coders who gave the label; NaN where nobody judged it. A text without sentences
            teaches nothing.

        Raises
        ------
        ValueError
            If the shape is another or a value lies outside.
        """
        values = np.asarray(confirmed, dtype=np.float64)
        known = values[np.isfinite(values)]
        if values.shape != (len(texts), len(self.codes)) or ((known < 0) | (known > 1)).any():
            raise ValueError(f"confirmed must be ({len(texts)}, {len(self.codes)}) shares from 0 to 1")
        reading = self._reader.read(texts)
        values = values.copy()
        values[[not sentences for sentences in reading.sentences]] = np.nan
        before = self._log_odds(reading, self._given)
        self.heads = (*self._given, fit_heads(reading.features, reading.vectors, before, values))
        return self

    def suggest(self, texts: Sequence[str], progress: Progress | None = None) -> Suggestions:
        """Return probabilities and evidence for `texts`.

        A text is judged by itself: what else is in `texts` changes nothing but the encoder's rounding, which follows
        what it computes together (probabilities by .002 at most in bfloat16, where measured). Give the title a
        line of its own above the abstract, so that it is read as a sentence.

        Parameters
        ----------
        texts : sequence of str
            n texts, n ≥ 0; empty ones are allowed.
        progress : callable or None
            Called with (done, total) sentences while they are encoded.
        """
        if isinstance(texts, str):
            raise TypeError("texts must be a sequence of texts, not one text")
        reading = self._reader.read(texts, progress)
        probabilities = _sigmoid(self._log_odds(reading, self.heads))
        silent = np.array([not sentences for sentences in reading.sentences], dtype=bool)
        probabilities[silent] = self._base_rates()
        suggested = (probabilities >= self.parameters.threshold) & ~silent[:, None]
        evidence = [self._evidence(reading, position, suggested[position]) for position in range(len(texts))]
        return Suggestions(self.codes, probabilities, suggested, evidence, self.calibrated)

    def _log_odds(self, reading: Reading, heads: Sequence[Heads]) -> Floats:
        offsets = self.parameters.offsets if self._of_the_fit else {}
        own = np.array([self.parameters.intercept + offsets.get(code, 0.0) for code in self.codes])
        log_odds: Floats = reading.features @ np.array(self.parameters.weights) + own
        for head in heads:
            log_odds = log_odds + head.added(reading.features, reading.vectors)
        return log_odds

    def _base_rates(self) -> Floats:
        rates = self.parameters.base_rates if self._of_the_fit else {}
        return np.array([rates.get(code, self.parameters.base_rate) for code in self.codes])

    def _evidence(self, reading: Reading, position: int, suggested: NDArray[np.bool_]) -> tuple[Evidence, ...]:
        """Return the best sentence for each label, for one that is suggested even where no sentence alone speaks."""
        sentences, features = reading.sentences[position], reading.sentence_features[position]
        if not sentences:
            return tuple(Evidence() for _ in self.codes)
        added = features @ np.array(self.parameters.weights)
        for head in self.heads:
            added = added + head.added(features, reading.sentence_vectors[position].astype(np.float64))
        found = []
        for label, best in enumerate(added.argmax(axis=0)):
            weight = float(added[best, label])
            cues = reading.matches[position][best][label].found
            speaks = weight > 0 or suggested[label]
            found.append(Evidence(sentences[best], max(weight, 0.0), cues) if speaks else Evidence())
        return tuple(found)


def card_digest(card: Card) -> str:
    """Return the sha256 of all in a card that shapes a suggestion."""
    content = [card.code, card.label, card.definition, *map(list, (card.cues, card.not_cues, card.examples))]
    return _digest(content)


def _digest(content: object) -> str:
    return hashlib.sha256(json.dumps(content, ensure_ascii=False).encode("utf-8", "surrogatepass")).hexdigest()


def _sigmoid(log_odds: Floats) -> Floats:
    values: Floats = 1.0 / (1.0 + np.exp(-np.clip(log_odds, -500.0, 500.0)))
    return values
