"""Each kind of event is open, or hidden from the blind until all who must have answered: none is forgotten."""

import dataclasses

import pytest

from asreview_mc.core.event import (
    EVENTS,
    AgreementMeasured,
    Amended,
    Assigned,
    Calibrated,
    CheckedOut,
    CopyBegun,
    CopyMerged,
    Decided,
    Discussed,
    Extracted,
    ExtractionSettled,
    FlagJudged,
    Frozen,
    JudgedDifferent,
    Linked,
    Logged,
    Merged,
    NarrativeWritten,
    PanelRated,
    ProtocolSet,
    ReferencesRead,
    Retrieval,
    RoundBegun,
    SampleDrawn,
    Settled,
    Split,
    StageClosed,
    StageReopened,
    StopLooked,
    Tagged,
    TopicsConfirmed,
    TopicsSettled,
    Unblinded,
    Undone,
    Withheld,
)
from asreview_mc.review.team import OWN_WORK

ONE = "r000001"

OPEN = {
    ProtocolSet: "what holds for all",
    ReferencesRead: "gathering is done in the open",
    Merged: "gathering is done in the open",
    Split: "gathering is done in the open",
    JudgedDifferent: "gathering is done in the open",
    Amended: "a correction of the record",
    FlagJudged: "takes a record out before screening, for all",
    Linked: "which reports are of one study",
    RoundBegun: "what holds for all",
    Settled: "of what is disclosed",
    TopicsSettled: "of what is disclosed",
    ExtractionSettled: "of what is disclosed",
    Retrieval: "whether a full text was had",
    AgreementMeasured: "of full batches and whole rounds alone",
    StopLooked: "rests on what was read to the end",
    StageClosed: "what holds for all",
    StageReopened: "what holds for all",
    Frozen: "what holds for all",
    Assigned: "who reads what",
    Calibrated: "who reads what",
    Unblinded: "who sees what",
    CheckedOut: "that a copy left",
    CopyMerged: "that a copy came home",
    CopyBegun: "what stood when a copy left",
    Withheld: "says nothing",
    NarrativeWritten: "the text of the review",
}
"""Kinds that give away nobody's pending answer, and why not."""


EXPERTS = "".join(f'[[reviewers]]\nname = "{name}"\nrole = "expert"\n' for name in ("X1", "X2"))
"""Added to the team of the story."""


def screened(story, *events):
    """What came before all screened the record is told once they have."""
    seq = [story.tell(event) for event in events][-1]
    yield seq
    story.both(1, "include", "include")


def answered(story, make, first="R2", then="R1"):
    """It is told once the other answers as well."""
    yield story.tell(make(first))
    story.tell(make(then))


def decided_elsewhere(story, make, stage):
    """At full text: the decisions on the title tell nothing of it."""
    story.both(1, "include", "include")
    yield story.tell(make("R2", stage))
    story.both(1, "include", "include", stage)


HIDDEN = (
    (Decided, lambda story: answered(story, lambda name: Decided(ONE, "abstract", name, "include"))),
    (Decided, lambda story: decided_elsewhere(story, lambda name, at: Decided(ONE, at, name, "include"), "fulltext")),
    (Undone, lambda story: screened(story, Decided(ONE, "abstract", "R2", "include"), undo(story))),
    (Discussed, lambda story: screened(story, Discussed(ONE, "abstract", "R2", "surely in"))),
    (Discussed, lambda story: decided_elsewhere(story, lambda name, at: Discussed(ONE, at, name, "?"), "fulltext")),
    (Tagged, lambda story: screened(story, Tagged(ONE, "R2", "odd"))),
    (Tagged, lambda story: decided_elsewhere(story, lambda name, at: Tagged(ONE, name, "odd"), "fulltext")),
    (TopicsConfirmed, lambda story: answered(story, lambda name: TopicsConfirmed(ONE, name, ("jobs",)))),
    (Extracted, lambda story: answered(story, lambda name: Extracted(ONE, name, "extraction", {"aim": "x"}))),
    (Extracted, lambda story: answered(story, lambda name: Extracted(ONE, name, "mmat", {"q1": "yes"}))),
    (PanelRated, lambda story: answered(story, lambda name: PanelRated(name, "finding:gaps", "agree"), "X2", "X1")),
    (SampleDrawn, lambda story: screened(story, SampleDrawn("abstract", "audit", (ONE,), 9, 1, "undecided", "R2"))),
)
"""Kinds that would give away an answer still pending, each with what ends that."""


def undo(story):
    """Take back the event to come."""
    return Undone(ONE, "abstract", "R2", len(story.log) + 1)


def test_every_kind_takes_a_side():
    """A new kind of event belongs in one of the two lists, and in `State.may_see` where it is to be hidden."""
    hidden = {kind for kind, _ in HIDDEN}
    assert set(OPEN) | hidden == set(EVENTS.values())
    assert not set(OPEN) & hidden
    assert hidden == {*OWN_WORK, SampleDrawn}


@pytest.mark.parametrize("kind", OPEN, ids=lambda kind: kind.kind)
def test_what_is_open_is_told_to_all(story, kind):
    empty = {"str": "", "int": 0, "bool": False, "Stage": "abstract", "float": 0.0}
    needed = {
        item.name: empty.get(item.type, ())
        for item in dataclasses.fields(kind)
        if item.default is dataclasses.MISSING and item.default_factory is dataclasses.MISSING
    }
    one = Logged(99, "", kind(**needed), "")
    assert all(story.state.may_see(one, viewer) for viewer in ("R1", "R3", "judge", "boss", None))


@pytest.mark.parametrize(("kind", "tell"), HIDDEN, ids=lambda one: getattr(one, "kind", ""))
def test_what_is_hidden_is_told_when_all_have_answered(story, kind, tell):
    """Until then to nobody else but those unblinded, named or not, on the team or not."""
    text = story.log[0].event
    story.tell(dataclasses.replace(text, text=text.text + EXPERTS + "[topics]\ncoders = 2\n"))
    going_on = tell(story)
    seq = next(going_on)
    assert type(story.log[seq - 1].event) is kind
    (author,) = story.log[seq - 1].event.actors

    def readers():
        state, people = story.state, ("R1", "R2", "R3", "judge", "X1", "X2", "boss", None)
        return {viewer for viewer in people if state.may_see(story.log[seq - 1], viewer)}

    assert readers() == {author}
    story.tell(Unblinded("boss", "an audit", ("R3",)))
    assert readers() == {author, "R3"}
    story.tell(Unblinded("boss", "done", ("R3",), ended=True))
    assert list(going_on) == []
    assert readers() == {"R1", "R2", "R3", "judge", "X1", "X2", "boss", None}
