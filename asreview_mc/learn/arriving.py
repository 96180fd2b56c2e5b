"""Embeddings that join the words as they are made, so that nobody waits for the last of them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from asreview_mc.core.event import COVERAGE
from asreview_mc.learn.cache import CachedEncoder
from asreview_mc.learn.encode import Vectors
from asreview_mc.learn.features import FeatureSet, query, query_texts

FIRST_JOIN = 256
"""So many vectors join at least; then again each time that twice as many are there, and at the last."""


class Arriving:
    """The features of a corpus, with the vectors that are there by now.

    A vector that the cache has is there from the start. A record whose vector is lacking is ranked by what else is
    known of it.

    Parameters
    ----------
    words : FeatureSet
        All but the embeddings.
    texts : sequence of str
        What the encoder is to read of each row; a row without text needs no vector.
    wanted : sequence of str
        What the protocol asks for.
    encoder : CachedEncoder

    Attributes
    ----------
    features : FeatureSet
        A new one each time that vectors join.
    lacked : int
        How many different texts had no vector at first, those of the protocol among them.
    """

    def __init__(self, words: FeatureSet, texts: Sequence[str], wanted: Sequence[str], encoder: CachedEncoder) -> None:
        self.features = self._words = words
        self._encoder = encoder
        self._wanted = wanted
        self._query: NDArray[np.float32] | None = None
        self._vectors: Vectors | None = None
        self._there = np.zeros(len(texts), dtype=np.bool_)
        self._joined = 0
        rows_of: dict[str, list[int]] = {}
        for row, text in enumerate(texts):
            if text.strip():
                rows_of.setdefault(text, []).append(row)
        self._of = sum(map(len, rows_of.values()))
        asked = query_texts(wanted)
        waiting = dict.fromkeys([*encoder.lacking(asked), *encoder.lacking(rows_of)])
        self._waiting = {text: rows_of.pop(text, []) for text in waiting}
        self._asked = [text for text in asked if text in self._waiting]
        self._text_of = {row: text for text, rows in self._waiting.items() for row in rows}
        self.lacked = len(self._waiting)
        self._take_in(rows_of)

    @property
    def left(self) -> int:
        """How many texts lack a vector."""
        return len(self._waiting)

    @property
    def fingerprint(self) -> str:
        """The encoder's with how much of the corpus has joined, where that is not all; empty where nothing has."""
        if not self._joined:
            return ""
        covered = "" if self._joined == self._of else f"{COVERAGE}{self._joined}/{self._of}"
        return f"{self._encoder.fingerprint}{covered}"

    def encode(self, n: int, first: Sequence[int] = ()) -> bool:
        """Encode up to `n` texts and say whether there are new `features`.

        The protocol's come first, then those of the rows `first`. Where the encoder fails nothing has changed.
        """
        chosen = dict.fromkeys(self._asked)
        chosen |= dict.fromkeys(self._text_of[row] for row in first if row in self._text_of)
        for text in self._waiting:
            if len(chosen) >= n:
                break
            chosen.setdefault(text)
        return self._take_in({text: self._waiting[text] for text in list(chosen)[:n]})

    def _take_in(self, rows_of: dict[str, list[int]]) -> bool:
        """Have these texts' vectors, and let all that are there join if it is time to."""
        made = self._encoder.encode(list(rows_of)) if rows_of else None
        asked = [text for text in self._asked if text not in rows_of]
        if self._query is None and not asked:
            self._query = query(self._wanted, self._encoder)
        self._asked = asked
        if made is not None:
            if self._vectors is None:
                self._vectors = np.zeros((len(self._there), made.shape[1]), dtype=np.float32)
            for (text, rows), vector in zip(rows_of.items(), made, strict=True):
                self._vectors[rows] = vector
                self._there[rows] = True
                if text in self._waiting:
                    del self._waiting[text]
                    for row in rows:
                        del self._text_of[row]
        there = int(self._there.sum())
        if self._vectors is None or there == self._joined or asked:
            return False
        if self._waiting and there < max(FIRST_JOIN, 2 * self._joined):
            return False
        self.features = self._words.with_vectors(self._vectors, self._query, self._there)
        self._joined = there
        if not self._waiting:
            self._vectors = None  # as much memory as half the features' own
        return True
