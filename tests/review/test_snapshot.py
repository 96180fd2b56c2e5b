"""A state that was written and read again is the state that the log gives."""

import json
from dataclasses import fields, is_dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from asreview_mc.core.event import (
    Amended,
    Assigned,
    Calibrated,
    Event,
    Extracted,
    ExtractionSettled,
    FlagJudged,
    Frozen,
    JudgedDifferent,
    SampleDrawn,
    Split,
    StageClosed,
    Tagged,
    Unblinded,
)
from asreview_mc.review import snapshot
from asreview_mc.review.forms import Forms
from asreview_mc.review.sheet import Sheet
from asreview_mc.review.state import State


def laid_open(thing):
    """Return all that a value consists of, types included, in a form that compares."""
    if isinstance(thing, (State, Forms)):
        return {name: laid_open(value) for name, value in vars(thing).items()}
    if isinstance(thing, Sheet):
        return [(name, laid_open(getattr(thing, name))) for name in Sheet.__slots__]
    if isinstance(thing, dict):
        kept = [(key, value) for key, value in thing.items() if value or type(thing) is dict]
        return type(thing).__name__, [(key, laid_open(value)) for key, value in kept]
    if type(thing) in (list, tuple):
        return type(thing).__name__, [laid_open(value) for value in thing]
    if is_dataclass(thing) and not isinstance(thing, (type, Event)):
        return type(thing).__name__, [laid_open(getattr(thing, item.name)) for item in fields(thing)]
    return thing


@pytest.fixture
def everything(story):
    """A log with something in each attribute of a state."""
    story.read(5, "B")
    story.both(1, "include", "exclude")
    first = story.decide(2, "R1", "exclude", note='a "note"\nof two lines')
    story.undo(2, "R1", first)
    story.decide(3, "R2", "maybe")
    story.decide(3, "R2", "exclude")
    story.settle(1, "include")
    merge = story.merge(12, 13)
    story.merge(5, 1)
    story.merge(3, 2)
    story.retrieve(1, "retrieved")
    story.confirm(1, "career")
    story.measure()
    for event in (
        Calibrated("abstract", ("r000006", "r000007"), 0, by="R1"),
        Assigned("abstract", "R1", ("r000008",), by="R2"),
        Tagged("r000001", "R1", "odd"),
        Unblinded("R1", "for the test", sees=("judge",)),
        Amended("r000004", {"title": "Another"}, by="R1", reason="a typing error"),
        FlagJudged("r000009", "language", "in Finnish", fails=True, by="R1"),
        JudgedDifferent("r000001", "r000002", by="R1"),
        Extracted("r000001", "R1", "data", {"n": 3, "where": ["a", "b"]}),
        Extracted("r000001", "R2", "data", {"n": 4, "where": ["a", "b"]}),
        ExtractionSettled("r000001", "data", {"n": 4}, by=("R1", "R2")),
        SampleDrawn("abstract", "s90", ("r000010",), 3, 1, "unread", by="R1"),
        StageClosed("abstract", by="R1", reason="done"),
        Frozen(("r000001",), by="R1", reason="done"),
        Split("r000012", merge, by="R1"),
    ):
        story.tell(event)
    return story.log


def test_every_attribute_comes_back(everything):
    taken_back = {one.event.undoes for one in everything if isinstance(one.event, Split)}
    state = State(taken_back).feed(everything)
    empty = {name for name, value in vars(state).items() if not value} - {"copy", "_elsewhere"}
    assert not empty, "the log of this test is to fill them"
    assert laid_open(snapshot.loads(snapshot.dumps(state))) == laid_open(state)


def test_a_state_that_came_back_takes_in_what_follows(everything):
    """The dictionaries that make what is missing still do, at every depth."""
    taken_back = {one.event.undoes for one in everything if isinstance(one.event, Split)}
    for place in range(0, len(everything), 3):
        early = snapshot.loads(snapshot.dumps(State(taken_back).feed(everything[:place])))
        assert laid_open(early.feed(everything[place:])) == laid_open(State(taken_back).feed(everything))


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_snapshot_and_tail_equal_the_whole_log(logs, data):
    log = data.draw(logs)
    place = data.draw(st.integers(0, len(log)))
    left = snapshot.dumps(State().feed(log[:place]))
    assert laid_open(snapshot.loads(left).feed(log[place:])) == laid_open(State().feed(log))
    assert snapshot.dumps(snapshot.loads(left)) == left


def test_nothing_is_made_by_a_name_in_the_text(everything):
    text = snapshot.dumps(State().feed(everything[:10]))
    whole = json.loads(text)
    whole["said"]["topics"] = ["Path", ["/"]]
    with pytest.raises(LookupError):
        snapshot.loads(json.dumps(whole))
    whole["said"]["topics"], whole["said"]["__class__"] = {}, {}
    with pytest.raises(LookupError):
        snapshot.loads(json.dumps(whole))


def test_what_no_state_is_known_to_hold_is_not_written(story):
    state = story.state
    state.noted[Tagged] = [object()]
    with pytest.raises(TypeError, match="object"):
        snapshot.dumps(state)
