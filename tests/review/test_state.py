"""What stands in a review: merges, undo, queues, labels, ratings, and where records came from."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from asreview_mc.core.errors import LogError, UnknownError
from asreview_mc.core.event import Merged, ProtocolSet, ReferencesRead
from asreview_mc.review.consensus import Verdict
from asreview_mc.review.state import Label, State

STAGES = ("abstract", "fulltext")
PEOPLE = ("R1", "R2", "R3")


def labels(state, viewer):
    return {label.record_id: (label.y, label.weight) for label in state.labels(viewer)}


# -- feeding ------------------------------------------------------------------------------------------------------


def test_a_gap_in_the_log_is_said_to_the_user(story):
    """State is fed every event, in order, once."""
    story.decide(1, "R1", "include")
    state = State().feed(story.log[:1])
    with pytest.raises(LogError, match="event 2 is missing"):
        state.feed(story.log[:1])
    with pytest.raises(LogError, match="event 2 is missing"):
        state.feed(story.log[2:])


def test_before_the_first_event_there_is_nothing():
    """An empty log has an empty state that answers."""
    state = State()
    assert list(state.unique()) == state.conflicts("abstract") == state.labels("R1") == []
    assert state.verdict("abstract", "r000001") == Verdict("pending")
    assert state.visible("abstract", "r000001", "R1") == []
    assert state.settlement("abstract", "r000001") is None
    assert state.disclosed("abstract", "r000001") is None


@settings(deadline=None)
@given(st.data())
def test_feeding_in_steps_equals_feeding_at_once(logs, data):
    """The state is a function of the log, however it was taken in."""
    log = data.draw(logs)
    cut = data.draw(st.integers(0, len(log)))
    state = State().feed(log[:cut])
    everything(state)  # asking in between changes nothing
    assert everything(state.feed(log[cut:])) == everything(State().feed(log))


@settings(deadline=None)
@given(st.data())
def test_a_selection_of_the_log_answers_for_its_records(logs, data):
    """`feed_some` with protocols, readings, merges and one family's events answers for it as the whole log does."""
    log = data.draw(logs)
    whole = State().feed(log)
    kept = data.draw(st.sampled_from(list(whole.unique())))
    family = {kept, *whole.members(kept)}
    some = State().feed_some(
        one for one in log if one.event.about in family or isinstance(one.event, (ProtocolSet, ReferencesRead, Merged))
    )
    for stage in STAGES:
        assert some.verdict(stage, kept) == whole.verdict(stage, kept)
        assert some.settlement(stage, kept) == whole.settlement(stage, kept)
        assert some.disclosed(stage, kept) == whole.disclosed(stage, kept)
        assert some.ratings(stage, [kept]) == whole.ratings(stage, [kept])
        for viewer in (*PEOPLE, None):
            assert some.visible(stage, kept, viewer) == whole.visible(stage, kept, viewer)
    assert some.readings_of(kept) == whole.readings_of(kept)
    assert some.retrievals.get(kept) == whole.retrievals.get(kept)
    assert some.topics.get(kept) == whole.topics.get(kept)


def everything(state):
    found = {"seq": state.seq, "unique": list(state.unique()), "merges": dict(state.merges), "n": state.n_records}
    found["readings"] = {one: state.readings_of(one) for one in state.unique()}
    found["retrievals"], found["topics"] = dict(state.retrievals), {k: list(v) for k, v in state.topics.items() if v}
    for stage in STAGES:
        found[stage, "conflicts"], found[stage, "done"] = state.conflicts(stage), state.doubly_screened(stage)
        found[stage, "ratings"] = state.ratings(stage, state.unique())
        for one in found["unique"]:
            found[stage, one] = (state.verdict(stage, one), state.settlement(stage, one), state.disclosed(stage, one))
            found[stage, one, "visible"] = [state.visible(stage, one, viewer) for viewer in (*PEOPLE, None)]
        for name in PEOPLE:
            found[stage, name] = (state.queue(stage, name), state.decided_by(stage, name))
    found["labels"] = [state.labels(viewer) for viewer in (*PEOPLE, None)]
    return found


