"""One decision looks at what concerns its record, and goes through the log only where it may have filled a batch."""

import pytest

from asreview_mc.core.event import AgreementMeasured, Decided, Merged, ReferencesRead
from asreview_mc.core.record import Record
from asreview_mc.project.review import Review
from asreview_mc.project.screen import decide, state_of
from asreview_mc.project.stages import close
from asreview_mc.review.state import State


@pytest.fixture
def many(tmp_path):
    with Review.create(tmp_path / "review", "micro-credentials") as review:
        event = ReferencesRead("a.ris", "A", "database", "ris", "utf-8", "0" * 64, 60, 60)
        review.log.append_reading(event, [Record(title=f"Title {k}") for k in range(60)])
        yield review


def rid(number):
    return f"r{number:06d}"


def measured(review):
    return [one.event.records for one in review.log.events(kinds=[AgreementMeasured.kind])]


def test_nothing_is_folded_before_a_batch_is_full(many):
    for number in range(1, 26):
        decide(many, rid(number), "include" if number % 5 else "exclude", "R1")
        assert many.folded is None
        assert measured(many) == []
        decide(many, rid(number), "exclude", "R2")
        assert (many.folded is not None) == (number == 25)
    assert measured(many) == [25]
    assert many.log.events()[-1].event.kind == AgreementMeasured.kind


def test_what_one_reviewer_decided_long_before_counts_once_the_other_has(many):
    many.append(*(Decided(rid(number), "abstract", "R1", "exclude") for number in range(1, 51)))
    for number in range(1, 51):
        decide(many, rid(number), "exclude", "R2")
        assert measured(many) == [25, 50][: number // 25]


def test_the_figures_are_those_of_measuring_after_every_decision(many, tmp_path):
    """Decisions that were changed meanwhile only make it look more often."""
    for number in range(1, 31):
        decide(many, rid(number), "include", "R1")
        decide(many, rid(number), "include" if number % 3 else "exclude", "R2")
        decide(many, rid(number), "exclude", "R1")
    (logged,) = many.log.events(kinds=[AgreementMeasured.kind])
    decisions = [one for one in many.log.events(kinds=[Decided.kind]) if one.seq < logged.seq]
    assert len(decisions) == 25 * 3 - 1
    assert logged.event.records == 25
    assert logged.event.statistics["alone"]["places"] == [1, 25]


def test_a_batch_that_was_passed_over_is_logged_when_the_stage_is_closed(many):
    decided = (Decided(rid(number), "abstract", name, "exclude") for number in range(1, 30) for name in ("R1", "R2"))
    many.append(*decided)
    assert measured(many) == []
    close(many, "abstract", by="R1", reason="done")
    assert measured(many) == [25, 29]


def test_the_state_of_a_record_knows_its_duplicates_duplicates(many):
    pairs = [(1, 2), (2, 3), (4, 3), (5, 4), (7, 8), (9, 60)]
    many.append(Decided(rid(5), "abstract", "R1", "include"), *(Merged(rid(a), rid(b), "doi") for a, b in pairs))
    many.append(Decided(rid(3), "abstract", "R2", "exclude"))
    whole = State().feed(many.log.events())
    for number in range(1, 11):
        one = state_of(many, rid(number))
        kept = whole.kept(rid(number))
        assert one.kept(rid(number)) == kept
        assert sorted(one.members(kept)) == sorted(whole.members(kept))
        assert one.verdict("abstract", kept) == whole.verdict("abstract", kept)
    assert state_of(many, rid(3)).verdict("abstract", rid(3)).outcome == "conflict"
    assert state_of(many, rid(9)).merges.keys() == {rid(9)}
