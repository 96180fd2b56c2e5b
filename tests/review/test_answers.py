"""What fields of forms hold: typed text, and what spreadsheets make of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asreview_mc.core.errors import DecisionError
from asreview_mc.core.protocol import ExtractionField
from asreview_mc.review import answers


def field(kind, *choices):
    return ExtractionField("f", "field", kind, choices)


DESIGN = field("single", "case study", "Mixed-Method")
FOCUS = field("multi", "barriers", "potential", "mechanisms")


@pytest.mark.parametrize(
    ("one", "text", "value"),
    [
        (field("text"), "  two\r\nlines  ", "two\nlines"),
        (field("list"), "first question?; second?", ["first question?", "second?"]),
        (field("number"), "2021", 2021),
        (field("number"), "2021.0", 2021),
        (field("number"), "2021.50", 2021.5),
        (field("number"), 7, 7),
        (field("date"), "2021-03-04T00:00:00", "2021-03-04"),
        (field("date"), "2021-03", "2021-03"),
        (field("date"), "13/04/2021", "2021-04-13"),
        (field("date"), "04/13/2021", "2021-04-13"),
        (field("date"), "3.3.2021", "2021-03-03"),
        (DESIGN, "mixed-method ", "Mixed-Method"),
        (FOCUS, "potential; Barriers;", ["barriers", "potential"]),
        (FOCUS, ["mechanisms"], ["mechanisms"]),
        (field("country"), "usa", "US"),
        (field("country"), "Türkiye", "TR"),
        (field("countries"), "Lithuania; GB; Tanzania", ["LT", "GB", "TZ"]),
        (field("country"), "Congo", "CG"),
        (field("number"), " ", None),
        (FOCUS, " ; ", None),
    ],
)
def test_text_becomes_a_value(one, text, value):
    found = answers.read(one, text)
    assert found == value
    assert type(found) is type(value)
    if value is not None:
        assert answers.read(one, answers.shown(found)) == found


@pytest.mark.parametrize(
    ("one", "text", "said"),
    [
        (field("number"), "1905-07-13", "perhaps of 2021"),
        (field("number"), "1,234", "comma"),
        (field("number"), "many", "no number"),
        (field("number"), "1e999", "no number"),
        (field("date"), "03/04/2021", "2021-03-04 or 2021-04-03"),
        (field("date"), "44259", "2021-03-04"),
        (field("date"), "2021-02-30", "no date"),
        (field("date"), "32/13/2021", "no day of the calendar"),
        (field("date"), "Mar-21", "no date"),
        (DESIGN, "case studies", "is 'case study' meant"),
        (FOCUS, "barriers; hopes", "'hopes' is not in the list"),
        (DESIGN, ["case study", "Mixed-Method"], "one value, not 2"),
        (field("country"), "Germani", "is Germany meant"),
        (field("country"), "Europe", "no country"),
    ],
)
def test_what_cannot_stand_is_refused_with_its_cause(one, text, said):
    with pytest.raises(DecisionError, match=said):
        answers.read(one, text)


@given(st.text(), st.sampled_from(["text", "list", "number", "date", "country", "countries"]))
def test_any_text_is_read_or_refused_and_what_is_read_stays(text, kind):
    try:
        found = answers.read(field(kind), text)
    except DecisionError:
        return
    if found is not None:
        assert answers.read(field(kind), answers.shown(found)) == found
        assert answers.problem(field(kind), found) == ""


def test_values_that_the_form_of_today_does_not_hold_are_marked():
    assert answers.problem(None, "x") == "no longer in the form"
    assert "not in the list" in answers.problem(DESIGN, "survey")
    assert answers.problem(field("multi", "case study"), "case study") == "of another kind than the form asks for now"
    assert answers.problem(DESIGN, "case study") == ""


def test_the_same_answer_is_one_whatever_its_spelling():
    assert answers.same("To find  out.", "to find out")
    assert answers.same(["a", "b"], ["b", "A"])
    assert not answers.same(["a"], ["a", "b"])
    assert not answers.same(2020, 2021)


def test_every_country_has_a_name_that_reads_as_itself():
    codes = sorted(set(answers._countries().values()))
    assert len(codes) == 250  # 249 of ISO 3166-1, and Kosovo's user-assigned code
    assert [answers.read(field("country"), answers.country_name(code)) for code in codes] == codes
