"""The flow diagram: nothing outgrows its box, the same numbers give the same file."""

import itertools
from dataclasses import replace
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from asreview_mc.core.errors import OutputError
from asreview_mc.report import drawing
from asreview_mc.report.counts import count
from asreview_mc.report.flow import SUFFIXES, draw, figure, picture
from asreview_mc.report.flow_boxes import PAD, SIZE, layout
from asreview_mc.report.flow_numbers import Prisma

PLAIN = Prisma(database_results=3, records_screened=3, records_excluded=1, dbr_sought_reports=2, dbr_assessed=2)
NUMBERS = [name for name, item in Prisma.__dataclass_fields__.items() if item.type == "int"]
MILLIONS = Prisma(**dict.fromkeys(NUMBERS, 1_234_567))
REASONS = {f"reason {k} that is long {'Donaudampfschifffahrt' * k} $x_1$": 10**k for k in range(1, 13)}


def placed(prisma):
    with drawing.settings():
        return layout(prisma)


def apart(one, other):
    return (
        one.x + one.width <= other.x
        or other.x + other.width <= one.x
        or one.y + one.height <= other.y
        or other.y + other.height <= one.y
    )


def inside(found, box, slack=0.6):
    """Whether each line, as matplotlib draws it, lies inside its box."""
    return all(
        box.x - slack <= x0
        and x1 <= box.x + box.width + slack
        and box.y - slack <= y0
        and y1 <= box.y + box.height + slack
        for x0, y0, x1, y1 in found
    )


