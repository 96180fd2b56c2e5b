"""Model files that we ship, never read before their sha256 is that of the list beside them."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path
from typing import Any

from asreview_mc.core.errors import ModelError

_LIST = "README.md"
_DIGEST = re.compile(r"\b[0-9a-f]{64}\b")
_HERE = Path(__file__).resolve()


def models_folder() -> Path:
    """Return the folder of the shipped models: inside the installed package, else at the root of a source checkout.

    Raises
    ------
    ModelError
        If neither is there.
    """
    for folder in (_HERE.parents[1] / "models", _HERE.parents[2] / "models"):
        if (folder / _LIST).is_file():
            return folder
    raise ModelError("the shipped models are missing", where=str(_HERE.parents[1]), remedy="Install asreview-mc again")


def shipped_json(name: str, folder: Path | None = None) -> dict[str, Any]:
    """Return the JSON object in the shipped file `name`.

    Parameters
    ----------
    name : str
        File name, as it stands in the list of models.
    folder : path or None
        ``None`` for `models_folder`.

    Raises
    ------
    ModelError
        If the file is missing, is not in the list, is not the one listed, or is no JSON object.
    """
    folder = models_folder() if folder is None else folder
    path = folder / name
    try:
        content = json.loads(read_checked(path, listed_digest(name, folder)).decode("utf-8"))
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise ModelError(f"is not JSON: {error}", where=str(path), remedy="Install asreview-mc again") from error
    if not isinstance(content, dict):
        raise ModelError("is no JSON object", where=str(path), remedy="Install asreview-mc again")
    return content


def listed_digest(name: str, folder: Path) -> str:
    """Return the sha256 in the row of the list of models that holds `name` between back-quotes.

    Raises
    ------
    ModelError
        If no row has both.
    """
    try:
        lines = (folder / _LIST).read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise ModelError(
            "the list of models cannot be read", where=str(folder / _LIST), remedy="Install asreview-mc again"
        ) from error
    for line in lines:
        found = _DIGEST.search(line)
        if found and line.startswith("|") and f"`{name}`" in line:
            return found.group()
    raise ModelError(
        f"the list of models has no sha256 for {name}", where=str(folder / _LIST), remedy="Install asreview-mc again"
    )


def read_checked(path: Path, sha256: str, *, remedy: str = "Install asreview-mc again") -> bytes:
    """Return the bytes of `path`, which must have the digest `sha256`; `remedy` says what to do where it has not.

    Raises
    ------
    ModelError
        If the file cannot be read or is another.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ModelError(f"cannot be read ({error.strerror})", where=str(path), remedy=remedy) from error
    digest = hashlib.sha256(content).hexdigest()
    if digest != sha256:
        raise ModelError(
            f"is not the file that was published (sha256 {digest}, expected {sha256})",
            where=str(path),
            remedy=remedy,
        )
    return content
