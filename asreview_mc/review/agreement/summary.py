"""All that is reported on agreement, computed on the overlap, in one go: no single number tells the story."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from asreview_mc.core.protocol import MaybeReading
from asreview_mc.review.agreement import many_raters, two_raters
from asreview_mc.review.agreement.intervals import Statistic
from asreview_mc.review.agreement.reliability import doubt
from asreview_mc.review.agreement.tables import IntArray, Ratings, cells, count_table, overlap, pair_counts, pair_table

TWO_WAY = ("include", "exclude")
THREE_WAY = ("include", "maybe", "exclude")
BATCH = 25
_PLAIN = ("percent_agreement", "positive_agreement", "negative_agreement", "pabak", "bias_index", "prevalence_index")


@dataclass(frozen=True, slots=True)
class ThreeWay:
    """Two raters over include, maybe and exclude as they were given.

    Attributes
    ----------
    n : int
        Records that both rated.
    table : dict of str to int
        Nine cells, first rater's answer before the second's.
    percent_agreement, cohen_kappa : Statistic
        κ is unweighted.
    """

    n: int
    table: dict[str, int]
    percent_agreement: Statistic
    cohen_kappa: Statistic

    def to_dict(self) -> dict[str, Any]:
        """Return plain values as ``agreement --json`` has them."""
        return {
            "n": self.n,
            "table": dict(self.table),
            "percent_agreement": _plain(self.percent_agreement),
            "cohen_kappa": self.cohen_kappa.to_dict(),
            "intervals": {"percent_agreement": _interval(self.percent_agreement)},
        }


@dataclass(frozen=True, slots=True)
class PairAgreement:
    """Two raters, include against exclude.

    Attributes
    ----------
    raters : pair of str
    n : int
        Records that both rated and that remain after maybe is read.
    table : dict of str to int
        Four cells, first rater's answer before the second's.
    percent_agreement, …, prevalence_index : Statistic
        `bias_index` is above 0 where the first rater includes more. Intervals of chance-corrected coefficients are
        those on Fisher's scale, marked where too few records are in the rarer category.
    three_way : ThreeWay or None
        None where neither used maybe on a shared record.
    """

    raters: tuple[str, str]
    n: int
    table: dict[str, int]
    percent_agreement: Statistic
    positive_agreement: Statistic
    negative_agreement: Statistic
    cohen_kappa: Statistic
    pabak: Statistic
    scott_pi: Statistic
    gwet_ac1: Statistic
    krippendorff_alpha: Statistic
    bias_index: Statistic
    prevalence_index: Statistic
    three_way: ThreeWay | None

    def to_dict(self) -> dict[str, Any]:
        """Return plain values as ``agreement --json`` has them."""
        plain: dict[str, Any] = {
            "raters": list(self.raters),
            "n": self.n,
            "table": dict(self.table),
            "percent_agreement": _plain(self.percent_agreement),
            "positive_agreement": _plain(self.positive_agreement),
            "negative_agreement": _plain(self.negative_agreement),
            "cohen_kappa": self.cohen_kappa.to_dict(),
            "pabak": _plain(self.pabak),
            "scott_pi": self.scott_pi.to_dict(),
            "gwet_ac1": self.gwet_ac1.to_dict(),
            "krippendorff_alpha": self.krippendorff_alpha.to_dict(),
            "bias_index": _plain(self.bias_index),
            "prevalence_index": _plain(self.prevalence_index),
            "intervals": {name: _interval(getattr(self, name)) for name in _PLAIN},
        }
        return plain if self.three_way is None else plain | {"three_way": self.three_way.to_dict()}


@dataclass(frozen=True, slots=True)
class AllAgreement:
    """All raters together, include against exclude, over the `n` records that at least two of them rated."""

    n: int
    percent_agreement: Statistic
    fleiss_kappa: Statistic
    gwet_ac1: Statistic
    krippendorff_alpha: Statistic

    def to_dict(self) -> dict[str, Any]:
        """Return plain values as ``agreement --json`` has them."""
        return {
            "n": self.n,
            "percent_agreement": _plain(self.percent_agreement),
            "fleiss_kappa": self.fleiss_kappa.to_dict(),
            "gwet_ac1": self.gwet_ac1.to_dict(),
            "krippendorff_alpha": self.krippendorff_alpha.to_dict(),
            "intervals": {"percent_agreement": _interval(self.percent_agreement)},
        }


@dataclass(frozen=True, slots=True)
class Agreement:
    """Agreement of every pair of raters and of all together.

    Attributes
    ----------
    raters : tuple of str
    overlap : int
        Records that at least two raters rated, before maybe is read.
    pairs : tuple of PairAgreement
        Every pair, in the raters' order.
    all : AllAgreement
    """

    raters: tuple[str, ...]
    overlap: int
    pairs: tuple[PairAgreement, ...]
    all: AllAgreement

    def to_dict(self) -> dict[str, Any]:
        """Return plain values as ``agreement --json`` has them, without the stage."""
        return {
            "raters": list(self.raters),
            "overlap": self.overlap,
            "pairs": [pair.to_dict() for pair in self.pairs],
            "all": self.all.to_dict(),
        }


def summarise(ratings: Ratings, *, maybe: MaybeReading, seed: int) -> Agreement:
    """Compute every statistic of agreement on include, exclude and maybe.

    Only records rated by two or more raters enter any figure: those that a reviewer meets alone in their own queue
    have another prevalence, and a figure that moved with them would give a pending decision away.

    Parameters
    ----------
    ratings : mapping of rater to mapping of record id to "include", "exclude" or "maybe"
    maybe : {"include", "exclude", "omit"}
        How a maybe is read in the two-way figures; "omit" takes that rating out.
    seed : int
        Of the bootstrap for Krippendorff's α.

    Raises
    ------
    ValueError
        If `maybe` or a rating is none of these words.
    """
    if maybe not in ("include", "exclude", "omit"):
        raise ValueError(f"maybe must be read as include, exclude or omit, not {maybe!r}")
    read = _read_maybe(ratings, maybe)
    pairs = tuple(_pair(ratings, read, pair, seed=seed) for pair in combinations(ratings, 2))
    return Agreement(tuple(ratings), len(overlap(ratings)), pairs, _all(read, seed=seed))


def batches(record_ids: Sequence[str], size: int = BATCH) -> int:
    """Return the number of full batches among the doubly-screened records; a record counts once.

    Raises
    ------
    ValueError
        If `size` is below 1.
    """
    if size < 1:
        raise ValueError(f"size must be 1 or more, not {size}")
    return len(set(record_ids)) // size


def _read_maybe(ratings: Ratings, maybe: MaybeReading) -> Ratings:
    return {
        rater: {
            record_id: maybe if answer == "maybe" else answer
            for record_id, answer in rated.items()
            if answer != "maybe" or maybe != "omit"
        }
        for rater, rated in ratings.items()
    }


def _pair(given: Ratings, read: Ratings, raters: tuple[str, str], *, seed: int) -> PairAgreement:
    first, second = raters
    table = pair_table(read[first], read[second], TWO_WAY)
    counts = pair_counts(table)
    why = doubt(counts)
    return PairAgreement(
        raters=raters,
        n=int(table.sum()),
        table=cells(table, TWO_WAY),
        percent_agreement=two_raters.percent_agreement(table),
        positive_agreement=two_raters.positive_agreement(table),
        negative_agreement=two_raters.negative_agreement(table),
        cohen_kappa=two_raters.cohen_kappa(table, scale="fisher").marked(why),
        pabak=two_raters.pabak(table),
        scott_pi=two_raters.scott_pi(table, scale="fisher").marked(why),
        gwet_ac1=many_raters.gwet_ac1(counts, scale="fisher").marked(why),
        krippendorff_alpha=many_raters.krippendorff_alpha(counts, seed=seed).marked(why),
        bias_index=two_raters.bias_index(table),
        prevalence_index=two_raters.prevalence_index(table),
        three_way=_three_way(pair_table(given[first], given[second], THREE_WAY)),
    )


def _three_way(table: IntArray) -> ThreeWay | None:
    maybe = THREE_WAY.index("maybe")
    if not table[maybe].any() and not table[:, maybe].any():
        return None
    return ThreeWay(
        n=int(table.sum()),
        table=cells(table, THREE_WAY),
        percent_agreement=two_raters.percent_agreement(table),
        cohen_kappa=two_raters.cohen_kappa(table, scale="fisher"),
    )


def _all(read: Ratings, *, seed: int) -> AllAgreement:
    counts = count_table(read, TWO_WAY)
    counts = counts[counts.sum(axis=1) > 1]
    why = doubt(counts)
    return AllAgreement(
        n=len(counts),
        percent_agreement=many_raters.pairwise_agreement(counts),
        fleiss_kappa=many_raters.fleiss_kappa(counts, scale="fisher").marked(why),
        gwet_ac1=many_raters.gwet_ac1(counts, scale="fisher").marked(why),
        krippendorff_alpha=many_raters.krippendorff_alpha(counts, seed=seed).marked(why),
    )


def _plain(statistic: Statistic) -> float | dict[str, float | str | None]:
    return statistic.to_dict() if statistic.value is None else statistic.value


def _interval(statistic: Statistic) -> dict[str, float | str | None]:
    """Return the bounds of a statistic whose value stands plain, and why there are none."""
    bounds: dict[str, float | str | None] = {"ci_low": statistic.ci_low, "ci_high": statistic.ci_high}
    return bounds if statistic.why is None else bounds | {"why": statistic.why}