# -- records and merges -------------------------------------------------------------------------------------------


def test_records_know_where_they_came_from(story):
    """The reading behind each record, an empty one in between, and the sources of a record and its duplicates."""
    story.read(0, "E")
    story.read(3, "B")
    story.read(2, "A")
    story.merge(11, into=2)
    story.merge(14, into=11)
    state = story.state
    assert state.n_records == 15
    assert [state.reading_of(f"r{k:06d}").source for k in (1, 10, 11, 13, 14, 15)] == ["A", "A", "B", "B", "A", "A"]
    assert [reading.source for reading in state.readings_of("r000002")] == ["A", "B", "A"]
    assert state.sources_of("r000002") == ["A", "B"]
    assert state.sources_of("r000012") == ["B"]
    assert state.members("r000002") == ["r000011", "r000014"]
    assert state.kept("r000014") == "r000002"
    assert "r000011" not in list(state.unique()) and len(list(state.unique())) == 13


@pytest.mark.parametrize("name", ["r000011", "r000000", "r11", "11", "", "R000001", "r-00001", "r00001²", "r0000001"])
def test_only_ids_that_were_given_are_known(story, name):
    """An id is known as it is written, and asking for another is an error in one line."""
    assert story.state.knows("r000001") and story.state.knows("r000010")
    assert not story.state.knows(name)
    with pytest.raises(UnknownError, match="no record"):
        story.state.reading_of(name)


def test_a_merge_carries_decisions_over(story):
    """Two who decided on different copies have both decided on the record."""
    story.decide(1, "R1", "include")
    story.decide(2, "R2", "include")
    merged = story.merge(2, into=1)
    state = story.state
    assert state.verdict("abstract", "r000001").outcome == "include"
    assert state.disclosed("abstract", "r000001") == merged
    assert [one.record_id for one in state.visible("abstract", "r000001", "R3")] == ["r000001", "r000002"]
    assert state.ratings("abstract", ["r000001"]) == {
        "R1": {"r000001": "include"},
        "R2": {"r000001": "include"},
        "R3": {},
    }
    assert state.decided_by("abstract", "R2") == 1
    assert "r000002" not in state.queue("abstract", "R3")


def test_one_who_decided_differently_on_both_copies_is_in_conflict(story):
    """Nothing is dropped in silence; their next decision settles what they meant."""
    story.decide(1, "R1", "include")
    story.decide(2, "R1", "exclude")
    story.decide(1, "R2", "include")
    story.merge(2, into=1)
    assert story.state.verdict("abstract", "r000001").outcome == "conflict"
    story.decide(1, "R1", "include")
    state = story.state
    assert state.verdict("abstract", "r000001") == Verdict("include")
    assert len(state.visible("abstract", "r000001", "R1")) == 2


def test_taking_back_one_of_two_decisions_leaves_the_other(story):
    """An undo takes back the event that it names."""
    story.decide(1, "R1", "include")
    wrong = story.decide(2, "R1", "exclude")
    story.decide(1, "R2", "include")
    story.merge(2, into=1)
    story.undo(2, "R1", wrong)
    assert story.state.verdict("abstract", "r000001") == Verdict("include")


def test_of_two_copies_the_earlier_decision_is_the_first_and_no_settlement_outvotes_the_other(story):
    """Copies settled differently are in conflict again, whichever is the one kept."""
    story.decide(2, "R1", "exclude")
    story.both(1, "include", "exclude")
    story.decide(2, "R2", "exclude")
    story.settle(2, "include")
    story.settle(1, "exclude")
    for kept, copy in ((1, 2), (2, 1)):
        state = story.state.feed_some([replace(story.log[-1], event=Merged(f"r00000{copy}", f"r00000{kept}", "doi"))])
        record_id = f"r00000{kept}"
        assert state.ratings("abstract", [record_id])["R1"] == {record_id: "exclude"}
        assert state.verdict("abstract", record_id) == Verdict("conflict")


