"""Sub-topics in a review: taught by people alone, coded by two, settled, and measured where suggestions were hidden."""

import pytest

from asreview_mc.core.errors import AsreviewMCError, DecisionError, ModelError, ProtocolError, UnknownError
from asreview_mc.project import agreement, reporting, screen, shown, synthesise, taught
from asreview_mc.project.jobs import Bench
from asreview_mc.project.taught import text_of
from asreview_mc.review.topics import confirmed, open_differences, tally


@pytest.fixture
def included(review):
    """Four included reports, whose sub-topics are coded by two."""
    path = review.folder / "protocol.toml"
    path.write_text(path.read_text("utf-8").replace("coders = 1 ", "coders = 2 "), "utf-8")
    review.accept_protocol("R1", "two coders")
    for record_id in ("r000001", "r000002", "r000004", "r000005"):
        for stage in ("abstract", "fulltext"):
            for name in ("R1", "R2"):
                screen.decide(review, record_id, "include", name, stage=stage)
    return review


def confirm(review, encoder, record_id, name, *codes):
    others = {card.code for card in review.protocol.cards} - set(codes)
    return synthesise.confirm_topics(review, record_id, name, add=codes, remove=others, blind=True, encoder=encoder)


def test_two_coders_who_agree_need_no_settlement(included, encoder):
    """And one alone does not count, settles nothing and tells nobody."""
    confirm(included, encoder, "r000001", "R1", "design")
    assert confirmed(included.state, "r000001") is None
    assert not any(tally(included.state).values())
    with pytest.raises(DecisionError, match="by all who must"):
        synthesise.settle_topics(included, "r000001", ["design"], ["R1"])
    for viewer, n in (("R1", 1), ("R2", 0), (None, 0)):
        assert {one["all"]["n"] for one in synthesise.topic_quality(included, viewer)} == {n}
    confirm(included, encoder, "r000001", "R2", "design")
    assert tally(included.state)["design"] == ("r000001",)
    assert open_differences(included.state) == ()
    with pytest.raises(DecisionError, match="do not differ"):
        synthesise.settle_topics(included, "r000001", ["design"], ["R1"])


def test_one_coder_is_enough_where_the_protocol_says_so(included, encoder):
    """But not while a second is waited for, since that would disclose the first."""
    path = included.folder / "protocol.toml"
    text = path.read_text("utf-8").replace("coders = 2 ", "coders = 1 ")
    confirm(included, encoder, "r000001", "R1", "design")
    path.write_text(text, "utf-8")
    with pytest.raises(ProtocolError, match="would disclose"):
        included.accept_protocol("R1", "one coder")
    confirm(included, encoder, "r000001", "R2", "design")
    included.accept_protocol("R1", "one coder")
    confirm(included, encoder, "r000002", "R2", "career")
    assert tally(included.state)["career"] == ("r000002",)


def test_each_coder_has_first_records_of_their_own(included, encoder, monkeypatch):
    """How many another has coded changes nothing."""
    monkeypatch.setattr("asreview_mc.review.topics.HIDDEN_FIRST", 1)
    monkeypatch.setattr("asreview_mc.review.topics._drawn", lambda record_id: False)
    confirm(included, encoder, "r000002", "R1", "design")
    rows = {
        viewer: synthesise.suggest_topics(included, encoder=encoder, viewer=viewer) for viewer in ("R1", "R2", None)
    }
    hidden = {viewer: {row["record_id"] for row in told if row["hidden"]} for viewer, told in rows.items()}
    everything = {"r000001", "r000002", "r000004", "r000005"}
    assert hidden == {"R1": set(), "R2": everything, None: everything}
    confirm(included, encoder, "r000002", "R2", "design")
    assert not any(row["hidden"] for row in synthesise.suggest_topics(included, encoder=encoder))


def test_coders_who_differ_settle_it(included, encoder):
    """Until then nothing counts; both together or an adjudicator; who changes their mind afterwards opens it again."""
    confirm(included, encoder, "r000001", "R1", "design")
    confirm(included, encoder, "r000001", "R2", "career")
    assert confirmed(included.state, "r000001") is None
    assert open_differences(included.state) == ("r000001",)
    (shown,) = synthesise.topic_conflicts(included)
    assert (shown["record_id"], shown["codes"]) == ("r000001", {"R1": ["design"], "R2": ["career"]})
    assert shown["agreed"] == []
    with pytest.raises(DecisionError, match="--by R1 --by R2"):
        synthesise.settle_topics(included, "r000001", ["design"], ["R1"])
    with pytest.raises(UnknownError):
        synthesise.settle_topics(included, "r000001", ["colour"], ["R1", "R2"])
    synthesise.settle_topics(included, "r000001", ["career", "design"], ["R1", "R2"], note="both")
    assert set(confirmed(included.state, "r000001").codes) == {"career", "design"}
    confirm(included, encoder, "r000001", "R2", "employers")
    assert open_differences(included.state) == ("r000001",)


