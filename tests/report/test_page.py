"""The report: one file, nothing from outside, nothing pending, nothing of a stranger's text that acts."""

import base64
import hashlib
import re
from html.parser import HTMLParser

import pytest

from asreview_mc.core.event import ProtocolSet
from asreview_mc.report.account import disputes, limitations, screening_labels
from asreview_mc.report.counts import count
from asreview_mc.report.page import render
from asreview_mc.review.agreement import summarise


class Page(HTMLParser):
    """Tags, ids, addresses and the text of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags, self.ids, self.links, self.said = set(), [], [], []
        self.feed(html)
        self.text = " ".join(" ".join(self.said).split())

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        for name, value in attrs:
            if name == "id":
                self.ids.append(value)
            elif name in ("src", "href", "xlink:href", "action", "data", "poster", "srcset"):
                self.links.append(value)

    def handle_data(self, data):
        self.said.append(data)


def agreement_of(review, stage="abstract"):
    rated = review.state.ratings(stage, review.state.doubly_screened(stage))
    found = summarise({name: given for name, given in rated.items() if given}, maybe="include", seed=1)
    return {"stage": stage, **found.to_dict()}


def page_of(review, viewer=None, **given):
    given = {"agreement": agreement_of(review), "head": review.head, "generated": "2024-01-01"} | given
    return render(review.state, review.records, viewer, **given)


def test_the_page_needs_nothing_from_outside(finished):
    """No script, style sheet, picture or frame is fetched; only DOIs lead elsewhere, and every anchor is there.

    The one script stands in the page, and the policy of the page allows that one alone, by its digest.
    """
    finished.include(finished.read(1, doi='10.1000/a<b>"c')[0])
    html = page_of(finished)
    page = Page(html)
    assert not page.tags & {"link", "img", "iframe", "object", "embed", "form", "audio", "video"}
    outside = [link for link in page.links if not link.startswith("#")]
    assert outside == ["https://doi.org/10.1000/a<b>%22c"]
    (script,) = re.findall(r"<script>(.*?)</script>", html, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{digest}'" in html
    assert "url(http" not in html and "@import" not in html
    assert len(page.ids) == len(set(page.ids))
    assert {link[1:] for link in page.links if link.startswith("#")} <= set(page.ids)


def test_a_stranger_s_text_does_nothing(finished):
    """Titles, authors, journals, sources, notes and the protocol's words are text, whatever they hold."""
    evil = "<script>alert(1)</script><img src=x onerror=alert(1)>{{ 7*7 }}"
    (record_id,) = finished.read(1, evil, title=evil, authors=(evil,), journal=evil, abstract=evil)
    finished.decide(record_id, {"R1": "include", "R2": "exclude"})
    finished.settle(record_id, "include", note=evil)
    finished.decide(record_id, "include", "fulltext")
    text = finished.state.protocol.text.replace("wrong setting", "wrong <b onclick=x>setting")
    finished.tell(ProtocolSet(text, "R1", evil))
    html = page_of(finished, title=evil)
    assert html.count("<script") == 1 and "<img" not in html and "<b onclick" not in html
    assert html.count("&lt;script&gt;alert(1)&lt;/script&gt;") >= 7
    assert "{{ 7*7 }}" in html


@pytest.mark.parametrize("stage", ["abstract", "fulltext"])
def test_a_pending_decision_changes_nothing_for_others(new_review, stage):
    """The page for R2 and for nobody is the same whatever R1 has decided, beside a settled conflict too."""
    pages = {}
    for said in ("include", "exclude:setting", "maybe"):
        review = new_review()
        first, second = review.read(2)
        review.decide(first, {"R1": "include", "R2": "exclude"})
        review.settle(first, "include")
        if stage == "fulltext":
            review.decide(second, "include")
        review.decide(second, {"R1": said}, stage)
        for viewer in (None, "R2"):
            pages[said, viewer] = page_of(review, viewer, head="0" * 64)
    for viewer in (None, "R2"):
        assert len({pages[said, viewer] for said in ("include", "exclude:setting", "maybe")}) == 1


def test_a_settlement_before_all_decided_shows_nothing(review):
    """Settled early, a record is no conflict, and the one decision made on it shows to nobody."""
    (record_id,) = review.read(1)
    review.decide(record_id, {"R1": "exclude"})
    review.settle(record_id, "include")
    assert disputes(review.state, None) == disputes(review.state, "R2") == []


def test_a_conflict_opened_again_says_so(review):
    """Who decides otherwise after a settlement opens it again, and the page shows both."""
    (record_id,) = review.read(1)
    review.decide(record_id, {"R1": "include", "R2": "exclude"})
    review.settle(record_id, "include")
    review.decide(record_id, {"R2": "exclude"})
    assert "include by R1, R2; decision open again" in Page(page_of(review)).text


