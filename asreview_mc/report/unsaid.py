"""What a format of references cannot say of a record: it travels as JSON beside the rest, so that nothing is lost.

Readers understand more than stands there: they take a semicolon for a separator, a link for a DOI, a year for a date.
Any value that could come back otherwise than it was is doubtful, and is better said twice than lost once.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from asreview_mc.core.record import bare_doi

_PMID = re.compile(r"[0-9]{1,8}")
_PMID_NAMED = re.compile("PMID|pubmed")
_ISSN = re.compile(r"(?<![0-9])[0-9]{4}-?[0-9]{3}[0-9Xx]")
_PAGES = re.compile(r"[^-–]*[0-9][^-–]*(?<! )(?:-(?! )[^–]*[0-9][^–]*)?")
_MORE_THAN_A_YEAR = re.compile(r"[^\W\d_]|[0-9][^0-9.]+[0-9]")


def unsaid(one: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    """Return the fields that a format cannot say, by name, of an object of `export.describe`; `extra` if there is any.

    Parameters
    ----------
    names : iterable of str
        Fields that the format has no place for, or may say otherwise; also an empty one for which a reader would find
        a value elsewhere.
    """
    doubted = {*_doubtful(one), *names, *(["extra"] if one["extra"] else [])}
    return {name: value for name, value in one.items() if name in doubted}


def tells_itself(items: Iterable[str], marks: str = ";") -> bool:
    """Say whether each of `items` stays whole and itself where they share a field; `marks` would divide it."""
    return all(
        item.strip(" ,.")
        and item == " ".join(item.split())
        and item[0] != "["
        and not any(map(item.__contains__, marks))
        for item in items
    )


def _doubtful(one: Mapping[str, Any]) -> Iterator[str]:
    """Yield the fields that no format of references is sure to bring back."""
    hints = " ".join([one["url"], one["publication_type"], *one["notes"]])
    doi, pmid, date = one["doi"], one["pmid"], one["date"]
    if doi != bare_doi(doi) or "%" in doi or (not doi and "doi" in hints.lower()):
        yield "doi"
    if not _PMID.fullmatch(pmid) if pmid else _PMID_NAMED.search(hints):
        yield "pmid"
    if one["issn"] and not _ISSN.search(one["issn"]):
        yield "issn"
    if one["pages"] and not _PAGES.fullmatch(one["pages"]):
        yield "pages"
    if date and not (one["year"] and _MORE_THAN_A_YEAR.search(date)):
        yield from ("year", "date")
    yield from (name for name in ("authors", "keywords") if not tells_itself(one[name]))
