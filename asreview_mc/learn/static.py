"""Vectors without a network at reading time: the mean of a text's tokens, each encoded once by a sentence encoder.

For millions of records. The mean is weighted by a / (a + p), p a token's probability (Arora et al. 2017,
https://openreview.net/forum?id=SyK00v5xx), which follows from its rank in the tokeniser's vocabulary by Zipf's law,
since WordPiece vocabularies are ordered by frequency.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from asreview_mc.learn.encode import Encoder, Progress, Vectors, speakable

STATIC = "static"
_SMOOTHING = 1e-3
_CHUNK = 4096
_WORD_PIECE = "##"


class StaticEncoder:
    """An encoder of tokens by `encoder`, averaged.

    Parameters
    ----------
    encoder : Encoder
        Encodes each token of the vocabulary once; one that keeps its vectors does so once a machine.
    tokenizer : str or path
        A ``tokenizer.json``.
    """

    def __init__(self, encoder: Encoder, tokenizer: str) -> None:
        self.encoder = encoder
        self._path = tokenizer
        self._tokenizer: Any = None
        self._table = np.zeros((0, 0), dtype=np.float32)

    @property
    def fingerprint(self) -> str:
        """That of the encoder of tokens, marked as the mean of them."""
        return f"{STATIC} {self.encoder.fingerprint}"

    def encode(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        """Return one unit row a text, shape (n, d), float32; a text without a known token has a row of zeros.

        `progress` counts the tokens of the vocabulary while they are encoded, and then texts.
        """
        if isinstance(texts, str):
            raise TypeError("texts must be a sequence of texts, not one text")
        if self._tokenizer is None:
            self._learn(progress)
        parts = []
        for start in range(0, len(texts), _CHUNK):
            chunk = [speakable(text) for text in texts[start : start + _CHUNK]]
            parts.append(self._means(chunk))
            if progress is not None:
                progress(start + len(chunk), len(texts))
        return np.concatenate(parts) if parts else np.zeros((0, self._table.shape[1]), dtype=np.float32)

    def _learn(self, progress: Progress | None) -> None:
        from transformers import PreTrainedTokenizerFast

        tokenizer = PreTrainedTokenizerFast(tokenizer_file=self._path).backend_tokenizer  # type: ignore[no-untyped-call]
        tokenizer.no_truncation()
        tokenizer.no_padding()
        vocabulary = tokenizer.get_vocab(with_added_tokens=False)
        tokens = sorted(vocabulary, key=vocabulary.__getitem__)
        vectors = self.encoder.encode([token.removeprefix(_WORD_PIECE) for token in tokens], progress)
        ranks = np.arange(1, len(tokens) + 1)
        probability = 1.0 / (ranks * np.log(len(tokens) + 1.0))
        table = (vectors - vectors.mean(axis=0)) * (_SMOOTHING / (_SMOOTHING + probability))[:, None]
        special = [vocabulary[token] for token in tokens if token.startswith("[") and token.endswith("]")]
        table[special] = 0.0
        self._table = table.astype(np.float32)
        self._tokenizer = tokenizer

    def _means(self, chunk: list[str]) -> Vectors:
        from scipy.sparse import csr_matrix

        ids = [found.ids for found in self._tokenizer.encode_batch(chunk, add_special_tokens=False)]
        ends = np.cumsum([0, *map(len, ids)])
        columns = np.concatenate([np.asarray(one, dtype=np.int64) for one in ids])
        counts = csr_matrix((np.ones(len(columns), dtype=np.float32), columns, ends), (len(ids), len(self._table)))
        sums: Vectors = np.asarray(counts @ self._table, dtype=np.float32)
        lengths = np.linalg.norm(sums, axis=1, keepdims=True)
        means: Vectors = np.divide(sums, lengths, out=np.zeros_like(sums), where=lengths > 1e-9)
        return means
