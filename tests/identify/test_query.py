"""A search query shown as it is read: what the brackets would be, and where two databases would differ."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asreview_mc.identify.query import read


@pytest.mark.parametrize(
    ("query", "read_as", "left_to_right"),
    [
        ("badge*", "badge*", "badge*"),
        ("higher education", "higher education", "higher education"),
        ("a OR b OR c", "a OR b OR c", "a OR b OR c"),
        ("a AND (b OR c)", "a AND (b OR c)", "a AND (b OR c)"),
        ("a OR b AND c", "a OR (b AND c)", "(a OR b) AND c"),
        ("a and b or c", "(a AND b) OR c", "(a AND b) OR c"),
        ('"digital badge" or x AND NOT y', '"digital badge" OR (x NOT y)', '("digital badge" OR x) NOT y'),
        ("(a)", "a", "a"),
        ("NOT a AND b", "NOT a AND b", "NOT a AND b"),
        ("TITLE-ABS-KEY(a OR b AND c)", "TITLE-ABS-KEY(a OR (b AND c))", "TITLE-ABS-KEY((a OR b) AND c)"),
        ("ti=(a or b) and c", "ti=(a OR b) AND c", "ti=(a OR b) AND c"),
        ("a AND(b OR c)", "a AND (b OR c)", "a AND (b OR c)"),
    ],
)
def test_brackets_that_are_not_there_are_shown(query, read_as, left_to_right):
    """NOT before AND before OR; and, beside it, strictly from left to right."""
    found = read(query)
    assert (found.read_as, found.left_to_right) == (read_as, left_to_right)
    assert found.ambiguous == (read_as != left_to_right)


def test_the_model_reviews_query_is_ambiguous():
    """AND binds tighter than OR, so that the query asks for all of universities and colleges."""
    found = read("micro-credential* or microcredential AND higher education or university or college")
    assert found.read_as == "micro-credential* OR (microcredential AND higher education) OR university OR college"
    assert (
        found.left_to_right == "((micro-credential* OR microcredential) AND higher education) OR university OR college"
    )
    assert found.ambiguous
    assert found.wildcards == ("micro-credential*",)


@pytest.mark.parametrize(
    "query", ["", "   ", "(" * 5000 + "a" + ")" * 5000, "AND", "a AND", "OR b", "(a OR b", "a)", "()", "a (b)"]
)
def test_what_is_no_query_is_said_to_be_none(query):
    """Neither guessed at nor an exception."""
    assert read(query) is None


@given(st.text(alphabet='ab*"() ANDORT', max_size=40))
def test_any_text_is_read_or_refused_and_a_reading_reads_as_itself(query):
    """Brackets make it unambiguous."""
    found = read(query)
    if found:
        again = read(found.read_as)
        assert again is not None
        assert again.read_as.replace("(", "").replace(")", "") == found.read_as.replace("(", "").replace(")", "")