def test_suggestions_are_hidden_from_who_codes_first(included, encoder):
    """The first records are coded without them, whoever asks; who has coded sees them, and the other does not yet."""
    for viewer in ("R1", None):
        hidden = synthesise.suggest_topics(included, encoder=encoder, viewer=viewer)
        assert all(row["hidden"] and row["suggested"] == [] for row in hidden)
    with pytest.raises(DecisionError, match="suggestions hidden"):
        synthesise.confirm_topics(included, "r000001", "R1", encoder=encoder)
    logged = confirm(included, encoder, "r000001", "R1", "design")
    assert logged.event.hidden and logged.event.suggested
    after = {row["record_id"]: row for row in synthesise.suggest_topics(included, encoder=encoder, viewer="R1")}
    assert not after["r000001"]["hidden"] and after["r000002"]["hidden"]
    other = {row["record_id"]: row for row in synthesise.suggest_topics(included, encoder=encoder, viewer="R2")}
    assert other["r000001"]["hidden"]


def test_who_has_yet_to_code_learns_nothing_of_the_other(included, encoder, monkeypatch):
    """Neither what they said, nor what it taught the model; in the log, too; with both in, all of it."""
    monkeypatch.setattr("asreview_mc.review.topics.HIDDEN_FIRST", 0)
    fresh = synthesise.suggest_topics(included, encoder=encoder, viewer="R2")
    logged = confirm(included, encoder, "r000001", "R1", "design")
    for viewer in ("R2", None):
        assert synthesise.suggest_topics(included, encoder=encoder, viewer="R2") == fresh
        assert not included.state.may_see(logged, viewer)
    mine = {row["record_id"]: row for row in synthesise.suggest_topics(included, encoder=encoder, viewer="R1")}
    assert (mine["r000001"]["confirmed"], mine["r000001"]["mine"]) == (None, ["design"])
    assert taught.taught_model(included, encoder, viewer="R1").name.startswith("few-shot")
    assert not taught.taught_model(included, encoder).name.startswith("few-shot")
    confirm(included, encoder, "r000001", "R2", "career")
    assert included.state.may_see(logged, "R2") and included.state.may_see(logged, None)
    assert taught.taught_model(included, encoder, viewer=None).name.startswith("few-shot")


def test_confirming_what_was_shown_teaches_no_model(included, encoder, monkeypatch):
    """The model whose suggestions were on the page is the one that is logged; the next page has another."""
    bench = Bench(included, encoder)
    bench.suggestions("R1")
    taught_again = []
    monkeypatch.setattr(synthesise, "taught_model", lambda *given, **named: taught_again.append(given))
    first = bench.confirm("r000001", "R1", ["design"], [], False)
    second = bench.confirm("r000002", "R1", ["design"], [], False)
    assert first.event.model == second.event.model and not taught_again
    bench.suggestions("R1")
    assert bench.confirm("r000004", "R1", ["design"], [], False).event.model != first.event.model


def test_agreement_is_told_apart_where_suggestions_were_hidden(included, encoder, monkeypatch):
    """Two who saw the same suggestions agree too easily."""
    for name in ("R1", "R2"):
        confirm(included, encoder, "r000001", name, "design")
    monkeypatch.setattr("asreview_mc.review.topics.HIDDEN_FIRST", 0)
    for name in ("R1", "R2"):
        synthesise.confirm_topics(included, "r000002", name, add=["design"], encoder=encoder)
    found = {one["code"]: one for one in agreement.sub_topics(included.state, None)}["design"]
    assert (found["all"]["n"], found["hidden"]["all"]["n"]) == (2, 1)
    tables = {one.name: one for one in reporting.all_tables(included, None)}
    label = next(card.label for card in included.protocol.cards if card.code == "design")
    agreed = [line for line in tables["agreement-subtopics"].rows if line[0] == label]
    assert [line[1:4] for line in agreed] == [("unseen", 1, "100%"), ("all", 2, "100%")]


