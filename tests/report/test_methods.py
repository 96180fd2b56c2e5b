"""The methods paragraph and the checklist: each sentence stands where its events are, rests on them, and only there."""

from dataclasses import replace

import pytest

from asreview_mc.core.event import (
    COVERAGE,
    Calibrated,
    Decided,
    Extracted,
    ExtractionSettled,
    FlagJudged,
    PanelRated,
    ProtocolSet,
    RoundBegun,
    SampleDrawn,
    Settled,
    Shown,
    StageClosed,
    StopLooked,
    TopicsConfirmed,
)
from asreview_mc.report import checklist
from asreview_mc.report.methods import sentences
from asreview_mc.review.agreement import summarise

KAPPA = {"value": 0.5, "ci_low": -0.1, "ci_high": 0.9}
AGREED = {"abstract": {"pairs": [{"raters": ["R1", "R2"], "n": 4, "percent_agreement": 0.75, "cohen_kappa": KAPPA}]}}
FIRST = "r000001"
SHOWN = Shown("ranked", 1, 0.5, "hybrid 0.1.0", "abcd", 3)
LOOK = StopLooked("abstract", "buscar", 0.95, 0.9, True, {}, "R1")
WORDS = {
    "amended once (2024-01-01, a fourth reason)": lambda review: [
        ProtocolSet(review.state.protocol.text, "R1", "a fourth reason")
    ],
    "For calibration 1 record was drawn at random (seed 7), to be screened by everybody": lambda _: [
        Calibrated("abstract", (FIRST,), 7, "R1", 1)
    ],
    "For calibration everybody screened the same 1 record, drawn at random (seed 7)": lambda review: [
        Calibrated("abstract", (FIRST,), 7, "R1", 1),
        *(Decided(FIRST, "abstract", name, "include") for name in review.state.protocol.screeners),
    ],
    "R1 screened title and abstract of 1 record.": lambda _: [Decided(FIRST, "abstract", "R1", "include")],
    "the ranker hybrid 0.1.0 (C 0.1), as far as it had learnt by then, with embeddings (text model abcd).": lambda _: [
        Decided(FIRST, "abstract", "R1", "include", shown=SHOWN)
    ],
    "For 2 of the 2 decisions on title and abstract the record was offered in the order of the ranker"
    " hybrid 0.1.0 (C 0.1), as far as it had learnt by then, with embeddings of a part of the records": lambda _: [
        Decided(FIRST, "abstract", name, "include", shown=replace(SHOWN, fingerprint=f"abcd{COVERAGE}{n}/9"))
        for n, name in enumerate(("R1", "R2"), start=4)
    ],
    "Conflicts on title and abstract were settled for 1 record by R1 and R2": lambda _: [
        Settled(FIRST, "abstract", "include", ("R1", "R2"))
    ],
    "A random sample of 1 of 9 records (seed 4) was drawn apart from the ranking, as its control; 1 of": lambda _: [
        SampleDrawn("abstract", "control", (FIRST,), 9, 4, "all", "R1")
    ],
    "A random sample of 1 of 9 records (seed 4) was screened to estimate": lambda review: [
        SampleDrawn("abstract", "audit", (FIRST,), 9, 4, "all", "R1"),
        *(Decided(FIRST, "abstract", name, "include") for name in review.state.protocol.screeners),
    ],
    "As a second look the 1 of 9 unread records most like a single relevant one in words were drawn; 1 of": lambda _: [
        SampleDrawn("abstract", "second look", (FIRST,), 9, 0, "undecided", "R1")
    ],
    "For 3 of the 3 decisions on title and abstract the record was offered in the order of the ranker"
    " hybrid 0.1.0 (C 0.1), as far as it had learnt by then, 1 without embeddings and 2 with embeddings": lambda _: [
        Decided(FIRST, "abstract", "R1", "include", shown=replace(SHOWN, fingerprint="")),
        *(Decided(FIRST, "abstract", name, "include", shown=SHOWN) for name in ("R2", "R3")),
    ],
    "the stopping rule quiet (a rule of thumb without a probability behind it, for a recall of 0.95) said that"
    " screening could stop, after 54 irrelevant records in a row, 20 of them by a second look": lambda _: [
        replace(LOOK, rule="quiet", evidence={"kind": "heuristic", "run": 54, "second_look": 20})
    ],
    "the stopping rule buscar (target recall 0.95, confidence 0.9) said that screening could stop": lambda _: [LOOK],
    "the stopping rule buscar (target recall 0.95, confidence 0.9) had no answer": lambda _: [
        LOOK,
        replace(LOOK, stop=None),
    ],
    "was closed on 2024-01-01 by R1 (enough), with 1 record not read to the end": lambda _: [
        StageClosed("abstract", "R1", "enough", "", (FIRST,))
    ],
    "Data were extracted by R1 and R2, independently and blind to each other: 1 field for 1 paper.": lambda _: [
        Extracted(FIRST, name, "extraction", {"aim": "a"}) for name in ("R1", "R2")
    ],
    "1 entry is what the program suggests for the field": lambda _: [
        Extracted(FIRST, "R1", "extraction", {"aim": "a"}, {"aim": "a"}, "the record")
    ],
    "Differences were settled for 1 paper by R1": lambda _: [
        Extracted(FIRST, "R1", "extraction", {"aim": "b"}),
        ExtractionSettled(FIRST, "extraction", {"aim": "a"}, ("R1",)),
    ],
    "Sub-topics were confirmed for 1 paper by R1.": lambda _: [TopicsConfirmed(FIRST, "R1", ("career",))],
    "For 1 of 3 answers a model had suggested them, 1 answer was given with its suggestions hidden"
    " (few-shot on abcd, in 2 states as answers taught it)": lambda _: [
        TopicsConfirmed(FIRST, "R1", ("career",)),
        TopicsConfirmed(FIRST, "R1", ("career",), {"career": 0.5}, "few-shot 12 on abcd"),
        TopicsConfirmed(FIRST, "R2", ("career",), {"career": 0.5}, "few-shot 34 on abcd", hidden=True),
    ],
    "For 1 of 1 answer a model had suggested them (zero-shot 12 on abcd)": lambda _: [
        TopicsConfirmed(FIRST, "R1", ("career",), {"career": 0.5}, "zero-shot 12 on abcd")
    ],
    "2 experts separately rated 1 item": lambda _: [
        PanelRated(name, "conduct:screening", "agree") for name in ("E1", "E2")
    ],
    "The review was updated from 2024-01-01 on (spring)": lambda _: [RoundBegun("spring", "R1", "", 3, 3)],
}


