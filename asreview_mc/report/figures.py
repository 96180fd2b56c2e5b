"""Figures besides the flow: how the relevant records were found as screening went on."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

from asreview_mc.report.drawing import INK, rendered, settings

_CURVE = "#1f5fa8"
_CHANCE = "#8b949e"


def recall_picture(labels: Sequence[int], suffix: str) -> bytes:
    """Return the relevant records found against the records screened, drawn, as the bytes of a file.

    Parameters
    ----------
    labels : sequence of 0 or 1
        In the order of reading; 1 is relevant. The same labels give the same bytes.
    suffix : str
        ``.svg``, ``.png`` or ``.pdf``.
    """
    from matplotlib.figure import Figure
    from matplotlib.ticker import MaxNLocator

    found = [0, *accumulate(labels)]
    n, relevant = len(labels), found[-1]
    said = f"{relevant:,} relevant records found among {n:,} screened"
    with settings():
        figure = Figure(figsize=(6.2, 3.1), layout="constrained")
        axes = figure.add_subplot()
        axes.plot([0, n], [0, relevant], color=_CHANCE, linewidth=1, linestyle=(0, (4, 3)), label="in random order")
        axes.plot(range(n + 1), found, color=_CURVE, linewidth=1.8, drawstyle="steps-post", label="as screened")
        axes.set_xlim(0, max(n, 1))
        axes.set_ylim(0, max(relevant, 1) * 1.04)
        axes.set_xlabel("records screened", fontsize=9)
        axes.set_ylabel("relevant records found", fontsize=9)
        axes.tick_params(labelsize=8, length=3)
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_major_locator(MaxNLocator(6, integer=True))
            axis.set_major_formatter("{x:,.0f}")
        axes.spines[["top", "right"]].set_visible(False)
        axes.grid(axis="y", color=INK, alpha=0.08)
        axes.legend(loc="lower right", fontsize=8, frameon=False)
        return rendered(figure, suffix, "Relevant records found as screening went on", f"{said}.")
