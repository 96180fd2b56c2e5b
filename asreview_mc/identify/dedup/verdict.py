"""Three answers for a pair of records: certain duplicate, doubtful, different.

Versions of one record are duplicates: as two databases print it, online first and in print, with a slip in the title or
without its subtitle. A protocol and its results, a conference paper and the article made of it, parts I and II, an
erratum and what it corrects, and editorials that share a rubric are not. The definition is bib-dedupe's
(doi 10.21105/joss.06318). Certain answers need positive proof and no contradiction; what a person should look at is
doubtful; the tables `CERTAIN`, `DOUBTFUL` and `RETITLED` (for titles that differ) are
the rules, the first that holds decides.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import NamedTuple

from asreview_mc.identify.dedup import titles
from asreview_mc.identify.dedup.pair import Pair
from asreview_mc.identify.dedup.titles import Titles
from asreview_mc.identify.dedup.traits import Traits

_MUCH_ALIKE = 0.9
_TELLING_HEAD = 25
_YEARS_OF_ONE_STUDY = 5


class Answer(Enum):
    """The three answers; `UNRELATED` is the different that nothing speaks against and nothing for."""

    CERTAIN = "certain"
    DOUBTFUL = "doubtful"
    DIFFERENT = "different"
    UNRELATED = "unrelated"


class Verdict(NamedTuple):
    """The answer for a pair, and why.

    Attributes
    ----------
    proven : bool
        An identifier or a place proves the duplicate, so that it goes before one that rests on title and authors.
    contradicts : bool
        The two must never come into one cluster, whatever lies between them.
    """

    answer: Answer
    why: str = ""
    proven: bool = False
    contradicts: bool = False


def judge(one: Traits, other: Traits) -> Verdict:
    """Return the answer for two records; the question is symmetric."""
    pair = Pair(one, other)
    if pair.titles is Titles.OTHER and one.title.marks != other.title.marks:
        return Verdict(Answer.DIFFERENT, contradicts=True)
    for why, proven, holds in CERTAIN if pair.titles is not Titles.OTHER else ():
        if holds(pair):
            return Verdict(Answer.CERTAIN, why, proven)
    contradicts = _contradict(pair)
    for why, holds in DOUBTFUL if pair.titles is not Titles.OTHER else RETITLED:
        if holds(pair):
            return Verdict(Answer.DOUBTFUL, why, contradicts=contradicts)
    return Verdict(Answer.DIFFERENT if contradicts else Answer.UNRELATED, contradicts=contradicts)


def _contradict(pair: Pair) -> bool:
    if pair.titles is Titles.OTHER or not pair.identifiers_agree:
        return True
    elsewhere = pair.place is False or (pair.journals is False and not pair.place)
    return pair.authors is False or elsewhere or bool(pair.years)


def _one_identifier(pair: Pair) -> bool:
    """Hold one DOI or PMID for proof if the titles agree; where they do so in part, more must."""
    if not (pair.doi or pair.pmid) or not pair.identifiers_agree:
        return False
    if not pair.telling and pair.titles is not Titles.MISSING and pair.place is False:
        return False
    if pair.titles in (Titles.SAME, Titles.MISSING):
        return True
    if pair.titles is Titles.OTHER or pair.pages is False:
        return False
    if pair.titles in (Titles.TYPO, Titles.CUT):
        return True
    return pair.authors is not False and bool(pair.garbled or pair.place or pair.abstracts)


def _one_place(pair: Pair) -> bool:
    if not pair.place or not pair.identifiers_agree or (pair.years or 0) > 1:
        return False
    if pair.titles is Titles.SAME and pair.telling:
        return pair.authors is not False
    if not pair.authors:
        return False
    if not pair.telling:
        return pair.titles in (Titles.SAME, Titles.TYPO) and bool(pair.volumes and pair.journals)
    if pair.titles is Titles.ALIKE:
        return pair.abstracts is True
    return pair.titles in (Titles.TYPO, Titles.CUT, Titles.NEAR)


def _registered_twice(pair: Pair) -> bool:
    same = pair.titles is Titles.SAME and pair.telling and pair.years == 0
    return bool(same and pair.pmid is not False and pair.place and pair.authors and pair.journals and pair.abstracts)


def _may_be_one(pair: Pair) -> bool:
    """Say whether nothing but the title, and volume or issue, may speak against one work by the same authors."""
    if not pair.telling or pair.titles in (Titles.OTHER, Titles.MISSING):
        return False
    return bool(pair.identifiers_agree and pair.authors and pair.pages is not False and pair.journals is not False)


def _nothing_against(pair: Pair) -> bool:
    """Say whether year, place and abstract leave no room for another work; a conference paper needs more."""
    if pair.years != 0 or pair.place is False or pair.abstracts is False or not _may_be_one(pair):
        return False
    return not pair.only_one_at_a_meeting or bool(pair.volumes or pair.abstracts)


def _one_title(pair: Pair) -> bool:
    return pair.titles is Titles.SAME and _nothing_against(pair)


def _one_abstract(pair: Pair) -> bool:
    if not _may_be_one(pair) or not pair.journals or not pair.abstracts:
        return False
    if pair.titles is Titles.SAME:
        return (pair.years or 0) <= 1
    return pair.years == 0 and pair.place is not False


def _one_title_with_slips(pair: Pair) -> bool:
    if pair.titles not in (Titles.TYPO, Titles.CUT) or not pair.journals:
        return False
    shorter = min(len(pair.one.title.key), len(pair.other.title.key))
    return (pair.titles is Titles.TYPO or shorter >= _TELLING_HEAD) and _nothing_against(pair)


def _one_title_and_abstract(pair: Pair) -> bool:
    """Say whether title and abstract are one's, which is enough without authors, year and place."""
    if pair.titles is not Titles.SAME or not pair.telling or not pair.abstracts:
        return False
    return not _contradict(pair) and pair.verbatim


