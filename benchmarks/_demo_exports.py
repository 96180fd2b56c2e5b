"""The demonstration review's three simulated exports: which database holds what, and how it spells it.

Every choice comes from a sha256 of a fixed seed and the publication's id, so it does not move with Python's version.
Nothing is added to what is known of a publication.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from _demo_answers import rated

SEED = "asreview-mc demonstration review 1"
EBSCO, TAYLOR, SPRINGER = "ebscohost.ris", "taylor-francis.ris", "springerlink.csv"
SPRINGER_HEADER = (
    "Item Title",
    "Publication Title",
    "Book Series Title",
    "Journal Volume",
    "Journal Issue",
    "Item DOI",
    "Authors",
    "Publication Year",
    "URL",
    "Content Type",
)
SPRINGER_ALONE = 5
SHARE_IN_THREE, SHARE_IN_TWO = 0.35, 0.85

# RIS type, and SpringerLink's content type for what SpringerLink can hold at all.
KINDS = {
    "journal-article": ("JOUR", "Article"),
    "opinion-piece": ("JOUR", "Article"),
    "conference-paper": ("CPAPER", "Conference Paper"),
    "book-chapter": ("CHAP", "Chapter"),
    "report": ("RPRT", ""),
    "policy-document": ("RPRT", ""),
    "thesis": ("THES", ""),
    "blog-post": ("BLOG", ""),
    "news": ("NEWS", ""),
    "magazine-article": ("MGZN", ""),
    "marketing": ("ELEC", ""),
    "web-page": ("ELEC", ""),
}
SHARED_GREY = ("report", "thesis")  # grey literature that more than one database may hold

# Names whose family name is not the last word, and bodies, which have none.
NAMES = {
    "Minchev et al. (as listed)": ("Minchev", ""),
    "Robbi De Peri": ("De Peri", "Robbi"),
    "Gearóid Ó Súilleabháin": ("Ó Súilleabháin", "Gearóid"),
    "Trina Jorre de St Jorre": ("Jorre de St Jorre", "Trina"),
    "Malik Al Noumani": ("Al Noumani", "Malik"),
    "Fauziah Saadah Abdul Halim": ("Abdul Halim", "Fauziah Saadah"),
    "Lee Sze Seau Jill": ("Lee", "Sze Seau Jill"),
    "Oriol Borrás Gené": ("Borrás Gené", "Oriol"),
    "Victor Dominguez Baeza": ("Dominguez Baeza", "Victor"),
}
BODIES = (
    "Udacity",
    "SURFnet",
    "Grunwald Associates",
    "German Rectors' Conference (HRK)",
    "University of North Dakota School of Medicine & Health Sciences",
    "University of Auckland",
)
KEYWORDS = {
    r"micro-?credential": "Micro-credentials",
    r"digital badg": "Digital badges",
    r"open badg": "Open badges",
    r"stackab": "Stackable credentials",
    r"higher education|universit|college": "Higher education",
    r"professional (development|learning)": "Professional development",
    r"motivat": "Motivation",
    r"assess": "Assessment",
    r"librar": "Libraries",
    r"teacher": "Teachers",
}
SMALL_WORDS = re.compile(r"(an?|and|as|at|but|by|for|from|in|into|of|on|or|the|to|via|vs|with|within)\Z")


@dataclass(frozen=True)
class Copy:
    """One publication as one database spells it."""

    work: dict[str, Any]
    database: str
    title: str
    doi: str


def fraction(work: dict[str, Any], purpose: str) -> float:
    """Return a number in [0, 1) fixed by seed, publication and `purpose`."""
    digest = hashlib.sha256(f"{SEED}|{work['id']}|{purpose}".encode()).digest()
    return int.from_bytes(digest[:8], "big") / 2**64


# --- which database holds what -----------------------------------------------------------------------------------


def home(work: dict[str, Any]) -> str | None:
    """Return the export of the publisher whose own DOI the publication bears, if it is one of ours."""
    prefixes = {"10.1007/": SPRINGER, "10.1186/": SPRINGER, "10.1080/": TAYLOR}
    return next((database for prefix, database in prefixes.items() if (work["doi"] or "").startswith(prefix)), None)


def readable_alone(work: dict[str, Any]) -> bool:
    """Say whether SpringerLink's unseparated author column still shows who the first author is."""
    return len(work["authors"]) == 1 and not re.search(r"[a-z][A-Z]", work["authors"][0])


def holders(work: dict[str, Any]) -> list[str]:
    """Return the exports that list the publication; never SpringerLink alone, which would leave it no abstract."""
    scholarly = bool(KINDS[work["publication_type"]][1])
    certain = bool(work["doi"]) or bool(work["year"] and work["authors"])
    possible = [EBSCO]
    if scholarly or work["publication_type"] in SHARED_GREY:
        possible.append(TAYLOR)
    if scholarly and (work["doi"] or readable_alone(work)):
        possible.append(SPRINGER)
    if not certain:
        return [EBSCO]
    draw = fraction(work, "holders")
    wanted = 3 if draw < SHARE_IN_THREE else 2 if draw < SHARE_IN_TWO else 1
    order = sorted(possible, key=lambda database: (database != home(work), fraction(work, database)))
    chosen = order[:wanted]
    return [*chosen, EBSCO] if chosen == [SPRINGER] else chosen


def springer_alone(works: Sequence[dict[str, Any]]) -> set[str]:
    """Return ids of the few that only SpringerLink lists, hence without abstract: its own, on which raters agree."""
    agreed = [work for work in works if home(work) == SPRINGER and rated(work, "A") == rated(work, "B")]
    agreed = [work for work in agreed if rated(work, "A")[0] != "maybe"]
    return {work["id"] for work in sorted(agreed, key=lambda work: fraction(work, "alone"))[:SPRINGER_ALONE]}


