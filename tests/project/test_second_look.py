"""The second look: unread records like a single relevant one, read before the rule `quiet` lets reading stop."""

import pytest

from asreview_mc.core.errors import DecisionError, UnknownError
from asreview_mc.core.event import Shown
from asreview_mc.learn.stop.heuristics import Quiet
from asreview_mc.project import gather, screen, stages, stopping
from asreview_mc.project.desk import Desk
from asreview_mc.project.orders import Orders
from asreview_mc.project.ranking import gather_pool
from asreview_mc.project.review import Review
from asreview_mc.project.session import Session
from asreview_mc.review.reading_order import reading_order

from .conftest import export

BADGES, BIRDS, ODD = 24, 300, 3
DUE = Quiet().look_from(BADGES + BIRDS + ODD + 1)


def made(folder, amended, titles):
    review = Review.create(folder, "micro-credentials")
    gather.add(review, [export(folder.parent / "titles.csv", titles)], source="EBSCOhost")
    amended(review, rule='"quiet"')
    return review


@pytest.fixture
def pool(tmp_path, amended):
    """Badges, of which one is about nursing too; birds; and at the end nursing without a badge."""
    titles = [f"Badge of skill kind{k}" for k in range(BADGES)]
    titles += ["Badge on nursing diplomas"]
    titles += [f"Arctic tern in colony place{k}" for k in range(BIRDS)]
    titles += [f"Nursing diplomas by credit{k}" for k in range(ODD)]
    with made(tmp_path / "review", amended, titles) as review:
        yield review


def ids(first, n):
    return [f"r{k:06d}" for k in range(first, first + n)]


def both(review, record_ids, decision, how="ranked"):
    for record_id in record_ids:
        for name in ("R1", "R2"):
            screen.decide(review, record_id, decision, name, shown=Shown(how), measured=False)


RELEVANT, TERNS, NURSING = ids(1, BADGES + 1), ids(BADGES + 2, BIRDS), ids(BADGES + BIRDS + 2, ODD)


def quiet(review):
    return next(one for one in stopping.look(review, "abstract").verdicts if one.name == "quiet")


def drawn(review):
    return stopping.second_look(review, "abstract", by="R1").event.record_ids


def test_what_is_like_one_relevant_paper_comes_first(pool):
    """Whatever most of the relevant ones have in common; of the others the first in reading order."""
    both(pool, RELEVANT, "include")
    both(pool, TERNS[:DUE], "exclude")
    assert drawn(pool) == (*NURSING, *TERNS[DUE : DUE + Quiet().look - ODD])


@pytest.mark.parametrize("read", [0, DUE - 1])
def test_it_is_for_the_end_of_reading(pool, read):
    """Before that the ranking itself comes to most of what is like a relevant record."""
    both(pool, RELEVANT, "include")
    both(pool, TERNS[:read], "exclude")
    with pytest.raises(DecisionError, match=f"too early for a second look: {read} irrelevant in a row"):
        drawn(pool)
    assert f"to be taken after {DUE} in a row" in quiet(pool).why


def test_who_may_and_when(pool):
    """A known leader, something relevant, nothing that waits, one look at a time, an open stage."""
    both(pool, TERNS[:DUE], "exclude")
    with pytest.raises(DecisionError, match="of no use with 0 relevant"):
        drawn(pool)
    both(pool, RELEVANT, "include")
    both(pool, TERNS[DUE : 2 * DUE], "exclude")
    with pytest.raises(UnknownError):
        stopping.second_look(pool, "abstract", by="Mallory")
    look = drawn(pool)
    with pytest.raises(DecisionError, match=f"{len(look)} records of the last second look are still to be read"):
        drawn(pool)
    both(pool, look, "exclude", how="explored")
    with pytest.raises(DecisionError, match="its second look is read"):
        drawn(pool)
    stages.close(pool, "abstract", "R1", reason="enough")
    with pytest.raises(DecisionError, match="is closed"):
        drawn(pool)


def test_it_is_for_what_the_rule_is_made_for(pool, amended):
    """Few found, or a target above 95 %, are left to BUSCAR."""
    both(pool, RELEVANT[:19], "include")
    both(pool, TERNS[:DUE], "exclude")
    with pytest.raises(DecisionError, match="of no use with 19 relevant records found"):
        drawn(pool)
    both(pool, RELEVANT[19:], "include")
    both(pool, TERNS[DUE : 2 * DUE], "exclude")
    amended(pool, target="0.99")
    with pytest.raises(DecisionError, match="a target of 99%"):
        drawn(pool)


