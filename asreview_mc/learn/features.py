"""What a ranker sees of the records: blocks of numbers, one row a record, each present only where the data has it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from asreview_mc.learn.encode import Encoder, Vectors

Matrix = Any  # a scipy CSR matrix or a two-dimensional array; SciPy names no common type
Floats = NDArray[np.float64]

WORDS = "words"
UNIGRAMS = "unigrams"
TITLE = "title"
STEMS = "stems"
REFERENCES = "references"
EMBEDDING = "embedding"
STEM_LENGTH = 5
_TFIDF: Mapping[str, Mapping[str, Any]] = {
    WORDS: {"ngram_range": (1, 2), "sublinear_tf": True, "min_df": 1, "max_df": 0.95},
    UNIGRAMS: {"stop_words": "english"},
    TITLE: {"ngram_range": (1, 2), "sublinear_tf": True},
    STEMS: {"sublinear_tf": True, "max_df": 0.95, "token_pattern": rf"(?u)\b(\w{{2,{STEM_LENGTH}}})\w*\b"},
}
_SHRINKAGE = 0.1


@dataclass(frozen=True)
class FeatureSet:
    """Blocks with one row a record, and how well each record fits the protocol before any decision.

    Attributes
    ----------
    blocks : dict of str to matrix
        ``"words"``, ``"unigrams"``, ``"title"``, ``"stems"`` and ``"references"`` are sparse TF-IDF rows of unit
        length, ``"embedding"`` dense unit rows. A record without text, or without references, has rows of zeros.
    prior : array of shape (n,) or None
        Standardised similarity to the protocol's query: mean 0, standard deviation 1 over the records with text, 0 for
        one without. ``None`` where there is no protocol.
    typical : array of shape (n,) or None
        Standardised likeness of a record's words to those of all others. Without any decision it finds relevant records
        sooner than chance does, since a search is made to catch them. ``None`` without the words.
    vocabulary : dict of str to array of str
        Names of the columns, for blocks whose columns are words or works.
    """

    blocks: Mapping[str, Matrix]
    prior: Floats | None = None
    vocabulary: Mapping[str, NDArray[np.str_]] = field(default_factory=dict)
    typical: Floats | None = None

    def __post_init__(self) -> None:
        single = [part for part in (self.prior, self.typical) if part is not None]
        rows = {block.shape[0] for block in self.blocks.values()} | {len(part) for part in single}
        if len(rows) > 1:
            raise ValueError(f"blocks and prior have different numbers of rows: {sorted(rows)}")

    def __len__(self) -> int:
        for block in self.blocks.values():
            return int(block.shape[0])
        return 0 if self.prior is None else len(self.prior)

    def with_vectors(
        self,
        vectors: Vectors,
        query_vector: NDArray[np.float32] | None,
        counted: NDArray[np.bool_],
    ) -> FeatureSet:
        """Return these features with embeddings, and with likeness to the protocol's query in their space as prior.

        Parameters
        ----------
        vectors : array of shape (n, d), float32
            Unit rows of an `Encoder`.
        query_vector : array of shape (d,) or None
            What the protocol asks for, from `query`.
        counted : array of shape (n,)
            Which rows have a vector that means something. The embedding of another, of a record without text or one
            whose turn to be encoded has not come, is zeros, and its prior stays what it was.
        """
        if vectors.shape[0] != len(counted):
            raise ValueError(f"{len(counted)} records but {vectors.shape[0]} vectors")
        prior = self.prior
        if query_vector is not None:
            near = _standardised(vectors.astype(np.float64) @ query_vector.astype(np.float64), counted)
            prior = near if prior is None else np.where(counted, near, prior)
        return replace(self, blocks={**self.blocks, EMBEDDING: _whitened(vectors, counted)}, prior=prior)

    def take(self, rows: Sequence[int] | NDArray[np.intp] | NDArray[np.bool_]) -> FeatureSet:
        """Return the same blocks with these rows only, in this order."""
        chosen = np.asarray(rows)
        if chosen.dtype != bool:
            chosen = chosen.astype(np.intp)
        return FeatureSet(
            {name: block[chosen] for name, block in self.blocks.items()},
            None if self.prior is None else self.prior[chosen],
            self.vocabulary,
            None if self.typical is None else self.typical[chosen],
        )


def build(
    titles: Sequence[str],
    abstracts: Sequence[str],
    vectors: Vectors | None = None,
    query_vector: NDArray[np.float32] | None = None,
    *,
    wanted: Sequence[str] = (),
    links: Sequence[Collection[str]] | None = None,
    text_blocks: Sequence[str] = (WORDS,),
) -> FeatureSet:
    """Return the features of a corpus.

    Parameters
    ----------
    titles, abstracts : sequence of str
        One a record; empty where there is none. A row's text is title, space, abstract.
    vectors : array of shape (n, d), float32, or None
        Unit rows of an `Encoder` for the same texts.
    query_vector : array of shape (d,) or None
        What the protocol asks for, from `query`; used only with `vectors`.
    wanted : sequence of str
        What the protocol asks for, as texts: the prior is likeness in words to them where there are no vectors.
    links : sequence of collection of str, or None
        Keys of the works that each record cites and its own, so that citing a record counts like citing what it
        cites. The block ``"references"`` is their binary TF-IDF; a key of one record alone links nothing and is left
        out, and so is the block where no key is shared.
    text_blocks : sequence of str
        Which to make of ``"words"`` (as ELAS u4: TF-IDF of words and pairs of words, sublinear, in at most 95 % of the
        records), ``"unigrams"`` (as ELAS u3: TF-IDF of words without English stop words), ``"title"`` (words and pairs
        of the title alone) and ``"stems"`` (the first five letters of each word).

    Notes
    -----
    Embeddings are centred on the corpus and whitened with shrinkage, so that what all records share says nothing and
    what sets them apart counts.
    """
    if len(titles) != len(abstracts):
        raise ValueError(f"{len(titles)} titles but {len(abstracts)} abstracts")
    texts = [f"{title} {abstract}" for title, abstract in zip(titles, abstracts, strict=True)]
    blocks: dict[str, Matrix] = {}
    vocabulary = {}
    asked: Matrix | None = None
    for name in text_blocks:
        sought = [text for text in wanted if text.strip()] if name == WORDS else []
        source = titles if name == TITLE else texts
        blocks[name], vocabulary[name], found = _tfidf(source, _TFIDF[name], sought)
        asked = found if sought else asked
    if links is not None:
        if len(links) != len(texts):
            raise ValueError(f"{len(texts)} records but links of {len(links)}")
        cited, works, _ = _tfidf([sorted(set(keys)) for keys in links], _LINKS)
        if cited.shape[1]:
            blocks[REFERENCES], vocabulary[REFERENCES] = cited, works
    prior = None
    has_text = np.array([bool(text.strip()) for text in texts], dtype=bool)
    if vectors is None and asked is not None:
        prior = _standardised(np.asarray((blocks[WORDS] @ asked.T).sum(axis=1), dtype=np.float64).ravel(), has_text)
    typical = _standardised(_likeness_to_others(blocks[WORDS]), has_text) if WORDS in blocks else None
    built = FeatureSet(blocks, prior, vocabulary, typical)
    return built if vectors is None else built.with_vectors(vectors, query_vector, has_text)


def word_rows(titles: Sequence[str], abstracts: Sequence[str]) -> Matrix:
    """Return the block ``"words"`` of `build`, alone and without the names of its columns."""
    texts = [f"{title} {abstract}" for title, abstract in zip(titles, abstracts, strict=True)]
    return _weighed(texts, _TFIDF[WORDS])[0]


def encoded_texts(titles: Sequence[str], abstracts: Sequence[str]) -> list[str]:
    """Return what an encoder reads of each record."""
    return [f"{title} {abstract}".strip() for title, abstract in zip(titles, abstracts, strict=True)]


def query_texts(texts: Sequence[str]) -> list[str]:
    """Return what an encoder reads of a protocol's texts: each different one once, on one line."""
    return list(dict.fromkeys(" ".join(text.split()) for text in texts if text.strip()))


