"""What the included papers are, counted from what stands: by database, year, place, design, focus and sub-topic."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import chain

from asreview_mc.core.protocol import EXTRACTION, ExtractionField
from asreview_mc.core.record import Record
from asreview_mc.report import tables
from asreview_mc.report.table import Category, Table, crossing, distribution, ordered
from asreview_mc.review import answers
from asreview_mc.review.eligibility import eligibility
from asreview_mc.review.forms import values
from asreview_mc.review.state import State
from asreview_mc.review.topics import unconfirmed

COUNTED = ("single", "multi", "country", "countries")
SMALL = 10
"""Per cent of the base below which a category counts as small, and so as a gap."""
_OPEN = "not extracted"


def all_distributions(state: State, records: Mapping[str, Record]) -> list[Table]:
    """Return every distribution and crossing of the included papers that has something to count."""
    included = eligibility(state).included
    found = [by_source(state), by_year(state, records)]
    fields = [field for field in state.protocol.extraction if field.type in COUNTED and not _is_topics(field)]
    by_field = {field.code: categories(state, field) for field in fields}
    found += [
        _of_field(field, by_field[field.code], len(included))
        for field in fields
        if any(one.papers for one in by_field[field.code])
    ]
    topics = topic_categories(state)
    if any(one.papers for one in topics):
        found.append(by_topic(state))
        years = [Category(str(row["year"] or "no year"), tuple(row["papers"])) for row in tables.years(state, records)]
        note = f"Included papers confirmed to be on a sub-topic, of {len(included):,}. A paper may be on several."
        found.append(crossing("subtopic-by-year", "Sub-topics by year of publication", topics, years, note=note))
        for field in (one for one in fields if _is_place(one) and any(row.papers for row in by_field[one.code])):
            title = f"Sub-topics by {field.label}"
            found.append(crossing(f"subtopic-by-{field.code}", title, topics, by_field[field.code], note=note))
        together = "The diagonal counts the papers on a sub-topic, every other cell those on both."
        found.append(crossing("subtopics-together", "Sub-topics that occur together", topics, topics, note=together))
    return [table for table in found if table.rows]


def by_source(state: State) -> Table:
    """Return the included papers by where they were found; one held by several counts in each."""
    rows = tables.sources(state)
    papers: dict[str, list[str]] = {}
    for row in rows:
        papers.setdefault(row["source"], []).extend(row["papers"])
    base = len(eligibility(state).included)
    found = [Category(name, tuple(dict.fromkeys(ids))) for name, ids in papers.items()]
    note = "A paper that several hold counts in each of them."
    return distribution(
        "by-database", "Included papers by database", "database", found, base=base, base_is="included papers", note=note
    )


def by_year(state: State, records: Mapping[str, Record]) -> Table:
    """Return the included papers by year of publication, the years without any between them as well."""
    found = [Category(str(row["year"] or "no year"), tuple(row["papers"])) for row in tables.years(state, records)]
    base = len(eligibility(state).included)
    made = distribution(
        "by-year", "Included papers by year of publication", "year", found, base=base, base_is="included papers"
    )
    return Table(made.name, made.title, made.header, made.rows, made.papers, note=made.note, kind="years")


def by_topic(state: State) -> Table:
    """Return the included papers by sub-topic, grouped by topic in the protocol's order."""
    base, open_ = len(eligibility(state).included), len(unconfirmed(state))
    note = "A paper may be on several sub-topics, so shares do not sum to 100 %."
    note += f" Not confirmed yet: {open_:,} {'paper' if open_ == 1 else 'papers'}." if open_ else ""
    return distribution(
        "by-subtopic",
        "Included papers by sub-topic",
        "sub-topic",
        topic_categories(state),
        base=base,
        base_is="included papers",
        note=note,
    )


def topic_categories(state: State) -> list[Category]:
    """Return the sub-topics with their papers, those of one topic together."""
    rows = [Category(row["label"], tuple(row["papers"]), row["group"]) for row in tables.subtopics(state)]
    groups = list(dict.fromkeys(row.group for row in rows))
    return sorted(rows, key=lambda row: groups.index(row.group))


def categories(state: State, field: ExtractionField) -> list[Category]:
    """Return the categories of a field of the extraction form with the included papers in each.

    Choices stand in the form's order, those without a paper too; a value that is no longer in the form is marked;
    countries stand from most to fewest.
    """
    included = eligibility(state).included
    stands = values(state.forms.of(EXTRACTION), [field], included, state.protocol.decisions_wanted)[field.code]
    papers: dict[str, list[str]] = {choice: [] for choice in field.choices}
    for record_id, value in stands.items():
        for label in answers.labels(field, value):
            known = field.type not in ("single", "multi") or label in field.choices
            papers.setdefault(label if known else f"{label} (no longer in the form)", []).append(record_id)
    found = [Category(label, tuple(ids)) for label, ids in papers.items()] if field.choices else ordered(papers)
    return found


def _of_field(field: ExtractionField, found: list[Category], included: int) -> Table:
    extracted = set(chain.from_iterable(one.papers for one in found))
    labels = sum(len(one.papers) for one in found)
    name, title = f"by-{field.code.replace('_', '-')}", f"Included papers by {field.label}"
    open_note = (
        f"Not extracted, or not agreed yet: {included - len(extracted):,} papers." if len(extracted) < included else ""
    )
    if field.base == "labels":
        return distribution(
            name,
            title,
            field.label,
            found,
            base=labels,
            base_is=f"labels given to {len(extracted):,} papers",
            note=open_note,
        )
    several = "A paper may count in several rows." if labels > len(extracted) else ""
    note = " ".join(part for part in (several, open_note) if part)
    return distribution(name, title, field.label, found, base=included, base_is="included papers", note=note)


def _is_topics(field: ExtractionField) -> bool:
    """Whether a field asks again for what is confirmed as sub-topics, which is counted from there."""
    return field.code == "subtopics"


def _is_place(field: ExtractionField) -> bool:
    return field.type in ("country", "countries") or field.code.endswith(("region", "country"))


def gaps(state: State, records: Mapping[str, Record]) -> Iterator[tuple[str, Category, int]]:
    """Yield each category below `SMALL` per cent of its base: what it is a category of, itself, and the base.

    Only papers that were coded are in a base: what nobody has looked for yet is no gap.
    """
    coded = len(eligibility(state).included) - len(unconfirmed(state))
    kinds: list[tuple[str, list[Category], int]] = [("sub-topic", topic_categories(state), coded)]
    for field in state.protocol.extraction:
        if field.type in ("single", "multi") and not _is_topics(field):
            found = categories(state, field)
            labels = sum(len(one.papers) for one in found)
            extracted = len({paper for one in found for paper in one.papers})
            kinds.append((field.label, found, labels if field.base == "labels" else extracted))
    for kind, found, base in kinds:
        if any(one.papers for one in found):
            yield from ((kind, one, base) for one in found if 100 * len(one.papers) < SMALL * base)
