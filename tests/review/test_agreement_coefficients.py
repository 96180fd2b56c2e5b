import inspect
from functools import partial

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score, f1_score
from statsmodels.stats.inter_rater import cohens_kappa
from statsmodels.stats.inter_rater import fleiss_kappa as statsmodels_fleiss

from asreview_mc.review.agreement import many_raters as many
from asreview_mc.review.agreement import two_raters as c
from asreview_mc.review.agreement.intervals import Statistic
from asreview_mc.review.agreement.tables import count_table, pair_counts

alpha = partial(many.krippendorff_alpha, seed=7)

# Every public statistic stands here once, by what it takes; `test_every_statistic_is_listed` holds the lists complete.
OF_PAIR = {
    "percent_agreement": c.percent_agreement,
    "cohen_kappa": c.cohen_kappa,
    "pabak": c.pabak,
    "scott_pi": c.scott_pi,
    "specific_agreement": lambda table: c.specific_agreement(table, 0),
}
OF_BINARY = {
    "positive_agreement": c.positive_agreement,
    "negative_agreement": c.negative_agreement,
    "bias_index": c.bias_index,
    "prevalence_index": c.prevalence_index,
}
OF_COUNTS = {
    "pairwise_agreement": many.pairwise_agreement,
    "fleiss_kappa": many.fleiss_kappa,
    "gwet_ac1": many.gwet_ac1,
    "gwet_ac2": partial(many.gwet_ac2, weights="quadratic"),
    "krippendorff_alpha": alpha,
}
# How a statistic answers to the raters changing places: all stay, but bias turns its sign.
TURNS = {"bias_index"}
# Where the largest value is 1 and perfect agreement reaches it.
ONE_IF_PERFECT = ({*OF_PAIR, *OF_BINARY, *OF_COUNTS}) - {"bias_index", "prevalence_index"}

WORKED = np.array([[3, 2], [2, 93]])
FOUR_RATERS = (
    "1 2 3 3 2 1 4 1 2 . . .",
    "1 2 3 3 2 2 4 1 2 5 . 3",
    ". 3 3 3 2 3 4 2 2 5 1 .",
    "1 2 3 3 2 4 4 1 2 5 1 .",
)


def tables(q):
    row = st.lists(st.integers(0, 30), min_size=q, max_size=q)
    return st.lists(row, min_size=q, max_size=q).map(np.array).filter(lambda table: table.any())


def count_tables(q=3):
    row = st.lists(st.integers(0, q - 1), max_size=4).map(lambda given: np.bincount(given, minlength=q))
    return st.lists(row, min_size=1, max_size=20).map(np.array)


def raw(rows):
    ratings = {
        f"rater {i}": {f"r{j:02}": rating for j, rating in enumerate(row.split()) if rating != "."}
        for i, row in enumerate(rows)
    }
    return count_table(ratings, "12345")


def ratings_of(table):
    first, second = np.nonzero(table)
    times = table[first, second]
    return np.repeat(first, times), np.repeat(second, times)


def varied(table):
    return np.diag(table).max() < table.sum()


def test_every_statistic_is_listed():
    """A new public statistic must be put into the property lists above, or this fails."""
    public = {
        name
        for module in (c, many)
        for name, function in vars(module).items()
        if inspect.isfunction(function)
        and function.__module__ == module.__name__
        and not name.startswith("_")
        and inspect.signature(function).return_annotation == "Statistic"
    }
    assert public == {*OF_PAIR, *OF_BINARY, *OF_COUNTS}


# --- published and recomputed values -------------------------------------------------------------------------------


def test_worked_example():
    """agreement.md §3: 96 % agreement, yet κ is .579 and positive agreement .60."""
    counts = pair_counts(WORKED)
    assert c.percent_agreement(WORKED).value == 0.96
    assert c.cohen_kappa(WORKED).value == pytest.approx(0.57895, abs=5e-6)
    assert c.pabak(WORKED).value == pytest.approx(0.92)
    assert many.gwet_ac1(counts).value == pytest.approx(0.95580, abs=5e-6)
    assert alpha(counts).value == pytest.approx(0.58105, abs=5e-6)
    assert c.positive_agreement(WORKED).value == 0.6
    assert c.negative_agreement(WORKED).value == pytest.approx(0.97895, abs=5e-6)
    assert c.bias_index(WORKED).value == 0
    assert c.prevalence_index(WORKED).value == pytest.approx(-0.9)


