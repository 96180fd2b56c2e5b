"""Sub-topics against simpler ways, and how they grow with confirmations, on the development corpus.

Run from the repository root: ``python benchmarks/topics.py``; rows go to results/topics.jsonl. All methods see the same
folds. Whatever is fitted or
chosen (weights, thresholds, penalties of the comparisons) is fitted and chosen inside the training folds; one threshold
is shared by all labels. Macro- and micro-F1 are means over both raters and over the repeats, over the labels that both
raters gave at least five times; intervals are percentiles of 1,000 bootstrap samples of records. The raters are
language models. The shipped cards were written without a look at the corpus and revised once after a look at the
records with odd ids: `f1_even_ids` is the score (macro, micro) on the others.

The learning curve takes n records of the training folds as confirmed. The weights of the cards' evidence come from all
training folds, without the labels' own offsets, as for the cards of another review; what is confirmed is all that the
heads see.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import train_subtopics as training
from _rows import append, digest_of
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score

from asreview_mc.learn.chosen import default_encoder
from asreview_mc.learn.encode import Encoder
from asreview_mc.learn.evidence import FEATURES, CardReader, Reading
from asreview_mc.learn.heads import fit_heads

PENALTIES = (1.0, 10.0, 100.0)
SAMPLES = 1000
BINS = 10
CONFIRMED = (0, 10, 20, 40, 80)

Answers = tuple[np.ndarray | None, np.ndarray]


def per_label(labels: np.ndarray, rows: np.ndarray, matrix: np.ndarray, penalty: float) -> np.ndarray:
    """Fit one logistic regression a label on `rows`, each rater counting half; return probabilities of all records."""
    probabilities = np.zeros(labels.shape[1:])
    for label in range(labels.shape[2]):
        truth = labels[:, rows, label].reshape(-1)
        if truth.min() == truth.max():
            probabilities[:, label] = truth.mean()
            continue
        model = LogisticRegression(C=penalty, max_iter=2000)
        model.fit(np.vstack([matrix[rows], matrix[rows]]), truth, sample_weight=np.full(len(truth), 0.5))
        probabilities[:, label] = model.predict_proba(matrix)[:, 1]
    return probabilities


def supervised(
    labels: np.ndarray, judged: np.ndarray, matrix: Callable[[np.ndarray], np.ndarray], seed: int
) -> Answers:
    """Return out-of-fold answers of one logistic regression a label; penalty and threshold chosen inside."""
    probabilities = np.zeros(labels.shape[1:])
    suggested = np.zeros(labels.shape[1:], dtype=bool)
    for rows, test in training.folds(labels.shape[1], seed):
        found = []
        for penalty in PENALTIES:
            inner = np.zeros((len(rows), labels.shape[2]))
            for fitted, held in training.folds(len(rows), seed + 1):
                inner[held] = per_label(labels, rows[fitted], matrix(rows[fitted]), penalty)[rows[held]]
            cut = training.best_threshold(inner[:, judged], labels[:, rows][:, :, judged], np.arange(len(judged)))
            score = np.mean(training.f1_scores(labels[:, rows][:, :, judged], inner[:, judged] >= cut))
            found.append((score, penalty, cut))
        _, penalty, cut = max(found, key=lambda item: item[0])
        probabilities[test] = per_label(labels, rows, matrix(rows), penalty)[test]
        suggested[test] = probabilities[test] >= cut
    return probabilities, suggested


def label_names(corpus: training.Corpus, encoder: Encoder, seed: int) -> Answers:
    """Return the cosine of text and label name, with a shared threshold from the training folds."""
    cosine = encoder.encode(corpus.texts) @ encoder.encode([card.label for card in corpus.cards]).T
    suggested = np.zeros(cosine.shape, dtype=bool)
    judged = corpus.judged
    grid = np.quantile(cosine, np.linspace(0.02, 0.98, 49))
    for rows, test in training.folds(len(cosine), seed):
        truth = corpus.labels[:, rows][:, :, judged]
        scores = [np.mean(training.f1_scores(truth, cosine[rows][:, judged] >= cut)) for cut in grid]
        suggested[test] = cosine[test] >= grid[int(np.argmax(scores))]
    return None, suggested


def unseen_label(features: np.ndarray, labels: np.ndarray, judged: np.ndarray, seed: int) -> Answers:
    """Return answers for each label from a model fitted on the other labels only, as for cards of another review."""
    probabilities = np.zeros(labels.shape[1:])
    suggested = np.zeros(labels.shape[1:], dtype=bool)
    for label in range(labels.shape[2]):
        others = np.setdiff1d(np.arange(labels.shape[2]), [label])
        kept = np.flatnonzero(np.isin(others, judged))
        for rows, test in training.folds(len(features), seed):
            x, y = features[rows][:, others], labels[:, rows][:, :, others]
            weights, intercept, _ = training.fit(x, y)
            cut = training.choose(x, y, kept, seed=seed + 1)
            probabilities[test, label] = training.predict((weights, intercept, np.zeros(1)), features[test, [label]])
            suggested[test, label] = probabilities[test, label] >= cut
    return probabilities, suggested


def calibration_error(probabilities: np.ndarray, labels: np.ndarray) -> float:
    """Return the expected calibration error over all labels, `BINS` bins of equal mass, in [0, 1]; lower is better."""
    order = np.argsort(probabilities, axis=None, kind="stable")
    p, y = probabilities.reshape(-1)[order], labels.mean(axis=0).reshape(-1)[order]
    parts = zip(np.array_split(p, BINS), np.array_split(y, BINS), strict=True)
    return float(sum(abs(a.mean() - b.mean()) * len(a) for a, b in parts) / len(p))


def average_precision(probabilities: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Return the average precision of each label, the mean over raters; NaN for a label without positives."""
    found = np.full(labels.shape[::2], np.nan)
    for rater, truth in enumerate(labels):
        for label in np.flatnonzero(truth.any(axis=0)):
            found[rater, label] = average_precision_score(truth[:, label], probabilities[:, label])
    return found.mean(axis=0)


