"""A small review on the ground: six records, two reviewers, no decision yet."""

import hashlib

import numpy as np
import pytest

from asreview_mc.project import gather
from asreview_mc.project.review import Review

TITLES = (
    "Digital badges in higher education",
    "Micro-credentials and employability",
    "A survey of soil bacteria",
    "Open badges for university teachers",
    "Stackable credentials in colleges",
    "Migration of arctic birds",
)


class HashedWords:
    """An encoder for tests: each word has a fixed random direction, a text is their mean."""

    fingerprint = "hashed words 64"

    def encode(self, texts, progress=None):
        rows = np.zeros((len(texts), 64), dtype=np.float32)
        for row, text in enumerate(texts):
            for word in text.lower().split() or [""]:
                seed = int.from_bytes(hashlib.sha256(word.encode()).digest()[:4], "big")
                rows[row] += np.random.default_rng(seed).normal(size=64)
        if progress:
            progress(len(texts), len(texts))
        return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)


def export(path, titles):
    lines = ["title,abstract,authors,year"]
    lines += [f'{title},"{title} is studied here.",Author {k},20{k:02d}' for k, title in enumerate(titles, start=1)]
    path.write_text("\n".join(lines), "utf-8")
    return path


@pytest.fixture
def encoder():
    return HashedWords()


@pytest.fixture
def review(tmp_path):
    with Review.create(tmp_path / "review", "micro-credentials") as made:
        gather.add(made, [export(tmp_path / "export.csv", TITLES)], source="EBSCOhost")
        yield made


def amend(review, **replaced):
    """Change the accepted protocol: each argument's name is a TOML key whose line gets the new value."""
    path = review.folder / "protocol.toml"
    text = path.read_text("utf-8")
    for name, value in replaced.items():
        lines = [f"{name} = {value}" if line.split(" = ")[0] == name else line for line in text.splitlines()]
        text = "\n".join(lines) + "\n"
    path.write_text(text, "utf-8")
    review.accept_protocol("R1", "for the test")


@pytest.fixture
def amended():
    return amend
