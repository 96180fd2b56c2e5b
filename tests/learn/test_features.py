"""Features: ASReview's words, whitened embeddings, and a prior from the protocol."""

import numpy as np
import pytest
from scipy.sparse import issparse
from sklearn.feature_extraction.text import TfidfVectorizer

from asreview_mc.learn.features import (
    EMBEDDING,
    REFERENCES,
    STEMS,
    TITLE,
    UNIGRAMS,
    WORDS,
    FeatureSet,
    build,
    query,
)

TITLES = ["Digital badges", "Arctic terns fly", "", "Badges at work", "Terns and gulls"]
ABSTRACTS = ["Badges certify skills", "Terns migrate far", "", "Employers read digital badges", ""]


def vectors(n=5, width=8, seed=1):
    rows = np.random.default_rng(seed).normal(size=(n, width)).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def test_words_are_those_of_elas_u4():
    """The words block is scikit-learn's TF-IDF of title, space, abstract with u4's settings."""
    features = build(TITLES, ABSTRACTS)
    texts = [f"{title} {abstract}" for title, abstract in zip(TITLES, ABSTRACTS, strict=True)]
    expected = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, max_df=0.95).fit_transform(texts)
    assert issparse(features.blocks[WORDS])
    assert (features.blocks[WORDS] != expected).nnz == 0
    assert "digital badges" in features.vocabulary[WORDS]


def test_title_and_abstract_are_joined_by_a_space():
    """A pair of words may span title and abstract, as in ASReview."""
    assert "badges badges" in build(TITLES, ABSTRACTS).vocabulary[WORDS]


def test_unigrams_are_those_of_elas_u3():
    """The unigrams block has no stop words and no pairs."""
    features = build(TITLES, ABSTRACTS, text_blocks=[UNIGRAMS])
    assert set(features.blocks) == {UNIGRAMS}
    assert "and" not in features.vocabulary[UNIGRAMS]
    assert not any(" " in word for word in features.vocabulary[UNIGRAMS])


def test_records_without_text_are_neutral():
    """An empty record has zeros in every block and a prior of 0, whatever vector the encoder gave it."""
    features = build(TITLES, ABSTRACTS, vectors(), vectors(1)[0])
    assert features.blocks[WORDS][[2]].nnz == 0
    assert not features.blocks[EMBEDDING][2].any()
    assert features.prior[2] == 0


def test_prior_is_standardised():
    """Over the records with text the prior has mean 0 and spread 1, and orders as the cosine does."""
    rows, wanted = vectors(), vectors(1, seed=7)[0]
    prior = build(TITLES, ABSTRACTS, rows, wanted).prior
    with_text = [0, 1, 3, 4]
    assert prior[with_text].mean() == pytest.approx(0, abs=1e-9)
    assert prior[with_text].std() == pytest.approx(1)
    assert np.argsort(prior[with_text]).tolist() == np.argsort((rows @ wanted)[with_text]).tolist()


def test_embeddings_are_centred_unit_rows():
    """What all records share is taken out, and each row has length 1."""
    rows = vectors(60) + 3.0
    features = build(["text"] * 60, [""] * 60, rows.astype(np.float32))
    block = features.blocks[EMBEDDING]
    assert np.allclose(np.linalg.norm(block, axis=1), 1)
    assert np.abs(block.mean(axis=0)).max() < 0.1


def test_no_vectors_no_prior():
    """Without embeddings there is no embedding block and no prior, even where a query is given."""
    features = build(TITLES, ABSTRACTS, None, vectors(1)[0])
    assert set(features.blocks) == {WORDS}
    assert features.prior is None


@pytest.mark.parametrize("texts", [[], [""], ["", ""], ["one record"], ["a"], ["same", "same"]])
def test_too_little_text_gives_an_empty_block(texts):
    """No text, one record or only one text leave a block without columns, never a crash."""
    features = build(texts, [""] * len(texts), vectors(len(texts)) if texts else None)
    assert features.blocks[WORDS].shape[0] == len(texts)
    assert len(features) == len(texts)
    assert all(np.isfinite(block).all() for name, block in features.blocks.items() if name == EMBEDDING)


def test_equal_vectors_say_nothing():
    """Where all records have one vector, the embedding is all zeros and the prior too."""
    rows = np.repeat(vectors(1), 4, axis=0)
    features = build(["x"] * 4, ["y"] * 4, rows, rows[0])
    assert not features.blocks[EMBEDDING].any()
    assert not features.prior.any()


@pytest.mark.parametrize("rows", [[3, 0], [], np.array([True, False, False, True, False])])
def test_take_keeps_rows_together(rows):
    """Taking rows takes the same ones from every block and the prior, in the order given."""
    features = build(TITLES, ABSTRACTS, vectors(), vectors(1)[0])
    taken = features.take(rows)
    places = np.flatnonzero(rows) if isinstance(rows, np.ndarray) else np.array(rows, dtype=int)
    assert len(taken) == len(places)
    assert (taken.blocks[WORDS] != features.blocks[WORDS][places]).nnz == 0
    assert (taken.blocks[EMBEDDING] == features.blocks[EMBEDDING][places]).all()
    assert (taken.prior == features.prior[places]).all()


