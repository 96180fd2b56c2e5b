"""The experts: what they rate, that none sees another's rating first, and how far they agree."""

import pytest

from asreview_mc.core.errors import DecisionError, UnknownError
from asreview_mc.core.event import TopicsConfirmed
from asreview_mc.project import panel, screen
from asreview_mc.project.audit import events


@pytest.fixture
def experts(review):
    """One included record with a confirmed sub-topic, and three experts beside the reviewers."""
    path = review.folder / "protocol.toml"
    team = "".join(f'\n[[reviewers]]\nname = "X{k}"\nrole = "expert"\n' for k in (1, 2, 3))
    path.write_text(path.read_text("utf-8") + team, "utf-8")
    review.accept_protocol("R1", "experts")
    for stage in ("abstract", "fulltext"):
        for name in ("R1", "R2"):
            screen.decide(review, "r000001", "include", name, stage=stage)
    review.append(TopicsConfirmed("r000001", "R1", (review.protocol.cards[0].code,)))
    return review


def test_each_rates_apart_and_all_is_shown_once_all_have_rated(experts):
    """Neither page nor log nor figure shows a rating to another expert, or anybody, before that."""
    for name, rating in (("X1", "agree"), ("X2", "disagree")):
        panel.rate(experts, "conduct:screening", rating, name, note=f"by {name}")
    assert [one["expert"] for one in panel.agreement(experts, "X1")["ratings"]] == ["X1"]
    for viewer in ("X3", "R1", None):
        assert panel.agreement(experts, viewer)["ratings"] == []
        assert [one.get("hidden") for one in events(experts, viewer, kind="panel_rated")] == [True, True]
    assert panel.agreement(experts, None)["complete"] == 0
    panel.rate(experts, "conduct:screening", "agree", "X3")
    found = panel.agreement(experts, None)
    assert [(one["expert"], one["rating"], one["note"]) for one in found["ratings"]] == [
        ("X1", "agree", "by X1"),
        ("X2", "disagree", "by X2"),
        ("X3", "agree", ""),
    ]
    assert (found["complete"], found["conduct"]["n"], found["topic"]["n"]) == (1, 1, 0)
    assert found["conduct"]["table"] == {"agree": 2, "partly": 0, "disagree": 1}
    assert found["conduct"]["percent_agreement"] == pytest.approx(1 / 3)
    assert found["topic"]["gwet_ac1"]["value"] is None


def test_what_there_is_to_rate_follows_from_the_review(experts):
    """Each confirmed sub-topic, and the conduct of three stages; what is not there is refused."""
    code = experts.protocol.cards[0].code
    topic = f"topic:r000001:{code}"
    assert panel.waiting(experts, "X1") == [
        topic,
        "conduct:identification",
        "conduct:screening",
        "conduct:extraction",
    ]
    panel.rate(experts, topic, "partly", "X1")
    assert topic not in panel.waiting(experts, "X1")
    panel.rate(experts, topic, "agree", "X1")
    assert panel.agreement(experts, "X1")["ratings"][0]["rating"] == "agree"
    for subject, rating, name, said in (
        ("topic:r000002:x", "agree", "X1", "nothing to rate"),
        (topic, "splendid", "X1", "no rating"),
        (topic, "agree", "R1", "only experts rate"),
        (topic, "agree", "Mallory", "Mallory"),
    ):
        with pytest.raises((UnknownError, DecisionError), match=said):
            panel.rate(experts, subject, rating, name)