def test_four_raters_with_missing_ratings():
    """agreement.md §4: AC1 .77544 (.46081 to 1), Fleiss' κ .76117, nominal α .743421."""
    counts = raw(FOUR_RATERS)
    ac1 = many.gwet_ac1(counts)
    assert ac1.value == pytest.approx(0.77544, abs=5e-6)
    assert ac1.ci_low == pytest.approx(0.46081, abs=5e-6)
    assert ac1.ci_high == 1
    assert many.fleiss_kappa(counts).value == pytest.approx(0.76117, abs=5e-6)
    assert alpha(counts).value == pytest.approx(0.743421, abs=5e-7)


@pytest.mark.parametrize(
    ("table", "weights", "value"),
    [
        ([[20, 20], [10, 50]], "unweighted", 0.348),
        ([[46, 0, 0], [6, 32, 6], [0, 0, 10]], "unweighted", 0.8013),
        ([[46, 0, 0], [4, 40, 0], [0, 0, 10]], "unweighted", 0.9315),
        ([[46, 0, 0], [4, 40, 0], [0, 0, 10]], "linear", 0.9412),
        ([[46, 0, 0], [4, 40, 0], [0, 0, 10]], "quadratic", 0.9541),
    ],
)
def test_published_kappas(table, weights, value):
    """agreement.md §4: Artstein & Poesio 2008 and the weighted values that scikit-learn tests against."""
    assert c.cohen_kappa(np.array(table), weights=weights).value == pytest.approx(
        value, abs=1e-3 if value < 0.4 else 5e-5
    )


# --- other people's code as oracle ---------------------------------------------------------------------------------


@settings(deadline=None, max_examples=60)
@given(st.integers(2, 4).flatmap(tables), st.sampled_from(["unweighted", "linear", "quadratic"]))
def test_kappa_is_that_of_scikit_learn(table, weights):
    """On any table, κ equals scikit-learn's, weighted or not."""
    assume(varied(table))
    first, second = ratings_of(table)
    name = None if weights == "unweighted" else weights
    theirs = cohen_kappa_score(first, second, weights=name, labels=range(len(table)))
    assert c.cohen_kappa(table, weights=weights).value == pytest.approx(theirs, abs=1e-12)


@settings(deadline=None, max_examples=60)
@given(st.integers(2, 4).flatmap(tables), st.sampled_from(["unweighted", "linear", "quadratic"]))
def test_kappa_interval_is_that_of_statsmodels(table, weights):
    """On any table with variance, κ's interval is statsmodels', cut to [-1, 1]."""
    assume(varied(table))
    ours = c.cohen_kappa(table, weights=weights)
    assume(ours.ci_low is not None)
    theirs = cohens_kappa(table, wt=None if weights == "unweighted" else weights)
    assert ours.value == pytest.approx(theirs.kappa, abs=1e-12)
    assert ours.ci_low == pytest.approx(max(theirs.kappa_low, -1), abs=1e-6)
    assert ours.ci_high == pytest.approx(min(theirs.kappa_upp, 1), abs=1e-6)


@settings(deadline=None, max_examples=60)
@given(tables(2))
def test_specific_agreement_is_the_f1_score(table):
    """Positive agreement is scikit-learn's F1 of one rater against the other, negative agreement that of exclusion."""
    first, second = ratings_of(table)
    for category, statistic in enumerate((c.positive_agreement(table), c.negative_agreement(table))):
        if statistic.value is not None:
            assert statistic.value == pytest.approx(f1_score(first, second, pos_label=category))


@settings(deadline=None, max_examples=60)
@given(st.data(), st.integers(2, 5), st.integers(2, 4))
def test_fleiss_is_that_of_statsmodels(data, raters, q):
    """Without missing ratings, Fleiss' κ equals statsmodels'; with two raters, so does Scott's π."""
    rows = data.draw(
        st.lists(st.lists(st.integers(0, q - 1), min_size=raters, max_size=raters), min_size=1, max_size=25)
    )
    counts = np.array([np.bincount(row, minlength=q) for row in rows])
    assume(np.count_nonzero(counts.sum(axis=0)) > 1)
    theirs = pytest.approx(statsmodels_fleiss(counts), abs=1e-12)
    assert many.fleiss_kappa(counts).value == theirs
    if raters == 2:
        table = np.zeros((q, q), dtype=int)
        np.add.at(table, tuple(np.array(rows).T), 1)
        assert c.scott_pi(table).value == theirs


