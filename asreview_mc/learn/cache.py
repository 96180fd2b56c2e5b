"""Vectors kept between runs: an encoder around an encoder, in one folder a user, shared by projects and simulations.

Each shard is a file of keys (sha256 of the text) and vectors, written under another name and then put in place, so that
a killed process leaves nothing half-written and several processes can add at once. A shard that cannot be read is
passed over and its texts are encoded again. The folder can be deleted at any time.
"""

from __future__ import annotations

import contextlib
import hashlib
import logging
import os
import struct
import sys
import tempfile
import time
import uuid
import zipfile
import zlib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from asreview_mc.learn.encode import Encoder, Progress, Vectors

_LOG = logging.getLogger(__name__)
_CHUNK = 512
_SMALL_ROWS = 8192
_MANY_SHARDS = 24
_STALE_SECONDS = 86_400.0
_KEY_BYTES = 32
_UNREADABLE = (
    OSError,
    ValueError,
    KeyError,
    TypeError,
    EOFError,
    NotImplementedError,
    struct.error,
    zipfile.BadZipFile,
    zlib.error,
)


def cache_folder(environ: Mapping[str, str] | None = None, platform: str = sys.platform) -> Path:
    """Return the user's folder for vectors: ``ASREVIEW_MC_CACHE``, or ``asreview-mc`` in the platform's cache folder.

    Parameters
    ----------
    environ : mapping or None
        Environment variables; ``None`` for those of this process.
    platform : str
        As ``sys.platform``.
    """
    environ = os.environ if environ is None else environ
    if environ.get("ASREVIEW_MC_CACHE"):
        return Path(environ["ASREVIEW_MC_CACHE"]).expanduser()
    if environ.get("XDG_CACHE_HOME"):
        return Path(environ["XDG_CACHE_HOME"]) / "asreview-mc"
    if platform == "win32" and environ.get("LOCALAPPDATA"):
        return Path(environ["LOCALAPPDATA"]) / "asreview-mc"
    if platform == "darwin":
        return _home() / "Library" / "Caches" / "asreview-mc"
    return _home() / ".cache" / "asreview-mc"


def _home() -> Path:
    """Return the home folder, or that of temporary files for a user who has none, as in some containers."""
    try:
        return Path.home()
    except RuntimeError:
        return Path(tempfile.gettempdir())


