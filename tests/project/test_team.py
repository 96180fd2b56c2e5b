"""The team: shares, a reviewer who leaves, calibration, unblinding, tags."""

import pytest

from asreview_mc.core.errors import AsreviewMCError, DecisionError, ProtocolError
from asreview_mc.core.event import SampleDrawn
from asreview_mc.project import screen, team
from asreview_mc.project.audit import events, status
from asreview_mc.project.ranking import gather_pool
from asreview_mc.project.session import Session

IDS = [f"r{k:06d}" for k in range(1, 7)]


def rewrite(review, change, by="R1"):
    """Amend the protocol by a function of its text."""
    path = review.folder / "protocol.toml"
    path.write_text(change(path.read_text("utf-8")), "utf-8")
    review.accept_protocol(by, "for the test")


def join(review, name, role="reviewer"):
    rewrite(review, lambda text: f'{text}\n[[reviewers]]\nname = "{name}"\nrole = "{role}"\n')


def leave(review, name):
    rewrite(review, lambda text: text.replace(f'name = "{name}"', f'name = "{name}"\nleft = true'))


@pytest.fixture
def three(review):
    """R3 joined; R1 owns the review."""
    rewrite(review, lambda text: text.replace('name = "R1"', 'name = "R1"\nrole = "owner"'))
    join(review, "R3")
    return review


def test_an_even_split_gives_each_record_as_many_readers_as_it_wants(three):
    """Six records for two of three: four each, and nobody is asked for what two others have."""
    given = team.assign(three, "R1", ["R1", "R2", "R3"], seed=1)
    assert {name: len(ids) for name, ids in given.items()} == {"R1": 4, "R2": 4, "R3": 4}
    state = three.state
    for name, ids in given.items():
        assert state.queue("abstract", name) == ids
    assert all(len(state.holders("abstract", one)) == 2 for one in IDS)
    with pytest.raises(DecisionError, match="nothing is left"):
        team.assign(three, "R1", ["R1", "R2", "R3"])


def test_what_nobody_has_waits_for_everybody(three):
    """A share of two records for R3 alone leaves one more decision on each to anybody."""
    team.assign(three, "R1", ["R3"], record_ids=IDS[:2])
    assert three.state.queue("abstract", "R2") == IDS
    team.assign(three, "R1", ["R1"], record_ids=IDS[:2])
    assert three.state.queue("abstract", "R2") == IDS[2:]
    assert three.state.queue("abstract", "R3") == IDS
    team.withdraw(three, "R1", "R3", IDS[:1])
    assert three.state.queue("abstract", "R2") == [IDS[0], *IDS[2:]]
    assert team.shares(three, "abstract")[2] == {"reviewer": "R3", "records": 1, "waiting": 6, "left": False}


def test_the_same_seed_gives_the_same_shares(three):
    """And another seed other ones, so that shares do not follow the order of the sources."""
    state, names = three.state, ["R1", "R2", "R3"]
    first, again, other = (
        team._split(state, "abstract", team._in_chance_order(state, "abstract", seed), names) for seed in (1, 1, 2)
    )
    assert first == again != other


def test_who_leaves_keeps_their_decisions_and_hands_their_share_on(three):
    """What R2 decided stands, what they had still to read goes to those who remain, and nothing waits for them."""
    team.assign(three, "R1", ["R1", "R2"], record_ids=IDS)
    screen.decide(three, IDS[0], "include", "R2")
    screen.decide(three, IDS[1], "exclude", "R2")
    assert three.state.queue("abstract", "R3") == []
    leave(three, "R2")
    state = three.state
    assert state.queue("abstract", "R2") == []
    assert state.queue("abstract", "R3") == IDS[2:]
    given = team.hand_on(three, "R1", "R2")
    assert given == {"R1": [], "R3": IDS[2:]}
    assert state.deciders("abstract", IDS[0]) == {"R2"}
    screen.decide(three, IDS[0], "include", "R1")
    assert three.state.verdict("abstract", IDS[0]).outcome == "include"
    for attempt in (
        lambda: screen.decide(three, IDS[3], "include", "R2"),
        lambda: screen.undo(three, "R2"),
        lambda: team.assign(three, "R1", ["R2"], record_ids=IDS[3:]),
    ):
        with pytest.raises(DecisionError, match="has left"):
            attempt()
    assert [one["left"] for one in status(three)["reviewers"]] == [False, True, False]


def test_no_conflict_becomes_unresolvable_and_nobody_settles_one_alone(three):
    """R2 disagreed and left: R1 needs somebody in their place, where there is no adjudicator."""
    screen.decide(three, IDS[0], "include", "R1")
    screen.decide(three, IDS[0], "exclude", "R2")
    leave(three, "R2")
    assert three.state.conflicts("abstract") == [IDS[0]]
    for by in (["R1"], ["R3"], ["R1", "R2"]):
        with pytest.raises(DecisionError, match="somebody in the place"):
            screen.settle(three, IDS[0], "include", by)
    screen.settle(three, IDS[0], "include", ["R1", "R3"])
    assert three.state.verdict("abstract", IDS[0]).settled


