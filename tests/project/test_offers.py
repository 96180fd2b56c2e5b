"""What is put before an extractor: from the record, and from the cards of a field's choices; it counts for nothing."""

import pytest

from asreview_mc.core.errors import ProtocolError
from asreview_mc.core.protocol_file import parse
from asreview_mc.project import extract, gather, screen
from asreview_mc.project.jobs import Bench
from asreview_mc.project.offers import THE_RECORD, offers
from asreview_mc.project.review import Review
from asreview_mc.project.sheets import write_sheet
from asreview_mc.review.forms import Standing

FORM = """
[review]
title = "Badges"

[screening]
decisions_wanted = 1

[[reviewers]]
name = "R1"

[[extraction]]
code = "design"
label = "study design"
type = "single"
choices = ["survey", "interviews", "other"]
definitions = ["many are asked in writing", "few are asked at length", ""]

[[extraction]]
code = "focus"
label = "focus"
type = "multi"
choices = ["barriers", "benefits"]

[[extraction]]
code = "year"
label = "year"
type = "number"
"""
CARDS = """
[[choices]]
field = "design"
choice = "survey"
cues = ["questionnaire*", "survey*", "respondents"]

[[choices]]
field = "design"
choice = "interviews"
cues = ["interview*", "focus group*"]

[[choices]]
field = "focus"
choice = "barriers"
cues = ["barrier*", "obstacle*"]

[[choices]]
field = "focus"
choice = "benefits"
cues = ["benefit*", "gains"]
"""
ABSTRACTS = (
    "A questionnaire went to 300 respondents. The survey asks for barriers, obstacles and benefits, gains too.",
    "Interviews were held. A focus group of interviewed staff named a barrier, obstacles all.",
    "Migration of birds over the sea.",
)


@pytest.fixture
def included(tmp_path):
    folder = tmp_path / "review"
    folder.mkdir()
    (folder / "protocol.toml").write_text(FORM + CARDS, "utf-8")
    table = tmp_path / "in.csv"
    rows = [f'"Paper {k}","{text}",201{k}' for k, text in enumerate(ABSTRACTS, start=1)]
    table.write_text("\n".join(["title,abstract,year", *rows]), "utf-8")
    with Review.create(folder) as review:
        gather.add(review, [table], source="EBSCOhost")
        for number in (1, 2, 3):
            for stage in ("abstract", "fulltext"):
                screen.decide(review, f"r00000{number}", "include", "R1", stage=stage)
        yield review


def test_choices_are_suggested_from_their_cards_with_the_sentence_that_speaks_for_them(included, encoder):
    """One for a single choice, all that are likely for several, none where nothing speaks; the record's own as ever."""
    found = offers(included, ["r000001", "r000002", "r000003"], encoder=encoder)
    assert (found["r000001"]["design"].value, found["r000002"]["design"].value) == ("survey", "interviews")
    assert found["r000001"]["focus"].value == ["barriers", "benefits"]
    assert found["r000002"]["focus"].value == ["barriers"]
    assert "design" not in found["r000003"] and "focus" not in found["r000003"]
    design = found["r000001"]["design"]
    assert design.evidence[0] in ABSTRACTS[0] and not design.calibrated and design.by.startswith("zero-shot")
    assert (found["r000001"]["year"].value, found["r000001"]["year"].by) == (2011, THE_RECORD)
    assert set(offers(included, ["r000001"], encoder=encoder, fields=["focus"])["r000001"]) == {"focus"}
    assert set(extract.suggestions(included, "r000001")) == {"year"}
    assert extract.suggestions(included, "r000001", encoder=encoder)["design"] == "survey"
    assert Bench(included, encoder).offers("r000002", "extraction")["design"]["value"] == "interviews"


def test_what_is_suggested_counts_for_nothing(included, encoder, tmp_path):
    """No look at a form, and no sheet, fills anything in; the sheet has it in columns that reading ignores."""
    before = included.state.seq
    offers(included, ["r000001"], encoder=encoder)
    write_sheet(included, tmp_path / "sheet.csv", "R1", encoder=encoder)
    header, first = (tmp_path / "sheet.csv").read_text("utf-8-sig").splitlines()[:2]
    assert header.endswith("design,focus,year,suggested design,suggested focus,suggested year")
    assert first.endswith(",,,survey,barriers; benefits,2011")
    assert included.state.seq == before and not included.state.forms.of("extraction")


def test_only_what_stands_teaches(included, encoder):
    """With two extractors wanted, one of them alone changes nothing that the other is shown."""
    text = (included.folder / "protocol.toml").read_text("utf-8")
    two = text.replace("decisions_wanted = 1", "decisions_wanted = 2") + '\n[[reviewers]]\nname = "R2"\n'
    (included.folder / "protocol.toml").write_text(two, "utf-8")
    included.accept_protocol("R1", "two of us")
    for number in (1, 2):
        for stage in ("abstract", "fulltext"):
            screen.decide(included, f"r00000{number}", "include", "R2", stage=stage)
    fresh = offers(included, ["r000002"], encoder=encoder)
    extract.fill_in(included, "r000001", {"design": "other"}, "R1")
    assert offers(included, ["r000002"], encoder=encoder) == fresh
    extract.fill_in(included, "r000001", {"design": "other"}, "R2")
    assert included.state.forms.cells("extraction", "r000001")["design"].stands(2) == Standing("agreed", "other")
    assert offers(included, ["r000002"], encoder=encoder)["r000002"]["design"].by.startswith("few-shot")


@pytest.mark.parametrize(
    ("card", "said"),
    [
        ('field = "colour"\nchoice = "red"\ncues = ["red"]', "no field with choices"),
        ('field = "design"\nchoice = "trial"\ncues = ["trial"]', "no choice of 'design'"),
        ('field = "design"\nchoice = "other"', "neither cues nor examples"),
        ('field = "design"\nchoice = "other"\ncues = ["interview*"]', "share the cue"),
        ('field = "design"\nchoice = "survey"\ncues = ["poll*"]', "stands twice"),
    ],
)
def test_cards_that_cannot_mean_anything_are_refused(card, said):
    """Before the protocol is accepted."""
    with pytest.raises(ProtocolError, match=said):
        parse(f"{FORM}{CARDS}\n[[choices]]\n{card}\n")
