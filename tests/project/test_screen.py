"""Screening: what may be decided by whom, what is refused, and that a refusal changes nothing."""

import pytest

from asreview_mc.core.errors import AsreviewMCError, DecisionError, UnknownError
from asreview_mc.project import agreement, fulltexts, screen


def both(review, record_id, first, second, **more):
    screen.decide(review, record_id, first, "R1", **more)
    screen.decide(review, record_id, second, "R2", **more)


@pytest.mark.parametrize(
    ("record_id", "decision", "reviewer", "more", "said"),
    [
        ("r000099", "include", "R1", {}, "r000099"),
        ("nonsense", "include", "R1", {}, "nonsense"),
        ("r000001", "perhaps", "R1", {}, "perhaps"),
        ("r000001", "include", "Mallory", {}, "Mallory"),
        ("r000001", "include", "R1", {"reason": "setting"}, "exclude only"),
        ("r000001", "exclude", "R1", {"reason": "boring"}, "boring"),
        ("r000001", "include", "R1", {"stage": "fulltext"}, "has not passed"),
    ],
)
def test_what_the_protocol_does_not_allow_is_refused(review, record_id, decision, reviewer, more, said):
    """One line says what, and the log is as it was."""
    head = review.head
    with pytest.raises(AsreviewMCError, match=said) as raised:
        screen.decide(review, record_id, decision, reviewer, **more)
    assert "\n" not in str(raised.value)
    assert review.head == head


def test_a_full_text_exclusion_needs_exactly_one_reason_of_the_list(review):
    """The closed list is the protocol's."""
    both(review, "r000001", "include", "include")
    with pytest.raises(DecisionError, match="exactly one reason"):
        screen.decide(review, "r000001", "exclude", "R1", stage="fulltext")
    with pytest.raises(UnknownError, match="study_design, publication_type, setting"):
        screen.decide(review, "r000001", "exclude", "R1", stage="fulltext", reason="date")
    screen.decide(review, "r000001", "exclude", "R1", stage="fulltext", reason="setting")


def test_a_decision_can_be_changed_and_undone_without_touching_the_others(review):
    """Each is a new event."""
    both(review, "r000001", "include", "exclude")
    screen.decide(review, "r000001", "exclude", "R1")
    assert review.state.verdict("abstract", "r000001").outcome == "exclude"
    screen.undo(review, "R1")
    assert review.state.verdict("abstract", "r000001").outcome == "pending"
    assert [one.decision for one in review.state.visible("abstract", "r000001", "R2")] == ["exclude"]
    assert len(review.log.events(about=["r000001"])) == 4


def test_undo_takes_the_last_decision_that_stands(review):
    """Undo twice goes back two records."""
    screen.decide(review, "r000001", "include", "R1")
    screen.decide(review, "r000002", "include", "R1")
    screen.decide(review, "r000003", "include", "R2")
    assert screen.undo(review, "R1").event.about == "r000002"
    assert screen.undo(review, "R1").event.about == "r000001"
    with pytest.raises(DecisionError, match="no decision to take back"):
        screen.undo(review, "R1")
    assert review.state.decided_by("abstract", "R2") == 1


def test_a_duplicate_is_decided_on_through_the_record_that_stands_for_it(review, tmp_path):
    """Otherwise a decision could be lost from sight."""
    from asreview_mc.project import gather
    from asreview_mc.project.duplicates import dedup

    copy = tmp_path / "copy.csv"
    copy.write_text("title,authors,year\nDigital badges in higher education,Author 1,2001\n", "utf-8")
    gather.add(review, [copy], source="Other")
    dedup(review)
    with pytest.raises(DecisionError, match="r000001, which stands for it"):
        screen.decide(review, "r000007", "include", "R1")


def test_a_conflict_is_settled_by_all_who_decided(review):
    """One of the two cannot outvote the other."""
    both(review, "r000001", "include", "exclude")
    for by in (["R1"], ["R2"]):
        with pytest.raises(DecisionError, match="--by R1 --by R2"):
            screen.settle(review, "r000001", "include", by)
    screen.settle(review, "r000001", "include", ["R1", "R2"])
    verdict = review.state.verdict("abstract", "r000001")
    assert (verdict.outcome, verdict.settled) == ("include", True)
    assert screen.conflicts(review, "abstract") == []


def test_an_adjudicator_settles_alone_and_decides_nothing_else(review):
    """Roles are the protocol's."""
    path = review.folder / "protocol.toml"
    path.write_text(path.read_text("utf-8") + '\n[[reviewers]]\nname = "Ada"\nrole = "adjudicator"\n', "utf-8")
    review.accept_protocol("R1", "an adjudicator")
    both(review, "r000001", "include", "exclude")
    with pytest.raises(DecisionError, match="does not decide"):
        screen.decide(review, "r000002", "include", "Ada")
    screen.settle(review, "r000001", "exclude", ["Ada"])
    assert review.state.verdict("abstract", "r000001").outcome == "exclude"


