"""`stop` in a review: what counts as read, what a look logs, blinded samples, and what closing by a rule does."""

import pytest

from asreview_mc.core.errors import AsreviewMCError, DecisionError, ProtocolError, UnknownError
from asreview_mc.core.event import SampleDrawn, Shown, StopLooked
from asreview_mc.project import screen, stages, stopping
from asreview_mc.report.prisma import checks, count, to_text
from asreview_mc.review.reading_order import reading_order, samples


@pytest.fixture
def chosen(review, amended):
    """The team has chosen the audit beforehand."""
    amended(review, rule='"audit"                       # chosen', target="0.8")
    return review


def read(review, record_id, *said, how="ranked"):
    for name, decision in zip(("R1", "R2"), said, strict=False):
        screen.decide(review, record_id, decision, name, shown=Shown(how))


def verdict(found, name):
    return next(one for one in found.verdicts if one.name == name)


def test_nothing_read_is_an_answer(review):
    """And without a chosen rule nothing is logged."""
    head = review.head
    found = stopping.look(review, "abstract")
    assert (found.n_records, found.n_read, found.found, found.chosen) == (6, 0, 0, "")
    assert verdict(found, "buscar").stop is None
    assert found.overlooked is None and found.logged is None
    assert review.head == head


def test_a_record_is_read_when_its_last_decision_is_in(review):
    """Two reviewers at different places: the order is that of the last decision; pending ones count nothing."""
    for record_id in ("r000003", "r000001", "r000002"):
        screen.decide(review, record_id, "exclude", "R1")
    for record_id in ("r000002", "r000003"):
        screen.decide(review, record_id, "include", "R2")
    order = reading_order(review.state, "abstract")
    assert (order.record_ids, order.labels, order.conflicts) == (("r000002", "r000003"), (1, 1), 2)
    assert order.n_records == 6


def test_records_that_the_ranking_did_not_choose_stand_first(review):
    """Searched for or drawn at random, they say nothing about the ranking."""
    read(review, "r000001", "exclude", "exclude")
    read(review, "r000002", "include", "include", how="random")
    order = reading_order(review.state, "abstract")
    assert (order.record_ids, order.given) == (("r000002", "r000001"), 1)


def test_a_look_is_an_event_once(chosen):
    """Looking again without having read costs nothing; a look after a change of mind is another."""
    read(chosen, "r000001", "include", "include")
    first = stopping.look(chosen, "abstract", by="R1")
    assert first.verdicts[0].name == first.chosen == "audit"
    assert first.chosen_before
    event = first.logged.event
    assert (event.rule, event.stop, event.evidence["read"], event.by) == ("audit", None, 1, "R1")
    assert stopping.look(chosen, "abstract").logged is None
    read(chosen, "r000002", "exclude", "exclude")
    assert stopping.look(chosen, "abstract").logged is not None
    screen.decide(chosen, "r000001", "exclude", "R2")
    changed = stopping.look(chosen, "abstract")
    assert changed.conflicts == 1 and changed.found == 1
    assert len(chosen.state.noted[StopLooked]) == 2


def test_a_rule_chosen_after_the_first_decision_says_so(review, amended):
    """A dated amendment."""
    read(review, "r000001", "include", "include")
    amended(review, rule='"buscar"')
    found = stopping.look(review, "abstract")
    assert (found.chosen, found.chosen_before) == ("buscar", False)
    assert found.chosen_at == review.state.protocols[-1].seq


def test_another_rule_can_be_looked_at_and_is_marked(chosen):
    """It is not the one chosen beforehand."""
    read(chosen, "r000001", "include", "include")
    found = stopping.as_plain(stopping.look(chosen, "abstract", rule="buscar-spending"))
    assert [one["chosen"] for one in found["rules"]][:2] == [True, False]
    event = chosen.state.noted[StopLooked][-1].event
    assert event.rule == "buscar-spending" and event.spent == pytest.approx(0.025)
    with pytest.raises(UnknownError):
        stopping.look(chosen, "abstract", rule="crystal-ball")
    with pytest.raises(UnknownError):
        stopping.look(chosen, "abstract", by="Mallory")


def test_an_unknown_rule_is_no_protocol(review, amended):
    """It is refused when it is accepted."""
    with pytest.raises(ProtocolError, match="crystal"):
        amended(review, rule='"crystal"')
    with pytest.raises(ProtocolError, match="target"):
        amended(review, target="1.5")


def test_a_sample_is_read_between_the_ranked_and_bounds_what_is_left(chosen):
    """Certificate: everything unread drawn, nothing found."""
    read(chosen, "r000001", "include", "include")
    logged = stopping.draw(chosen, "abstract", 5, by="R1", seed=3)
    assert isinstance(logged.event, SampleDrawn)
    assert set(logged.event.record_ids) == set(chosen.state.undecided("abstract"))
    found = stopping.look(chosen, "abstract")
    assert found.waiting == 5 and found.verdicts[0].stop is None
    with pytest.raises(DecisionError, match="still to read"):
        stopping.draw(chosen, "abstract", 1, by="R1", seed=3)
    for record_id in logged.event.record_ids:
        read(chosen, record_id, "exclude", "exclude", how="random")
    (sample,) = samples(chosen.state, "abstract", "audit")
    assert (sample.population, sample.size, sample.relevant, sample.found_before) == (5, 5, 0, 1)
    assert stopping.look(chosen, "abstract").verdicts[0].stop is True


@pytest.mark.parametrize("n", [0, 7])
def test_a_sample_that_cannot_be_drawn_is_refused(review, n):
    """Nothing is drawn."""
    head = review.head
    with pytest.raises(AsreviewMCError):
        stopping.draw(review, "abstract", n, by="R1", seed=1)
    with pytest.raises(AsreviewMCError):
        stopping.draw(review, "abstract", 1, by="Mallory", seed=1)
    assert review.head == head


def test_the_same_seed_draws_the_same(review):
    """And the event holds it."""
    first = stopping.draw(review, "abstract", 3, by="R1", seed=9).event
    assert (first.seed, first.population, len(set(first.record_ids))) == (9, 6, 3)


def test_closing_by_a_rule_that_was_met_removes_by_automation(chosen):
    """Never excluded, named with the rule, and the sums close; reopened, they are not screened again."""
    read(chosen, "r000001", "include", "include")
    screen.decide(chosen, "r000002", "exclude", "R1")
    with pytest.raises(DecisionError, match="audit"):
        stages.close(chosen, "abstract", "R1", rule="audit")
    chosen.append(StopLooked("abstract", "audit", 0.8, 0.95, True, {}, "R1"))
    stages.close(chosen, "abstract", "R1", rule="audit")
    flow = count(chosen.state)
    assert (flow.excluded_automatic, flow.not_screened, flow.records_excluded) == (4, 0, 0)
    assert flow.papers["excluded_automatic"] == ("r000003", "r000004", "r000005", "r000006")
    assert all(one.ok for one in checks(flow))
    assert any("stopping rule audit" in line for line in to_text(flow))
    stages.reopen(chosen, "abstract", "R1", "a colleague asked")
    assert count(chosen.state).not_screened == 4


def test_advice_needs_no_decision(review):
    """Six records: nothing but reading all is any use."""
    assert stopping.advice(review) == stopping.advice(review)
