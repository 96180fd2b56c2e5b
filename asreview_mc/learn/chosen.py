"""Which encoder is used where none is named."""

from __future__ import annotations

import os
from collections.abc import Mapping

from asreview_mc.learn.cache import CachedEncoder
from asreview_mc.learn.encode import Encoder, SentenceEncoder
from asreview_mc.learn.static import STATIC, StaticEncoder
from asreview_mc.learn.weights import tokenizer_of

NAME, DEVICE, PRECISION = "ASREVIEW_MC_ENCODER", "ASREVIEW_MC_DEVICE", "ASREVIEW_MC_PRECISION"


def default_encoder(environ: Mapping[str, str] | None = None) -> Encoder:
    """Return the encoder that the environment names, else all-MiniLM-L6-v2; its vectors are kept in the user's cache.

    Parameters
    ----------
    environ : mapping or None
        ``ASREVIEW_MC_ENCODER`` is a sentence-transformers folder or name on this machine, or ``static``;
        ``ASREVIEW_MC_DEVICE`` and ``ASREVIEW_MC_PRECISION`` are as for `SentenceEncoder`. ``None`` for those of this
        process.
    """
    environ = os.environ if environ is None else environ
    name = environ.get(NAME) or None
    device = environ.get(DEVICE) or "cpu"
    precision = environ.get(PRECISION) or "auto"
    if name == STATIC:
        inner = CachedEncoder(SentenceEncoder(device=device, precision=precision))
        return StaticEncoder(inner, str(tokenizer_of(None)))
    return CachedEncoder(SentenceEncoder(name, device=device, precision=precision))
