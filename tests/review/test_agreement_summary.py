import json

import pytest
from sklearn.metrics import cohen_kappa_score

from asreview_mc.review.agreement import batches, summarise

ANSWERS = ("include", "include", "exclude", "exclude", "maybe", "exclude", "exclude", "maybe")
OTHERS = ("include", "exclude", "exclude", "exclude", "include", "exclude", "maybe", "maybe")
IDS = tuple(f"r{i}" for i in range(1, 9))
ANA, BEN = dict(zip(IDS, ANSWERS, strict=True)), dict(zip(IDS, OTHERS, strict=True))
PLAIN = ("percent_agreement", "positive_agreement", "negative_agreement", "pabak", "bias_index", "prevalence_index")
WITH_INTERVAL = ("cohen_kappa", "scott_pi", "gwet_ac1", "krippendorff_alpha")


def worked():
    answers = [("include", "include")] * 3 + [("include", "exclude")] * 2
    answers += [("exclude", "include")] * 2 + [("exclude", "exclude")] * 93
    ids = [f"r{i:03}" for i in range(100)]
    return {
        "ana": {i: a for i, (a, _) in zip(ids, answers, strict=True)},
        "ben": dict(zip(ids, (b for _, b in answers), strict=True)),
    }


def test_structure_is_that_of_the_command():
    """The plain form has the names of `agreement --json`, floats where those are plain, and is JSON."""
    plain = summarise(worked(), maybe="include", seed=1).to_dict()
    assert list(plain) == ["raters", "overlap", "pairs", "all"]
    assert (plain["raters"], plain["overlap"]) == (["ana", "ben"], 100)
    (pair,) = plain["pairs"]
    assert set(pair) == {"raters", "n", "table", "intervals", *PLAIN, *WITH_INTERVAL}
    assert pair["table"] == {"include,include": 3, "include,exclude": 2, "exclude,include": 2, "exclude,exclude": 93}
    assert all(isinstance(pair[name], float) for name in PLAIN)
    assert all(set(pair[name]) == {"value", "ci_low", "ci_high", "unreliable"} for name in WITH_INTERVAL)
    assert set(pair["intervals"]) == set(PLAIN)
    assert all(set(bounds) == {"ci_low", "ci_high"} for bounds in pair["intervals"].values())
    names = {"n", "percent_agreement", "fleiss_kappa", "gwet_ac1", "krippendorff_alpha", "intervals"}
    assert set(plain["all"]) == names
    assert json.loads(json.dumps(plain, allow_nan=False)) == plain


def test_an_interval_is_marked_where_inclusion_is_too_rare():
    """The worked example has 5 inclusions a rater, so its intervals are not to be trusted; with 15 they are."""
    pair = summarise(worked(), maybe="include", seed=1).to_dict()["pairs"][0]
    assert pair["cohen_kappa"]["unreliable"].startswith("5 records included on average")
    answers = ["include"] * 15 + ["exclude"] * 85
    first = {f"r{i:03}": answer for i, answer in enumerate(answers)}
    second = first | {"r000": "exclude", "r099": "include"}
    pair = summarise({"ana": first, "ben": second}, maybe="include", seed=1).to_dict()["pairs"][0]
    assert all("unreliable" not in pair[name] for name in WITH_INTERVAL)
    turned = {
        name: {one: "exclude" if said == "include" else "include" for one, said in rated.items()}
        for name, rated in worked().items()
    }
    pair = summarise(turned, maybe="include", seed=1).to_dict()["pairs"][0]
    assert "excluded on average" in pair["gwet_ac1"]["unreliable"]


def test_values_are_those_of_the_worked_example():
    """agreement.md §3 comes out of ratings as it does out of a table, for the pair and, with two raters, for all."""
    plain = summarise(worked(), maybe="include", seed=1).to_dict()
    (pair,) = plain["pairs"]
    assert pair["percent_agreement"] == 0.96
    assert pair["positive_agreement"] == 0.6
    assert pair["cohen_kappa"]["value"] == pytest.approx(0.57895, abs=5e-6)
    assert pair["gwet_ac1"]["value"] == pytest.approx(0.95580, abs=5e-6)
    assert pair["krippendorff_alpha"]["value"] == pytest.approx(0.58105, abs=5e-6)
    assert plain["all"]["gwet_ac1"] == pair["gwet_ac1"]
    assert plain["all"]["krippendorff_alpha"] == pair["krippendorff_alpha"]
    assert plain["all"]["percent_agreement"] == 0.96


@pytest.mark.parametrize(
    ("maybe", "table"),
    [("include", [3, 1, 1, 3]), ("exclude", [1, 1, 1, 5]), ("omit", [1, 1, 0, 3])],
)
def test_maybe_is_read_as_told(maybe, table):
    """A maybe counts as include, as exclude, or takes the record out of the two-way table; the overlap stays."""
    found = summarise({"ana": ANA, "ben": BEN}, maybe=maybe, seed=1)
    (pair,) = found.pairs
    assert list(pair.table.values()) == table
    assert pair.n == sum(table)
    assert found.all.n == sum(table)
    assert found.overlap == 8


def test_three_way_table_stands_beside():
    """Where a maybe occurs, the three-way table keeps it, with its own agreement and κ as scikit-learn has it."""
    (pair,) = summarise({"ana": ANA, "ben": BEN}, maybe="omit", seed=1).to_dict()["pairs"]
    three = pair["three_way"]
    assert three["n"] == 8
    assert three["intervals"]["percent_agreement"]["ci_low"] < three["percent_agreement"]
    assert three["table"]["maybe,include"] == 1
    assert three["table"]["maybe,maybe"] == 1
    assert sum(three["table"].values()) == 8
    assert three["percent_agreement"] == pytest.approx(5 / 8)
    assert three["cohen_kappa"]["value"] == pytest.approx(cohen_kappa_score(ANSWERS, OTHERS))