def confirmed(corpus: training.Corpus, reading: Reading, n: int | None, seed: int) -> Answers:
    """Return out-of-fold answers after `n` confirmed records (all of the training folds where None)."""
    labels, features = corpus.labels, reading.features
    probabilities = np.zeros(labels.shape[1:])
    suggested = np.zeros(labels.shape[1:], dtype=bool)
    for rows, test in training.folds(len(features), seed):
        weights, intercept, _ = training.fit(features[rows], labels[:, rows])
        cut = training.choose(features[rows], labels[:, rows], corpus.judged, seed=seed + 1)
        by_cards = features @ weights + intercept
        drawn = np.random.default_rng(seed + 1000).permutation(rows)[:n]
        heads = fit_heads(
            features[drawn], reading.vectors[drawn], by_cards[drawn], labels[:, drawn].mean(axis=0).astype(float)
        )
        log_odds = by_cards[test] + heads.added(features[test], reading.vectors[test])
        probabilities[test] = 1 / (1 + np.exp(-log_odds))
        suggested[test] = probabilities[test] >= cut
    return probabilities, suggested


def summary(corpus: training.Corpus, answers: Sequence[Answers], *, seed: int) -> dict[str, object]:
    """Return scores of one method, averaged over its repeats."""
    judged, labels = corpus.judged, corpus.labels
    all_rows = np.arange(len(corpus.texts))

    def mean_f1(rows: np.ndarray) -> np.ndarray:
        truth = labels[:, rows][:, :, judged]
        return np.mean([training.f1_scores(truth, given[rows][:, judged]) for _, given in answers], axis=0)

    generator = np.random.default_rng(seed)
    samples = [mean_f1(generator.integers(0, len(all_rows), len(all_rows))) for _ in range(SAMPLES)]
    low, high = np.percentile(samples, [2.5, 97.5], axis=0)
    macro, micro = mean_f1(all_rows)
    even = mean_f1(np.flatnonzero(corpus.even))
    by_label = {
        card.code: round(float(np.mean([training.f1_scores(labels[:, :, [j]], g[:, [j]])[0] for _, g in answers])), 3)
        for j, card in enumerate(corpus.cards)
    }
    calibrated = [calibration_error(p, labels) for p, _ in answers if p is not None]
    precision = [average_precision(p, labels) for p, _ in answers if p is not None]
    return {
        "average_precision": dict(
            zip((card.code for card in corpus.cards), np.round(np.nanmean(precision, axis=0), 3).tolist(), strict=True)
        )
        if precision
        else None,
        "macro_f1": round(float(macro), 3),
        "macro_ci": [round(float(low[0]), 3), round(float(high[0]), 3)],
        "micro_f1": round(float(micro), 3),
        "micro_ci": [round(float(low[1]), 3), round(float(high[1]), 3)],
        "f1_even_ids": [round(float(value), 3) for value in even],
        "calibration_error": round(float(np.mean(calibrated)), 3) if calibrated else None,
        "f1_by_label": by_label,
    }


