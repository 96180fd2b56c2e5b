"""The control sample: read blind, kept from the ranking until it comes to it, and what qbcb and target say of it."""

import pytest

from asreview_mc.core.errors import DecisionError
from asreview_mc.core.event import SampleDrawn, Shown
from asreview_mc.project import gather, screen, stopping
from asreview_mc.project.copies import checkout, merge
from asreview_mc.project.desk import Desk
from asreview_mc.project.orders import Orders
from asreview_mc.project.ranking import gather_pool
from asreview_mc.project.review import Review
from asreview_mc.project.session import Session
from asreview_mc.review.reading_order import control_sample

from .conftest import export


def drawn(review, n=3, seed=1):
    return stopping.draw(review, "abstract", n, by="R1", seed=seed, purpose=stopping.CONTROL).event.record_ids


def answer(review, name="qbcb"):
    return next(one for one in stopping.look(review, "abstract", rule=name).verdicts if one.name == name)


def said(review, record_id, decision, *names, how="random", passed=()):
    for name in names:
        screen.decide(review, record_id, decision, name, shown=Shown(how, passed=passed))


def labelled(review, viewer):
    return {one.record_id for one in review.state.labels(viewer)}


@pytest.fixture
def larger(tmp_path, amended):
    """Eighty records, recall of .5 at confidence .77: three relevant control records are enough."""
    with Review.create(tmp_path / "larger", "micro-credentials") as made:
        titles = [f"Badge {k} of kind {k * k}" for k in range(80)]
        gather.add(made, [export(tmp_path / "eighty.csv", titles)], source="EBSCOhost")
        amended(made, rule='"qbcb"', target="0.5", confidence="0.77")
        yield made


def test_no_queue_learns_from_the_sample_before_it_has_come_to_it(review):
    """Each reviewer's by itself; with nobody named, once the queues of all who decided have."""
    first, second, _ = drawn(review)
    said(review, first, "include", "R1", "R2")
    said(review, second, "exclude", "R1")
    assert labelled(review, "R1") == labelled(review, "R2") == labelled(review, None) == set()
    other = next(one for one in review.state.undecided("abstract") if one not in (first, second))
    said(review, other, "exclude", "R1", how="ranked", passed=(first,))
    assert labelled(review, "R1") == {first, other}
    assert labelled(review, "R2") == labelled(review, None) == set()
    said(review, other, "exclude", "R2", how="ranked", passed=(first,))
    assert labelled(review, None) == labelled(review, "R2") == {first, other}
    said(review, second, "exclude", "R2", how="ranked")
    assert second in labelled(review, "R2") and second not in labelled(review, "R1")


def test_a_session_offers_the_sample_and_logs_what_its_ranking_passes(review, encoder):
    """What was read by chance and ranks first is passed by the next ranked record; the queue then learns from it."""
    sample = set(drawn(review, 3))
    pool = gather_pool(review, encoder=encoder)
    came_to = []
    with Session(review, "R1", pool) as session:
        while (offer := session.offer(settled=True)) is not None:
            record_id, shown = offer.record.record_id, offer.shown
            before = labelled(review, "R1")
            assert shown.how == "random" or sample.isdisjoint(before - set(came_to))
            if shown.how == "ranked":
                came_to += [*shown.passed, record_id]
            else:
                assert record_id in sample and shown.passed == ()
            session.decide(offer, "include")
            assert labelled(review, "R1") == set(came_to)
    assert len(came_to) == len(set(came_to))
    assert sample.intersection(came_to)


def test_the_page_logs_what_the_ranking_passes(review, encoder):
    """Also where the sample was read after the order was made."""
    sample = drawn(review, 2)
    desk, orders = Desk(review), Orders(review, encoder)
    desk.take(*orders.orders("R1"))
    for record_id in sample:
        said(review, record_id, "include", "R1")
    seen = set()
    while places := desk.places("abstract", "R1", 1):
        place = places[0]
        if place.shown.how == "ranked":
            seen |= set(desk.decide(place.record_id, "include", "R1").logged.event.shown.passed)
        else:
            desk.decide(place.record_id, "exclude", "R1")
        desk.take(*orders.orders("R1"))
    whole = [*seen, *(one for one in sample if one not in seen)]
    assert set(whole) == set(sample)
    held = review.state.held_back("abstract", "R1")
    assert held == set(sample) - seen


