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
STYLE = {"svg.hashsalt": "asreview-mc", "font.size": 10, "axes.spines.top": False}
_POINTS = 1001


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
    """Draw one panel a data set: each ranker's mean curve, the band of its seeds, and the diagonal of a random order.

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
    target = drawable(path)
    if not orders:
        raise ValueError("no orders to draw")
    import matplotlib as mpl
    from matplotlib.figure import Figure

    sets = list(dict.fromkeys(order.dataset for order in orders))
    colours = colours_of([order.ranker for order in orders])
    columns = min(_COLUMNS, len(sets))
    lines = math.ceil(len(sets) / columns)
    with mpl.rc_context(STYLE):
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
        save(figure, target)
    return target


def _panel(panel: Any, orders: Sequence[Order], colours: dict[str, str]) -> None:  # noqa: ANN401 - no types
    panel.plot([0, 100], [0, 100], color="0.6", linestyle="--", linewidth=1, label="at random")
    for ranker in dict.fromkeys(order.ranker for order in orders):
        read, lowest, mean, highest = spread([order for order in orders if order.ranker == ranker])
        colour = colours[ranker]
        if (highest > lowest).any():
            panel.fill_between(100 * read, 100 * lowest, 100 * highest, color=colour, alpha=0.2, linewidth=0)
        panel.plot(100 * read, 100 * mean, color=colour, linewidth=1.6, label=ranker)
    panel.set_xlim(0, 100)
    panel.set_ylim(0, 101)
    panel.grid(color="0.92", linewidth=0.8)
    panel.set_axisbelow(True)


def spread(
    orders: Sequence[Order],
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Return, over the seeds of one ranker, share read and the lowest, mean and highest share found by then.

    A recall counts from the record with which it is reached. One run gives its own steps, several a grid of 1,001
    points.
    """
    curves = [recall_points(order) for order in orders]
    if len(curves) == 1:
        read, found = curves[0]
        steps = np.repeat(read, 2)[1:]
        levels = np.repeat(found, 2)[:-1]
        return steps, levels, levels, levels
    grid = np.linspace(0, 1, _POINTS)
    levels = np.array([found[np.searchsorted(read, grid + 1e-12, side="right") - 1] for read, found in curves])
    return grid, levels.min(axis=0), levels.mean(axis=0), levels.max(axis=0)


def colours_of(rankers: Sequence[str]) -> dict[str, str]:
    """Return a colour a ranker: the known ones always have the same."""
    names = [*_KNOWN, *sorted(set(rankers) - set(_KNOWN))]
    return {name: _COLOURS[position % len(_COLOURS)] for position, name in enumerate(names)}


def drawable(path: str | os.PathLike[str]) -> Path:
    """Return the path of a picture to be.

    Raises
    ------
    OutputError
        If its ending is none of ``.svg``, ``.png`` and ``.pdf``.
    """
    target = Path(path)
    if target.suffix.lower() in _FORMATS:
        return target
    raise OutputError(
        f"pictures are not written as {target.suffix or 'a file without ending'}",
        where=str(target),
        remedy=f"End the name in {', '.join(_FORMATS)}",
    )


def save(figure: Any, target: Path) -> None:  # noqa: ANN401 - no types
    """Write a figure, the same bytes for the same data.

    Raises
    ------
    OutputError
        If the file cannot be written.
    """
    metadata = {"Date": None} if target.suffix.lower() == ".svg" else None
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        figure.savefig(target, dpi=150, metadata=metadata)
    except OSError as error:
        raise OutputError(
            f"cannot be written: {error.strerror or error}", where=str(target), remedy="Choose another place"
        ) from None