@settings(deadline=None, max_examples=60)
@given(count_tables())
def test_alpha_is_the_ratio_of_mean_disagreements(counts):
    """α is 1 minus disagreement within records over disagreement between all ratings, counted pair by pair."""
    records = [np.repeat(np.arange(3), row) for row in counts if row.sum() > 1]
    assume(records)
    pool = np.concatenate(records)
    n = len(pool)
    within = sum((rated[:, None] != rated[None, :]).sum() / (len(rated) - 1) for rated in records) / n
    between = (pool[:, None] != pool[None, :]).sum() / (n * (n - 1))
    assume(between > 0)
    assert alpha(counts).value == pytest.approx(1 - within / between, abs=1e-12)


@settings(deadline=None, max_examples=60)
@given(count_tables())
def test_ac1_is_its_definition(counts):
    """AC1 is (p_a - p_e)/(1 - p_e), computed record by record as agreement.md §2 has it."""
    assume((counts.sum(axis=1) > 1).any())
    agreed, share = [], []
    for row in counts:
        r = row.sum()
        if r > 1:
            agreed.append(sum(k * (k - 1) for k in row) / (r * (r - 1)))
        if r:
            share.append(row / r)
    pi = np.mean(share, axis=0)
    chance = sum(p * (1 - p) for p in pi) / 2
    assert many.gwet_ac1(counts).value == pytest.approx((np.mean(agreed) - chance) / (1 - chance), abs=1e-12)


def test_pi_and_kappa_differ_where_raters_are_biased():
    """With equal margins π is κ; with unequal margins it is smaller."""
    assert c.scott_pi(WORKED).value == pytest.approx(c.cohen_kappa(WORKED).value)
    biased = np.array([[10, 20], [2, 68]])
    assert c.scott_pi(biased).value < c.cohen_kappa(biased).value


@settings(deadline=None, max_examples=60)
@given(count_tables(4), st.sampled_from(["linear", "quadratic", "ordinal"]))
def test_ac2_is_its_definition(counts, weights):
    """AC2 gives each pair of ratings its credit, and chance the sum of all credits, counted one by one."""
    assume((counts.sum(axis=1) > 1).any())
    power = {
        "linear": lambda a: 1 - a / 3,
        "quadratic": lambda a: 1 - a * a / 9,
        "ordinal": lambda a: 1 - a * (a + 1) / 12,
    }
    credit = [[power[weights](abs(k - m)) for m in range(4)] for k in range(4)]
    agreed, share = [], []
    for row in counts:
        given_ = np.repeat(np.arange(4), row)
        pairs = [credit[x][y] for i, x in enumerate(given_) for j, y in enumerate(given_) if i != j]
        if pairs:
            agreed.append(np.mean(pairs))
        if len(given_):
            share.append(row / row.sum())
    pi = np.mean(share, axis=0)
    chance = np.sum(credit) / 12 * (pi * (1 - pi)).sum()
    found = many.gwet_ac2(counts, weights=weights)
    assert found.value == pytest.approx((np.mean(agreed) - chance) / (1 - chance), abs=1e-12)


def test_ac2_without_partial_credit_is_ac1():
    """Unweighted AC2 is AC1, interval and all; with two categories every weighting is unweighted."""
    counts = raw(FOUR_RATERS)
    assert many.gwet_ac2(counts, weights="unweighted") == many.gwet_ac1(counts)
    two = pair_counts(WORKED)
    assert many.gwet_ac2(two, weights="ordinal") == many.gwet_ac1(two)


@settings(deadline=None, max_examples=60)
@given(count_tables(4))
def test_ordinal_alpha_is_counted_pair_by_pair(counts):
    """Ordinal α is 1 minus squared distance in ranks within records over that between all ratings."""
    records = [np.repeat(np.arange(4), row) for row in counts if row.sum() > 1]
    assume(records)
    pool = np.concatenate(records)
    used, n = np.bincount(pool, minlength=4), len(pool)

    def apart(one, other):
        low, high = min(one, other), max(one, other)
        return (used[low : high + 1].sum() - (used[low] + used[high]) / 2) ** 2

    within = sum(apart(x, y) / (len(rated) - 1) for rated in records for x in rated for y in rated) / n
    between = sum(apart(x, y) for x in pool for y in pool) / (n * (n - 1))
    assume(between > 0)
    found = many.krippendorff_alpha(counts, seed=7, level="ordinal")
    assert found.value == pytest.approx(1 - within / between, abs=1e-12)


def test_ordinal_alpha_of_two_categories_is_nominal():
    """With two categories there is one distance only."""
    counts = pair_counts(WORKED)
    assert many.krippendorff_alpha(counts, seed=7, level="ordinal").value == pytest.approx(alpha(counts).value)


