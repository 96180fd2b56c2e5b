"""The other pages: conflicts, full texts, duplicates, sub-topics, the owner's, and what is taken away."""

import re

import pytest

from asreview_mc.learn.stop.heuristics import Quiet
from asreview_mc.project.screen import decide
from asreview_mc.review.topics import confirmed

PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\n%%EOF\n"


def disagree(review, record_id="r000001"):
    decide(review, record_id, "include", "R1")
    decide(review, record_id, "exclude", "R2", note="not about universities")


def include(review, record_id):
    for stage in ("abstract", "fulltext"):
        for name in ("R1", "R2"):
            decide(review, record_id, "include", name, stage=stage)


def test_a_conflict_is_settled_when_both_say_the_same(browser, team_app, review):
    """Each says how; with one word missing it stays open, with both it is settled by both."""
    disagree(review)
    one, other = browser("R1"), browser("R2")
    assert "not about universities" in one.get("/conflicts").text
    assert one.say("/api/settlements", record_id="r000001", decision="include").json()["settled"] is False
    assert review.state.verdict("abstract", "r000001").open
    other.fill_in("/conflicts/r000001", answer="discuss", note="I see")
    assert "I see" in one.get("/conflicts").text and "would settle it as <b>include</b>" in other.get("/conflicts").text
    other.fill_in("/conflicts/r000001", answer="include", stage="abstract")
    settlement = review.state.settlement("abstract", "r000001")
    assert (settlement.event.decision, set(settlement.event.by)) == ("include", {"R1", "R2"})


def test_an_adjudicator_settles_alone_and_an_expert_not_at_all(browser, review):
    """Roles hold on the server."""
    disagree(review)
    assert browser("Eve").fill_in("/conflicts/r000001", answer="exclude").status_code == 403
    assert browser("Ada").fill_in("/conflicts/r000001", answer="exclude").status_code == 303
    assert review.state.verdict("abstract", "r000001").outcome == "exclude"


def test_two_at_one_machine_settle_together(browser, review):
    """Alone at this machine the one beside may be named."""
    disagree(review)
    browser("R1").fill_in("/conflicts/r000001", answer="include", **{"with": "R2"})
    assert review.state.settlement("abstract", "r000001").event.by == ("R1", "R2")


def test_a_pdf_is_kept_and_shown_and_nothing_else_is(browser, review):
    """It lies in the project and may load nothing; other files are refused."""
    for name in ("R1", "R2"):
        decide(review, "r000001", "include", name)
    one = browser("R1")
    path = "/full-text/file/r000001"
    refused = one.fill_in(path, files={"file": ("x.pdf", b"<script>", "application/pdf")})
    assert refused.status_code == 422 and "no PDF" in refused.text
    assert one.get(path).status_code == 404
    assert (
        one.fill_in(path, files={"file": ("../../x.pdf", PDF, "application/pdf")}, route="library").status_code == 303
    )
    shown = one.get(path)
    assert (shown.content, shown.headers["content-type"]) == (PDF, "application/pdf")
    assert "default-src 'none'" in shown.headers["content-security-policy"]
    assert "script-src" not in shown.headers["content-security-policy"]
    kept = review.state.retrievals["r000001"].event
    assert (review.folder / kept.file).read_bytes() == PDF and kept.route == "library"
    assert "open the PDF" in one.get("/full-text").text
    (review.folder / kept.file).unlink()
    shown = one.get("/full-text").text
    assert "open the PDF" not in shown and "not in the review" in shown


def test_a_full_text_is_excluded_for_a_reason_of_the_list(browser, review):
    """Without one it is refused."""
    for name in ("R1", "R2"):
        decide(review, "r000001", "include", name)
    one = browser("R1")
    said = {"record_id": "r000001", "decision": "exclude", "stage": "fulltext"}
    assert one.say("/api/decisions", **said).status_code == 409
    assert one.say("/api/decisions", **said, reason=review.protocol.reasons[0].code).status_code == 200