def test_rows_must_agree():
    """Blocks of different lengths, or texts and vectors that do not match, are misuse."""
    with pytest.raises(ValueError, match="rows"):
        FeatureSet({"a": np.zeros((2, 1)), "b": np.zeros((3, 1))})
    with pytest.raises(ValueError, match="vectors"):
        build(TITLES, ABSTRACTS, vectors(3))
    with pytest.raises(ValueError, match="abstracts"):
        build(TITLES, ABSTRACTS[:2])


def test_each_text_of_a_query_is_folded():
    """White space is folded, and nothing to ask for is no query."""

    class Echo:
        fingerprint = "echo"

        def encode(self, texts, progress=None):
            self.texts = list(texts)
            return vectors(len(texts))

    encoder = Echo()
    assert query(["  What works?\n\n- badges "], encoder).shape == (8,)
    assert encoder.texts == ["What works? - badges"]
    assert query([" \n ", ""], encoder) is None
    assert query([], encoder) is None


def test_texts_of_a_query_count_alike():
    """Two texts give the direction half way between them; the same text twice counts once."""

    class Axes:
        fingerprint = "axes"

        def encode(self, texts, progress=None):
            return np.eye(3, dtype=np.float32)[[len(text) for text in texts]]

    assert query(["a", "bb", "a"], Axes()) == pytest.approx([0, 0.5**0.5, 0.5**0.5])


def test_titles_have_a_block_of_their_own():
    """The title's words and pairs, and none of the abstract's."""
    columns = build(TITLES, ABSTRACTS, text_blocks=[TITLE]).vocabulary[TITLE]
    assert {"digital badges", "terns"} <= set(columns)
    assert "certify" not in columns


def test_stems_join_forms_of_a_word():
    """Words that begin with the same five letters are one column."""
    features = build(["migrates north", "migration", "terns"], ["", "", ""], text_blocks=[STEMS])
    block = features.blocks[STEMS]
    assert "migra" in features.vocabulary[STEMS]
    assert (block[[0]] @ block[[1]].T).toarray()[0, 0] > 0
    assert (block[[0]] @ block[[2]].T).toarray()[0, 0] == 0


def test_references_link_who_cites_and_who_is_cited():
    """A shared key links; a key of one record alone does not, and a record without links has zeros."""
    features = build(TITLES, ABSTRACTS, links=[["a", "x"], ["a"], [], ["b", "y"], ["b", "a", "z"]])
    block = features.blocks[REFERENCES]
    assert features.vocabulary[REFERENCES].tolist() == ["a", "b"]
    assert np.allclose(np.sqrt(block.multiply(block).sum(axis=1)).ravel(), [1, 1, 0, 1, 1])
    shared = (block @ block.T).toarray()
    assert shared[0, 1] == pytest.approx(1)
    assert shared[0, 3] == 0
    assert 0 < shared[3, 4] < 1


@pytest.mark.parametrize("links", [None, [[], [], [], [], []], [["a"], ["b"], ["c"], ["d"], ["e"]]])
def test_no_shared_reference_no_block(links):
    """Where no two records share a key there is no block, rather than an empty one."""
    assert set(build(TITLES, ABSTRACTS, links=links).blocks) == {WORDS}


def test_links_must_be_of_all_records():
    """Links of fewer records are misuse."""
    with pytest.raises(ValueError, match="links"):
        build(TITLES, ABSTRACTS, links=[["a"]])


def test_typical_is_likeness_to_the_others():
    """The record that shares most words with others is the most typical; one without text is neutral."""
    features = build(["badge skill", "badge", "skill work", "tern", ""], [""] * 5)
    assert int(np.argmax(features.typical)) == 0
    assert int(np.argmin(features.typical)) == 3
    assert features.typical[4] == 0
    assert features.take([3, 0]).typical.tolist() == features.typical[[3, 0]].tolist()


def test_without_vectors_the_protocol_ranks_by_its_words():
    """Words in common with what is asked for; nothing asked, no prior; with vectors they are what counts."""
    asked = ["Digital badges?", "", "employers"]
    features = build(TITLES, ABSTRACTS, wanted=asked)
    assert int(np.argmax(features.prior)) == 3
    assert features.prior[2] == 0
    assert build(TITLES, ABSTRACTS, wanted=[" "]).prior is None
    assert build(TITLES, ABSTRACTS, vectors(), None, wanted=asked).prior is None
    assert not build(["", ""], ["", ""], wanted=asked).blocks[WORDS].shape[1]