def test_numbers_and_papers_stand_on_the_page(finished):
    """Counts, sub-topic papers, reasons, settlement and the log's head can be read."""
    page = Page(page_of(finished))
    for said in (
        "All 9 sums of the diagram close",
        "re- and up-skilling economic 1 50 % 1 r000001",
        "wrong setting 1 r000003",
        "reason not settled 1 r000004",
        "include by R1, R2: “the college is a university”",
        "R2: exclude (wrong study design) reason open",
        "EBSCOhost, SpringerLink · also r000010",
        finished.head,
    ):
        assert said in page.text, said


def test_agreement_has_intervals_and_reasons(review):
    """κ stands with its interval; where a statistic is undefined the reason stands in its place."""
    ids = review.read(12)
    for record_id in ids[:6]:
        review.decide(record_id, "include")
    review.decide(ids[6], {"R1": "maybe", "R2": "exclude"})
    for record_id in ids[7:]:
        review.decide(record_id, "exclude")
    found = agreement_of(review)
    text = Page(page_of(review)).text
    kappa = found["pairs"][0]["cohen_kappa"]
    assert f"Cohen’s κ {kappa['value']:.2f} {kappa['ci_low']:.2f} to {kappa['ci_high']:.2f}" in text
    assert "R1 included 58% and R2 50% of these 12 records" in text
    assert "maybe 0 0 1" in text
    alone = {
        "stage": "abstract",
        **summarise({"R1": {"r1": "exclude"}, "R2": {"r1": "exclude"}}, maybe="include", seed=1).to_dict(),
    }
    text = Page(page_of(review, agreement=alone)).text
    assert f"Cohen’s κ undefined {alone['pairs'][0]['cohen_kappa']['why']}" in text


def test_agreement_by_stage_and_of_three(review):
    """Several stages can be given at once, and three reviewers have their figures together."""
    three = {
        name: {"r1": "include", "r2": "exclude", "r3": said}
        for name, said in zip("ABC", ("include", "exclude", "include"), strict=True)
    }
    found = summarise(three, maybe="include", seed=1).to_dict()
    text = Page(page_of(review, agreement={"abstract": found, "fulltext": found})).text
    assert text.count("All reviewers together") == 2
    assert "On full text" in text


def test_an_empty_review_has_a_page(review):
    """Before anything is read, every section says so and nothing fails; agreement may be missing."""
    text = Page(page_of(review, agreement=None)).text
    for said in ("Nothing has been read yet", "No record has every decision in yet", "No figure is released yet"):
        assert said in text


def test_the_curve_follows_the_order_of_completion(review):
    """Records count when their last decision comes in; open conflicts and pending ones are left out."""
    one, two, three, four = review.read(4)
    review.decide(one, {"R1": "include"})
    review.decide(two, "exclude")
    review.decide(one, {"R2": "include"})
    review.decide(three, {"R1": "include", "R2": "exclude"})
    review.decide(four, {"R1": "include"})
    assert screening_labels(review.state) == [0, 1]


def test_the_same_log_gives_the_same_page(finished):
    """Nothing but what is handed in depends on the clock."""
    assert page_of(finished) == page_of(finished)


def test_half_a_surrogate_does_not_stop_the_page(finished):
    """A broken character in a title is replaced; the page can be encoded."""
    finished.include(finished.read(1, title="bad \ud800 end")[0])
    assert "bad ? end" in page_of(finished).encode("utf-8").decode("utf-8")


def test_limitations_are_those_of_the_log(review):
    """Each limitation is named with its number, and a review without any names none."""
    ids = review.read(2, abstract="", rejected=3)
    pending, conflict, missing, included, unsettled = review.read(5)
    review.decide(pending, {"R1": "include"})
    review.decide(conflict, {"R1": "include", "R2": "exclude"})
    for record_id in (missing, included, unsettled):
        review.decide(record_id, "include")
    review.retrieve(missing, "not-retrieved")
    review.decide(included, "include", "fulltext")
    review.decide(unsettled, {"R1": "exclude:setting", "R2": "exclude:study_design"}, "fulltext")
    assert limitations(review.state, review.records, count(review.state)) == [
        "Not read from the files, for want of a title, an abstract or a DOI: 3 records.",
        "Without an abstract, to be judged by title alone: 2 of 7 unique records.",
        "Not screened by anybody: 2 records. Relevant ones among them are missing here.",
        "Begun and still without an outcome: 2 records.",
        "Not settled between reviewers: 2 conflicts.",
        "Not to be had in full text: 1 report.",
        "Excluded for reasons that are not settled: 1 report.",
        "Without confirmed sub-topics, and so missing in their table: 1 included paper.",
    ]
    assert ids


def test_single_screening_is_a_limitation(new_review):
    """A protocol with one decision a record says so in the report."""
    review = new_review()
    text = review.state.protocol.text.replace("decisions_wanted = 2", "decisions_wanted = 1")
    review.tell(ProtocolSet(text, "R1", "alone"))
    assert limitations(review.state, review.records, count(review.state)) == [
        "One reviewer decided on each record; nobody checked these decisions."
    ]
