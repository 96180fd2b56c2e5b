"""Where a ranker gains and where it loses: metrics data set by data set beside those of a reference."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from asreview_mc.core.errors import UnknownError
from asreview_mc.simulate.compare import LOWER_IS_BETTER
from asreview_mc.simulate.curves import STYLE, colours_of, drawable, save

SHOWN = ("loss", "wss95")
_TITLES = {"loss": "Loss", "wss95": "WSS@95 %", "ndcg": "NDCG", "recall10": "Recall after 10 %", "atd": "ATD"}
Row = Mapping[str, Any]


def set_plot(
    rows: Sequence[Row], path: str | os.PathLike[str], *, reference: str, names: Sequence[str] = SHOWN
) -> Path:
    """Draw one panel a metric and one line a data set: means over seeds, whiskers from the lowest to the highest.

    Data sets stand in the order of the reference's first metric, the best for it on top; a thin line joins the rankers
    of a set.

    Parameters
    ----------
    rows : sequence of mapping
        Rows of runs.
    path : path
        Ends in ``.svg``, ``.png`` or ``.pdf``.
    reference : str
        A ranker among them, drawn hollow.
    names : sequence of str
        Metrics.

    Raises
    ------
    UnknownError
        If no run has the reference.
    OutputError
        If the ending is another one or the file cannot be written.
    """
    target = drawable(path)
    values: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        values.setdefault((row["ranker"], row["dataset"]), []).append(row)
    rankers = list(dict.fromkeys(ranker for ranker, _ in values))
    if reference not in rankers:
        raise UnknownError(
            f"no run of {reference!r} to compare with", where="--reference", remedy=f"There are {', '.join(rankers)}"
        )
    import matplotlib as mpl
    from matplotlib.figure import Figure

    sets = _sorted_sets(values, reference, names[0])
    colours = colours_of(rankers)
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(3.2 + 3.6 * len(names), 1.4 + 0.3 * len(sets)), layout="constrained")
        panels = figure.subplots(1, len(names), squeeze=False, sharey=True)[0]
        for panel, name in zip(panels, names, strict=True):
            for ranker in (*(one for one in rankers if one != reference), reference):
                _points(panel, values, sets, ranker, name, colours[ranker], hollow=ranker == reference)
            _joined(panel, values, sets, rankers, name)
            better = "lower" if name in LOWER_IS_BETTER else "higher"
            panel.set_xlabel(f"{_TITLES.get(name, name)} ({better} is better)")
            panel.grid(axis="x", color="0.92", linewidth=0.8)
            panel.set_axisbelow(True)
        panels[0].set_yticks(range(len(sets)), sets)
        panels[0].set_ylim(len(sets) - 0.5, -0.5)
        handles, labels = panels[0].get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside right upper", frameon=False)
        save(figure, target)
    return target


def _sorted_sets(values: Mapping[tuple[str, str], Sequence[Row]], reference: str, name: str) -> list[str]:
    sign = 1 if name in LOWER_IS_BETTER else -1
    sets = dict.fromkeys(dataset for _, dataset in values)
    place = {
        dataset: sign * float(np.mean([row[name] for row in values[reference, dataset]]))
        for dataset in sets
        if (reference, dataset) in values
    }
    return sorted(sets, key=lambda dataset: (place.get(dataset, np.inf), dataset))


def _points(
    panel: Any,  # noqa: ANN401 - no types
    values: Mapping[tuple[str, str], Sequence[Row]],
    sets: Sequence[str],
    ranker: str,
    name: str,
    colour: str,
    *,
    hollow: bool,
) -> None:
    drawn = [(at, [row[name] for row in values[ranker, one]]) for at, one in enumerate(sets) if (ranker, one) in values]
    means = [float(np.mean(found)) for _, found in drawn]
    whiskers = [
        [mean - min(found) for mean, (_, found) in zip(means, drawn, strict=True)],
        [max(found) - mean for mean, (_, found) in zip(means, drawn, strict=True)],
    ]
    panel.errorbar(
        means,
        [at for at, _ in drawn],
        xerr=whiskers,
        fmt="o",
        markersize=6,
        markerfacecolor="white" if hollow else colour,
        color=colour,
        elinewidth=1,
        label=ranker,
    )


def _joined(
    panel: Any,  # noqa: ANN401 - no types
    values: Mapping[tuple[str, str], Sequence[Row]],
    sets: Sequence[str],
    rankers: Sequence[str],
    name: str,
) -> None:
    for at, one in enumerate(sets):
        means = [float(np.mean([row[name] for row in values[r, one]])) for r in rankers if (r, one) in values]
        panel.plot([min(means), max(means)], [at, at], color="0.75", linewidth=1, zorder=0)