def test_there_is_nothing_to_settle_without_a_conflict(review):
    """Neither before the second decision nor where both agree."""
    with pytest.raises(DecisionError, match="no conflict"):
        screen.settle(review, "r000001", "include", ["R1", "R2"])
    screen.decide(review, "r000001", "include", "R1")
    with pytest.raises(DecisionError, match="no conflict"):
        screen.settle(review, "r000001", "include", ["R1", "R2"])
    screen.decide(review, "r000001", "include", "R2")
    with pytest.raises(DecisionError, match="no conflict"):
        screen.settle(review, "r000001", "exclude", ["R1", "R2"])


def test_a_settlement_is_include_or_exclude(review):
    """A maybe would settle nothing."""
    both(review, "r000001", "include", "maybe")
    with pytest.raises(DecisionError, match="include or exclude"):
        screen.settle(review, "r000001", "maybe", ["R1", "R2"])


def test_differing_reasons_are_settled_without_reopening_the_exclusion(review):
    """Exclude and exclude stays exclude."""
    both(review, "r000001", "include", "include")
    screen.decide(review, "r000001", "exclude", "R1", stage="fulltext", reason="setting")
    screen.decide(review, "r000001", "exclude", "R2", stage="fulltext", reason="study_design")
    (conflict,) = screen.conflicts(review, "fulltext")
    assert conflict["kind"] == "reason"
    assert review.state.verdict("fulltext", "r000001").outcome == "exclude"
    with pytest.raises(DecisionError, match="only the reason is open"):
        screen.settle(review, "r000001", "include", ["R1", "R2"], stage="fulltext")
    screen.settle(review, "r000001", "exclude", ["R1", "R2"], stage="fulltext", reason="setting")
    verdict = review.state.verdict("fulltext", "r000001")
    assert (verdict.outcome, verdict.reason, verdict.open) == ("exclude", "setting", False)


def test_retrieval_is_noted_only_for_what_passed_title_and_abstract(review):
    """And only as one of three."""
    with pytest.raises(DecisionError, match="has not passed"):
        fulltexts.retrieve(review, "r000001", "retrieved")
    both(review, "r000001", "include", "include")
    with pytest.raises(UnknownError, match="sought, retrieved, not-retrieved"):
        fulltexts.retrieve(review, "r000001", "lost")
    fulltexts.retrieve(review, "r000001", "not-retrieved", by="R1")
    from asreview_mc.review.eligibility import eligibility

    assert eligibility(review.state).not_retrieved == ("r000001",)


def test_agreement_is_logged_once_per_full_batch(review, tmp_path):
    """25 doubly screened records make a batch; the 26th adds nothing."""
    from asreview_mc.project import gather

    more = tmp_path / "more.csv"
    more.write_text("title\n" + "\n".join(f"Paper number {k}" for k in range(60)), "utf-8")
    gather.add(review, [more], source="X")
    for number in range(1, 52):
        record_id = f"r{number:06d}"
        both(review, record_id, "include" if number % 3 else "exclude", "include" if number % 4 else "exclude")
        logged = agreement.over_time(review, "abstract")
        assert len(logged) == number // 25
    assert [one["records"] for one in logged] == [25, 50]
    assert logged[0]["pairs"][0]["n"] == 25
    screen.undo(review, "R1")
    screen.decide(review, "r000051", "exclude", "R1")
    assert len(agreement.over_time(review, "abstract")) == 2


def test_agreement_equals_scikit_learn_on_the_same_decisions(review):
    """On first decisions; a change of mind after the other's became visible does not enter."""
    from sklearn.metrics import cohen_kappa_score

    first = ["include", "include", "exclude", "include", "exclude", "exclude"]
    second = ["include", "exclude", "exclude", "include", "include", "exclude"]
    for number, (one, other) in enumerate(zip(first, second, strict=True), start=1):
        both(review, f"r{number:06d}", one, other)
    screen.decide(review, "r000002", "exclude", "R1")
    pair = agreement.agreement(review, "abstract")["pairs"][0]
    assert pair["cohen_kappa"]["value"] == pytest.approx(cohen_kappa_score(first, second))
    assert pair["n"] == 6


def test_a_stage_has_one_of_two_names():
    """Anything else is a user's error."""
    with pytest.raises(UnknownError, match="abstract, fulltext"):
        screen.stage_named("title")
