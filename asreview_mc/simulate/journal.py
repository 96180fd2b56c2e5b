"""What a grid has finished, run by run, so that an interrupted one goes on where it stopped.

One JSON object a line: first the settings that shape every run, then each run with the sha256 of its data. A line that
was cut off, as by a killed process, and all after it are not used.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from asreview_mc.core.errors import OutputError
from asreview_mc.simulate.datasets import Labelled
from asreview_mc.simulate.replay import Order

Run = tuple[str, str, str, int]


class Journal:
    """The finished runs of a grid.

    Parameters
    ----------
    path : path or None
        ``None`` keeps nothing. A file made with other settings is begun anew.
    settings : mapping
        Whatever changes an order besides data, ranker and seed.

    Raises
    ------
    OutputError
        If the file cannot be read or written.
    """

    def __init__(self, path: str | os.PathLike[str] | None, settings: Mapping[str, Any]) -> None:
        self.path = Path(path) if path is not None else None
        self._runs: dict[Run, dict[str, Any]] = {}
        if self.path is not None:
            self._open(self.path, json.loads(json.dumps(dict(settings))))

    def get(self, review: Labelled, ranker: str, seed: int) -> Order | None:
        """Return the order of a run that was finished before, if it was."""
        kept = self._runs.get((review.name, review.digest, ranker, seed))
        if kept is None:
            return None
        record = np.array(kept["record"], dtype=np.intp)
        prior = (np.arange(len(record)) < kept["n_priors"]).astype(np.int64)
        label = review.labels[record]
        return Order(review.name, ranker, seed, record, label, prior, kept["n_read"], kept["seconds"])

    def add(self, review: Labelled, order: Order) -> None:
        """Keep a run that is finished; it is on the disk when this returns."""
        if self.path is None:
            return
        kept = {
            "dataset": order.dataset,
            "data": review.digest,
            "ranker": order.ranker,
            "seed": order.seed,
            "n_priors": int(order.prior.sum()),
            "n_read": order.n_read,
            "seconds": order.seconds,
            "record": order.record.tolist(),
        }
        self._write(self.path, "a", [kept])

    def close(self) -> None:
        """Delete the file: the grid is whole."""
        if self.path is not None:
            self.path.unlink(missing_ok=True)

    def _open(self, path: Path, settings: dict[str, Any]) -> None:
        try:
            lines = path.read_bytes().split(b"\n") if path.exists() else []
        except OSError as error:
            raise _refused(path, error) from None
        told = [found for line in lines[:-1] if (found := _parsed(line))]
        if told and told[0] == {"settings": settings}:
            for one in told[1:]:
                self._runs[one["dataset"], one["data"], one["ranker"], one["seed"]] = one
        # Written out again, so that what is added does not stand behind a line cut off.
        self._write(path, "w", [{"settings": settings}, *self._runs.values()])

    @staticmethod
    def _write(path: Path, mode: str, lines: list[dict[str, Any]]) -> None:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open(mode, encoding="utf-8", newline="\n") as file:
                file.writelines(f"{json.dumps(line)}\n" for line in lines)
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise _refused(path, error) from None


def _parsed(line: bytes) -> dict[str, Any] | None:
    try:
        found = json.loads(line)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def _refused(path: Path, error: OSError) -> OutputError:
    return OutputError(
        f"cannot be used: {error.strerror or error}", where=str(path), remedy="Choose another place for the results"
    )
