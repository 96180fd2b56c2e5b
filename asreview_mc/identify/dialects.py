"""The tagged formats: RIS, PubMed's NBIB, EndNote's ENW, and the plain text (CIW) of Web of Science."""

from __future__ import annotations

import re
from functools import partial

from asreview_mc.identify.authors import split_list
from asreview_mc.identify.facts import Fields
from asreview_mc.identify.fields import Plan, fold
from asreview_mc.identify.ours import OURS, completed
from asreview_mc.identify.tagged import Dialect

_REFERENCES = re.compile(r"\s*References?:\s*", re.IGNORECASE)
_OURS = re.compile(r"asreview-mc [\w-]+|ASReview_(?:relevant|irrelevant|not_seen)\Z")
_MARKED_DOI = re.compile(r"(.*\S)\s*\[doi\]\s*\Z", re.DOTALL)
_DIGITS = re.compile(r"\s*[0-9]{1,8}\s*\Z")
_LISTED = "\n;["
_EXTRA = "asreview-mc extra: "


def by_line(text: str) -> list[str]:
    """Return the lines of a field without the semicolons that some databases end them with."""
    return [line.rstrip("; ").strip() for line in text.split("\n") if line.strip("; ")]


def whole(text: str) -> list[str]:
    """Return the text of a field as its only item."""
    return [fold(text)]


def _wrapped_list(text: str) -> list[str]:
    return split_list(fold(text))


def _adapt_ris(fields: Fields) -> None:
    """Name apart what RIS puts among notes and accession numbers.

    Scopus writes the works cited as a note that begins ``References:`` and the PMID as ``C2``; our own export writes
    decisions as notes and the PMID as the accession number.
    """
    notes = fields.get("N1")
    if notes:
        _adapt_notes(fields, notes)
    if "C2" in fields and any("scopus" in name.lower() for name in fields.get("DB", ())):
        _rename(fields, "C2", "PMID", [text for text in fields["C2"] if _DIGITS.match(text)])
    if OURS in fields:
        fields.pop("TY", None)  # ours names the publication type as M3, and TY only what comes nearest to it
    if OURS in fields and "AN" in fields:
        _rename(fields, "AN", "PMID", [text for text in fields["AN"] if _DIGITS.match(text)])


def _adapt_notes(fields: Fields, notes: list[str]) -> None:
    for text in notes:
        label = _REFERENCES.match(text)
        if label:
            _rename(fields, "N1", "CR", [text])
            fields["CR"][-1] = text[label.end() :]
    if any(text.startswith(("asreview-mc ", "ASReview_")) for text in notes):
        _rename(fields, "N1", OURS, [text for text in notes if _OURS.match(text)])


def _rename(fields: Fields, old: str, new: str, texts: list[str]) -> None:
    if not texts:
        return
    rest = [text for text in fields[old] if text not in texts]
    if rest:
        fields[old] = rest
    else:
        del fields[old]
    fields.setdefault(new, []).extend(texts)


def _adapt_nbib(fields: Fields) -> None:
    """Join the publication types, which PubMed lists, and find the DOI among the identifiers."""
    if "PT" in fields:
        fields["PT"] = ["; ".join(map(fold, fields["PT"]))]
    for tag in ("LID", "AID"):
        marked = [text for text in fields.get(tag, ()) if _MARKED_DOI.match(text)]
        if marked:
            _rename(fields, tag, "DOI", marked)
    if "DOI" in fields:
        fields["DOI"] = [_MARKED_DOI.sub(r"\1", text) for text in fields["DOI"]]


RIS = Dialect(
    name="ris",
    mark="TY",
    usual=b"TY  - ",
    tag=re.compile(r"([A-Z][A-Z0-9])[ \xa0]{2,3}-[ \xa0]?(.*)\Z", re.DOTALL),
    loose_tag=re.compile(r"([A-Z][A-Z0-9])[ \xa0]{1,3}-(?:[ \xa0](.*))?\Z", re.DOTALL),
    opening=re.compile(r"TY[ \xa0]{2,3}-"),
    loose_opening=re.compile(r"TY[ \xa0]-[ \xa0]*[A-Z0-9]{0,10}\s*\Z"),
    closing=re.compile(r"ER[ \xa0]{1,3}-\s*\Z"),
    line=re.compile(r"\n([A-Z][A-Z0-9])  -"),
    run=re.compile(r"([A-Z][A-Z0-9])  -(.*(?:\n(?:\1  -|(?![A-Z][A-Z0-9][ \xa0]{2,3}-|ER[ \xa0]-)).*)*)(?:\n|\Z)"),
    adapt=_adapt_ris,
    complete=partial(completed, name=OURS, prefix=_EXTRA),
    plan=Plan(
        {
            "title": ("TI", "T1", "CT", "BT"),
            "abstract": ("AB", "N2"),
            "year": ("PY", "Y1", "YR"),
            "date": ("DA",),
            "journal": ("JF", "T2", "JO", "J2", "JA", "J1"),
            "volume": ("VL",),
            "issue": ("IS", "CP"),
            "first_page": ("SP",),
            "last_page": ("EP",),
            "doi": ("DO", "DI"),
            "doi_hint": ("UR", "L3", "L2", "L1", "LK", "M3", "N1"),
            "pmid": ("PMID",),
            "pmid_hint": ("N1", "UR"),
            "accession": ("AN",),
            "database": ("DB", "DP"),
            "issn": ("SN",),
            "keywords": ("KW", "DE"),
            "language": ("LA",),
            "publication_type": ("M3", "TY"),
            "url": ("UR", "L2"),
            "notes": ("N1",),
            "references": ("CR",),
        },
        authors=(("AU", "A1"), ("A2", "ED", "A3", "A4")),
        split_authors=split_list,
        split_keywords=split_list,
        split_references=by_line,
        separators=_LISTED,
    ),
)

