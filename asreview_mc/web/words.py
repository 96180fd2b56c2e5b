"""A record's text as a page shows it: headings set apart, words marked, the language named, two texts compared."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher

from markupsafe import Markup, escape

LONGEST_COMPARED = 3000
"""In words and the blanks between them; the comparison takes their product."""

_HEADINGS = (
    "abstract|aims?|aims? and objectives?|background|background and aims?|conclusions?|contribution|data sources|"
    "data synthesis|design|design/methodology/approach|discussion|evidence|findings|implications|interventions?|"
    "interpretation|introduction|limitations|main outcome measures?|main results|materials and methods|measurements?|"
    "methodology|methods?|methods and results|objectives?|originality|originality/value|outcomes?|participants|"
    "patients|practical implications|purpose|rationale|research limitations/implications|research question|results?|"
    "results and discussion|results and conclusions?|setting|significance|social implications|study design|"
    "study selection|summary|value"
)
_HEADING = re.compile(
    rf"(?:^|(?<=[.!?;)\]\s]\s)|(?<=[.!?)\]]))\s*"
    rf"((?:{_HEADINGS})|(?-i:[A-Z][A-Z][A-Z /&,-]{{2,50}})(?<! ))\s?:(?=\s|[A-Z])",
    re.IGNORECASE,
)
_LANGUAGES = {
    "ar": ("arabic", "ara"),
    "bg": ("bulgarian", "bul"),
    "cs": ("czech", "cze", "ces"),
    "da": ("danish", "dan"),
    "de": ("german", "ger", "deu", "deutsch"),
    "el": ("greek", "gre", "ell"),
    "en": ("english", "eng"),
    "es": ("spanish", "spa", "español", "castilian"),
    "et": ("estonian", "est"),
    "fa": ("persian", "per", "fas", "farsi"),
    "fi": ("finnish", "fin"),
    "fr": ("french", "fre", "fra", "français"),
    "he": ("hebrew", "heb"),
    "hr": ("croatian", "hrv", "scr"),
    "hu": ("hungarian", "hun"),
    "id": ("indonesian", "ind"),
    "it": ("italian", "ita", "italiano"),
    "ja": ("japanese", "jpn"),
    "ko": ("korean", "kor"),
    "lt": ("lithuanian", "lit"),
    "lv": ("latvian", "lav"),
    "nl": ("dutch", "dut", "nld"),
    "no": ("norwegian", "nor"),
    "pl": ("polish", "pol"),
    "pt": ("portuguese", "por", "português"),
    "ro": ("romanian", "rum", "ron"),
    "ru": ("russian", "rus"),
    "sk": ("slovak", "slo", "slk"),
    "sl": ("slovenian", "slv"),
    "sr": ("serbian", "srp"),
    "sv": ("swedish", "swe"),
    "th": ("thai", "tha"),
    "tr": ("turkish", "tur"),
    "uk": ("ukrainian", "ukr"),
    "vi": ("vietnamese", "vie"),
    "zh": ("chinese", "chi", "zho", "mandarin"),
}
_CODES = {name: code for code, names in _LANGUAGES.items() for name in (code, *names)}


def language_code(said: str) -> str:
    """Return the code (BCP 47) of a language as a database names it, ``""`` where it names none or several.

    Examples
    --------
    >>> language_code("English"), language_code("ger"), language_code("English; French")
    ('en', 'de', '')
    """
    return _CODES.get(said.strip().casefold().split("-")[0], "")


def sections(abstract: str) -> list[tuple[str, str]]:
    """Return an abstract as (heading, text) in order, the heading empty where a part has none.

    Examples
    --------
    >>> sections("BACKGROUND: Badges. RESULTS: They help.")
    [('BACKGROUND', 'Badges.'), ('RESULTS', 'They help.')]
    """
    found = [match for match in _HEADING.finditer(abstract) if match[1][0].isupper()]
    if not found:
        return [("", abstract)] if abstract else []
    parts = [("", abstract[: found[0].start()].strip())] if abstract[: found[0].start()].strip() else []
    for match, following in zip(found, [*found[1:], None], strict=True):
        end = following.start() if following else len(abstract)
        parts.append((match[1].strip(), abstract[match.end() : end].strip()))
    return parts


def marked(text: str, words: Mapping[str, Sequence[str]]) -> Markup:
    """Return `text` escaped, with the words of each kind in a ``<mark>`` of that class.

    A trailing ``*`` matches any ending; case makes no difference; the first kind wins where two match.
    """
    kinds = [(kind, [word for word in several if word.strip("* ")]) for kind, several in words.items()]
    kinds = [(kind, several) for kind, several in kinds if several]
    if not kinds:
        return escape(text)
    pattern = "|".join(f"(?P<k{k}>{'|'.join(map(_pattern, several))})" for k, (_, several) in enumerate(kinds))
    parts, end = [], 0
    for match in re.finditer(pattern, text, re.IGNORECASE):
        kind = kinds[int((match.lastgroup or "k0")[1:])][0]
        parts += [escape(text[end : match.start()]), Markup('<mark class="{}">{}</mark>').format(kind, match[0])]
        end = match.end()
    return Markup("").join([*parts, escape(text[end:])])


def _pattern(word: str) -> str:
    stem = re.escape(word.strip().rstrip("*"))
    before = r"\b" if stem[:1].isalnum() else ""
    after = r"\w*" if word.strip().endswith("*") else r"\b" if stem[-1:].isalnum() else ""
    return rf"{before}{stem}{after}"


def quoted(text: str, sentences: Mapping[str, str]) -> Markup:
    """Return `text` escaped, each of the `sentences` that stands in it marked with what it is evidence for."""
    places = sorted((text.find(said), said, what) for what, said in sentences.items() if said and said in text)
    parts, end = [], 0
    for start, said, what in places:
        if start >= end:
            evidence = Markup('<mark class="evidence" title="{}">{}</mark>').format(what, said)
            parts += [escape(text[end:start]), evidence]
            end = start + len(said)
    return Markup("").join([*parts, escape(text[end:])])


def compared(one: str, other: str) -> tuple[Markup, Markup]:
    """Return two texts with the words in which they differ marked: ``<del>`` in the first, ``<ins>`` in the second."""
    first, second = (re.findall(r"\s+|\w+|[^\w\s]", text) for text in (one, other))
    if max(len(first), len(second)) > LONGEST_COMPARED:
        return escape(one), escape(other)
    matcher = SequenceMatcher(None, first, second, autojunk=False)
    sides: tuple[list[Markup], list[Markup]] = ([], [])
    for what, a, b, c, d in matcher.get_opcodes():
        for side, tag, words in ((sides[0], "del", first[a:b]), (sides[1], "ins", second[c:d])):
            said = "".join(words)
            if said:
                side.append(escape(said) if what == "equal" else Markup(f"<{tag}>{{}}</{tag}>").format(said))
    return Markup("").join(sides[0]), Markup("").join(sides[1])


def words_of(text: str) -> Iterator[str]:
    """Yield the words of a list that somebody typed, separated by commas or lines."""
    for word in re.split(r"[,;\n]", text):
        if word.strip():
            yield " ".join(word.split())[:60]
