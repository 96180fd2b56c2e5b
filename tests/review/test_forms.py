"""Forms filled in by two: blind until both are in, then agreed, in conflict or settled."""

from asreview_mc.core.event import Extracted, ExtractionSettled, Unblinded
from asreview_mc.core.protocol import ExtractionField
from asreview_mc.review.form_agreement import field_agreement
from asreview_mc.review.forms import ratings, values


def fill(story, number, reviewer, **given):
    return story.tell(Extracted(f"r{number:06d}", reviewer, "extraction", given))


def settle(story, number, **given):
    return story.tell(ExtractionSettled(f"r{number:06d}", "extraction", given, ("R1", "R2")))


def cell(story, number=1, code="design"):
    return story.state.forms.cells("extraction", f"r{number:06d}")[code]


def seen(story, viewer, code="design"):
    return story.state.answers(cell(story, code=code), viewer)


def test_a_field_is_pending_then_agreed_or_in_conflict(story):
    fill(story, 1, "R1", design="survey", aim="x")
    assert cell(story).stands(2).status == "pending"
    fill(story, 1, "R2", design="Survey ", aim="y")
    assert (cell(story).stands(2).status, cell(story).stands(2).value) == ("agreed", "survey")
    assert cell(story, code="aim").stands(2).status == "conflict"


def test_nobody_sees_another_answer_before_their_own_is_in(story):
    fill(story, 1, "R1", design="survey")
    fill(story, 1, "R2", aim="to know")
    assert [given.reviewer for given in seen(story, "R1")] == ["R1"]
    assert seen(story, "R2") == seen(story, None) == []
    fill(story, 1, "R2", design="trial")
    assert len(seen(story, None)) == 2
    assert seen(story, "R1", code="aim") == []


def test_who_is_unblinded_sees_every_answer_until_blind_again(story):
    seq = fill(story, 1, "R1", design="survey")
    story.tell(Unblinded("boss", "an audit", ("judge",)))
    assert [given.value for given in seen(story, "judge")] == ["survey"]
    assert story.state.may_see(story.log[seq - 1], "judge")
    assert seen(story, "R2") == []
    story.tell(Unblinded("boss", "done", ("judge",), ended=True))
    assert seen(story, "judge") == [] and not story.state.may_see(story.log[seq - 1], "judge")


def test_an_answer_given_with_the_others_before_ones_eyes_is_not_blind(story):
    """While somebody sees all, and later where the other answer was there by then; not where it came after."""
    fields = [ExtractionField("design", "Design", "single", choices=("survey", "trial"))]

    def compared():
        (field,) = field_agreement(fields, story.state.forms.of("extraction"), ["r000001", "r000002", "r000003"])
        return [pair["n"] for pair in field["pairs"]]

    fill(story, 1, "R1", design="survey")
    story.tell(Unblinded("boss", "an audit", ("R2",)))
    fill(story, 2, "R2", design="survey")
    fill(story, 2, "R1", design="survey")
    story.tell(Unblinded("boss", "done", ("R2",), ended=True))
    fill(story, 1, "R2", design="survey")
    assert compared() == []
    fill(story, 3, "R1", design="survey")
    fill(story, 3, "R2", design="survey")
    assert compared() == [1]


def test_the_log_hides_an_extraction_until_all_its_fields_are_open(story):
    seq = fill(story, 1, "R1", design="survey", aim="x")
    fill(story, 1, "R2", design="survey")
    assert not story.state.may_see(story.log[seq - 1], "R2")
    assert story.state.may_see(story.log[seq - 1], "R1")
    fill(story, 1, "R2", aim="x")
    assert story.state.may_see(story.log[seq - 1], "R2")
    assert story.state.may_see(story.log[seq - 1], None)


def test_an_answer_taken_back_and_given_anew_is_hidden_again(story):
    fill(story, 1, "R1", design="survey")
    fill(story, 1, "R2", design="trial")
    fill(story, 1, "R1", design=None)
    fill(story, 1, "R2", design=None)
    fill(story, 1, "R1", design="case")
    assert cell(story).stands(2).status == "pending"
    assert seen(story, "R2") == []


def test_a_settlement_stands_until_somebody_says_otherwise(story):
    fill(story, 1, "R1", design="survey")
    settle(story, 1, design="trial")
    fill(story, 1, "R2", design="trial")
    assert cell(story).stands(2).status == "conflict"  # a settlement before there was a difference is none
    settle(story, 1, design="trial")
    assert cell(story).stands(2).value == "trial"
    fill(story, 1, "R1", design="trial")
    assert cell(story).stands(2).status == "settled"
    fill(story, 1, "R1", design="case")
    assert cell(story).stands(2).status == "conflict"


def test_agreement_counts_first_blind_answers_only(story):
    fill(story, 1, "R1", design="survey", topics=["a"])
    fill(story, 1, "R2", design="trial", topics=["a", "b"])
    fill(story, 1, "R2", design="survey")  # changed after R1's could be seen
    fill(story, 2, "R1", design="trial", topics=["b"])
    fill(story, 2, "R2", design="trial", topics=["b"])
    fill(story, 3, "R1", design="survey")
    fields = [
        ExtractionField("design", "design", "single", ("survey", "trial")),
        ExtractionField("topics", "topics", "multi", ("a", "b")),
        ExtractionField("notes", "notes", "text", personal=True),
    ]
    design, topics = field_agreement(fields, story.state.forms.of("extraction"), ["r000001", "r000002", "r000003"])
    (pair,) = design["pairs"]
    assert (pair["n"], pair["same"], pair["percent_agreement"]["value"]) == (2, 1, 0.5)
    assert pair["cohen_kappa"]["value"] == 0.0  # R1: survey, trial; R2: trial, trial
    assert topics["pairs"][0]["same"] == 1
    assert [one["choice"] for one in topics["pairs"][0]["choices"]] == ["a", "b"]
    assert topics["pairs"][0]["choices"][0]["cohen_kappa"]["value"] == 1.0
    assert ratings(story.state.forms.of("extraction"), "design", ["r000003"]) == {}


def test_what_was_said_of_a_duplicate_lives_on(story):
    fill(story, 1, "R1", design="survey")
    fill(story, 2, "R2", design="trial")
    story.merge(2, 1)
    assert cell(story).stands(2).status == "conflict"
    fill(story, 2, "R2", design="survey")
    assert cell(story).stands(2).value == "survey"


def test_only_what_stands_is_a_value(story):
    fill(story, 1, "R1", design="survey", notes="mine")
    fill(story, 1, "R2", design="survey", notes="mine")
    fill(story, 2, "R1", design="survey")
    fields = [ExtractionField("design", "", "single"), ExtractionField("notes", "", "text", personal=True)]
    found = values(story.state.forms.of("extraction"), fields, ["r000001", "r000002"], 2)
    assert found == {"design": {"r000001": "survey"}, "notes": {}}
    assert values(story.state.forms.of("extraction"), fields, ["r000002"], 1)["design"] == {"r000002": "survey"}


def test_a_suggestion_taken_over_is_known_as_one(story):
    story.tell(
        Extracted("r000001", "R1", "extraction", {"design": "survey", "aim": "a"}, {"design": "survey", "aim": "b"})
    )
    cells = story.state.forms.cells("extraction", "r000001")
    assert [cells[code].given["R1"].suggested for code in ("design", "aim")] == [True, False]
