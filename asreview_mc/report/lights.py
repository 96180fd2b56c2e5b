"""Quality appraisal at a glance: a light for each paper and question, told by its sign as well as by its colour."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from asreview_mc.report.drawing import INK, font, rendered, settings, width_of, wrapped

LIGHTS = {
    "yes": ("#2a7f3f", "+"),
    "no": ("#c0392b", "−"),
    "unclear": ("#e0a100", "?"),
    "not applicable": ("#b8bec4", "n/a"),
}
_OTHERS = ("#4a7ebb", "#7b5aa6", "#2b8f93", "#a05a2c", "#6b7280")
_EMPTY = "#eceef0"
_SIZE = 8.0
_LINE = 11.0
_STEP = 22.0
_LABEL = 220.0
_MARGIN = 10.0
MOST = 200
"""Papers that one picture shows."""


def lights_picture(
    title: str,
    papers: Sequence[tuple[str, Mapping[str, str]]],
    questions: Sequence[tuple[str, str]],
    suffixes: Sequence[str],
) -> dict[str, bytes]:
    """Return a row per paper and a column per question, as a file of each suffix.

    Parameters
    ----------
    papers : sequence of (label, answers by code)
        At most `MOST`.
    questions : sequence of (code, question)
        Numbered over the columns, and written out below.
    """
    from matplotlib.figure import Figure
    from matplotlib.patches import Circle

    with settings():
        labels = [wrapped(label, _LABEL, _SIZE) for label, _ in papers]
        heights = [max(len(lines) * _LINE + 6, _STEP) for lines in labels]
        width = max(_LABEL + _STEP * len(questions) + 3 * _MARGIN, 460.0)
        legend = _legend(papers)
        below = [wrapped(f"{k}. {text}", width - 2 * _MARGIN, _SIZE, 12.0) for k, (_, text) in enumerate(questions, 1)]
        height = _MARGIN * 4 + _STEP + sum(heights) + _STEP + sum(len(lines) for lines in below) * _LINE
        drawn = Figure(figsize=(width / 72, height / 72), facecolor="white")
        axes = drawn.add_axes((0, 0, 1, 1))
        axes.set_axis_off()
        axes.set_xlim(0, width)
        axes.set_ylim(height, 0)

        def say(x: float, y: float, text: str, bold: bool = False, ha: str = "left", color: str = INK) -> None:
            axes.text(x, y, text, fontproperties=font(_SIZE, bold), ha=ha, va="center", color=color, parse_math=False)

        def light(x: float, y: float, answer: str) -> None:
            colour, sign = _light(answer)
            axes.add_patch(Circle((x, y), 8.0, facecolor=colour, edgecolor="none"))
            axes.text(
                x,
                y,
                sign,
                fontproperties=font(5.5 if len(sign) > 1 else 9.0, True),
                ha="center",
                va="center",
                color="white",
            )

        y = _MARGIN + _STEP / 2
        left = _LABEL + 2 * _MARGIN + _STEP / 2
        for k in range(len(questions)):
            say(left + k * _STEP, y, str(k + 1), True, "center")
        y += _STEP / 2
        for (_, answers), lines, tall in zip(papers, labels, heights, strict=True):
            for k, line in enumerate(lines):
                say(_MARGIN, y + tall / 2 + (k - (len(lines) - 1) / 2) * _LINE, line)
            for k, (code, _) in enumerate(questions):
                light(left + k * _STEP, y + tall / 2, answers.get(code, ""))
            y += tall
        y += _MARGIN + _STEP / 2
        x = _MARGIN + 8
        for answer in legend:
            light(x, y, answer)
            say(x + 13, y, answer or "not appraised")
            x += 26 + width_of(answer or "not appraised", _SIZE)
        y += _STEP / 2 + _MARGIN
        for lines in below:
            for k, line in enumerate(lines):
                say(_MARGIN + 12.0 * bool(k), y + _LINE / 2, line)
                y += _LINE
        said = f"{len(papers)} papers by {len(questions)} questions"
        return {suffix: rendered(drawn, suffix, title, f"{said}.") for suffix in suffixes}


def _legend(papers: Sequence[tuple[str, Mapping[str, str]]]) -> list[str]:
    given = {answer for _, answers in papers for answer in answers.values()}
    return [*LIGHTS, *sorted(given - set(LIGHTS) - {""}), ""]


def _light(answer: str) -> tuple[str, str]:
    if not answer:
        return _EMPTY, ""
    # An answer of the team's own has the sign it begins with and a colour that is the same wherever it stands.
    own = (_OTHERS[sum(map(ord, answer)) % len(_OTHERS)], answer[0].upper())
    return LIGHTS.get(answer, own)
