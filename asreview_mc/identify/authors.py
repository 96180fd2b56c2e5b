"""Names of people: one text with many authors taken apart, and the surname that duplicates are compared by."""

from __future__ import annotations

import ast
import itertools
import re
import warnings

_INITIALS = re.compile(r"(?:[^\W\d_]\.?[\s-]?){1,4}\Z")
_SUFFIX = re.compile(r"\b(?:jr|sr|ii|iii|iv|md|phd)\.?(?=\s|,|\Z)", re.IGNORECASE)
_ENTITY = re.compile(r"&#?\w+;")
_COMMA = re.compile(r",(?![^()]*\))")
_PARTICLES = frozenset(
    [
        *("al", "ben", "da", "de", "del", "della", "den", "der", "di", "du"),
        *("el", "la", "le", "ten", "ter", "van", "von"),
    ]
)
_INSIDE_SURNAME = frozenset(
    {"Mc", "Mac", "Fitz", "O", "St"} | {word.capitalize() for word in _PARTICLES - {"al", "ben"}}
)


def listed(text: str) -> list[str] | None:
    """Return the items of a list written the way Python prints one, or None if `text` is no such list."""
    stripped = text.strip()
    if not (stripped.startswith("[") and stripped.endswith("]")):
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            value = ast.literal_eval(stripped)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return None
    return value if isinstance(value, list) and all(isinstance(item, str) for item in value) else None


def split_list(text: str, *, commas: bool = False) -> list[str]:
    """Take apart keywords or other short items that share one field.

    Separators are line ends, else semicolons (not those of an entity such as ``&amp;``), else bars, else commas outside
    brackets.

    Parameters
    ----------
    text : str
        One field.
    commas : bool
        Whether a comma separates too, where nothing else does.
    """
    items = listed(text)
    if items is None:
        items = _apart(text, ("\n", ";", "|", ",") if commas else ("\n", ";"))
    return _clean(items)


def split_authors(text: str, *, glued: bool = False) -> list[str]:
    """Take apart the authors that share one cell of a table.

    Parameters
    ----------
    text : str
        One cell.
    glued : bool
        Whether names may follow each other with nothing between them, as SpringerLink writes them
        (``Ann BergerKarl Thiel``): they are split where a small letter meets a capital, if both sides are then
        whole names and the first does not end in a part of a surname such as Mc.
    """
    items = listed(text)
    if items is not None:
        return _clean(items)
    for separator in ("\n", ";", "|"):
        if separator in text:
            return _clean(text.split(separator))
    if "," in text:
        return _clean(_comma_separated(text))
    if re.search(r"\s(?:and|&)\s", text):
        return _clean(re.split(r"\s(?:and|&)\s", text))
    return _clean(_unglued(text) if glued else [text])


def surname(author: str) -> str:
    """Return the surname in an author's name, without particles in front, or ``""`` where there is none.

    Examples
    --------
    >>> surname("García-Peñalvo, Francisco J."), surname("Adler D.G."), surname("Rens van de Schoot")
    ('García-Peñalvo', 'Adler', 'Schoot')
    """
    name = _SUFFIX.sub("", author).strip()
    family, comma, _ = name.partition(",")
    words = family.split()
    if not comma:
        named = len(words)
        while named and _is_initials(words[named - 1]):
            named -= 1
        given_last = 0 < named < len(words)
        words = words[:named] if given_last and not _is_initials(words[0]) else words[-1:]
    while len(words) > 1 and words[0].casefold() in _PARTICLES:
        words.pop(0)
    return " ".join(words)


def _is_initials(text: str) -> bool:
    return bool(_INITIALS.match(text)) and text.isupper()


def _clean(items: list[str]) -> list[str]:
    folded = (" ".join(item.split()) for item in items)
    return [item for item in folded if item.strip(" ,;.")]


def _apart(text: str, separators: tuple[str, ...]) -> list[str]:
    for separator in separators:
        if separator not in text or (separator == ";" and _ENTITY.search(text)):
            continue
        return _COMMA.split(text) if separator == "," else text.split(separator)
    return [text]


def _comma_separated(text: str) -> list[str]:
    """Split ``Liu R., Adler D.G.`` and ``Liu, R., Adler, D.G.``, but leave ``De Vries, Mary Ann`` whole."""
    text = re.sub(r",?\s+(?:and|&)\s+", ", ", text)
    parts = [part.strip() for part in text.split(",") if part.strip()]
    if len(parts) % 2 == 0 and all(_is_initials(part) for part in parts[1::2]):
        return [f"{family}, {given}" for family, given in zip(parts[0::2], parts[1::2], strict=True)]
    several = all(len(part.split()) > 1 for part in parts)
    if several and (len(parts) > 2 or parts[0].split()[0].casefold() not in _PARTICLES):
        return parts
    return [text]


def _unglued(text: str) -> list[str]:
    names: list[str] = []
    for piece in _pieces(text):
        whole = names and " " in names[-1].strip() and names[-1].split()[-1] not in _INSIDE_SURNAME
        if whole:
            names.append(piece)
        elif names:
            names[-1] += piece
        else:
            names.append(piece)
    if len(names) > 1 and " " not in names[-1].strip():
        last = names.pop()
        names[-1] += last
    return names


def _pieces(text: str) -> list[str]:
    """Cut `text` wherever a small letter meets a capital."""
    cuts = [0, *(i for i in range(1, len(text)) if text[i - 1].islower() and text[i].isupper()), len(text)]
    return [text[start:end] for start, end in itertools.pairwise(cuts)]
