"""The headings under which databases, reference managers and ASReview write each field of a record."""

from __future__ import annotations

import re

SOURCES: dict[str, tuple[str, ...]] = {
    "title": ("title", "primary title", "article title", "item title", "document title", "ti"),
    "abstract": ("abstract", "abstract note", "notes abstract", "abstract text", "ab"),
    "authors": ("authors", "author", "first authors", "author names", "author s", "author full names", "au"),
    "year": ("year", "publication year", "pub year", "year published", "published year", "py"),
    "date": ("date", "publication date", "date published", "cover date"),
    "journal": (
        "journal",
        "publication title",
        "source title",
        "journal title",
        "journal name",
        "journal book",
        "secondary title",
        "publication name",
        "container title",
        "so",
    ),
    "volume": ("volume", "journal volume", "vl"),
    "issue": ("issue", "journal issue", "issue number", "number"),
    "pages": ("pages", "page range", "page s"),
    "first_page": ("start page", "page start", "first page", "beginning page", "bp"),
    "last_page": ("end page", "page end", "last page", "ending page", "ep"),
    "doi": ("doi", "item doi", "digital object identifier", "doi link", "di"),
    "doi_hint": ("url", "link", "item url"),
    "pmid": ("pmid", "pubmed id", "pm"),
    "issn": ("issn", "print issn", "eissn"),
    "keywords": ("keywords", "keyword", "author keywords", "index keywords", "manual tags", "automatic tags", "de"),
    "language": ("language", "language of original document", "la"),
    "publication_type": (
        "publication type",
        "document type",
        "type of reference",
        "reference type",
        "item type",
        "content type",
        "type",
        "dt",
    ),
    "url": ("url", "link", "item url"),
    "notes": ("notes", "note"),
    "references": ("references", "cited references", "referenced works", "cr"),
}


def heading_key(heading: str) -> str:
    """Return a heading as it is compared: case, punctuation, underscores and repeated blanks make no difference.

    Examples
    --------
    >>> heading_key(" Abstract_Note"), heading_key("Journal/Book")
    ('abstract note', 'journal book')
    """
    return " ".join(re.sub(r"[\W_]+", " ", heading.casefold()).split())
