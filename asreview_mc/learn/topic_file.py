"""A taught sub-topic model in one file: arrays in ``.npz`` with a card in JSON, and never a pickle."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np

from asreview_mc.core.errors import ModelError
from asreview_mc.core.protocol import Card
from asreview_mc.learn.encode import Encoder, same_model
from asreview_mc.learn.heads import Heads
from asreview_mc.learn.saved import listed_digest, models_folder, read_checked
from asreview_mc.learn.subtopics import TopicModel
from asreview_mc.learn.zero_shot import read_parameters

FEW_SHOT = "subtopics-few-shot.npz"
KIND, VERSION = "subtopics-few-shot", 1
_ARRAYS = tuple(item.name for item in fields(Heads))


@dataclass(frozen=True)
class Saved:
    """A model read from a file, with its card."""

    model: TopicModel
    card: Mapping[str, Any]
    sha256: str


def dump(model: TopicModel, card: Mapping[str, Any]) -> bytes:
    """Return the file's content: the same model and card give the same bytes.

    Raises
    ------
    ModelError
        If the model was not taught.
    """
    if not model.heads:
        raise ModelError("was not taught anything yet", where="sub-topic model", remedy="Confirm sub-topics first")
    described = {
        "kind": KIND,
        "version": VERSION,
        "card": dict(card),
        "encoder": model.encoder,
        "cards": [asdict(one) for one in model.cards],
        "zero_shot": model.plain_parameters(),
        "heads": len(model.heads),
    }
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        members = {"card.json": json.dumps(described, indent=2, ensure_ascii=False).encode()}
        for place, head in enumerate(model.heads):
            for name in _ARRAYS:
                array = io.BytesIO()
                np.save(array, np.asarray(getattr(head, name), dtype=np.float64), allow_pickle=False)
                members[f"{place}-{name}.npy"] = array.getvalue()
        for name, data in members.items():
            archive.writestr(zipfile.ZipInfo(name), data)  # without a date, so that the digest tells of content alone
    return content.getvalue()


def load(path: Path, sha256: str, encoder: Encoder) -> Saved:
    """Read a model whose digest is known.

    Raises
    ------
    ModelError
        If the file is missing, is another, holds no model of this kind, or was taught with another encoder.
    """
    content = read_checked(path, sha256, remedy="Give the digest that was printed when it was trained")
    return loads(content, encoder, where=str(path))


def shipped(encoder: Encoder) -> Saved:
    """Read the heads that we ship for the ten shipped cards.

    Raises
    ------
    ModelError
        If the file is not the one that was published.
    """
    folder = models_folder()
    path = folder / FEW_SHOT
    return loads(read_checked(path, listed_digest(FEW_SHOT, folder)), encoder, where=str(path))


def loads(content: bytes, encoder: Encoder, *, where: str) -> Saved:
    """Read a model from the bytes of a file, which were checked before."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            described = json.loads(archive.read("card.json"))
            heads = [_heads(archive, place) for place in range(int(described["heads"]))]
        if (described["kind"], described["version"]) != (KIND, VERSION):
            raise ValueError("it is of another kind or version")
        cards = tuple(
            Card(**{str(name): tuple(v) if isinstance(v, list) else str(v) for name, v in one.items()})  # type: ignore[arg-type]
            for one in described["cards"]
        )
        taught_with = str(described["encoder"])
        parameters = read_parameters(described["zero_shot"], where=where)
        if any(head.directions.shape != (len(cards), *head.centre.shape) for head in heads):
            raise ValueError("its arrays do not fit its cards")
    except (KeyError, TypeError, ValueError, AttributeError, OSError, zipfile.BadZipFile) as error:
        raise ModelError(f"holds no taught sub-topic model: {error}", where=where, remedy="Train it again") from error
    if not same_model(taught_with, encoder.fingerprint):
        raise ModelError(
            f"was taught with the encoder {taught_with}", where=where, remedy="Use that encoder, or train it again"
        )
    model = TopicModel(cards, encoder, parameters, heads=heads)
    return Saved(model, described["card"], hashlib.sha256(content).hexdigest())


def _heads(archive: zipfile.ZipFile, place: int) -> Heads:
    arrays = {}
    for name in _ARRAYS:
        data = io.BytesIO(archive.read(f"{place}-{name}.npy"))
        arrays[name] = np.load(data, allow_pickle=False).astype(np.float64)
        if not np.isfinite(arrays[name]).all():
            raise ValueError("an array holds no finite numbers")
    return Heads(**arrays)
