"""The model review, played with its numbers (doi 10.3389/feduc.2022.1006811), and every number traced to its events.

1,395 records identified, 918 duplicates, 477 screened by two, 417 excluded, 60 full texts read by two, 28 excluded (11
design, 11 type, 6 setting), 32 included. Planted: conflicts of decision and of reason, a change of mind, an
amendment, a reviewer who leaves, and one who works on a copy that travels.
"""

import csv
import random

import pytest

from asreview_mc.core.event import Decided, Settled
from asreview_mc.project import agreement, copies, duplicates, gather, screen, stages, team
from asreview_mc.project.audit import status
from asreview_mc.project.imported import import_decisions
from asreview_mc.project.review import Review
from asreview_mc.report.prisma import checks, count

WORKS = 477
EXPORTS = {"EBSCOhost": range(477), "Taylor&Francis": range(477), "SpringerLink": range(36, 477)}
PASSES = [k for k in range(WORKS) if k % 8 == 0]
ONLY_R1_INCLUDES = [k for k in range(WORKS) if k % 40 == 1]
ONLY_R1_SEES_IT = [k for k in PASSES if k % 64 == 0]
REASONS = {
    **dict.fromkeys(PASSES[32:43], "study_design"),
    **dict.fromkeys(PASSES[43:54], "publication_type"),
    **dict.fromkeys(PASSES[54:60], "setting"),
}
R2_READ = 200
REASONED = ["who settles", "agreed after calibration", "R2 goes, R3 comes"]
REASON_DISPUTED = PASSES[43]
DISPUTED = PASSES[32]


def rid(work):
    return f"r{work + 1:06d}"


