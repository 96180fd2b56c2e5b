"""Sub-topics of a text, suggested from cards alone, with the sentence that speaks for each.

One logistic model is shared by all labels, so that its few weights can be used with any cards. Labels that it was
fitted on have offsets of their own, shrunk to zero, which hold only while the cards and the encoder are those of the
fit.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from asreview_mc.core.errors import ModelError
from asreview_mc.core.protocol import Card
from asreview_mc.learn.encode import Encoder, Progress
from asreview_mc.learn.evidence import FEATURES, CardReader, Floats, Reading
from asreview_mc.learn.saved import shipped_json

FEWEST, MOST = 2, 50
ZERO_SHOT = "subtopics-zero-shot.json"


@dataclass(frozen=True, slots=True)
class Parameters:
    """The fitted model.

    Attributes
    ----------
    weights : tuple of float
        One per feature of `asreview_mc.learn.evidence.FEATURES`, on the feature's own scale.
    intercept : float
        Log-odds of a label for which nothing speaks in a text that has sentences.
    offsets : mapping of str to float
        What is added to the intercept, by code.
    base_rate : float
        Share of labels that are true, over all labels of the fit; in (0, 1).
    base_rates : mapping of str to float
        The same by code, shrunk to `base_rate`.
    threshold : float
        Probability from which a label is suggested; in (0, 1).
    cards : mapping of str to str
        Digest of each card of the fit, by code.
    encoder : str
        Fingerprint of the encoder of the fit.
    """

    weights: tuple[float, ...]
    intercept: float
    offsets: Mapping[str, float]
    base_rate: float
    base_rates: Mapping[str, float]
    threshold: float
    cards: Mapping[str, str]
    encoder: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """The sentence that speaks most for a label.

    Attributes
    ----------
    sentence : str
        A verbatim span of the text; empty where no sentence speaks for the label.
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
        In [0, 1]; estimates of probability only where `calibrated`. The base rate for a text without sentences.
    suggested : ndarray (n, k) of bool
        Probability at or above the threshold; never for a text without sentences.
    evidence : list of tuple of Evidence
        For each text one per label.
    calibrated : bool
        Whether cards and encoder are those that the model was fitted with.
    """

    codes: tuple[str, ...]
    probabilities: Floats
    suggested: NDArray[np.bool_]
    evidence: list[tuple[Evidence, ...]]
    calibrated: bool


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

    Raises
    ------
    ModelError
        If there are too few or too many cards, or the shipped parameters are not what they should be.

    Attributes
    ----------
    codes : tuple of str
        Codes of the cards, in their order.
    calibrated : bool
        Whether cards and encoder are those of the fit.
    name : str
        Kind, start of the parameters' sha256, and encoder: what to log beside a suggestion.
    """

    def __init__(self, cards: Sequence[Card], encoder: Encoder, parameters: Parameters | None = None) -> None:
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
        self.calibrated = digests == dict(self.parameters.cards) and encoder.fingerprint == self.parameters.encoder
        self.name = f"zero-shot {_digest(asdict(self.parameters))[:12]} on {encoder.fingerprint}"

    def suggest(self, texts: Sequence[str], progress: Progress | None = None) -> Suggestions:
        """Return probabilities and evidence for `texts`.

        A text is judged by itself: what else is in `texts` changes nothing. Give the title a line of its own above the
        abstract, so that it is read as a sentence.

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
        probabilities = _sigmoid(reading.features @ np.array(self.parameters.weights) + self._log_odds())
        silent = np.array([not sentences for sentences in reading.sentences], dtype=bool)
        probabilities[silent] = self._base_rates()
        suggested = (probabilities >= self.parameters.threshold) & ~silent[:, None]
        evidence = [self._evidence(reading, position) for position in range(len(texts))]
        return Suggestions(self.codes, probabilities, suggested, evidence, self.calibrated)

    def _log_odds(self) -> Floats:
        offsets = self.parameters.offsets if self.calibrated else {}
        return np.array([self.parameters.intercept + offsets.get(code, 0.0) for code in self.codes])

    def _base_rates(self) -> Floats:
        rates = self.parameters.base_rates if self.calibrated else {}
        return np.array([rates.get(code, self.parameters.base_rate) for code in self.codes])

    def _evidence(self, reading: Reading, position: int) -> tuple[Evidence, ...]:
        sentences = reading.sentences[position]
        if not sentences:
            return tuple(Evidence() for _ in self.codes)
        added = reading.sentence_features[position] @ np.array(self.parameters.weights)
        found = []
        for label, best in enumerate(added.argmax(axis=0)):
            weight = float(added[best, label])
            cues = reading.matches[position][best][label].found
            found.append(Evidence(sentences[best], weight, cues) if weight > 0 else Evidence())
        return tuple(found)


def card_digest(card: Card) -> str:
    """Return the sha256 of all in a card that shapes a suggestion."""
    content = [card.code, card.label, card.definition, *map(list, (card.cues, card.not_cues, card.examples))]
    return _digest(content)


def _digest(content: object) -> str:
    return hashlib.sha256(json.dumps(content, ensure_ascii=False).encode("utf-8", "surrogatepass")).hexdigest()


def load_zero_shot() -> Parameters:
    """Return the shipped parameters.

    Raises
    ------
    ModelError
        If the file is missing, is not the one that was published, or does not hold a model of this kind.
    """
    return read_parameters(shipped_json(ZERO_SHOT), where=ZERO_SHOT)


def read_parameters(data: Mapping[str, Any], *, where: str) -> Parameters:
    """Return the parameters in the JSON object `data`.

    Raises
    ------
    ModelError
        If a setting is missing, is no finite number, or the features are not those of this version.
    """
    try:
        if list(data["features"]) != list(FEATURES) or len(data["weights"]) != len(FEATURES):
            raise ValueError("its features are not those of this version")
        parameters = Parameters(
            weights=tuple(_number(value) for value in data["weights"]),
            intercept=_number(data["intercept"]),
            offsets={str(code): _number(value) for code, value in data["offsets"].items()},
            base_rate=_rate(data["base_rate"]),
            base_rates={str(code): _rate(value) for code, value in data["base_rates"].items()},
            threshold=_rate(data["threshold"]),
            cards={str(code): str(digest) for code, digest in data["cards"].items()},
            encoder=str(data["encoder"]),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ModelError(
            f"does not hold a sub-topic model: {error}", where=where, remedy="Install asreview-mc again"
        ) from error
    return parameters


def _number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise ValueError(f"{value!r} is no finite number")
    return float(value)


def _rate(value: object) -> float:
    rate = _number(value)
    if not 0.0 < rate < 1.0:
        raise ValueError(f"{value!r} does not lie between 0 and 1")
    return rate


def _sigmoid(log_odds: Floats) -> Floats:
    values: Floats = 1.0 / (1.0 + np.exp(-np.clip(log_odds, -500.0, 500.0)))
    return values
