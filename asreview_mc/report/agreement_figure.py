"""Agreement over time, drawn: how it stood each time another batch of records had every decision in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from asreview_mc.report.account import STAGE_NAMES
from asreview_mc.report.drawing import INK, rendered, settings

_LINES = (("gwet_ac1", "Gwet’s AC1", "#1f5fa8", "-"), ("krippendorff_alpha", "Krippendorff’s α", "#9a3412", "--"))


def agreement_picture(measured: Mapping[Any, Sequence[Mapping[str, Any]]], suffix: str) -> bytes:
    """Return AC1 and α of all raters against the records rated, a panel a stage, as the bytes of a file.

    Parameters
    ----------
    measured : mapping of stage to sequence of mapping
        Answers of ``agreement --over-time``; a stage without any is left out.
    suffix : str
        ``.svg``, ``.png`` or ``.pdf``.
    """
    from matplotlib.figure import Figure

    panels = [(stage, points) for stage, points in measured.items() if points] or [("abstract", [])]
    with settings():
        figure = Figure(figsize=(6.2, 2.7 * len(panels)), layout="constrained")
        said = []
        for number, (stage, points) in enumerate(panels, start=1):
            axes = figure.add_subplot(len(panels), 1, number)
            for key, label, colour, style in _LINES:
                known = [(one["records"], one["all"][key]) for one in points if one["all"][key]["value"] is not None]
                xs = [records for records, _ in known]
                values = [found["value"] for _, found in known]
                low = [_or(found["ci_low"], found["value"]) for _, found in known]
                high = [_or(found["ci_high"], found["value"]) for _, found in known]
                axes.plot(xs, values, color=colour, linestyle=style, marker="o", markersize=3.5, label=label)
                axes.fill_between(xs, low, high, color=colour, alpha=0.1, linewidth=0)
                said += [f"{STAGE_NAMES[stage]}: {label} {values[-1]:.2f} over {xs[-1]:,} records"] if known else []
            axes.set_ylim(min(0.0, axes.get_ylim()[0]), 1.04)
            axes.set_title(STAGE_NAMES[stage].capitalize(), fontsize=9, loc="left")
            axes.set_xlabel("records with every decision in", fontsize=9)
            axes.tick_params(labelsize=8, length=3)
            axes.spines[["top", "right"]].set_visible(False)
            axes.grid(axis="y", color=INK, alpha=0.08)
            axes.legend(loc="lower right", fontsize=8, frameon=False)
        return rendered(figure, suffix, "Agreement over time", f"{'; '.join(said) or 'No batch is full yet'}.")


def _or(value: float | None, otherwise: float) -> float:
    return otherwise if value is None else value
