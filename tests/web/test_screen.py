"""Screening over the wire: one decision however often it is sent, nothing lost, records shown as they should be."""

import asyncio
from concurrent.futures import Future
from dataclasses import replace

import pytest

from asreview_mc.core.errors import ProjectError
from asreview_mc.core.event import Decided, Undone
from asreview_mc.web.house import House, Settings
from asreview_mc.web.words import sections

from .conftest import AtOnce


def decisions(review, reviewer="R1"):
    found = [logged.event for logged in review.log.events(kinds=["decided"])]
    return [(one.record_id, one.decision) for one in found if isinstance(one, Decided) and one.reviewer == reviewer]


def test_records_come_one_after_the_other_and_are_logged_as_shown(browser, review):
    """What the ranker put first is offered, and the log says at which rank and for how long it was seen."""
    one = browser("R1")
    one.get("/screen")  # asks for the first order
    first, second = one.get("/api/next").json()["offers"]
    answer = one.say("/api/decisions", **said(first, "include"), seconds=12.34)
    assert answer.json()["repeated"] is False
    event = review.log.events(kinds=["decided"])[0].event
    assert (event.shown.how, event.shown.rank, event.shown.seconds) == ("ranked", 1, 12.3)
    following = one.get("/api/next").json()
    assert first["record_id"] not in [offer["record_id"] for offer in following["offers"]]
    assert (following["progress"]["decided"], following["progress"]["left"]) == (1, 5)
    assert second["record_id"] != first["record_id"]


def said(offer, decision, **more):
    return {"record_id": offer["record_id"], "base": offer["base"], "decision": decision, **more}


def test_one_decision_however_often_it_arrives(browser, review):
    """A double click or a second tab that says the same logs one event; a tab that says otherwise is refused."""
    tab, other = browser("R1"), browser("R1")
    (offer,) = tab.get("/api/next?n=1").json()["offers"]
    first = tab.say("/api/decisions", **said(offer, "include"))
    again = other.say("/api/decisions", **said(offer, "include"))
    assert again.json() == first.json() | {"repeated": True}
    refused = other.say("/api/decisions", **said(offer, "exclude"))
    assert (refused.status_code, refused.json()["kind"]) == (409, "StaleError")
    assert decisions(review) == [(offer["record_id"], "include")]


def test_a_decision_sent_late_does_not_undo_an_undo(browser, review):
    """A tab that was offline sends what was taken back meanwhile: it is refused."""
    tab = browser("R1")
    (offer,) = tab.get("/api/next?n=1").json()["offers"]
    seq = tab.say("/api/decisions", **said(offer, "include")).json()["seq"]
    for repeated in (False, True):
        undone = tab.say("/api/undo", record_id=offer["record_id"], base=seq).json()
        assert undone["repeated"] is repeated
    assert tab.say("/api/decisions", **said(offer, "include")).status_code == 409
    assert [type(logged.event) for logged in review.log.events(about=[offer["record_id"]])] == [Decided, Undone]
    back = tab.get("/api/next?n=1").json()["offers"][0]
    assert (back["record_id"], back["base"]) == (offer["record_id"], seq + 1)
    assert tab.say("/api/decisions", **said(back, "maybe")).json()["repeated"] is False


def test_a_decision_is_changed_from_the_list_of_mine(browser, review):
    """The list links to the record, whose page says what stands; another answer replaces it."""
    one = browser("R1")
    (offer,) = one.get("/api/next?n=1").json()["offers"]
    one.say("/api/decisions", **said(offer, "include", note="at first sight"))
    assert f"record={offer['record_id']}" in one.get("/mine").text
    shown = one.get(f"/screen?record={offer['record_id']}").text
    assert "You said <b>include</b>" in shown and "at first sight" in shown
    one.say("/api/decisions", record_id=offer["record_id"], decision="exclude", base=offer_of(shown)["base"])
    assert decisions(review) == [(offer["record_id"], "include"), (offer["record_id"], "exclude")]
    assert offer["record_id"] not in one.get("/mine?decision=include").text


def offer_of(html):
    import html as markup
    import json
    import re

    return json.loads(markup.unescape(re.search(r'data-offers="([^"]*)"', html)[1]))[0]


def test_a_record_is_put_before_as_many_as_are_wanted(browser):
    """While two have a record before them, a third gets another; what is put off comes last."""
    first, second, third = browser("R1"), browser("R2"), browser("Olga")
    seen = [one.get("/api/next?n=1").json()["offers"][0]["record_id"] for one in (first, second, third)]
    assert seen[0] == seen[1] != seen[2]
    first.say("/api/postpone", record_id=seen[0])
    offered = first.get("/api/next?n=5").json()["offers"]
    assert seen[0] not in [one["record_id"] for one in offered]


def test_search_leads_to_a_decision_out_of_order(browser, review):
    """A record found by its words is decided as searched."""
    one = browser("R1")
    assert "r000006" in one.get("/search?q=arctic+BIRDS").text
    offer = offer_of(one.get("/screen?record=r000006&how=searched").text)
    one.say("/api/decisions", **said(offer, "exclude"))
    assert review.log.events(kinds=["decided"])[0].event.shown.how == "searched"