def copies(works: Sequence[dict[str, Any]]) -> list[Copy]:
    """Return every record of every export, in the order of the exports."""
    alone = springer_alone(works)
    found: list[Copy] = []
    for work in works:
        held = [SPRINGER] if work["id"] in alone else holders(work)
        droppable = bool(work["year"] and work["authors"]) and (SPRINGER not in held or readable_alone(work))
        found += [Copy(work, base, TITLES[base](work["title"]), _doi(work, base, droppable)) for base in held]
    return sorted(found, key=lambda copy: (copy.database, fraction(copy.work, "position in " + copy.database)))


# --- how the databases spell ---------------------------------------------------------------------------------------


def _doi(work: dict[str, Any], database: str, droppable: bool) -> str:
    doi: str = work["doi"] or ""
    draw = fraction(work, "doi in " + database)
    if not doi or database == SPRINGER:
        return doi
    if database == EBSCO:
        if droppable and draw < 0.5:
            return ""
        return doi.upper() if draw > 0.7 else doi
    return f"https://doi.org/{doi}" if draw < 0.5 else doi


def _ebsco_title(title: str) -> str:
    plain = title.translate(str.maketrans("‘’“”–", "''\"\"-"))

    def capital(found: re.Match[str]) -> str:
        word = found.group()
        opens = re.search(r"(^|[:?.!] )$", plain[: found.start()])
        return word if SMALL_WORDS.match(word) and not opens else word[0].upper() + word[1:]

    cased = re.sub(r"(?<![\w'-])[a-z][a-z'-]*(?!\w)", capital, plain)
    return cased if cased[-1] in "?!." else cased + "."


def _taylor_title(title: str) -> str:
    return title.replace("'", "’")


TITLES: dict[str, Callable[[str], str]] = {EBSCO: _ebsco_title, TAYLOR: _taylor_title, SPRINGER: str}


def name(author: str) -> tuple[str, str]:
    """Return family name and given names; a body has no given names."""
    if author in BODIES:
        return author, ""
    if author in NAMES:
        return NAMES[author]
    given, family = author.rsplit(" ", 1)
    return family, given


def _full(author: str) -> str:
    return ", ".join(part for part in name(author) if part)


def _initials(author: str) -> str:
    family, given = name(author)
    return f"{family}, {' '.join(word[0] + '.' for word in given.split())}" if given else family


# --- the three exports ---------------------------------------------------------------------------------------------


def _provenance(work: dict[str, Any]) -> str:
    inferred = work["abstract_source"] == "inferred-from-title"
    return "abstract inferred from the title" if inferred else "abstract in our own words"


def _venue(work: dict[str, Any]) -> tuple[str, str]:
    kind = work["publication_type"]
    if kind in ("journal-article", "opinion-piece", "magazine-article", "news"):
        return "JF", work["venue"]
    return ("T2" if KINDS[kind][1] else "PB"), work["venue"]


def ris(lines: Iterable[tuple[str, str]]) -> str:
    """Return one RIS record; a tag without a value is left out."""
    return "".join(f"{tag}  - {value}\n" for tag, value in lines if value) + "ER  - \n\n"


def ebsco_record(copy: Copy, position: int) -> str:
    """Return a record as EBSCOhost's RIS export lays it out."""
    work = copy.work
    year = str(work["year"] or "")
    words = [label for pattern, label in KEYWORDS.items() if re.search(pattern, work["title"], re.IGNORECASE)]
    return ris(
        [
            ("TY", KINDS[work["publication_type"]][0]),
            *(("AU", _full(author)) for author in work["authors"]),
            ("TI", copy.title),
            _venue(work),
            ("AB", work["abstract"]),
            ("PY", year),
            ("DA", year and f"{year}///"),
            ("DO", copy.doi),
            ("UR", copy.doi and f"https://doi.org/{work['doi']}"),
            *(("KW", word) for word in words),
            ("N1", f"Accession Number: DEMO{position:04d} (simulated); {_provenance(work)}"),
            ("DB", "EBSCOhost (simulated)"),
            ("DP", "EBSCOhost (simulated)"),
        ]
    )


def taylor_record(copy: Copy) -> str:
    """Return a record as Taylor & Francis Online's RIS export lays it out."""
    work = copy.work
    spell = _initials if fraction(work, "initials") < 0.75 else _full
    return ris(
        [
            ("TY", KINDS[work["publication_type"]][0]),
            ("T1", copy.title),
            *(("AU", spell(author)) for author in work["authors"]),
            ("Y1", f"{work['year']}//" if work["year"] else ""),
            ("N2", work["abstract"]),
            _venue(work),
            ("PB", "Taylor & Francis" if home(work) == TAYLOR else ""),
            ("DO", copy.doi),
            ("UR", copy.doi and f"https://doi.org/{work['doi']}"),
            ("N1", f"Simulated export of Taylor & Francis Online; {_provenance(work)}"),
        ]
    )


def springer_row(copy: Copy) -> dict[str, str]:
    """Return a row of SpringerLink's search results: no abstract, authors run together."""
    work = copy.work
    return dict.fromkeys(SPRINGER_HEADER, "") | {
        "Item Title": copy.title,
        "Publication Title": work["venue"],
        "Item DOI": copy.doi,
        "Authors": "".join(work["authors"]),
        "Publication Year": str(work["year"] or ""),
        "URL": copy.doi and f"https://doi.org/{copy.doi}",
        "Content Type": KINDS[work["publication_type"]][1],
    }
