"""A reviewer at work: best first, nobody waits, and the queue learns only what it may."""

from dataclasses import replace

import pytest

from asreview_mc.core.errors import DecisionError, UnknownError
from asreview_mc.core.event import Decided, Shown
from asreview_mc.learn.rank import NAMES
from asreview_mc.project import reporting, screen
from asreview_mc.project.ranking import gather_pool, rank, settings_of_rankers
from asreview_mc.project.session import Session


@pytest.fixture
def pool(review, encoder):
    return gather_pool(review, encoder=encoder)


def test_the_queue_is_worked_off_to_the_last_record(review, pool):
    """Every record is offered once."""
    seen = []
    with Session(review, "R1", pool) as session:
        while (offer := session.offer(settled=True)) is not None:
            seen.append(offer.record.record_id)
            session.decide(offer, "include")
        assert session.progress() == (6, 0)
    assert sorted(seen) == [f"r{k:06d}" for k in range(1, 7)]


def test_each_decision_logs_what_was_shown(review, pool, encoder):
    """Rank, score, ranker, vectors, and the event up to which it had learnt."""
    with Session(review, "R1", pool) as session:
        offer = session.offer(settled=True)
        logged = session.decide(offer, "include")
    shown = logged.event.shown
    assert (shown.how, shown.rank) == ("ranked", 1)
    assert shown.ranker.startswith("hybrid ")
    assert shown.fingerprint == encoder.fingerprint
    assert shown.seq == logged.seq - 1


def test_the_methods_know_the_settings_of_the_ranker(review, pool):
    """Those of the version that made the order; what another version had set is not guessed at."""
    with Session(review, "R1", pool) as session:
        session.decide(session.offer(settled=True), "include")
    events = list(review.log.events())
    (ranker,) = settings_of_rankers(events)
    assert settings_of_rankers(events)[ranker].startswith("C 0.")
    (text,) = [one.text for one in reporting.methods_of(review, "R1") if "ranker" in one.text]
    assert f"the ranker {ranker} (C 0." in text
    earlier = Decided("r000001", "abstract", "R1", "include", shown=Shown("ranked", ranker="hybrid 0.0.1"))
    assert settings_of_rankers([replace(events[-1], event=earlier)]) == {}


def test_a_decision_moves_what_is_like_it_forward(review, encoder):
    """After a badge paper is included and a soil paper excluded, another badge paper comes before the birds."""
    pool = gather_pool(review, ranker="elas_u4", encoder=encoder)
    screen.decide(review, "r000001", "include", "R1")
    screen.decide(review, "r000003", "exclude", "R1")
    with Session(review, "R1", pool) as session:
        order = []
        while (offer := session.offer(settled=True)) is not None:
            order.append(offer.record.record_id)
            session.decide(offer, "exclude" if offer.record.record_id == "r000006" else "include")
    assert order.index("r000004") < order.index("r000006")


def test_the_next_record_does_not_wait_for_the_training(review, pool, monkeypatch):
    """While the worker trains, the queue goes on in the order it has."""
    import threading

    released = threading.Event()
    fitted = type(pool).fitted
    with Session(review, "R1", pool) as session:

        def slow(self, labels, following):
            released.wait(timeout=30)
            return fitted(self, labels, following)

        monkeypatch.setattr(type(pool), "fitted", slow)
        first = session.offer()
        session.decide(first, "include")
        second = session.offer()
        assert second is not None
        assert second.record.record_id != first.record.record_id
        assert second.shown.seq == first.shown.seq
        session.decide(second, "exclude")
        released.set()
        third = session.offer(settled=True)
        assert third.shown.seq == review.state.seq


def test_undo_brings_the_record_back_next(review, pool):
    """And says that it was not the ranking that chose it."""
    with Session(review, "R1", pool) as session:
        first = session.offer(settled=True)
        session.decide(first, "exclude")
        session.undo()
        again = session.offer(settled=True)
        assert again.record.record_id == first.record.record_id
        assert again.shown.how == "named"
        session.decide(again, "include")
        assert session.offer(settled=True).record.record_id != first.record.record_id


def test_only_somebody_who_decides_can_work(review, pool):
    """Neither strangers nor adjudicators."""
    with pytest.raises(UnknownError):
        Session(review, "Mallory", pool)
    path = review.folder / "protocol.toml"
    path.write_text(path.read_text("utf-8") + '\n[[reviewers]]\nname = "Ada"\nrole = "adjudicator"\n', "utf-8")
    review.accept_protocol("R1", "an adjudicator")
    with pytest.raises(DecisionError):
        Session(review, "Ada", pool)


def test_the_queue_is_useful_with_no_label_at_all(review, encoder):
    """The protocol's question ranks badges before bacteria."""
    order = [one.record_id for one in rank(review, "R1", encoder=encoder)]
    assert order.index("r000003") > order.index("r000001")
    assert len(order) == 6


def test_undisclosed_decisions_of_others_change_no_rank_and_no_score(review, encoder):
    """Law 4: what R2 said on a record that R1 has not decided on moves nothing that R1 or nobody sees."""
    screen.decide(review, "r000001", "include", "R1")
    queues = []
    for decision in ("include", "exclude", "maybe"):
        screen.decide(review, "r000002", decision, "R2")
        queues.append((rank(review, "R1", encoder=encoder), rank(review, None, encoder=encoder)))
    assert queues[0] == queues[1] == queues[2]


def test_seeds_and_keywords_pull_what_is_like_them_forward(review, encoder):
    """Without a decision being logged."""
    head = review.head
    order = [one.record_id for one in rank(review, "R1", seeds=["r000006"], encoder=encoder)]
    assert order[0] == "r000006"
    plain = [one.record_id for one in rank(review, "R1", encoder=encoder)]
    birds = [one.record_id for one in rank(review, "R1", keywords=["migration of arctic birds"] * 9, encoder=encoder)]
    assert birds.index("r000006") < plain.index("r000006")
    assert review.head == head
    with pytest.raises(UnknownError):
        rank(review, "R1", seeds=["r000099"], encoder=encoder)


def test_an_unknown_ranker_is_a_users_error(review, encoder):
    """And names those there are."""
    with pytest.raises(UnknownError, match="elas_u4"):
        rank(review, "R1", ranker="magic", encoder=encoder)


@pytest.mark.parametrize("ranker", NAMES)
def test_every_ranker_orders_a_live_queue(review, encoder, ranker):
    """Each gets the features it needs."""
    screen.decide(review, "r000001", "include", "R1")
    screen.decide(review, "r000003", "exclude", "R1")
    assert len(rank(review, "R1", ranker=ranker, encoder=encoder)) == 4