def methods(corpus: training.Corpus, encoder: Encoder) -> dict[str, Callable[[int], Answers]]:
    """Return each method as a function of the seed."""
    labels, judged = corpus.labels, corpus.judged
    reading = CardReader(corpus.cards, encoder).read(corpus.texts)
    features = reading.features
    vectors = encoder.encode(corpus.texts).astype(float)

    def words(rows: np.ndarray) -> np.ndarray:
        counts = TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True, stop_words="english")
        counts.fit([corpus.texts[row] for row in rows])
        return counts.transform(corpus.texts).toarray()

    return {
        "zero-shot, shipped cards": lambda seed: training.nested(features, labels, judged, seed=seed),
        "zero-shot, label unseen in fitting": lambda seed: unseen_label(features, labels, judged, seed),
        **{f"{n} confirmed": lambda seed, n=n: confirmed(corpus, reading, n, seed) for n in CONFIRMED},
        "all of the training folds confirmed": lambda seed: confirmed(corpus, reading, None, seed),
        "majority": lambda seed: (None, np.tile(labels.mean(axis=(0, 1)) >= 0.5, (labels.shape[1], 1))),
        "cue regex alone": lambda seed: (None, features[:, :, FEATURES.index("cues")] > 0),
        "MiniLM cosine to label name": lambda seed: label_names(corpus, encoder, seed),
        "MiniLM + logistic regression": lambda seed: supervised(labels, judged, lambda rows: vectors, seed),
        "TF-IDF + logistic regression": lambda seed: supervised(labels, judged, words, seed),
        "one rater for the other": lambda seed: (None, labels[1].astype(bool)),
    }


def main() -> None:
    """Measure every method and write its row."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--data", type=Path, default=training.DATA)
    arguments.add_argument("--seed", type=int, default=0)
    arguments.add_argument("--repeats", type=int, default=5)
    given = arguments.parse_args()
    corpus, encoder = training.load(given.data), default_encoder()
    about = {
        "encoder": encoder.fingerprint,
        "records": len(corpus.texts),
        "left_out": corpus.left_out,
        "labels": [corpus.cards[label].code for label in corpus.judged],
        "repeats": given.repeats,
        "folds": training.FOLDS,
    }
    rows = []
    for name, answer in methods(corpus, encoder).items():
        if name == "one rater for the other":
            pair = training.Corpus(**{**vars(corpus), "labels": corpus.labels[[0, 0]]})
            scores = summary(pair, [answer(given.seed)], seed=given.seed)
        else:
            answers = [answer(seed) for seed in range(given.seed, given.seed + given.repeats)]
            scores = summary(corpus, answers, seed=given.seed)
        rows.append({"method": name, **scores, **about})
        print(f"{name:38s} macro {scores['macro_f1']} {scores['macro_ci']} micro {scores['micro_f1']}", flush=True)
    append("topics", rows, seed=given.seed, digest=digest_of(given.data))


if __name__ == "__main__":
    main()
