"""A record: what a database says about one report, kept whole."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

from asreview_mc.core.title import normalise, retraction

_DOI = re.compile(r"10\.\d{4,9}/\S+", re.IGNORECASE)
_IDENTIFIERS = ("doi", "pmid", "issn", "url")
_DOI_TAIL = ".,;)]}>\"'"


@dataclass(frozen=True, slots=True)
class Record:
    """One reference as a database exported it.

    Attributes
    ----------
    record_id : str
        ``r000001`` and so on in reading order; empty until the review has given it one.
    title, abstract, journal, volume, issue, pages, doi, pmid, issn, language, publication_type, url : str
        Text as exported, white space folded; empty where the source is silent. `doi` is bare and in lower case.
    authors, keywords, notes, references : tuple of str
        In the source's order. `references` are the works that the record cites.
    year : int or None
        Year of publication, 1000 to 2999.
    date, date_online : str
        Publication date, and that of an earlier appearance online, as the source gives them.
    extra : dict of str to list of str
        Every field that has no place above, verbatim, by the source's own name for it.
    """

    record_id: str = ""
    title: str = ""
    abstract: str = ""
    authors: tuple[str, ...] = ()
    year: int | None = None
    date: str = ""
    date_online: str = ""
    journal: str = ""
    volume: str = ""
    issue: str = ""
    pages: str = ""
    doi: str = ""
    pmid: str = ""
    issn: str = ""
    keywords: tuple[str, ...] = ()
    language: str = ""
    publication_type: str = ""
    url: str = ""
    notes: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    extra: Mapping[str, list[str]] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """Title and abstract, as rankers and sub-topic models read them."""
        return f"{self.title} {self.abstract}".strip()

    @property
    def digest(self) -> str:
        """Sha256 of the content (everything but the id), in hexadecimal."""
        content = self.to_dict()
        del content["record_id"]
        line = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(line.encode("utf-8", "surrogatepass")).hexdigest()

    def completed(self, others: Iterable[Record]) -> Record:
        """Return this record with what it lacks taken from `others`, the first that has it; nothing is overwritten.

        Of what each record has its own, identifiers are kept as ``other doi`` and so on in `extra`, and the texts in
        their `extra` stand beside one another. So is a title that says something else, as ``other title``. Where one
        title says that the article is retracted, so does that of this record, in front of it.
        """
        record, told = self, {"", normalise(self.title)}
        for other in others:
            lacking = {
                name: getattr(other, name)
                for name in _NAMES
                if name not in ("record_id", "extra") and not getattr(record, name)
            }
            extra = {name: list(texts) for name, texts in record.extra.items()}
            more = {name: list(texts) for name, texts in other.extra.items()}
            for name in _IDENTIFIERS:
                if getattr(other, name) and name not in lacking and getattr(other, name) != getattr(record, name):
                    more.setdefault(f"other {name}", []).append(getattr(other, name))
            title = record.title or other.title
            said = retraction(other.title)
            if said and not retraction(title):
                title = f"{said}: {title}"
            told.add(normalise(title))
            if normalise(other.title) not in told:
                told.add(normalise(other.title))
                more.setdefault("other title", []).append(other.title)
            for name, texts in more.items():
                known = extra.setdefault(name, [])
                known += [text for text in texts if text not in known]
            record = replace(record, **{**lacking, "title": title}, extra=extra)
        return record

    def amended(self, values: Mapping[str, Any]) -> Record:
        """Return this record with other `values`, by name of the field, as `to_dict` writes them."""
        return Record.from_dict({**self.to_dict(), **values})

    def to_dict(self) -> dict[str, Any]:
        """Return the fields as plain JSON-able values, in their order."""
        plain = {name: getattr(self, name) for name in _NAMES}
        for name in _SEVERAL:
            plain[name] = list(plain[name])
        plain["extra"] = {name: list(texts) for name, texts in self.extra.items()}
        return plain

    @classmethod
    def from_dict(cls, plain: Mapping[str, Any]) -> Record:
        """Return the record that `to_dict` wrote; unknown names are a ``TypeError``."""
        values = dict(plain)
        for name in _SEVERAL:
            if isinstance(values.get(name), list):
                values[name] = tuple(values[name])
        return cls(**values)


_NAMES = tuple(item.name for item in fields(Record))
_SEVERAL = ("authors", "keywords", "notes", "references")


def bare_doi(text: str) -> str:
    """Return the DOI in `text` without resolver or label, in lower case, or ``""`` where there is none.

    Examples
    --------
    >>> bare_doi("https://doi.org/10.1108/OTH-08-2015-0044.")
    '10.1108/oth-08-2015-0044'
    """
    found = _DOI.search(text)
    if not found:
        return ""
    doi = found.group()
    while doi and doi[-1] in _DOI_TAIL and not (doi[-1] == ")" and doi.count("(") >= doi.count(")")):
        doi = doi[:-1]
    return doi.lower() if _DOI.fullmatch(doi) else ""