def test_sub_topics_count_once_confirmed(browser, review):
    """What is ticked is logged, what is suggested alone is not."""
    include(review, "r000001")
    one = browser("R1")
    shown = one.get("/topics").text
    assert "1 of 1 included papers wait" in shown and confirmed(review.state, "r000001") is None
    codes = [card.code for card in review.protocol.cards][:2]
    one.fill_in("/topics/r000001", code=codes)
    assert confirmed(review.state, "r000001").codes == tuple(codes)
    assert "You have coded all 1 included papers" in one.get("/topics").text


def test_coders_who_differ_settle_it_together_or_an_adjudicator_does(browser, review):
    """Both answers side by side; nobody settles alone what is not theirs to settle."""
    path = review.folder / "protocol.toml"
    path.write_text(path.read_text("utf-8").replace("coders = 1 ", "coders = 2 "), "utf-8")
    review.accept_protocol("Olga", "two coders")
    first, second = (card.code for card in review.protocol.cards[:2])
    for n, record_id in enumerate(("r000001", "r000002")):
        include(review, record_id)
        browser("R1").fill_in(f"/topics/{record_id}", code=[first])
        assert browser("R2").get("/topics/conflicts").text.count("<h3>R1</h3>") == n
        browser("R2").fill_in(f"/topics/{record_id}", code=[first, second])
    one = browser("R1")
    assert "Coders differ on 2 papers" in one.get("/topics").text
    shown = one.get("/topics/conflicts").text
    assert "not all gave it" in shown and shown.index("R1</h3>") < shown.index("R2</h3>")
    base = re.search(r'conflicts/r000001".*?name="base" value="(\d+)"', shown, re.DOTALL)[1]
    assert one.fill_in("/topics/conflicts/r000001", code=[first], base=base).status_code == 409
    said = {"code": [first], "with": ["R2"], "base": base}
    assert one.fill_in("/topics/conflicts/r000001", **said).status_code == 303
    assert one.fill_in("/topics/conflicts/r000001", **said | {"code": [second]}).status_code == 409  # sent again
    assert confirmed(review.state, "r000001").codes == (first,)
    judge = browser("Ada")
    assert judge.get("/topics").status_code == 403
    base = re.search(r'name="base" value="(\d+)"', judge.get("/topics/conflicts").text)[1]
    said = {"code": [second], "note": "as defined", "base": base}
    assert judge.fill_in("/topics/conflicts/r000002", **said).status_code == 303
    assert confirmed(review.state, "r000002").codes == (second,)
    assert "None is open" in judge.get("/topics/conflicts").text


def test_doubtful_pairs_are_judged_side_by_side(browser, review, tmp_path):
    """What differs is marked, and one word makes them one record."""
    from asreview_mc.project import gather

    path = tmp_path / "more.csv"
    path.write_text(
        'title,abstract,authors,year,journal\nDigital badge in higher education,,"Doe, Jane",2021,\n', "utf-8"
    )
    gather.add(review, [path], source="Scopus")
    one = browser("R1")
    shown = one.get("/duplicates").text
    if "No pair waits" in shown:
        pytest.skip("these two are no doubtful pair any more")
    assert "<ins>" in shown or "<del>" in shown
    one.fill_in("/duplicates", record_id="r000007", other="r000001", answer="same")
    assert review.state.kept("r000007") == "r000001"


def test_files_are_read_with_their_reconciliation(browser, review):
    """Found = read + rejected, on the page, each reject with its reason."""
    olga = browser("Olga")
    ris = b"TY  - JOUR\nTI  - Stackable credentials\nER  -\n\nTY  - JOUR\nAU  - Nobody\nER  -\n"
    answer = olga.fill_in("/owner/add", files={"files": ("new.ris", ris)}, source="ERIC", via="database")
    assert answer.status_code == 303
    shown = olga.get("/owner").text
    assert "new.ris" in shown and "1 rejected" in shown and "ERIC" in shown
    assert review.state.n_records == 7
    assert olga.fill_in("/owner/add", files={"files": ("new.ris", ris)}, source="ERIC").status_code == 422


