"""What every figure shares: one font that ships with matplotlib, text measured before it is set, no dates in files.

Text becomes outlines in SVG, so that a figure looks the same everywhere and nothing outgrows its box; what it says
stands beside it as the SVG's title and description.
"""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from matplotlib.font_manager import FontProperties

INK = "#1f2328"
DPI = 200
_FONT = "DejaVu Sans"
_WIDER_FONTS = (
    "Noto Sans CJK SC",
    "Noto Sans CJK JP",
    "Noto Sans",
    "Arial Unicode MS",
    "Microsoft YaHei",
    "PingFang SC",
)
_UNBROKEN = "\u00a0"


@contextmanager
def settings() -> Iterator[None]:
    """Hold matplotlib to our font and to files that do not change from run to run.

    A character that no font here has is drawn as an empty box, without a warning at the user's terminal.
    """
    import matplotlib as mpl

    ours: dict[str, Any] = {
        "font.family": list(_families()),
        "svg.fonttype": "path",
        "svg.hashsalt": "asreview-mc",
        "pdf.fonttype": 42,
        "text.hinting": "no_hinting",
        "axes.edgecolor": INK,
        "text.color": INK,
        "axes.labelcolor": INK,
        "xtick.color": INK,
        "ytick.color": INK,
    }
    with warnings.catch_warnings(), mpl.rc_context(ours):
        warnings.filterwarnings("ignore", r"Glyph \d+ .* missing from font")
        yield


@cache
def _families() -> tuple[str, ...]:
    """Return our font, and after it those installed here that know more scripts."""
    from matplotlib.font_manager import fontManager

    installed = {font.name for font in fontManager.ttflist}
    return (_FONT, *(name for name in _WIDER_FONTS if name in installed))


@cache
def font(size: float, bold: bool = False) -> FontProperties:
    """Return the font for text of a size in points."""
    from matplotlib.font_manager import FontProperties

    return FontProperties(family=list(_families()), size=size, weight="bold" if bold else "normal")


@lru_cache(maxsize=10_000)
def width_of(text: str, size: float, bold: bool = False) -> float:
    """Return the width of a line of text in points; call it inside `settings`."""
    from matplotlib.textpath import text_to_path

    return float(text_to_path.get_text_width_height_descent(text, font(size, bold), ismath=False)[0])


def wrapped(text: str, width: float, size: float, hang: float = 0.0) -> list[str]:
    """Break text into lines no wider than `width` points, those after the first by `hang` less.

    It breaks between words where it can and inside a word where it must.
    """
    lines: list[str] = []
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and width_of(longer, size) <= width - hang * (len(lines) > 1):
            lines[-1] = longer
            continue
        while word:
            fits = _fitting(word, width - hang * bool(lines), size)
            lines.append(word[:fits])
            word = word[fits:]
    return lines or [""]


def _fitting(word: str, width: float, size: float) -> int:
    """Return how many characters of a word fit into `width`, at least one."""
    if width_of(word, size) <= width:
        return len(word)
    return next((k for k in range(len(word) - 1, 1, -1) if width_of(word[:k], size) <= width), 1)


def unbroken(text: str) -> str:
    """Return text that `wrapped` keeps on one line."""
    return text.replace(" ", _UNBROKEN)


def rendered(figure: Figure, suffix: str, title: str, description: str) -> bytes:
    """Return a figure as the bytes of an .svg, .png or .pdf file; call it inside `settings`.

    Parameters
    ----------
    description : str
        What the figure says, in words, for those who cannot see it; SVG only.
    """
    metadata: Mapping[str, Mapping[str, str | None]] = {
        ".svg": {"Title": title},
        ".png": {"Title": title, "Software": None},
        ".pdf": {"CreationDate": None, "Title": title},
    }
    buffer = io.BytesIO()
    figure.savefig(buffer, format=suffix[1:], dpi=DPI, metadata=metadata[suffix])
    if suffix != ".svg":
        return buffer.getvalue()
    return _described(buffer.getvalue().decode("utf-8"), description).encode("utf-8")


def _described(svg: str, description: str) -> str:
    svg = re.sub(r" *<metadata>.*?</metadata>\n", "", svg, flags=re.DOTALL)  # names the version of matplotlib
    head, title, rest = re.split(r"(<title>.*?</title>)", svg, maxsplit=1, flags=re.DOTALL)
    head = head.replace("<svg ", '<svg role="img" ', 1)
    return f"{head}{title}\n <desc>{escape(description)}</desc>{rest}"


def embeddable(svg: str, prefix: str) -> str:
    """Return an SVG to stand inside a page: no XML prologue, and ids of its own among others' figures."""
    inner = svg[svg.index("<svg ") :]
    return re.sub(r'(\bid="|href="#|url\(#)', lambda found: found.group() + prefix, inner)
