"""The report in a real browser: alone with itself, sorted and searched, printed, and sound for who cannot see it."""

import os
from pathlib import Path

import pytest

from asreview_mc.core.event import Extracted, NarrativeWritten, ProtocolSet
from asreview_mc.core.protocol_file import appraisal_template
from asreview_mc.report.page import render
from asreview_mc.review.agreement import summarise

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("default")]
DESIGNS = ("quantitative", "qualitative", "case study", "mixed-method")
TOPICS = ("reskilling", "employers", "lifelong", "curriculum", "design")
YEARS = (2021, 2015, 2019, 2022, 2017, 2020)


@pytest.fixture
def written(review, tmp_path):
    """A report of twelve included papers with all that a report can hold, as a file."""
    review.tell(ProtocolSet(f"{review.state.protocol.text}\n{appraisal_template('mixed-designs')}", "R1", "appraised"))
    for number in range(12):
        (record_id,) = review.read(1, ("EBSCOhost", "SpringerLink")[number % 2], year=YEARS[number % 6], doi="10.1/a")
        review.include(record_id)
        review.confirm(record_id, *TOPICS[: 1 + number % 5])
        for name in ("R1", "R2"):
            values = {"study_design": DESIGNS[number % 4], "author_region": ["Europe", "Asia"][: 1 + number % 2]}
            review.tell(Extracted(record_id, name, "extraction", values))
            answers = {"s1": "yes", "s2": ("yes", "no", "unclear")[number % 3]}
            review.tell(Extracted(record_id, name, "mixed-designs", answers))
    (out, *_) = review.read(10)
    review.decide(out, {"R1": "include", "R2": "exclude"})
    review.tell(NarrativeWritten("topic:reskilling", "Badges help [r000001], it is said [r000002].", "R1"))
    rated = review.state.ratings("abstract", review.state.doubly_screened("abstract"))
    agreed = {"stage": "abstract", **summarise(rated, maybe="include", seed=1).to_dict()}
    path = tmp_path / "report.html"
    html = render(
        review.state,
        review.records,
        None,
        agreement=agreed,
        head=review.head,
        generated="2024-01-01",
        events=review.events,
        evidence={"r000001": {"reskilling": "Badges serve re-skilling."}},
    )
    path.write_text(html, "utf-8")
    return path


@pytest.fixture
def page(chromium, written):
    """The report opened; a request that leaves it, or a word of complaint in the console, fails the test."""
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    opened = context.new_page()
    asked, said = [], []
    opened.on("request", lambda request: asked.append(request.url))
    opened.on("console", lambda message: said.append(message.text))
    opened.on("pageerror", lambda error: said.append(str(error)))
    opened.goto(written.as_uri())
    yield opened
    assert asked == [written.as_uri()]
    assert said == []
    context.close()


def column(table, k):
    return table.locator(f"tbody tr > :nth-child({k})").all_inner_texts()


def test_a_table_is_sorted_both_ways(page):
    """By number, not by letter, and the head says which way; by the number of papers too."""
    table = page.locator("#table-by-year table")
    years, counts = column(table, 1), [int(text) for text in column(table, 2)]
    assert years == sorted(years) and 0 in counts
    head = table.locator("thead th").nth(1)
    head.locator("button").click()
    assert [int(text) for text in column(table, 2)] == sorted(counts)
    assert head.get_attribute("aria-sort") == "ascending"
    head.locator("button").click()
    assert [int(text) for text in column(table, 2)] == sorted(counts, reverse=True)
    assert head.get_attribute("aria-sort") == "descending"


def test_tables_and_papers_are_searched(page):
    """A long table and the list of papers show what holds every word, and how many that is."""
    checklist = page.locator("#checklist")
    checklist.locator("input[type=search]").fill("eligibility criteria")
    rows = checklist.locator("tbody tr:visible").all_inner_texts()
    assert rows and all("eligibility" in row.lower() and "criteria" in row.lower() for row in rows)
    papers = page.locator("#included-papers > li")
    assert papers.count() == 12
    page.locator("#included input[type=search]").fill("r000003")
    page.wait_for_function("() => document.querySelector('#included output').textContent === '1 of 12'")
    assert page.locator("#included-papers > li:visible").count() == 1
    page.locator("#included input[type=search]").fill("")
    page.wait_for_function("() => document.querySelector('#included output').textContent === ''")


def test_a_count_opens_onto_its_papers(page):
    """Behind a count stand its papers, and each leads to what is known of it."""
    cell = page.locator("#table-by-study-design details").first
    cell.locator("summary").click()
    first = cell.locator("a").first
    record_id = first.inner_text()
    first.click()
    shown = page.locator(f"[id={record_id}]")
    shown.locator("summary").click()
    assert "quantitative" in shown.inner_text() or "case study" in shown.inner_text() or "method" in shown.inner_text()
    assert page.url.endswith(f"#{record_id}")


def test_it_is_printed(page, tmp_path):
    """On A4, with what was folded away opened and nothing wider than the paper."""
    printed = Path(os.environ.get("ASREVIEW_MC_PICTURES", tmp_path)) / "report.pdf"
    page.pdf(path=printed, prefer_css_page_size=True)
    assert printed.read_bytes().startswith(b"%PDF") and printed.stat().st_size > 20_000
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.locator("details:not([open])").count() == 0
    assert not page.locator("nav").is_visible() and not page.locator("#included .search").is_visible()
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.locator("details[open]").count() == 0


@pytest.mark.parametrize("width", [1280, 360])
def test_it_is_sound(page, width):
    """Axe finds nothing serious, open or folded, and nothing stands out of the window sideways."""
    from axe_playwright_python.sync_playwright import Axe

    page.set_viewport_size({"width": width, "height": 800})
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 1
    page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
    faults = [
        f"{one['id']}: {one['help']}: {one['nodes'][0]['html'][:160]}"
        for one in Axe().run(page).response["violations"]
        if one["impact"] in ("serious", "critical")
    ]
    assert not faults, "\n".join(faults)
