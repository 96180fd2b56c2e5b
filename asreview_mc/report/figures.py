"""Figures besides the flow: the course of screening and of agreement, bars, shades of a crossing, lights of appraisal.

Every figure is as high as what it shows needs, with labels wrapped to the room they have.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING, Any

from asreview_mc.report.drawing import INK, rendered, settings, wrapped

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_CURVE = "#1f5fa8"
_CHANCE = "#8b949e"
_KAPPA = "#b4540a"
_BAR = "#4a7ebb"
_COLOURS = ("#1f5fa8", "#b4540a", "#3b7d3b", "#7a4fa3", "#a83232", "#4d6b73")
_LINES = ("-", "--", ":", "-.")
_SHADES = ("#f4f7fb", "#1f5fa8")
_LABEL_ROOM = 190.0
_SMALL = 8.0
_LINE = 11.0


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


def workload_picture(days: Mapping[str, Mapping[str, int]], suffix: str) -> bytes:
    """Return on how many records each reviewer had decided day after day, drawn, as the bytes of a file.

    Parameters
    ----------
    days : mapping of reviewer to mapping of day to int
        Days as ``2026-11-29``; a day on which nobody decided may be left out.
    suffix : str
        ``.svg``, ``.png`` or ``.pdf``. The same numbers give the same bytes.
    """
    from matplotlib.dates import date2num, num2date
    from matplotlib.figure import Figure
    from matplotlib.ticker import MaxNLocator

    known = sorted({date.fromisoformat(day) for own in days.values() for day in own})
    totals = {name: sum(own.values()) for name, own in days.items()}
    with settings():
        figure = Figure(figsize=(6.2, 3.1), layout="constrained")
        axes = figure.add_subplot()
        for number, name in enumerate(days):
            course = accumulate(days[name].get(day.isoformat(), 0) for day in known)
            places = date2num([known[0] - timedelta(days=1), *known, known[-1] + timedelta(days=1)])
            style = _LINES[number // len(_COLOURS) % len(_LINES)]
            colour = _COLOURS[number % len(_COLOURS)]
            axes.plot(
                places, [0, *course, totals[name]], color=colour, linestyle=style, drawstyle="steps-post", label=name
            )
        if known:
            axes.xaxis.set_major_locator(MaxNLocator(7, integer=True))
            axes.xaxis.set_major_formatter(lambda day, _: f"{num2date(day):%Y-%m-%d}")
            axes.set_ylim(0, max(totals.values()) * 1.04)
            axes.legend(loc="upper left", fontsize=8, frameon=False, ncols=1 + len(days) // 8)
        else:
            axes.text(0.5, 0.5, "nobody has decided yet", transform=axes.transAxes, ha="center", fontsize=9)
            axes.set_xticks([])
        axes.set_ylabel("records decided on", fontsize=9)
        axes.yaxis.set_major_locator(MaxNLocator(6, integer=True))
        axes.yaxis.set_major_formatter("{x:,.0f}")
        axes.tick_params(labelsize=8, length=3)
        axes.spines[["top", "right"]].set_visible(False)
        axes.grid(axis="y", color=INK, alpha=0.08)
        said = "; ".join(f"{name} {n:,}" for name, n in totals.items()) or "nobody yet"
        return rendered(figure, suffix, "Records decided on by each reviewer day after day", f"{said}.")


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
        if not alone:
            axes.text(0.5, 0.5, "no batch of 25 is full yet", transform=axes.transAxes, ha="center", fontsize=9)
            axes.set_xticks([])
        shares = [one["prevalence"] for one in alone]
        axes.plot([one["places"][1] for one in alone], shares, color=_CHANCE, linestyle=(0, (4, 3)), label="included")
        axes.set_ylim(min(-0.05, *axes.get_ylim()), 1.05)
        axes.set_xlabel("records decided on by two or more, batch by batch", fontsize=9)
        axes.set_ylabel("agreement of the batch", fontsize=9)
        axes.tick_params(labelsize=8, length=3)
        axes.spines[["top", "right"]].set_visible(False)
        axes.grid(axis="y", color=INK, alpha=0.08)
        if alone:
            axes.legend(loc="lower left", fontsize=8, frameon=False, ncols=3)
        said = "; ".join(f"to {one['places'][1]}: {one['prevalence']:.0%} included" for one in alone) or "no full batch"
        return rendered(figure, suffix, "Agreement of each batch as screening went on", f"Batches of 25, {said}.")


def bars_picture(title: str, bars: Sequence[tuple[str, int]], suffixes: Sequence[str]) -> dict[str, bytes]:
    """Return counts as horizontal bars with their numbers, the first at the top, as a file of each suffix."""
    with settings():
        labels = ["\n".join(wrapped(label, _LABEL_ROOM, _SMALL)) for label, _ in bars]
        lines = sum(label.count("\n") + 1.7 for label in labels)
        figure, axes = _canvas(6.4, (lines * _LINE + 24) / 72)
        places = list(accumulate((label.count("\n") + 1.7 for label in labels), initial=0.0))
        middles = [(a + b) / 2 for a, b in pairwise(places)]
        most = max((n for _, n in bars), default=1) or 1
        axes.barh(middles, [n for _, n in bars], height=1.0, color=_BAR)
        axes.set_yticks(middles, labels, fontsize=_SMALL, parse_math=False)
        axes.set_ylim(max(lines, 1), 0)
        axes.set_xlim(0, most * 1.12)
        for y, (_, n) in zip(middles, bars, strict=True):
            axes.text(n + most * 0.012, y, f"{n:,}", va="center", fontsize=_SMALL)
        axes.tick_params(length=0)
        axes.set_xticks([])
        axes.spines[["top", "right", "bottom"]].set_visible(False)
        said = "; ".join(f"{label} {n:,}" for label, n in bars)
        return {suffix: rendered(figure, suffix, title, f"{said}.") for suffix in suffixes}


def years_picture(title: str, bars: Sequence[tuple[str, int]], suffixes: Sequence[str]) -> dict[str, bytes]:
    """Return counts by year as upright bars, years without any among them, as a file of each suffix."""
    with settings():
        figure, axes = _canvas(min(max(4.2, 0.42 * len(bars) + 0.8), 11.0), 2.9)
        heights = [n for _, n in bars]
        axes.bar(range(len(bars)), heights, width=0.72, color=_BAR)
        turned = 90 if len(bars) > 14 else 0
        axes.set_xticks(range(len(bars)), [label for label, _ in bars], fontsize=_SMALL, rotation=turned)
        for x, n in enumerate(heights):
            axes.text(x, n + max(heights) * 0.015, f"{n:,}", ha="center", va="bottom", fontsize=_SMALL)
        axes.set_ylim(0, (max(heights) or 1) * 1.12)
        axes.set_yticks([])
        axes.tick_params(length=0)
        axes.spines[["top", "right", "left"]].set_visible(False)
        said = "; ".join(f"{label} {n:,}" for label, n in bars)
        return {suffix: rendered(figure, suffix, title, f"{said}.") for suffix in suffixes}


def shades_picture(
    title: str, rows: Sequence[str], columns: Sequence[str], counts: Sequence[Sequence[int]], suffixes: Sequence[str]
) -> dict[str, bytes]:
    """Return a crossing as a grid of shaded cells with their numbers, as a file of each suffix."""
    from matplotlib.colors import LinearSegmentedColormap

    most = max((n for row in counts for n in row), default=0) or 1
    with settings():
        labels = ["\n".join(wrapped(label, _LABEL_ROOM, _SMALL)) for label in rows]
        heads = ["\n".join(wrapped(label, 110.0, _SMALL)) for label in columns]
        height = sum((label.count("\n") + 1) * _LINE + 9 for label in labels)
        figure, axes = _canvas(3.1 + 0.42 * len(columns), (height + 130) / 72)
        colours = LinearSegmentedColormap.from_list("ours", _SHADES)
        axes.pcolormesh(counts, cmap=colours, vmin=0, vmax=most, edgecolors="white", linewidth=0.6)
        axes.set_yticks([k + 0.5 for k in range(len(rows))], labels, fontsize=_SMALL, parse_math=False)
        axes.set_xticks([k + 0.5 for k in range(len(columns))], heads, fontsize=_SMALL, rotation=90, parse_math=False)
        axes.invert_yaxis()
        axes.xaxis.tick_top()
        axes.tick_params(length=0)
        axes.spines[:].set_visible(False)
        for y, row in enumerate(counts):
            for x, n in enumerate(row):
                colour = "white" if n > 0.55 * most else INK
                axes.text(
                    x + 0.5, y + 0.5, str(n) if n else "·", ha="center", va="center", fontsize=_SMALL, color=colour
                )
        said = f"{len(rows)} rows by {len(columns)} columns, the most in a cell is {most:,}"
        return {suffix: rendered(figure, suffix, title, f"{said}.") for suffix in suffixes}


def _canvas(width: float, height: float) -> tuple[Figure, Axes]:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, max(height, 0.9)), layout="constrained", facecolor="white")
    return figure, figure.add_subplot()
