"""Figures besides the flow: how the relevant records were found, and how agreement went, as screening went on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import accumulate
from typing import Any

from asreview_mc.report.drawing import INK, rendered, settings

_CURVE = "#1f5fa8"
_CHANCE = "#8b949e"
_KAPPA = "#b4540a"


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


def agreement_picture(logged: Sequence[Mapping[str, Any]], suffix: str) -> bytes:
    """Return agreement of each batch alone over the queue, with intervals, as the bytes of a file.

    Parameters
    ----------
    logged : sequence of mapping
        What ``agreement --over-time --json`` lists as ``batches``; those without a batch of their own are left out.
        The same figures give the same bytes.
    suffix : str
        ``.svg``, ``.png`` or ``.pdf``.
    """
    from matplotlib.figure import Figure

    alone = [one["alone"] for one in logged if "alone" in one]
    with settings():
        figure = Figure(figsize=(6.2, 3.1), layout="constrained")
        axes = figure.add_subplot()
        for name, label, colour, shift in (
            ("gwet_ac1", "Gwet’s AC1", _CURVE, -2),
            ("fleiss_kappa", "Fleiss’ κ", _KAPPA, 2),
        ):
            points = [(one["places"][1], one["all"][name]) for one in alone if one["all"][name]["value"] is not None]
            places = [place + shift for place, _ in points]
            axes.plot(
                places, [found["value"] for _, found in points], color=colour, marker="o", markersize=4, label=label
            )
            for place, (_, found) in zip(places, points, strict=True):
                if found["ci_low"] is not None:
                    axes.vlines(place, found["ci_low"], found["ci_high"], color=colour, alpha=0.4, linewidth=1)
        shares = [one["prevalence"] for one in alone]
        axes.plot([one["places"][1] for one in alone], shares, color=_CHANCE, linestyle=(0, (4, 3)), label="included")
        axes.set_ylim(min(-0.05, *axes.get_ylim()), 1.05)
        axes.set_xlabel("records decided on by two or more, batch by batch", fontsize=9)
        axes.set_ylabel("agreement of the batch", fontsize=9)
        axes.tick_params(labelsize=8, length=3)
        axes.spines[["top", "right"]].set_visible(False)
        axes.grid(axis="y", color=INK, alpha=0.08)
        axes.legend(loc="lower left", fontsize=8, frameon=False, ncols=3)
        said = "; ".join(f"to {one['places'][1]}: {one['prevalence']:.0%} included" for one in alone) or "no full batch"
        return rendered(figure, suffix, "Agreement of each batch as screening went on", f"Batches of 25, {said}.")
