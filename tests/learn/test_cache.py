"""The cache: what was encoded once is not encoded again, and nothing that happens to the folder breaks a run."""

import hashlib
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from asreview_mc.learn import cache
from asreview_mc.learn.cache import CachedEncoder, cache_folder


class Counting:
    """An encoder that says how often it was asked, with vectors made from the text's sha256."""

    def __init__(self, fingerprint="counting"):
        self.fingerprint = fingerprint
        self.asked = []

    def encode(self, texts, progress=None):
        self.asked.extend(texts)
        rows = [
            np.frombuffer(hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest(), np.uint8) for text in texts
        ]
        vectors = np.array(rows, dtype=np.float32).reshape(-1, 32) + 1
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def shards(folder):
    return sorted(Path(folder).rglob("*.npz"))


def test_second_run_encodes_nothing(tmp_path):
    """A new object on the same folder gives the same bits and asks for no text that is kept."""
    first = CachedEncoder(Counting(), tmp_path).encode(["a", "b", "a"])
    inner = Counting()
    second = CachedEncoder(inner, tmp_path).encode(["b", "a", "a"])
    assert inner.asked == []
    assert (second == first[[1, 0, 2]]).all()
    assert second.dtype == np.float32


def test_only_missing_texts_are_encoded(tmp_path):
    """Of known and new texts only the new are encoded, each once."""
    CachedEncoder(Counting(), tmp_path).encode(["a", "b"])
    inner = Counting()
    CachedEncoder(inner, tmp_path).encode(["c", "a", "c", "b"])
    assert inner.asked == ["c"]


def test_fingerprints_are_kept_apart(tmp_path):
    """Vectors of one fingerprint are never given for another."""
    CachedEncoder(Counting("one"), tmp_path).encode(["a"])
    inner = Counting("two")
    CachedEncoder(inner, tmp_path).encode(["a"])
    assert inner.asked == ["a"]


@pytest.mark.parametrize("spoil", ["cut", "empty", "other", "pickle", "nan", "shape"])
def test_spoilt_shards_are_encoded_again(tmp_path, spoil):
    """A shard that is cut short, empty, something else, a pickle or not finite is passed over, never a crash."""
    whole = CachedEncoder(Counting(), tmp_path).encode(["a", "b"])
    (shard,) = shards(tmp_path)
    keys = np.frombuffer(b"".join(hashlib.sha256(t.encode()).digest() for t in "ab"), np.uint8).reshape(2, 32)
    if spoil == "cut":
        shard.write_bytes(shard.read_bytes()[:-40])
    elif spoil == "empty":
        shard.write_bytes(b"")
    elif spoil == "other":
        shard.write_bytes(b"PK\x03\x04 not really")
    elif spoil == "pickle":
        np.savez(shard, keys=np.array([{"a": 1}], dtype=object), rows=whole)
    elif spoil == "nan":
        np.savez(shard, keys=keys, rows=np.full_like(whole, np.nan))
    else:
        np.savez(shard, keys=keys, rows=whole[:1])
    inner = Counting()
    assert (CachedEncoder(inner, tmp_path).encode(["a", "b"]) == whole).all()
    assert sorted(inner.asked) == ["a", "b"]


def test_any_flipped_byte_is_survived(tmp_path):
    """Whatever single byte of a shard is damaged, the vectors that come back are right."""
    whole = CachedEncoder(Counting(), tmp_path).encode(["a", "b"])
    (shard,) = shards(tmp_path)
    content = shard.read_bytes()
    for position in range(0, len(content), 7):
        shard.write_bytes(content[:position] + bytes([content[position] ^ 0xFF]) + content[position + 1 :])
        vectors = CachedEncoder(Counting(), tmp_path).encode(["a", "b"])
        assert (vectors == whole).all(), position
        for added in set(shards(tmp_path)) - {shard}:
            added.unlink()


def test_unfinished_files_are_ignored(tmp_path):
    """What a killed process left half-written is not read."""
    encoder = CachedEncoder(Counting(), tmp_path)
    encoder.encode(["a"])
    (shards(tmp_path)[0].parent / "x.npz.writing").write_bytes(b"half")
    inner = Counting()
    CachedEncoder(inner, tmp_path).encode(["a"])
    assert inner.asked == []