def query(texts: Sequence[str], encoder: Encoder) -> NDArray[np.float32] | None:
    """Return a unit vector for what a protocol asks for, or ``None`` where all texts are empty.

    Each text is encoded as one, and the texts count alike. On the development reviews a whole protocol beside its
    inclusion criteria found the first relevant record sooner than either, and than the mean over all lines. Put what
    matters most first, since the encoder cuts.
    """
    folded = query_texts(texts)
    if not folded:
        return None
    mean = encoder.encode(folded).mean(axis=0)
    length = float(np.linalg.norm(mean))
    return mean / length if length > 1e-9 else None


def _as_they_are(keys: Sequence[str]) -> Sequence[str]:
    return keys


_LINKS: Mapping[str, Any] = {"analyzer": _as_they_are, "binary": True, "min_df": 2}


def _tfidf(
    texts: Sequence[Any], settings: Mapping[str, Any], sought: Sequence[str] = ()
) -> tuple[Matrix, NDArray[np.str_], Matrix | None]:
    """Return rows and columns' names, and the rows of other texts, `sought`, over the same columns."""
    matrix, vectorizer = _weighed(texts, settings)
    if vectorizer is None:
        return matrix, np.array([], dtype=np.str_), None
    names = np.asarray(vectorizer.get_feature_names_out(), dtype=np.str_)
    return matrix, names, vectorizer.transform(sought) if sought else None


