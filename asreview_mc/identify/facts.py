"""Year and date, pages, DOI and PMID: what a source writes in many ways, taken out of its fields.

Each function takes the texts that it has understood completely out of the fields; any other text stays.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import unquote

from asreview_mc.core.record import bare_doi

Fields = dict[str, list[str]]
"""A source's fields by name, the texts of each in order, none of them blank; what is understood is taken out."""

Places = Mapping[str, tuple[str, ...]]

_YEAR = re.compile(r"(?<![0-9])(?:([12][0-9]{3})(?![0-9])|([12][0-9]{3})(?:0[1-9]|1[0-2])[0-3][0-9](?![0-9]))")
_BARE_YEAR = re.compile(r"[\[(]?([12][0-9]{3})(?:\.0+)?[\])/\s]*\Z")
_PLAIN_DOI = re.compile(r"10\.[0-9]{4,9}/[A-Za-z0-9./_:-]*[A-Za-z0-9]\Z")
_DOI_LINK = re.compile(
    r"doi\.org/(10\.[0-9]{4,9}/[^\s?#&]+)|\A\s*doi:?\s*(10\.[0-9]{4,9}/\S+)"
    r"|[?&]id=doi:(10\.[0-9]{4,9}(?:/|%2F)[^\s?#&]+)",
    re.IGNORECASE,
)
_DOI_LABEL = re.compile(r"https?://(?:dx\.|www\.)?doi\.org/|doi|[\s:.,;\[\]()<>]", re.IGNORECASE)
_PMID = re.compile(r"\s*(?:PMID\s*:?\s*)?([0-9]{1,8})(?:\.0)?(?:\s*\[pmid\])?\s*\Z", re.IGNORECASE)
_PMID_HINT = re.compile(
    r"\bPMID\s*:?\s*([0-9]{1,8})(?![0-9])|pubmed\.ncbi\.nlm\.nih\.gov/([0-9]{1,8})(?![0-9])"
    r"|ncbi\.nlm\.nih\.gov/pubmed/([0-9]{1,8})(?![0-9])"
)
_PUBMED = re.compile(r"pubmed|medline|\bNLM\b", re.IGNORECASE)
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
"""How the names of months begin, January first."""


def take(fields: Fields, places: Places, values: dict[str, Any]) -> None:
    """Put the DOI, PMID, year, date and pages, where there are any, under their names into `values`."""
    doi = take_doi(fields, places)
    if doi:
        values["doi"] = doi
    pmid = take_pmid(fields, places)
    if pmid:
        values["pmid"] = pmid
    if "year" in places or "date" in places:
        values["year"], values["date"] = take_dates(fields, places)
    if "first_page" in places or "pages" in places:
        values["pages"] = take_pages(fields, places)


def take_dates(fields: Fields, places: Places) -> tuple[int | None, str]:
    """Return the year, and the date where a source says more than the year.

    A text in a year's place that holds no year is no date either: it stays.
    """
    years, dates = places.get("year", ()), places.get("date", ())
    if len(years) == 1 and not dates:
        texts = fields[years[0]]
        if len(texts) == 1 and len(texts[0]) == 4 and texts[0].isdecimal() and texts[0][0] in "12":
            del fields[years[0]]
            return int(texts[0]), ""
    in_years, in_dates = list(_texts(fields, years)), list(_texts(fields, dates))
    year = next((found for text in (*in_years, *in_dates) if (found := _year(text))), None)
    told = (*in_dates, *(text for text in in_years if _year(text)))
    date = next((" ".join(text.split()) for text in told if not _BARE_YEAR.match(text.strip())), "")

    def said(text: str) -> bool:
        bare = _BARE_YEAR.match(text.strip())
        return " ".join(text.split()) == date or bool(bare and int(bare.group(1)) == year)

    _take(fields, (*years, *dates), said)
    return year, date


def take_doi(fields: Fields, places: Places) -> str:
    """Return the first DOI; a text that says more than the DOI stays."""
    names = places.get("doi", ())
    if len(names) == 1:
        texts = fields[names[0]]
        if len(texts) == 1 and _PLAIN_DOI.match(texts[0]):
            del fields[names[0]]
            return texts[0].lower()
    doi = next((found for text in _texts(fields, names) if (found := bare_doi(unquote(text)))), "")
    if doi:
        _take(fields, names, lambda text: _is_only(unquote(text), doi))
        return doi
    links = (_DOI_LINK.search(text) for text in _texts(fields, places.get("doi_hint", ())))
    return next((bare_doi(unquote(link.group(link.lastindex or 0))) for link in links if link), "")


def take_pmid(fields: Fields, places: Places) -> str:
    """Return the PMID that a field is, that a database of PubMed's records numbers, or that a text names."""
    names = places.get("pmid", ())
    if "accession" in places and any(_PUBMED.search(text) for text in _texts(fields, places.get("database", ()))):
        names = (*names, *places["accession"])
    if names:
        pmid = next((found.group(1) for text in _texts(fields, names) if (found := _PMID.match(text))), "")
        if pmid:
            _take(fields, names, lambda text: bool((found := _PMID.match(text)) and found.group(1) == pmid))
            return pmid
    for name in places.get("pmid_hint", ()):
        for text in fields.get(name, ()):
            hint = _PMID_HINT.search(text) if "PMID" in text or "pubmed" in text else None
            if hint:
                return str(hint.group(hint.lastindex or 0))
    return ""


def take_pages(fields: Fields, places: Places) -> str:
    """Return the page range as the source has it, or made of its first and last page."""
    if "pages" in places:
        whole = _with_digit(fields, places["pages"])
        if whole:
            return whole
    first = _with_digit(fields, places["first_page"]) if "first_page" in places else ""
    if not first or "-" in first or "–" in first:
        return first
    last = _with_digit(fields, places["last_page"]) if "last_page" in places else ""
    return f"{first}-{last}" if last else first


def is_no_link(text: str) -> bool:
    """Say whether `text` is something else than a DOI, which some sources put in the place of a type."""
    return "doi" not in text.lower() or not _DOI_LINK.search(text)


def _year(text: str) -> int | None:
    found = _YEAR.search(text)
    return int(found.group(1) or found.group(2)) if found else None


def _is_only(text: str, doi: str) -> bool:
    return bare_doi(text) == doi and not _DOI_LABEL.sub("", text.lower().replace(doi, "", 1))


def _with_digit(fields: Fields, names: tuple[str, ...]) -> str:
    """Take the first text with a digit in it, and any that say the same."""
    if len(names) == 1:
        texts = fields[names[0]]
        if len(texts) == 1 and texts[0].isdecimal():
            del fields[names[0]]
            return texts[0]
    has_digit = (text for text in _texts(fields, names) if any(character.isdigit() for character in text))
    value = " ".join(next(has_digit, "").split())
    if value:
        _take(fields, names, lambda text: " ".join(text.split()) == value)
    return value


def _texts(fields: Fields, names: tuple[str, ...]) -> Iterator[str]:
    for name in names:
        yield from fields.get(name, ())


def _take(fields: Fields, names: tuple[str, ...], understood: Callable[[str], bool]) -> None:
    for name in names:
        texts = fields.get(name)
        if texts:
            rest = [text for text in texts if not understood(text)]
            if rest:
                fields[name] = rest
            else:
                del fields[name]