def test_too_few_must_not_remain(review):
    """Two decisions are wanted of one person: the protocol says so before it holds."""
    with pytest.raises(ProtocolError, match="has 1 who decide, but decisions_wanted is 2"):
        leave(review, "R2")


def test_a_calibration_round_is_screened_by_all_before_the_queue(three, encoder):
    """Three decide on each of its records, though two are enough elsewhere; each sees it first, in the order drawn."""
    drawn = team.calibrate(three, "R1", n=3, seed=4)
    assert drawn == team.calibration(three, "abstract")["records"] == three.state.calibration_records("abstract")
    pool = gather_pool(three, encoder=encoder)
    for name in ("R1", "R2", "R3"):
        with Session(three, name, pool) as session:
            shown = []
            for _ in range(4):
                offer = session.offer(settled=True)
                shown.append((offer.record.record_id, offer.shown.how, offer.shown.probability))
                if len(shown) < 4:
                    session.decide(offer, "include" if name != "R3" else "exclude")
        assert shown[:3] == [(one, "random", 0.5) for one in drawn]
        assert shown[3][1:] == ("ranked", None)
        if name == "R2":  # two of three have decided, and still nothing shows
            assert {three.state.verdict("abstract", one).outcome for one in drawn} == {"pending"}
            assert three.state.visible("abstract", drawn[0], "R3") == []
    assert three.state.conflicts("abstract") == sorted(drawn)
    rated = three.state.ratings("abstract", drawn)
    assert {name: len(said) for name, said in rated.items()} == {"R1": 3, "R2": 3, "R3": 3}
    assert team.calibration(three, "abstract")["waiting"] == 0


def test_a_round_waits_neither_for_who_left_nor_for_who_came_later(three):
    """R3 leaves with half of it undone, R4 joins: R1 and R2 complete it, and it stays complete."""
    drawn = team.calibrate(three, "R1", n=2)
    screen.decide(three, drawn[0], "include", "R3")
    for name in ("R1", "R2"):
        screen.decide(three, drawn[1], "include", name)
    assert three.state.verdict("abstract", drawn[1]).outcome == "pending"
    leave(three, "R3")
    assert three.state.verdict("abstract", drawn[1]).outcome == "include"
    join(three, "R4")
    assert three.state.verdict("abstract", drawn[1]).outcome == "include"
    screen.decide(three, drawn[0], "include", "R1")
    assert three.state.verdict("abstract", drawn[0]).outcome == "pending"
    screen.decide(three, drawn[0], "include", "R4")
    assert three.state.verdict("abstract", drawn[0]).outcome == "include"


def test_a_second_round_waits_for_the_first_and_takes_untouched_records(three):
    """And the draw is refused where it cannot be made."""
    with pytest.raises(DecisionError, match="7 records cannot be drawn, 6 have"):
        team.calibrate(three, "R1", n=7)
    (first,) = team.calibrate(three, "R1", n=1)
    with pytest.raises(DecisionError, match="under way: 1 of 1"):
        team.calibrate(three, "R1", n=1)
    for name in ("R1", "R2", "R3"):
        screen.decide(three, first, "include", name)
    (second,) = team.calibrate(three, "R1", n=1)
    assert second != first
    assert three.log.events(kinds=["calibrated"])[-1].event.population == 5


def test_unblinding_is_an_owners_event_with_a_reason(three):
    """It shows everything to those named; what they decide from then on is no blind rating."""
    screen.decide(three, IDS[0], "exclude", "R2", note="zebra")
    screen.decide(three, IDS[1], "exclude", "R2")
    screen.decide(three, IDS[1], "include", "R1")
    for by, reason, said in (("R2", "curious", "only an owner"), ("R1", " ", "needs a reason")):
        with pytest.raises(DecisionError, match=said):
            team.unblind(three, by, reason)
    assert three.state.visible("abstract", IDS[0], "R1") == []
    team.unblind(three, "R1", "an audit")
    assert [one.note for one in three.state.visible("abstract", IDS[0], "R1")] == ["zebra"]
    assert three.state.visible("abstract", IDS[0], "R3") == []
    assert status(three)["unblinded"] == ["R1"]
    screen.decide(three, IDS[0], "exclude", "R1")
    assert three.state.doubly_screened("abstract") == [IDS[1]]
    with pytest.raises(DecisionError, match="already"):
        team.unblind(three, "R1", "again")
    team.unblind(three, "R1", "the audit is over", end=True)
    assert status(three)["unblinded"] == []
    for one, name in ((IDS[2], "R1"), (IDS[2], "R2")):
        screen.decide(three, one, "include", name)
    assert three.state.doubly_screened("abstract") == [IDS[1], IDS[2]]


