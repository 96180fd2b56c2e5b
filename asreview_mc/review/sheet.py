"""One record at one stage: who decided what on it, when all was in, and how it was settled."""

from __future__ import annotations

from asreview_mc.review.consensus import Settlement, Standing


class Sheet:
    """Decisions on one record at one stage.

    `standing` is keyed by reviewer and by the record decided on, which differs where duplicates were merged afterwards;
    `first` holds each reviewer's first decision ever; `disclosed` is the event at which every decision wanted was in;
    `panel` names those who are to screen it in a calibration round.
    """

    __slots__ = ("disclosed", "first", "panel", "settlement", "standing")

    def __init__(self) -> None:
        self.standing: dict[tuple[str, str], Standing] = {}
        self.first: dict[str, Standing] = {}
        self.settlement: Settlement | None = None
        self.disclosed: int | None = None
        self.panel: tuple[str, ...] = ()

    @property
    def reviewers(self) -> set[str]:
        """Names of those whose decision stands."""
        return {reviewer for reviewer, _ in self.standing}

    def drop(self, reviewer: str) -> None:
        """Take out the standing decisions of one reviewer."""
        if self.standing:
            for key in [key for key in self.standing if key[0] == reviewer]:
                del self.standing[key]

    def take_back(self, seq: int) -> None:
        """Take out the standing decision that the event `seq` made."""
        for key in [key for key, decision in self.standing.items() if decision.seq == seq]:
            del self.standing[key]

    def take_over(self, other: Sheet) -> None:
        """Add the decisions on a duplicate, so that one who decided differently on both is in conflict."""
        self.standing |= other.standing
        for reviewer, decision in other.first.items():
            if reviewer not in self.first or decision.seq < self.first[reviewer].seq:
                self.first[reviewer] = decision
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
    said = {decision.decision for decision in unheard.standing.values()}
    said |= {settlement.event.decision for settlement in settled}
    return last if said <= {last.event.decision} else None