def paragraph(review, agreement=None, rankers=None):
    return " ".join(one.text for one in sentences(review.state, review.events, agreement or {}, rankers))


@pytest.mark.parametrize("words", WORDS)
def test_a_sentence_needs_its_events(review, words):
    """It is not there before them, it is after, and it names them."""
    review.read(1)
    settings = {"hybrid 0.1.0": "C 0.1"}
    assert words not in paragraph(review, None, settings)
    before = review.state.seq
    review.tell(*WORDS[words](review))
    told = sentences(review.state, review.events, {}, settings)
    (found,) = [one for one in told if words in one.text]
    assert max(found.events) > before


def test_of_an_empty_log_only_protocol_and_program_are_told(review):
    """Nothing was searched, screened or agreed on, so nothing says so."""
    told = sentences(review.state, review.events, {})
    assert [one.text.split(" on ")[0].split(" in ")[0] for one in told] == [
        "The protocol was set",
        "Every step was logged",
    ]
    assert [one.events for one in told] == [(1,), (1,)]


def test_every_number_of_the_paragraph_is_that_of_the_review(finished):
    """Searches, duplicates, screening, agreement, reasons; each sentence rests on events that exist."""
    said = paragraph(finished, AGREED)
    for words in (
        "Records were identified from databases: EBSCOhost (6 records); SpringerLink (4 records).",
        "Before screening 1 duplicate record was removed.",
        "R1 and R2 independently screened title and abstract of 9 records, each blind to the others.",
        "R1 and R2 agreed on 75.0% of 4 records (Cohen’s κ 0.50, 95 % CI −0.10 to 0.90).",
        "Conflicts on full text were settled for 1 record by R1 and R2.",
        "Of 4 reports assessed in full text 2 were included, and 2 reports excluded (wrong setting, n = 1,"
        " reason not settled, n = 1).",
        "Sub-topics were confirmed for 1 paper by R1.",
    ):
        assert words in said
    for one in sentences(finished.state, finished.events, AGREED):
        assert one.events and set(one.events) <= set(range(1, finished.state.seq + 1))


def test_records_removed_by_a_criterion_were_confirmed_by_a_person(review):
    """A flag that a person did not confirm removes nothing and is not told."""
    first, second = review.read(2)
    review.tell(FlagJudged(first, "date", "2010", False, "R1"))
    assert "flagged" not in paragraph(review)
    review.tell(FlagJudged(second, "date", "2010", True, "R1"))
    assert "1 record that the program had flagged against a criterion was removed" in paragraph(review)


def test_the_checklist_has_all_27_items(review):
    """Each of PRISMA 2020, in order, with an answer where the log has one and none where it is the authors'."""
    found = checklist.items(review.state, review.records, review.events, [])
    numbers = [one.number for one in found]
    assert list(dict.fromkeys(int(number.rstrip("abcdef")) for number in numbers)) == list(range(1, 28))
    assert len(numbers) == len(set(numbers)) == 42
    answers = {one.number: one.answer for one in found}
    assert "micro-credentials" in answers["1"] and "Included if" in answers["5"] and "15 fields" in answers["10a"]
    assert not any(answers[number] for number in ("2", "6", "7", "8", "9", "16b", "25", "26"))
    table = checklist.as_table(found)
    assert [line[-1] for line in table.rows if line[0] == "26"] == [checklist.AUTHORS]


def test_the_checklist_answers_from_the_sentences(finished):
    """Where was searched, how it was screened, and how many are left, as the paragraph has them."""
    told = sentences(finished.state, finished.events, {})
    answers = {
        one.number: one.answer for one in checklist.items(finished.state, finished.records, finished.events, told)
    }
    assert answers["6"].startswith("Records were identified from databases: EBSCOhost (6 records)")
    assert "independently screened title and abstract of 9 records" in answers["8"]
    assert answers["16a"].startswith("10 records identified, 9 screened, 4 reports assessed, 2 studies included")
    assert answers["16b"] == "2 reports excluded on full text, each with its reason, in the report."
    assert answers["13a"] == "Sub-topics were confirmed for 1 paper by R1."


def test_agreement_as_it_is_measured_can_be_told(finished):
    """What `summarise` answers is what the sentence reads."""
    rated = finished.state.ratings("abstract", finished.state.doubly_screened("abstract"))
    measured = {"abstract": {"stage": "abstract", **summarise(rated, maybe="include", seed=1).to_dict()}}
    assert "R1 and R2 agreed on 100.0% of 9 records" in paragraph(finished, measured)