def test_qbcb_and_target_answer_from_the_sample(larger):
    """Not before all of it is read and settled; then by how much of it the ranking came to."""
    assert answer(larger).why.startswith("no answer, because no control sample")
    sample = drawn(larger, 8)
    assert "8 records of the control sample are still to be read" in answer(larger).why
    for record_id in sample[:3]:
        said(larger, record_id, "include", "R1", "R2")
    for record_id in sample[3:7]:
        said(larger, record_id, "exclude", "R1", "R2")
    said(larger, sample[7], "include", "R1")
    said(larger, sample[7], "exclude", "R2")
    assert "1 conflicts in the control sample" in answer(larger).why
    screen.settle(larger, sample[7], "exclude", ["R1", "R2"])
    assert (answer(larger).stop, answer(larger, "target").stop) == (False, False)
    waiting = iter(larger.state.undecided("abstract"))
    for passed in (sample[0], sample[1], sample[2]):
        last = next(waiting)
        said(larger, last, "exclude", "R1", how="ranked", passed=(passed,))
        assert answer(larger).stop is False
        said(larger, last, "exclude", "R2", how="ranked", passed=(passed,))
    found = answer(larger)
    assert (found.stop, found.evidence) == (True, {"positives": 3, "needed": 3, "reached": 3})
    assert answer(larger, "target").evidence == {"positives": 3, "needed": 3, "reached": 3}


def test_records_that_came_later_are_read_before_it_answers(larger, tmp_path):
    """They could not be drawn."""
    sample = drawn(larger, 3)
    for record_id in sample:
        said(larger, record_id, "include", "R1", "R2")
    assert answer(larger).stop is False
    gather.add(larger, [export(tmp_path / "more.csv", ["Later one", "Later two"])], source="Scopus")
    assert "2 unread records could not be drawn" in answer(larger).why
    for record_id in sorted(larger.records)[-2:]:
        said(larger, record_id, "exclude", "R1", "R2")
    assert answer(larger).stop is False


def test_one_sample_of_untouched_records_a_stage(review):
    """Who could draw until the sample suits would not have a certificate."""
    screen.decide(review, "r000001", "exclude", "R1")
    event = stopping.draw(review, "abstract", 5, by="R1", seed=1, purpose=stopping.CONTROL).event
    assert isinstance(event, SampleDrawn)
    assert (event.population, event.among, "r000001" in event.record_ids) == (5, "untouched", False)
    assert control_sample(review.state, "abstract").unread_outside == 1
    with pytest.raises(DecisionError, match="control sample already"):
        drawn(review, 1)


def test_a_copy_that_travels_reads_the_sample_and_keeps_it_from_its_ranking(review, tmp_path):
    """And tells at home what its ranking passed."""
    first, second, _ = drawn(review, 3)
    said(review, first, "include", "R1")
    checkout(review, "R1", tmp_path / "r1.review")
    with Review.open(tmp_path / "r1.review") as copy:
        assert labelled(copy, "R1") == set()
        other = next(one for one in copy.state.queue("abstract", "R1") if one != second)
        said(copy, other, "exclude", "R1", how="ranked", passed=(first,))
        assert labelled(copy, "R1") == {first, other}
    merge(review, tmp_path / "r1.review")
    assert first in labelled(review, "R1")


def test_the_sample_and_what_was_passed_survive_the_snapshot(review):
    """The log alone, and the state kept beside it, say the same."""
    first, *_ = drawn(review, 2)
    said(review, first, "include", "R1", "R2")
    said(review, next(iter(review.state.undecided("abstract"))), "exclude", "R1", how="ranked", passed=(first,))
    from asreview_mc.review import snapshot

    again = snapshot.loads(snapshot.dumps(review.state))
    assert again.reached == review.state.reached
    assert [one.record_id for one in again.labels("R1")] == [one.record_id for one in review.state.labels("R1")]
