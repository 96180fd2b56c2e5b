"""Identification in a review: all files or none, no file twice, duplicates merged and never deleted."""

import pytest

from asreview_mc.core.errors import AsreviewMCError, ReadError, UnknownError
from asreview_mc.project import gather
from asreview_mc.project.duplicates import dedup


def test_one_bad_file_adds_none_of_them(review, tmp_path):
    """`add a b` with an unreadable b changes nothing."""
    good = tmp_path / "good.csv"
    good.write_text("title\nAnother paper\n", "utf-8")
    head = review.head
    for bad in (tmp_path / "missing.ris", tmp_path):
        with pytest.raises(ReadError):
            gather.add(review, [good, bad], source="X")
    assert review.head == head
    assert review.state.n_records == 6


def test_the_same_file_is_not_read_twice(review, tmp_path):
    """Content decides, not the name."""
    copy = tmp_path / "copy.csv"
    copy.write_bytes((tmp_path / "export.csv").read_bytes())
    with pytest.raises(ReadError, match="read already"):
        gather.add(review, [copy], source="Scopus")
    assert review.state.n_records == 6


def test_the_same_file_twice_in_one_call_adds_nothing(review, tmp_path):
    """All or none holds within a call, too."""
    new = tmp_path / "new.csv"
    new.write_text("title\nAnother paper\n", "utf-8")
    with pytest.raises(ReadError):
        gather.add(review, [new, new], source="X")
    assert review.state.n_records == 6
    assert len(review.records) == 6


@pytest.mark.parametrize("given", [{"source": " "}, {"source": "X", "via": "pigeon"}, {"source": "X", "by": "Mallory"}])
def test_unknown_names_are_refused(review, tmp_path, given):
    """A source without a name could not be reported."""
    new = tmp_path / "new.csv"
    new.write_text("title\nAnother paper\n", "utf-8")
    with pytest.raises(UnknownError):
        gather.add(review, [new], **given)
    assert review.state.n_records == 6


@pytest.mark.parametrize("day", ["yesterday", "31/01/2024", "2024-13-01", "20240131", "2999-01-01"])
def test_a_search_is_run_on_a_day_that_has_been(review, tmp_path, day):
    """The methods paragraph prints it."""
    new = tmp_path / "new.csv"
    new.write_text("title\nAnother paper\n", "utf-8")
    with pytest.raises(UnknownError, match="2026-01-31"):
        gather.add(review, [new], source="X", searched=day)
    assert review.state.n_records == 6


def test_a_source_spelt_otherwise_is_the_same_source(review, tmp_path):
    """The protocol's query goes with it, and PRISMA has one line for it; an unknown one is remarked on."""
    told = []
    for k, source in enumerate(("Taylor and  Francis", "ERIC", " eric ", "?", "!")):
        new = tmp_path / f"new{k}.csv"
        new.write_text(f"title\nPaper {k} of all\n", "utf-8")
        (event,) = gather.add(review, [new], source=source)
        told.append((event.source, bool(event.query), gather.remarks(review, [event])))
    assert [one[:2] for one in told] == [
        ("Taylor&Francis", True),
        ("ERIC", False),
        ("ERIC", False),
        ("?", False),
        ("!", False),
    ]
    assert told[0][2] == [] and "ERIC is none of the protocol's sources" in told[1][2][0]


def test_records_whose_titles_were_not_understood_are_remarked_on(review, tmp_path):
    """A heading that is not known empties a field; what stood under it is named."""
    new = tmp_path / "new.csv"
    new.write_text("Überschrift,DOI\nA paper,10.1000/1\n", "utf-8")
    added = gather.add(review, [new], source="EBSCOhost")
    assert gather.remarks(review, added) == ["new.csv: 1 of 1 records have no title; not understood: Überschrift"]


def test_query_and_date_of_the_search_default_to_the_protocol(review):
    """What the protocol planned is logged with what came of it."""
    event = review.state.reading_of("r000001")
    assert event.searched == "2021-12-20"
    assert event.query.startswith("micro-credential*")


def test_dedup_twice_merges_nothing_new(review, tmp_path):
    """Merging is a state to reach, not a step to repeat."""
    again = tmp_path / "again.csv"
    again.write_text((tmp_path / "export.csv").read_text("utf-8") + "\nA seventh paper,,Author 7,2007\n", "utf-8")
    gather.add(review, [again], source="Scopus")
    first = dedup(review)
    assert (first.records, first.merged, first.clusters, first.unique) == (13, 6, 6, 7)
    second = dedup(review)
    assert (second.merged, second.unique) == (0, 7)
    assert review.log.verify().ok


def test_new_files_may_come_during_screening_and_decisions_stand(review, tmp_path):
    """A later duplicate joins the record that was decided on."""
    from asreview_mc.project.screen import decide

    decide(review, "r000001", "include", "R1")
    late = tmp_path / "late.csv"
    late.write_text("title,authors,year\nDigital badges in higher education,Author 1,2001\n", "utf-8")
    gather.add(review, [late], source="Late")
    dedup(review)
    assert [one.decision for one in review.state.visible("abstract", "r000001", "R1")] == ["include"]
    assert review.state.kept("r000007") == "r000001"


def test_every_error_is_one_line(review, tmp_path):
    """So that it can be read aloud to whoever sent the file."""
    try:
        gather.add(review, [tmp_path / "no\nsuch"], source="X")
    except AsreviewMCError as error:
        assert "\n" not in str(error)
    else:
        pytest.fail("a missing file was read")
