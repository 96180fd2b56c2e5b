"""One record at one stage: who decided what on it, when all was in, and how it was settled."""

from __future__ import annotations

from asreview_mc.review.consensus import Settlement, Standing


class Sheet:
    """Decisions on one record at one stage.

    `standing` has a decision by reviewer and record decided on, which differs where duplicates were merged afterwards;
    `first` each reviewer's first decision ever; `disclosed` is the event at which every decision wanted was in;
    `panel` names those who are to screen it in a calibration round. Tuples, since a large review has as many as
    records, and the few in each are looked through as fast as looked up.
    """

    __slots__ = ("disclosed", "first", "panel", "settlement", "standing")

    def __init__(self, standing: tuple[Standing, ...] = (), first: tuple[Standing, ...] = ()) -> None:
        self.standing = standing
        self.first = first
        self.settlement: Settlement | None = None
        self.disclosed: int | None = None
        self.panel: tuple[str, ...] = ()

    @property
    def reviewers(self) -> set[str]:
        """Names of those whose decision stands."""
        return {decision.reviewer for decision in self.standing}

    def take(self, decision: Standing) -> None:
        """Add a decision, in place of what its reviewer decided before."""
        reviewer = decision.reviewer
        if self.standing:
            self.standing = (*[one for one in self.standing if one.reviewer != reviewer], decision)
        else:
            self.standing = (decision,)
        if not any(one.reviewer == reviewer for one in self.first):
            self.first = (*self.first, decision)

    def take_back(self, seq: int) -> None:
        """Take out the standing decision that the event `seq` made."""
        self.standing = tuple(decision for decision in self.standing if decision.seq != seq)

    def take_over(self, other: Sheet) -> None:
        """Add the decisions on a duplicate, so that one who decided differently on both is in conflict."""
        first = {decision.reviewer: decision for decision in self.first}
        for decision in other.first:
            if decision.reviewer not in first or decision.seq < first[decision.reviewer].seq:
                first[decision.reviewer] = decision
        self.first = tuple(first.values())
        self.standing += other.standing
        self.settlement = _of_both(self, other)
        known = [seq for seq in (self.disclosed, other.disclosed) if seq is not None]
        self.disclosed = min(known, default=None)
        self.panel = self.panel or other.panel


def _of_both(one: Sheet, other: Sheet) -> Settlement | None:
    """Return the settlement that holds for two copies: none where it would outvote what was said of the other copy."""
    settled = [sheet.settlement for sheet in (one, other) if sheet.settlement]
    if not settled:
        return None
    last = max(settled, key=lambda settlement: settlement.seq)
    unheard = other if last is one.settlement else one
    said = {decision.decision for decision in unheard.standing}
    said |= {settlement.event.decision for settlement in settled}
    return last if said <= {last.event.decision} else None