def test_the_settlement_of_one_copy_stands_where_nothing_said_of_the_other_departs_from_it(story):
    """Both were settled alike, or the other was decided on in the same way."""
    story.both(1, "include", "exclude")
    story.settle(1, "include")
    story.decide(2, "R1", "include")
    story.merge(2, into=1)
    assert story.state.verdict("abstract", "r000001") == Verdict("include", settled=True)
    story.decide(3, "R1", "exclude")
    story.merge(3, into=1)
    assert story.state.verdict("abstract", "r000001") == Verdict("conflict")


def test_merges_go_through_chains(story):
    """Merged into one that is itself merged later or was merged before: all end in the one kept."""
    story.decide(3, "R1", "include")
    story.merge(3, into=2)
    story.merge(2, into=1)
    story.decide(4, "R2", "exclude")
    story.merge(4, into=3)
    state = story.state
    assert state.members("r000001") == ["r000002", "r000003", "r000004"]
    assert state.members("r000002") == []
    assert {state.kept(f"r00000{k}") for k in (1, 2, 3, 4)} == {"r000001"}
    assert state.conflicts("abstract") == ["r000001"]


def test_decisions_on_a_copy_count_for_the_record_kept(story):
    """A decision that was on its way when the copy was merged is not lost."""
    story.merge(2, into=1)
    story.decide(2, "R1", "include")
    story.decide(1, "R2", "include")
    assert story.state.verdict("abstract", "r000001").outcome == "include"


@pytest.mark.parametrize(("kept", "copy"), [("sought", "retrieved"), ("retrieved", "not-retrieved")])
@pytest.mark.parametrize("copy_last", [True, False])
def test_a_merge_keeps_the_last_note_on_retrieval(story, kept, copy, copy_last):
    """Of two copies' notes the later one holds, as it would on one record."""
    for number, status in sorted(((1, kept), (2, copy)), reverse=not copy_last):
        story.retrieve(number, status)
    story.merge(2, into=1)
    state = story.state
    assert state.retrievals["r000001"].event.status == (copy if copy_last else kept)
    assert "r000002" not in state.retrievals


def test_a_merge_in_a_circle_is_said_to_the_user(story):
    """It must not hang whoever folds the log."""
    story.merge(2, into=1)
    story.merge(1, into=2)
    with pytest.raises(LogError, match="r000001"):
        _ = story.state


def test_a_record_is_merged_once(story):
    """A record cannot stand behind two others."""
    story.merge(2, into=1)
    story.merge(2, into=3)
    with pytest.raises(LogError, match="r000002"):
        _ = story.state


# -- queues and stages --------------------------------------------------------------------------------------------


def test_a_queue_holds_what_still_needs_the_reviewer(story):
    """Not what they decided, not what enough others decided, not what is merged away."""
    story.decide(1, "R1", "include")
    story.both(2, "include", "exclude")
    story.decide(3, "R2", "maybe")
    story.merge(5, into=4)
    state = story.state
    rest = ["r000004", *(f"r{k:06d}" for k in range(6, 11))]
    assert state.queue("abstract", "R1") == ["r000003", *rest]
    assert state.queue("abstract", "R2") == ["r000001", *rest]
    assert state.queue("abstract", "R3") == ["r000001", "r000003", *rest]
    assert (state.decided_by("abstract", "R1"), state.decided_by("abstract", "R3")) == (2, 0)


def test_an_undo_puts_a_record_back(story):
    """Undo is a new event: the record needs a decision again, and others' decisions are as they were."""
    seq = story.decide(1, "R1", "include")
    story.decide(1, "R2", "exclude")
    story.undo(1, "R1", seq)
    state = story.state
    assert state.verdict("abstract", "r000001").outcome == "pending"
    assert "r000001" in state.queue("abstract", "R1") and "r000001" not in state.queue("abstract", "R2")
    assert [one.reviewer for one in state.visible("abstract", "r000001", "R1")] == ["R2"], "it was disclosed already"
    story.decide(1, "R1", "exclude")
    assert story.state.verdict("abstract", "r000001").outcome == "exclude"


