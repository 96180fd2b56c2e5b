"""Plays the demonstration review: every step of a real one, on real input, with recorded answers in place of people."""

from __future__ import annotations

import shlex
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from asreview_mc.core.protocol import Stage
from asreview_mc.demo.recorded import ADJUDICATOR, DATA, EXPORTS, Recorded
from asreview_mc.project import agreement, batch, duplicates, gather, ranking, reporting, screen, synthesise
from asreview_mc.project.audit import status
from asreview_mc.project.review import PROTOCOL, Review
from asreview_mc.project.session import Session
from asreview_mc.report import prisma
from asreview_mc.report.agreement_view import to_text
from asreview_mc.simulate import files, grid
from asreview_mc.simulate.curves import recall_plot
from asreview_mc.simulate.metrics import means

Say = Callable[[str], None]
REVIEWERS = ("R1", "R2")
RANKERS = ("hybrid", "elas_u4", "random")
SEEDS = 3
NOTICE = (
    "A demonstration: R1, R2 and single_reader are language models that read each record separately, not people;"
    " abstracts are in our own words; which database holds which record is simulated."
)
ADJUDICATOR_TOML = f"""
# Recorded for the demonstration: a first single reading settles the conflicts.
[[reviewers]]
name = "{ADJUDICATOR}"
role = "adjudicator"
"""


def play(folder: Path, say: Say) -> dict[str, Any]:
    """Make the demonstration review in a new folder and play it end to end.

    Parameters
    ----------
    folder : path
        Must not hold a review yet.
    say : callable
        Called with each line as the play goes on.

    Returns
    -------
    dict
        Paths and counts: `project`, `report`, `prisma`, `agreement`, `status`, `seconds` and more.
    """
    started = time.monotonic()
    with Review.create(folder, "micro-credentials") as review:
        performance = _Performance(review, say)
        performance.whole()
        result = performance.result
    result["seconds"] = round(time.monotonic() - started, 1)
    say("")
    for line in _what_next(folder, result):
        say(line)
    return result


