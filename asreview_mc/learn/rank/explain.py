"""Why a record stands where it stands, in a few words that a reviewer can check against the text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from asreview_mc.learn.features import EMBEDDING, REFERENCES, STEMS, TITLE, WORDS, FeatureSet, Floats
from asreview_mc.learn.rank import Ranker

NOTHING = "nothing known speaks for it yet"
_PHRASES = {
    "prior": "close to the protocol's question",
    "typical": "typical of what the search found",
    EMBEDDING: "like the included papers",
}
_READ_AS = {TITLE: WORDS, STEMS: WORDS}
_NOTICEABLE = 0.25


def why(
    features: FeatureSet,
    ranker: Ranker,
    rows: Sequence[int],
    vocabulary: Mapping[str, NDArray[np.str_]] | None = None,
    k: int = 3,
    included: Mapping[int, str] | None = None,
) -> list[str]:
    """Return a short reason for each row, strongest first.

    What speaks for a row is what each block adds to its score above the average record: the words with the largest
    linear contributions, works in the citations of included papers, likeness to the included papers, closeness to the
    protocol. What adds less than a quarter of the strongest is left out. Then comes the included paper that is most
    like it.

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
        At most so many words a row, and as many cited works.
    included : dict of int to str or None
        Rows decided to be relevant, and what to call them.

    Returns
    -------
    list of str
        Such as ``"badge, employer; shares citations with included papers (Berger 2015); most like r000012"``.
    """
    names = features.vocabulary if vocabulary is None else vocabulary
    parts: dict[str, Floats] = {}
    for name, part in ranker.parts(features).items():
        read_as = _READ_AS.get(name, name)
        parts[read_as] = parts.get(read_as, 0.0) + part - part.mean()
    coefficients = ranker.coefficients
    if coefficients.get(EMBEDDING) is not None and _only_negative(ranker):
        parts.pop(EMBEDDING, None)
    nearest = _nearest(features, coefficients, rows, included or {})
    reasons = []
    for row, like in zip(rows, nearest, strict=True):
        said = {}
        for name, part in parts.items():
            phrase = _PHRASES.get(name) or _named(features, name, row, coefficients, names, k)
            if part[row] > 0 and phrase:
                said[phrase] = float(part[row])
        strongest = max(said.values(), default=0.0)
        spoken = [phrase for phrase in sorted(said, key=lambda phrase: -said[phrase])]
        heard = [phrase for phrase in spoken if said[phrase] >= _NOTICEABLE * strongest]
        if like and sum(part[row] for name, part in parts.items() if name in coefficients) > 0:
            heard.append(f"most like {like}")
        reasons.append("; ".join(heard) or NOTHING)
    return reasons


def _only_negative(ranker: Ranker) -> bool:
    return getattr(ranker, "kinds_", None) == {0}


def _nearest(
    features: FeatureSet, coefficients: Mapping[str, Floats], rows: Sequence[int], included: Mapping[int, str]
) -> list[str]:
    """Return the name of the included record with most in common with each row, over all blocks learnt from."""
    others = [row for row in included if 0 <= row < len(features)]
    if not others or not coefficients or not len(rows):
        return [""] * len(rows)
    alike = np.zeros((len(rows), len(others)), dtype=np.float64)
    for name in coefficients:
        block = features.blocks[name]
        shared = block[np.asarray(rows, dtype=np.intp)] @ block[np.asarray(others, dtype=np.intp)].T
        alike += shared if isinstance(shared, np.ndarray) else shared.toarray()
    alike[np.equal.outer(np.asarray(rows), np.asarray(others))] = 0.0
    best = alike.argmax(axis=1)
    return [included[others[place]] if alike[line, place] > 0 else "" for line, place in enumerate(best)]


def _named(
    features: FeatureSet,
    name: str,
    row: int,
    coefficients: Mapping[str, Floats],
    names: Mapping[str, NDArray[np.str_]],
    k: int,
) -> str:
    """Return the words, or the cited works, of a row with the largest positive contributions.

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
        if name == REFERENCES:
            chosen.append(word)
            continue
        tokens = set(word.split())
        empty = bool(tokens & ENGLISH_STOP_WORDS) or any(token.isdecimal() for token in tokens)
        if not empty and not any(tokens & set(other.split()) for other in chosen):
            chosen.append(word)
    if name == REFERENCES and chosen:
        return f"shares citations with included papers ({', '.join(chosen)})"
    return ", ".join(chosen)