NBIB = Dialect(
    name="nbib",
    mark="PMID",
    usual=b"PMID- ",
    tag=re.compile(r"([A-Z]{2,4}) {0,2}- ?(.*)\Z", re.DOTALL),
    opening=re.compile(r"PMID ?-"),
    closing=re.compile(r"(?!)"),
    indented=True,
    adapt=_adapt_nbib,
    plan=Plan(
        {
            "title": ("TI", "BTI", "TT"),
            "abstract": ("AB", "OAB"),
            "year": ("DP",),
            "date_online": ("DEP",),
            "journal": ("JT", "TA"),
            "volume": ("VI",),
            "issue": ("IP",),
            "pages": ("PG",),
            "doi": ("DOI",),
            "pmid": ("PMID",),
            "issn": ("IS",),
            "keywords": ("MH", "OT"),
            "language": ("LA",),
            "publication_type": ("PT",),
            "notes": ("GN",),
        },
        authors=(("FAU", "CN"), ("AU", "CN"), ("FED",), ("ED",)),
        split_authors=whole,
        split_keywords=whole,
        split_references=whole,
    ),
)

ENW = Dialect(
    name="enw",
    mark="%0",
    usual=b"%0 ",
    tag=re.compile(r"(%[0-9A-Z!-/:-@\[-`{-~])(?:[ \t](.*))?\Z", re.DOTALL),
    opening=re.compile(r"%0(?:[ \t]|\Z)"),
    closing=re.compile(r"(?!)"),
    plan=Plan(
        {
            "title": ("%T",),
            "abstract": ("%X",),
            "year": ("%D",),
            "date": ("%8",),
            "journal": ("%J", "%B"),
            "volume": ("%V",),
            "issue": ("%N",),
            "pages": ("%P",),
            "doi": ("%R",),
            "doi_hint": ("%U",),
            "pmid_hint": ("%U", "%Z"),
            "accession": ("%M",),
            "database": ("%~", "%W"),
            "issn": ("%@",),
            "keywords": ("%K",),
            "language": ("%G",),
            "publication_type": ("%9", "%0"),
            "url": ("%U",),
            "notes": ("%Z",),
        },
        authors=(("%A",), ("%E", "%Y", "%?")),
        split_authors=split_list,
        split_keywords=split_list,
        split_references=by_line,
        separators=_LISTED,
    ),
)

CIW = Dialect(
    name="ciw",
    mark="PT",
    usual=b"PT J\n",
    tag=re.compile(r"([A-Z][A-Z0-9])(?: (.*))?\Z", re.DOTALL),
    opening=re.compile(r"PT [A-Z](?:\s|\Z)"),
    closing=re.compile(r"ER\s*\Z"),
    furniture=re.compile(r"(?:FN|VR|EF)(?:\s|\Z)"),
    indented=True,
    plan=Plan(
        {
            "title": ("TI",),
            "abstract": ("AB",),
            "year": ("PY",),
            "date": ("PD",),
            "date_online": ("EA",),
            "journal": ("SO", "JI", "J9"),
            "volume": ("VL",),
            "issue": ("IS",),
            "first_page": ("BP", "AR"),
            "last_page": ("EP",),
            "doi": ("DI",),
            "pmid": ("PM",),
            "issn": ("SN", "EI"),
            "keywords": ("DE", "ID"),
            "language": ("LA",),
            "publication_type": ("DT", "PT"),
            "references": ("CR",),
        },
        authors=(("AF",), ("AU",), ("CA",), ("BF",), ("BE", "ED")),
        split_authors=by_line,
        split_keywords=_wrapped_list,
        split_references=by_line,
    ),
)

DIALECTS = (RIS, NBIB, ENW, CIW)
