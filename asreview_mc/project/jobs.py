"""What a workshop can be asked for: every step of a review that needs a model, a drawing or a comparison of all."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from asreview_mc.core.event import Logged, ReferencesRead
from asreview_mc.core.protocol import STAGES, Stage
from asreview_mc.learn.chosen import default_encoder
from asreview_mc.learn.encode import Encoder
from asreview_mc.learn.subtopics import TopicModel
from asreview_mc.project import audit, duplicates, finding, gather, keep, looks, reporting, stopping, synthesise
from asreview_mc.project.agreement import agreement, measure_full_batches
from asreview_mc.project.offers import offers
from asreview_mc.project.orders import Order, Orders
from asreview_mc.project.pictures import picture
from asreview_mc.project.review import Review
from asreview_mc.project.taught import taught_model
from asreview_mc.report import agreement_view


class Bench:
    """The place where jobs are done, one review and one encoder at hand; each method is a job, its result plain.

    Parameters
    ----------
    encoder : Encoder or None
        ``None`` for the usual one.
    """

    def __init__(self, review: Review, encoder: Encoder | None = None) -> None:
        self.review = review
        self._encoder = encoder
        self._orders = Orders(review, encoder)
        self._shown: dict[str, TopicModel] = {}
        self.tell: Callable[[int, int], None] | None = None

    def orders(self, reviewer: str) -> list[Order]:
        """Return a reviewer's queue at each stage as a ranker leaves it."""
        return self._orders.orders(reviewer, self.tell)

    def encode(self) -> tuple[int, int, str]:
        """Make some more of the vectors that the queue does without; return what `Orders.encode` does."""
        return self._orders.encode()

    def measure(self) -> None:
        """Log the agreement of every batch that is full."""
        for stage in STAGES:
            measure_full_batches(self.review, stage)

    def agreement(self, viewer: str) -> list[dict[str, Any]]:
        """Return agreement at both stages as far as it is released to `viewer`, in the words of a report."""
        return agreement_view.stages({stage: agreement(self.review, stage, viewer) for stage in STAGES})

    def overview(self, reviewer: str) -> dict[str, Any]:
        """Return where the review stands, the `pace` of a reviewer where one is named, and the last `looks`.

        It goes through all records, and so would keep decisions waiting in the process that takes them in.
        """
        return {
            "now": audit.status(self.review),
            "unblinded": len(self.review.state.unblinded),
            "pace": finding.pace(self.review, "abstract", reviewer) if reviewer else None,
            "looks": {stage: looks.last_look(self.review, stage) for stage in STAGES},
        }

    def look(self, stage: Stage, by: str) -> dict[str, Any]:
        """Ask every rule whether reading may stop, log the look, and return what they say."""
        return stopping.as_plain(stopping.look(self.review, stage, by=by))

    def second_look(self, stage: Stage, by: str) -> Logged:
        """Draw the unread records that are most like a single relevant one."""
        return stopping.second_look(self.review, stage, by=by)

    def suggestions(self, viewer: str) -> list[dict[str, Any]]:
        """Return the sub-topics suggested for the included records as far as `viewer` is to see them."""
        model = taught_model(self.review, self._encoder or default_encoder(), viewer=viewer)
        self._shown[viewer] = model
        return synthesise.suggest_topics(self.review, progress=self.tell, viewer=viewer, model=model)

    def confirm(self, record_id: str, reviewer: str, add: Sequence[str], remove: Sequence[str], blind: bool) -> Logged:
        """Confirm the sub-topics of a record; `blind` where the suggestions were hidden from the reviewer."""
        return synthesise.confirm_topics(
            self.review,
            record_id,
            reviewer,
            add=add,
            remove=remove,
            blind=blind,
            encoder=self._encoder,
            model=self._shown.get(reviewer),
        )

    def offers(self, record_id: str, form: str) -> dict[str, dict[str, Any]]:
        """Return what is suggested in the fields of a form for one record: `value`, `by`, `evidence` and `p`."""
        encoder = self._encoder or default_encoder()
        found = offers(self.review, [record_id], form, encoder=encoder)[record_id]
        return {code: asdict(one) for code, one in found.items()}

    def doubts(self) -> list[dict[str, Any]]:
        """Return the doubtful pairs that wait for a person."""
        return [asdict(doubt) for doubt in duplicates.doubts(self.review)]

    def judge(self, record_id: str, other: str, same: bool, by: str, note: str = "") -> Logged:
        """Log whether two records are one."""
        return duplicates.judge(self.review, record_id, other, same=same, by=by, note=note)

    def add(self, paths: Sequence[Path], told: Mapping[str, str]) -> list[ReferencesRead]:
        """Read reference files into the review."""
        return gather.add(self.review, paths, **told)

    def dedup(self, by: str) -> dict[str, Any]:
        """Merge certain duplicates."""
        return asdict(duplicates.dedup(self.review, by=by))

    def picture(self, figure: str) -> bytes:
        """Return a figure as SVG: ``flow``, ``curve`` or ``agreement``."""
        return picture(self.review, figure)

    def export(self, path: Path, what: str, viewer: str) -> dict[str, Any]:
        """Write records with their decisions, as `viewer` may see them."""
        return reporting.export(self.review, path, what=what, viewer=viewer)

    def report(self, path: Path, viewer: str) -> dict[str, Any]:
        """Write the whole review on one page, as `viewer` may see it."""
        return reporting.write_report(self.review, path, viewer=viewer)

    def backup(self, file: str) -> None:
        """Write a backup into the review's folder."""
        folder = self.review.folder / "backups"
        folder.mkdir(exist_ok=True)
        keep.backup(self.review, folder / file)