def test_a_new_decision_replaces_ones_own(story):
    """The last word of each reviewer stands."""
    story.both(1, "include", "exclude")
    story.decide(1, "R2", "include")
    state = story.state
    assert state.verdict("abstract", "r000001") == Verdict("include")
    assert state.decided_by("abstract", "R2") == 1


def test_full_texts_are_those_included_before(story):
    """Eligible at full text: included on title and abstract, by agreement or settlement, and only as long as so."""
    story.both(1, "include", "include")
    story.both(2, "include", "exclude")
    story.both(3, "exclude", "exclude")
    story.decide(4, "R1", "include")
    assert list(story.state.eligible("fulltext")) == ["r000001"]
    story.settle(2, "include")
    assert list(story.state.eligible("fulltext")) == ["r000001", "r000002"]
    assert story.state.queue("fulltext", "R3") == ["r000001", "r000002"]
    story.decide(1, "R2", "exclude")
    assert list(story.state.eligible("fulltext")) == ["r000002"]
    assert len(list(story.state.eligible("abstract"))) == 10


def test_conflicts_wait_until_settled(story):
    """Decisions that differ, then nothing once settled, then again when somebody departs."""
    story.both(2, "include", "exclude")
    story.both(1, "maybe", "include")
    story.both(3, "exclude", "exclude", reasons=("design", "type"))
    assert story.state.conflicts("abstract") == ["r000001", "r000002"]
    seq = story.settle(2, "exclude")
    assert story.state.conflicts("abstract") == ["r000001"]
    assert story.state.settlement("abstract", "r000002").seq == seq
    story.decide(2, "R1", "include")
    assert story.state.conflicts("abstract") == ["r000001", "r000002"]


def test_reasons_at_full_text_are_a_conflict_of_their_own(story):
    """The exclusion stands while its reason is open."""
    story.both(1, "include", "include")
    story.both(1, "exclude", "exclude", "fulltext", ("design", "type"))
    state = story.state
    assert state.conflicts("fulltext") == ["r000001"]
    assert state.verdict("fulltext", "r000001") == Verdict("exclude", "", reason_conflict=True)
    story.settle(1, "exclude", "fulltext", "type")
    assert story.state.conflicts("fulltext") == []
    assert story.state.verdict("fulltext", "r000001") == Verdict("exclude", "type", settled=True)


def test_fewer_decisions_wanted_discloses_what_is_now_complete(story):
    """Once an amendment wants one decision, a single one stands, and what stands is seen."""
    story.decide(1, "R1", "exclude")
    assert story.state.visible("abstract", "r000001", None) == []
    seq = story.agree(wanted=1)
    state = story.state
    assert state.verdict("abstract", "r000001").outcome == "exclude"
    assert state.disclosed("abstract", "r000001") == seq
    assert [one.reviewer for one in state.visible("abstract", "r000001", None)] == ["R1"]
    assert labels(state, None) == {"r000001": (0, 1.0)}


def test_a_settlement_before_the_decisions_are_in_settles_nothing(story):
    """Nobody can settle what is no conflict: the record stays pending, and nobody is outvoted later."""
    story.decide(1, "R1", "exclude")
    story.settle(1, "include")
    assert story.state.verdict("abstract", "r000001").outcome == "pending"
    story.decide(1, "R2", "include")
    assert story.state.verdict("abstract", "r000001").outcome == "conflict"


# -- labels (law 4) -----------------------------------------------------------------------------------------------


def test_labels_of_completed_records_are_as_they_stand(story):
    """Settled 1 or 0, agreed 1 or 0, an open conflict left out; the same for everybody."""
    story.both(1, "include", "include")
    story.both(2, "exclude", "exclude")
    story.both(3, "include", "exclude")
    story.both(4, "include", "exclude")
    story.settle(4, "include")
    story.both(5, "include", "maybe")
    story.both(6, "maybe", "exclude")
    story.settle(6, "exclude")
    expected = {"r000001": (1, 1.0), "r000002": (0, 1.0), "r000004": (1, 1.0), "r000006": (0, 1.0)}
    for viewer in (*PEOPLE, None, "stranger"):
        assert labels(story.state, viewer) == expected


