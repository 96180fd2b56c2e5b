"""How well choices of other fields are suggested from their cards, and how that grows with forms filled in.

Run from the repository root: ``python benchmarks/choices.py``; rows go to results/choices.jsonl. For study design
(single) and research focus (multiple) of the shipped protocol, on the development corpus: how many choices are
suggested per record, what share of them a rater gave (precision), and what share of what a rater gave was suggested
(recall), the mean over both raters. Out of fold, five folds, one repeat; n = 0 is the cards alone. The corpus names
finer designs, which fall under the protocol's "various or other" as its definition says; its focus "other" is none of
the protocol's, and it gives one focus a record, while the form takes several. The cards' cues were written without a
look at the corpus.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np
import train_subtopics as training
from _rows import append, digest_of

from asreview_mc.core.protocol import EXTRACTION
from asreview_mc.core.protocol_file import parse, template
from asreview_mc.learn.cache import CachedEncoder
from asreview_mc.learn.encode import SentenceEncoder
from asreview_mc.learn.subtopics import TopicModel
from asreview_mc.project.offers import cards_of

FILLED_IN = (0, 20, 40, 80)
AS_IN_THE_FORM = {
    "study_design": {
        "case_study": "case study",
        "mixed": "mixed-method",
        "quantitative": "quantitative",
        "qualitative": "qualitative",
        **dict.fromkeys(("other", "systematic_review", "document_analysis", "design_research"), "various or other"),
    },
    "research_focus": {
        "potential": "potential",
        "success_factors": "success factors and enablers",
        "barriers": "barriers",
    },
}


def main() -> None:
    """Measure each field at each n and write the rows."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--data", type=Path, default=training.DATA)
    arguments.add_argument("--seed", type=int, default=0)
    given = arguments.parse_args()
    records = [json.loads(line) for line in given.data.read_text("utf-8").splitlines()]
    texts = [f"{one['title']}\n{one['abstract']}" for one in records]
    protocol, rows = parse(template("micro-credentials")), []
    encoder = CachedEncoder(SentenceEncoder(precision="float32"))
    for field in protocol.form(EXTRACTION):
        if field.code not in AS_IN_THE_FORM:
            continue
        cards, known = cards_of(protocol, field), AS_IN_THE_FORM[field.code]
        truth = np.array(
            [
                [[known.get(one["ratings"][r][field.code]) == card.code for card in cards] for one in records]
                for r in "AB"
            ]
        )
        for n in FILLED_IN:
            suggested = np.zeros(truth.shape[1:], dtype=bool)
            for train, test in training.folds(len(texts), given.seed):
                drawn = np.random.default_rng(given.seed + 1000).permutation(train)[:n]
                model = TopicModel(cards, encoder)
                if n:
                    model = model.fit([texts[k] for k in drawn], truth[:, drawn].mean(axis=0))
                found = model.suggest([texts[k] for k in test])
                chosen = found.suggested
                if field.type == "single":
                    chosen = chosen & (found.probabilities == found.probabilities.max(axis=1, keepdims=True))
                suggested[test] = chosen
            hits = (truth & suggested).sum(axis=(1, 2))
            row = {
                "field": field.code,
                "filled_in": n,
                "suggested_per_record": round(float(suggested.sum() / len(texts)), 2),
                "precision": round(float((hits / max(suggested.sum(), 1)).mean()), 3),
                "recall": round(float((hits / truth.sum(axis=(1, 2))).mean()), 3),
                "records": len(texts),
            }
            rows.append(row)
            print(row, flush=True)
    append("choices", rows, seed=given.seed, digest=digest_of(given.data))


if __name__ == "__main__":
    main()