class Story:
    """The review as it goes on; each chapter is a method, and after each the sums close."""

    def __init__(self, folder, review):
        self.folder, self.review = folder, review
        self.said = []
        self.files = 0

    def table(self, header, rows, name=None):
        self.files += 1
        path = self.folder / (name or f"table{self.files}.csv")
        with path.open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows([header, *rows])
        return path

    def amend(self, change, why, by="R1"):
        path = self.review.folder / "protocol.toml"
        path.write_text(change(path.read_text("utf-8")), "utf-8")
        self.review.accept_protocol(by, why)

    def check(self):
        """Return the flow, whose every sum must close."""
        flow = count(self.review.state)
        assert [one.name for one in checks(flow) if not one.ok] == []
        return flow

    def protocol(self):
        owner = '\n[[reviewers]]\nname = "judge"\nrole = "adjudicator"\n'
        self.amend(lambda text: text.replace('name = "R1"', 'name = "R1"\nrole = "owner"') + owner, "who settles")

    def identification(self):
        chance = random.Random(2022)
        words = ["".join(chance.choices("abcdefghijklmnoprstuvw", k=7)) for _ in range(3000)]
        titles = [" ".join(chance.sample(words, 8)) for _ in range(WORKS)]
        for source, works in EXPORTS.items():
            rows = [
                (titles[k], f"On {titles[k]}.", f"Author {k}", 2015 + k % 7, f"10.1000/w{k}", f"https://{source}/{k}")
                for k in works
            ]
            path = self.table(("title", "abstract", "authors", "year", "doi", "url"), rows, f"{source}.csv")
            gather.add(self.review, [path], source=source)

    def deduplication(self):
        assert duplicates.dedup(self.review).to_review == 0

    def calibration(self):
        drawn = {int(one[1:]) - 1 for one in team.calibrate(self.review, "R1", n=50, seed=1)}
        for name in ("R1", "R2"):
            self.screened(name, drawn)

    def amendment(self):
        self.amend(lambda text: text.replace('maybe = "conflict"', 'maybe = "include"'), "agreed after calibration")

    def answer(self, name, work):
        if name == "R1":
            return "include" if work in PASSES or work in ONLY_R1_INCLUDES else "exclude"
        return "include" if work in PASSES and work not in ONLY_R1_SEES_IT else "exclude"

    def screened(self, name, works, review=None):
        """Let somebody decide on what they have not decided on yet, as a table made elsewhere."""
        review = review or self.review
        waiting = [one for one in review.state.queue("abstract", name) if int(one[1:]) - 1 in works]
        rows = [(one, "", self.answer(name, int(one[1:]) - 1)) for one in waiting]
        found = import_decisions(review, self.table(("record_id", "title", "decision"), rows), name)
        assert (found.decided, found.unmatched) == (len(rows), ())

    def first_screener(self):
        mistaken = next(one for one in self.review.state.queue("abstract", "R1") if int(one[1:]) - 1 not in PASSES)
        screen.decide(self.review, mistaken, "include", "R1", note="at first sight")
        screen.decide(self.review, mistaken, "exclude", "R1", note="on reading it again")
        self.screened("R1", range(WORKS))
        self.mistaken = mistaken

    def second_screener_until_leaving(self):
        self.screened("R2", range(R2_READ))
        last = screen.undo(self.review, "R2").event.about
        screen.decide(self.review, last, self.answer("R2", int(last[1:]) - 1), "R2")
        left = '\n[[reviewers]]\nname = "R3"\n'
        self.amend(lambda text: text.replace('name = "R2"', 'name = "R2"\nleft = true') + left, "R2 goes, R3 comes")

    def third_screener_elsewhere(self):
        path = self.folder / "R3.review"
        copies.checkout(self.review, "R3", path)
        with Review.open(path) as copy:
            assert {one.event.reviewer for one in copy.log.events(kinds=["decided"])} == set()
            self.screened("R3", range(WORKS), copy)
        assert copies.merge(self.review, path).events_added > 200
        assert copies.merge(self.review, path).events_added == 0

    def consensus(self):
        for conflict in screen.conflicts(self.review, "abstract"):
            record_id, work = conflict["record_id"], int(conflict["record_id"][1:]) - 1
            decision = "include" if work in PASSES else "exclude"
            screen.discuss(self.review, record_id, "Does it speak of a credential?", "R1")
            by = ["judge"] if work in PASSES else ["R1", "R3"]  # where R2 decided, R3 stands in for them
            screen.settle(self.review, record_id, decision, by, note="after discussion")

    def full_texts(self):
        for name in ("R1", "R3"):
            rows = []
            for work in PASSES:
                reason = REASONS.get(work, "")
                if name == "R3" and work in (DISPUTED, REASON_DISPUTED):
                    reason = "" if work == DISPUTED else "setting"
                rows.append((rid(work), "", "exclude" if reason else "include", reason))
            path = self.table(("record_id", "title", "decision", "reason"), rows)
            assert import_decisions(self.review, path, name, stage="fulltext").decided == 60

    def last_conflicts(self):
        found = {one["record_id"]: one["kind"] for one in screen.conflicts(self.review, "fulltext")}
        assert found == {rid(DISPUTED): "decision", rid(REASON_DISPUTED): "reason"}
        assert self.review.state.verdict("fulltext", rid(REASON_DISPUTED)).outcome == "exclude"
        for work in (DISPUTED, REASON_DISPUTED):
            screen.settle(
                self.review, rid(work), "exclude", ["R1", "R3"], stage="fulltext", reason=REASONS[work], note="agreed"
            )

    def end(self):
        for stage in ("abstract", "fulltext"):
            stages.close(self.review, stage, "R1", reason="all is read")
        stages.freeze(self.review, "R1")


@pytest.fixture(scope="module")
def story(tmp_path_factory):
    """The story told to its end, with the flow after each chapter."""
    folder = tmp_path_factory.mktemp("story")
    with Review.create(folder / "review", "micro-credentials") as review:
        story = Story(folder, review)
        story.flows = {}
        chapters = (
            *(story.protocol, story.identification, story.deduplication, story.calibration),
            *(story.amendment, story.first_screener, story.second_screener_until_leaving),
            *(story.third_screener_elsewhere, story.consensus, story.full_texts, story.last_conflicts, story.end),
        )
        for chapter in chapters:
            chapter()
            story.flows[chapter.__name__] = story.check()
        yield story


def test_the_numbers_are_the_model_reviews(story):
    """At the end of the flow, and in what every reader of the status sees."""
    flow = story.flows["end"]
    assert flow.database_results == 1395
    assert flow.duplicates == 918
    assert (flow.records_screened, flow.not_screened, flow.pending) == (477, 0, 0)
    assert flow.records_excluded == 417
    assert (flow.dbr_sought_reports, flow.dbr_notretrieved_reports, flow.dbr_assessed) == (60, 0, 60)
    assert list(flow.dbr_excluded.values()) == [11, 11, 6]
    assert (flow.new_studies, flow.new_reports, flow.dbr_included) == (32, 32, 32)
    found = status(story.review)
    assert (found["unique"], found["included"]) == (477, 32)
    assert found["frozen"] == {"seq": found["frozen"]["seq"], "records": 32, "changed": False}
    assert found["copies_out"] == []


