"""The paragraph on agreement for a methods section, in the terms of GRRAS (doi:10.1016/j.jclinepi.2010.03.002)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

_STAGES = {"abstract": "titles and abstracts", "fulltext": "full texts"}
_READ = {
    "include": "counted as include",
    "exclude": "counted as exclude",
    "omit": "left out of the two-way table",
}


def paragraph(found: Mapping[str, Any], *, maybe: str) -> str:
    """Say who rated what, how independently, how agreement was measured, and what prevalence does to κ.

    Parameters
    ----------
    found : mapping
        One stage's answer of ``agreement --json``.
    maybe : {"include", "exclude", "omit"}
        How the protocol reads a maybe in the two-way table.

    References
    ----------
    Kottner et al. 2011, items 6 to 13, doi:10.1016/j.jclinepi.2010.03.002.
    """
    return " ".join(_sentences(found, maybe))


def _sentences(found: Mapping[str, Any], maybe: str) -> Iterator[str]:
    stage = _STAGES.get(found["stage"], found["stage"])
    if not found["overlap"]:
        if found.get("waiting"):
            yield f"Agreement on {stage} is not released yet."
        else:
            yield f"Agreement on {stage} was not measured: no record was decided on by two raters."
        return
    raters = len(found["raters"])
    yield (
        f"{raters} raters decided on {stage} independently of each other and blind to the others' decisions; "
        f"{found['overlap']:,} records were decided on by two or more. "
        "Agreement was computed on each rater's first decision, made before another's could be seen; later changes and "
        f"settlements do not enter. A maybe was {_READ[maybe]}, and the three-way table is reported beside it."
    )
    drawn = found.get("calibration")
    if drawn:
        yield (
            f"The {drawn['overlap']:,} records of the calibration round were drawn at random, so that their figures "
            "estimate agreement for the pool."
        )
    else:
        yield "No calibration round was drawn at random, so that no figure here estimates agreement for the pool."
    yield (
        "The other records came in the order of a ranking: their figures are conditional on the queue, and those over "
        "all records are descriptive."
    )
    yield (
        "We report the 2 × 2 table, observed, positive and negative agreement (Wilson's interval), Cohen's κ (variance "
        "of Fleiss, Cohen and Everitt), Scott's π, Gwet's AC1 (linearised variance, t with n − 1), Krippendorff's α "
        "(bootstrap variance over records), PABAK, and the indices of bias and prevalence (interval of Agresti and "
        "Min), with 95 % intervals; those of chance-corrected coefficients are taken on Fisher's scale."
    )
    yield from (_prevalence(pair) for pair in found["pairs"] if pair["n"])
    if any("unreliable" in (pair["cohen_kappa"] or {}) for pair in found["pairs"]):
        yield "Intervals that rest on fewer than 15 records in the rarer category are marked as unreliable."


def _prevalence(pair: Mapping[str, Any]) -> str:
    table, n = pair["table"], pair["n"]
    included = (2 * table["include,include"] + table["include,exclude"] + table["exclude,include"]) / (2 * n)
    kappa, ac1 = pair["cohen_kappa"]["value"], pair["gwet_ac1"]["value"]
    names = " and ".join(pair["raters"])
    said = "undefined" if kappa is None else f"{kappa:.2f}"
    beside = "undefined" if ac1 is None else f"{ac1:.2f}"
    return (
        f"{names} agreed on {pair['percent_agreement']:.1%} of {n:,} records and included {included:.1%} on average: "
        "the further that is from one half, the more agreement κ expects by chance and the lower it falls for the same "
        f"decisions (κ {said}, AC1 {beside})."
    )
