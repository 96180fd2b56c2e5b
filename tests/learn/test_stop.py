"""Stopping rules: published values, brute force, validity by simulation, and every answer that is none."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import hypergeom

from asreview_mc.core.errors import UnknownError
from asreview_mc.learn.stop import RULES, Audit, Control, Screening, assess, rule
from asreview_mc.learn.stop.advice import advise
from asreview_mc.learn.stop.buscar import Buscar
from asreview_mc.learn.stop.certificates import QuantileBinomial, RandomAudit, TargetRule, most_relevant, none_drawn
from asreview_mc.learn.stop.heuristics import Consecutive, Knee, Quiet, Safe
from asreview_mc.learn.stop.models import Chao, PoissonProcess, QuantileConfidence, chapman
from asreview_mc.learn.stop.screening import misses_allowed

KINDS = ("certificate", "estimate", "heuristic")


def screening(labels, n_records, **more):
    return Screening(np.array(labels, dtype=np.int64), n_records, **more)


def by_brute_force(labels, n_records, target):
    """Return the smallest p over every suffix, as the paper writes it."""
    n, found = len(labels), int(labels.sum())
    smallest = 1.0
    for i in range(1, n + 1):
        k = int(labels[-i:].sum())
        wanted = int(np.floor(found / target + 1e-9)) + 1 - (found - k)
        urn = n_records - (n - i)
        smallest = min(smallest, float(hypergeom.cdf(k, urn, wanted, i)) if wanted <= urn else 0.0)
    return smallest


@pytest.mark.parametrize(("relevant", "n_records", "earliest"), [(20, 2000, 1557), (100, 5000, 2025)])
def test_buscar_costs_what_was_published(relevant, n_records, earliest):
    """Under perfect ranking, 95 % at 95 % (reference values recomputed from buscarpy's formula)."""
    more = Buscar().further(screening([1] * relevant, n_records), 0.95, 0.95)
    assert relevant + more == earliest


@given(st.data())
def test_buscar_is_the_smallest_p_over_all_suffixes(data):
    """One suffix for each relevant record is enough."""
    n_records = data.draw(st.integers(2, 120))
    labels = np.array(data.draw(st.lists(st.sampled_from([0, 0, 0, 1]), min_size=1, max_size=n_records - 1)))
    target = data.draw(st.sampled_from([0.5, 0.8, 0.9, 0.95, 1.0]))
    if not labels.sum():
        return
    p, expected = Buscar().p_value(screening(labels, n_records), target), by_brute_force(labels, n_records, target)
    assert p == pytest.approx(expected, rel=1e-9, abs=1e-12) or min(p, expected) > 0.4


def test_a_bias_towards_relevant_records_stops_sooner():
    """Wallenius with odds 1 is the central distribution; more odds, smaller p."""
    from asreview_mc.learn.stop.buscar import _central, _wallenius

    assert _wallenius(2, 60, 3, 40, 1.0) == pytest.approx(_central(2, 60, 3, 40), rel=1e-6)
    seen = screening([1, 1, 0, 1, *[0] * 60], 120)
    assert Buscar(bias=3.0).p_value(seen, 0.95) < Buscar().p_value(seen, 0.95)
    with pytest.raises(ValueError, match="bias"):
        Buscar(bias=0.5)


def test_looks_that_spend_ask_for_more_each_time():
    """α/(k(k+1)) at the k-th look."""
    first = Buscar(spends=True).assess(screening([1, 0, 0], 10), 0.95, 0.95)
    third = Buscar(spends=True).assess(screening([1, 0, 0], 10, looks=2), 0.95, 0.95)
    assert first.evidence["alpha"] == pytest.approx(0.05 / 2)
    assert third.evidence["alpha"] == pytest.approx(0.05 / 12)


@given(st.integers(1, 60), st.integers(0, 60), st.integers(0, 60), st.sampled_from([0.01, 0.05, 0.3]))
def test_the_bound_of_an_audit_is_the_largest_number_that_is_possible(population, drawn, relevant, alpha):
    """By its definition, one more is not."""
    drawn = min(drawn, population)
    relevant = min(relevant, drawn)
    most = most_relevant(population, drawn, relevant, alpha)
    assert relevant <= most <= population - drawn + relevant
    assert most == relevant or hypergeom.cdf(relevant, population, most, drawn) > alpha
    more = most + 1
    assert more > population - drawn + relevant or hypergeom.cdf(relevant, population, more, drawn) <= alpha
    assert none_drawn(population, relevant, drawn) == pytest.approx(hypergeom.pmf(0, population, relevant, drawn))


def test_audits_hold_whatever_the_ranking():
    """A late cluster that the ranking does not see: the bound is below the truth in at most 5 % of 2,000 draws."""
    draw, wrong, runs = np.random.default_rng(4), 0, 2000
    for _ in range(runs):
        audits = tuple(
            Audit(900, 50, 200, int(draw.hypergeometric(30, 870, 200))) for _ in range(2)
        )  # two looks at the same tail
        wrong += RandomAudit.at_most(audits, 0.95) < 80
    assert wrong / runs <= 0.05


def test_an_audit_plans_the_next_and_answers_after_it():
    """Enough records that none relevant among them is enough."""
    now = screening([1] * 100 + [0] * 400, 2000)
    plan = RandomAudit.plan(now, 0.95, 0.95)
    assert none_drawn(1500, 6, plan) <= 0.025 < none_drawn(1500, 6, plan - 1)
    asked = RandomAudit().assess(now, 0.95, 0.95)
    assert asked.stop is None and asked.evidence["to_draw"] == plan
    done = screening([1] * 100 + [0] * (400 + plan), 2000, audits=(Audit(1500, 100, plan, 0),))
    assert RandomAudit().assess(done, 0.95, 0.95).stop is True
    found_some = screening([1] * 103 + [0] * (397 + plan), 2000, audits=(Audit(1500, 100, plan, 3),))
    assert RandomAudit().assess(found_some, 0.95, 0.95).stop is False


def test_control_samples_certify_only_where_they_are_large_enough():
    """QBCB and Target as published: 59 positives for 95 % at 95 %, 10 for Target at 70 %."""
    assert QuantileBinomial.needed(58, 0.95, 0.95) is None
    assert QuantileBinomial.needed(59, 0.95, 0.95) == 59
    labels = [1, 0]
    assert QuantileBinomial().assess(screening(labels, 9, control=Control(58, 58, 58)), 0.95, 0.95).stop is None
    assert QuantileBinomial().assess(screening(labels, 9, control=Control(59, 58, 58)), 0.95, 0.95).stop is False
    assert QuantileBinomial().assess(screening(labels, 9, control=Control(59, 59, 59)), 0.95, 0.95).stop is True
    ten = TargetRule().assess(screening(labels, 9, control=Control(12, 11, 10)), 0.7, 0.95)
    assert ten.stop is True and ten.evidence["needed"] == 10
    assert TargetRule().assess(screening(labels, 9, control=Control(12, 11, 9)), 0.7, 0.95).stop is False
    assert TargetRule().assess(screening(labels, 9, control=Control(12, 12, 12)), 1.0, 0.95).stop is None


def test_quant_ci_by_hand():
    """Two records read for certain, one unread at one half."""
    p = np.array([1.0, 1.0, 0.5])
    got = QuantileConfidence().assess(screening([1, 1], 3, probabilities=p), 0.6, 0.95)
    low = 0.8 - 2 * np.sqrt(4 / 2.5**4 * 0.25)
    assert got.evidence["recall"] == pytest.approx(0.8)
    assert got.evidence["recall_low"] == pytest.approx(low)
    assert got.stop is bool(low >= 0.6)
    for wrong in (np.array([1.0, np.nan, 0]), np.array([2.0, 0, 0]), np.array([0.5, 0.5])):
        with pytest.raises(ValueError, match="probabilities"):
            QuantileConfidence().assess(screening([1, 1], 3, probabilities=wrong), 0.6, 0.95)


@pytest.mark.parametrize("rate", ["power", "hyperbolic"])
def test_point_processes_foresee_what_their_own_rate_brings(rate):
    """Drawn from the rate itself, the number still to come lies near the expected one and under its quantile."""
    draw, n, total = np.random.default_rng(8), 3000, 12_000
    ranks = np.arange(1, total + 1)
    chance = 4 * ranks**-0.8 if rate == "power" else 0.5 / (1 + 0.5 * 0.01 * ranks) ** 2
    chance = np.minimum(chance, 1)
    covered, ratios = 0, []
    for _ in range(60):
        labels = (draw.random(total) < chance).astype(np.int64)
        coming = PoissonProcess(rate).coming(screening(labels[:n], total), 0.95)
        assert coming is not None and coming[1] <= coming[2]
        ratios.append(coming[0] / chance[n:].sum())
        covered += labels[n:].sum() <= coming[2]
    assert 0.4 < np.median(ratios) < 2.5
    assert covered >= 30
    with pytest.raises(ValueError, match="rate"):
        PoissonProcess("linear")


def test_chao_by_hand():
    """f1 = 4, f2 = 2: 4 more; without f2, f1(f1 − 1)/2."""
    proposed = np.array([[1, 0]] * 4 + [[1, 1]] * 2, dtype=bool)
    got = Chao().assess(screening([1] * 6, 50, proposed=proposed), 0.5, 0.95)
    assert got.evidence["estimate"] == pytest.approx(10)
    assert got.evidence["estimate_high"] > 10
    alone = Chao().assess(screening([1] * 3, 50, proposed=np.array([[1, 0]] * 3, dtype=bool)), 0.5, 0.95)
    assert alone.evidence["estimate"] == pytest.approx(6)
    assert Chao().assess(screening([1], 50), 0.5, 0.95).stop is None


def test_chapman_by_hand():
    """(9·11/8) − 1 of which 11 are known."""
    got = chapman(8, 10, 7)
    assert got["estimate"] == pytest.approx(9 * 11 / 8 - 1)
    assert got["included"] == 11
    assert got["overlooked"] == pytest.approx(9 * 11 / 8 - 12)
    assert chapman(5, 5, 5)["overlooked"] == 0
    with pytest.raises(ValueError, match="both"):
        chapman(3, 5, 4)


def test_heuristics_by_hand():
    """Counts that anybody can check."""
    assert Consecutive(3).assess(screening([1, 0, 0], 10), 0.95, 0.95).cost == 1
    assert Consecutive(3).assess(screening([1, 0, 0, 0], 10), 0.95, 0.95).stop is True
    given = screening([0, 0, 0, 1, 0], 10, given=3)
    assert Consecutive(3).assess(given, 0.95, 0.95).evidence["run"] == 1
    bent = screening([1] * 150 + [0] * 900, 5000)
    assert Knee().assess(bent, 0.95, 0.95).stop is True
    assert Knee().assess(screening([1] * 150 + [0] * 700, 5000), 0.95, 0.95).stop is None
    assert Knee().assess(screening([1, 0, 0, 0, 0] * 300, 5000), 0.95, 0.95).stop is False
    safe = Safe().assess(screening([1] * 5 + [0] * 60, 600, random_relevant=3), 0.95, 0.95)
    assert safe.stop is True
    missing = Safe().assess(screening([1] * 5 + [0] * 60, 600, key_papers_missing=1), 0.95, 0.95)
    assert missing.stop is False and "key paper" in missing.why


def test_a_quiet_run_or_buscar_whichever_comes_first():
    """A seventh of the pool, a second look in it; a higher target is left to BUSCAR alone."""
    now = screening([1] * 20 + [0] * 279, 2000, second_look=20)
    assert Quiet().run_asked(2000) == 280 and Quiet().run_asked(100) == 50
    assert Quiet().look_from(2000) == 240 and Quiet(fewest=20).look_from(100) == 0
    assert Quiet().assess(now, 0.95, 0.95).stop is False
    assert Quiet().further(now, 0.95, 0.95) == 1
    (answer,) = assess(now, target=0.95, confidence=0.95, rules=[Quiet()])
    assert answer.cost == 1
    assert Quiet().assess(now.read_further(1), 0.95, 0.95).stop is True
    assert Quiet().assess(now.read_further(1), 0.99, 0.95).stop is False
    assert Quiet().assess(screening([1] * 100 + [0] * 100, 210), 0.5, 0.95).stop is True
    assert Quiet().assess(screening([0] * 500, 2000), 0.95, 0.95).stop is None
    without = screening([1] * 20 + [0] * 300, 2000, second_look=3)
    assert Quiet().assess(without, 0.95, 0.95).stop is False
    assert Quiet().further(without, 0.95, 0.95) == 2 * 17 - 1
    assert "`stop --second-look`" in Quiet().assess(without, 0.95, 0.95).why
    last = screening([1] * 20 + [0] * 100, 130, second_look=3)
    assert "3 of 13 by a second look" in Quiet().assess(last, 0.8, 0.95).why
    few = screening([1] * 19 + [0] * 340, 2000, second_look=20)
    assert Quiet().assess(few, 0.95, 0.95).stop is False
    assert Quiet().further(few, 0.95, 0.95) == Buscar().further(few, 0.95, 0.95)


@pytest.mark.parametrize("one", RULES, ids=lambda one: one.name)
@pytest.mark.parametrize(
    ("labels", "n_records", "target"),
    [
        ([], 0, 0.95),
        ([], 100, 0.95),
        ([0] * 30, 100, 0.95),
        ([0] * 100, 100, 0.95),
        ([1, 0] * 50, 100, 0.95),
        ([1] * 30 + [0] * 30, 100, 1.0),
        ([1], 1, 1.0),
        ([1] * 100, 5000, 0.8),
    ],
)
def test_every_rule_has_an_answer_to_everything(one, labels, n_records, target):
    """Nothing read, nothing found, everything read, a target of 100 %: a verdict in words, never NaN."""
    got = one.assess(screening(labels, n_records), target, 0.95)
    assert got.kind in KINDS and got.name == one.name and got.why and got.source
    assert got.stop in (True, False, None)
    assert (got.stop is None) == got.why.startswith("no answer, because")
    for value in got.evidence.values():
        assert not isinstance(value, float) or np.isfinite(value)
    if not sum(labels) and len(labels) < n_records and got.kind != "heuristic":
        assert got.stop is not True, "no relevant record found is no reason to stop"


def test_everything_read_is_certain():
    """buscarpy answers NaN here."""
    assert Buscar().p_value(screening([1, 0, 0], 3), 1.0) == 0
    assert Buscar().assess(screening([1, 0, 0], 3), 1.0, 0.95).stop is True


def test_the_chosen_rule_answers_first_and_unknown_ones_are_refused():
    """With the nearest thing to help: the list."""
    answers = assess(screening([1, 0], 9), target=0.9, confidence=0.9, chosen="knee")
    assert answers[0].name == "knee"
    assert len(answers) == len(RULES) == len({one.name for one in RULES})
    assert rule("buscar").name == "buscar"
    with pytest.raises(UnknownError, match="crystal"):
        rule("crystal-ball")
    for target, confidence in ((0, 0.9), (1.1, 0.9), (0.9, 1.0), (0.9, 0.0)):
        with pytest.raises(ValueError, match="target"):
            assess(screening([1], 9), target=target, confidence=confidence)


def test_advice_tells_the_cost_before_anybody_reads():
    """20 relevant of 2,000: BUSCAR needs 78 % even under perfect ranking."""
    rows = {(one.rule, one.relevant): one for one in advise(2000, target=0.95, confidence=0.95)}
    assert rows["buscar", 20].share == pytest.approx(0.7785)
    assert rows["qbcb", 20].read is None, "59 relevant control records cannot be drawn where there are 20"
    assert rows["qbcb", 400].read is not None
    assert rows["audit", 400].share < rows["audit", 20].share
    assert advise(0, target=0.95, confidence=0.95) == []


@given(st.integers(0, 10_000), st.sampled_from([0.5, 0.8, 0.9, 0.95, 0.99, 1.0]))
def test_misses_allowed_keep_the_target_and_one_more_does_not(found, target):
    """Without a rounding error at the border."""
    allowed = misses_allowed(found, target)
    assert found >= target * (found + allowed) - 1e-6
    assert found < target * (found + allowed + 1)


def test_screenings_that_cannot_be_are_refused():
    """More read than there are, or labels that are neither."""
    with pytest.raises(ValueError, match="pool"):
        screening([1, 0], 1)
    with pytest.raises(ValueError, match="labels"):
        screening([2], 9)
