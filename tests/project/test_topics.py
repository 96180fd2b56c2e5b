"""Sub-topics in a review: taught by people alone, coded by two, settled, and measured where suggestions were hidden."""

import pytest

from asreview_mc.core.errors import AsreviewMCError, DecisionError, ModelError, UnknownError
from asreview_mc.project import screen, synthesise, taught
from asreview_mc.review.topics import confirmed, open_differences, tally


@pytest.fixture
def included(review):
    """Four included reports."""
    for record_id in ("r000001", "r000002", "r000004", "r000005"):
        for stage in ("abstract", "fulltext"):
            for name in ("R1", "R2"):
                screen.decide(review, record_id, "include", name, stage=stage)
    return review


def confirm(review, encoder, record_id, name, *codes):
    others = {card.code for card in review.protocol.cards} - set(codes)
    return synthesise.confirm_topics(review, record_id, name, add=codes, remove=others, blind=True, encoder=encoder)


def test_two_coders_who_agree_need_no_settlement(included, encoder):
    """And one alone counts until the other differs."""
    confirm(included, encoder, "r000001", "R1", "design")
    assert confirmed(included.state, "r000001").codes == ("design",)
    confirm(included, encoder, "r000001", "R2", "design")
    assert tally(included.state)["design"] == ("r000001",)
    assert open_differences(included.state) == ()


def test_coders_who_differ_settle_it(included, encoder):
    """Until then nothing counts; both together or an adjudicator; who changes their mind afterwards opens it again."""
    confirm(included, encoder, "r000001", "R1", "design")
    with pytest.raises(DecisionError, match="do not differ"):
        synthesise.settle_topics(included, "r000001", ["design"], ["R1"])
    confirm(included, encoder, "r000001", "R2", "career")
    assert confirmed(included.state, "r000001") is None
    assert open_differences(included.state) == ("r000001",)
    with pytest.raises(DecisionError, match="--by R1 --by R2"):
        synthesise.settle_topics(included, "r000001", ["design"], ["R1"])
    with pytest.raises(UnknownError):
        synthesise.settle_topics(included, "r000001", ["colour"], ["R1", "R2"])
    synthesise.settle_topics(included, "r000001", ["career", "design"], ["R1", "R2"], note="both")
    assert set(confirmed(included.state, "r000001").codes) == {"career", "design"}
    confirm(included, encoder, "r000001", "R2", "employers")
    assert open_differences(included.state) == ("r000001",)


def test_suggestions_are_hidden_from_who_codes_first(included, encoder):
    """The first records are coded without them; who has coded sees them, and nobody is anybody in particular."""
    shown = synthesise.suggest_topics(included, encoder=encoder)
    hidden = synthesise.suggest_topics(included, encoder=encoder, viewer="R1")
    assert all(row["hidden"] and row["suggested"] == [] for row in hidden)
    assert not any(row["hidden"] for row in shown)
    logged = confirm(included, encoder, "r000001", "R1", "design")
    assert logged.event.hidden and logged.event.suggested
    after = {row["record_id"]: row for row in synthesise.suggest_topics(included, encoder=encoder, viewer="R1")}
    assert not after["r000001"]["hidden"]


def test_quality_is_told_where_suggestions_could_sway_nobody(included, encoder):
    """Precision and recall with intervals; undefined where nothing was said."""
    for record_id in ("r000001", "r000002"):
        confirm(included, encoder, record_id, "R1", "design")
    synthesise.confirm_topics(included, "r000004", "R1", add=["design"], encoder=encoder)
    quality = {one["code"]: one for one in synthesise.topic_quality(included)}
    assert (quality["design"]["hidden"]["n"], quality["design"]["all"]["n"]) == (2, 3)
    recall = quality["design"]["hidden"]["recall"]
    assert 0 <= recall["ci_low"] <= recall["value"] <= recall["ci_high"] <= 1
    assert quality["wellbeing"]["hidden"]["recall"]["value"] is None


def test_confirmations_teach_and_suggestions_do_not(included, encoder):
    """The model's name tells which it is; asking for suggestions changes nothing."""
    before = taught.taught_model(included, encoder).name
    synthesise.suggest_topics(included, encoder=encoder)
    assert taught.taught_model(included, encoder).name == before
    confirm(included, encoder, "r000001", "R1", "design")
    after = taught.taught_model(included, encoder)
    assert after.name != before
    assert taught.taught_model(included, encoder, zero_shot=True).name.startswith("zero-shot")
    assert taught.taught_model(included, encoder).name == after.name


def test_a_taught_model_is_saved_and_needs_its_digest(included, encoder, tmp_path):
    """Whoever sends it has to send that, too."""
    path = tmp_path / "model.npz"
    with pytest.raises(ModelError, match="nothing was confirmed"):
        taught.save(included, path, encoder)
    confirm(included, encoder, "r000001", "R1", "design")
    done = taught.save(included, path, encoder)
    assert taught.file_model(path, done["sha256"], encoder).name == taught.taught_model(included, encoder).name
    for digest in ("", "0" * 64):
        with pytest.raises(AsreviewMCError):
            taught.file_model(path, digest, encoder)


def test_rows_are_ordered_by_doubt(included, encoder):
    """Those confirmed come last."""
    confirm(included, encoder, "r000001", "R1", "design")
    rows = synthesise.suggest_topics(included, encoder=encoder)
    surest, teaching = synthesise.ordered(rows, "surest"), synthesise.ordered(rows, "teaching")
    assert surest[-1]["record_id"] == teaching[-1]["record_id"] == "r000001"
    assert surest[:-1] == teaching[:-1][::-1]
    assert synthesise.ordered(rows, "reading") == rows
    with pytest.raises(UnknownError):
        synthesise.ordered(rows, "random")
