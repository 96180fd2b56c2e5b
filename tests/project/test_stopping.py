"""`stop` in a review: what counts as read, what a look logs, blinded samples, and what closing by a rule does."""

import pytest

from asreview_mc.core.errors import AsreviewMCError, DecisionError, ProtocolError, UnknownError
from asreview_mc.core.event import FlagJudged, Merged, SampleDrawn, Shown, StopLooked
from asreview_mc.project import gather, screen, stages, stopping
from asreview_mc.project.review import Review
from asreview_mc.report.prisma import checks, count, to_text
from asreview_mc.review.reading_order import reading_order, samples

from .conftest import export


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
    """Without a chosen rule the look is logged without one."""
    found = stopping.look(review, "abstract")
    assert (found.n_records, found.n_read, found.found, found.chosen) == (6, 0, 0, "")
    assert verdict(found, "buscar").stop is None
    assert found.overlooked is None and found.key_papers_missing is None
    event = found.logged.event
    assert (event.rule, event.stop, event.evidence) == ("", None, {"read": 0, "found": 0, "records": 6})
    assert stopping.look(review, "abstract").logged is None


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
    assert (sample.population, sample.size, sample.relevant, sample.outside) == (5, 5, 0, 1)
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


def audited(review, n, seed=3):
    for record_id in stopping.draw(review, "abstract", n, by="R1", seed=seed).event.record_ids:
        read(review, record_id, "exclude", "exclude", how="random")


def test_closing_by_a_rule_that_is_met_removes_by_automation(review, amended):
    """Never excluded, named with the rule, and the sums close; reopened, they are not screened again."""
    amended(review, rule='"audit"', target="0.5")
    read(review, "r000001", "include", "include")
    with pytest.raises(DecisionError, match="no random sample"):
        stages.close(review, "abstract", "R1", rule="audit")
    assert review.state.noted[StopLooked][-1].event.stop is None, "a look in vain is a look"
    audited(review, 4)
    (left,) = review.state.undecided("abstract")
    stages.close(review, "abstract", "R1", rule="audit")
    assert review.state.noted[StopLooked][-1].event.stop is True
    flow = count(review.state)
    assert (flow.excluded_automatic, flow.not_screened, flow.records_excluded) == (1, 0, 4)
    assert flow.papers["excluded_automatic"] == (left,)
    assert all(one.ok for one in checks(flow))
    assert any("stopping rule audit" in line for line in to_text(flow))
    stages.reopen(review, "abstract", "R1", "a colleague asked")
    assert count(review.state).not_screened == 1


def test_a_rule_that_was_met_closes_nothing_once_decisions_changed(review, amended):
    """The one found is no more; what the log said before does not help."""
    amended(review, rule='"audit"', target="0.5")
    read(review, "r000001", "include", "include")
    audited(review, 4)
    assert stopping.look(review, "abstract").verdicts[0].stop is True
    read(review, "r000001", "exclude", "exclude")
    with pytest.raises(DecisionError, match="not met"):
        stages.close(review, "abstract", "R1", rule="audit")


@pytest.fixture
def larger(tmp_path, amended):
    """Sixty records."""
    with Review.create(tmp_path / "larger", "micro-credentials") as made:
        titles = [f"Badge {k} of kind {k * k}" for k in range(60)]
        gather.add(made, [export(tmp_path / "sixty.csv", titles)], source="EBSCOhost")
        yield made


def test_an_audit_says_nothing_of_records_that_came_after_it(larger, amended, tmp_path):
    """They count as relevant until they are read, or another sample is drawn among them too."""
    amended(larger, rule='"audit"', target="0.8")
    for record_id in sorted(larger.records)[:5]:
        read(larger, record_id, "include", "include")
    audited(larger, 54)
    assert stopping.look(larger, "abstract").verdicts[0].stop is True
    gather.add(larger, [export(tmp_path / "more.csv", [f"Later {k}" for k in range(4)])], source="Scopus")
    answer = stopping.look(larger, "abstract").verdicts[0]
    assert (answer.stop, answer.evidence["at_most"]) == (False, 5 + 4)
    for record_id in sorted(larger.records)[-4:]:
        read(larger, record_id, "exclude", "exclude")
    assert stopping.look(larger, "abstract").verdicts[0].stop is True


def test_a_certificate_holds_however_open_conflicts_are_settled(larger, amended):
    """Those among the read are not found, those in the sample are relevant."""
    amended(larger, rule='"audit"', target="0.8")
    ids = sorted(larger.records)
    for record_id in ids[:2]:
        read(larger, record_id, "include", "include")
    for record_id in ids[2:22]:
        read(larger, record_id, "include", "exclude")
    audited(larger, 30)
    answer = stopping.look(larger, "abstract").verdicts[0]
    assert (answer.stop, answer.evidence["at_most"]) == (False, 2 + 2)
    assert "20 open conflicts left out" in answer.why
    for record_id in ids[2:22]:
        screen.settle(larger, record_id, "include", ["R1", "R2"])
    answer = stopping.look(larger, "abstract").verdicts[0]
    assert (answer.stop, answer.evidence["at_most"]) == (True, 22 + 2)