def test_the_owner_leads(browser, review):
    """Protocol, shares, calibration, the end of a stage, invitation and backup each leave their event or file."""
    olga = browser("Olga")
    text = (review.folder / "protocol.toml").read_text("utf-8").replace('maybe = "conflict"', 'maybe = "include"')
    assert olga.fill_in("/owner/protocol", text=text, reason="we agreed").status_code == 303
    assert review.protocol.maybe == "include"
    assert olga.fill_in("/owner/protocol", text="[review", reason="x").status_code == 422
    for said in (
        {"verb": "calibrate", "n": "2"},
        {"verb": "assign", "people": ["R1", "R2"], "n": "3"},
        {"verb": "close", "reason": "enough"},
        {"verb": "reopen", "reason": "not enough"},
        {"verb": "unblind", "reason": "the end", "people": ["Olga"]},
    ):
        assert olga.fill_in("/owner/team", **said).status_code == 303, said
    kinds = {logged.event.kind for logged in review.log.events()}
    assert {"calibrated", "assigned", "stage_closed", "stage_reopened", "unblinded"} <= kinds
    assert "/join/" in olga.fill_in("/owner/invite", name="R1").text
    assert olga.fill_in("/owner/backup").status_code == 303
    assert len(list((review.folder / "backups").glob("*.db"))) == 1


@pytest.mark.parametrize("kind", ["csv", "ris", "json", "html"])
def test_what_is_taken_away_is_a_file(browser, kind):
    """Each export comes with a name; what is none is refused."""
    one = browser("R1")
    answer = one.get(f"/export?format={kind}&what=all")
    assert answer.status_code == 200 and "attachment" in answer.headers["content-disposition"]
    assert one.get("/export?format=exe").status_code == 422
    assert one.get("/export?what=../../etc").status_code == 422


def extraction_form(**fields):
    """Return what the page's form of extraction sends."""
    return (
        {"form": "extraction"}
        | {f"here.{code}": "1" for code in fields}
        | {f"field.{code}": value for code, value in fields.items()}
    )


def test_forms_are_filled_in_blind_compared_and_agreed(browser, review):
    """Neither sees the other's answer before both are in; what differs ends when both say the same."""
    include(review, "r000001")
    one, other = browser("R1"), browser("R2")
    path = "/extraction?record=r000001"
    assert "Digital badges in higher education" in one.get("/extraction").text
    sent = extraction_form(aim="zebra aim", study_design="qualitative", topics=["social", "economic"])
    assert one.fill_in("/extraction/r000001", base="0", **sent).status_code == 303
    assert "zebra aim" in one.get(path).text and "zebra" not in other.get(path).text
    assert "zebra" not in browser("Ada").get(path).text
    other.fill_in("/extraction/r000001", **extraction_form(aim="zebra aim", study_design="quantitative"))
    shown = one.get(path).text
    assert "Where answers differ" in shown and "quantitative" in shown
    told = {"form": "extraction", "of.study_design": "R1"}
    assert other.fill_in("/extraction/r000001/agree", **told).status_code == 303
    cell = review.state.forms.cells("extraction", "r000001")["study_design"]
    assert cell.stands(2).value == "qualitative"
    assert review.state.forms.cells("extraction", "r000001")["topics"].given["R1"].value == ["social", "economic"]


def test_a_form_filled_in_elsewhere_or_wrongly_is_not_lost(browser, review):
    """What cannot be taken in stands in the form again, under one line on why."""
    include(review, "r000001")
    one = browser("R1")
    one.fill_in("/extraction/r000001", base="0", **extraction_form(aim="first"))
    late = one.fill_in("/extraction/r000001", base="0", **extraction_form(aim="second"))
    assert late.status_code == 409 and "another window" in late.text and "second</textarea>" in late.text
    assert review.state.forms.cells("extraction", "r000001")["aim"].given["R1"].value == "first"
    assert browser("Eve").get("/extraction").status_code == 403
    assert browser("Ada").fill_in("/extraction/r000001", **extraction_form(aim="x")).status_code == 403


