"""Full texts and what became of them; the sums close."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from asreview_mc.review.eligibility import RETRIEVAL, eligibility
from asreview_mc.review.state import State


@pytest.fixture
def assessed(story):
    """Nine full texts: two included, four excluded, one of them for an open reason, one not to be had, two pending."""
    for number in range(1, 10):
        story.both(number, "include", "include")
    story.both(10, "exclude", "exclude")
    story.both(1, "include", "include", "fulltext")
    story.both(2, "include", "exclude", "fulltext", ("", "type"))
    story.settle(2, "include", "fulltext")
    story.both(3, "exclude", "exclude", "fulltext", ("design", "design"))
    story.both(4, "exclude", "exclude", "fulltext", ("type", "type"))
    story.both(5, "exclude", "exclude", "fulltext", ("type", "design"))
    story.settle(5, "exclude", "fulltext", "type")
    story.both(6, "exclude", "exclude", "fulltext", ("type", "design"))
    story.retrieve(7, "not-retrieved")
    story.decide(8, "R1", "include", "fulltext")
    story.both(9, "include", "maybe", "fulltext")
    return story


def test_each_report_is_where_its_fate_puts_it(assessed):
    """Included, excluded by reason in the protocol's order, reason still open under "", not retrieved, pending."""
    found = eligibility(assessed.state)
    assert found.sought == tuple(f"r{k:06d}" for k in range(1, 10))
    assert found.included == ("r000001", "r000002")
    assert found.excluded == {"design": ("r000003",), "type": ("r000004", "r000005"), "": ("r000006",)}
    assert list(found.excluded) == ["design", "type", ""]
    assert found.not_retrieved == ("r000007",)
    assert found.pending == ("r000008", "r000009")
    assert found.assessed == tuple(f"r{k:06d}" for k in range(1, 7))


def test_a_part_of_the_records_can_be_asked_about(assessed):
    """PRISMA's two arms are counted apart."""
    found = eligibility(assessed.state, ["r000001", "r000003", "r000010"])
    assert (found.sought, found.included) == (("r000001", "r000003"), ("r000001",))
    assert found.excluded == {"design": ("r000003",)}


def test_an_assessed_report_was_retrieved_whatever_the_note_says(assessed):
    """A decision on the full text weighs more than a note that it could not be had."""
    assessed.retrieve(1, "not-retrieved")
    assessed.retrieve(3, "not-retrieved")
    found = eligibility(assessed.state)
    assert found.not_retrieved == ("r000007",)
    assert "r000001" in found.included


def test_the_last_note_on_retrieval_holds(story):
    """Sought until something was noted, then what was noted last."""
    assert story.state.retrieval_status("r000001") == "sought"
    for status in (*RETRIEVAL, "retrieved"):
        story.retrieve(1, status)
        assert story.state.retrieval_status("r000001") == status


@settings(deadline=None)
@given(st.data())
def test_the_sums_close_whatever_happens(logs, data):
    """sought = not retrieved + assessed + pending; assessed = included + excluded; nobody is in two places."""
    state = State().feed(data.draw(logs))
    found = eligibility(state)
    placed = [
        *found.not_retrieved,
        *found.pending,
        *found.included,
        *(x for ids in found.excluded.values() for x in ids),
    ]
    assert sorted(placed) == list(found.sought)
    assert sorted(found.assessed) == sorted(set(placed) - {*found.not_retrieved, *found.pending})
    assert set(found.sought) <= set(state.unique())
    assert all(found.excluded.values())
