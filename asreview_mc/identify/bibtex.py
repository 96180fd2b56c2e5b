"""BibTeX through bibtexparser: every entry a record, also of doubled keys and doubled fields, and no failure silent."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from asreview_mc.core.record import Record
from asreview_mc.identify.authors import split_list
from asreview_mc.identify.dialects import by_line
from asreview_mc.identify.facts import MONTHS, Fields
from asreview_mc.identify.fields import Plan, assemble
from asreview_mc.identify.latex import to_text
from asreview_mc.identify.ours import OURS, completed
from asreview_mc.identify.reading import Item, Parsed, Stray, excerpt, has_text

if TYPE_CHECKING:
    from bibtexparser.model import Block, Entry

_START = re.compile(r"^[ \t]*@[ \t]*(?!(?:comment|string|preamble)\b)(\w+)[ \t]*[{(]", re.MULTILINE | re.IGNORECASE)
_NO_ENTRY = re.compile(r"\s*@\s*(?:comment|string|preamble)\b", re.IGNORECASE)
_DAY = re.compile(r"[0-9]{1,2}")
_UNREAD = "its braces, quotation marks or commas do not add up"
_VERBATIM = frozenset({"doi", "url", "eprint", "file", "issn", "isbn", "pmid"})
_PEOPLE = frozenset({"author", "editor", "translator"})
_UNSAID = "asreview-mc"
TYPE = "entry type"
KEY = "citation key"
_PLAN = Plan(
    {
        "title": ("title",),
        "abstract": ("abstract",),
        "year": ("year",),
        "date": ("date",),
        "journal": ("journal", "journaltitle", "booktitle", "series"),
        "volume": ("volume",),
        "issue": ("number", "issue"),
        "pages": ("pages", "article-number", "eid", "art_number"),
        "doi": ("doi",),
        "doi_hint": ("url", "note", "ee"),
        "pmid": ("pmid",),
        "pmid_hint": ("url", "note"),
        "issn": ("issn",),
        "keywords": ("keywords", "keyword", "author_keywords", "author-keywords", "keywords-plus"),
        "language": ("language", "langid"),
        "publication_type": ("document_type", "type", TYPE),
        "url": ("url",),
        "notes": ("note", "annote"),
        "references": ("cited-references", "references"),
    },
    authors=(("author",), ("editor",)),
    split_authors=by_line,
    split_keywords=lambda text: split_list(" ".join(text.split()), commas=True),
    split_references=lambda text: by_line(text) if "\n" in text else split_list(text),
)


def begins(text: str) -> int | None:
    """Return the place of the first line on which an entry begins, or None."""
    found = _START.search(text)
    return found.start() if found else None


def parse(text: str) -> Parsed:
    """Read every entry.

    Returns
    -------
    Parsed
        ``found`` counts the lines on which entries begin, and entries that begin further along a line. One that the
        parser cannot take apart is an item with a problem. Positions are ``"line N"``, from 1. Text between entries is
        stray; comments, macros and the preamble are the format's own.
    """
    from bibtexparser.entrypoint import parse_string
    from bibtexparser.middlewares import ResolveStringReferencesMiddleware

    logging.getLogger("bibtexparser").addHandler(logging.NullHandler())  # failures are rejects, not log lines
    library = parse_string(text, parse_stack=[ResolveStringReferencesMiddleware()])
    items: dict[tuple[int, int], Item] = {}
    stray: list[Stray] = []
    for number, block in enumerate(library.blocks):
        line = (block.start_line or 0) + 1
        if _is_entry(block):
            items[line, number] = _item(block, line)
        elif _is_text(block):
            stray.append(Stray(f"line {line}", excerpt(block.raw or "")))
    known = {line for line, _ in items}
    lines = text.split("\n")
    for line in sorted(set(_starts(text)) - known):
        beginning = " / ".join(lines[line - 1 : line + 7])
        items[line, -1] = Item(f"line {line}", Record(), excerpt(beginning), _UNREAD)
    return Parsed(len(items), [items[place] for place in sorted(items)], stray)


def _starts(text: str) -> Iterator[int]:
    line, place = 1, 0
    for found in _START.finditer(text):
        line += text.count("\n", place, found.start(1))
        place = found.start(1)
        yield line


def _is_entry(block: Block) -> bool:
    from bibtexparser import model

    if isinstance(block, model.Entry):
        return True
    return isinstance(block, model.ParsingFailedBlock) and not _NO_ENTRY.match(block.raw or "")


def _is_text(block: Block) -> bool:
    from bibtexparser import model

    return isinstance(block, model.ImplicitComment) and bool((block.comment or "").strip(' \t\r\n{}()",'))


def _item(block: Block, line: int) -> Item:
    from bibtexparser import model

    whole_entry = getattr(block, "ignore_error_block", block)
    if not isinstance(whole_entry, model.Entry):
        return Item(f"line {line}", Record(), excerpt(block.raw or ""), _UNREAD)
    record = completed(assemble(_fields(whole_entry), _PLAN), _UNSAID)
    return Item(f"line {line}", record, "" if has_text(record) else excerpt(block.raw or ""))


def _fields(entry: Entry) -> Fields:
    fields: Fields = {}
    for one in entry.fields:
        name, value = one.key.lower(), _unwrapped(str(one.value))
        if name in _PEOPLE:
            text = "\n".join(map(to_text, _people(value)))
        elif name in _VERBATIM:
            text = value.replace("\\_", "_").replace("\\%", "%").replace("\\&", "&").strip("{} ")
        else:
            text = value if name == _UNSAID else to_text(value)
        if name == "pages":
            text = text.replace("–", "-")
        if text.strip():
            fields.setdefault(name, []).append(text)
    fields[TYPE] = [entry.entry_type]
    if entry.key:
        fields[KEY] = [entry.key]
    if fields.get("note", [""])[0].startswith("asreview-mc outcome_"):
        fields[OURS] = fields.pop("note")
    if any('"publication_type"' in text for text in fields.get(_UNSAID, ())):
        del fields[TYPE]  # ours names the publication type apart, and the entry's only what comes nearest to it
    _join_date(fields)
    return fields


def _unwrapped(value: str) -> str:
    """Return a value without the braces or quotation marks around it, pieces joined by ``#`` made one."""
    value = value.strip()
    if value.startswith('"') and value.endswith('"') and len(value) > 1:
        return re.sub(r'"\s*#\s*"', "", value[1:-1])
    return value[1:-1] if value.startswith("{") and value.endswith("}") else value


