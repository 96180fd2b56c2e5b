"""The headings under which databases, reference managers and ASReview write each field of a record."""

from __future__ import annotations

import re

AUTHORS: tuple[tuple[str, ...], ...] = (
    (
        *("authors", "author", "first authors", "author names", "author s", "au", "contributors", "creators"),
        *("verfasser", "autoren", "autor", "autores", "auteurs", "auteur", "autori"),
    ),
    ("author full names", "af"),
    ("editors", "editor", "book author", "be"),
)
SOURCES: dict[str, tuple[str, ...]] = {
    "title": (
        *("title", "primary title", "article title", "item title", "document title", "paper title"),
        *("display name", "ti"),
        *("titel", "titre", "título", "titulo", "titolo"),
    ),
    "abstract": (
        *("abstract", "abstract note", "notes abstract", "abstract text", "abstracts", "ab"),
        *("zusammenfassung", "résumé", "resumen", "resumo", "riassunto", "samenvatting"),
    ),
    "year": (
        *("year", "publication year", "pub year", "year published", "published year", "year of publication", "py"),
        *("jahr", "erscheinungsjahr", "année", "año", "ano", "anno", "jaar"),
    ),
    "date_online": ("early access date", "date online", "online date", "online publication date", "published online"),
    "date": (
        *("date", "publication date", "publicationdate", "date published", "date of publication", "cover date"),
        *("issue date", "pd"),
    ),
    "journal": (
        *("journal", "publication title", "source title", "journal title", "journal name", "journal book"),
        *("secondary title", "publication name", "container title", "journal conference", "book title", "so"),
        *("abbreviated source title", "journal abbreviation", "iso source abbreviation"),
        *("zeitschrift", "revue", "revista", "rivista", "tijdschrift"),
    ),
    "volume": ("volume", "journal volume", "vl"),
    "issue": ("issue", "journal issue", "issue number", "number", "is"),
    "pages": ("pages", "page range", "page s"),
    "first_page": (
        *("start page", "page start", "first page", "beginning page", "bp", "art no", "article number", "ar"),
    ),
    "last_page": ("end page", "page end", "last page", "ending page", "ep"),
    "doi": ("doi", "item doi", "digital object identifier", "doi link", "di"),
    "doi_hint": ("url", "link", "item url", "openurl", "full text link"),
    "pmid": ("pmid", "pubmed id", "medline pmid", "pubmedid", "pm"),
    "pmid_hint": ("url", "link", "extra", "notes"),
    "issn": ("issn", "print issn", "eissn", "electronic issn", "issn print", "issn electronic", "sn", "ei"),
    "keywords": (
        *("keywords", "keyword", "author keywords", "index keywords", "keywords plus", "manual tags", "automatic tags"),
        *("subjects", "subject terms", "ieee terms", "inspec controlled terms", "mesh terms", "mesh"),
        *("emtree medical index terms major focus", "emtree medical index terms", "de", "id"),
        *("emtree drug index terms major focus", "emtree drug index terms"),
        *("schlagwörter", "schlagworte", "mots clés", "palabras clave", "palavras chave"),
    ),
    "language": (
        *("language", "language of original document", "article language", "language of article", "la"),
        *("sprache", "idioma"),
    ),
    "publication_type": (
        *("publication type", "document type", "type of reference", "reference type", "item type", "content type"),
        *("type", "doctype", "doc type", "dt", "document identifier"),
    ),
    "url": ("url", "link", "item url", "plink", "pdf link", "open url link"),
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
