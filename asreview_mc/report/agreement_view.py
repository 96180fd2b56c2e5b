"""Agreement as the page shows it: numbers rounded, intervals beside them, and the reason where there is no number."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

_PAIR = (
    ("percent_agreement", "Agreement"),
    ("positive_agreement", "Agreement on inclusion"),
    ("negative_agreement", "Agreement on exclusion"),
    ("cohen_kappa", "Cohen’s κ"),
    ("pabak", "PABAK"),
    ("scott_pi", "Scott’s π"),
    ("gwet_ac1", "Gwet’s AC1"),
    ("krippendorff_alpha", "Krippendorff’s α"),
    ("bias_index", "Bias index"),
    ("prevalence_index", "Prevalence index"),
)
_ALL = (
    ("percent_agreement", "Agreement"),
    ("fleiss_kappa", "Fleiss’ κ"),
    ("gwet_ac1", "Gwet’s AC1"),
    ("krippendorff_alpha", "Krippendorff’s α"),
)
_IN_ORDER = (
    ("cohen_kappa_weighted", "Cohen’s κ, weighted"),
    ("gwet_ac2", "Gwet’s AC2"),
    ("krippendorff_alpha_ordinal", "Krippendorff’s α, ordinal"),
)
_BRIEF = tuple(row for row in _PAIR if row[0] in ("percent_agreement", "cohen_kappa", "gwet_ac1"))
_SHARES = ("percent_agreement", "positive_agreement", "negative_agreement")
_ANSWERS = ("include", "maybe", "exclude")


def stages(agreement: Mapping[str, Any] | None) -> list[dict[str, Any]]:
    """Return what the page shows of each stage on which two people agree or differ.

    Parameters
    ----------
    agreement : mapping or None
        One answer of ``agreement --json``, or several by stage.
    """
    if agreement is None:
        return []
    several = {agreement.get("stage", "abstract"): agreement} if "pairs" in agreement else agreement
    return [_stage(name, found) for name, found in several.items() if found["overlap"]]


def _stage(name: str, found: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "stage": name,
        "overlap": found["overlap"],
        "pairs": [_pair(pair) for pair in found["pairs"] if pair["n"]],
        "all": _statistics(found["all"], _ALL) if len(found["raters"]) > 2 else [],
        "parts": list(_parts_lines(found)),
        "methods": found.get("methods", ""),
    }


def _pair(pair: Mapping[str, Any]) -> dict[str, Any]:
    three = pair.get("three_way")
    return {
        "raters": pair["raters"],
        "n": pair["n"],
        "table": _grid(pair["table"]),
        "statistics": _statistics(pair, _PAIR),
        "three_way": _grid(three["table"]) if three else None,
        "three_way_statistics": _statistics(three, _PAIR) if three else [],
        "prevalence": _prevalence(pair["raters"], pair["table"]),
    }


def _grid(table: Mapping[str, int]) -> dict[str, Any]:
    """Turn cells such as ``include,exclude`` into rows (first rater) by columns (second)."""
    used = [answer for answer in _ANSWERS if f"{answer},{answer}" in table]
    return {"answers": used, "rows": [(row, [table[f"{row},{column}"] for column in used]) for row in used]}


def _statistics(found: Mapping[str, Any], names: Sequence[tuple[str, str]]) -> list[dict[str, str]]:
    bounds = found.get("intervals", {})
    return [
        _statistic(label, found[name], bounds.get(name, {}), name in _SHARES) for name, label in names if name in found
    ]


def _statistic(label: str, found: Any, bounds: Mapping[str, Any], share: bool) -> dict[str, str]:  # noqa: ANN401
    full: Mapping[str, Any] = found if isinstance(found, Mapping) else {"value": found, **bounds}
    value, low, high = full["value"], full.get("ci_low"), full.get("ci_high")
    shown = "undefined" if value is None else _number(value, share)
    interval = "" if low is None or high is None else f"{_number(low, share)} to {_number(high, share)}"
    return {
        "label": label,
        "value": shown,
        "interval": interval,
        "why": str(full.get("why") or full.get("unreliable") or ""),
    }


def _number(value: float, share: bool) -> str:
    return f"{value:.1%}" if share else f"{value + 0.0:.2f}".replace("-0.00", "0.00").replace("-", "−")


def _prevalence(raters: Sequence[str], table: Mapping[str, int]) -> str:
    """Say how often each rater included: what κ hangs on when inclusion is rare or common."""
    n = sum(table.values())
    first = table["include,include"] + table["include,exclude"]
    second = table["include,include"] + table["exclude,include"]
    return (
        f"{raters[0]} included {first / n:.0%} and {raters[1]} {second / n:.0%} of these {n:,} records. The further "
        "such shares are from one half, the lower κ falls for the same agreement. PABAK leaves that out and AC1 nearly "
        "does, which is why they stand beside it."
    )


def to_text(agreement: Mapping[str, Any]) -> Iterator[str]:
    """Yield one stage's answer of ``agreement --json`` as lines for a terminal."""
    yield f"{agreement['overlap']} records with every decision in ({agreement['stage']})"
    if agreement.get("waiting"):
        yield f"{agreement['waiting']} more are shown once their batch of 25 is full, or nobody is waited for."
    elif not agreement["overlap"]:
        yield "There is nothing to compare before two people have decided on the same record."
    yield from figures_to_text(agreement)
    yield from _in_order_lines(agreement.get("in_order"))
    yield from _codes_lines("reasons", agreement.get("reasons", ()))
    yield from _codes_lines("sub-topics", agreement.get("sub_topics", ()))
    yield from _parts_lines(agreement)
    if agreement.get("methods"):
        yield agreement["methods"]


