"""The demonstration review's recorded answers: two raters' decisions by stage, settlements and sub-topics."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from typing import Any

DECISION_HEADER = ("title", "doi", "stage", "reviewer", "decision", "reason", "note")
TOPIC_HEADER = ("title", "doi", "reviewer", "codes")
RATERS = {"A": "R1", "B": "R2"}
SINGLE = "single_reader"
FULL_TEXT_REASONS = ("study_design", "publication_type", "setting")


def rated(work: dict[str, Any], rater: str) -> tuple[str, str]:
    """Return the rater's own decision and reason."""
    rating = work["ratings"][rater]
    return rating["decision"], rating["reason"] or ""


def at_abstract(work: dict[str, Any], rater: str) -> tuple[str, str, str]:
    """Return decision, reason and note at title and abstract: a full-text reason lets the record pass."""
    decision, reason = rated(work, rater)
    if reason in FULL_TEXT_REASONS:
        return "include", "", "the rater's reason is one for the full text"
    return decision, reason, ""


def at_full_text(work: dict[str, Any], rater: str) -> tuple[str, str, str] | None:
    """Return decision, reason and note at full text, or None where the rater had excluded the record before."""
    decision, reason = rated(work, rater)
    if decision != "exclude" or reason in FULL_TEXT_REASONS:
        return decision, reason, ""
    if settled_at_abstract(work) == "include":
        return "maybe", "", f"the rater had excluded the record for its {reason} and said no more; entered as maybe"
    return None


def settled_at_abstract(work: dict[str, Any]) -> str | None:
    """Return what the single reading makes of a conflict at title and abstract, or None where there is none."""
    given = {at_abstract(work, rater)[0] for rater in RATERS}
    if len(given) == 1 and given != {"maybe"}:
        return None
    single = work["single_reader"]
    passes = single["relevant"] or single["exclusion_code"] in FULL_TEXT_REASONS
    return "include" if passes else "exclude"


def settled_at_full_text(work: dict[str, Any]) -> str | None:
    """Return what the single reading makes of a conflict at full text, or None where there is none."""
    given = [at_full_text(work, rater) for rater in RATERS]
    if settled_at_abstract(work) == "exclude" or None in given:
        return None
    verdicts = {answer[:2] for answer in given if answer}
    if len(verdicts) == 1 and verdicts != {("maybe", "")}:
        return None
    return "include" if work["single_reader"]["relevant"] else "exclude"


def _head(work: dict[str, Any]) -> dict[str, str]:
    return {"title": work["title"], "doi": (work["doi"] or "").lower()}


def decision_rows(works: Sequence[dict[str, Any]]) -> Iterable[dict[str, str]]:
    """Return a row per rater, stage and record, and after each stage the settlements of its conflicts."""
    stages = (("abstract", at_abstract, settled_at_abstract), ("fulltext", at_full_text, settled_at_full_text))
    for stage, answer, settled in stages:
        for work, (rater, reviewer) in itertools.product(works, RATERS.items()):
            given = answer(work, rater)
            if given:
                row = dict(zip(("decision", "reason", "note"), given, strict=True))
                yield _head(work) | {"stage": stage, "reviewer": reviewer} | row
        for work in works:
            decision = settled(work)
            if decision:
                yield _head(work) | {"stage": stage, "reviewer": SINGLE} | _settlement(work, decision)


def _settlement(work: dict[str, Any], decision: str) -> dict[str, str]:
    code = work["single_reader"]["exclusion_code"]
    note = "recorded for the demonstration: a first single reading"
    if decision == "include":
        later = f"; its reason ({code}) is one for the full text" if code else ""
        return {"decision": decision, "reason": "", "note": note + later}
    return {"decision": decision, "reason": code, "note": note}


def topic_rows(works: Sequence[dict[str, Any]]) -> Iterable[dict[str, str]]:
    """Return a row per rater and record to which the rater gave sub-topics."""
    for work, (rater, reviewer) in itertools.product(works, RATERS.items()):
        codes = work["ratings"][rater]["subtopics"]
        if codes:
            yield _head(work) | {"reviewer": reviewer, "codes": ";".join(codes)}
