"""Keys by which a record is found among the works that another record cites.

A cited reference and a record get keys of one form: the DOI (``10.1000/x``), else first author, year, volume and first
page (``berger|2015|12|34``), else the id at OpenAlex (``W2146609392``).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from asreview_mc.core.record import Record, bare_doi
from asreview_mc.identify.authors import surname

_OPENALEX = re.compile(r"\s*(?:https?://(?:api\.)?openalex\.org/(?:works/)?)?(W[0-9]{3,12})\s*\Z", re.IGNORECASE)
_WOS = re.compile(r"(?P<author>[^,]+), (?P<year>[12][0-9]{3}), ")
_WOS_VOLUME = re.compile(r", V(?P<volume>[^,\s]+)")
_WOS_PAGE = re.compile(r", (?:P|ARTN\s|ARTN|p)(?P<page>[A-Za-z]?[0-9][^,\s]*)")
_SCOPUS_YEAR = re.compile(r"\((?P<year>[12][0-9]{3})\)")
_SCOPUS_PAGE = re.compile(r"(?P<before>[^;]*?),\s*pp?\.\s*(?P<page>[A-Za-z]{0,3}[0-9]\w*)")
_NUMBERED = re.compile(r"(?:[A-Za-z]{0,3}[0-9][\w/-]*)(?:\s*\([^)]*\))?\Z")
_INITIALS = re.compile(r"(?:[^\W\d_a-z]\.?[\s-]?){1,4}\Z")
_PAGE = re.compile(r"[A-Za-z]{0,3}[0-9]\w*")
_ID_NAMES = frozenset({"openalex_id", "openalex id", "openalex", "id"})


def key(reference: str) -> str:
    """Return the key of one cited reference, or ``""`` where it does not say enough.

    Parameters
    ----------
    reference : str
        As Web of Science (``CR``), Scopus (both of its forms) or OpenAlex write it, or any text with a DOI.

    Examples
    --------
    >>> key("Agostini A, 2017, NEUROGASTROENT MOTIL, V29, P1")
    'agostini|2017|29|1'
    >>> key("Allen, A.P., Hutch, W., Bifidobacterium longum (2016) Transl. Psychiatry, 6, p. e939")
    'allen|2016|6|e939'
    """
    doi = bare_doi(reference)
    if doi:
        return doi
    work = _OPENALEX.match(reference)
    if work:
        return work.group(1).upper()
    text = " ".join(reference.split())
    return _of_web_of_science(text) or _of_scopus(text)


def keys(record: Record) -> list[str]:
    """Return every key under which `record` may be cited, the DOI first; empty where it does not say enough."""
    found = [record.doi] if record.doi else []
    page = _PAGE.match(record.pages)
    if record.authors and record.year and record.volume and page:
        found += [_joined(name, record.year, record.volume, page.group()) for name in _families(record.authors[0])]
    for name, texts in record.extra.items():
        if name.casefold() in _ID_NAMES:
            found += [work.group(1).upper() for text in texts if (work := _OPENALEX.match(text))]
    return list(dict.fromkeys(filter(None, found)))


def links(records: Sequence[Record]) -> list[list[str]]:
    """Return, for each record, the keys of the works that it cites and its own: who shares one is linked.

    A work that is itself among the records has one key, the first of its own, however it is cited. A reference that
    says too little for a key stands for itself, in lower case.
    """
    own = [keys(record) for record in records]
    first = {name: names[0] for names in reversed(own) for name in names}
    linked = []
    for record, names in zip(records, own, strict=True):
        cited = (key(reference) or " ".join(reference.casefold().split()) for reference in record.references)
        linked.append(list(dict.fromkeys([*names[:1], *(first.get(name, name) for name in cited if name)])))
    return linked


def readable(name: str) -> str:
    """Return a key as a reader would say it.

    Examples
    --------
    >>> readable("berger|2015|12|34")
    'Berger 2015'
    """
    author, bar, rest = name.partition("|")
    return f"{author.capitalize()} {rest.partition('|')[0]}" if bar else name


def _of_web_of_science(text: str) -> str:
    head = _WOS.match(text)
    volume, page = _WOS_VOLUME.search(text), _WOS_PAGE.search(text)
    if not (head and volume and page):
        return ""
    return _joined(_without_initials(head["author"]), head["year"], volume["volume"], page["page"])


def _of_scopus(text: str) -> str:
    """Read ``Title (2016) Journal, 6 (2), p. 9`` and the newer ``Title, Journal, 6, 2, pp. 9-10, (2016)``."""
    years, pages = _SCOPUS_YEAR.findall(text), _SCOPUS_PAGE.search(text)
    if not (years and pages):
        return ""
    numbers: list[str] = []
    for part in reversed(pages["before"].split(", ")):
        if len(numbers) == 2 or not _NUMBERED.match(part):
            break
        numbers.append(part)
    if not numbers:
        return ""
    volume = numbers[-1].partition("(")[0].strip()
    return _joined(_without_initials(text.partition(",")[0]), years[-1], volume, pages["page"])


def _families(author: str) -> list[str]:
    """Return the family name with its particles and without, since sources differ in which they print."""
    whole, comma, _ = author.partition(",")
    bare = surname(author)
    particled = whole if comma else _without_initials(author)
    if not comma and particled == author.strip():
        words = author.split()
        first = next((place for place, word in enumerate(words) if word.islower()), len(words))
        particled = " ".join(words[first:]) if 0 < first < len(words) else bare
    return list(dict.fromkeys([particled, bare]))


def _without_initials(name: str) -> str:
    words = name.split()
    return " ".join(words[:-1] if len(words) > 1 and _INITIALS.match(words[-1]) else words)


def _joined(author: str, year: int | str, volume: str, page: str) -> str:
    letters = "".join(letter for letter in unicodedata.normalize("NFKD", author.casefold()) if letter.isalpha())
    number = "".join(volume.split()).casefold()
    return f"{letters}|{year}|{number}|{page.casefold()}" if letters and number else ""
