"""Flags against criteria that a program can check: to the day, and only where the source says something."""

import pytest

from asreview_mc.core.protocol import Criterion, Protocol
from asreview_mc.core.record import Record
from asreview_mc.identify.criteria import flags, peer_reviewed, published


def included(**settings):
    return Protocol(text="", title="t", inclusion=(Criterion("c", "…", **settings),))


def excluded(**settings):
    return Protocol(text="", title="t", exclusion=(Criterion("c", "…", **settings),))


def why(record, protocol):
    found = flags([record], protocol)
    return found[0].why if found else ""


@pytest.mark.parametrize(
    ("date", "year", "days"),
    [
        ("2022-01-05", None, ("2022-01-05", "2022-01-05")),
        ("2022/01/05", 2022, ("2022-01-05", "2022-01-05")),
        ("2019//", 2019, ("2019-01-01", "2019-12-31")),
        ("2019/03//", 2019, ("2019-03-01", "2019-03-31")),
        ("2021 Mar 7", None, ("2021-03-07", "2021-03-07")),
        ("Dec 2021", None, ("2021-12-01", "2021-12-31")),
        ("7 March 2021", None, ("2021-03-07", "2021-03-07")),
        ("March 7, 2021", None, ("2021-03-07", "2021-03-07")),
        ("Jan-Feb 2022", None, ("2022-01-01", "2022-02-31")),
        ("2022 Nov-Dec", None, ("2022-11-01", "2022-12-31")),
        ("2022 Jan 3 - Feb", None, ("2022-01-01", "2022-02-31")),
        ("March/April 2020", None, ("2020-03-01", "2020-04-31")),
        ("Summer 2020", 2020, ("2020-01-01", "2020-12-31")),
        ("2021-13-40", 2021, ("2021-01-01", "2021-12-31")),
        ("", 2018, ("2018-01-01", "2018-12-31")),
        ("in press", None, None),
        ("", None, None),
    ],
)
def test_dates_as_sources_write_them(date, year, days):
    """A year or a month stands for all its days."""
    assert published(Record(date=date, year=year)) == days


@pytest.mark.parametrize(
    ("date", "flagged"),
    [
        ("2014-12-31", True),
        ("2015-01-01", False),
        ("2022-01-05", False),
        ("2022-01-06", True),
        ("2022", False),
        ("2022-02", True),
        ("2023", True),
        ("", False),
    ],
)
def test_the_date_criterion_is_checked_to_the_day(date, flagged):
    """And a date that could lie within is not flagged."""
    year = int(date[:4]) if date else None
    assert bool(why(Record(date=date, year=year), included(date_from="2015-01-01", date_to="2022-01-05"))) == flagged


def test_language_and_type_are_checked_where_the_source_says_them():
    """In any case, one of several is enough; silence is not a failure."""
    english = included(languages=("English", "en"))
    assert why(Record(language="ENGLISH"), english) == ""
    assert why(Record(language="Lithuanian; English"), english) == ""
    assert why(Record(language="Lithuanian"), english) == "language Lithuanian"
    assert why(Record(), english) == ""
    assert why(Record(publication_type="Book"), included(publication_types=("article",))) == "publication type Book"
    assert why(Record(publication_type="Letter"), excluded(publication_types=("letter",))) == "publication type Letter"


def test_keywords_must_stand_in_title_or_abstract():
    """Whole words, or stems with an asterisk."""
    words = included(keywords=("micro-credential*", "badge"))
    assert why(Record(title="Micro-Credentials now"), words) == ""
    assert why(Record(abstract="One badge."), words) == ""
    assert why(Record(title="Badgers"), words).startswith("neither title nor abstract")
    assert why(Record(title="Badgers"), excluded(keywords=("badger*",))) == "has 'badger*' in title or abstract"


def test_a_criterion_without_settings_flags_nothing():
    """Most criteria need a person."""
    assert flags([Record(title="x", year=1900, language="xx")], included()) == []
    assert flags([Record(title="x", year=1900, language="xx")], excluded()) == []


def test_what_was_online_before_the_cut_off_is_not_flagged_for_its_issue():
    """Online on 30 December, in an issue in February: a person decides which the protocol means, not the program."""
    criterion = included(date_from="2015-01-01", date_to="2022-01-05")
    record = Record(date="2022 Feb 3", date_online="20211230", year=2022)
    assert published(record) == ("2021-12-30", "2022-02-03")
    assert why(record, criterion) == ""
    assert why(Record(date="2022 Feb 3", date_online="2022 Jan 20", year=2022), criterion)


@pytest.mark.parametrize(
    ("extra", "notes", "said"),
    [
        ({"Peer Reviewed": ["Yes"]}, (), "yes"),
        ({"peer_reviewed": ["F"]}, (), "no"),
        ({"Refereed": ["false"]}, (), "no"),
        ({}, ("Peer reviewed: Yes.",), "yes"),
        ({}, ("Peer review in higher education",), ""),
        ({"Peer Reviewed": ["unknown"]}, (), ""),
        ({}, (), ""),
    ],
)
def test_peer_review_is_what_the_source_says(extra, notes, said):
    """A title or note that only speaks of peer review says nothing of the record."""
    record = Record(title="Peer reviewed: no", extra=extra, notes=notes)
    assert peer_reviewed(record) == said
    assert bool(why(record, included(peer_reviewed="yes"))) is (said == "no")
    assert bool(why(record, excluded(peer_reviewed="no"))) is (said == "no")
