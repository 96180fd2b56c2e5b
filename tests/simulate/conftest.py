"""Small labelled reviews of our own, and the development reviews where they lie beside the repository."""

import csv
import hashlib

import numpy as np
import pytest

RELEVANT = ["badge", "credential", "employer", "skill", "certificate", "stackable"]
OTHER = ["tern", "arctic", "migration", "feather", "nest", "colony", "gull", "wing"]


class WordEncoder:
    """An encoder without a model: the mean of a vector a word, made from the word's sha256."""

    fingerprint = "words"

    def encode(self, texts, progress=None):
        rows = np.zeros((len(texts), 32), dtype=np.float32)
        for row, text in enumerate(texts):
            for word in text.lower().split() or [""]:
                rows[row] += np.frombuffer(hashlib.sha256(word.encode()).digest(), np.uint8) / 128.0 - 1
        if progress is not None:
            progress(len(texts), len(texts))
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def write_review(path, n_relevant=8, n_other=40, seed=1, labels=("1", "0")):
    rng = np.random.default_rng(seed)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["id", "Title", "Abstract", "label_included"])
        for row in range(n_relevant + n_other):
            words = RELEVANT if row < n_relevant else OTHER
            abstract = " ".join([*rng.choice(words, 5), *rng.choice(RELEVANT + OTHER, 5)])
            writer.writerow([row, " ".join(rng.choice(words, 2)), abstract, labels[0 if row < n_relevant else 1]])
    return path


@pytest.fixture(scope="session")
def review_path(tmp_path_factory):
    return write_review(tmp_path_factory.mktemp("reviews") / "small.csv")


@pytest.fixture
def encoder():
    return WordEncoder()


@pytest.fixture
def shared_reviews(shared_data):
    return shared_data / "reviews"
