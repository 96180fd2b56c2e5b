"""Metrics: the known values of known orders, and the laws between them."""

import doctest
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from asreview_mc.core.errors import DataError
from asreview_mc.simulate import curves, datasets, metrics
from asreview_mc.simulate.metrics import NAMES, evaluate

ORDERS = st.lists(st.integers(0, 1), min_size=2, max_size=120).filter(lambda order: 0 < sum(order) < len(order))


@pytest.mark.parametrize("module", [metrics, datasets, curves])
def test_examples_in_docstrings_hold(module):
    """What the docstrings show is what the functions give."""
    outcome = doctest.testmod(module)
    assert outcome.attempted > 0
    assert outcome.failed == 0


@settings(deadline=None)
@given(ORDERS)
def test_perfect_and_worst_orders(order):
    """The perfect order has loss 0, NDCG 1 and TNR 1; the worst has loss 1; nothing lies outside."""
    best, worst, any_order = evaluate(sorted(order, reverse=True)), evaluate(sorted(order)), evaluate(order)
    assert best["loss"] == pytest.approx(0, abs=1e-12)
    assert worst["loss"] == pytest.approx(1)
    assert best["ndcg"] == pytest.approx(1)
    assert best["tnr95"] == 1
    for name in ("loss", "atd", "td_last", "first_relevant"):
        assert best[name] - 1e-12 <= any_order[name] <= worst[name] + 1e-12
    for name in ("ndcg", "wss95", "wss95_floor", "wss100", "tnr95", "recall10"):
        assert worst[name] - 1e-12 <= any_order[name] <= best[name] + 1e-12


@settings(deadline=None)
@given(ORDERS)
def test_against_asreviews_own_sums(order):
    """Loss and NDCG are ASReview's formulas, written out record by record."""
    n, r = len(order), sum(order)
    found, area, gain = 0, 0, 0.0
    for place, label in enumerate(order, start=1):
        found += label
        area += found
        gain += label / math.log2(place + 1)
    ideal = sum(1 / math.log2(place + 1) for place in range(1, r + 1))
    values = evaluate(order)
    assert values["loss"] == pytest.approx((r * (n - (r - 1) / 2) - area) / (r * (n - r)))
    assert values["ndcg"] == pytest.approx(gain / ideal)


@settings(deadline=None)
@given(ORDERS)
def test_sooner_is_better(order):
    """Moving a relevant record one place up makes loss, NDCG and ATD strictly better and no metric worse."""
    swap = next((i for i in range(1, len(order)) if order[i] and not order[i - 1]), None)
    if swap is None:
        return
    better = order.copy()
    better[swap - 1], better[swap] = 1, 0
    before, after = evaluate(order), evaluate(better)
    assert after["loss"] < before["loss"]
    assert after["ndcg"] > before["ndcg"]
    assert after["atd"] < before["atd"]
    assert all(after[name] >= before[name] for name in ("wss95", "wss95_floor", "wss100", "tnr95", "recall10"))


@settings(deadline=None)
@given(ORDERS)
def test_wss_by_counting(order):
    """WSS is the share unread when the target is reached, less what reading at random saves."""
    n, r = len(order), sum(order)
    values = evaluate(order)
    for name, wanted, lost in (
        ("wss95", math.ceil(r * 95 / 100), 0.05),
        ("wss95_floor", max(1, r * 95 // 100), 0.05),
        ("wss100", r, 0.0),
    ):
        read = next(k for k in range(1, n + 1) if sum(order[:k]) == wanted)
        assert values[name] == pytest.approx((n - read) / n - lost)


def test_known_values():
    """A worked example: 20 relevant of 100; the 19th at place 30, the 20th at 80."""
    order = np.zeros(100, dtype=int)
    order[:18] = 1
    order[[29, 79]] = 1
    values = evaluate(order)
    assert values["wss95"] == pytest.approx(0.65)
    assert values["wss95_floor"] == pytest.approx(0.65)
    assert values["wss100"] == pytest.approx(0.20)
    assert values["tnr95"] == pytest.approx(69 / 80)
    assert values["recall10"] == pytest.approx(0.5)
    assert values["td_last"] == pytest.approx(0.8)
    assert values["atd"] == pytest.approx((sum(range(1, 19)) + 30 + 80) / 20 / 100)
    assert values["first_relevant"] == 1
    assert set(values) == set(NAMES)


def test_floor_and_ceil_differ_for_few_relevant():
    """With 10 relevant, 95 % is all 10 rounded up and 9 rounded down: both are given."""
    order = [1] * 9 + [0] * 90 + [1]
    values = evaluate(order)
    assert values["wss95"] == pytest.approx(-0.05)
    assert values["wss95_floor"] == pytest.approx(0.86)


@settings(deadline=None)
@given(ORDERS, st.data())
def test_priors_are_left_out(order, data):
    """Metrics with priors are those of the order without them, wherever they stand."""
    priors = data.draw(st.lists(st.integers(0, 1), min_size=len(order), max_size=len(order)))
    rest = [label for label, prior in zip(order, priors, strict=True) if not prior]
    if 0 < sum(rest) < len(rest):
        assert evaluate(order, priors) == evaluate(rest)
    else:
        with pytest.raises(DataError, match="priors"):
            evaluate(order, priors)


@pytest.mark.parametrize("labels", [[0, 2], [[0, 1]], [0.5, 1]])
def test_labels_must_be_labels(labels):
    """Anything but 0 and 1 in a row is misuse."""
    with pytest.raises(ValueError, match="0 and 1"):
        evaluate(labels)