@pytest.mark.parametrize(
    "prisma", [Prisma(), PLAIN, MILLIONS, replace(MILLIONS, dbr_excluded=REASONS, other_excluded=REASONS)]
)
def test_drawn_text_stays_in_its_box(prisma):
    """Every text that matplotlib draws lies in a box, with zeros, with millions, with twelve long reasons."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    with drawing.settings():
        plan = layout(prisma)
        drawn = figure(plan)
        canvas = FigureCanvasAgg(drawn)
        canvas.draw()
        (axes,) = drawn.axes
        to_points = axes.transData.inverted()
        extents = {}
        for text in axes.texts:
            (x0, y0), (x1, y1) = to_points.transform(text.get_window_extent(canvas.get_renderer()))
            extents.setdefault(text.get_text(), []).append((min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)))
    for box in plan.boxes:
        for line in {line for line, _ in box.lines}:
            assert any(inside([extent], box) for extent in extents[line]), line
    assert sum(map(len, extents.values())) == sum(
        len(box.lines) if box.kind not in ("title", "label") else 1 for box in plan.boxes
    )


names = st.text(st.characters(blacklist_categories=["Cs"]), min_size=1, max_size=80)


@settings(max_examples=25, deadline=None)
@given(st.dictionaries(names, st.integers(0, 10**12), max_size=6), st.integers(0, 10**12), st.booleans())
def test_no_line_is_wider_than_its_box_and_no_boxes_meet(items, n, other):
    """Whatever the names and numbers, lines fit, boxes stand apart and all lie on the picture."""
    prisma = Prisma(
        database_results=n,
        database_specific_results=items,
        dbr_excluded=items,
        not_screened=n,
        citations_results=n * other,
        other_excluded=items,
    )
    with drawing.settings():
        plan = layout(prisma)
        for box in plan.boxes:
            if box.kind not in ("title", "label"):
                for line, indent in box.lines:
                    one_character = len(line) == 1
                    assert drawing.width_of(line, SIZE) <= box.width - 2 * PAD - indent or one_character
    for box in plan.boxes:
        assert box.x >= 0 and box.x + box.width <= plan.width and box.y >= 0 and box.y + box.height <= plan.height
    assert all(apart(one, two) for one, two in itertools.combinations(plan.boxes, 2))


def test_a_number_is_never_broken():
    """``(n = 1,234,567)`` stands on one line in every box."""
    for box in placed(MILLIONS).boxes:
        if box.kind not in ("title", "label"):
            said = [line.count("(n") == line.count(")") for line, _ in box.lines]
            assert all(said)


def test_unread_and_unfinished_are_drawn_apart():
    """Boxes for records not screened or not finished appear only where there are any, and are dashed."""
    assert not any(box.kind == "waiting" for box in placed(PLAIN).boxes)
    waiting = [
        box.lines[0][0]
        for box in placed(replace(PLAIN, not_screened=4, pending_abstract=2, pending_fulltext=1)).boxes
        if box.kind == "waiting"
    ]
    assert [line.replace("\u00a0", " ") for line in waiting] == [
        "Records not screened (n = 4)",
        "Records whose screening is not finished",
        "Reports whose assessment is not finished",
    ]


def test_other_methods_have_a_column_only_with_records():
    """One column without, two with records from other methods."""
    assert {box.column for box in placed(PLAIN).boxes} == {0}
    assert {box.column for box in placed(replace(PLAIN, website_results=1)).boxes} == {0, 1}


def test_the_other_column_shows_its_screening_where_it_took_records():
    """Records from other methods excluded on title and abstract have a box, so that its numbers add up too."""
    without = placed(replace(PLAIN, website_results=2, other_records_screened=2, other_sought_reports=2))
    with_one = placed(replace(PLAIN, website_results=2, other_records_screened=2, other_records_excluded=1))
    assert not any(box.column == 1 and box.row == "screened" for box in without.boxes)
    assert sum(box.column == 1 and box.row == "screened" for box in with_one.boxes) == 2


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_the_same_numbers_give_the_same_file(tmp_path, suffix):
    """Two drawings are equal to the byte, and a suffix in capitals is the same suffix."""
    draw(PLAIN, tmp_path / f"a{suffix}")
    draw(PLAIN, tmp_path / f"b{suffix.upper()}")
    assert (tmp_path / f"a{suffix}").read_bytes() == (tmp_path / f"b{suffix.upper()}").read_bytes()
    assert picture(MILLIONS, suffix) != picture(PLAIN, suffix)


def test_svg_says_what_it_shows(finished):
    """The SVG parses, has outlines for text, and names its numbers in title and description."""
    prisma = replace(count(finished.state), dbr_excluded={"a <b> & c": 1})
    svg = picture(prisma, ".svg").decode("utf-8")
    root = ElementTree.fromstring(svg)
    space = "{http://www.w3.org/2000/svg}"
    assert root.find(f"{space}title").text == "PRISMA 2020 flow diagram"
    assert "Records screened (n = 9)" in root.find(f"{space}desc").text
    assert "a <b> & c (n = 1)" in root.find(f"{space}desc").text
    assert not list(root.iter(f"{space}text"))
    assert "matplotlib.org" not in svg


def test_an_embedded_figure_keeps_to_itself():
    """Two figures in one page share no id, and references inside each still lead somewhere."""
    svg = picture(PLAIN, ".svg").decode("utf-8")
    one, two = (ElementTree.fromstring(drawing.embeddable(svg, prefix)) for prefix in ("a-", "b-"))
    ids = [{node.get("id") for node in root.iter() if node.get("id")} for root in (one, two)]
    assert ids[0] and not ids[0] & ids[1]
    links = {node.get("{http://www.w3.org/1999/xlink}href") for node in one.iter()} - {None}
    assert {link[1:] for link in links} <= ids[0]


def test_unknown_suffix_is_refused(tmp_path):
    """One line names the formats."""
    with pytest.raises(OutputError, match=r"\.svg, \.png, \.pdf"):
        draw(PLAIN, tmp_path / "flow.bmp")
    assert not list(tmp_path.iterdir())


def test_a_script_without_a_font_is_drawn_without_a_warning():
    """A character that no font has neither stops the drawing nor prints at the terminal (warnings are errors here)."""
    assert picture(replace(PLAIN, dbr_excluded={"微型证书 \U0001f9ea": 1}), ".png")