class _Performance:
    """One run: each method is a step of the review, printed with its number."""

    def __init__(self, review: Review, say: Say) -> None:
        self.review = review
        self.say = say
        self.recorded = Recorded()
        self.encoder = ranking.default_encoder()
        self.result: dict[str, Any] = {"project": str(review.folder)}
        self._step = 0

    def whole(self) -> None:
        self.protocol()
        self.identification()
        self.deduplication()
        self.first_queue()
        self.screening("abstract")
        self.consensus("abstract")
        self.screening("fulltext")
        self.consensus("fulltext")
        self.subtopics()
        self.classification()
        self.reporting()
        self.simulation()
        self.audit()

    def step(self, title: str) -> None:
        self._step += 1
        self.say(f"\n{self._step:>2}. {title}")

    def note(self, line: str) -> None:
        self.say(f"    {line}")

    def protocol(self) -> None:
        self.step("Protocol")
        path = self.review.folder / PROTOCOL
        text = path.read_text("utf-8").replace('notice = ""', f'notice = "{NOTICE}"')
        path.write_text(text + ADJUDICATOR_TOML, "utf-8")
        logged = self.review.accept_protocol("R1", "single_reader settles conflicts in the demonstration")
        protocol = self.review.protocol
        self.note(protocol.title)
        self.note(
            f"{len(protocol.inclusion)} inclusion criteria, {len(protocol.reasons)} exclusion reasons,"
            f" {len(protocol.cards)} sub-topics, accepted as event {logged.seq}"
        )
        self.note("122 real publications, abstracts in our own words. R1, R2 and single_reader are language")
        self.note("models, not people; which database holds which record is simulated.")

    def identification(self) -> None:
        self.step("Identification: three database exports")
        exports = self.review.folder / "exports"
        exports.mkdir(exist_ok=True)
        for source, name in EXPORTS:
            (exports / name).write_bytes((DATA / name).read_bytes())
            (event,) = gather.add(self.review, [exports / name], source=source)
            self.note(f"{source}: found {event.found} = read {event.read} + rejected {len(event.rejected)} ({name})")

    def deduplication(self) -> None:
        self.step("De-duplication: certain duplicates merged, every source kept")
        done = duplicates.dedup(self.review)
        self.note(f"{done.records} records - {done.merged} duplicates = {done.unique} to screen")
        without = status(self.review)["without_abstract"]
        if without:
            self.note(f"{without} of them have no abstract in any export")

    def first_queue(self) -> None:
        self.step("First queue: the protocol's question alone, no decision yet")
        for one in ranking.rank(self.review, "R1", encoder=self.encoder)[:3]:
            self.note(f"{one.rank}. {one.title[:90]} [{one.why}]")

    def screening(self, stage: Stage) -> None:
        titles = {"abstract": "Title and abstract", "fulltext": "Full texts"}
        self.step(f"{titles[stage]}: two reviewers, blind to each other, each in their own ranked order")
        pool = ranking.gather_pool(self.review, encoder=self.encoder)
        for reviewer in REVIEWERS:
            said: dict[str, int] = {}
            with Session(self.review, reviewer, pool, stage=stage) as session:
                while (offer := session.offer(settled=True)) is not None:
                    answer = self.recorded.answer(offer.record, stage, reviewer)
                    session.decide(offer, answer.decision, reason=answer.reason, note=answer.note)
                    said[answer.decision] = said.get(answer.decision, 0) + 1
            counts = ", ".join(f"{count} {decision}" for decision, count in sorted(said.items()))
            self.note(f"{reviewer}: {counts}")
        measured = agreement.agreement(self.review, stage)
        self.result.setdefault("agreement", {})[stage] = measured
        for line in to_text(measured):
            self.note(line)
        batches = len(agreement.over_time(self.review, stage))
        self.note(f"agreement logged after each of {batches} full batches of 25")

    def consensus(self, stage: Stage) -> None:
        self.step(f"Conflicts ({stage}): settled, none outvoted")
        found = screen.conflicts(self.review, stage)
        said: dict[str, int] = {}
        for conflict in found:
            record = self.review.records[conflict["record_id"]]
            answer = self.recorded.answer(record, stage, ADJUDICATOR)
            codes = {reason.code for reason in self.review.protocol.reasons}
            reason = answer.reason if answer.reason in codes else ""
            note = answer.note if reason == answer.reason else f"{answer.reason}; {answer.note}"
            screen.settle(
                self.review, record.record_id, answer.decision, [ADJUDICATOR], stage=stage, reason=reason, note=note
            )
            said[answer.decision] = said.get(answer.decision, 0) + 1
        counts = ", ".join(f"{count} {decision}" for decision, count in sorted(said.items())) or "none"
        self.note(f"{len(found)} conflicts, settled as recorded for the demonstration: {counts}")
        outcome = status(self.review)["stages"][stage]
        self.note(f"{outcome['included']} pass, {outcome['excluded']} excluded")

    def subtopics(self) -> None:
        self.step("Sub-topics: suggested with evidence, confirmed by a reviewer")
        suggested = synthesise.suggest_topics(self.review, encoder=self.encoder)
        first = next((row for row in suggested if row["suggested"]), None)
        if first:
            self.note(f"{first['title'][:90]}")
            for one in first["suggested"][:3]:
                self.note(f"  {one['p']:.2f} {one['code']}: {one['evidence'][:80]}")
        for row in suggested:
            record = self.review.records[row["record_id"]]
            codes = set(self.recorded.topics(record, "R1"))
            others = {card.code for card in self.review.protocol.cards} - codes
            # `blind`: the recorded answers were given without a look at any suggestion
            synthesise.confirm_topics(
                self.review, record.record_id, "R1", add=codes, remove=others, blind=True, encoder=self.encoder
            )
        tally = synthesise.topic_tally(self.review)
        self.note(f"confirmed for {len(suggested)} included papers:")
        self.note(", ".join(f"{code} {len(ids)}" for code, ids in tally.items()))
        self.result["subtopics"] = {code: len(ids) for code, ids in tally.items()}

    def classification(self) -> None:
        self.step("Batch classification: a table in, the same table with sub-topics out")
        table = self.review.folder / "reports" / "screened.csv"
        table.parent.mkdir(exist_ok=True)
        reporting.export(self.review, table, what="all", viewer=None)
        done = batch.classify(table, table.with_name("classified.csv"), encoder=self.encoder)
        self.note(f"{done['rows']} rows written to {done['written']}")

    def reporting(self) -> None:
        self.step("PRISMA 2020 flow, report and exports")
        reports = self.review.folder / "reports"
        flow = prisma.count(self.review.state)
        for line in prisma.to_text(flow):
            self.note(line)
        sums = prisma.checks(flow)
        self.note(f"{sum(one.ok for one in sums)} of {len(sums)} sums close")
        for suffix in ("svg", "png"):
            prisma.save(flow, reports / f"prisma.{suffix}")
        reporting.write_report(self.review, reports / "report.html", viewer=None)
        for suffix in ("ris", "csv", "json"):
            done = reporting.export(self.review, reports / f"included.{suffix}", what="included", viewer=None)
        self.note(f"{done['written']} included records exported as RIS, CSV and JSON")
        self.result["prisma"] = prisma.to_dict(flow)
        self.result["report"] = str(reports / "report.html")

    def simulation(self) -> None:
        self.step("Simulation: how soon would each ranker have found the included papers?")
        reports = self.review.folder / "reports"
        results = grid.simulate(
            [reports / "screened.csv"],
            RANKERS,
            seeds=SEEDS,
            protocol=self.review.folder / PROTOCOL,
            encoder=self.encoder,
        )
        files.write_rows(results.rows, reports / "simulation.csv")
        recall_plot(results.orders, reports / "recall.svg")
        for mean in means(results.rows):
            figures = f"loss {mean['loss']:.3f}, WSS@95 {mean['wss95']:.3f}"
            self.note(f"{mean['ranker']:<8} {figures} (mean of {SEEDS} runs)")
        self.note("No ranker does much better than chance here, and hybrid does not at all: most exclusions hang on")
        self.note(
            "the kind of publication and its date, which title and abstract do not tell, and a third is included."
        )
        self.note("Reviews with a topic to find are in benchmarks/results. Curves: reports/recall.svg")

    def audit(self) -> None:
        self.step("The log: every event follows from the one before")
        found = self.review.log.verify()
        self.note(f"{found.events} events verified, head {found.head}")
        self.result["status"] = status(self.review)
        self.result["verified"] = found.ok


def _what_next(folder: Path, result: dict[str, Any]) -> list[str]:
    return [
        f"Done in {result['seconds']} s. Open {result['report']} in a browser.",
        "What to try next:",
        f"  cd {shlex.quote(str(folder))}",
        "  asreview-mc status                             where the review stands",
        "  asreview-mc topics suggest                     sub-topics, each with the sentence that speaks for it",
        "  asreview-mc log --verify                       the log, followed from the first event to the last",
        "  asreview-mc init ../my-review                  a review of your own, then `add` your exports",
        "  asreview-mc screen --reviewer R1 --project ../my-review",
    ]
