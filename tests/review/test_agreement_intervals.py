import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest
from statsmodels.stats.proportion import proportion_confint

from asreview_mc.review.agreement.intervals import Statistic, cohen_variance, undefined, wilson, with_variance
from asreview_mc.review.agreement.many_raters import fleiss_kappa, gwet_ac1, krippendorff_alpha
from asreview_mc.review.agreement.tables import pair_counts
from asreview_mc.review.agreement.two_raters import cohen_kappa, percent_agreement, positive_agreement

WORKED = np.array([[3, 2], [2, 93]])


@settings(deadline=None)
@given(st.integers(1, 2000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilson_is_that_of_scipy_and_statsmodels(proportion):
    """Wilson's interval equals the one of SciPy and statsmodels, the ends included."""
    low, high = wilson(*proportion)
    theirs = binomtest(*proportion).proportion_ci(0.95, method="wilson")
    assert (low, high) == pytest.approx((theirs.low, theirs.high), abs=1e-12)
    assert (low, high) == pytest.approx(proportion_confint(*proportion, method="wilson"), abs=1e-12)
    assert 0 <= low <= proportion[0] / proportion[1] <= high <= 1


def test_positive_agreement_carries_wilson_over():
    """The interval of positive agreement is Wilson's for 3 of 7, put through 2J/(1+J)."""
    low, high = wilson(3, 7)
    found = positive_agreement(WORKED)
    assert (found.ci_low, found.ci_high) == pytest.approx((2 * low / (1 + low), 2 * high / (1 + high)))


@pytest.mark.parametrize(("successes", "n"), [(0, 0), (2, 1), (-1, 4)])
def test_wilson_refuses_what_is_no_proportion(successes, n):
    """Counts out of range are a programmer's error."""
    with pytest.raises(ValueError, match="not a proportion"):
        wilson(successes, n)


def test_interval_is_cut_to_the_range():
    """A bound beyond -1 or 1 is cut there; the reason for none stands beside the value."""
    assert with_variance(0.9, 0.04).ci_high == 1
    assert with_variance(-0.9, 0.04).ci_low == -1
    assert with_variance(0.5, 0.01).ci_low == pytest.approx(0.5 - 0.1959964)
    assert with_variance(0.5, 0.01, freedom=11).ci_low == pytest.approx(0.5 - 0.2200985)


@pytest.mark.parametrize(
    ("table", "why"),
    [
        ([[5, 0], [0, 20]], "agree on every record"),
        ([[5, 5], [0, 0]], "estimated variance is zero"),
        ([[5, 1], [0, 0]], "estimated variance is zero"),
        ([[0, 5], [5, 0]], "estimated variance is zero"),
        ([[99990, 10], [0, 0]], "estimated variance is zero"),
    ],
)
def test_kappa_without_variance_has_no_interval(table, why):
    """Perfect agreement, perfect disagreement and a rater with a single answer give κ without interval, and say why."""
    found = cohen_kappa(np.array(table))
    assert found.value is not None
    assert found.ci_low is None
    assert why in found.why
    assert cohen_variance(np.array(table), np.eye(2)) == 0


def test_a_single_record_has_no_interval():
    """One record gives values and reasons, never a crash."""
    table = np.array([[0, 1], [0, 0]])
    counts = pair_counts(table)
    for found in (cohen_kappa(table), gwet_ac1(counts), fleiss_kappa(counts), krippendorff_alpha(counts, seed=1)):
        assert found.value is not None
        assert found.ci_low is None
        assert found.why
    assert percent_agreement(table).ci_high < 1


@pytest.mark.parametrize("coefficient", [gwet_ac1, fleiss_kappa])
def test_linearised_variance_is_near_the_jackknife(coefficient):
    """With missing ratings, the linearised standard error is that of the jackknife to within 5 %."""
    rng = np.random.default_rng(3)
    truth = rng.choice(3, size=300, p=[0.6, 0.3, 0.1])
    counts = np.zeros((300, 3), dtype=np.int64)
    for _ in range(4):
        said = np.where(rng.random(300) < 0.75, truth, rng.choice(3, size=300))
        rated = np.flatnonzero(rng.random(300) < 0.9)
        counts[rated, said[rated]] += 1
    counts = counts[counts.sum(axis=1) > 1]
    n = len(counts)
    left_out = np.array([coefficient(np.delete(counts, i, axis=0)).value for i in range(n)])
    jackknife = np.sqrt((n - 1) / n * ((left_out - left_out.mean()) ** 2).sum())
    found = coefficient(counts)
    assert (found.ci_high - found.ci_low) / (2 * 1.968) == pytest.approx(jackknife, rel=0.05)


def test_bootstrap_is_the_bootstrap_over_records():
    """Drawing patterns as multinomial numbers gives the interval of drawing the records one by one."""
    table = np.array([[30, 12], [8, 150]])
    counts = pair_counts(table)
    rng = np.random.default_rng(0)
    drawn = [krippendorff_alpha(counts[rng.integers(0, 200, 200)], seed=0).value for _ in range(1000)]
    found = krippendorff_alpha(counts, seed=1)
    half = 1.959964 * np.std(drawn, ddof=1) / (1 - found.value**2)
    bounds = np.tanh(np.arctanh(found.value) + np.array([-half, half]))
    assert (found.ci_low, found.ci_high) == pytest.approx(bounds, abs=0.025)


def test_bootstrap_follows_its_seed():
    """The same seed gives the same interval, another seed another one."""
    counts = pair_counts(np.array([[30, 12], [8, 150]]))
    assert krippendorff_alpha(counts, seed=4) == krippendorff_alpha(counts, seed=4)
    assert krippendorff_alpha(counts, seed=4).ci_low != krippendorff_alpha(counts, seed=5).ci_low


def test_bootstrap_without_interval_says_why():
    """With one inclusion among many, or with perfect agreement, α has no bootstrap interval, and says why."""
    rare = krippendorff_alpha(pair_counts(np.array([[0, 1], [0, 99]])), seed=1)
    assert rare.value is not None
    assert rare.ci_low is None
    assert "more than 5%" in rare.why
    perfect = krippendorff_alpha(pair_counts(np.array([[20, 0], [0, 20]])), seed=1)
    assert (perfect.value, perfect.ci_low) == (1, None)
    assert "agree on every record" in perfect.why


def test_to_dict_is_what_the_command_line_promises():
    """A value carries its bounds; what is undefined is null with the reason; a missing interval keeps its reason."""
    assert Statistic(0.5, 0.1, 0.9).to_dict() == {"value": 0.5, "ci_low": 0.1, "ci_high": 0.9}
    assert undefined("none").to_dict() == {"value": None, "why": "none"}
    assert Statistic(1.0, why="x").to_dict() == {"value": 1.0, "ci_low": None, "ci_high": None, "why": "x"}
