"""The end of a stage, the frozen set, reports of one study, the discussion of a conflict, full texts."""

import pytest

from asreview_mc.core.errors import DecisionError, UnknownError
from asreview_mc.core.event import StopLooked
from asreview_mc.project import duplicates, fulltexts, gather, screen, stages
from asreview_mc.project.audit import status
from asreview_mc.report.prisma import checks, count

IDS = [f"r{k:06d}" for k in range(1, 7)]


def both(review, record_id, first, second, **more):
    screen.decide(review, record_id, first, "R1", **more)
    screen.decide(review, record_id, second, "R2", **more)


def include(review, *record_ids):
    """Bring records through both stages."""
    for stage in ("abstract", "fulltext"):
        for record_id in record_ids:
            both(review, record_id, "include", "include", stage=stage)


def test_a_closed_stage_keeps_the_names_of_what_was_not_read(review):
    """Nothing is excluded by that, nothing waits any longer, and a decision needs the stage to go on."""
    both(review, IDS[0], "include", "include")
    screen.decide(review, IDS[1], "include", "R1")
    closed = stages.close(review, "abstract", "R1", reason="no time left")
    assert (closed.half_read, closed.unread) == ((IDS[1],), tuple(IDS[2:]))
    assert closed.logged.event.record_ids == tuple(IDS[1:])
    state = review.state
    assert (state.queue("abstract", "R2"), state.queue("fulltext", "R2")) == ([], [IDS[0]])
    assert {state.verdict("abstract", one).outcome for one in IDS[1:]} == {"pending"}
    for attempt in (
        lambda: screen.decide(review, IDS[2], "include", "R1"),
        lambda: screen.undo(review, "R1", record_id=IDS[1]),
    ):
        with pytest.raises(DecisionError, match=r"was closed \(event"):
            attempt()
    with pytest.raises(DecisionError, match="closed already"):
        stages.close(review, "abstract", "R1")
    with pytest.raises(DecisionError, match="a reason"):
        stages.reopen(review, "abstract", "R1", " ")
    assert status(review)["stages"]["abstract"]["closed"] == closed.logged.seq
    stages.reopen(review, "abstract", "R2", "more time")
    screen.decide(review, IDS[1], "include", "R2")
    assert review.state.verdict("abstract", IDS[1]).outcome == "include"


def test_a_stage_closes_without_open_conflicts_and_never_on_a_rule_that_was_not_met(review):
    """Pain of many reviews: the methods section says that a rule was met, and nothing shows it."""
    both(review, IDS[0], "include", "exclude")
    with pytest.raises(DecisionError, match="1 conflicts are open"):
        stages.close(review, "abstract", "R1")
    screen.settle(review, IDS[0], "include", ["R1", "R2"])
    with pytest.raises(UnknownError, match="quota"):
        stages.close(review, "abstract", "R1", rule="quota")
    review.append(StopLooked("abstract", "buscar", 0.95, 0.95, True, {}, "R1"))
    with pytest.raises(DecisionError, match="'buscar' is not met: p = "):
        stages.close(review, "abstract", "R1", rule="buscar")
    assert not review.state.noted[StopLooked][-1].event.stop, "what was said before does not hold any longer"
    for record_id in IDS[1:]:
        both(review, record_id, "exclude", "exclude")
    assert stages.close(review, "abstract", "R1", rule="buscar").logged.event.rule == "buscar"
    assert review.state.noted[StopLooked][-1].event.stop


def test_the_frozen_set_changes_only_by_a_reasoned_amendment(review, tmp_path):
    """No decision, settlement or retrieval touches what was there; what is read later is screened as ever."""
    include(review, *IDS[:2])
    both(review, IDS[2], "include", "include")
    with pytest.raises(DecisionError, match="1 records wait"):
        stages.freeze(review, "R1")
    fulltexts.retrieve(review, IDS[2], "not-retrieved")
    frozen = stages.freeze(review, "R1")
    assert frozen.event.record_ids == tuple(IDS[:2])
    for attempt in (
        lambda: screen.decide(review, IDS[0], "exclude", "R1", stage="fulltext", reason="setting"),
        lambda: screen.decide(review, IDS[4], "include", "R1"),
        lambda: screen.undo(review, "R1", stage="fulltext"),
        lambda: fulltexts.retrieve(review, IDS[2], "retrieved"),
        lambda: duplicates.judge(review, IDS[0], IDS[1], same=True, by="R1"),
    ):
        with pytest.raises(DecisionError, match="is frozen"):
            attempt()
    more = tmp_path / "more.csv"
    more.write_text("title\nA later paper\n", "utf-8")
    gather.add(review, [more], source="Update")
    screen.decide(review, "r000007", "include", "R1")
    assert status(review)["frozen"] == {"seq": frozen.seq, "records": 2, "changed": False}
    with pytest.raises(DecisionError, match="a reason"):
        stages.thaw(review, "R1", "")
    stages.thaw(review, "R1", "an erratum appeared")
    screen.decide(review, IDS[0], "exclude", "R1", stage="fulltext", reason="setting")
    assert status(review)["frozen"] is None