def test_an_adjudicator_settles_a_form_and_two_at_one_machine_together(browser, review):
    """Both ways leave a settlement by name."""
    include(review, "r000001")
    for name, design, aim in (("R1", "qualitative", "a"), ("R2", "quantitative", "b")):
        browser(name).fill_in("/extraction/r000001", **extraction_form(study_design=design, aim=aim))
    browser("Ada").fill_in("/extraction/r000001/agree", form="extraction", **{"of.study_design": "R2"})
    browser("R1").fill_in("/extraction/r000001/agree", form="extraction", **{"of.aim": "R2", "with": "R2"})
    cells = review.state.forms.cells("extraction", "r000001")
    assert (cells["study_design"].settled.value, cells["study_design"].settled.by) == ("quantitative", ("Ada",))
    assert (cells["aim"].settled.value, set(cells["aim"].settled.by)) == ("b", {"R1", "R2"})


def test_suggestions_stand_in_the_form_and_confirm_nothing(browser, review):
    """Confirmed sub-topics fill in the field before anybody gave it; looking at it logs nothing."""
    include(review, "r000001")
    one = browser("R1")
    card = review.protocol.cards[0]
    one.fill_in("/topics/r000001", code=[card.code])
    label = card.label
    shown = one.get("/extraction?record=r000001").text
    assert "Suggested by the record" in shown
    assert "subtopics" not in review.state.forms.cells("extraction", "r000001")
    one.fill_in("/extraction/r000001", **extraction_form(subtopics=[label]))
    given = review.state.forms.cells("extraction", "r000001")["subtopics"].given["R1"]
    assert (given.value, given.suggested) == ([label], True)


def test_ones_own_tags_find_their_records_again_and_stay_ones_own(browser, review):
    """A tag filters the search of who put it there; a colleague does not see it on a record that is pending."""
    one, other = browser("R1"), browser("R2")
    assert one.say("/api/tags", record_id="r000001", tag="zebra").json()["tags"] == ["zebra"]
    assert one.say("/api/tags", record_id="r000001", tag="zebra").status_code == 409
    assert "Digital badges" in one.get("/search?tag=zebra").text and "zebra" in one.get("/screen").text
    assert "Arctic" not in one.get("/search?tag=zebra&q=badges").text
    assert "zebra" not in other.get("/search?q=badges").text and not other.get("/api/tags").json()["records"]
    assert one.say("/api/tags", record_id="r000001", tag="zebra", remove=True).json()["tags"] == []


def test_reports_of_one_study_are_linked_and_parted(browser, review):
    """Either from the full texts or from a doubtful pair; what is noted can be taken back."""
    for record_id in ("r000001", "r000002"):
        include(review, record_id)
    one = browser("R1")
    one.fill_in("/full-text/study/r000001", records="r000002", answer="together")
    assert "same study as r000002" in one.get("/full-text").text
    one.fill_in("/full-text/study/r000001", records="r000002", answer="apart")
    assert "same study as" not in one.get("/full-text").text
    one.fill_in("/duplicates", record_id="r000002", other="r000001", answer="study")
    assert "same study as r000001" in one.get("/full-text").text


def test_the_stopping_verdict_is_a_look_that_somebody_takes(browser, review):
    """To open a page asks nothing anew; to ask is logged by name, and all see what the rule said."""
    decide(review, "r000001", "include", "R1")
    decide(review, "r000001", "include", "R2")
    one = browser("R1")
    shown = one.get("/stopping").text
    assert "stop_looked" not in {logged.event.kind for logged in review.log.events()}
    rule = review.protocol.stopping.rule
    looked = one.fill_in("/stopping", stage="abstract").text
    assert "1 of 6 records are read to the end" in looked
    if rule:
        assert "has not been asked yet" in shown
        assert f"the rule {rule} said" in browser("R2").get("/").text and rule in one.get("/screen").text
    assert browser("Eve").fill_in("/stopping", stage="abstract").status_code == 403
    assert one.fill_in("/stopping/sample", n="2").status_code == 403
    assert browser("Olga").fill_in("/stopping/sample", n="2").status_code == 303