def figures_to_text(agreement: Mapping[str, Any]) -> Iterator[str]:
    """Yield the tables and coefficients of every pair, and of all raters where they are more than two."""
    for stage in stages(agreement):
        for pair in stage["pairs"]:
            yield f"{' and '.join(pair['raters'])}, n = {pair['n']}, first decisions, made blind"
            yield from _grid_lines(pair["raters"], pair["table"])
            yield from _lines(pair["statistics"])
            if pair["three_way"]:
                yield "  with maybe as it was given:"
                yield from _grid_lines(pair["raters"], pair["three_way"])
                yield from _lines(pair["three_way_statistics"])
        if stage["all"]:
            yield f"all {len(agreement['raters'])} raters, n = {agreement['all']['n']}"
            yield from _lines(stage["all"])


def _lines(statistics: Sequence[Mapping[str, str]]) -> Iterator[str]:
    yield from (f"  {one['label']:<27}{in_words(one)}" for one in statistics)


def _in_order_lines(found: Mapping[str, Any] | None) -> Iterator[str]:
    """Yield the coefficients that give credit where one said maybe, if they were asked for."""
    if found is None:
        return
    for pair in (pair for pair in found["pairs"] if pair["n"]):
        yield f"{' and '.join(pair['raters'])}, n = {pair['n']}, include, maybe, exclude in order ({found['weights']})"
        yield from _lines(_statistics(pair, _IN_ORDER))
    if len(found["pairs"]) > 1:
        yield f"all raters, n = {found['all']['n']}, include, maybe, exclude in order ({found['weights']})"
        yield from _lines(_statistics(found["all"], _IN_ORDER))


def _codes_lines(name: str, codes: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Yield for each reason or sub-topic how far each pair agrees on whether it applies, one line a pair."""
    compared = [(one["code"], pair) for one in codes for pair in one["pairs"] if pair["n"]]
    if compared:
        yield f"{name}, each against all others:"
    for code, pair in compared:
        figures = "; ".join(f"{one['label']} {in_words(one)}" for one in _statistics(pair, _BRIEF))
        yield f"  {code}, {' and '.join(pair['raters'])}, n = {pair['n']}: {figures}"


def _parts_lines(agreement: Mapping[str, Any]) -> Iterator[str]:
    """Yield the calibration round and each batch of the queue, one line a pair."""
    drawn = agreement.get("calibration")
    parts = [("calibration round", drawn)] if drawn else []
    for one in agreement.get("batches", []):
        parts.append((f"batch {one['batch']} ({_where(one)})", one))
    for name, part in parts:
        for pair in (pair for pair in part["pairs"] if pair["n"]):
            figures = "; ".join(f"{one['label']} {one['value']}" for one in _statistics(pair, _BRIEF))
            yield f"{name}, {' and '.join(pair['raters'])}, n = {pair['n']}: {figures}"
    for name, one in {name.partition(" ")[0]: one for name, one in parts}.items():
        yield f"{name}: {one['meaning']}"


def _where(batch: Mapping[str, Any]) -> str:
    """Say of which ranks a batch is, how often its records were included, and how far raters overlapped by then."""
    ranks = batch.get("ranks")
    read = f"ranks {ranks[0]} to {ranks[1]}" if ranks else "no ranks"
    first, last = batch["places"]
    shares = f"{batch['prevalence']:.0%} included, overlap {batch['overlap_share']:.0%}"
    return f"{read}, completed {first} to {last}, {shares}"


def in_words(shown: Mapping[str, str]) -> str:
    """Return a statistic's value with its interval and what speaks against it, or the reason why there is none."""
    if shown["interval"]:
        doubt = f"; {shown['why']}" if shown["why"] else ""
        return f"{shown['value']} (95 % CI {shown['interval']}{doubt})"
    return f"{shown['value']} ({shown['why']})" if shown["why"] else shown["value"]


def _grid_lines(raters: Sequence[str], grid: Mapping[str, Any]) -> Iterator[str]:
    first, second = raters
    corner = f"{first} \\ {second}"
    yield f"  {corner:<24}" + "".join(f"{answer:>9}" for answer in grid["answers"])
    yield from (f"  {answer:<24}" + "".join(f"{count:>9}" for count in counts) for answer, counts in grid["rows"])
