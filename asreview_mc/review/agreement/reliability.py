"""When an interval of agreement can be trusted: the rule that `benchmarks/agreement.py` supports."""

from __future__ import annotations

from asreview_mc.review.agreement.tables import IntArray, rated_rows

ENOUGH = 15
"""Records in the rarer category, averaged over raters, from which on 95 % intervals cover 92 to 98 %."""


def doubt(counts: IntArray) -> str | None:
    """Say why the intervals of chance-corrected coefficients are not reliable, or None where they are.

    Parameters
    ----------
    counts : ndarray (n, 2) of int
        Ratings of include and exclude by record, as `tables.count_table` gives them.
    """
    rated = rated_rows(counts)
    if len(rated) == 0:
        return None
    found = (rated / rated.sum(axis=1, keepdims=True)).sum(axis=0)
    rarer = int(found.argmin())
    if found[rarer] >= ENOUGH:
        return None
    said = ("included", "excluded")[rarer]
    seen = f"{float(found[rarer]):.3g} records {said} on average"
    return f"{seen}: with fewer than {ENOUGH} the interval may not hold its 95 %"
