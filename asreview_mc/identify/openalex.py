"""JSON: works as OpenAlex answers, and objects as we export them."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from asreview_mc.core.record import Record, bare_doi
from asreview_mc.identify import ours
from asreview_mc.identify.fields import fold
from asreview_mc.identify.reading import Item, Parsed, excerpt, has_text

_WORK = re.compile(r"(?:https?://openalex\.org/)?W[0-9]+\Z")
_WORKS_ONLY = ("abstract_inverted_index", "referenced_works", "authorships")
_PMID = re.compile(r"([0-9]{1,8})/?\Z")
_UNDERSTOOD = (
    *("title", "publication_year", "publication_date", "language", "type", "abstract_inverted_index"),
    *("referenced_works", "biblio"),
)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


class NoRecords(ValueError):
    """The text is no JSON, or JSON without records; the message says which."""


def parse(text: str) -> tuple[Parsed, str]:
    """Read a list of works or of records, or an answer of OpenAlex whose `results` they are.

    Returns
    -------
    parsed, format : Parsed and str
        ``"openalex"`` or ``"json"``. Positions are ``"record N"``, from 1.

    Raises
    ------
    NoRecords
        If it is no JSON or holds no list of objects.
    """
    try:
        value = json.loads(text)
    except ValueError as error:
        raise NoRecords(f"is no valid JSON (line {text.count(chr(10), 0, getattr(error, 'pos', 0)) + 1})") from error
    except RecursionError as error:
        raise NoRecords("is JSON nested too deeply") from error
    listed = _listed(value)
    works = any(isinstance(one, dict) and _is_work(one) for one in listed)
    read = from_work if works else ours.from_object
    items = []
    for number, one in enumerate(listed, start=1):
        record = read(one) if isinstance(one, dict) else Record()
        problem = "" if isinstance(one, dict) else "is no object"
        beginning = "" if has_text(record) else excerpt(json.dumps(one, ensure_ascii=False))
        items.append(Item(f"record {number}", record, beginning, problem))
    return Parsed(len(listed), items, []), "openalex" if works else "json"


def from_work(work: Mapping[str, Any]) -> Record:
    """Return the record of one OpenAlex work; whatever is more than the record holds stays in `extra`, as JSON."""
    biblio = _mapping(work.get("biblio"))
    source = _mapping(_mapping(work.get("primary_location")).get("source"))
    first, last = _text(biblio.get("first_page")), _text(biblio.get("last_page"))
    year = work.get("publication_year")
    pmid = _PMID.search(_text(_mapping(work.get("ids")).get("pmid")))
    return Record(
        title=_text(work.get("title") or work.get("display_name")),
        abstract=_abstract(work.get("abstract_inverted_index")),
        authors=tuple(filter(None, map(_author, _list(work.get("authorships"))))),
        year=year if isinstance(year, int) and 1000 <= year <= 2999 else None,
        date=_text(work.get("publication_date")),
        journal=_text(source.get("display_name")),
        volume=_text(biblio.get("volume")),
        issue=_text(biblio.get("issue")),
        pages=f"{first}-{last}" if first and last and first != last else first,
        doi=bare_doi(_text(work.get("doi"))),
        pmid=pmid.group(1) if pmid else "",
        issn=_text(source.get("issn_l")),
        keywords=tuple(dict.fromkeys([*_names(work.get("keywords")), *_mesh(work.get("mesh"))])),
        language=_text(work.get("language")),
        publication_type=_text(work.get("type")),
        url=_text(_mapping(work.get("primary_location")).get("landing_page_url")),
        references=tuple(filter(None, map(_text, _list(work.get("referenced_works"))))),
        extra=_rest(work),
    )


def _listed(value: object) -> list[Any]:
    if isinstance(value, dict):
        results = value.get("results")
        listed = results if isinstance(results, list) else [value] if _is_work(value) or "title" in value else None
    else:
        listed = value if isinstance(value, list) else None
    if not listed or not any(isinstance(one, dict) for one in listed):
        raise NoRecords("is JSON without a list of records")
    return listed


def _is_work(one: Mapping[str, Any]) -> bool:
    return any(name in one for name in _WORKS_ONLY) or bool(_WORK.match(_text(one.get("id"))))


def _abstract(index: object) -> str:
    """Put the words of an inverted index (word to positions) back in their order."""
    words = [
        (place, word)
        for word, places in _mapping(index).items()
        for place in _list(places)
        if isinstance(place, int) and isinstance(word, str)
    ]
    return _text(" ".join(word for _, word in sorted(words, key=lambda pair: pair[0])))


def _author(authorship: object) -> str:
    one = _mapping(authorship)
    return _text(_mapping(one.get("author")).get("display_name") or one.get("raw_author_name"))


def _names(value: object) -> list[str]:
    return [name for one in _list(value) if (name := _text(_mapping(one).get("display_name")))]


def _mesh(value: object) -> list[str]:
    terms = []
    for one in map(_mapping, _list(value)):
        parts = (_text(one.get("descriptor_name")), _text(one.get("qualifier_name")))
        terms.append("/".join(filter(None, parts)))
    return list(filter(None, terms))


def _rest(work: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return what is not understood completely; `doi` and the like only where more stands there than was taken."""
    left = {name: value for name, value in work.items() if name not in _UNDERSTOOD and value not in (None, "", [], {})}
    if isinstance(left.get("doi"), str) and bare_doi(left["doi"]):
        del left["doi"]
    if left.get("display_name") == work.get("title"):
        left.pop("display_name", None)
    return {name: [one if isinstance(one, str) else json.dumps(one, ensure_ascii=False)] for name, one in left.items()}


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _text(value: object) -> str:
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        return ""
    return fold(_CONTROL.sub(" ", str(value)))
