"""De-duplication: certain duplicates are merged, doubtful ones are for a person, different ones stay apart."""

from asreview_mc.identify.dedup.matching import Doubt, Duplicate, Matches, match
from asreview_mc.identify.dedup.verdict import REPORTS, SAME_DOI, SAME_TITLE

__all__ = [
    "REPORTS",
    "SAME_DOI",
    "SAME_TITLE",
    "Doubt",
    "Duplicate",
    "Matches",
    "match",
]