def test_unwritable_folder_works_without_keeping(tmp_path, caplog):
    """Where the folder cannot be made, vectors are right, nothing is kept and one line says so."""
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    inner = Counting()
    encoder = CachedEncoder(inner, blocked)
    assert (encoder.encode(["a"]) == encoder.encode(["a"])).all()
    assert inner.asked == ["a", "a"]
    assert [record.message.count("not kept") for record in caplog.records] == [1]


def test_many_shards_become_few(tmp_path, monkeypatch):
    """Small shards are merged and every vector is still there."""
    monkeypatch.setattr(cache, "_MANY_SHARDS", 5)
    encoder = CachedEncoder(Counting(), tmp_path)
    texts = [f"text {i}" for i in range(23)]
    for text in texts:
        encoder.encode([text])
    assert len(shards(tmp_path)) <= 5
    inner = Counting()
    vectors = CachedEncoder(inner, tmp_path).encode(texts)
    assert inner.asked == []
    assert (vectors == Counting().encode(texts)).all()


def test_shard_removed_by_another_is_no_crash(tmp_path):
    """A folder deleted between two calls means encoding again."""
    inner = Counting()
    encoder = CachedEncoder(inner, tmp_path)
    encoder.encode(["a"])
    for shard in shards(tmp_path):
        shard.unlink()
    encoder.encode(["a"])
    assert inner.asked == ["a", "a"]


ADD = """
import hashlib, sys
import numpy as np
from asreview_mc.learn.cache import CachedEncoder

class Counting:
    fingerprint = "counting"

    def encode(self, texts, progress=None):
        rows = [np.frombuffer(hashlib.sha256(text.encode()).digest(), np.uint8) for text in texts]
        vectors = np.array(rows, dtype=np.float32).reshape(-1, 32) + 1
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)

encoder = CachedEncoder(Counting(), sys.argv[1])
for i in range(int(sys.argv[2]), int(sys.argv[2]) + 20):
    encoder.encode([f"text {i % 30}"])
"""


def test_several_processes_share_a_folder(tmp_path):
    """Processes that add at once lose nothing and spoil nothing."""
    workers = [
        subprocess.Popen([sys.executable, "-c", ADD, str(tmp_path), str(start)], stderr=subprocess.PIPE, text=True)
        for start in (0, 10, 15)
    ]
    for worker in workers:
        _, said = worker.communicate(timeout=120)
        assert worker.returncode == 0, said
    inner = Counting()
    texts = [f"text {i}" for i in range(30)]
    assert (CachedEncoder(inner, tmp_path).encode(texts) == Counting().encode(texts)).all()
    assert inner.asked == []


def test_progress_begins_with_what_is_kept(tmp_path):
    """Kept texts count as done at once."""
    CachedEncoder(Counting(), tmp_path).encode(["a", "b"])
    seen = []
    CachedEncoder(Counting(), tmp_path).encode(["a", "b", "c"], progress=lambda done, total: seen.append((done, total)))
    assert seen == [(2, 3), (3, 3)]


def test_nothing_to_encode(tmp_path):
    """No texts give no rows and write nothing."""
    assert len(CachedEncoder(Counting(), tmp_path).encode([])) == 0
    assert shards(tmp_path) == []


@pytest.mark.parametrize(
    ("environ", "platform", "expected"),
    [
        ({"ASREVIEW_MC_CACHE": "/x/own", "XDG_CACHE_HOME": "/x/xdg"}, "linux", Path("/x/own")),
        ({"XDG_CACHE_HOME": "/x/xdg"}, "linux", Path("/x/xdg/asreview-mc")),
        ({"LOCALAPPDATA": "/x/local"}, "win32", Path("/x/local/asreview-mc")),
        ({}, "darwin", Path("~/Library/Caches/asreview-mc").expanduser()),
        ({}, "linux", Path("~/.cache/asreview-mc").expanduser()),
    ],
)
def test_folder_follows_the_platform(environ, platform, expected):
    """The folder is the one asked for, else where the platform keeps caches."""
    assert cache_folder(environ, platform) == expected


def test_a_user_without_a_home(monkeypatch):
    """Where no home folder can be told, as in some containers, the cache lies with the temporary files."""

    def nobody():
        raise RuntimeError("no home")

    monkeypatch.setattr(cache.Path, "home", nobody)
    assert cache_folder({}, "linux").name == "asreview-mc"
