"""Whether the sentence shown with a suggestion is to the point, as a reader judges it.

::

    python benchmarks/evidence.py draw list.jsonl     # 50 suggestions by chance, each with its evidence, to be read
    python benchmarks/evidence.py keep list.jsonl     # the verdicts written into it, as rows

The reader writes `to the point` as true or false and a word on `why` into every line of the list: whether somebody who
knows the label's definition sees from this sentence that the paper deals with it. Suggestions are those of the shipped
model for the development corpus. Rows keep `WORDS` words of a sentence, since the texts are not ours.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np
import train_subtopics as training
from _rows import append, digest_of

from asreview_mc.learn.chosen import default_encoder
from asreview_mc.project.taught import model_for, suggestions
from asreview_mc.review.agreement.intervals import wilson

DRAWN = 50
WORDS = 25


def draw(data: Path, seed: int) -> list[dict[str, object]]:
    """Return suggestions by chance, each with its evidence and with room for a verdict."""
    corpus = training.load(data)
    found = model_for(corpus.cards, default_encoder()).suggest(corpus.texts)
    made = [
        {"row": row, "title": text.partition("\n")[0], **one}
        for row, text in enumerate(corpus.texts)
        for one in suggestions(found, row)
        if one["suggested"]
    ]
    chosen = np.random.default_rng(seed).choice(len(made), DRAWN, replace=False)
    return [{**made[k], "to the point": None, "why": ""} for k in sorted(chosen)]


def excerpt(sentence: str) -> str:
    """Return the first words of a sentence."""
    words = sentence.split()
    return " ".join(words[:WORDS]) + (" …" if len(words) > WORDS else "")


def main() -> None:
    """Draw the list, or keep the verdicts."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("step", choices=["draw", "keep"])
    arguments.add_argument("list", type=Path)
    arguments.add_argument("--data", type=Path, default=training.DATA)
    arguments.add_argument("--seed", type=int, default=0)
    arguments.add_argument("--reader", default="")
    given = arguments.parse_args()
    if given.step == "draw":
        lines = [json.dumps(one, ensure_ascii=False) for one in draw(given.data, given.seed)]
        given.list.write_text("\n".join(lines) + "\n", "utf-8")
        return
    judged = [json.loads(line) for line in given.list.read_text("utf-8").splitlines()]
    if any(not isinstance(one["to the point"], bool) for one in judged):
        raise SystemExit("every line wants a verdict, true or false")
    good = sum(one["to the point"] for one in judged)
    low, high = wilson(good, len(judged))
    total = {"measure": "share to the point", "value": round(good / len(judged), 3), "n": len(judged)}
    total |= {"ci": [round(low, 3), round(high, 3)], "reader": given.reader}
    rows = [
        {"measure": "evidence", "label": one["code"], "sentence": excerpt(one["evidence"])}
        | {"to_the_point": one["to the point"], "why": one["why"]}
        for one in judged
    ]
    append("evidence", [*rows, total], seed=given.seed, digest=digest_of(given.data))
    print(f"{good} of {len(judged)} to the point, {low:.2f} to {high:.2f}")


if __name__ == "__main__":
    main()
