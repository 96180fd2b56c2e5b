"""How often the 95 % intervals of agreement hold the truth, where inclusion is rare and where it is not.

Two or three raters include each record with the same probability, and agree beyond chance to a known degree: with
probability κ a record is rated once for all, otherwise each rates alone. For every combination of prevalence, number of
records and κ, the intervals are those that `agreement` reports; tables that come up again are computed once.

    python benchmarks/agreement.py [--replicates 2000]

A row holds, for one statistic and one combination: `coverage` of all intervals given, `marked` (share of them marked as
unreliable), `coverage_unmarked`, `none` (share of replicates without an interval). The last row says whether coverage
is 92 to 98 % wherever at least 15 inclusions are expected.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from itertools import product
from typing import Any

import numpy as np
from _rows import append

from asreview_mc.review.agreement import many_raters, two_raters
from asreview_mc.review.agreement.intervals import Statistic
from asreview_mc.review.agreement.reliability import ENOUGH, doubt
from asreview_mc.review.agreement.tables import pair_counts

PREVALENCES = (0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.5)
SIZES = (50, 100, 200, 500, 1000)
KAPPAS = (0.4, 0.6, 0.8)
BAND = (0.92, 0.98)
RULED = ("cohen_kappa", "scott_pi", "gwet_ac1", "krippendorff_alpha", "fleiss_kappa")
SEED = 4


def shares(prevalence: float, kappa: float, raters: int) -> np.ndarray:
    """Return how often 0, 1, … of the raters include a record, (raters + 1,)."""
    k = np.arange(raters + 1)
    ways = np.array([1.0, *np.cumprod((raters - k[:-1]) / (k[:-1] + 1))])
    alone = ways * prevalence**k * (1 - prevalence) ** (raters - k)
    together = np.where(k == 0, 1 - prevalence, np.where(k == raters, prevalence, 0.0))
    return kappa * together + (1 - kappa) * alone


def truths(prevalence: float, kappa: float) -> dict[str, float]:
    """Return the value of every statistic in an endless number of records."""
    apart = prevalence * (1 - prevalence) * (1 - kappa)
    observed, chance = 1 - 2 * apart, 2 * prevalence * (1 - prevalence)
    return {
        "percent_agreement": observed,
        "pairwise_agreement": observed,
        "positive_agreement": 1 - apart / prevalence,
        "negative_agreement": 1 - apart / (1 - prevalence),
        "pabak": 2 * observed - 1,
        "bias_index": 0.0,
        "prevalence_index": 2 * prevalence - 1,
        "gwet_ac1": (observed - chance) / (1 - chance),
    } | dict.fromkeys(("cohen_kappa", "scott_pi", "fleiss_kappa", "krippendorff_alpha"), kappa)


def pair_statistics(cells: tuple[int, ...]) -> dict[str, Statistic]:
    """Return what `agreement` reports of two raters, from both, first, second, none."""
    table = np.array(cells).reshape(2, 2)
    counts = pair_counts(table)
    names = ("percent_agreement", "positive_agreement", "negative_agreement", "pabak", "bias_index", "prevalence_index")
    found = {name: getattr(two_raters, name)(table) for name in names}
    chance_corrected = {
        "cohen_kappa": two_raters.cohen_kappa(table, scale="fisher"),
        "scott_pi": two_raters.scott_pi(table, scale="fisher"),
        "gwet_ac1": many_raters.gwet_ac1(counts, scale="fisher"),
        "krippendorff_alpha": many_raters.krippendorff_alpha(counts, seed=SEED),
    }
    return found | {name: one.marked(doubt(counts)) for name, one in chance_corrected.items()}


def trio_statistics(times: tuple[int, ...]) -> dict[str, Statistic]:
    """Return what `agreement` reports of three raters, from the records that 0, 1, 2 and 3 of them include."""
    k = np.repeat(np.arange(4), times)
    counts = np.stack([k, 3 - k], axis=1)
    why = doubt(counts)
    return {
        "pairwise_agreement": many_raters.pairwise_agreement(counts),
        "fleiss_kappa": many_raters.fleiss_kappa(counts, scale="fisher").marked(why),
        "gwet_ac1": many_raters.gwet_ac1(counts, scale="fisher").marked(why),
    }


def covered(
    drawn: np.ndarray, statistics: Callable[[tuple[int, ...]], dict[str, Statistic]], truth: dict[str, float]
) -> Iterator[dict[str, Any]]:
    """Yield a row of coverage for each statistic over the tables drawn, (replicates, cells)."""
    tables, times = np.unique(drawn, axis=0, return_counts=True)
    found = [statistics(tuple(int(x) for x in table)) for table in tables]
    for name in found[0]:
        ones = [each[name] for each in found]
        given = np.array([one.ci_low is not None for one in ones])
        marked = np.array([one.unreliable is not None for one in ones])
        hit = np.array([one.ci_low is not None and one.ci_low <= truth[name] <= one.ci_high for one in ones])
        yield {
            "statistic": name,
            "coverage": share(hit, times * given),
            "marked": share(marked, times * given),
            "coverage_unmarked": share(hit, times * (given & ~marked)),
            "none": share(~given, times),
        }


def share(true: np.ndarray, times: np.ndarray) -> float | None:
    """Return the share of `true` among `times`, None where there are none."""
    return round(float((true * times).sum() / times.sum()), 4) if times.sum() else None


def measure(replicates: int, seed: int) -> Iterator[dict[str, Any]]:
    """Yield the rows of every combination."""
    rng = np.random.default_rng(seed)
    for n, prevalence, kappa in product(SIZES, PREVALENCES, KAPPAS):
        truth = truths(prevalence, kappa)
        none, one, both = shares(prevalence, kappa, 2)
        pairs = rng.multinomial(n, [both, one / 2, one / 2, none], size=replicates)
        trios = rng.multinomial(n, shares(prevalence, kappa, 3), size=replicates)
        cell = {"n": n, "prevalence": prevalence, "kappa": kappa, "expected": round(n * prevalence, 3)}
        for raters, rows in (
            (2, covered(pairs, pair_statistics, truth)),
            (3, covered(trios, trio_statistics, truth)),
        ):
            for row in rows:
                yield {"replicates": replicates, "raters": raters, **cell, **row}


def verdict(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Return how the rule holds: coverage where inclusions suffice, and below, for what the rule marks."""
    ruled = [row for row in rows if row["statistic"] in RULED]
    enough = [row["coverage"] for row in ruled if row["expected"] >= ENOUGH]
    fewer = [row["coverage"] for row in ruled if row["expected"] < ENOUGH and row["coverage"] is not None]
    unmarked = [row["coverage_unmarked"] for row in ruled if row["expected"] >= ENOUGH]
    return {
        "enough": ENOUGH,
        "cells": len(enough),
        "within_band": sum(BAND[0] <= one <= BAND[1] for one in enough),
        "lowest": min(enough),
        "highest": max(enough),
        "lowest_unmarked": min(one for one in unmarked if one is not None),
        "cells_below": len(fewer),
        "out_of_band_below": sum(not BAND[0] <= one <= BAND[1] for one in fewer),
        "lowest_below": min(fewer),
    }


def main() -> None:
    """Simulate, append the rows, and say whether the rule holds."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--replicates", type=int, default=2000)
    parser.add_argument("--dry-run", action="store_true", help="print the verdict, write nothing")
    given = parser.parse_args()
    rows = list(measure(given.replicates, SEED))
    found = verdict(rows)
    if not given.dry_run:
        append(
            "agreement",
            [*rows, {"statistic": "verdict", "replicates": given.replicates, **found}],
            seed=SEED,
            digest=None,
        )
    for name in dict.fromkeys((row["raters"], row["statistic"]) for row in rows):
        mine = [
            row["coverage"] for row in rows if (row["raters"], row["statistic"]) == name and row["expected"] >= ENOUGH
        ]
        print(*name, f"{min(mine):.3f} to {max(mine):.3f}", sep="  ")
    print(found)


if __name__ == "__main__":
    main()
