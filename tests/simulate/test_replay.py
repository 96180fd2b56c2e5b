"""Replays: every record once, ASReview's priors and orders, and nothing known that a reviewer would not know."""

import numpy as np
import pytest

from asreview_mc.core.errors import DataError
from asreview_mc.learn import rank
from asreview_mc.learn.features import UNIGRAMS, WORDS, build, query
from asreview_mc.simulate import datasets, metrics
from asreview_mc.simulate.replay import digest, draw_priors, run


@pytest.fixture(scope="module")
def review(review_path):
    return datasets.load(review_path)


@pytest.fixture
def features(review, encoder):
    vectors = encoder.encode(review.texts)
    return build(
        review.titles,
        review.abstracts,
        vectors,
        query(["badge credential skill"], encoder),
        text_blocks=[WORDS, UNIGRAMS],
    )


@pytest.mark.parametrize("ranker", rank.NAMES)
@pytest.mark.parametrize("priors", [(1, 1), (0, 0), (2, 3)])
def test_every_order_lists_every_record_once(review, features, ranker, priors):
    """All N records stand in the order, priors first, with their own labels."""
    order = run(review, ranker, features, seed=2, priors=priors)
    assert sorted(order.record.tolist()) == list(range(len(review)))
    assert (order.label == review.labels[order.record]).all()
    assert order.prior.tolist() == [1] * sum(priors) + [0] * (len(review) - sum(priors))
    assert order.label[: order.n_read].sum() == review.labels.sum()
    assert order.label[order.n_read - 1] == 1


def test_priors_are_those_of_asreview():
    """Each kind is drawn by a generator of its own with the seed, the relevant ones first."""
    labels = np.array([0, 1, 0, 0, 1, 1, 0, 0, 1, 0])
    for seed in range(5):
        expected = [
            *np.random.RandomState(seed).choice(np.flatnonzero(labels == 1), 2, replace=False),
            *np.random.RandomState(seed).choice(np.flatnonzero(labels == 0), 3, replace=False),
        ]
        assert draw_priors(labels, (2, 3), seed=seed).tolist() == expected


@pytest.mark.parametrize("priors", [(8, 1), (1, 40), (9, 0), (-1, 0)])
def test_too_many_priors(review, features, priors):
    """Priors that leave nothing to find are a DataError that says how many there are."""
    with pytest.raises(DataError, match="priors asked for"):
        run(review, "random", features, seed=1, priors=priors)


def test_same_seed_same_order(review, features):
    """A run is repeated exactly, and another seed gives another order."""
    for ranker in rank.NAMES:
        first, again, other = (run(review, ranker, features, seed=seed) for seed in (1, 1, 2))
        assert digest(first.record) == digest(again.record)
        assert digest(first.record) != digest(other.record)


def test_unread_labels_are_unknown(review, features):
    """Labels of records read later do not change what was read before them."""
    order = run(review, "elas_u4", features, seed=1)
    last = order.record[order.n_read - 1]
    altered = review.labels.copy()
    altered[last] = 0
    changed = run(datasets.Labelled(review.name, review.titles, review.abstracts, altered), "elas_u4", features, seed=1)
    if (draw_priors(altered, (1, 1), seed=1) == draw_priors(review.labels, (1, 1), seed=1)).all():
        n = min(changed.n_read, order.n_read - 1)
        assert (changed.record[:n] == order.record[:n]).all()


def test_file_order_is_no_advantage(review, features):
    """Without priors a model that knows nothing follows the seed's permutation, not the file."""
    assert review.labels[:8].all()
    found = [metrics.evaluate(run(review, "elas_u4", features, seed=s, priors=(0, 0)).label) for s in range(1, 9)]
    assert np.mean([values["first_relevant"] for values in found]) > 1.5


def test_elas_with_priors_keeps_the_files_order(review):
    """Where all scores tie, elas_u4 reads from the top of the file, as ASReview does; others do not."""
    nothing = build([""] * len(review), [""] * len(review))
    rest = lambda order: order.record[2:].tolist()  # noqa: E731
    elas = run(review, "elas_u4", nothing, seed=1)
    assert rest(elas) == sorted(rest(elas))
    hybrid = run(review, "hybrid", nothing, seed=1)
    assert rest(hybrid) != sorted(rest(hybrid))


def test_protocol_finds_the_first_relevant_record(review, features):
    """With no priors the hybrid starts from the protocol's query."""
    places = [
        metrics.evaluate(run(review, "hybrid", features, seed=s, priors=(0, 0)).label)["first_relevant"] for s in (1, 2)
    ]
    assert max(places) <= 2


@pytest.mark.parametrize("ranker", ["hybrid", "elas_u4", "elas_u3"])
def test_learning_beats_chance(review, features, ranker):
    """Every learning ranker finds the relevant ones sooner than a random order."""
    learnt, chance = (
        np.mean(
            [
                metrics.evaluate(o.label, o.prior)["loss"]
                for o in (run(review, name, features, seed=s) for s in (1, 2, 3))
            ]
        )
        for name in (ranker, "random")
    )
    assert learnt < chance / 2


def test_training_less_often_reads_in_batches(review, features):
    """With n_query the first batch is the first ranking's head."""
    one = run(review, "elas_u4", features, seed=1)
    ten = run(review, "elas_u4", features, seed=1, n_query=10)
    assert ten.record[2] == one.record[2]
    assert sorted(ten.record.tolist()) == sorted(one.record.tolist())
    with pytest.raises(ValueError, match="n_query"):
        run(review, "elas_u4", features, seed=1, n_query=0)


ASREVIEW_LOSSES = {"Sep_2021": (0.184169, 0.178261, 0.176477), "Meijboom_2021": (0.054667, 0.076356, 0.057563)}
SEP_ORDERS = ("8136a16fc1001b6f", "3f97a69634d0393b", "55025b14dc3e68b6")


@pytest.mark.parametrize("name", ASREVIEW_LOSSES)
def test_elas_u4_has_asreviews_loss(shared_reviews, name):
    """On real reviews elas_u4 has the loss of `asreview simulate` 3.0.8 with the same priors and seeds."""
    review = datasets.load(shared_reviews / f"{name}.csv.gz")
    features = build(review.titles, review.abstracts)
    for seed, expected in enumerate(ASREVIEW_LOSSES[name], start=1):
        order = run(review, "elas_u4", features, seed=seed)
        assert metrics.evaluate(order.label, order.prior)["loss"] == pytest.approx(expected, abs=0.005)


def test_elas_u4_reads_in_asreviews_order(shared_reviews):
    """Record for record it reads what `asreview simulate` 3.0.8 read."""
    review = datasets.load(shared_reviews / "Sep_2021.csv.gz")
    features = build(review.titles, review.abstracts)
    for seed, expected in enumerate(SEP_ORDERS, start=1):
        order = run(review, "elas_u4", features, seed=seed)
        assert digest(order.record[: order.n_read])[:16] == expected