def _people(value: str) -> list[str]:
    """Split at each ``and`` outside braces; a name wholly in braces is an organisation's and stays whole."""
    people, depth, begin = [], 0, 0
    for found in re.finditer(r"[{}]|\s+and\s+", value, re.IGNORECASE):
        if found.group() in "{}":
            depth += 1 if found.group() == "{" else -1
        elif depth == 0:
            people.append(value[begin : found.start()])
            begin = found.end()
    return [one for one in (*people, value[begin:]) if one.strip()]


def _join_date(fields: Fields) -> None:
    """Make one date of year and month, as ``2019-05`` or ``2019-05-03``, where both can be understood."""
    year, month = fields.get("year", [""])[0].strip(), fields.get("month", [""])[0].strip().lower()
    if "date" in fields or not (len(year) == 4 and year.isdecimal()):
        return
    named = next((number for number, name in enumerate(MONTHS, 1) if name in month), 0)
    if not named and month.isdecimal() and 1 <= int(month) <= 12:
        named, month = int(month), ""
    if named:
        day = _DAY.search(month) or _DAY.fullmatch(fields.get("day", [""])[0].strip())
        fields["date"] = [f"{year}-{named:02}" + (f"-{int(day.group()):02}" if day else "")]
        del fields["month"]
        fields.pop("day", None)