@settings(deadline=None, max_examples=60)
@given(tables(2))
def test_fisher_s_interval_stands_on_the_same_error(table):
    """On Fisher's scale κ's interval is made of statsmodels' standard error, and stays inside the range."""
    assume(varied(table))
    found, plain = c.cohen_kappa(table, scale="fisher"), c.cohen_kappa(table)
    assert found.value == plain.value
    assume(plain.ci_low is not None and abs(plain.value) < 1)
    half = 1.959964 * cohens_kappa(table).std_kappa / (1 - plain.value**2)
    z = np.arctanh(plain.value)
    assert (found.ci_low, found.ci_high) == pytest.approx((np.tanh(z - half), np.tanh(z + half)), abs=1e-6)


def test_bias_and_prevalence_have_the_interval_of_agresti_and_min():
    """20 against 2 of 100: 20.5 and 2.5 of 102, difference .17647 ± 1.96 · .0436."""
    found = c.bias_index(np.array([[10, 20], [2, 68]]))
    half = 1.959964 * np.sqrt((23 / 102 - (18 / 102) ** 2) / 102)
    assert (found.ci_low, found.ci_high) == pytest.approx((18 / 102 - half, 18 / 102 + half), abs=1e-6)


def test_bias_is_above_zero_where_the_first_rater_includes_more():
    """Of 100 records the first rater alone includes 20 and the second alone 2: bias .18, prevalence -.58."""
    biased = np.array([[10, 20], [2, 68]])
    assert c.bias_index(biased).value == pytest.approx(0.18)
    assert c.prevalence_index(biased).value == pytest.approx(-0.58)


def test_pabak_of_three_categories():
    """With q = 3 and p_o = .9, PABAK is (3 · .9 - 1) / 2."""
    assert c.pabak(np.array([[30, 5, 0], [2, 30, 1], [0, 2, 30]])).value == pytest.approx(0.85)


def test_agreement_of_many_stays_above_zero():
    """Three records of which one is agreed on: 1/3, with Student's interval on the logit scale."""
    found = many.pairwise_agreement(np.array([[2, 0], [1, 1], [1, 1]]))
    assert found.value == pytest.approx(1 / 3)
    half = 4.302653 * (1 / 3) / (1 / 3 * 2 / 3)
    bounds = [1 / (1 + np.exp(-(np.log(1 / 2) + side * half))) for side in (-1, 1)]
    assert (found.ci_low, found.ci_high) == pytest.approx(bounds, abs=1e-6)


# --- what is undefined says why ------------------------------------------------------------------------------------

NOTHING = np.zeros((2, 2), dtype=int)
NO_COUNTS = np.zeros((0, 2), dtype=int)
SINGLE = np.array([[1, 0], [0, 1]])
ALL_EXCLUDED = np.array([[0, 0], [0, 9]])
ALL_INCLUDED = np.array([[9, 0], [0, 0]])
UNDEFINED = [
    *[(statistic, NOTHING, "no record was rated by both") for statistic in (OF_PAIR | OF_BINARY).values()],
    *[(statistic, NO_COUNTS, "no record was rated by two") for statistic in OF_COUNTS.values()],
    *[(statistic, SINGLE, "no record was rated by two") for statistic in OF_COUNTS.values()],
    (c.cohen_kappa, ALL_EXCLUDED, "both raters put every record in one category"),
    (partial(c.cohen_kappa, weights="linear"), ALL_INCLUDED, "both raters put every record in one category"),
    (partial(c.cohen_kappa, weights="linear"), np.array([[4]]), "both raters put every record in one category"),
    (c.scott_pi, ALL_EXCLUDED, "all ratings are in one category"),
    (many.fleiss_kappa, pair_counts(ALL_EXCLUDED), "all ratings are in one category"),
    (alpha, pair_counts(ALL_EXCLUDED), "all ratings are in one category"),
    (c.positive_agreement, ALL_EXCLUDED, "neither rater included"),
    (c.negative_agreement, ALL_INCLUDED, "neither rater excluded"),
    (lambda table: c.specific_agreement(table, 0), ALL_EXCLUDED, "neither rater used"),
    (c.pabak, np.array([[4]]), "only one category"),
    (many.gwet_ac1, np.array([[2]]), "only one category"),
]