@pytest.mark.parametrize(("decision", "label"), [("include", (1, 1.0)), ("exclude", (0, 1.0)), ("maybe", (1, 0.5))])
def test_ones_own_pending_decision_teaches_ones_own_queue_only(story, decision, label):
    """Own 1 or 0, a maybe half weight; nobody else's queue learns it."""
    story.decide(1, "R1", decision)
    assert story.state.labels("R1") == [Label("r000001", *label)]
    assert story.state.labels("R2") == story.state.labels("R3") == story.state.labels(None) == []


def test_a_maybe_that_is_an_include_for_now_has_half_weight_where_nobody_was_sure(story):
    """With maybe = "include": two maybes half, an include beside a maybe whole, a settlement whole."""
    story.agree(maybe="include")
    story.both(1, "maybe", "maybe")
    story.both(2, "maybe", "include")
    story.both(3, "maybe", "maybe")
    story.settle(3, "include")
    for viewer in ("R1", None):
        assert labels(story.state, viewer) == {"r000001": (1, 0.5), "r000002": (1, 1.0), "r000003": (1, 1.0)}


def test_ones_own_last_word_is_what_teaches(story):
    """A changed decision teaches as changed, one taken back not at all."""
    story.decide(1, "R1", "include")
    story.decide(1, "R1", "exclude")
    seq = story.decide(2, "R1", "include")
    story.undo(2, "R1", seq)
    assert labels(story.state, "R1") == {"r000001": (0, 1.0)}


def test_labels_are_of_title_and_abstract_and_in_reading_order(story):
    """A full text excluded for its design was still relevant on its abstract."""
    for number in (3, 1, 2):
        story.both(number, "include", "include")
    story.both(1, "exclude", "exclude", "fulltext", ("design", "design"))
    assert [label.record_id for label in story.state.labels(None)] == ["r000001", "r000002", "r000003"]
    assert labels(story.state, None)["r000001"] == (1, 1.0)


# -- ratings ------------------------------------------------------------------------------------------------------


def test_ratings_are_first_decisions_made_before_disclosure(story):
    """Neither a change of mind, nor a settlement, nor a third decision made with both in view is a rating."""
    story.decide(1, "R1", "include")
    story.decide(1, "R1", "maybe")
    story.decide(1, "R2", "exclude")
    story.decide(1, "R2", "include")
    story.decide(1, "R3", "include")
    story.settle(1, "include")
    assert story.state.ratings("abstract", ["r000001"]) == {
        "R1": {"r000001": "include"},
        "R2": {"r000001": "exclude"},
        "R3": {},
    }


def test_ratings_leave_out_what_is_pending(story):
    """A record asked about before all decisions are in yields nothing."""
    story.decide(1, "R1", "include")
    ratings = story.state.ratings("abstract", ["r000001", "r000002", "r000099"])
    assert ratings == {"R1": {}, "R2": {}, "R3": {}}


def test_doubly_screened_records_come_in_the_order_in_which_they_became_so(story):
    """Batches of agreement are cut from this order, so that it must not depend on ids."""
    story.decide(1, "R1", "include")
    story.both(3, "include", "include")
    story.both(2, "include", "exclude", "fulltext")
    story.decide(1, "R2", "include")
    story.decide(3, "R2", "exclude")
    assert story.state.doubly_screened("abstract") == ["r000003", "r000001"]
    assert story.state.doubly_screened("fulltext") == ["r000002"]


def test_measured_agreement_is_kept_in_order(story):
    """Figures over time come from the log."""
    seqs = [story.measure(), story.measure()]
    assert [logged.seq for logged in story.state.measured] == seqs
