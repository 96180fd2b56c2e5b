"""Records as RIS, one reference each, with what was decided in its notes.

A note that begins with ``asreview-mc`` is ours, one per fact (``asreview-mc outcome_abstract: include``), and one with
the fields that RIS has no way to say, as JSON, so that nothing is lost on the way out and in again; the one word
that ASReview reads as a label (``ASReview_relevant``, ``ASReview_irrelevant``, ``ASReview_not_seen``) has its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from asreview_mc.core.event import compact_json
from asreview_mc.report.unsaid import unsaid

_TAGS = {
    "title": "TI",
    "authors": "AU",
    "abstract": "AB",
    "year": "PY",
    "date": "DA",
    "journal": "T2",
    "volume": "VL",
    "issue": "IS",
    "doi": "DO",
    "pmid": "AN",
    "issn": "SN",
    "keywords": "KW",
    "language": "LA",
    "publication_type": "M3",
    "url": "UR",
    "references": "CR",
    "notes": "N1",
    "sources": "DB",
    "record_id": "ID",
}
_TYPES = (
    ("chapter", "CHAP"),
    ("book", "BOOK"),
    ("conference", "CPAPER"),
    ("proceeding", "CPAPER"),
    ("thesis", "THES"),
    ("dissertation", "THES"),
    ("report", "RPRT"),
    ("preprint", "UNPB"),
    ("web", "ELEC"),
    ("newspaper", "NEWS"),
    ("magazine", "MGZN"),
    ("dataset", "DATA"),
)
_KNOWN_TYPES = frozenset(
    [
        *(
            "ABST",
            "BLOG",
            "BOOK",
            "CASE",
            "CHAP",
            "CONF",
            "CPAPER",
            "DATA",
            "DICT",
            "EBOOK",
            "ECHAP",
            "EDBOOK",
            "EJOUR",
        ),
        *("ELEC", "ENCYC", "GEN", "GOVDOC", "GRANT", "INPR", "JFULL", "JOUR", "LEGAL", "MANSCPT", "MGZN", "NEWS"),
        *("PAMP", "PCOMM", "RPRT", "SER", "SLIDE", "STAND", "STAT", "THES", "UNBILL", "UNPB", "VIDEO"),
    ]
)
_FACTS = (
    "outcome_abstract",
    "reason_abstract",
    "outcome_fulltext",
    "reason_fulltext",
    "exclusion_reason",
    "settled",
    "subtopics",
    "duplicates",
    "log_head",
)
_OTHERS = re.compile(r"asreview-mc |ASReview_|\s*References?:", re.IGNORECASE)
_LABELS = {1: "ASReview_relevant", 0: "ASReview_irrelevant", None: "ASReview_not_seen"}


def to_ris(described: Sequence[Mapping[str, Any]]) -> str:
    """Return the objects of `export.describe` as RIS."""
    return "".join(f"{line}\n" for one in described for line in (*_lines(one), ""))


def _lines(one: Mapping[str, Any]) -> Iterator[str]:
    kind = _type(one["publication_type"], one["journal"])
    yield f"TY  - {kind}"
    for name, tag in _TAGS.items():
        yield from (f"{tag}  - {text}" for text in _texts(one[name]))
    start, _, end = one["pages"].replace("–", "-").partition("-")
    yield from (f"{tag}  - {page.strip()}" for tag, page in (("SP", start), ("EP", end)) if page.strip())
    yield f"N1  - {_LABELS[one['included']]}"
    left = unsaid(one, _unsure(one))
    if left:
        yield f"N1  - asreview-mc extra: {compact_json(left, sort=False)}"
    for name in _FACTS:
        texts = _texts(one[name])
        if texts:
            yield f"N1  - asreview-mc {name}: {'; '.join(texts)}"
    for said in one["decisions"]:
        parts = [said["decision"], *(said[part] for part in ("reason", "note") if said[part])]
        yield f"N1  - asreview-mc decision_{said['stage']}_{said['reviewer']}: {' · '.join(_texts(parts))}"
    yield "ER  - "


def _unsure(one: Mapping[str, Any]) -> Iterator[str]:
    """Yield the fields that RIS has no tag for, or that its readers take for something else."""
    if one["date_online"]:
        yield "date_online"
    if "doi" in one["publication_type"].lower():
        yield "publication_type"
    others = any(map(_OTHERS.match, one["notes"]))
    if others or _texts(one["notes"]) != one["notes"]:
        yield "notes"
    if others or [text.strip("; ") for text in _texts(one["references"])] != one["references"]:
        yield "references"


def _texts(value: Any) -> list[str]:  # noqa: ANN401
    """Return the lines that a field becomes: text folded to one line, so that no text can begin a field or a record."""
    items = value if isinstance(value, (list, tuple)) else [value]
    folded = (" ".join(str(item).split()) for item in items if item is not None)
    return [text for text in folded if text]


def _type(given: str, journal: str) -> str:
    """Return the RIS type that fits what a source calls the publication."""
    if given in _KNOWN_TYPES:
        return given
    named = next((code for word, code in _TYPES if word in given.lower()), "")
    return named or ("JOUR" if journal else "GEN")