@pytest.mark.parametrize(("statistic", "table", "part"), UNDEFINED)
def test_undefined_is_never_a_number(statistic, table, part):
    """agreement.md §5: no overlap, one category, nobody included or excluded give no value but one sentence why."""
    found = statistic(table)
    assert found.value is None
    assert found.ci_low is None
    assert found.ci_high is None
    assert part in found.why
    assert found.to_dict() == {"value": None, "why": found.why}


def test_ac1_stays_defined_where_all_agree_on_one_category():
    """An all-exclude batch has no κ, yet AC1 is 1, without an interval and with the reason."""
    found = many.gwet_ac1(pair_counts(ALL_EXCLUDED))
    assert found.value == 1
    assert found.ci_low is None
    assert "agree on every record" in found.why


# --- properties ----------------------------------------------------------------------------------------------------


@settings(deadline=None, max_examples=40)
@given(tables(2))
def test_swapping_the_raters_changes_nothing_but_the_sign_of_bias(table):
    """Who is called first makes no difference, except to the bias index, which turns its sign."""
    for name, statistic in (OF_PAIR | OF_BINARY).items():
        one, other = statistic(table), statistic(table.T)
        if name in TURNS:
            assert one.value == -other.value
        else:
            same(one, other)
    for statistic in OF_COUNTS.values():
        same(statistic(pair_counts(table)), statistic(pair_counts(table.T)))


@settings(deadline=None, max_examples=40)
@given(count_tables(), st.randoms(use_true_random=False))
def test_order_of_records_changes_nothing(counts, random):
    """Statistics and intervals, the bootstrap's too, do not depend on the order of the records."""
    order = list(range(len(counts)))
    random.shuffle(order)
    for statistic in OF_COUNTS.values():
        same(statistic(counts), statistic(counts[order]))


@settings(deadline=None, max_examples=40)
@given(st.integers(1, 40), st.integers(1, 40))
def test_perfect_agreement_is_one(included, excluded):
    """Where two raters always agree and use both categories, each coefficient is 1."""
    table = np.array([[included, 0], [0, excluded]])
    for name in ONE_IF_PERFECT:
        of_counts = name in OF_COUNTS
        statistic = (OF_PAIR | OF_BINARY | OF_COUNTS)[name]
        assert statistic(pair_counts(table) if of_counts else table).value == 1


@settings(deadline=None, max_examples=80)
@given(tables(2))
def test_values_and_intervals_stay_in_range(table):
    """Every value and bound lies in [-1, 1], low ≤ high, and an absent interval says why."""
    counts = pair_counts(table)
    found = {name: statistic(table) for name, statistic in (OF_PAIR | OF_BINARY).items()}
    found |= {name: statistic(counts) for name, statistic in OF_COUNTS.items()}
    for statistic in found.values():
        if statistic.value is None or statistic.ci_low is None:
            assert statistic.why
            assert statistic.ci_high is None
        else:
            assert statistic.why is None
            assert -1 <= statistic.ci_low <= statistic.ci_high <= 1
        if statistic.value is not None:
            assert -1 <= statistic.value <= 1


@settings(deadline=None, max_examples=40)
@given(count_tables())
def test_missing_ratings_do_not_crash(counts):
    """Any pattern of missing ratings gives a value or a reason, and the interval of a variance holds its value."""
    for name, statistic in OF_COUNTS.items():
        found = statistic(counts)
        assert found.value is not None or found.why
        if found.ci_low is not None and name != "krippendorff_alpha":
            assert found.ci_low <= found.value <= found.ci_high


@pytest.mark.parametrize(
    ("call", "part"),
    [
        (lambda: c.cohen_kappa(np.zeros((2, 3), dtype=int)), "square"),
        (lambda: c.cohen_kappa(WORKED, weights="cubic"), "cubic"),
        (lambda: c.cohen_kappa(WORKED / 100), "whole numbers"),
        (lambda: c.percent_agreement(-WORKED), "whole numbers"),
        (lambda: many.gwet_ac1(np.array([1, 2])), "count table"),
        (lambda: alpha(pair_counts(WORKED), level="interval"), "nominal or ordinal"),
        (lambda: c.positive_agreement(np.eye(3, dtype=int)), "2x2"),
        (lambda: c.bias_index(np.eye(3, dtype=int)), "2x2"),
    ],
)
def test_misuse_is_a_value_error(call, part):
    """A table of the wrong shape or kind, or unknown weights, is refused in words."""
    with pytest.raises(ValueError, match=part):
        call()


def same(one: Statistic, other: Statistic):
    assert one.why == other.why
    for name in ("value", "ci_low", "ci_high"):
        assert getattr(one, name) == pytest.approx(getattr(other, name), abs=1e-9)
