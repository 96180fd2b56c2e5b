"""Recall curves: how much of what there is to find had been found, after how much reading."""

from __future__ import annotations

import math
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from asreview_mc.core.errors import OutputError
from asreview_mc.simulate.replay import Order

_FORMATS = (".svg", ".png", ".pdf")
_COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
_KNOWN = ("hybrid", "elas_u4", "elas_u3", "random")
_COLUMNS = 3


def recall_points(order: Order) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return share read and share found after each record, both from 0 to 1 and without the priors.

    Examples
    --------
    >>> order = Order("d", "r", 1, np.arange(3), np.array([1, 1, 0]), np.array([1, 0, 0]), 2, 0.0)
    >>> [points.tolist() for points in recall_points(order)]
    [[0.0, 0.5, 1.0], [0.0, 1.0, 1.0]]
    """
    labels = order.label[order.prior == 0]
    read = np.arange(len(labels) + 1) / max(len(labels), 1)
    found = np.concatenate([[0], np.cumsum(labels)]) / max(int(labels.sum()), 1)
    return read, found


def recall_plot(orders: Sequence[Order], path: str | os.PathLike[str]) -> Path:
    """Draw one panel a data set, one colour a ranker, one line a seed, and the diagonal of reading at random.

    Parameters
    ----------
    orders : sequence of Order
        At least one.
    path : path
        Ends in ``.svg``, ``.png`` or ``.pdf``.

    Raises
    ------
    OutputError
        If the ending is another one or the file cannot be written.
    """
    target = Path(path)
    if not orders:
        raise ValueError("no orders to draw")
    if target.suffix.lower() not in _FORMATS:
        raise OutputError(
            f"pictures are not written as {target.suffix or 'a file without ending'}",
            where=str(target),
            remedy=f"End the name in {', '.join(_FORMATS)}",
        )
    import matplotlib as mpl
    from matplotlib.figure import Figure

    sets = list(dict.fromkeys(order.dataset for order in orders))
    colours = _colours([order.ranker for order in orders])
    columns = min(_COLUMNS, len(sets))
    lines = math.ceil(len(sets) / columns)
    with mpl.rc_context({"svg.hashsalt": "asreview-mc", "font.size": 10, "axes.spines.top": False}):
        figure = Figure(figsize=(1.6 + 3.6 * columns, 1.0 + 3.2 * lines), layout="constrained")
        panels = figure.subplots(lines, columns, squeeze=False, sharex=True, sharey=True)
        for panel, dataset in zip(panels.flat, sets, strict=False):
            _panel(panel, [order for order in orders if order.dataset == dataset], colours)
            panel.set_title(dataset)
        for position, panel in enumerate(panels.flat):
            panel.tick_params(labelbottom=position + columns >= len(sets))
            if position >= len(sets):
                panel.set_axis_off()
        figure.supxlabel("Records read, %")
        figure.supylabel("Relevant records found, %")
        handles, names = panels.flat[0].get_legend_handles_labels()
        for panel in panels.flat[1 : len(sets)]:
            more = zip(*panel.get_legend_handles_labels(), strict=True)
            for handle, name in ((handle, name) for handle, name in more if name not in names):
                handles.append(handle)
                names.append(name)
        figure.legend(handles, names, loc="outside right upper", frameon=False)
        _save(figure, target)
    return target


def _panel(panel: Any, orders: Sequence[Order], colours: dict[str, str]) -> None:  # noqa: ANN401 - no types
    panel.plot([0, 100], [0, 100], color="0.6", linestyle="--", linewidth=1, label="at random")
    labelled: set[str] = set()
    many = max(sum(other.ranker == order.ranker for other in orders) for order in orders)
    for order in orders:
        read, found = recall_points(order)
        panel.step(
            100 * read,
            100 * found,
            where="post",
            color=colours[order.ranker],
            linewidth=1.6 if many <= 5 else 1.0,
            alpha=0.85 if many <= 5 else 0.5,
            label=None if order.ranker in labelled else order.ranker,
        )
        labelled.add(order.ranker)
    panel.set_xlim(0, 100)
    panel.set_ylim(0, 101)
    panel.grid(color="0.92", linewidth=0.8)
    panel.set_axisbelow(True)


def _colours(rankers: Sequence[str]) -> dict[str, str]:
    """Return a colour a ranker: the known ones always have the same."""
    names = [*_KNOWN, *sorted(set(rankers) - set(_KNOWN))]
    return {name: _COLOURS[position % len(_COLOURS)] for position, name in enumerate(names)}


def _save(figure: Any, target: Path) -> None:  # noqa: ANN401 - no types
    metadata = {"Date": None} if target.suffix.lower() == ".svg" else None
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        figure.savefig(target, dpi=150, metadata=metadata)
    except OSError as error:
        raise OutputError(
            f"cannot be written: {error.strerror or error}", where=str(target), remedy="Choose another place"
        ) from None
