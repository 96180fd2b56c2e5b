"""EndNote's XML, which Zotero and Mendeley write too: no entities, no network, whatever the file asks for."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING
from xml.etree.ElementTree import ParseError

from asreview_mc.core.record import Record
from asreview_mc.identify.authors import split_list
from asreview_mc.identify.dialects import by_line, whole
from asreview_mc.identify.facts import Fields
from asreview_mc.identify.fields import Plan, assemble
from asreview_mc.identify.reading import Item, Parsed, excerpt, has_text

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_DECLARATION = re.compile(r"\s*<\?xml\s[^>]*\?>")
_STARTS = re.compile(r"<!--.*?-->|<!\[CDATA\[.*?\]\]>|<\?.*?\?>|(<record[\s/>])", re.DOTALL)
_BAD_REFERENCE = re.compile(r"&#(?:0*(?:[0-8]|1[124-9]|2[0-9]|3[01])|[xX]0*(?:[0-8bcBC]|[eE]|1[0-9a-fA-F]));")
_NO_CHARACTER = re.compile("[\ufffe\uffff\ud800-\udfff]")
_MALFORMED = "its XML is malformed"
_PLAN = Plan(
    {
        "title": ("titles/title",),
        "abstract": ("abstract",),
        "year": ("dates/year",),
        "date": ("dates/pub-dates/date",),
        "journal": ("titles/secondary-title", "periodical/full-title", "titles/alt-title", "periodical/abbr-1"),
        "volume": ("volume",),
        "issue": ("number", "issue"),
        "pages": ("pages",),
        "doi": ("electronic-resource-num",),
        "doi_hint": ("urls/related-urls/url", "urls/web-urls/url", "notes"),
        "pmid_hint": ("urls/related-urls/url", "notes", "research-notes"),
        "accession": ("accession-num",),
        "database": ("remote-database-name", "remote-database-provider"),
        "issn": ("isbn",),
        "keywords": ("keywords/keyword", "keywords"),
        "language": ("language",),
        "publication_type": ("work-type", "ref-type@name"),
        "url": ("urls/related-urls/url", "urls/web-urls/url"),
        "notes": ("notes", "research-notes"),
    },
    authors=(
        ("contributors/authors/author",),
        ("contributors/secondary-authors/author", "contributors/tertiary-authors/author"),
    ),
    split_authors=split_list,
    split_keywords=lambda text: split_list(text) if "\n" in text else whole(text),
    split_references=by_line,
)


class ForbiddenXML(ValueError):
    """The file declares entities or refers to others."""


class NoRecords(ValueError):
    """The XML has no element ``record``."""


def parse(text: str) -> Parsed:
    """Read every element ``record``.

    A file that is not well formed is read record by record, so that damage costs the record that it is in.

    Returns
    -------
    Parsed
        ``found`` is the number of start tags, counted before any is read. Positions are ``"line N"``, from 1.

    Raises
    ------
    ForbiddenXML
        If an entity is declared, or something outside the file is referred to.
    NoRecords
        If there is no record.
    """
    text = _BAD_REFERENCE.sub(" ", _NO_CHARACTER.sub("\ufffd", text[_declared(text) :]))
    starts = [found.start() for found in _STARTS.finditer(text) if found.group(1)]
    whole_file = _stream(text, len(starts))
    if not starts:
        raise NoRecords("there is no record")
    records = whole_file if whole_file is not None else _one_by_one(text, starts)
    items = []
    line, place = 1, 0
    for start, record in zip(starts, records, strict=True):
        line += text.count("\n", place, start)
        place = start
        beginning = "" if record and has_text(record) else excerpt(text[start : start + 1000])
        problem = "" if record else _MALFORMED
        items.append(Item(f"line {line}", record or Record(), beginning, problem))
    return Parsed(len(starts), items, [])


def _declared(text: str) -> int:
    """Return where the XML declaration ends, whose encoding is no longer that of decoded text."""
    declaration = _DECLARATION.match(text)
    return declaration.end() if declaration else 0


def _stream(text: str, expected: int) -> list[Record | None] | None:
    """Return the records of a well-formed file; None if it is not, or has others than those expected."""
    from defusedxml import DefusedXmlException
    from defusedxml.ElementTree import iterparse

    records: list[Record | None] = []
    try:
        for _, element in iterparse(io.BytesIO(text.encode("utf-8")), events=("end",)):
            if element.tag == "record":
                records.append(_record(element))
                element.clear()
    except DefusedXmlException as error:
        raise ForbiddenXML(str(error)) from error
    except (ParseError, ValueError):
        return None
    return records if len(records) == expected else None


def _one_by_one(text: str, starts: list[int]) -> Iterator[Record | None]:
    from defusedxml import DefusedXmlException
    from defusedxml.ElementTree import fromstring

    for start, end in zip(starts, [*starts[1:], len(text)], strict=True):
        piece, closing, _ = text[start:end].rpartition("</record>")
        try:
            yield _record(fromstring((piece + closing).encode("utf-8")))
        except (ParseError, DefusedXmlException, ValueError):
            yield None


def _record(element: Element) -> Record:
    """Return what an element ``record`` says; each leaf is a field, called by its path."""
    fields: Fields = {}
    waiting: list[tuple[Element, str]] = [(child, _path("", child)) for child in reversed(element)]
    while waiting:
        one, path = waiting.pop()
        for name, value in one.attrib.items():
            if value.strip():
                fields.setdefault(f"{path}@{name}", []).append(value.strip())
        inner = [child for child in one if child.tag != "style"]
        text = (one.text or "").strip() if inner else "".join(one.itertext()).strip()
        if text:
            fields.setdefault(path, []).append(text)
        for child in reversed(inner):
            if child.tail and child.tail.strip():
                fields.setdefault(path, []).append(child.tail.strip())
            waiting.append((child, _path(path, child)))
    return assemble(fields, _PLAN)


def _path(above: str, element: Element) -> str:
    name = element.tag if isinstance(element.tag, str) else "comment"
    return f"{above}/{name}" if above else name
