"""Vectors that are means of tokens: as the weights say, for any text, and found by name."""

import numpy as np
import pytest

from asreview_mc.core.errors import ModelError
from asreview_mc.learn.chosen import default_encoder
from asreview_mc.learn.static import StaticEncoder
from asreview_mc.learn.weights import tokenizer_of


class Tokens:
    """An encoder of tokens: a seeded vector for each."""

    fingerprint = "tokens"

    def __init__(self):
        self.asked = 0

    def encode(self, texts, progress=None):
        self.asked += 1
        vectors = np.random.default_rng(0).normal(size=(len(texts), 8)).astype(np.float32)
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


@pytest.fixture(scope="module")
def static():
    return StaticEncoder(Tokens(), str(tokenizer_of(None)))


def test_rows_are_unit_means_of_tokens(static):
    """The order of the words does not matter, their number hardly, and nothing is cut."""
    texts = ["digital badges", "badges digital", "digital badges " * 4000, "nursing"]
    vectors = static.encode(texts)
    assert vectors.shape == (4, 8)
    assert vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert np.allclose(vectors[0], vectors[1], atol=1e-6)
    assert np.allclose(vectors[0], vectors[2], atol=1e-4)
    assert not np.allclose(vectors[0], vectors[3], atol=1e-2)
    assert np.allclose(static.encode(["digital badges " * 4000 + "nursing"])[0], vectors[0], atol=1e-2)


def test_the_vocabulary_is_encoded_once(static):
    """However many texts come."""
    static.encode(["one"])
    asked = static.encoder.asked
    seen = []
    static.encode(["two", "three"], progress=lambda done, total: seen.append((done, total)))
    assert static.encoder.asked == asked == 1
    assert seen == [(2, 2)]


def test_texts_without_tokens_are_neutral(static):
    """Rows of zeros, as features treat a record without text; no texts give no rows."""
    assert not static.encode(["", "bad \ud800"])[0].any()
    assert static.encode([]).shape == (0, 8)
    with pytest.raises(TypeError, match="sequence"):
        static.encode("one text")


def test_the_environment_names_the_encoder(tmp_path):
    """A folder, static, a device, a precision; what is not there is refused in one line."""
    given = {"ASREVIEW_MC_ENCODER": "static", "ASREVIEW_MC_PRECISION": "float32"}
    assert default_encoder(given).fingerprint.startswith("static all-MiniLM-L6-v2 ")
    assert default_encoder({"ASREVIEW_MC_PRECISION": "bfloat16"}).fingerprint.endswith(" bfloat16")
    assert default_encoder({"ASREVIEW_MC_DEVICE": "cuda"}).encoder.device == "cuda"
    with pytest.raises(ModelError, match="no such folder"):
        _ = default_encoder({"ASREVIEW_MC_ENCODER": str(tmp_path / "none")}).fingerprint