def test_reading_may_stop_once_the_look_found_nothing(pool):
    """However long the run is without it; the verdict says what is lacking and how much is left to read."""
    both(pool, RELEVANT, "include")
    both(pool, TERNS[:90], "exclude")
    before = quiet(pool)
    assert (before.stop, before.cost, before.evidence["second_look"]) == (False, 2 * Quiet().look - 1, 0)
    assert "`stop --second-look`" in before.why
    look = drawn(pool)
    assert "0 of 20 by a second look, 20 of which wait" in quiet(pool).why and "--second-look" not in quiet(pool).why
    both(pool, look[:-1], "exclude", how="explored")
    assert (quiet(pool).stop, quiet(pool).cost) == (False, 1)
    both(pool, look[-1:], "exclude", how="explored")
    after = quiet(pool)
    assert (after.stop, after.evidence["run"], after.evidence["second_look"]) == (True, 90 + len(look), len(look))


def test_a_find_begins_the_run_anew(pool):
    """The rest of the look still counts, and the next one makes up what it lacks."""
    both(pool, RELEVANT, "include")
    both(pool, TERNS[:90], "exclude")
    look = drawn(pool)
    both(pool, look[:1], "include", how="explored")
    both(pool, look[1:], "exclude", how="explored")
    assert reading_order(pool.state, "abstract").second_look == len(look) - 1
    assert quiet(pool).evidence["run"] == len(look) - 1
    both(pool, [one for one in TERNS[90:] if one not in look][:DUE], "exclude")
    assert len(drawn(pool)) == 1


def test_it_rests_on_nothing_that_is_pending(pool):
    """Who draws it learns nothing of what a colleague said alone."""
    both(pool, RELEVANT[:-1], "include")
    both(pool, TERNS[:DUE], "exclude")
    screen.decide(pool, RELEVANT[-1], "include", "R2")
    for record_id in NURSING:
        screen.decide(pool, record_id, "include", "R2")
    look = drawn(pool)
    assert look[0] == RELEVANT[-1]
    assert set(NURSING).isdisjoint(look)


def test_it_learns_nothing_from_a_control_sample(pool):
    """Else what the sample says of the ranking would follow from the sample."""
    sample = stopping.draw(pool, "abstract", 40, by="R1", seed=2, purpose=stopping.CONTROL).event.record_ids
    odd = next(one for one in NURSING if one in sample)
    both(pool, [one for one in sample if one != odd], "exclude", how="random")
    both(pool, [odd], "include", how="random")
    both(pool, [one for one in RELEVANT[:-1] if one not in sample], "include")
    both(pool, [one for one in TERNS if one not in sample][:DUE], "exclude")
    assert drawn(pool)[0] == RELEVANT[-1]


def test_reviewers_get_it_between_the_ranked_ones(pool, encoder):
    """In the terminal and on the page, and the log says how each came."""
    both(pool, RELEVANT, "include")
    both(pool, TERNS[:DUE], "exclude")
    look = set(drawn(pool))
    came = {}
    with Session(pool, "R1", gather_pool(pool, encoder=encoder)) as session:
        for _ in range(2 * len(look)):
            offer = session.offer(settled=True)
            came[offer.record.record_id] = session.decide(offer, "exclude").event.shown.how
    desk, again = Desk(pool), {}
    desk.take(*Orders(pool, encoder).orders("R2"))
    for _ in range(2 * len(look)):
        place = desk.places("abstract", "R2", 1)[0]
        again[place.record_id] = desk.decide(place.record_id, "exclude", "R2").logged.event.shown.how
    for seen in (came, again):
        explored = {one for one, how in seen.items() if how == "explored"}
        assert explored
        assert explored <= look <= set(seen)
        assert set(seen.values()) == {"explored", "ranked"}
    assert reading_order(pool.state, "abstract").second_look == len(look)


def test_records_without_a_word_in_common_are_drawn_all_the_same(tmp_path, amended):
    """Then the reading order decides."""
    with made(tmp_path / "bare", amended, [str(k) for k in range(60)]) as review:
        both(review, ids(1, 20), "include")
        both(review, ids(21, 20), "exclude")
        assert drawn(review) == tuple(ids(41, 20))