SAME_DOI = "same DOI or PMID"
SAME_TITLE = "same title, year and first author"

CERTAIN: tuple[tuple[str, bool, Callable[[Pair], bool]], ...] = (
    (SAME_DOI, True, _one_identifier),
    ("same title, authors and place", True, _one_place),
    ("same title, authors, place and abstract under two DOIs", True, _registered_twice),
    (SAME_TITLE, False, _one_title),
    ("same authors, journal and abstract", False, _one_abstract),
    ("same title but for slips or its subtitle, same authors, journal and year", False, _one_title_with_slips),
    ("same title and abstract, nothing against it", False, _one_title_and_abstract),
)


def _may_be_versions(pair: Pair) -> bool:
    """Say whether one title may be one work's, though something is missing or differs.

    It takes a telling title by the same authors or in the same journal, one abstract, or a long title against which
    nothing speaks.
    """
    if pair.titles not in (Titles.SAME, Titles.TYPO, Titles.CUT) or pair.authors is False:
        return False
    if not (pair.telling and (pair.authors or _one_title_without_authors(pair))) and not pair.abstracts:
        return False
    if pair.pmid is False and pair.journals is not False:
        return False
    return (pair.years or 0) <= _YEARS_OF_ONE_STUDY


def _one_title_without_authors(pair: Pair) -> bool:
    if pair.titles is not Titles.SAME:
        return False
    return bool(pair.journals) or (pair.one.title.long and pair.abstracts is not False and not _contradict(pair))


def _may_be_reports(pair: Pair) -> bool:
    return pair.journals is False and pair.authors is True and _may_be_versions(pair)


def _dois_differ(pair: Pair) -> bool:
    return pair.doi is False and pair.place is not False and _may_be_versions(pair)


def _place_differs(pair: Pair) -> bool:
    return pair.place is False and pair.doi is not False and not pair.years and _may_be_versions(pair)


def _year_differs(pair: Pair) -> bool:
    return bool(pair.years) and pair.place is not False and pair.doi is not False and _may_be_versions(pair)


def _abstracts_differ(pair: Pair) -> bool:
    return pair.abstracts is False and _fields_missing(pair)


def _fields_missing(pair: Pair) -> bool:
    return pair.place is not False and pair.doi is not False and not pair.years and _may_be_versions(pair)


def _titles_much_alike(pair: Pair) -> bool:
    if pair.titles not in (Titles.ALIKE, Titles.NEAR) or not pair.telling or not pair.authors:
        return False
    if not pair.identifiers_agree or pair.pages is False or pair.years not in (0, 1) or pair.journals is False:
        return False
    return titles.likeness(pair.one.title, pair.other.title) >= _MUCH_ALIKE


def _other_title(pair: Pair) -> bool:
    """Say whether the titles differ, by other words or another language, and not because one is about the other."""
    if pair.titles > Titles.NEAR or pair.one.title.marks != pair.other.title.marks:
        return False
    return bool(pair.authors) and pair.pages is not False


def _doi_with_titles(pair: Pair) -> bool:
    return pair.doi is True and _other_title(pair)


def _place_with_titles(pair: Pair) -> bool:
    in_place = pair.place and pair.volumes and pair.journals and (pair.years or 0) <= 1
    return bool(in_place) and pair.identifiers_agree and _other_title(pair)


def _abstract_with_titles(pair: Pair) -> bool:
    one, other = pair.one.abstract, pair.other.abstract
    return bool(one) and one[:100] == other[:100] and _other_title(pair) and bool(pair.abstracts)


REPORTS = "same title and authors in two journals: perhaps reports of one study"

RETITLED: tuple[tuple[str, Callable[[Pair], bool]], ...] = (
    ("same DOI, titles differ", _doi_with_titles),
    ("same place and authors, titles differ", _place_with_titles),
    ("same abstract and authors, titles differ", _abstract_with_titles),
)

DOUBTFUL: tuple[tuple[str, Callable[[Pair], bool]], ...] = (
    (REPORTS, _may_be_reports),
    ("same title, DOIs differ", _dois_differ),
    ("same title, volume, issue or page differ", _place_differs),
    ("same title, years differ", _year_differs),
    ("same title, abstracts differ", _abstracts_differ),
    ("same title, too little else to be certain", _fields_missing),
    ("titles much alike", _titles_much_alike),
    *RETITLED,
)