def test_a_merged_pair_in_a_sample_counts_for_each_record_drawn(larger):
    """The bound is one of records as they were drawn."""
    event = stopping.draw(larger, "abstract", 60, by="R1", seed=1).event
    first, second = event.record_ids[:2]
    larger.append(Merged(second, first, "same title", "R1"))
    read(larger, first, "include", "include", how="random")
    (sample,) = samples(larger.state, "abstract", "audit")
    assert (sample.size, sample.relevant, sample.to_read, sample.outside) == (60, 2, 58, 0)


def test_a_sampled_record_that_is_removed_keeps_nobody_waiting(larger):
    """It is not in the pool any longer."""
    event = stopping.draw(larger, "abstract", 2, by="R1", seed=1).event
    larger.append(FlagJudged(event.record_ids[0], "language", "in Dutch", True, "R1"))
    (sample,) = samples(larger.state, "abstract", "audit")
    assert (sample.to_read, sample.relevant) == (1, 0)


def test_asking_again_spends_nothing_and_takes_nothing_back(larger, amended):
    """A verdict to stop stays one until something is read."""
    amended(larger, rule='"buscar-spending"', target="0.5")
    ids = sorted(larger.records)
    read(larger, ids[0], "include", "include")
    for record_id in ids[1:51]:
        read(larger, record_id, "exclude", "exclude")
    first, again = (stopping.look(larger, "abstract") for _ in range(2))
    assert first.verdicts[0].stop is again.verdicts[0].stop is True
    assert first.logged is not None and again.logged is None
    assert first.logged.event.spent == pytest.approx(0.025)
    read(larger, ids[51], "exclude", "exclude")
    assert stopping.look(larger, "abstract").logged.event.spent == pytest.approx(0.05 * 2 / 3)


def test_advice_needs_no_decision(review):
    """Six records: nothing but reading all is any use."""
    assert stopping.advice(review) == stopping.advice(review)


def test_a_look_without_a_rule_spends_nothing_of_one_chosen_later(review, amended):
    """Nobody could have stopped by it."""
    for record_id in ("r000001", "r000002"):
        read(review, record_id, "include", "include")
        stopping.look(review, "abstract")
    amended(review, rule='"buscar-spending"')
    read(review, "r000003", "exclude", "exclude")
    assert stopping.look(review, "abstract").logged.event.spent == pytest.approx(0.025)
    assert [one.event.rule for one in review.state.noted[StopLooked]] == ["", "", "buscar-spending"]


def test_nothing_relevant_read_and_nothing_left(review, amended):
    """No relevant record found, and then everything read: each rule has a defined answer."""
    amended(review, rule='"buscar"', target="1.0")
    for record_id in ("r000001", "r000002"):
        read(review, record_id, "exclude", "exclude")
    found = stopping.look(review, "abstract")
    assert (found.found, found.target) == (0, 1.0)
    assert not any(one.stop for one in found.verdicts if one.kind != "heuristic")
    assert all(one.why.startswith("no answer, because") for one in found.verdicts if one.stop is None)
    for record_id in ("r000003", "r000004", "r000005", "r000006"):
        read(review, record_id, "exclude", "exclude")
    found = stopping.look(review, "abstract")
    assert {one.name for one in found.verdicts if one.stop} >= {"audit", "qbcb", "target", "buscar", "poisson-power"}


def test_safe_asks_for_the_key_papers(review, amended):
    """Named by id, DOI or title; one that is no record here stays missing, and naming more is no other choice."""
    amended(review, rule='"safe"')
    at = stopping.look(review, "abstract").chosen_at
    amended(review, key_papers='["r000002", "Open badges for university teachers", "10.1000/elsewhere"]')
    read(review, "r000004", "include", "include")
    found = stopping.look(review, "abstract")
    assert found.key_papers_missing == ("r000002", "10.1000/elsewhere")
    assert found.verdicts[0].evidence["ticks"]["every key paper was read"] is False
    assert (found.chosen_at, found.chosen_before) == (at, True)


@pytest.mark.parametrize("rule", ["chao", "quant-ci"])
def test_a_rule_without_an_answer_here_is_refused(review, amended, rule, tmp_path):
    """It would be chosen beforehand and never say that reading may stop; what is offered instead has an answer."""
    with pytest.raises(ProtocolError, match="has no answer in a live review") as refused:
        amended(review, rule=f'"{rule}"')
    with pytest.raises(ProtocolError, match="has no answer"):
        review.checked_draft()
    with pytest.raises(ProtocolError, match="has no answer"):
        new = tmp_path / "new"
        new.mkdir()
        (new / "protocol.toml").write_text((review.folder / "protocol.toml").read_text("utf-8"), "utf-8")
        Review.create(new)
    offered = str(refused.value).partition("Choose ")[2]
    assert "audit" in offered and rule not in offered.split(", ")
