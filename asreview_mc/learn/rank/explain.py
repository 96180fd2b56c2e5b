"""Why a record stands where it stands, in a few words that a reviewer can check against the text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from asreview_mc.learn.features import EMBEDDING, FeatureSet, Floats
from asreview_mc.learn.rank import Ranker

NOTHING = "nothing known speaks for it yet"
_PHRASES = {"prior": "close to the protocol's question", EMBEDDING: "like the included papers"}
_NOTICEABLE = 0.25


def why(
    features: FeatureSet,
    ranker: Ranker,
    rows: Sequence[int],
    vocabulary: Mapping[str, NDArray[np.str_]] | None = None,
    k: int = 3,
) -> list[str]:
    """Return a short reason for each row, strongest first.

    What speaks for a row is what each block adds to its score above the average record: the words with the largest
    linear contributions, likeness to the included papers, closeness to the protocol. What adds less than a quarter of
    the strongest is left out.

    Parameters
    ----------
    features : FeatureSet
        All rows, as the ranker scored them.
    ranker : Ranker
        Already fitted.
    rows : sequence of int
        Rows to explain.
    vocabulary : dict of str to array of str or None
        Names of the columns by block; ``None`` for those of `features`.
    k : int
        At most so many words a row.

    Returns
    -------
    list of str
        Such as ``"badge, micro-credential; close to the protocol's question"``.
    """
    names = features.vocabulary if vocabulary is None else vocabulary
    parts = {name: part - part.mean() for name, part in ranker.parts(features).items()}
    coefficients = ranker.coefficients
    if coefficients.get(EMBEDDING) is not None and _only_negative(ranker):
        parts.pop(EMBEDDING, None)
    reasons = []
    for row in rows:
        said = {}
        for name, part in parts.items():
            phrase = _PHRASES.get(name) or _words(features, name, row, coefficients, names, k)
            if part[row] > 0 and phrase:
                said[phrase] = float(part[row])
        strongest = max(said.values(), default=0.0)
        spoken = [phrase for phrase in sorted(said, key=lambda phrase: -said[phrase])]
        reasons.append("; ".join(p for p in spoken if said[p] >= _NOTICEABLE * strongest) or NOTHING)
    return reasons


def _only_negative(ranker: Ranker) -> bool:
    return getattr(ranker, "kinds_", None) == {0}


def _words(
    features: FeatureSet,
    name: str,
    row: int,
    coefficients: Mapping[str, Floats],
    names: Mapping[str, NDArray[np.str_]],
    k: int,
) -> str:
    """Return the words of a row with the largest positive contributions.

    Stop words and numbers say nothing to a reader and are passed over, as is a word already said in a pair.
    """
    from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

    weights, vocabulary = coefficients.get(name), names.get(name)
    if weights is None or vocabulary is None:
        return ""
    block = features.blocks[name]
    line = slice(block.indptr[row], block.indptr[row + 1])
    columns = block.indices[line]
    shares = block.data[line] * weights[columns]
    chosen: list[str] = []
    for position in np.argsort(-shares, kind="stable"):
        if shares[position] <= 0 or len(chosen) == k:
            break
        word = str(vocabulary[columns[position]])
        tokens = set(word.split())
        empty = bool(tokens & ENGLISH_STOP_WORDS) or any(token.isdecimal() for token in tokens)
        if not empty and not any(tokens & set(other.split()) for other in chosen):
            chosen.append(word)
    return ", ".join(chosen)
