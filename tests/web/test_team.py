"""Coming in as a team: invitations, passwords, cookies, and all that is refused."""

import json
import stat

import pytest
from starlette.testclient import TestClient

from asreview_mc.core.errors import DecisionError, OutputError
from asreview_mc.web.accounts import Accounts
from asreview_mc.web.serve import Place

PASSWORD = "correct horse battery"


@pytest.fixture
def colleague(team_app, open_browser):
    """Return a function that takes up an invitation and signs in."""
    with TestClient(team_app):

        def joined(name):
            made = open_browser(team_app, "https://review.test")
            token = team_app.state.house.accounts.invite(name)
            made.post(f"/join/{token}", data={"password": PASSWORD, "again": PASSWORD})
            assert made.enter(name, PASSWORD).status_code == 303
            return made

        yield joined


def test_an_invitation_makes_an_account_once(team_app, open_browser):
    """Its link sets a password, then ends; the file holds neither password nor link and is its owner's alone."""
    accounts = team_app.state.house.accounts
    token = accounts.invite("R1")
    guest = open_browser(team_app, "https://review.test")
    assert "Welcome, R1" in guest.get(f"/join/{token}").text
    assert guest.post(f"/join/{token}", data={"password": PASSWORD, "again": "x"}).status_code == 422
    assert guest.post(f"/join/{token}", data={"password": "short", "again": "short"}).status_code == 422
    answer = guest.post(f"/join/{token}", data={"password": PASSWORD, "again": PASSWORD})
    cookie = answer.headers["set-cookie"].lower()
    assert all(part in cookie for part in ("httponly", "secure", "samesite=strict"))
    assert guest.get(f"/join/{token}").status_code == 404
    path = team_app.state.house.folder / "accounts.json"
    assert PASSWORD not in path.read_text() and token not in path.read_text()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert "argon2id" in json.loads(path.read_text())["people"]["R1"]["password"]
    with pytest.raises(DecisionError, match="ended"):
        accounts.take_up(token, PASSWORD)


def test_guessing_is_slowed(colleague, team_app, open_browser):
    """After five wrong passwords even the right one has to wait; a wrong name is told apart by nothing."""
    colleague("R1")
    thief = open_browser(team_app, "https://review.test")
    answers = [thief.enter("R1", "wrong") for _ in range(5)]
    assert {answer.status_code for answer in answers} == {403}
    nobody = thief.enter("Mallory", "wrong")
    assert nobody.text == answers[0].text
    assert thief.enter("R1", PASSWORD).status_code == 429


def test_nobody_is_let_in_without_a_session(team_app, open_browser):
    """No page, no picture, no answer of the API; a forged cookie or token opens nothing."""
    guest = open_browser(team_app, "https://review.test")
    for path in ("/", "/screen", "/owner", "/log", "/pictures/flow.svg", "/export", "/full-text/file/r000001"):
        assert guest.get(path).headers["location"] == "/sign-in", path
    assert guest.get("/api/events").status_code == 401
    assert guest.get("/api/events", headers={"Authorization": "Bearer no"}).status_code == 401
    guest.cookies.set("asreview_mc", "eyJuYW1lIjoiUjEifQ.x.y")
    assert guest.get("/").status_code == 303
    assert guest.post("/sign-in", data={"name": "R1"}).status_code == 403


def test_forms_of_others_are_refused(browser):
    """No token of the session, another site's origin, another host or too much of it: nothing is done."""
    one = browser("R1")
    said = {"record_id": "r000001", "decision": "include"}
    assert one.post("/api/decisions", json=said).status_code == 403
    assert one.post("/preferences", data={"include": "x"}).status_code == 403
    one.headers["X-CSRF"] = one.csrf
    for headers in ({"Origin": "https://evil.test"}, {"Sec-Fetch-Site": "cross-site"}):
        assert one.post("/api/decisions", json=said, headers=headers).status_code == 403
    assert one.get("/", headers={"Host": "evil.test"}).status_code == 421
    assert one.post("/api/decisions", content=b"x" * (2 << 20)).status_code == 413
    assert one.post("/api/decisions", json=said, headers={"Origin": "http://127.0.0.1:8000"}).status_code == 200


def test_every_answer_says_what_a_browser_may_do_with_it(browser):
    """Scripts and styles of this server alone, no frame, no sniffing, nothing kept."""
    answer = browser("R1").get("/screen")
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy and "unsafe" not in policy and "frame-ancestors 'none'" in policy
    assert (answer.headers["x-content-type-options"], answer.headers["cache-control"]) == ("nosniff", "no-store")
    assert " style=" not in answer.text and "<script>" not in answer.text and " onclick" not in answer.text


def test_a_token_acts_as_its_owner_until_it_is_ended(colleague):
    """A script needs no cookie and no form token, and sees what its owner sees."""
    one = colleague("R1")
    shown = one.fill_in("/account/token", label="script").text
    token = shown.split("Copy it now, it is not shown again: <code>")[1].split("<")[0]
    one.cookies.clear()
    bearer = {"Authorization": f"Bearer {token}"}
    assert one.get("/api/me", headers=bearer).json()["name"] == "R1"
    said = {"record_id": "r000001", "decision": "include"}
    assert one.post("/api/decisions", json=said, headers=bearer).status_code == 200
    one.enter("R1", PASSWORD)
    one.fill_in("/account/token", end="0")
    assert one.get("/api/me", headers=bearer).status_code == 401


def test_signing_out_everywhere_ends_every_session(colleague):
    """A cookie taken along to another device is worth nothing afterwards."""
    one, other = colleague("R1"), colleague("R1")
    other.enter("R1", PASSWORD)
    one.enter("R1", PASSWORD)
    one.fill_in("/sign-out", everywhere="yes")
    assert other.get("/").status_code == 303


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"host": "0.0.0.0"}, "without --team"),
        ({"host": "192.168.1.2", "team": True}, "in the clear"),
        ({"host": "::", "team": True}, "in the clear"),
        ({"team": True, "behind_proxy": True}, "own name"),
        ({"certfile": "missing.pem"}, "both"),
    ],
)
def test_what_is_not_safe_is_refused(asked, said):
    """Off this machine only as a team and only by TLS."""
    with pytest.raises(OutputError, match=said):
        Place(**asked).settings()


def test_what_is_safe_is_served(tmp_path):
    """Alone by http on this machine; as a team by https, under the names given and no other."""
    assert Place().settings().address == "http://127.0.0.1:8000"
    certificate = tmp_path / "c.pem"
    certificate.touch()
    served = Place("0.0.0.0", team=True, names=("r.test",), certfile=certificate, keyfile=certificate).settings()
    assert (served.address, served.hosts) == ("https://r.test:8000", ("r.test",))
    proxied = Place(team=True, names=("r.test",), behind_proxy=True).settings()
    assert proxied.address == "https://r.test" and proxied.secure


def test_accounts_that_cannot_be_read_are_one_line(tmp_path):
    """A damaged file says what to do and loses no decision."""
    (tmp_path / "accounts.json").write_text("{")
    with pytest.raises(Exception, match="invite everybody again"):
        Accounts(tmp_path)