def _weighed(texts: Sequence[Any], settings: Mapping[str, Any]) -> tuple[Matrix, Any]:
    """Return rows and the vectorizer that made them, ``None`` where the texts have no column."""
    from scipy.sparse import csr_matrix
    from sklearn.feature_extraction.text import TfidfVectorizer

    vectorizer = TfidfVectorizer(**settings)
    try:
        return vectorizer.fit_transform(texts), vectorizer
    except ValueError:  # nothing is left: no text at all, too few records for the share of 95 %, no shared key
        return csr_matrix((len(texts), 0), dtype=np.float64), None


def _likeness_to_others(rows: Matrix) -> Floats:
    """Return the sum of each sparse row's inner products with all other rows."""
    total = np.asarray(rows.sum(axis=0)).ravel()
    own = np.asarray(rows.multiply(rows).sum(axis=1)).ravel()
    likeness: Floats = np.asarray(rows @ total, dtype=np.float64).ravel() - own
    return likeness


def _whitened(vectors: Vectors, has_text: NDArray[np.bool_]) -> Floats:
    """Return unit rows, centred and decorrelated over the rows with text; zeros for the others."""
    rows = np.zeros(vectors.shape, dtype=np.float64)
    if not has_text.any():
        return rows
    centred = vectors[has_text].astype(np.float64)
    centred -= centred.mean(axis=0)
    values, axes = np.linalg.eigh(centred.T @ centred / len(centred))
    floor = _SHRINKAGE * float(values.max()) + np.finfo(np.float64).tiny
    white = (centred @ axes) / np.sqrt(np.maximum(values, 0.0) + floor)
    lengths = np.linalg.norm(white, axis=1, keepdims=True)
    rows[has_text] = np.divide(white, lengths, out=np.zeros_like(white), where=lengths > 1e-12)
    return rows


def _standardised(values: Floats, counted: NDArray[np.bool_]) -> Floats:
    """Return `values` with mean 0 and spread 1 over the rows counted; 0 elsewhere, and where all are equal."""
    standard = np.zeros(len(values), dtype=np.float64)
    if counted.any():
        spread = float(values[counted].std())
        if spread > 1e-9:
            standard[counted] = (values[counted] - values[counted].mean()) / spread
    return standard
