"""Titles as text: what makes two of them one, and the publisher's word that an article is retracted."""

from __future__ import annotations

import html
import re
import unicodedata

_MARKUP = re.compile(r"</?[a-zA-Z][^<>]*>")
_NOT_ASCII_WORD = re.compile(r"[^a-z0-9+#]+")
_LATIN_ACCENT = re.compile(r"(?<=[a-z])[\u0300-\u036f]+")
_GREEK = str.maketrans(
    {
        letter: unicodedata.name(letter).rpartition(" ")[2].lower().replace("lamda", "lambda")
        for letter in "αβγδεζηθικλμνξοπρστυφχψω"
    }
)
_SAID = r"(?:retracted|withdrawn)(?: (?:article|chapter|paper|publication))?"
_WORD = re.compile("retracted|withdrawn", re.IGNORECASE)
_RETRACTED = re.compile(
    rf"\A\W*{_SAID}(?:\s*[:.)\]]| [-\u2010-\u2015] )\s*"
    rf"|\s*[(\[]{_SAID}(?:[.,:;](?:[^()\[\]]|\([^()]*\))*)?[)\]]\W*\Z"
    rf"| [-\u2010-\u2015] {_SAID}\W*\Z",
    re.IGNORECASE,
)


def normalise(text: str) -> str:
    """Return `text` as titles are compared: letters, digits, + and # of any script, without case, markup or blanks.

    Accents are taken off Latin letters only; vowel signs and tones of other scripts are letters there and stay. A Greek
    letter beside Latin ones is spelt out.

    Examples
    --------
    >>> normalise("Micro-Credentials: <i>État</i> de l’art"), normalise("微证书：综述"), normalise("β-cells")
    ('microcredentialsetatdelart', '微证书综述', 'betacells')
    """
    return "".join(words_in(plain(text)))


def plain(text: str) -> str:
    """Return `text` without markup, case and the accents of Latin letters; blanks and punctuation stay."""
    text = _MARKUP.sub("", html.unescape(text) if "&" in text else text)
    if text.isascii():
        return text.lower()
    text = _LATIN_ACCENT.sub("", unicodedata.normalize("NFKD", text).casefold())
    return text.translate(_GREEK) if any("a" <= character <= "z" for character in text) else text


def words_in(written: str) -> list[str]:
    """Return the words of a text that is `plain`."""
    if written.isascii():
        return _NOT_ASCII_WORD.sub(" ", written).split()
    kept = (
        character if character in "+#" or unicodedata.category(character)[0] in "LNM" else " " for character in written
    )
    return "".join(kept).split()


def without_retraction(title: str) -> str:
    """Return `title` without the publisher's word that the article is retracted or withdrawn, before or after it.

    Examples
    --------
    >>> without_retraction("RETRACTED: Open badges"), without_retraction("Open badges (Retracted article. See vol. 9)")
    ('Open badges', 'Open badges')
    """
    return _RETRACTED.sub("", title)


def retraction(title: str) -> str:
    """Return the word by which `title` says that the article is retracted, in capitals; empty where it does not.

    Examples
    --------
    >>> retraction("Open badges (Retracted article. See vol. 9)"), retraction("Retracted promises of open badges")
    ('RETRACTED', '')
    """
    said = _RETRACTED.search(title)
    word = _WORD.search(said.group()) if said else None
    return word.group().upper() if word else ""