@pytest.mark.parametrize("answers", [("maybe", "include"), ("include", "maybe")])
def test_one_maybe_of_either_rater_brings_the_three_way_table(answers):
    """It does not matter which of the two said maybe."""
    ratings = {"ana": {"r1": answers[0]}, "ben": {"r1": answers[1]}}
    three = summarise(ratings, maybe="include", seed=1).pairs[0].three_way
    assert three is not None
    assert three.table[",".join(answers)] == 1


def test_no_three_way_table_without_a_shared_maybe():
    """A maybe on a record that the other has not rated brings no three-way table."""
    ratings = {"ana": {"r1": "include", "r2": "maybe"}, "ben": {"r1": "exclude"}}
    assert summarise(ratings, maybe="include", seed=1).pairs[0].three_way is None


def test_swapping_raters_turns_the_table_and_the_bias_only():
    """Who comes first changes the order of names, the two disagreeing cells and the sign of bias, nothing else."""
    one = summarise({"ana": ANA, "ben": BEN}, maybe="exclude", seed=1).to_dict()
    other = summarise({"ben": BEN, "ana": ANA}, maybe="exclude", seed=1).to_dict()
    assert one["all"] == other["all"]
    for first, second in zip(one["pairs"], other["pairs"], strict=True):
        assert first["bias_index"] == -second["bias_index"]
        for name in {*PLAIN, *WITH_INTERVAL} - {"bias_index"}:
            assert first[name] == second[name]


def test_a_record_rated_by_one_moves_no_figure():
    """A pending decision must not show: records that one rater alone has rated leave every figure as it was."""
    alone = {f"x{i}": "include" for i in range(50)}
    before = summarise({"ana": ANA, "ben": BEN}, maybe="include", seed=1)
    after = summarise({"ana": ANA | alone, "ben": BEN}, maybe="include", seed=1)
    assert after == before


def test_every_pair_and_all_raters():
    """Three raters make three pairs, in their order, and figures over all records that two of them share."""
    eve = {"r1": "include", "r9": "exclude"}
    found = summarise({"ana": ANA, "ben": BEN, "eve": eve}, maybe="include", seed=1)
    assert [pair.raters for pair in found.pairs] == [("ana", "ben"), ("ana", "eve"), ("ben", "eve")]
    assert [pair.n for pair in found.pairs] == [8, 1, 1]
    assert found.overlap == found.all.n == 8
    assert found.all.percent_agreement.value == pytest.approx(6 / 8)


@pytest.mark.parametrize("ratings", [{"ana": {"r1": "include"}, "ben": {"r2": "exclude"}}, {"ana": {}, "ben": {}}])
def test_without_overlap_everything_says_so(ratings):
    """agreement.md §5: without overlap its size is 0, and each statistic is null with a reason."""
    plain = summarise(ratings, maybe="include", seed=1).to_dict()
    (pair,) = plain["pairs"]
    assert (plain["overlap"], pair["n"]) == (0, 0)
    everything = [pair[name] for name in (*PLAIN, *WITH_INTERVAL)]
    everything += [value for name, value in plain["all"].items() if name not in ("n", "intervals")]
    for statistic in everything:
        assert statistic["value"] is None
        assert "no record was rated by" in statistic["why"]


@pytest.mark.parametrize("ratings", [{}, {"ana": {"r1": "include"}}])
def test_fewer_than_two_raters_make_no_pair(ratings):
    """Nobody, or one rater, gives no pair and undefined figures for all."""
    found = summarise(ratings, maybe="include", seed=1)
    assert found.pairs == ()
    assert found.overlap == 0
    assert found.all.gwet_ac1.value is None


def test_an_all_exclude_batch():
    """Where both exclude everything, κ, α and positive agreement are null with reasons; the rest has values."""
    rated = {f"r{i}": "exclude" for i in range(25)}
    (pair,) = summarise({"ana": rated, "ben": rated}, maybe="include", seed=1).to_dict()["pairs"]
    assert pair["cohen_kappa"] == {"value": None, "why": "both raters put every record in one category"}
    assert pair["positive_agreement"] == {"value": None, "why": "neither rater included a record"}
    assert pair["krippendorff_alpha"]["value"] is None
    assert (pair["percent_agreement"], pair["negative_agreement"], pair["prevalence_index"]) == (1, 1, -1)


def test_misuse_is_a_value_error():
    """An unknown reading of maybe, an unknown answer and a batch of nothing are refused in words."""
    with pytest.raises(ValueError, match="not 'conflict'"):
        summarise({}, maybe="conflict", seed=1)
    with pytest.raises(ValueError, match="'perhaps' is none"):
        summarise({"ana": {"r1": "perhaps"}}, maybe="include", seed=1)
    with pytest.raises(ValueError, match="1 or more"):
        batches([], size=0)


@pytest.mark.parametrize(("n", "full"), [(0, 0), (24, 0), (25, 1), (49, 1), (50, 2)])
def test_batches_counts_full_ones(n, full):
    """Only full batches of 25 count, and a record counts once."""
    ids = [f"r{i}" for i in range(n)]
    assert batches(ids) == full
    assert batches([*ids, *ids]) == full
    assert batches(ids, size=1) == n
