"""What somebody was shown of suggested sub-topics on the command line, so that they confirm what they saw.

Each confirmation teaches the model, and what it suggests for the next record may be another thing by then. Kept in the
review's cache, which may be deleted: then what is suggested now stands for what was shown.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from asreview_mc.learn.subtopics import card_digest
from asreview_mc.project.folded import CACHE
from asreview_mc.project.folder import cached
from asreview_mc.project.review import Review


def keep(review: Review, viewer: str, seen: Mapping[str, tuple[str, Sequence[Mapping[str, Any]]]], model: str) -> None:
    """Keep the text and the suggestions that `viewer` sees of records; in a copy that travels, keep nothing."""
    if review.copy:
        return
    told = {one: {"text": _digest(text), "suggested": list(suggested)} for one, (text, suggested) in seen.items()}
    cached(_path(review, viewer), json.dumps({"cards": _cards(review), "model": model, "records": told}))


def recall(review: Review, viewer: str, record_id: str, text: str) -> tuple[list[dict[str, Any]], str] | None:
    """Return what `viewer` was shown of a record last and by which model, None where it is not known or not of it."""
    try:
        told = json.loads(_path(review, viewer).read_text("utf-8"))
        one = told["records"][record_id]
        if told["cards"] != _cards(review) or one["text"] != _digest(text):
            return None
        return list(one["suggested"]), str(told["model"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _path(review: Review, viewer: str) -> Path:
    return review.folder / CACHE / f"suggested-{_digest(viewer)[:16]}.json"


def _cards(review: Review) -> list[str]:
    return [card_digest(card) for card in review.state.protocol.cards]


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
