r"""LaTeX in BibTeX made text: accents, letters and signs; a command that is not known stays as it is.

``\"{o}``, ``{\"o}`` and ``\"o`` are one letter; braces that only protect capitals go.
"""

from __future__ import annotations

import re
import unicodedata

_ACCENTS = {
    "`": "\u0300",
    "'": "\u0301",
    "^": "\u0302",
    "~": "\u0303",
    "=": "\u0304",
    "u": "\u0306",
    ".": "\u0307",
    '"': "\u0308",
    "r": "\u030a",
    "H": "\u030b",
    "v": "\u030c",
    "d": "\u0323",
    "c": "\u0327",
    "k": "\u0328",
    "b": "\u0331",
}
_GREEK = (
    *("alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa", "lambda", "mu", "nu"),
    *("xi", "omicron", "pi", "rho", "sigma", "tau", "upsilon", "phi", "chi", "psi", "omega"),
)


def _greek(size: str, name: str) -> str:
    return unicodedata.lookup(f"GREEK {size} LETTER {'LAMDA' if name == 'lambda' else name.upper()}")


_SIGNS = {
    **{name: _greek("SMALL", name) for name in _GREEK},
    **{name.capitalize(): _greek("CAPITAL", name) for name in _GREEK},
    **{"ss": "ß", "o": "ø", "O": "Ø", "ae": "æ", "AE": "Æ", "oe": "œ", "OE": "Œ", "aa": "å", "AA": "Å"},
    **{"l": "ł", "L": "Ł", "i": "ı", "j": "ȷ", "dh": "ð", "DH": "Ð", "th": "þ", "TH": "Þ", "dj": "đ", "DJ": "Đ"},
    **{"textendash": "–", "textemdash": "—", "textquoteright": "’", "textquoteleft": "‘", "ldots": "…", "dots": "…"},
    **{"textquotedblleft": "“", "textquotedblright": "”", "textellipsis": "…", "textbullet": "•", "textdegree": "°"},
    **{"textregistered": "®", "texttrademark": "™", "copyright": "©", "pounds": "£", "S": "§", "P": "¶", "euro": "€"},
    **{"textasciitilde": "~", "textbackslash": "\\", "textasciicircum": "^", "textunderscore": "_"},
    **{"textbraceleft": "{", "textbraceright": "}"},
    **{"textgreater": ">", "textless": "<", "textbar": "|", "textquotesingle": "'", "textmu": "µ"},
    **{"times": "×", "pm": "±", "leq": "≤", "geq": "≥", "le": "≤", "ge": "≥", "neq": "≠", "approx": "≈", "sim": "∼"},
    **{"cdot": "·", "rightarrow": "→", "leftarrow": "←", "infty": "∞", "degree": "°", "circ": "°", "div": "÷"},
}
_MATHS = re.compile(r"(?<!\\)\$([^$\n]*\\[A-Za-z][^$\n]*)(?<!\\)\$")
_TOKEN = re.compile(
    r"\\(?P<sign>[%&$#_{} ])"
    r"|\\(?P<mark>[`'^~=.\"])\s*(?:\{\s*(?P<braced>\\[ij]|[^\W\d_])\s*\}|(?P<bare>\\[ij](?![A-Za-z])|[^\W\d_]))"
    r"|\\(?P<letter>[uvHcdbkr])(?:\s*\{\s*(?P<inner>\\[ij]|[^\W\d_])\s*\}|\s+(?P<after>[^\W\d_]))"
    r"|\\(?:textit|textbf|textsc|textrm|texttt|textup|emph|text|mathrm|mathit|mathbf|ensuremath|url|mbox)(?=\s*\{)"
    r"|\\(?P<name>[A-Za-z]+)(?:\{\}|\s+|(?![A-Za-z]))"
    r"|(?P<brace>[{}])|(?P<tie>~)|(?P<dashes>---?)"
)


def to_text(value: str) -> str:
    r"""Return `value` with its LaTeX resolved.

    Examples
    --------
    >>> to_text(r'M{\"u}ller and the {DNA} of Garc{\'\i}a: 50\% \foo')
    'Müller and the DNA of García: 50% \\foo'
    """
    if not _has_latex(value):
        return value
    return _TOKEN.sub(_resolved, _MATHS.sub(r"\1", value))


def _has_latex(value: str) -> bool:
    return any(mark in value for mark in ("\\", "{", "}", "~", "--"))


def _resolved(match: re.Match[str]) -> str:
    kind = match.lastgroup
    if kind in ("braced", "bare"):
        return _accented(match["braced"] or match["bare"], match["mark"])
    if kind in ("inner", "after"):
        return _accented(match["inner"] or match["after"], match["letter"])
    if kind == "name":
        known = _SIGNS.get(match["name"])
        return match.group() if known is None else known
    plain = {"tie": " ", "dashes": "–" if match.group() == "--" else "—", "sign": match["sign"] or ""}
    return plain.get(kind or "", "")


def _accented(letter: str, mark: str) -> str:
    return unicodedata.normalize("NFC", letter.removeprefix("\\") + _ACCENTS[mark])
