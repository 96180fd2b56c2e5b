"""How far extractors agree, field by field, on what each first gave without seeing the other's answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations
from typing import Any

from asreview_mc.core.protocol import CLOSED, ExtractionField
from asreview_mc.review.agreement import two_raters
from asreview_mc.review.agreement.intervals import Statistic
from asreview_mc.review.agreement.tables import pair_table
from asreview_mc.review.answers import Value, same
from asreview_mc.review.forms import Cell, ratings

SAME, OTHER = "same", "other"
YES, NO = "yes", "no"


def field_agreement(
    fields: Sequence[ExtractionField], cells: Mapping[str, Mapping[str, Cell]], record_ids: Iterable[str]
) -> list[dict[str, Any]]:
    """Return agreement in each field that is compared.

    Each has `code`, `label`, `type`, `records` (filled in by two or more) and `pairs`; a pair has `raters`, `n`,
    `same`, `percent_agreement` (the same value, lists in any order) and, in a closed list, `cohen_kappa`: of the one
    choice, or of each of several as given or not (`choices`), since a paper may have any number of them.
    """
    ids = list(record_ids)
    return [_field(one, ratings(cells, one.code, ids)) for one in fields if not one.personal]


def _field(field: ExtractionField, rated: Mapping[str, Mapping[str, Value]]) -> dict[str, Any]:
    pairs = [_pair(field, (a, b), rated[a], rated[b]) for a, b in combinations(sorted(rated), 2)]
    records = [one for values in rated.values() for one in values]
    return {
        "code": field.code,
        "label": field.label,
        "type": field.type,
        "records": len({one for one in records if records.count(one) > 1}),
        "pairs": [pair for pair in pairs if pair["n"]],
    }


def _pair(
    field: ExtractionField, raters: tuple[str, str], first: Mapping[str, Value], second: Mapping[str, Value]
) -> dict[str, Any]:
    both = [one for one in first if one in second]
    alike = sum(same(first[one], second[one]) for one in both)
    matched = {one: SAME if same(first[one], second[one]) else OTHER for one in both}
    # One side of this table is the answer "same": its diagonal is how often the two said the same.
    percent = two_raters.percent_agreement(pair_table(dict.fromkeys(both, SAME), matched, (SAME, OTHER)))
    found: dict[str, Any] = {
        "raters": list(raters),
        "n": len(both),
        "same": alike,
        "percent_agreement": percent.to_dict(),
    }
    if field.type == "single":
        named = {one: (_text(first[one]), _text(second[one])) for one in both}
        known = dict.fromkeys((*field.choices, *sorted({text for pair in named.values() for text in pair})))
        found["cohen_kappa"] = _kappa(
            {one: pair[0] for one, pair in named.items()}, {one: pair[1] for one, pair in named.items()}, list(known)
        ).to_dict()
    elif field.type in CLOSED:
        found["choices"] = [_choice(choice, both, first, second) for choice in field.choices]
    return found


def _choice(
    choice: str, both: Sequence[str], first: Mapping[str, Value], second: Mapping[str, Value]
) -> dict[str, Any]:
    mine, theirs = ({one: YES if choice in _listed(values[one]) else NO for one in both} for values in (first, second))
    return {"choice": choice, "cohen_kappa": _kappa(mine, theirs, (YES, NO)).to_dict()}


def _kappa(first: Mapping[str, str], second: Mapping[str, str], categories: Sequence[str]) -> Statistic:
    return two_raters.cohen_kappa(pair_table(first, second, categories))


def _text(value: Value) -> str:
    return "; ".join(value) if isinstance(value, list) else str(value)


def _listed(value: Value) -> list[str]:
    return value if isinstance(value, list) else [str(value)]
