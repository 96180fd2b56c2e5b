"""The PRISMA 2020 flow diagram as a picture.

After Page et al. (2021), doi 10.1136/bmj.n71. Dashed boxes, which PRISMA does not have, hold what nobody has read or
finished yet, so that the numbers down the page add up at any time.
"""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from asreview_mc.report.drawing import font, rendered, settings
from asreview_mc.report.flow_boxes import LINE, PAD, SIZE, Layout, Placed, layout
from asreview_mc.report.flow_numbers import Prisma
from asreview_mc.report.writing import suffix_of, write

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

SUFFIXES = (".svg", ".png", ".pdf")
_TITLE = "PRISMA 2020 flow diagram"
_FILL = {"title": "#f6e3a8", "label": "#cfe0f3", "main": "white", "side": "white", "waiting": "#f6f6f4"}
_TITLE_OTHER = "#e4e4e0"
_EDGE = "#57606a"
_HEAD = 4.5


def draw(prisma: Prisma, path: Path) -> None:
    """Draw the flow into a file.

    Raises
    ------
    OutputError
        If the suffix is not .svg, .png or .pdf, or the file cannot be written.
    """
    write(path, picture(prisma, suffix_of(path, SUFFIXES)))


def picture(prisma: Prisma, suffix: str) -> bytes:
    """Return the flow as the bytes of an .svg, .png or .pdf file; the same numbers give the same bytes."""
    with settings():
        placed = layout(prisma)
        return rendered(figure(placed), suffix, _TITLE, _in_words(placed))


def figure(placed: Layout) -> Figure:
    """Return the figure, one point to a unit, y downwards; call it inside `drawing.settings`."""
    from matplotlib.figure import Figure

    drawn = Figure(figsize=(placed.width / 72, placed.height / 72), facecolor="white")
    axes = drawn.add_axes((0, 0, 1, 1))
    axes.set_axis_off()
    axes.set_xlim(0, placed.width)
    axes.set_ylim(placed.height, 0)
    for box in placed.boxes:
        _box(axes, box)
    _arrows(axes, placed)
    return drawn


def _box(axes: Axes, box: Placed) -> None:
    from matplotlib.patches import FancyBboxPatch

    banner = box.kind in ("title", "label")
    axes.add_patch(
        FancyBboxPatch(
            (box.x, box.y),
            box.width,
            box.height,
            boxstyle=f"round,pad=0,rounding_size={5 if banner else 1.5}",
            facecolor=_TITLE_OTHER if box.kind == "title" and box.column else _FILL[box.kind],
            edgecolor="none" if banner else _EDGE,
            linewidth=0.8,
            linestyle=(0, (3, 2)) if box.kind == "waiting" else "-",
        )
    )
    if banner:
        x, y = box.middle
        upright = 90 if box.kind == "label" else 0
        text = " ".join(line for line, _ in box.lines)
        _text(axes, x, y, text, bold=True, ha="center", va="center", rotation=upright, rotation_mode="anchor")
        return
    for number, (line, indent) in enumerate(box.lines):
        _text(axes, box.x + PAD + indent, box.y + PAD + (number + 0.78) * LINE, line, va="baseline")


def _text(axes: Axes, x: float, y: float, text: str, *, bold: bool = False, **how: Any) -> None:  # noqa: ANN401
    axes.text(x, y, text, fontproperties=font(SIZE, bold), parse_math=False, **how)


def _arrows(axes: Axes, placed: Layout) -> None:
    for column in {box.column for box in placed.boxes}:
        mains = [box for box in placed.boxes if box.kind == "main" and box.column == column]
        x = mains[0].middle[0]
        for above, below in pairwise(mains):
            _arrow(axes, [(x, above.y + above.height), (x, below.y)])
        for side in (box for box in placed.boxes if box.kind in ("side", "waiting") and box.column == column):
            beside = next((box for box in mains if box.row == side.row), None)
            start = beside.x + beside.width if beside else x
            _arrow(axes, [(start, side.middle[1]), (side.x, side.middle[1])], dashed=side.kind == "waiting")
    included = next(box for box in placed.boxes if box.row == "included")
    for last in [box for box in placed.boxes if box.kind == "main" and box.column == 1][-1:]:
        x, y = last.middle[0], included.middle[1]
        _arrow(axes, [(x, last.y + last.height), (x, y), (included.x + included.width, y)])
    total = next((box for box in placed.boxes if box.row == "total"), None)
    for before in [box for box in placed.boxes if total and box.kind == "main" and box.column < 0]:
        x, y = before.middle[0], total.middle[1] if total else 0.0
        _arrow(axes, [(x, before.y + before.height), (x, y), (total.x if total else x, y)])


def _arrow(axes: Axes, points: list[tuple[float, float]], *, dashed: bool = False) -> None:
    """Draw a line through points, horizontal or vertical, with a head at its end."""
    from matplotlib.lines import Line2D
    from matplotlib.patches import Polygon

    (x0, y0), (x, y) = points[-2:]
    dx, dy = _sign(x - x0), _sign(y - y0)
    neck = (x - dx * _HEAD, y - dy * _HEAD)
    xs, ys = zip(*points[:-1], neck, strict=True)
    axes.add_line(Line2D(xs, ys, color=_EDGE, linewidth=0.8, linestyle=(0, (3, 2)) if dashed else "-"))
    half = _HEAD * 0.42
    wings = [(neck[0] + dy * half, neck[1] + dx * half), (neck[0] - dy * half, neck[1] - dx * half)]
    axes.add_patch(Polygon([(x, y), *wings], closed=True, facecolor=_EDGE, edgecolor="none"))


def _sign(number: float) -> int:
    return (number > 0) - (number < 0)


def _in_words(placed: Layout) -> str:
    said = (" ".join(line for line, _ in box.lines) for box in placed.boxes if box.kind != "label")
    return "; ".join(text.replace("\u00a0", " ") for text in said) + "."
