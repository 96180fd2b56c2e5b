"""The replication package: a zip of protocol, log, records, results, versions and checksums, and the way back."""

from __future__ import annotations

import hashlib
import importlib.metadata
import io
import json
import platform
import secrets
import stat
import uuid
import zipfile
import zlib
from collections.abc import Iterable, Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from asreview_mc.core.errors import DecisionError, ProjectError, ReadError
from asreview_mc.core.event import GENESIS, Logged, chain_hash, compact_json, encode
from asreview_mc.core.version import __version__
from asreview_mc.project.review import DATABASE, PROTOCOL, Review
from asreview_mc.project.telling import Told
from asreview_mc.report.writing import write
from asreview_mc.store import transfer

LOG, RECORDS, VERSIONS, SUMS = "log.jsonl", "records.jsonl", "versions.json", "SHA256SUMS"
LARGEST = 2 * 1024**3
"""Bytes that all files of a package may unpack to, together."""
MOST = 5_000
_RATIO = 1_000
_DATE = (1980, 1, 1, 0, 0, 0)
_LIBRARIES = ("numpy", "scipy", "scikit-learn", "sentence-transformers", "torch", "transformers", "matplotlib")
_README = """Replication package of a systematic review, made with asreview-mc {version}.

protocol.toml   the protocol that held when this was made
log.jsonl       every event of the review, one JSON object a line; each hash follows from the one before
records.jsonl   every record read, one JSON object a line
results/        report, PRISMA flow, tables, methods, checklist, all records with their outcomes
versions.json   versions of the programs, number of events and the log's head
SHA256SUMS      a checksum of each file: `sha256sum -c SHA256SUMS`

`asreview-mc init DIR --from PACKAGE.zip` makes the review again, with the same numbers and the same head:
{head}
"""


def check_all_seen(review: Review, path: Path, viewer: str | None) -> None:
    """Check that `viewer` may see the whole log, since the package holds all of it.

    Raises
    ------
    DecisionError
        If the log holds what `viewer` may not see yet.
    """
    state = review.state
    hidden = sum(not state.may_see(logged, viewer) for logged in review.log.events())
    if hidden:
        raise DecisionError(
            f"the package would show {hidden} events that {viewer or 'nobody named'} may not see yet",
            where=str(path),
            remedy="Finish what is pending, or have it exported --as somebody whom `unblind` lets see all",
        )


def pack(review: Review, path: Path, to: Told, results: Mapping[str, bytes]) -> dict[str, Any]:
    """Write the package and return `written` (records), `events`, `head` and `files`.

    Under pseudonyms its log is a chain of its own, whose head is another than the review's: with new salts, so that
    nobody can try out which names give the review's own head, which stands beside it as ``named_head``.

    Raises
    ------
    OutputError
        If the file cannot be written.
    """
    events, records = transfer.dump(review.log)
    named = json.loads(events[-1])["hash"]
    events = _chained(to.events) if to.names else events
    head = json.loads(events[-1])["hash"]
    versions = _versions(len(events), head) | ({"named_head": named} if to.names else {})
    files = {
        "README.txt": _README.format(version=__version__, head=head).encode(),
        PROTOCOL: to.state.protocol.text.encode(),
        LOG: _lines(events),
        RECORDS: _lines(records),
        VERSIONS: (json.dumps(versions, indent=1) + "\n").encode(),
        **{f"results/{name}": content for name, content in results.items()},
    }
    files[SUMS] = "".join(f"{hashlib.sha256(data).hexdigest()}  {name}\n" for name, data in files.items()).encode()
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            entry = zipfile.ZipInfo(name, _DATE)
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            archive.writestr(entry, data)
    write(path, buffer.getvalue())
    return {"written": len(records), "path": str(path), "events": len(events), "head": head, "files": sorted(files)}


def _chained(events: Iterable[Logged]) -> list[str]:
    """Return a whole log as the lines that `transfer.dump` would give, chained anew."""
    lines, before = [], GENESIS
    for logged in events:
        kind, body, salt = logged.event.kind, encode(logged.event), secrets.token_hex(16)
        before = chain_hash(before, logged.seq, logged.at, kind, body, salt)
        plain = {"seq": logged.seq, "at": logged.at, "kind": kind, "body": body, "salt": salt, "hash": before}
        lines.append(compact_json(plain, sort=False))
    return lines


