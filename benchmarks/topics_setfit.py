"""SetFit on the learning curve of sub-topics, beside `topics.py`.

Run from the repository root: ``python benchmarks/topics_setfit.py``; rows go to results/topics.jsonl. Needs the extra
`benchmark`. The folds are those of `topics.py`, and so are the records confirmed at each n. SetFit (Tunstall et al.
2022, doi:10.48550/arXiv.2209.11055) fine-tunes the default encoder on pairs of the confirmed texts and puts one
logistic regression a label on top. It learns from the codes of the first rater and is judged against both. A label is
suggested from the probability at which as large a share of labels is suggested as was confirmed; `macro_f1_at_half`
and `micro_f1_at_half` are for a half, SetFit's own. One repeat and few pairs, since a fold takes minutes.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import topics
import train_subtopics as training
from _rows import append, digest_of, versions

from asreview_mc.learn.weights import DEFAULT_PACKAGE

CONFIRMED = (10, 20, 40)
LIBRARIES = ("setfit", "sentence-transformers", "transformers", "torch", "scikit-learn", "numpy")


def fine_tuned(texts: list[str], codes: np.ndarray, given: argparse.Namespace, folder: str) -> object:
    """Return a SetFit model trained on texts and their codes (n, k)."""
    from datasets import Dataset
    from setfit import SetFitModel, Trainer, TrainingArguments

    encoder = Path(str(find_spec(DEFAULT_PACKAGE).origin)).parent / "model"
    model = SetFitModel.from_pretrained(str(encoder), multi_target_strategy="one-vs-rest", local_files_only=True)
    settings = TrainingArguments(
        output_dir=folder,
        batch_size=16,
        num_epochs=given.epochs,
        num_iterations=given.pairs,
        seed=given.seed,
        report_to="none",
        save_strategy="no",
        show_progress_bar=False,
    )
    data = Dataset.from_dict({"text": texts, "label": codes.astype(int).tolist()})
    Trainer(model=model, args=settings, train_dataset=data).train()
    return model


def answers(corpus: training.Corpus, n: int, given: argparse.Namespace) -> tuple[np.ndarray, np.ndarray]:
    """Return out-of-fold probabilities (n, k), and which labels are suggested."""
    probabilities = np.zeros(corpus.labels.shape[1:])
    suggested = np.zeros(corpus.labels.shape[1:], dtype=bool)
    for rows, test in training.folds(len(corpus.texts), given.seed):
        drawn = np.random.default_rng(given.seed + 1000).permutation(rows)[:n]
        codes = corpus.labels[0, drawn]
        probabilities[test] = codes.mean(axis=0)
        taught = np.flatnonzero((codes.min(axis=0) == 0) & (codes.max(axis=0) == 1))
        with tempfile.TemporaryDirectory() as folder:
            model = fine_tuned([corpus.texts[row] for row in drawn], codes[:, taught], given, folder)
            found = np.asarray(model.predict_proba([corpus.texts[row] for row in test], as_numpy=True))
        probabilities[np.ix_(test, taught)] = found[..., 1].T if found.ndim == 3 else found
        suggested[test] = probabilities[test] >= np.quantile(probabilities[test], 1 - codes.mean())
    return probabilities, suggested


def main() -> None:
    """Measure each n and write its row."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--data", type=Path, default=training.DATA)
    arguments.add_argument("--seed", type=int, default=0)
    arguments.add_argument("--epochs", type=int, default=1)
    arguments.add_argument("--pairs", type=int, default=3, help="pairs of each kind made of every text")
    arguments.add_argument("--confirmed", type=int, nargs="+", default=CONFIRMED)
    given = arguments.parse_args()
    corpus = training.load(given.data)
    rows = []
    for n in given.confirmed:
        begun = time.perf_counter()
        found = answers(corpus, n, given)
        scores = topics.summary(corpus, [found], seed=given.seed)
        half = training.f1_scores(corpus.labels[:, :, corpus.judged], found[0][:, corpus.judged] >= 0.5)
        scores |= {"macro_f1_at_half": round(half[0], 3), "micro_f1_at_half": round(half[1], 3)}
        about = {"records": len(corpus.texts), "folds": training.FOLDS, "repeats": 1, "epochs": given.epochs}
        about |= {"pairs": given.pairs, "seconds": round(time.perf_counter() - begun), "versions": versions(LIBRARIES)}
        rows.append({"method": f"SetFit, {n} confirmed", **scores, **about})
        print(f"{n} confirmed: macro {scores['macro_f1']} micro {scores['micro_f1']} at a half {half}", flush=True)
    append("topics", rows, seed=given.seed, digest=digest_of(given.data))


if __name__ == "__main__":
    main()