@pytest.mark.parametrize(
    ("abstract", "headings"),
    [
        ("It helps. Leaders settle one question first: are badges right? Results: They are.", ["", "Results"]),
        ("DESIGN AND SETTING: A college. WHAT WE FOUND: Much.", ["DESIGN AND SETTING", "WHAT WE FOUND"]),
    ],
)
def test_a_heading_is_a_usual_one_or_in_capitals(abstract, headings):
    """What else stands before a colon is part of a sentence, which keeps it."""
    parts = sections(abstract)
    assert [heading for heading, _ in parts] == headings
    assert ("first: are badges" in parts[0][1]) is (headings[0] == "")


def test_a_record_is_shown_as_text(browser):
    """Tags are escaped, languages named, headings kept, words marked, an absent abstract said, long ones whole."""
    one = browser("R1")
    one.fill_in("/preferences", include="satellite", exclude="birds*", hide_authors="on")
    shown = {
        record_id: offer_of(one.get(f"/screen?record={record_id}").text)["html"]
        for record_id in (f"r00000{k}" for k in range(1, 7))
    }
    assert "<h3>BACKGROUND</h3>" in shown["r000001"] and 'lang="en"' in shown["r000001"]
    assert "<script>" not in shown["r000002"] and "&lt;script&gt;" in shown["r000002"]
    assert "<img" not in shown["r000002"]
    assert 'lang="ar"' in shown["r000003"] and 'dir="auto"' in shown["r000003"]
    assert "No abstract" in shown["r000004"]
    assert shown["r000005"].count("more words") == 4000
    assert '<mark class="for">satellite</mark>' in shown["r000006"]
    assert '<mark class="against">Birds</mark>' in shown["r000006"]
    assert "Doe" not in shown["r000006"] and "Journal of Badges" in shown["r000006"]


@pytest.mark.parametrize("shows", [False, True])
def test_rank_and_score_only_where_the_protocol_shows_them(browser, review, shows):
    """They anchor, so that the protocol decides; nothing of them is in the answer otherwise."""
    if shows:
        path = review.folder / "protocol.toml"
        path.write_text(path.read_text("utf-8").replace("show_scores = false", "show_scores = true"), "utf-8")
        review.accept_protocol("Olga", "to see them")
    one = browser("R1")
    one.get("/screen")
    (offer,) = one.get("/api/next?n=1").json()["offers"]
    assert ("score" in offer, "Rank 1" in offer["html"]) == (shows, shows)


def test_screening_goes_on_without_the_ranker(browser, app, review):
    """Where the ranker's process is gone the last order serves, and the page says what is the matter."""
    app.state.house.ranking.broken = ProjectError("the process has ended")
    one = browser("R1")
    one.get("/screen")
    answer = one.get("/api/next").json()
    assert [offer["record_id"] for offer in answer["offers"]] == ["r000001", "r000002"]
    assert "the process has ended" in answer["progress"]["trouble"]
    assert one.say("/api/decisions", **said(answer["offers"][0], "include")).status_code == 200
    assert len(decisions(review)) == 1


def test_the_first_page_waits_a_little_for_the_first_order(browser):
    """So that nobody begins with records as they were read in; to look at the progress offers nothing."""
    one = browser("R1")
    assert one.get("/api/next?n=0").json()["offers"] == []
    first = one.get("/api/next").json()
    assert first["progress"]["stale"] == 0
    assert len(first["offers"]) == 2


@pytest.mark.parametrize("replies", [[70, 6, 0], [70, ProjectError("it has ended"), 0]])
def test_nobody_waits_for_vectors_and_they_join(review, replies):
    """After the first order what is lacking is made step by step, and then the order is asked for again."""
    assert jobs_asked(review, replies) == ["orders", "encode", "encode", "encode", "orders", "encode"]


def test_vectors_join_before_the_last_of_them_is_made(review):
    """An order is asked for whenever more of them have joined."""
    asked = jobs_asked(review, [(700, "half"), (6, "half"), 0])
    assert asked.count("orders") == 3
    assert asked.index("orders", 1) < len(asked) - 1 - asked[::-1].index("encode")


def done(result=None, error=None):
    future = Future()
    if error:
        future.set_exception(error)
    else:
        future.set_result(result)
    return future


def jobs_asked(review, replies):
    """Return the jobs that an order leads to, where `encode` answers with these one after the other."""
    left = list(replies)

    joined = [""]

    class Lacking(AtOnce):
        def ask(self, job, **given):
            if job == "orders":
                orders = [replace(one, fingerprint=joined[-1]) for one in super().ask(job, **given).result()]
                return done(orders)
            if job != "encode":
                return super().ask(job, **given)
            self.asked.append(job)
            said = left.pop(0) if left else 0
            if isinstance(said, ProjectError):
                return done(error=said)
            lacking, by_now = said if isinstance(said, tuple) else (said, joined[-1] if said else "all")
            joined.append(by_now)
            return done((lacking, 134, by_now))

    async def asked():
        house = House(review.folder, Settings(), Lacking)
        house.orders.want("R1")
        for _ in range(3000):
            await asyncio.sleep(0.01)
            if not (left or house.orders.busy("R1") or house.vectors.busy("all")):
                break
        await house.close()
        return house.ranking.asked

    return asyncio.run(asked())