def unpack(path: Path, folder: Path) -> Review:
    """Make the review of a package in a folder that holds none, and return it open.

    Nothing is written to where a name in the package points: only protocol, log and records are taken, the log's chain
    is followed to the head that the package names, and every checksum is compared.

    Raises
    ------
    ReadError
        If it is no package, too large, damaged, or not what its checksums say.
    LogError
        If the chain does not hold.
    ProjectError
        If the folder holds a review or a protocol already, or cannot be made.
    """
    files = _checked(path)
    for name in (DATABASE, PROTOCOL):
        if (folder / name).exists():
            raise ProjectError(f"{name} is here already", where=str(folder), remedy="Choose another folder")
    try:
        head = str(json.loads(files[VERSIONS])["head"])
        log, records = (_split(files[name]) for name in (LOG, RECORDS))
        protocol = files[PROTOCOL].decode("utf-8")
    except (ValueError, KeyError, TypeError):
        raise _damaged(path, "its log, records or versions cannot be read") from None
    part = folder / f".{uuid.uuid4().hex}.part"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        transfer.restore(part, log, records, head)
        part.rename(folder / DATABASE)
        (folder / PROTOCOL).write_text(protocol, "utf-8", newline="")
    except OSError as error:
        raise ProjectError(
            f"the review cannot be made here ({error.strerror})", where=str(folder), remedy="Choose another place"
        ) from None
    return Review.open(folder)


def _checked(path: Path) -> dict[str, bytes]:
    """Return the files of a package by name, each compared with its checksum."""
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            _refuse(path, entries)
            files = {entry.filename: archive.read(entry) for entry in entries if not entry.is_dir()}
    except OSError as error:
        raise ReadError(f"cannot be opened: {error.strerror}", where=str(path), remedy="Check the name") from None
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError) as error:
        raise _damaged(path, f"it is no whole zip file ({error})") from None
    missing = [name for name in (PROTOCOL, LOG, RECORDS, VERSIONS, SUMS) if name not in files]
    if missing:
        raise ReadError(
            f"is no replication package: {', '.join(missing)} is missing",
            where=str(path),
            remedy="Use a .zip that `asreview-mc export` wrote",
        )
    listed = (line.partition("  ") for line in files[SUMS].decode("utf-8", "replace").split("\n"))
    sums = {name: digest for digest, _, name in listed}
    for name, data in files.items():
        if name != SUMS and sums.get(name) != hashlib.sha256(data).hexdigest():
            raise _damaged(path, f"{name} is not what its checksum says")
    return files


def _refuse(path: Path, entries: list[zipfile.ZipInfo]) -> None:
    """Refuse a zip that would write elsewhere, or unpack to more than any review has, before anything is unpacked."""
    total = sum(entry.file_size for entry in entries)
    packed = sum(entry.compress_size for entry in entries) or 1
    if len(entries) > MOST or total > LARGEST or (total > LARGEST // 100 and total > _RATIO * packed):
        raise ReadError(
            f"would unpack to {len(entries):,} files of {total:,} bytes",
            where=str(path),
            remedy="Use a .zip that `asreview-mc export` wrote",
        )
    names = [entry.filename for entry in entries]
    for entry in entries:
        parts = PurePosixPath(entry.filename).parts
        outside = ".." in parts or entry.filename.startswith("/") or "\\" in entry.filename or ":" in entry.filename
        if outside or stat.S_ISLNK(entry.external_attr >> 16) or names.count(entry.filename) > 1:
            raise ReadError(
                f"holds a file whose name points elsewhere or stands twice: {entry.filename!r}",
                where=str(path),
                remedy="Use a .zip that `asreview-mc export` wrote",
            )


def _damaged(path: Path, why: str) -> ReadError:
    return ReadError(f"cannot be used: {why}", where=str(path), remedy="Get the package again from those who made it")


def _versions(events: int, head: str) -> dict[str, Any]:
    found = {}
    for name in _LIBRARIES:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    ours = {"asreview-mc": __version__, "python": platform.python_version(), "libraries": found}
    return ours | {"events": events, "head": head}


def _lines(lines: list[str]) -> bytes:
    return "".join(f"{line}\n" for line in lines).encode()


def _split(data: bytes) -> list[str]:
    """Return the lines of a file; only a line feed ends one, whatever else stands in the texts."""
    return data.decode("utf-8").removesuffix("\n").split("\n") if data else []
