"""Laws 3 and 4: changing another's undisclosed decision changes nothing that one sees."""

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from asreview_mc.core.event import Decided, Shown
from asreview_mc.review.eligibility import eligibility
from asreview_mc.review.state import State
from asreview_mc.review.topics import tally, unconfirmed

STAGES = ("abstract", "fulltext")
PEOPLE = ("R1", "R2", "R3")
VIEWERS = ("R1", None, "stranger", "judge")


def seen(log, viewer):
    """Return everything that the state answers to a viewer."""
    state = State().feed(log)
    found = {
        "events": [(one.seq, one.at, one.event) for one in log if state.may_see(one, viewer)],
        "labels": state.labels(viewer),
        "eligibility": eligibility(state),
        "topics": (tally(state), unconfirmed(state)),
        "unique": list(state.unique()),
    }
    for stage in STAGES:
        done = state.doubly_screened(stage)
        found[stage, "flow"] = (list(state.eligible(stage)), done, state.conflicts(stage))
        found[stage, "ratings"] = state.ratings(stage, done), state.ratings(stage, state.unique())
        for name in (*PEOPLE, "stranger"):
            found[stage, name] = (state.queue(stage, name), state.decided_by(stage, name))
        for one in state.unique():
            found[stage, one] = (
                state.verdict(stage, one),
                state.visible(stage, one, viewer),
                state.settlement(stage, one),
                state.disclosed(stage, one),
            )
    return found


def hidden(log, viewer):
    """Positions of decisions on records that are not disclosed, made by others than the viewer."""
    state = State().feed(log)
    return [
        position
        for position, one in enumerate(log)
        if isinstance(one.event, Decided)
        and one.event.reviewer != viewer
        and state.disclosed(one.event.stage, state.kept(one.event.record_id)) is None
    ]


@pytest.mark.parametrize("viewer", VIEWERS)
def test_anothers_undisclosed_decision_changes_nothing_that_one_sees(logs, replaced, viewer):
    """Whatever happened before and after, in any order: decision, reason, note and what was shown stay hidden."""

    @settings(max_examples=80, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
    @given(st.data())
    def holds(data):
        log = data.draw(logs)
        places = hidden(log, viewer)
        assume(places)
        place = data.draw(st.sampled_from(places))
        old = log[place].event
        new = Decided(
            old.record_id,
            old.stage,
            old.reviewer,
            data.draw(st.sampled_from(["include", "exclude", "maybe"])),
            data.draw(st.sampled_from(["", "design", "setting"])),
            data.draw(st.sampled_from(["", "surely not"])),
            data.draw(st.none() | st.builds(Shown, st.just("ranked"), rank=st.integers(1, 9))),
        )
        assert seen(replaced(log, place, new), viewer) == seen(log, viewer)

    holds()


@pytest.mark.parametrize("viewer", VIEWERS)
def test_no_hidden_decision_is_among_what_one_sees(logs, viewer):
    """The direct form: neither the log nor the record shows one."""

    @settings(deadline=None)
    @given(logs)
    def holds(log):
        secret = {log[place].seq for place in hidden(log, viewer)}
        found = seen(log, viewer)
        assert not secret & {seq for seq, _, _ in found["events"]}
        shown = [one for stage in STAGES for record_id in found["unique"] for one in found[stage, record_id][1]]
        assert not secret & {one.seq for one in shown}

    holds()


@settings(deadline=None)
@given(st.data())
def test_disclosure_is_never_taken_back(logs, data):
    """What was seen was seen: a record once disclosed stays so, or ratings would count seen decisions as blind."""
    log = data.draw(logs)
    before = State().feed(log[: data.draw(st.integers(0, len(log)))])
    after = State().feed(log)
    for stage in STAGES:
        for one in before.unique():
            if before.disclosed(stage, one) is not None:
                assert after.disclosed(stage, after.kept(one)) is not None


@settings(deadline=None)
@given(st.data())
def test_what_stands_can_be_seen(logs, data):
    """The other side of blindness: an outcome is shown to nobody without the decisions behind it."""
    state = State().feed(data.draw(logs))
    for stage in STAGES:
        for one in state.unique():
            if state.verdict(stage, one).outcome != "pending":
                assert state.disclosed(stage, one) is not None


def test_one_sees_ones_own_and_after_disclosure_everything(story):
    """Before the second decision: only one's own, and nothing for nobody; after it: both, for everybody."""
    story.decide(1, "R1", "include", note="a note")
    state = story.state
    assert [one.note for one in state.visible("abstract", "r000001", "R1")] == ["a note"]
    for viewer in ("R2", "R3", "judge", None):
        assert state.visible("abstract", "r000001", viewer) == []
        assert not state.may_see(story.log[-1], viewer)
    assert state.may_see(story.log[-1], "R1")
    story.decide(1, "R2", "exclude")
    state = story.state
    for viewer in ("R1", "R2", "R3", "judge", None):
        assert [one.reviewer for one in state.visible("abstract", "r000001", viewer)] == ["R1", "R2"]
        assert all(state.may_see(one, viewer) for one in story.log)


def test_an_undo_is_as_hidden_as_what_it_undoes(story):
    """That somebody had second thoughts gives them away too."""
    seq = story.decide(1, "R1", "include")
    story.undo(1, "R1", seq)
    assert [story.state.may_see(one, "R2") for one in story.log[-2:]] == [False, False]
    assert [story.state.may_see(one, "R1") for one in story.log[-2:]] == [True, True]


def test_stages_are_disclosed_apart(story):
    """A disclosed abstract discloses no full text."""
    story.both(1, "include", "include")
    story.decide(1, "R1", "exclude", "fulltext", "type")
    assert story.state.visible("fulltext", "r000001", "R2") == []
    assert not story.state.may_see(story.log[-1], "R2")
