"""README's tables of results are the means of the rows in benchmarks/results, rounded; nobody typed them by heart."""

import json
import re
from collections import defaultdict
from statistics import fmean

import pytest


def rows_of(checkout, name):
    return [json.loads(line) for line in (checkout / "benchmarks" / "results" / name).read_text("utf-8").splitlines()]


def cells(checkout, label):
    """Return the numbers of README's table row that begins with `label`."""
    for line in (checkout / "README.md").read_text("utf-8").splitlines():
        if line.startswith(f"| {label}"):
            return re.findall(r"-?\.\d{3}", line)
    raise AssertionError(f"README has no row {label!r}")


def rounded(value):
    return f"{value:.3f}".replace("0.", ".", 1)


@pytest.fixture
def ranking(checkout):
    """Mean per review and ranker of the last run with priors 1,1."""
    runs = {}
    for row in rows_of(checkout, "ranking.jsonl"):
        if list(row["priors"]) == [1, 1]:
            runs[row["dataset"], row["ranker"], row["seed"]] = row
    means = defaultdict(lambda: defaultdict(list))
    for (dataset, ranker, _), row in runs.items():
        means[dataset][ranker].append(row)
    assert len(means) == 15
    return means


@pytest.mark.parametrize(
    ("label", "metric"), [("loss", "loss"), ("NDCG", "ndcg"), ("WSS@95", "wss95"), ("recall", "recall10")]
)
def test_ranking_means(checkout, ranking, label, metric):
    """Means over reviews of means over seeds."""
    wanted = [
        rounded(fmean(fmean(row[metric] for row in by_ranker[name]) for by_ranker in ranking.values()))
        for name in ("hybrid", "elas_u4")
    ]
    assert cells(checkout, label) == wanted


def test_losers_are_named(checkout, ranking):
    """Every review on which ours is worse by more than .0005 is in README's sentence."""
    text = (checkout / "README.md").read_text("utf-8")
    worse = {
        dataset
        for dataset, by_ranker in ranking.items()
        if fmean(r["loss"] for r in by_ranker["hybrid"]) > fmean(r["loss"] for r in by_ranker["elas_u4"]) + 0.0005
    }
    assert worse
    for dataset in worse:
        assert dataset.removeprefix("Cohen_").removesuffix("_2010") in text


@pytest.mark.parametrize(
    ("label", "method"),
    [
        ("one rater", "one rater for the other"),
        ("shipped cards", "zero-shot, shipped cards"),
        ("the cards' cues", "cue regex alone"),
        ("MiniLM + log", "MiniLM + logistic regression"),
        ("TF-IDF + log", "TF-IDF + logistic regression"),
    ],
)
def test_sub_topic_scores(checkout, label, method):
    """The last run of each method."""
    row = [one for one in rows_of(checkout, "topics.jsonl") if one["method"] == method][-1]
    assert cells(checkout, label) == [rounded(row["macro_f1"]), rounded(row["micro_f1"])]


def test_parity_and_speed_are_as_said(checkout):
    """The last runs: the same order in each, and how long both programs took over all reviews."""
    last = {(row["ranker"], row["dataset"], row["seed"]): row for row in rows_of(checkout, "against_asreview.jsonl")}
    runs = [row for (ranker, _, _), row in last.items() if ranker == "elas_u4"]
    assert (len(runs), len({row["dataset"] for row in runs})) == (45, 15)
    assert all(row["same_order"] and row["difference"] == 0 for row in runs)
    ratios, least = {}, 9.0
    for ranker in ("elas_u4", "hybrid"):
        timed = [row for (name, _, seed), row in last.items() if (name, seed) == (ranker, 1)]
        ratios[ranker] = sum(row["peer_seconds"] for row in timed) / sum(row["seconds"] for row in timed)
        least = min(least, *(row["peer_seconds"] / row["seconds"] for row in timed))
    said = " ".join((checkout / "README.md").read_text("utf-8").split())
    assert f"`elas_u4` is {ratios['elas_u4']:.1f} and `hybrid` {ratios['hybrid']:.1f} times as fast" in said
    assert f"{least:.1f} times." in said


def test_de_duplication_is_as_measured(checkout):
    """The last row of each program and set."""
    last = {}
    for row in rows_of(checkout, "dedup.jsonl"):
        last[row["program"].split()[0], row.get("n_distinct") or row["data"]] = row
    ours, theirs = (last[name, "diabetes_labelled"] for name in ("asreview-mc", "bib-dedupe"))
    ours5, theirs5 = (last[name, 5000] for name in ("asreview-mc", "bib-dedupe"))
    text = (checkout / "README.md").read_text("utf-8")
    for label, figures in (
        ("diabetes: records left", [ours["left"], theirs["left"]]),
        ("diabetes: false merges", [ours["false_merges"], theirs["false_merges"]]),
        ("5,000 works: sensitivity", [f"{one['sensitivity']:.3f}" for one in (ours5, theirs5)]),
        ("5,000 works: false merges", [ours5["false_merges"], theirs5["false_merges"]]),
        ("5,000 works: seconds", [f"{one['seconds']:.1f}" for one in (ours5, theirs5)]),
    ):
        assert f"| {label} | {figures[0]} | {figures[1]} |" in text


@pytest.mark.parametrize(
    ("label", "rule"),
    [
        ("`quiet`", "quiet"),
        ("BUSCAR", "buscar"),
        ("Poisson process", "poisson-power"),
        ("50 irrelevant", "consecutive"),
    ],
)
def test_stopping_is_as_measured(checkout, label, rule):
    """The last means of each rule over the reviews with twenty relevant papers or more, target 95 %."""
    row = [
        one
        for one in rows_of(checkout, "stopping.jsonl")
        if one["what"] == "orders, means over reviews"
        and (one["rule"], one["target"], one["relevant"]) == (rule, 0.95, "20 or more")
    ][-1]
    figures = cells(checkout, label)
    assert figures == [rounded(row[name][0]) for name in ("below_target", "read", "overshoot")]


def test_the_report_opens_as_measured(checkout):
    """The last row of 2,000 papers, and the slowest run keeps the promise of two seconds."""
    row = [one for one in rows_of(checkout, "report.jsonl") if one["papers"] == 2000][-1]
    assert row["kept"] and row["slowest_load_seconds"] < 2
    said = f"`report.html` of 2,000 included papers, {row['megabytes']:.1f} MB, opens in {row['load_seconds']:.1f} s"
    assert said in (checkout / "README.md").read_text("utf-8")


def test_the_new_order_is_there_as_soon_as_said(checkout):
    """The last rows with 500 decisions."""
    last = {row["records"]: row for row in rows_of(checkout, "latency.jsonl") if row["labels"] == 500}
    said = " ".join((checkout / "README.md").read_text("utf-8").split())
    ten, hundred = (last[n]["order_seconds"] + last[n]["decide_seconds"] for n in (10_000, 100_000))
    assert f"{ten:.2f} s with 10,000 records and 500 decisions, {hundred:.2f} s with 100,000" in said


def test_the_page_holds_as_said(checkout):
    """The last row: nothing lost, nobody refused, within the promises."""
    row = rows_of(checkout, "web_load.jsonl")[-1]
    assert (row["kept"], row["lost"], row["refused"], row["reviewers"], row["records"]) == (True, 0, 0, 20, 100_000)
    said = " ".join((checkout / "README.md").read_text("utf-8").split())
    assert f"95 % of decisions are acknowledged within {row['decide_p95'] * 1000:.0f} ms" in said
    assert f"in {row['memory_gb']:.1f} GB" in said