def test_no_step_counts_what_has_not_happened_yet(story):
    """After calibration 50 are screened; with one reader of two nothing is excluded; conflicts wait."""
    assert story.flows["deduplication"].duplicates == 918
    flow = story.flows["calibration"]
    assert (flow.records_screened, flow.not_screened) == (50, 427)
    settled = flow.records_excluded
    assert story.flows["first_screener"].records_excluded == settled
    before, after = story.flows["third_screener_elsewhere"], story.flows["consensus"]
    n_conflicts = len(ONLY_R1_INCLUDES) + len(ONLY_R1_SEES_IT)
    assert (before.pending_abstract, after.pending_abstract) == (n_conflicts, 0)
    assert before.records_excluded + len(ONLY_R1_INCLUDES) == after.records_excluded == 417
    assert list(story.flows["full_texts"].dbr_excluded.values()) == [10, 10, 6, 1]


def test_every_exclusion_and_inclusion_is_two_peoples_or_a_settlement(story):
    """Each number names its records, and each record the events that make it so."""
    review, flow = story.review, story.flows["end"]
    settled = 0
    for key, stage, outcome in (
        ("records_excluded", "abstract", "exclude"),
        ("dbr_excluded", "fulltext", "exclude"),
        ("dbr_included", "fulltext", "include"),
    ):
        for record_id in flow.papers[key]:
            events = [
                one.event for one in review.log.events(about=[record_id]) if getattr(one.event, "stage", "") == stage
            ]
            last = {event.reviewer: event for event in events if isinstance(event, Decided)}
            assert len(last) == 2, record_id
            if {event.decision for event in last.values()} == {outcome} and len({e.reason for e in last.values()}) == 1:
                continue
            (settlement,) = [event for event in events if isinstance(event, Settled)]
            assert (settlement.decision, bool(settlement.note)) == (outcome, True)
            settled += 1
    assert settled == len(ONLY_R1_INCLUDES) + 2


def test_every_record_read_is_counted_once(story):
    """The files' numbers add up to what was identified, and every duplicate has its event and its sources."""
    review, flow = story.review, story.flows["end"]
    merged = {one.event.record_id for one in review.log.events(kinds=["merged"])}
    assert merged == set(flow.papers["duplicates"])
    assert len(set(flow.papers["database_results"])) == 1395
    assert flow.database_specific_results == {name: len(works) for name, works in EXPORTS.items()}
    sources = [tuple(review.state.sources_of(rid(k))) for k in (0, 40)]
    assert sources == [("EBSCOhost", "Taylor&Francis"), tuple(EXPORTS)]


def test_minds_may_change_and_the_log_keeps_both(story):
    """What stands is the second thought; what counts as agreement is the first."""
    review = story.review
    said = [one.event for one in review.log.events(about=[story.mistaken]) if isinstance(one.event, Decided)]
    assert [one.decision for one in said if one.reviewer == "R1"] == ["include", "exclude"]
    assert review.state.verdict("abstract", story.mistaken).outcome == "exclude"
    assert review.state.ratings("abstract", [story.mistaken])["R1"][story.mistaken] == "include"


def test_who_left_and_who_came_are_raters_of_their_own(story):
    """Agreement is measured by pair, over what each pair read; the calibration round apart; all of it logged."""
    measured = agreement.agreement(story.review, "abstract")
    by_pair = {tuple(pair["raters"]): pair["n"] for pair in measured["pairs"]}
    read = sum(story.review.state.decided_by("abstract", name) for name in ("R2", "R3"))
    assert by_pair["R1", "R2"] + by_pair["R1", "R3"] == read == WORKS
    assert by_pair["R2", "R3"] == 0
    assert len(agreement.over_time(story.review, "abstract")) == WORKS // 25
    assert len(story.review.state.calibration_records("abstract")) == 50


def test_the_log_is_whole(story):
    """Its chain holds from the first event to the last, and amendments are dated and reasoned."""
    found = story.review.log.verify()
    assert (found.ok, found.head) == (True, story.review.head)
    assert [one.event.reason for one in story.review.state.protocols[1:]] == REASONED