def test_quality_is_told_where_suggestions_could_sway_nobody(included, encoder, monkeypatch):
    """Precision and recall with intervals; undefined where nothing was said."""
    for record_id in ("r000001", "r000002"):
        confirm(included, encoder, record_id, "R1", "design")
    monkeypatch.setattr("asreview_mc.review.topics.HIDDEN_FIRST", 2)
    synthesise.confirm_topics(included, "r000004", "R1", add=["design"], encoder=encoder)
    quality = {one["code"]: one for one in synthesise.topic_quality(included, "R1")}
    assert (quality["design"]["hidden"]["n"], quality["design"]["all"]["n"]) == (2, 3)
    recall = quality["design"]["hidden"]["recall"]
    assert 0 <= recall["ci_low"] <= recall["value"] <= recall["ci_high"] <= 1
    assert quality["wellbeing"]["hidden"]["recall"]["value"] is None
    told = {viewer: {one.name: one for one in reporting.all_tables(included, viewer)} for viewer in ("R1", "R2", None)}
    assert "suggestions" not in told["R2"] and "suggestions" not in told[None]  # a second coder is still waited for
    label = next(card.label for card in included.protocol.cards if card.code == "design")
    rows = [line[:3] for line in told["R1"]["suggestions"].rows if line[0] == label]
    assert rows == [(label, "unseen", 2), (label, "all", 3)]
    assert "Suggested sub-topics against confirmed ones" in reporting.report_html(included, "R1")


def test_confirmations_teach_and_suggestions_do_not(included, encoder):
    """The model's name tells which it is; asking for suggestions changes nothing."""
    before = taught.taught_model(included, encoder).name
    synthesise.suggest_topics(included, encoder=encoder)
    assert taught.taught_model(included, encoder).name == before
    for name in ("R1", "R2"):
        confirm(included, encoder, "r000001", name, "design")
    after = taught.taught_model(included, encoder)
    assert after.name != before
    assert taught.taught_model(included, encoder, zero_shot=True).name.startswith("zero-shot")
    assert taught.taught_model(included, encoder).name == after.name


def test_a_taught_model_is_saved_and_needs_its_digest(included, encoder, tmp_path):
    """Whoever sends it has to send that, too."""
    path = tmp_path / "model.npz"
    with pytest.raises(ModelError, match="nothing was confirmed"):
        taught.save(included, path, encoder)
    for name in ("R1", "R2"):
        confirm(included, encoder, "r000001", name, "design")
    done = taught.save(included, path, encoder)
    assert taught.file_model(path, done["sha256"], encoder).name == taught.taught_model(included, encoder).name
    for digest in ("", "0" * 64):
        with pytest.raises(AsreviewMCError):
            taught.file_model(path, digest, encoder)


def test_rows_are_ordered_by_doubt(included, encoder):
    """Those confirmed come last."""
    confirm(included, encoder, "r000001", "R1", "design")
    rows = synthesise.suggest_topics(included, encoder=encoder, viewer="R1")
    surest, teaching = synthesise.ordered(rows, "surest"), synthesise.ordered(rows, "teaching")
    assert surest[-1]["record_id"] == teaching[-1]["record_id"] == "r000001"
    assert surest[:-1] == teaching[:-1][::-1]
    assert synthesise.ordered(rows, "reading") == rows
    with pytest.raises(UnknownError):
        synthesise.ordered(rows, "random")


def test_what_was_shown_is_what_is_confirmed(included, encoder, monkeypatch):
    """Though what was confirmed since has taught the model another thing; nothing is kept of what is hidden."""
    synthesise.suggest_topics(included, encoder=encoder, viewer="R1", remember=True)
    assert shown.recall(included, "R1", "r000005", text_of(included.records["r000005"])) is None
    monkeypatch.setattr("asreview_mc.review.topics.HIDDEN_FIRST", 0)
    monkeypatch.setattr("asreview_mc.review.topics.HIDDEN_SHARE", 10**9)
    rows = {
        one["record_id"]: one
        for one in synthesise.suggest_topics(included, encoder=encoder, viewer="R1", remember=True)
    }
    for record_id in ("r000001", "r000002", "r000004"):
        confirm(included, encoder, record_id, "R1", "career", "wellbeing")
    before = shown.recall(included, "R1", "r000005", text_of(included.records["r000005"]))
    assert before is not None
    logged = synthesise.confirm_topics(included, "r000005", "R1", encoder=encoder).event
    assert set(logged.codes) == {one["code"] for one in rows["r000005"]["suggested"]}
    assert (logged.model, logged.suggested) == (before[1], {one["code"]: one["p"] for one in before[0]})
    assert shown.recall(included, "R2", "r000005", text_of(included.records["r000005"])) is None
    assert shown.recall(included, "R1", "r000005", "another text") is None
    (kept,) = (included.folder / "cache").glob("suggested-*.json")
    kept.write_text("{", "utf-8")
    assert shown.recall(included, "R1", "r000005", text_of(included.records["r000005"])) is None
