"""What may stand in a field of a form: text from a keyboard or a spreadsheet read, checked and shown again.

A value is text, a number, or a list of texts; a date is ISO 8601 as far as it is known (``2021-03-04``, ``2021-03``,
``2021``), a country its ISO 3166-1 alpha-2 code. What a spreadsheet made of a value is undone only where there is one
way to undo it, and refused with the likely cause otherwise.
"""

from __future__ import annotations

import datetime
import math
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from difflib import get_close_matches
from functools import cache
from typing import Any

from asreview_mc.core.errors import DecisionError
from asreview_mc.core.protocol import SEVERAL, ExtractionField

Value = str | int | float | list[str]
SEPARATOR = "; "
_MIDNIGHT = re.compile(r"[T ]00:00(:00(\.0+)?)?Z?\Z")
_ISO = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?\Z")
_SLASHED = re.compile(r"(\d{1,2})[/.](\d{1,2})[/.](\d{4})\Z")
_SERIAL = re.compile(r"[1-9]\d{4}(\.0+)?\Z")
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?\Z")
_EPOCH = datetime.date(1899, 12, 30)


def read(field: ExtractionField, given: object) -> Value | None:
    """Return what `given` says in a field, None where it is empty: the field is left open again.

    Parameters
    ----------
    given : object
        Text, a number, or a sequence of texts; several values in one text stand apart by semicolons or line ends.

    Raises
    ------
    DecisionError
        If the field cannot hold it; the message says what it can.
    """
    if given is None or given == "" or given == [] or (isinstance(given, str) and not given.strip()):
        return None
    if field.type in SEVERAL:
        parts = re.split(r"[;\n]", given) if isinstance(given, str) else list(_listed(given))
        texts = [text for text in (_line(part) for part in parts) if text]
        return _several(field, texts) or None
    if isinstance(given, (list, tuple)):
        raise _refused(field, f"holds one value, not {len(given)}")
    value: Value = _ONE[field.type](field, _line(given) if field.type != "text" else _lines(given))
    return value


def _several(field: ExtractionField, texts: Sequence[str]) -> list[str]:
    if field.type == "list":
        return list(texts)
    one = _country if field.type == "countries" else _choice
    found = dict.fromkeys(one(field, text) for text in texts)
    if field.type == "multi":
        return [choice for choice in field.choices if choice in found]
    return list(found)


def _listed(given: object) -> Sequence[object]:
    return given if isinstance(given, (list, tuple)) else [given]


def _lines(given: object) -> str:
    return "\n".join(line.rstrip() for line in str(given).splitlines()).strip()


def _line(given: object) -> str:
    return " ".join(str(given).split())


def problem(field: ExtractionField | None, value: Value) -> str:
    """Say why a value that was given once does not fit the form of today; empty where it does."""
    if field is None:
        return "no longer in the form"
    try:
        fits = read(field, value) == value
    except DecisionError as error:
        return error.what
    return "" if fits else "of another kind than the form asks for now"


def shown(value: Value | None, *, joint: str = SEPARATOR) -> str:
    """Return a value as one text."""
    return "" if value is None else joint.join(value) if isinstance(value, list) else str(value)


def same(first: Value, second: Value) -> bool:
    """Whether two extractors said the same: lists in any order, text whatever its case, spacing and full stop."""
    if isinstance(first, list) and isinstance(second, list):
        return sorted(map(_plain, first)) == sorted(map(_plain, second))
    if isinstance(first, str) and isinstance(second, str):
        return _plain(first) == _plain(second)
    return first == second


def _plain(text: str) -> str:
    return _line(unicodedata.normalize("NFKC", text)).casefold().rstrip(".")


def labels(field: ExtractionField, value: Value) -> list[str]:
    """Return the categories that a value counts in: choices, or names of countries."""
    texts = value if isinstance(value, list) else [str(value)]
    return [country_name(text) for text in texts] if field.type in ("country", "countries") else list(texts)


# -- one value ----------------------------------------------------------------------------------------------------


def _text(field: ExtractionField, text: str) -> str:
    return text


def _number(field: ExtractionField, text: str) -> int | float:
    if _NUMBER.match(text):
        number = float(text)
        if math.isfinite(number):
            return int(number) if number.is_integer() and "." not in text.rstrip("0").rstrip(".") else number
    mangled = _ISO.match(_MIDNIGHT.sub("", text))
    if mangled and mangled[3]:
        day = (datetime.date(*map(int, mangled.groups())) - _EPOCH).days if _is_day(mangled) else 0
        raise _refused(field, f"{text!r} is a date: a spreadsheet made it of a number, perhaps of {day}")
    if "," in text:
        raise _refused(field, f"{text!r} has a comma; write a decimal point and no thousands separator")
    raise _refused(field, f"{text!r} is no number")


