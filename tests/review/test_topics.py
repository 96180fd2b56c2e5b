"""Law 5: suggested is not confirmed; only confirmations count, and only those of included records."""

from asreview_mc.core.event import TopicsConfirmed
from asreview_mc.review.topics import confirmed, tally, unconfirmed


def included(story, *numbers):
    for number in numbers:
        story.both(number, "include", "include")
        story.both(number, "include", "include", "fulltext")


def test_only_what_was_confirmed_counts(story):
    """A suggestion of .99 that the reviewer did not confirm is not counted."""
    included(story, 1)
    story.tell(TopicsConfirmed("r000001", "R1", ("career",), {"jobs": 0.99, "career": 0.1}, "model"))
    assert tally(story.state) == {"career": ("r000001",), "jobs": ()}
    assert confirmed(story.state, "r000001").codes == ("career",)


def test_every_sub_topic_is_there_in_the_protocols_order(story):
    """A sub-topic without papers is a finding too."""
    assert list(tally(story.state)) == ["career", "jobs"]
    assert tally(story.state) == {"career": (), "jobs": ()}


def test_the_last_confirmation_stands(story):
    """Confirming again replaces, also with nothing: none of the sub-topics is an answer."""
    included(story, 1, 2)
    story.confirm(1, "career", "jobs")
    story.confirm(1, "jobs")
    story.confirm(2, "career")
    story.confirm(2)
    assert tally(story.state) == {"career": (), "jobs": ("r000001",)}
    assert confirmed(story.state, "r000002").codes == ()
    assert unconfirmed(story.state) == ()


def test_only_included_records_are_counted_and_waited_for(story):
    """A confirmation on a record that is later excluded counts no more, and counts again if it comes back."""
    included(story, 1, 2)
    story.both(3, "include", "include")
    story.confirm(1, "career")
    story.confirm(3, "career")
    assert tally(story.state)["career"] == ("r000001",)
    assert unconfirmed(story.state) == ("r000002",)
    story.decide(1, "R1", "exclude", "fulltext", "type")
    assert tally(story.state)["career"] == ()
    story.settle(1, "include", "fulltext")
    assert tally(story.state)["career"] == ("r000001",)


def test_asking_leaves_no_trace(story):
    """Records without confirmations stay without, however often one asks."""
    included(story, 1)
    state = story.state
    assert confirmed(state, "r000001") is None
    assert unconfirmed(state) == ("r000001",)
    assert dict(state.topics) == {}


def test_a_merge_carries_confirmations_over_and_the_later_one_stands(story):
    """By place in the log, whichever copy it was made on."""
    story.confirm(2, "career")
    story.confirm(1, "jobs")
    story.merge(2, into=1)
    included(story, 1)
    assert tally(story.state) == {"career": (), "jobs": ("r000001",)}


def test_a_code_that_the_protocol_no_longer_has_is_still_counted(story):
    """An amended protocol takes no paper out of the table in silence."""
    included(story, 1)
    story.confirm(1, "older")
    assert tally(story.state)["older"] == ("r000001",)
