"""What stands for a record: the whole table, settlements, reasons."""

from itertools import product

import pytest

from asreview_mc.core.event import Settled
from asreview_mc.review.consensus import Settlement, Standing, Verdict, verdict

# What was said by all who must -> what stands at title and abstract with maybe = "conflict", with maybe = "include",
# and at full text, where a maybe is always a conflict.
TABLE = {
    ("include",): ("include", "include", "include"),
    ("exclude",): ("exclude", "exclude", "exclude"),
    ("maybe",): ("conflict", "include", "conflict"),
    ("exclude", "include"): ("conflict", "conflict", "conflict"),
    ("include", "maybe"): ("conflict", "include", "conflict"),
    ("exclude", "maybe"): ("conflict", "conflict", "conflict"),
    ("exclude", "include", "maybe"): ("conflict", "conflict", "conflict"),
}


def said(*decisions: tuple[str, str] | str, since: int = 1) -> list[Standing]:
    """Decisions of R1, R2 and so on, each a decision or (decision, reason), at events `since` and after."""
    pairs = [(one, "") if isinstance(one, str) else one for one in decisions]
    return [
        Standing(since + k, "", "r000001", f"R{k + 1}", decision, reason, "")
        for k, (decision, reason) in enumerate(pairs)
    ]


def settled(decision: str, reason: str = "", seq: int = 10, stage: str = "abstract") -> Settlement:
    return Settlement(seq, "", Settled("r000001", stage, decision, ("R1", "R2"), reason))


def stands(standing, settlement=None, stage="abstract", wanted=2, maybe="conflict") -> Verdict:
    return verdict(standing, settlement, stage=stage, wanted=wanted, maybe=maybe)


@pytest.mark.parametrize("wanted", [1, 2, 3, 5])
@pytest.mark.parametrize("n", range(6))
def test_the_whole_table(n, wanted):
    """Every combination of decisions, numbers wanted, stage and meaning of a maybe."""
    for decisions in product(("include", "exclude", "maybe"), repeat=n):
        row = TABLE.get(tuple(sorted(set(decisions))), ())
        for column, (stage, maybe) in enumerate(
            [("abstract", "conflict"), ("abstract", "include"), ("fulltext", "conflict"), ("fulltext", "include")]
        ):
            found = stands(said(*decisions), stage=stage, wanted=wanted, maybe=maybe)
            wants = row[min(column, 2)] if n >= wanted else "pending"
            assert found == Verdict(wants), (decisions, stage, maybe)
            assert found.open == (wants == "conflict")


def test_nobody_is_outvoted():
    """Four against one is a conflict."""
    assert stands(said(*["include"] * 4, "exclude"), wanted=2).outcome == "conflict"


def test_two_decisions_of_one_person_are_one_persons():
    """One who decided on two duplicates counts once; where they differ, they are in conflict."""
    own = [Standing(1, "", "r000001", "R1", "include", "", ""), Standing(2, "", "r000002", "R1", "exclude", "", "")]
    assert stands(own).outcome == "pending"
    other = Standing(3, "", "r000001", "R2", "include", "", "")
    assert stands([*own, other]).outcome == "conflict"
    assert stands([own[0], other]).outcome == "include"


@pytest.mark.parametrize("decision", ["include", "exclude"])
def test_a_settlement_stands_over_what_was_said_before(decision):
    """The people settled it, whatever each had said."""
    for decisions in product(("include", "exclude", "maybe"), repeat=2):
        assert stands(said(*decisions), settled(decision)) == Verdict(decision, settled=True)


def test_a_settlement_stands_until_somebody_decides_otherwise_afterwards():
    """A later departing decision opens the conflict again; a later decision that follows it does not."""
    before = said("include", "exclude")
    assert stands([before[0], *said("x", "include", since=11)[1:]], settled("include")).settled
    again = [before[0], Standing(11, "", "r000001", "R2", "exclude", "", "")]
    assert stands(again, settled("include")) == Verdict("conflict")
    unsure = [before[0], Standing(11, "", "r000001", "R2", "maybe", "", "")]
    assert stands(unsure, settled("include")) == Verdict("conflict")
    assert stands(again, settled("include", seq=12)) == Verdict("include", settled=True)


def test_a_settlement_survives_a_decision_taken_back():
    """Whoever takes their decision back departs from nothing."""
    assert stands(said("include"), settled("include")) == Verdict("include", settled=True)
    assert stands([], settled("exclude", "type")) == Verdict("exclude", "type", settled=True)


@pytest.mark.parametrize("reasons", [("design", "type"), ("design", ""), ("design", "type", "setting")])
def test_different_reasons_are_a_conflict_at_full_text_only(reasons):
    """At full text each exclusion has exactly one reason; on title and abstract a reason is a remark."""
    decisions = said(*[("exclude", reason) for reason in reasons])
    found = stands(decisions, stage="fulltext")
    assert found == Verdict("exclude", "", reason_conflict=True) and found.open
    found = stands(decisions)
    assert found == Verdict("exclude") and not found.open


@pytest.mark.parametrize("stage", ["abstract", "fulltext"])
def test_a_shared_reason_stands(stage):
    """Both excluded for the same reason: it is the record's."""
    assert stands(said(("exclude", "type"), ("exclude", "type")), stage=stage) == Verdict("exclude", "type")


def test_a_settled_reason_stands_and_closes_the_conflict():
    """A reason conflict is settled without re-opening the exclusion."""
    found = stands(said(("exclude", "type"), ("exclude", "design")), settled("exclude", "type"), stage="fulltext")
    assert found == Verdict("exclude", "type", settled=True) and not found.open


def test_another_reason_given_later_opens_the_reason_but_not_the_exclusion():
    """After "excluded, because of its type" an exclusion for another reason disputes the reason only."""
    late = Standing(11, "", "r000001", "R2", "exclude", "setting", "")
    before = said("include", ("exclude", "design"))
    found = stands([before[0], late], settled("exclude", "type"), stage="fulltext")
    assert (found.outcome, found.reason, found.reason_conflict) == ("exclude", "", True)
    agreed = [Standing(12, "", "r000001", "R1", "exclude", "setting", ""), late]
    assert stands(agreed, settled("exclude", "type"), stage="fulltext") == Verdict("exclude", "setting")


def test_a_reason_given_later_on_title_and_abstract_opens_nothing():
    """A later exclusion agrees with a settled exclusion, with or without a remark."""
    late = [said("include")[0], Standing(11, "", "r000001", "R2", "exclude", "setting", "")]
    assert stands(late, settled("exclude")) == Verdict("exclude", settled=True)
