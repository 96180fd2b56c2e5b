"""Records as BibTeX, one entry each, with what was decided in its note.

Fields that BibTeX has no way to say are JSON in a field `asreview-mc`, which no style prints.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from asreview_mc.report.unsaid import tells_itself, unsaid

_TYPES = (
    ("chapter", "incollection"),
    ("book", "book"),
    ("conference", "inproceedings"),
    ("proceeding", "inproceedings"),
    ("thesis", "phdthesis"),
    ("dissertation", "phdthesis"),
    ("report", "techreport"),
    ("preprint", "unpublished"),
)
_FIELDS = (
    ("title", "title"),
    ("year", "year"),
    ("volume", "volume"),
    ("issue", "number"),
    ("pages", "pages"),
    ("doi", "doi"),
    ("pmid", "pmid"),
    ("issn", "issn"),
    ("abstract", "abstract"),
    ("language", "language"),
    ("url", "url"),
)
_HOME = {"incollection": "booktitle", "inproceedings": "booktitle", "techreport": "institution", "phdthesis": "school"}
_FACTS = ("outcome_abstract", "outcome_fulltext", "exclusion_reason", "subtopics", "sources", "log_head")
_SPECIAL = {
    "\\": r"\textbackslash{}",
    "{": r"\textbraceleft{}",
    "}": r"\textbraceright{}",
    "%": r"\%",
    "&": r"\&",
    "$": r"\$",
    "#": r"\#",
    "_": r"\_",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "-": "-{}",
}
_PLACELESS = ("date", "date_online", "notes", "references")
_VERBATIM = ("doi", "url", "pmid", "issn")
_ESCAPED = re.compile("|".join(re.escape(sign) for sign in _SPECIAL if sign != "-") + "|-(?=-)")
_JSON_TEXT = re.compile(r'"(?:[^"\\]|\\.)*"')


def to_bibtex(described: Sequence[Mapping[str, Any]]) -> str:
    """Return the objects of `export.describe` as BibTeX; the key of each entry is the record's id."""
    return "\n".join(_entry(one) for one in described)


def _entry(one: Mapping[str, Any]) -> str:
    kind = next((code for word, code in _TYPES if word in one["publication_type"].lower()), "")
    kind = kind or ("article" if one["journal"] else "misc")
    lines = [f"  {name} = {{{value}}}," for name, value in _fields(one, kind)]
    return "\n".join([f"@{kind}{{{one['record_id']},", *lines, "}", ""])


def _fields(one: Mapping[str, Any], kind: str) -> Iterator[tuple[str, str]]:
    if one["authors"]:
        yield "author", " and ".join(_name(author) for author in one["authors"])
    if one["journal"]:
        yield _HOME.get(kind, "journal"), _text(one["journal"])
    for field, name in _FIELDS:
        if one[field]:
            value = str(one[field])
            yield name, _bare(value) if field in _VERBATIM else _text(value)
    if one["keywords"]:
        yield "keywords", ", ".join(_text(word) for word in one["keywords"])
    facts = [f"{name}: {_joined(one[name])}" for name in _FACTS if one[name]]
    for said in one["decisions"]:
        parts = [said[part] for part in ("decision", "reason", "note") if said[part]]
        facts.append(f"decision_{said['stage']}_{said['reviewer']}: {', '.join(parts)}")
    yield "note", _text(f"asreview-mc {'; '.join(facts)}")
    left = unsaid(one, _unsure(one, kind))
    if left:
        yield "asreview-mc", _balanced_json(left)


def _unsure(one: Mapping[str, Any], kind: str) -> Iterator[str]:
    """Yield the fields that BibTeX has no place for, or that its readers take for something else."""
    yield "publication_type"
    yield from (name for name in _PLACELESS if one[name])
    yield from (name for name in _VERBATIM if re.search(r"[\\{}]", one[name]))
    if one["journal"] and _HOME.get(kind) in ("institution", "school"):
        yield "journal"
    if not tells_itself(one["keywords"], ",;|()"):
        yield "keywords"


def _balanced_json(value: Mapping[str, Any]) -> str:
    """Return JSON whose braces are in pairs, as a field's must be: one inside a text is written by its number."""
    line = json.dumps(value, separators=(",", ":"))
    return _JSON_TEXT.sub(lambda text: text.group().replace("{", r"\u007b").replace("}", r"\u007d"), line)


def _joined(value: Any) -> str:  # noqa: ANN401
    return ", ".join(value) if isinstance(value, list) else str(value)


def _name(author: str) -> str:
    """Return one author; braces keep a name whole that BibTeX would take for several or apart."""
    text = _text(author)
    return f"{{{text}}}" if re.search(r"\band\b", text, re.IGNORECASE) or text.count(",") > 2 else text


def _text(value: str) -> str:
    return _ESCAPED.sub(lambda sign: _SPECIAL[sign.group()], " ".join(value.split()))


def _bare(value: str) -> str:
    """Return an identifier as it is; a brace without its partner would end the field."""
    text = " ".join(value.split())
    return text if text.count("{") == text.count("}") == 0 else text.replace("{", "%7B").replace("}", "%7D")
