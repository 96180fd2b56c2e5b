"""From values to HTML: one environment, everything escaped, and a record always shown in the same way."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from urllib.parse import quote

import jinja2
from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse
from markupsafe import Markup

from asreview_mc.core.errors import AsreviewMCError
from asreview_mc.core.protocol import Protocol
from asreview_mc.core.record import Record
from asreview_mc.core.version import __version__
from asreview_mc.web.house import House, house_of
from asreview_mc.web.who import Caller
from asreview_mc.web.words import language_code, marked, quoted, sections, words_of

HIDEABLE = ("authors", "journal", "year", "keywords")
_FOR_COMMANDS = re.compile(r"--[a-z]|`")
STAGE_NAMES = {"abstract": "Title and abstract", "fulltext": "Full text"}


@dataclass(frozen=True, slots=True)
class Preferences:
    """What somebody set for themselves: words to mark, and what of a record to leave out since it may bias."""

    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    hidden: frozenset[str] = field(default_factory=frozenset)

    @classmethod
    def of(cls, house: House, who: Caller) -> Preferences:
        """Return those of who is asking."""
        kept = house.accounts.preferences(who.name)
        hidden = frozenset(kept.get("hidden", ())).intersection(HIDEABLE)
        return cls(tuple(kept.get("include", ())), tuple(kept.get("exclude", ())), hidden)

    @classmethod
    def typed(cls, form: Mapping[str, str]) -> Preferences:
        """Return those that a form sent."""
        hidden = frozenset(name for name in HIDEABLE if form.get(f"hide_{name}"))
        return cls(tuple(words_of(form.get("include", ""))), tuple(words_of(form.get("exclude", ""))), hidden)

    def plain(self) -> dict[str, Any]:
        """Return them as values that JSON holds."""
        return {"include": self.include, "exclude": self.exclude, "hidden": sorted(self.hidden)}

    def words(self, protocol: Protocol) -> dict[str, Sequence[str]]:
        """Return the words to mark by kind, the protocol's and one's own."""
        return {
            "for": (*protocol.keywords_include, *self.include),
            "against": (*protocol.keywords_exclude, *self.exclude),
        }


def lasting(hours: float) -> str:
    """Return a time in words, in minutes below two hours.

    Examples
    --------
    >>> lasting(0.004), lasting(1.5), lasting(12.34)
    ('1 minute', '90 minutes', '12.3 hours')
    """
    minutes = max(round(hours * 60), 1)
    if minutes >= 120:
        return f"{hours:.1f} hours"
    return f"{minutes} minute{'s' if minutes > 1 else ''}"


@cache
def environment() -> jinja2.Environment:
    """Return the templates."""
    made = jinja2.Environment(
        loader=jinja2.PackageLoader("asreview_mc.web"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["n"] = lambda number: f"{number:,}"
    made.filters["lasting"] = lasting
    made.filters["day"] = lambda at: at[:10]
    made.filters["minute"] = lambda at: at[:16].replace("T", " ")
    made.globals.update(stage_names=STAGE_NAMES, version=__version__)
    return made


def fragment(template: str, **values: Any) -> Markup:  # noqa: ANN401
    """Return part of a page."""
    return Markup(environment().get_template(template).render(**values))


def page(request: Request, who: Caller | None, template: str, code: int = 200, **values: Any) -> HTMLResponse:  # noqa: ANN401
    """Return a page; ``said`` in the address is shown as what has just been done."""
    house = house_of(request)
    html = (
        environment()
        .get_template(template)
        .render(
            who=who,
            team=house.settings.team,
            title=house.title,
            path=request.url.path,
            said=request.query_params.get("said", "")[:300],
            **values,
        )
    )
    return HTMLResponse(html, code)


def told(error: AsreviewMCError) -> str:
    """Return an error in one line, without advice for those who have a command line before them."""
    if error.remedy and _FOR_COMMANDS.search(error.remedy):
        return str(AsreviewMCError(error.what, where=error.where))
    return str(error)


def back(path: str, said: str = "") -> RedirectResponse:
    """Send the browser to a page of ours after a form was taken in, with a line on what was done."""
    page, hash_, part = path.partition("#")
    if said:
        page += f"{'&' if '?' in page else '?'}said={quote(said)}"
    return RedirectResponse(f"{page}{hash_}{part}", 303)


def view(
    record: Record,
    *,
    words: Mapping[str, Sequence[str]] | None = None,
    evidence: Mapping[str, str] | None = None,
    hidden: frozenset[str] = frozenset(),
) -> dict[str, Any]:
    """Return what a page shows of a record: text escaped and marked, fields in `hidden` left empty."""

    def shown(text: str) -> Markup:
        return quoted(text, evidence) if evidence else marked(text, words or {})

    return {
        "record_id": record.record_id,
        "title": shown(record.title),
        "sections": [(heading, shown(text)) for heading, text in sections(record.abstract)],
        "lang": language_code(record.language),
        "language": record.language,
        "authors": "" if "authors" in hidden else _several(record.authors, 8),
        "year": "" if "year" in hidden else record.year or "",
        "journal": "" if "journal" in hidden else record.journal,
        "keywords": () if "keywords" in hidden else record.keywords,
        "type": "" if record.publication_type.isupper() else record.publication_type,
        "doi": record.doi,
        "link": f"https://doi.org/{quote(record.doi, safe='/:;()<>._-')}" if record.doi else "",
    }


def _several(names: Sequence[str], most: int) -> str:
    return "; ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")
