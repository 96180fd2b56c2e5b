"""The page in a real browser: two people screen blind, disagree, settle, judge and confirm; keys, zoom, dark, axe."""

import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from asreview_mc.project import audit
from asreview_mc.project.review import Review

PAGES = (
    *("/", "/screen", "/mine", "/search?q=badge", "/conflicts", "/full-text", "/duplicates", "/topics", "/agreement"),
    *("/log", "/owner", "/account", "/screen?stage=fulltext", "/topics/conflicts"),
)
LOOKS = {
    "light": {"viewport": {"width": 1280, "height": 800}},
    "dark": {"viewport": {"width": 1280, "height": 800}, "color_scheme": "dark"},
    "narrow": {"viewport": {"width": 360, "height": 740}},
    "zoomed": {"viewport": {"width": 640, "height": 400}, "device_scale_factor": 2},
}

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("default")]


@pytest.fixture
def served(review, tmp_path):
    """Serve the review as a user would, in a process of its own; return its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "asreview_mc", "serve", "--project", str(review.folder), "--port", str(port)]
    with (tmp_path / "serve.log").open("w") as log:
        process = subprocess.Popen(command, stderr=log, stdout=log)
    address = f"http://127.0.0.1:{port}"
    for _ in range(300):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                break
        time.sleep(0.1)
    yield address
    process.terminate()
    process.wait(20)
    assert "Traceback" not in (tmp_path / "serve.log").read_text()


def enter(chromium, address, name, **look):
    """Return a page of somebody; what the browser complains of fails the test."""
    page = chromium.new_context(**look).new_page()
    page.set_default_timeout(90_000)
    page.on("pageerror", lambda error: pytest.fail(f"the page's script failed: {error}"))
    page.goto(f"{address}/sign-in")
    page.click(f"button[value={name}]")
    return page


def answer(page, key, n=1):
    """Press a key for each of the next `n` records, each once it is there."""
    for _ in range(n):
        before = page.inner_text("#record .id")
        page.wait_for_timeout(250)
        page.keyboard.press(key)
        page.wait_for_function("before => document.querySelector('#record .id')?.textContent !== before", arg=before)


def settled(page):
    """Wait until every decision is on the server."""
    page.wait_for_function(
        "() => Object.keys(localStorage).every(k => !k.includes('unsent') || localStorage[k] === '[]')"
    )


def test_two_people_conduct_a_review(chromium, served, review):
    """Screened blind, disagreed, settled, full texts judged, a sub-topic confirmed; the flow shows their numbers."""
    one, other = enter(chromium, served, "R1"), enter(chromium, served, "R2")
    answers = {"r000001": "ii", "r000002": "ie", "r000006": "ee"}
    for number, page in enumerate((one, other)):
        page.goto(f"{served}/screen")
        assert "R1" not in page.inner_text("#record")
        for record_id, keys in answers.items():
            page.goto(f"{served}/screen?record={record_id}")
            page.keyboard.press(keys[number])
            settled(page)
    page = one
    page.goto(f"{served}/conflicts")
    assert page.locator(".conflict").count() == 1
    page.click("text=Settle as include")
    other.goto(f"{served}/conflicts")
    other.click("text=Settle as include")
    assert "is settled" in other.inner_text("#said")
    for page in (one, other):
        for record_id, key in (("r000001", "i"), ("r000002", "e")):
            page.goto(f"{served}/screen?stage=fulltext&record={record_id}")
            if key == "e":
                page.keyboard.press("1")
            page.keyboard.press(key)
            settled(page)
    one.goto(f"{served}/topics")
    one.keyboard.press("1")
    one.keyboard.press("c")
    one.wait_for_selector("text=r000001 is confirmed")
    one.goto(served)
    alt = one.get_attribute("img.flow", "alt")
    assert "1 excluded and 2 passed on title and abstract, 1 excluded on full text, 1 included" in alt
    drawn = one.request.get(f"{served}/pictures/flow.svg").text()
    assert "Records excluded (n = 1)" in drawn.replace("\u00a0", " ")
    assert "Reports of included studies (n = 1)" in drawn.replace("\u00a0", " ")
    with Review.open(review.folder) as now:
        assert audit.status(now)["included"] == 1


def test_by_keys_alone_with_a_note_and_an_undo(chromium, served, review):
    """Three answers, one taken back, a note, the help: never the mouse."""
    page = enter(chromium, served, "R1")
    page.goto(f"{served}/screen")
    first = page.inner_text("#record .id")
    answer(page, "i")
    settled(page)
    page.keyboard.press("u")
    page.wait_for_function("first => document.querySelector('#record .id').textContent === first", arg=first)
    page.keyboard.press("n")
    page.keyboard.type("i e m are letters here")
    page.keyboard.press("Escape")
    answer(page, "m")
    answer(page, "e")
    settled(page)
    page.keyboard.press("?")
    assert page.locator("dialog[open]").is_visible()
    page.keyboard.press("Escape")
    own = [(one.decision, one.note) for one in review.state.own("abstract", "R1")]
    assert own == [("exclude", ""), ("maybe", "i e m are letters here")]


def test_a_lost_connection_loses_no_decision(chromium, served, review):
    """What is decided offline is kept, said, and sent once the server is back; a double click answers once."""
    page = enter(chromium, served, "R1")
    page.goto(f"{served}/screen")
    page.wait_for_timeout(300)
    page.context.set_offline(True)
    answer(page, "i")
    page.wait_for_selector("#trouble:not([hidden])")
    assert "1 decision is kept in this browser" in page.inner_text("#trouble")
    page.context.set_offline(False)
    settled(page)
    page.wait_for_timeout(300)
    page.dblclick("[data-answer=exclude]")
    settled(page)
    assert [one.decision for one in review.state.own("abstract", "R1")] == ["exclude", "include"]


@pytest.mark.parametrize("look", LOOKS)
def test_every_page_is_sound_in_every_look(chromium, served, review, look, tmp_path_factory):
    """Axe finds nothing serious, nothing stands out of the window sideways; a picture of each page is kept."""
    from axe_playwright_python.sync_playwright import Axe

    from asreview_mc.project.screen import decide

    for name, decision in (("R1", "include"), ("R2", "exclude")):
        decide(review, "r000001", decision, name)
        decide(review, "r000002", "include", name)
    pictures = Path(os.environ.get("ASREVIEW_MC_PICTURES", tmp_path_factory.mktemp("pictures")))
    page = enter(chromium, served, "Olga" if look == "light" else "R1", **LOOKS[look])
    faults = []
    for path in PAGES:
        if path == "/owner" and look != "light":
            continue
        page.goto(f"{served}{path}", wait_until="networkidle")
        page.screenshot(path=pictures / f"{look}-{path.strip('/').replace('?', '-') or 'overview'}.png", full_page=True)
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        faults += [f"{path}: {wide} pixels too wide"] if wide > 1 else []
        for one in Axe().run(page).response["violations"]:
            if one["impact"] in ("serious", "critical"):
                faults.append(f"{path}: {one['id']}: {one['help']}: {one['nodes'][0]['html'][:160]}")
    assert not faults, "\n".join(faults)