class CachedEncoder:
    """An encoder that remembers; what it returns for a text is what the inner encoder first returned.

    Parameters
    ----------
    encoder : Encoder
        Asked only for texts that no readable shard holds.
    folder : path or None
        ``None`` for `cache_folder`. Where it cannot be written, nothing is kept and all still works.
    """

    def __init__(self, encoder: Encoder, folder: str | os.PathLike[str] | None = None) -> None:
        self.encoder = encoder
        self.folder = Path(folder) if folder is not None else cache_folder()
        self._store: _Store | None = None

    @property
    def fingerprint(self) -> str:
        """That of the inner encoder."""
        return self.encoder.fingerprint

    def encode(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        """Return one unit row a text, shape (n, d), float32; `progress` counts distinct texts, cached ones at once."""
        if isinstance(texts, str):
            raise TypeError("texts must be a sequence of texts, not one text")
        store = self._opened()
        keys = [_key(text) for text in texts]
        text_of = dict(zip(keys, texts, strict=True))
        found = store.read(text_of)
        if not text_of:
            return self.encoder.encode([])
        missing = _as_encoded({key: text for key, text in text_of.items() if key not in found})
        if progress is not None and found:
            progress(len(found), len(text_of))
        for start in range(0, len(missing), _CHUNK):
            chunk = missing[start : start + _CHUNK]
            vectors = self.encoder.encode([text_of[key] for key in chunk])
            store.add(chunk, vectors)
            found.update(zip(chunk, vectors, strict=True))
            if progress is not None:
                progress(len(found), len(text_of))
        return np.stack([found[key] for key in keys])

    def lacking(self, texts: Iterable[str]) -> list[str]:
        """Return those of `texts`, each once, that would have to be encoded, in the order in which they would be."""
        store = self._opened()
        store.scan()
        left = {key: text for key, text in ((_key(text), text) for text in texts) if key not in store.rows}
        return [left[key] for key in _as_encoded(left)]

    def _opened(self) -> _Store:
        if self._store is None:
            digest = hashlib.sha256(self.fingerprint.encode("utf-8", "surrogatepass")).hexdigest()
            self._store = _Store(self.folder / "vectors" / digest[:24])
        return self._store


class _Store:
    """The shards of one fingerprint: which keys stand where, and their vectors."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.rows: dict[bytes, tuple[str, int]] = {}
        self.sizes: dict[str, int] = {}
        self.writable = True

    def read(self, keys: Iterable[bytes]) -> dict[bytes, NDArray[np.float32]]:
        """Return the vectors of those `keys` that a readable shard holds, all of one width."""
        self.scan()
        wanted: dict[str, list[tuple[bytes, int]]] = {}
        for key in keys:
            if key in self.rows:
                name, row = self.rows[key]
                wanted.setdefault(name, []).append((key, row))
        found: dict[bytes, NDArray[np.float32]] = {}
        width = 0
        for name in sorted(wanted):
            shard = _read_shard(self.folder / name)
            if shard is None or (width and shard[1].shape[1] != width):
                continue
            width = shard[1].shape[1]
            found.update((key, shard[1][row]) for key, row in wanted[name])
        return found

    def add(self, keys: Sequence[bytes], vectors: Vectors) -> None:
        """Keep `vectors` if the folder lets us; merge small shards when there are many."""
        if not self.writable:
            return
        try:
            self._write(keys, vectors)
            small = [name for name, size in self.sizes.items() if size < _SMALL_ROWS]
            if len(small) >= _MANY_SHARDS:
                self._compact(small)
        except OSError as error:
            self.writable = False
            _LOG.warning("vectors are not kept, since %s cannot be written (%s)", self.folder, error.strerror or error)

    def scan(self) -> None:
        """Learn of shards that came or went since the last look."""
        try:
            names = {path.name for path in self.folder.iterdir() if path.suffix == ".npz"}
        except OSError:
            names = set()
        for name in [name for name in self.sizes if name not in names]:
            del self.sizes[name]
        self.rows = {key: place for key, place in self.rows.items() if place[0] in self.sizes}
        for name in sorted(names - set(self.sizes)):
            keys = _read_keys(self.folder / name)
            self.sizes[name] = len(keys)
            self.rows.update((key, (name, row)) for row, key in enumerate(keys))

    def _write(self, keys: Sequence[bytes], vectors: Vectors) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        name = f"{uuid.uuid4().hex}.npz"
        temporary = self.folder / f"{name}.writing"
        try:
            with temporary.open("wb") as file:
                np.savez(file, keys=np.frombuffer(b"".join(keys), dtype=np.uint8).reshape(-1, _KEY_BYTES), rows=vectors)
            temporary.replace(self.folder / name)
        except OSError:
            with contextlib.suppress(OSError):
                temporary.unlink()
            raise
        self.sizes[name] = len(keys)
        self.rows.update((key, (name, row)) for row, key in enumerate(keys))

    def _compact(self, names: Sequence[str]) -> None:
        merged: dict[bytes, NDArray[np.float32]] = {}
        for name in sorted(names):
            shard = _read_shard(self.folder / name)
            if shard is not None:
                merged.update(zip(shard[0], shard[1], strict=True))
        if merged and len({row.shape for row in merged.values()}) == 1:
            self._write(list(merged), np.stack(list(merged.values())))
            for name in names:
                del self.sizes[name]
                (self.folder / name).unlink(missing_ok=True)
        for path in self.folder.glob("*.writing"):
            with contextlib.suppress(OSError):
                if time.time() - path.stat().st_mtime > _STALE_SECONDS:
                    path.unlink()


def _as_encoded(text_of: Mapping[bytes, str]) -> list[bytes]:
    """Return the keys in the order in which their texts are encoded: texts of like length together."""
    return sorted(text_of, key=lambda key: (len(text_of[key]), key))


def _key(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()


def _read_keys(path: Path) -> list[bytes]:
    """Return the keys of a shard, none if it cannot be read."""
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as shard:
            return _keys(shard["keys"])
    except _UNREADABLE:
        return []


def _read_shard(path: Path) -> tuple[list[bytes], Vectors] | None:
    """Return keys and vectors of a shard, ``None`` if it is not whole."""
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as shard:
            keys, rows = _keys(shard["keys"]), shard["rows"]
    except _UNREADABLE:
        return None
    whole = rows.ndim == 2 and rows.shape[0] == len(keys) and rows.dtype == np.float32
    return (keys, rows) if whole and bool(np.isfinite(rows).all()) else None


def _keys(array: NDArray[np.uint8]) -> list[bytes]:
    if array.dtype != np.uint8 or array.ndim != 2 or array.shape[1] != _KEY_BYTES:
        raise ValueError("not an array of sha256 digests")
    flat = array.tobytes()
    return [flat[start : start + _KEY_BYTES] for start in range(0, len(flat), _KEY_BYTES)]