def _date(field: ExtractionField, text: str) -> str:
    plain = _MIDNIGHT.sub("", text)
    iso = _ISO.match(plain)
    if iso and _is_day(iso):
        return plain
    slashed = _SLASHED.match(plain)
    if slashed:
        return _of_slashed(field, text, *map(int, slashed.groups()))
    if _SERIAL.match(plain):
        day = (_EPOCH + datetime.timedelta(days=int(float(plain)))).isoformat()
        raise _refused(field, f"{text!r} is how a spreadsheet keeps a day, perhaps {day}; write the date like that")
    raise _refused(field, f"{text!r} is no date; write 2021-03-04, 2021-03 or 2021")


def _of_slashed(field: ExtractionField, text: str, first: int, second: int, year: int) -> str:
    """Read 13/04/2021 and 04/13/2021; 03/04/2021 may be two days and is refused."""
    orders = {(first, second), (second, first)}
    found = {f"{year:04d}-{month:02d}-{day:02d}" for month, day in orders}
    valid = sorted(day for day in found if (iso := _ISO.match(day)) and _is_day(iso))
    if len(valid) == 1:
        return valid[0]
    if valid:
        raise _refused(field, f"{text!r} is {valid[0]} or {valid[1]}; write the one that is meant")
    raise _refused(field, f"{text!r} is no day of the calendar")


def _is_day(iso: re.Match[str]) -> bool:
    year, month, day = (int(part) if part else 1 for part in iso.groups())
    try:
        datetime.date(year, month, day)
    except ValueError:
        return False
    return True


def _choice(field: ExtractionField, text: str) -> str:
    folded = {_plain(choice): choice for choice in field.choices}
    if _plain(text) in folded:
        return folded[_plain(text)]
    near = get_close_matches(_plain(text), list(folded), 1, 0.75)
    hint = f"; is {folded[near[0]]!r} meant?" if near else ""
    raise _refused(field, f"{text!r} is not in the list: {', '.join(field.choices)}{hint}")


def _country(field: ExtractionField, text: str) -> str:
    code = _countries().get(_plain(text))
    if code:
        return code
    near = get_close_matches(_plain(text), list(_countries()), 1, 0.8)
    hint = f"; is {country_name(_countries()[near[0]])} meant?" if near else ""
    raise _refused(field, f"{text!r} is no country of ISO 3166, by name or code{hint}")


_SHORT = {
    "BO": "Bolivia",
    "CD": "Democratic Republic of the Congo",
    "CZ": "Czech Republic",
    "FM": "Micronesia",
    "GB": "United Kingdom",
    "IR": "Iran",
    "KP": "North Korea",
    "KR": "South Korea",
    "MD": "Moldova",
    "NL": "Netherlands",
    "RU": "Russia",
    "TR": "Turkey",
    "TW": "Taiwan",
    "TZ": "Tanzania",
    "US": "United States",
    "VE": "Venezuela",
    "VN": "Vietnam",
}
_ALSO = {
    "UK": "GB",
    "Great Britain": "GB",
    "England": "GB",
    "Scotland": "GB",
    "Wales": "GB",
    "Northern Ireland": "GB",
    "America": "US",
    "The Netherlands": "NL",
    "Ivory Coast": "CI",
    "Cape Verde": "CV",
    "Swaziland": "SZ",
    "Macedonia": "MK",
}
"""Names in daily use that ISO 3166 does not have: one to show for each country, and others that are read."""


@cache
def _countries() -> Mapping[str, str]:
    """Return the alpha-2 code by every name and code that somebody may write."""
    import iso3166

    found: dict[str, str] = {}
    for country in iso3166.countries:
        for name in (country.alpha2, country.alpha3, country.name, country.apolitical_name):
            found[_plain(name)] = country.alpha2
    daily = {name: code for code, name in _SHORT.items()} | _ALSO
    return found | {_plain(name): code for name, code in daily.items()}


@cache
def country_name(code: str) -> str:
    """Return a country's short English name, the code itself where there is no such country."""
    import iso3166

    country = iso3166.countries_by_alpha2.get(code)
    return _SHORT.get(code) or (country.apolitical_name if country else code)


_ONE: Mapping[str, Callable[[ExtractionField, str], Any]] = {
    "text": _text,
    "number": _number,
    "date": _date,
    "single": _choice,
    "country": _country,
}


def _refused(field: ExtractionField, why: str) -> DecisionError:
    return DecisionError(why, where=f"field {field.code}")
