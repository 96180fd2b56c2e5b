"""The narrative as the report shows it: sections in order, citations that lead somewhere, and what no longer does."""

import pytest

from asreview_mc.core.event import NarrativeWritten
from asreview_mc.core.record import Record
from asreview_mc.report.drafts import gaps_draft, protocol_limitations
from asreview_mc.report.narrative_view import sections, short_reference


def told(review):
    return {one["section"]: one for one in sections(review.state, review.records, review.events)}


def test_citations_resolve_to_included_papers(finished):
    """Each becomes author and year; a duplicate stands for the paper that was kept."""
    finished.tell(NarrativeWritten("topic:reskilling", "Both say so [r000001, r000002]; one first [r000010].", "R1"))
    (found,) = told(finished).values()
    assert found["title"] == "re- and up-skilling" and found["unresolved"] == []
    cites = [[one["record_id"] for one in cites] for _, cites in found["parts"]]
    assert cites == [["r000001", "r000002"], ["r000001"], []]
    assert "".join(text for text, _ in found["parts"]) == "Both say so ; one first ."


def test_a_paper_excluded_later_is_shown_as_unresolved(finished):
    """What was right when it was written is marked once it is not."""
    finished.tell(NarrativeWritten("gaps", "Only [r000002].", "R1"))
    assert told(finished)["gaps"]["unresolved"] == []
    for name in ("R1", "R2"):
        finished.undo("r000002", name, "fulltext")
    finished.decide("r000002", "exclude:setting", "fulltext")
    assert told(finished)["gaps"]["unresolved"] == ["r000002"]
    assert [one["included"] for _, cites in told(finished)["gaps"]["parts"] for one in cites] == [False]


def test_later_literature_stands_apart(finished):
    """It may cite what is not included, and is never counted among the included; a record that is none is shown."""
    finished.tell(NarrativeWritten("later", "Since then [r000006] and [r999999].", "R1"))
    found = told(finished)["later"]
    assert found["title"] == "Compared with later literature"
    assert found["unresolved"] == ["r999999"]


def test_the_last_text_stands_and_an_empty_one_takes_it_away(finished):
    """Sections come in the protocol's order, not in that of writing."""
    finished.tell(NarrativeWritten("future", "First.", "R1"), NarrativeWritten("topic:employers", "A.", "R2"))
    finished.tell(NarrativeWritten("future", "Second.", "R2"))
    assert [(name, one["text"], one["by"]) for name, one in told(finished).items()] == [
        ("topic:employers", "A.", "R2"),
        ("future", "Second.", "R2"),
    ]
    finished.tell(NarrativeWritten("future", " ", "R1"))
    assert list(told(finished)) == ["topic:employers"]


def test_drafts_are_of_the_protocol_and_the_counts(finished):
    """Limitations name dates, databases and fields; gaps are small categories with the papers they have."""
    said = " ".join(protocol_limitations(finished.state.protocol))
    for words in ("2022-01-05", "EBSCOhost, Taylor&Francis, SpringerLink were searched", "title or abstract"):
        assert words in said
    draft = gaps_draft(finished.state, finished.records)
    assert draft.startswith("Below ") and "sub-topic: career guidance, 0 of 1" in draft  # the other is not coded yet


@pytest.mark.parametrize(
    ("authors", "year", "reference"),
    [
        (("Cook, A.",), 2021, "Cook 2021"),
        (("Cook, A.", "Ruddy, C."), 2019, "Cook & Ruddy 2019"),
        (("Cook, A.", "Ruddy, C.", "Ponte, F."), None, "Cook et al. n.d."),
        ((), 2020, "On badges 2020"),
    ],
)
def test_a_reference_is_short(authors, year, reference):
    assert short_reference(Record("r000001", title="On badges", authors=authors, year=year)) == reference
