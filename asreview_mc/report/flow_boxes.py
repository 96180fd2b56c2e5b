"""What the boxes of the PRISMA 2020 flow say and where they stand, in points from the top left corner.

Every box is as high as its text needs, so that no number and no reason outgrows it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from asreview_mc.report.drawing import unbroken, width_of, wrapped
from asreview_mc.report.flow_numbers import Prisma

SIZE = 8.5
LINE = 11.5
PAD = 7.0
MARGIN = 6.0
LABEL = 19.0
LABEL_GAP = 9.0
TITLE = 24.0
MAIN = 190.0
SIDE = 212.0
ACROSS = 30.0
BETWEEN_COLUMNS = 30.0
ROW_GAP = 17.0
_INDENT = 10.0
_HANG = 6.0
_ROWS = {
    "identified": "Identification",
    "unread": "Screening",
    "screened": "Screening",
    "waiting": "Screening",
    "sought": "Screening",
    "reading": "Screening",
    "assessed": "Screening",
    "included": "Included",
    "total": "Included",
}
"""Every row, from the top, and the stage whose side label it stands beside."""


@dataclass(frozen=True, slots=True)
class Text:
    """One item of a box: wrapped to the box, `depth` steps in from its edge."""

    text: str
    depth: int = 0


@dataclass(frozen=True, slots=True)
class Pair:
    """Boxes of one row in one column: `main` on the way down, `side` for what leaves it (dashed where it waits)."""

    main: tuple[Text, ...] = ()
    side: tuple[Text, ...] = ()
    waits: bool = False


@dataclass(frozen=True, slots=True)
class Placed:
    """A box in its place; `lines` are (text, indent in points), `kind` is title, label, main, side or waiting.

    `column` is 0 for databases and registers, 1 for other methods, -1 for previous studies, which stand to the left.
    """

    kind: str
    column: int
    row: str
    x: float
    y: float
    width: float
    height: float
    lines: tuple[tuple[str, float], ...]

    @property
    def middle(self) -> tuple[float, float]:
        """Its centre."""
        return self.x + self.width / 2, self.y + self.height / 2


@dataclass(frozen=True, slots=True)
class Layout:
    """All boxes and the size of the picture, in points."""

    width: float
    height: float
    boxes: tuple[Placed, ...]


def layout(prisma: Prisma) -> Layout:
    """Place every box; call it inside `drawing.settings`, since it measures text."""
    updated = prisma.updated
    new = "new studies" if updated else "studies"
    columns = {0: (f"Identification of {new} via databases and registers", _databases(prisma))}
    if prisma.other_results:
        columns[1] = (f"Identification of {new} via other methods", _other(prisma))
    if updated:
        columns[-1] = ("Previous studies", _previous(prisma))
    boxes: list[Placed] = []
    y = MARGIN
    for column, (title, _) in columns.items():
        width = MAIN if column < 0 else MAIN + ACROSS + SIDE
        boxes.append(
            Placed("title", column, "", _left(column, updated), y, width, TITLE, _lines((Text(title),), width))
        )
    y += TITLE + ROW_GAP
    rows = [row for row in _ROWS if any(row in pairs for _, pairs in columns.values())]
    spans: dict[str, tuple[float, float]] = {}
    for row in rows:
        pairs = {column: pairs.get(row, Pair()) for column, (_, pairs) in columns.items()}
        height = max(_height(lines) for pair in pairs.values() for lines in _both(pair))
        stage = _ROWS[row]
        if row == [other for other in rows if _ROWS[other] == stage][-1]:
            start = spans.get(stage, (y, y))[0]
            height = max(height, width_of(stage, SIZE, True) + 2 * PAD - (y - start))
        for column, pair in pairs.items():
            boxes += _placed(pair, column, row, _left(column, updated), y, height)
        spans[stage] = (spans.get(stage, (y, y))[0], y + height)
        y += height + ROW_GAP
    for stage, (start, end) in spans.items():
        boxes.append(Placed("label", 0, "", MARGIN, start, LABEL, end - start, ((stage, 0.0),)))
    width = _left(max(columns), updated) + MAIN + ACROSS + SIDE + MARGIN
    return Layout(width, y - ROW_GAP + MARGIN, tuple(boxes))


def _left(column: int, updated: bool) -> float:
    before = MARGIN + LABEL + LABEL_GAP
    if column < 0:
        return before
    return before + updated * (MAIN + BETWEEN_COLUMNS) + column * (MAIN + ACROSS + SIDE + BETWEEN_COLUMNS)


def _both(pair: Pair) -> Iterator[tuple[tuple[str, float], ...]]:
    yield _lines(pair.main, MAIN)
    yield _lines(pair.side, SIDE)


def _placed(pair: Pair, column: int, row: str, left: float, y: float, height: float) -> Iterator[Placed]:
    main, side = _both(pair)
    for kind, lines, x, width in (
        ("main", main, left, MAIN),
        ("waiting" if pair.waits else "side", side, left + MAIN + ACROSS, SIDE),
    ):
        if lines:
            own = _height(lines)
            yield Placed(kind, column, row, x, y + (height - own) / 2, width, own, lines)


def _lines(texts: tuple[Text, ...], width: float) -> tuple[tuple[str, float], ...]:
    """Wrap each item to the box; the lines of an item below the heading hang under its first."""
    found: list[tuple[str, float]] = []
    for item in texts:
        indent, hang = item.depth * _INDENT, _HANG * bool(item.depth)
        first, *rest = wrapped(item.text, width - 2 * PAD - indent, SIZE, hang)
        found += [(first, indent), *((line, indent + hang) for line in rest)]
    return tuple(found)


def _height(lines: tuple[tuple[str, float], ...]) -> float:
    return len(lines) * LINE + 2 * PAD if lines else 0.0


def _n(name: str, n: int) -> str:
    plain = "".join(character for character in " ".join(name.split()) if character.isprintable())
    return f"{plain} {unbroken(f'(n = {n:,})')}"


def _items(items: Mapping[str, int], depth: int) -> Iterator[Text]:
    yield from (Text(_n(name, n), depth) for name, n in items.items())


def _sources(kind: str, n: int, items: Mapping[str, int]) -> Iterator[Text]:
    yield Text(_n(kind, n), 1)
    if len(items) > 1:
        yield from _items(items, 2)


def _databases(n: Prisma) -> dict[str, Pair]:
    identified = (
        Text("Records identified from:"),
        *_sources("Databases", n.database_results, n.database_specific_results),
        *_sources("Registers", n.register_results, n.register_specific_results),
    )
    removed = (
        Text("Records removed before screening:"),
        Text(_n("Duplicate records removed", n.duplicates), 1),
        Text(_n(n.by_automation, n.excluded_automatic), 1),
        Text(_n("Records removed for other reasons", n.excluded_other), 1),
    )
    pairs = {
        "identified": Pair(identified, removed),
        "unread": _waiting("Records not screened", n.not_screened),
        "screened": _pair("Records screened", n.records_screened, "Records excluded", n.records_excluded),
        "waiting": _waiting("Records whose screening is not finished", n.pending_abstract),
        "sought": _pair(
            "Reports sought for retrieval", n.dbr_sought_reports, "Reports not retrieved", n.dbr_notretrieved_reports
        ),
        "reading": _waiting("Reports whose assessment is not finished", n.pending_fulltext),
        "assessed": Pair(
            (Text(_n("Reports assessed for eligibility", n.dbr_assessed)),), tuple(_excluded(n.dbr_excluded))
        ),
        "included": _included(
            "Studies included in review", "Reports of included studies", n.new_studies, n.new_reports
        ),
    }
    if n.updated:
        pairs["included"] = _included(
            "New studies included in review", "Reports of new included studies", n.new_studies, n.new_reports
        )
        pairs["total"] = _included(
            "Total studies included in review", "Reports of total included studies", n.total_studies, n.total_reports
        )
    return {row: pair for row, pair in pairs.items() if pair != Pair()}


def _previous(n: Prisma) -> dict[str, Pair]:
    found = _included(
        "Studies included in previous version of review",
        "Reports of studies included in previous version of review",
        n.previous_studies,
        n.previous_reports,
    )
    if n.previous_unfinished:
        left = "Records of the previous version not screened or not finished"
        found = Pair((*found.main, Text(_n(left, n.previous_unfinished))))
    return {"identified": found}


def _included(studies: str, reports: str, n_studies: int, n_reports: int) -> Pair:
    return Pair((Text(_n(studies, n_studies)), Text(_n(reports, n_reports))))


def _other(n: Prisma) -> dict[str, Pair]:
    """Say what the other column says; its screening on title and abstract shows where it took or keeps out records."""
    identified = (
        Text("Records identified from:"),
        Text(_n("Websites", n.website_results), 1),
        Text(_n("Organisations", n.organisation_results), 1),
        Text(_n("Citation searching", n.citations_results), 1),
    )
    removed = [
        Text(_n(name, number), 1)
        for name, number in (
            ("Duplicate records removed", n.other_duplicates),
            (n.by_automation, n.other_automatic),
            ("Records removed for other reasons", n.other_removed),
        )
        if number
    ]
    screened = n.other_records_excluded or n.other_pending_abstract or n.other_not_screened
    pairs = {
        "identified": Pair(identified, (Text("Records removed before screening:"), *removed) if removed else ()),
        "unread": _waiting("Records not screened", n.other_not_screened),
        "screened": _pair("Records screened", n.other_records_screened, "Records excluded", n.other_records_excluded)
        if screened
        else Pair(),
        "waiting": _waiting("Records whose screening is not finished", n.other_pending_abstract),
        "sought": _pair(
            "Reports sought for retrieval",
            n.other_sought_reports,
            "Reports not retrieved",
            n.other_notretrieved_reports,
        ),
        "reading": _waiting("Reports whose assessment is not finished", n.other_pending_fulltext),
        "assessed": Pair(
            (Text(_n("Reports assessed for eligibility", n.other_assessed)),), tuple(_excluded(n.other_excluded))
        ),
    }
    return {row: pair for row, pair in pairs.items() if pair != Pair()}


def _pair(main: str, main_n: int, side: str, side_n: int) -> Pair:
    return Pair((Text(_n(main, main_n)),), (Text(_n(side, side_n)),))


def _waiting(name: str, n: int) -> Pair:
    return Pair(side=(Text(_n(name, n)),), waits=True) if n else Pair()


def _excluded(reasons: Mapping[str, int]) -> Iterator[Text]:
    if not reasons:
        yield Text(_n("Reports excluded", 0))
        return
    yield Text("Reports excluded:")
    yield from _items(reasons, 1)