def test_a_second_look_is_drawn_on_the_page(browser, review, monkeypatch):
    """By whoever leads, and not before the end of reading."""
    for name in ("R1", "R2"):
        decide(review, "r000001", "include", name)
    olga = browser("Olga")
    assert "Draw the second look" in olga.get("/stopping").text
    assert "Draw the second look" not in browser("R1").get("/stopping").text
    monkeypatch.setattr(Quiet, "by_buscar_alone", lambda *_: False)
    assert "too early for a second look" in olga.fill_in("/stopping/sample", purpose="second look").text
    monkeypatch.setattr(Quiet, "look_from", lambda *_: 0)
    assert browser("R1").fill_in("/stopping/sample", purpose="second look").status_code == 403
    assert olga.fill_in("/stopping/sample", purpose="second look").status_code == 303
    (drawn,) = [one.event for one in review.log.events() if one.event.kind == "sample_drawn"]
    assert len(drawn.record_ids) == 5
    assert "5 drawn records are still to be read" in browser("R1").fill_in("/stopping", stage="abstract").text


def test_records_are_assigned_by_name_and_taken_out_again(browser, review):
    """The share follows."""
    olga = browser("Olga")
    olga.fill_in("/owner/team", verb="assign", people=["R1"], records="r000002, r000003")
    assert review.state.share("abstract", "R1") == ["r000002", "r000003"]
    olga.fill_in("/owner/team", verb="withdraw", records="r000002", **{"from": "R1"})
    assert review.state.share("abstract", "R1") == ["r000003"]


def test_sub_topics_come_in_the_order_that_the_coder_likes(browser, review):
    """And stay in it from one paper to the next; no other order is taken."""
    for record_id in ("r000001", "r000002", "r000004"):
        include(review, record_id)
    one = browser("R1")
    shown = {order: one.get(f"/topics?order={order}").text for order in ("reading", "surest", "teaching")}
    first = {order: re.search(r'action="/topics/(r\d+)"', text)[1] for order, text in shown.items()}
    assert first["reading"] == "r000001"
    assert {"surest first", "what teaches most first"} <= {
        label for text in shown.values() for label in re.findall(r'aria-current="true">([^<]+)<', text)
    }
    answer = one.fill_in(f"/topics/{first['teaching']}", code=[], order="teaching")
    assert answer.headers["location"].startswith("/topics?order=teaching")
    assert one.get("/topics?order=alphabet").status_code == 422


def test_what_was_done_is_said_where_the_page_jumps_to_a_part(browser):
    """The words stand before the part of the page, which a browser keeps to itself."""
    answer = browser("Olga").fill_in("/owner/backup")
    assert re.fullmatch(r"/owner\?said=[^#]+#\w+", answer.headers["location"])


def test_only_who_decided_or_adjudicates_is_asked_to_settle(browser, review):
    """Others see the conflict and no button that would do nothing."""
    disagree(review)
    assert "Settle as include" in browser("R1").get("/conflicts").text
    assert "Settle as include" in browser("Ada").get("/conflicts").text
    shown = browser("Olga").get("/conflicts").text
    assert "not about universities" in shown and "Settle as include" not in shown


def test_errors_on_the_page_speak_of_no_command_line(browser):
    """Scripts are told what to run; somebody before a page is told what is wrong."""
    one = browser("R1")
    shown = one.get("/screen?record=r000099")
    assert shown.status_code == 404
    assert "no record" in shown.text and "asreview-mc export" not in shown.text
    assert "Back to where" not in shown.text
    again = one.get("/screen?record=r000099", headers={"referer": "http://127.0.0.1:8000/search?q=birds"})
    assert 'href="/search?q=birds"' in again.text
    elsewhere = one.get("/screen?record=r000099", headers={"referer": "http://evil.example/search"})
    assert "Back to where" not in elsewhere.text
    answer = one.say("/api/tags", record_id="r000099", tag="zebra")
    assert "asreview-mc export" in answer.json()["error"]
