"""The parameters of the model that reads cards, and the file that holds those we ship."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from asreview_mc.core.errors import ModelError
from asreview_mc.learn.evidence import FEATURES
from asreview_mc.learn.saved import shipped_json

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