def test_studies_and_reports_are_both_counted(review):
    """Three reports of two studies; a link of a link is one study, and what is taken apart counts for itself again."""
    include(review, *IDS[:4])
    stages.link(review, IDS[0], [IDS[1]], "R1")
    stages.link(review, IDS[3], [IDS[1]], "R2")
    flow = count(review.state)
    assert (flow.new_studies, flow.new_reports) == (2, 4)
    assert flow.papers["new_studies"] == (IDS[0], IDS[2])
    assert all(check.ok for check in checks(flow))
    assert (status(review)["included"], status(review)["studies"]) == (4, 2)
    with pytest.raises(DecisionError, match="one study already"):
        stages.link(review, IDS[0], [IDS[3]], "R1")
    stages.link(review, IDS[0], [IDS[3]], "R1", apart=True)
    assert count(review.state).new_studies == 3
    with pytest.raises(DecisionError, match="not of one study"):
        stages.link(review, IDS[0], [IDS[3]], "R1", apart=True)
    with pytest.raises(DecisionError, match="other records"):
        stages.link(review, IDS[0], [IDS[0]], "R1")


def test_what_looks_like_two_reports_is_offered_and_then_no_longer(review, tmp_path):
    """One title and one team in two journals: no duplicate, and not for de-duplication to decide."""
    path = tmp_path / "two.csv"
    line = '"Stacking short courses towards a degree: a field study","Miller, Ann; Ode, Bo",{},{}'
    rows = [line.format("Journal of Learning", 2019), line.format("Annals of Teaching", 2020)]
    path.write_text("\n".join(["title,authors,journal,year", *rows]) + "\n", "utf-8")
    gather.add(review, [path], source="Other")
    (offer,) = stages.linkable(review)
    assert {offer["record_id"], offer["other"]} == {"r000007", "r000008"}
    stages.link(review, "r000007", ["r000008"], "R1")
    assert stages.linkable(review) == []


def test_a_conflict_is_discussed_side_by_side(review):
    """Notes in order, the reason that comes first in the protocol, and nothing to discuss where all agree."""
    both(review, IDS[0], "include", "include")
    screen.decide(review, IDS[0], "exclude", "R1", stage="fulltext", reason="setting", note="a company")
    screen.decide(review, IDS[0], "exclude", "R2", stage="fulltext", reason="study_design")
    screen.discuss(review, IDS[0], "It is a company's course.", "R1", stage="fulltext")
    screen.discuss(review, IDS[0], "The design comes first.", "R2", stage="fulltext")
    (conflict,) = screen.conflicts(review, "fulltext")
    assert (conflict["kind"], conflict["first_reason"]) == ("reason", "study_design")
    assert [one["text"] for one in conflict["discussion"]] == ["It is a company's course.", "The design comes first."]
    assert review.state.verdict("fulltext", IDS[0]).outcome == "exclude"
    screen.settle(review, IDS[0], "exclude", ["R1", "R2"], stage="fulltext", reason="study_design")
    assert review.state.verdict("fulltext", IDS[0]).reason == "study_design"
    for record_id, text in ((IDS[0], "more"), (IDS[1], "nothing")):
        with pytest.raises(DecisionError, match="no open conflict"):
            screen.discuss(review, record_id, text, "R1", stage="fulltext")


def test_a_full_text_is_kept_with_its_route_and_digest(review, tmp_path):
    """The project has its own copy; the log says which bytes were read."""
    both(review, IDS[0], "include", "include")
    paper = tmp_path / "Paper.PDF"
    paper.write_bytes(b"%PDF-1.4 a paper")
    event = fulltexts.retrieve(review, IDS[0], "retrieved", by="R1", route="a library", file=paper).event
    kept = review.folder / event.file
    assert (kept.read_bytes(), event.route, len(event.sha256)) == (paper.read_bytes(), "a library", 64)
    with pytest.raises(DecisionError, match="retrieved only"):
        fulltexts.retrieve(review, IDS[0], "sought", file=paper)
    with pytest.raises(UnknownError, match="lost"):
        fulltexts.retrieve(review, IDS[0], "lost")