def test_what_was_seen_while_it_was_open_stays_seen(three):
    """R1 saw what R2 had decided; that R1 decides only after being blind again makes no blind rating of it."""
    screen.decide(three, IDS[0], "exclude", "R2")
    team.unblind(three, "R1", "an audit")
    team.unblind(three, "R1", "it is over", end=True)
    screen.decide(three, IDS[0], "exclude", "R1")
    assert three.state.doubly_screened("abstract") == []
    assert three.state.verdict("abstract", IDS[0]).outcome == "exclude"


def test_a_tag_is_hidden_as_long_as_the_decision_is(three):
    """Before both have decided; and at full text again, for what is put on while it is being read."""
    team.tag(three, IDS[0], "surely not", "R2")
    assert team.tags(three, "R2") == [
        {"record_id": IDS[0], "title": "Digital badges in higher education", "tags": {"R2": ["surely not"]}}
    ]
    assert team.tags(three, "R1") == team.tags(three, None) == []
    assert [one.get("hidden") for one in events(three, "R1", kind="tagged")] == [True]
    for name in ("R1", "R2"):
        screen.decide(three, IDS[0], "include", name)
    assert team.tags(three, "R1")[0]["tags"] == {"R2": ["surely not"]}
    screen.decide(three, IDS[0], "exclude", "R2", stage="fulltext", reason="setting")
    team.tag(three, IDS[0], "wrong country", "R2")
    team.tag(three, IDS[0], "surely not", "R2", remove=True)
    assert team.tags(three, "R1")[0]["tags"] == {"R2": ["surely not"]}
    screen.decide(three, IDS[0], "include", "R1", stage="fulltext")
    assert team.tags(three, "R1")[0]["tags"] == {"R2": ["wrong country"]}


def test_tags_are_filtered_and_are_each_reviewers_own(three):
    """By tag and by person; two may use one word without touching each other's."""
    for record_id, name, tag in ((IDS[0], "R1", "RCT"), (IDS[1], "R1", "RCT"), (IDS[1], "R1", "Asia")):
        team.tag(three, record_id, tag, name)
    team.tag(three, IDS[1], "RCT", "R2")
    assert [one["record_id"] for one in team.tags(three, "R1", tag="RCT")] == IDS[:2]
    assert [one["tags"] for one in team.tags(three, "R1", tag="Asia")] == [{"R1": ["Asia"]}]
    assert [one["record_id"] for one in team.tags(three, "R2", reviewer="R2")] == [IDS[1]]
    team.tag(three, IDS[1], "RCT", "R1", remove=True)
    assert [one["record_id"] for one in team.tags(three, "R2", tag="RCT")] == [IDS[1]]
    for tag, more in (("RCT", {}), ("never", {"remove": True}), ("", {}), ("a;b", {}), ("x" * 61, {})):
        with pytest.raises(AsreviewMCError):
            team.tag(three, IDS[0], tag, "R1", **more)


def test_only_an_owner_says_how_the_work_goes_where_there_is_one(three):
    """Sharing out, calibrating; a reviewer is told whom to ask."""
    with pytest.raises(DecisionError, match="R2 is reviewer, not an owner"):
        team.assign(three, "R2", ["R1"])
    with pytest.raises(DecisionError, match="Ask R1"):
        team.calibrate(three, "R2", n=1)


def test_scores_show_only_where_the_protocol_lets_them(three, encoder):
    """They anchor; the log has them all the same, and how long the record was there."""
    pool = gather_pool(three, encoder=encoder)
    with Session(three, "R2", pool) as session:
        offer = session.offer(settled=True)
        assert offer.hint == ""
        shown = session.decide(offer, "include").event.shown
        assert (shown.rank, shown.seconds >= 0) == (1, True)
        rewrite(three, lambda text: text.replace("show_scores = false", "show_scores = true"))
        assert session.offer(settled=True).hint.startswith("rank 1 of 5, score ")


def test_nobody_is_told_which_records_are_a_sample_before_all_of_it_is_read(three):
    """Who knows that a record is one of a control sample reads it with other eyes."""
    three.append(SampleDrawn("abstract", "audit", (IDS[0],), 6, 1, "undecided", "R1"))

    def told(viewer):
        return ["hidden" not in one for one in events(three, viewer, kind="sample_drawn")]

    assert (told("R1"), told("R2"), told(None)) == ([True], [False], [False])
    for name in ("R1", "R2"):
        screen.decide(three, IDS[0], "include", name)
    assert told("R2") == [True]
