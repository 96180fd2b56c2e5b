"""Blindness on the server: every route, crawled as every role, before and after a colleague's pending decisions."""

import re

import pytest

ROLES = ("R2", "Olga", *(pytest.param(name, marks=pytest.mark.slow) for name in ("Ada", "Eve")))
SECRET = "zebra-note-nobody-may-see"
HIDDEN = re.compile(r'log head <code>.*?</code>|data-csrf="[^"]*"|name="csrf" value="[^"]*"')


def pages(app):
    """Return every address that answers to GET, its parameters filled in."""
    filled = {"record_id": "r000001", "name": "flow", "token": "x"}
    paths = {"/pictures/curve.svg", "/pictures/agreement.svg"}
    for route in all_routes(app):
        if "GET" in getattr(route, "methods", ()):
            paths.add(re.sub(r"\{(\w+)[^}]*\}", lambda found: filled[found[1]], route.path))
    stages = [f"{path}?stage=fulltext" for path in ("/screen", "/conflicts", "/mine", "/api/next", "/api/conflicts")]
    more = ["/search?q=badge", "/api/search?q=badge", "/screen?record=r000001", "/log?record=r000001"]
    more += [f"/export?format={kind}&what=all" for kind in ("csv", "json", "ris")]
    return sorted([*paths, *stages, *more])


def all_routes(app):
    from asreview_mc.web.app import ROUTES

    return [route for module in ROUTES for route in module.router.routes]


def test_the_crawl_reaches_every_route(app):
    """It would see nothing if it went nowhere."""
    found = pages(app)
    assert len(found) > 35
    assert {"/", "/api/events", "/owner", "/topics", "/pictures/flow.svg"} <= set(found)


@pytest.mark.parametrize("name", ROLES)
def test_no_route_tells_what_a_colleague_has_decided(app, browser, name):
    """Two reviews that differ in what R1 said alone look the same to everybody else, on every route."""
    one = browser("R1")
    one.say("/api/decisions", record_id="r000001", decision="exclude", reason="language", note=SECRET)
    one.say("/api/decisions", record_id="r000006", decision="maybe", note=SECRET)
    other = browser(name)
    for path in ("/screen", "/screen?stage=fulltext"):
        other.get(path)  # from here on there is an order to go by
    seen = crawl(app, other)
    for record_id in ("r000001", "r000006"):
        one.say("/api/decisions", record_id=record_id, decision="include", note=SECRET)
    again = crawl(app, other)
    for path, (status, text) in seen.items():
        assert status < 500, path
        assert SECRET not in text, path
        assert path.startswith(COUNTING) or HIDDEN.sub("", text) == HIDDEN.sub("", again[path][1]), path


# These say how many events there are, or list them; that there were two more is no secret, what they say is.
COUNTING = ("/log", "/api/events", "/api/status", "/export", "/owner")


def crawl(app, one):
    found = {}
    for path in pages(app):
        answer = one.get(path)
        text = re.sub(r"\d+ events|\.svg\?\d+", "", answer.text)
        found[path] = (answer.status_code, re.sub(r"data-(offers|progress)=\"[^\"]*\"", "", text))
    return found


@pytest.mark.parametrize(
    ("name", "allowed"),
    [("R1", True), ("Olga", True), ("Ada", False), ("Eve", False)],
)
def test_who_does_not_decide_cannot(browser, name, allowed):
    """Adjudicators and experts put no decision in the log, whatever they send."""
    one = browser(name)
    answer = one.say("/api/decisions", record_id="r000001", decision="include")
    assert answer.status_code == (200 if allowed else 403)


def test_only_an_owner_leads(browser):
    """Every form of the owner's page is refused to others, on the server."""
    one, olga = browser("R1"), browser("Olga")
    for path in ("add", "protocol", "invite", "team", "backup"):
        assert one.fill_in(f"/owner/{path}", name="R1", verb="unblind", reason="x").status_code == 403, path
    assert one.get("/owner").status_code == 403
    assert 'href="/owner"' not in one.get("/").text
    assert olga.get("/owner").status_code == 200
