"""Certain duplicates and nothing else: what joins, what keeps apart, and no contradiction at the ends of a chain."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from asreview_mc.core.record import Record
from asreview_mc.identify import references
from asreview_mc.identify.dedup import Duplicate, clearly_differ, find, normalise

TITLE = "Stackable micro-credentials in higher education"


def numbered(*records: Record) -> list[Record]:
    return [replace(record, record_id=f"r{number:06d}") for number, record in enumerate(records, start=1)]


def merged(*records: Record) -> list[tuple[int, int]]:
    return [(int(one.record_id[1:]), int(one.into[1:])) for one in find(numbered(*records))]


def record(**fields) -> Record:
    return Record(**{"title": TITLE, "year": 2020, "authors": ("Berger, Ann",), **fields})


def test_same_doi_with_the_reason():
    """One DOI over one title is one work; the earlier record is kept."""
    first, second = record(doi="10.1000/a"), record(doi="10.1000/a", year=2021, authors=())
    assert find(numbered(first, second)) == [Duplicate("r000002", "r000001", "same DOI")]


def test_same_title_year_and_first_author_with_the_reason():
    """Case, punctuation, accents, mark-up and the way a name is written make no difference."""
    other = record(title="<i>Stackable</i> Micro-Credentials in Higher Éducation.", authors=("BERGER A", "Thiel K"))
    assert find(numbered(record(), other)) == [Duplicate("r000002", "r000001", "same title, year and first author")]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        pytest.param(record(), record(year=2021), id="different year"),
        pytest.param(record(), record(authors=("Thiel, Karl",)), id="different first author"),
        pytest.param(record(), record(title=TITLE + ": part two"), id="different title"),
        pytest.param(record(year=None), record(year=None), id="no year"),
        pytest.param(record(authors=()), record(authors=()), id="no author"),
        pytest.param(record(doi="10.1000/a"), record(doi="10.1000/b"), id="different DOIs"),
        pytest.param(record(volume="3", issue="1"), record(volume="3", issue="2"), id="different issues"),
        pytest.param(record(pages="12-13"), record(pages="77"), id="different first pages"),
        pytest.param(Record(abstract="Same."), Record(abstract="Same."), id="an abstract alone"),
        pytest.param(Record(), Record(), id="nothing"),
        pytest.param(Record(title="Editorial", year=2020), Record(title="Editorial", year=2020), id="two editorials"),
        pytest.param(record(title="微证书综述"), record(title="高等教育研究"), id="Chinese titles"),
        pytest.param(record(title="कि"), record(title="के"), id="Hindi titles that differ in a vowel sign"),
        pytest.param(record(title="?!"), record(title="..."), id="titles without a letter"),
        pytest.param(
            record(doi="10.1000/s"),
            record(doi="10.1000/s", title="Abstracts of the annual meeting"),
            id="DOI of a volume",
        ),
        pytest.param(
            record(doi="10.1000/s", title=TITLE + " part I"),
            record(doi="10.1000/s", title=TITLE + " part II"),
            id="parts under one DOI",
        ),
        pytest.param(
            record(doi="10.1000/s"), record(doi="10.1000/s", title="Erratum: " + TITLE), id="erratum under one DOI"
        ),
        pytest.param(
            record(doi="10.1000/s", title="Effects of incretin on lesions", pages="51"),
            record(doi="10.1000/s", title="The effects of incretin on lesions", pages="52"),
            id="two abstracts of a supplement under one DOI",
        ),
    ],
)
def test_kept_apart(first, second):
    """Missing or contradicting evidence merges nothing, in either order."""
    assert merged(first, second) == merged(second, first) == []


@pytest.mark.parametrize(
    ("first", "second"),
    [
        pytest.param(record(doi="10.1000/a"), record(doi=""), id="DOI in one only"),
        pytest.param(record(doi="10.1000/a"), record(doi="10.1000/a", title=""), id="title in one only"),
        pytest.param(
            record(doi="10.1000/a"), record(doi="10.1000/a", title=TITLE + ": a survey"), id="subtitle cut, same DOI"
        ),
        pytest.param(
            record(doi="10.1000/a"), record(doi="10.1000/a", title=TITLE.replace("able", "abel")), id="typo, same DOI"
        ),
        pytest.param(
            record(volume="1", pages="A163"), record(volume="62", pages="a163-A164"), id="supplement's volume"
        ),
        pytest.param(record(pages="1534-41"), record(pages="1534-1541"), id="pages cut short"),
        pytest.param(record(issue="AUG"), record(issue="8"), id="issue by month"),
        pytest.param(record(title="微证书：综述"), record(title="微证书 综述"), id="Chinese titles"),
        pytest.param(record(authors=("王伟",)), record(authors=("王伟", "李")), id="Chinese author"),
        pytest.param(record(authors=("Rens van de Schoot",)), record(authors=("van de Schoot, R.",)), id="particles"),
    ],
)
def test_joined(first, second):
    """Differences that databases make do not hide a duplicate, in either order."""
    assert merged(first, second) == merged(second, first) == [(2, 1)]


def test_no_chain_joins_different_dois():
    """A and C contradict each other: a record without DOI between them joins neither, whatever the order."""
    for order in permutations((record(doi="10.1000/a"), record(), record(doi="10.1000/c"))):
        assert merged(*order) == []


def test_no_chain_through_a_record_without_title():
    """The record between two titles under one DOI goes with the first; the other stays apart."""
    first, between = record(doi="10.1000/a"), record(doi="10.1000/a", title="")
    last = record(doi="10.1000/a", title="Abstracts of the annual meeting")
    assert merged(first, between, last) == [(2, 1)]


def test_chains_without_contradiction_are_one_cluster():
    """Joined by DOI here and by title there, all point to the earliest record."""
    assert merged(record(), record(doi="10.1000/a"), record(doi="10.1000/a", year=2021), record()) == [
        (2, 1),
        (3, 1),
        (4, 1),
    ]


def test_record_ids_decide_which_is_kept_not_the_order_given():
    """Sequence plays no part, nor does the seventh digit upset the order."""
    records = [replace(record(doi="10.1000/a"), record_id=name) for name in ("r1000000", "r999999")]
    assert find(records) == find(records[::-1]) == [Duplicate("r1000000", "r999999", "same DOI")]
    with pytest.raises(ValueError, match="not unique"):
        find([records[0], records[0]])


@pytest.mark.parametrize(
    ("first", "second", "differ"),
    [
        ("", TITLE, False),
        (TITLE, TITLE.upper() + ".", False),
        ("Introduction", "Conclusion", True),
        ("Badges", "Badges in the workplace: employers' views", True),
        (TITLE, "Response to " + TITLE, True),
        (TITLE + ": study protocol", TITLE, True),
        ("RETRACTED: " + TITLE, TITLE, False),
    ],
)
def test_clearly_differ(first, second, differ):
    """Versions of a title are told from another title; the question is symmetric."""
    assert clearly_differ(first, second) is clearly_differ(second, first) is differ


def test_normalise_keeps_every_script():
    """No script is emptied, and C, C++ and C# stay three."""
    assert all(normalise(title) for title in ("微证书", "Микро", "μικρο", "हिंदी", "مصغرة", "마이크로", "ไทย"))
    assert len({normalise(title) for title in ("Programming in C", "Programming in C++", "Programming in C#")}) == 3
    assert normalise("Ｍüller &amp; SONS") == normalise("Muller & Sons") == "mullersons"


FEW = st.builds(
    record,
    title=st.sampled_from(["", TITLE, TITLE + ": a survey", "Editorial", "微证书综述"]),
    doi=st.sampled_from(["", "10.1000/a", "10.1000/b"]),
    year=st.sampled_from([None, 2019, 2020]),
    authors=st.sampled_from([(), ("Berger, Ann",), ("Thiel, K.",)]),
    volume=st.sampled_from(["", "1", "2"]),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(FEW, max_size=14))
def test_clusters_hold_no_contradiction(records):
    """In every cluster: one DOI at most, one author's title where no DOI is shared, and the earliest record kept."""
    records = numbered(*records)
    found = find(records)
    by_id = {one.record_id: one for one in records}
    gone = {one.record_id for one in found}
    assert len(gone) == len(found)
    assert all(one.into < one.record_id and one.into not in gone for one in found)
    clusters: dict[str, list[Record]] = {}
    for one in found:
        clusters.setdefault(one.into, [by_id[one.into]]).append(by_id[one.record_id])
    for cluster in clusters.values():
        assert len({one.doi for one in cluster} - {""}) <= 1
        assert len({normalise(one.title)[:10] for one in cluster} - {""}) <= 1
    assert find(records) == found
    assert not find([one for one in records if one.record_id not in gone and not one.doi])


def test_real_labelled_records_are_never_merged_falsely(shared_data):
    """On ASySD's labelled diabetes records (584 works) no two works are joined, and at most 16 duplicates remain."""
    path = shared_data / "dedup" / "diabetes_labelled.csv"
    records = numbered(*references.read(path).records)
    source = {one.record_id: one.extra["source"][0] for one in records}
    into = {one.record_id: one.into for one in find(records)}
    works: dict[str, int] = {}
    for name, label in source.items():
        cluster = into.get(name, name)
        works[cluster] = works.get(cluster, 0) + (label == "unique")
    assert max(works.values()) == 1
    assert 584 <= len(works) <= 600


def test_two_real_exports_of_one_library(shared_data):
    """Of a Zotero library exported twice, what carries one DOI and title is joined; the clean export stays whole."""
    exports = shared_data / "exports"
    clean = references.read(exports / "asysd_zotero_export.csv").records
    records = numbered(*clean, *references.read(exports / "asysd_zotero_export.ris").records)
    by_id = {one.record_id: one for one in records}
    into = {one.record_id: one.into for one in find(records)}
    assert not [one for one in records[: len(clean)] if one.record_id in into]
    assert all(len({by_id[one].doi, by_id[other].doi} - {""}) <= 1 for one, other in into.items())
    known = {(one.doi, normalise(one.title)) for one in clean if one.doi}
    again = [one for one in records[len(clean) :] if (one.doi, normalise(one.title)) in known]
    assert len(again) > 500
    assert all(one.record_id in into for one in again)


def test_a_doi_over_many_titles_joins_equal_titles_only():
    """A supplement's DOI over a hundred abstracts is a container: copies of one abstract are joined, others not."""
    abstracts = [record(doi="10.1000/s", title=f"{TITLE} {chr(97 + n // 10)}{chr(97 + n % 10)}") for n in range(100)]
    assert merged(*abstracts, *abstracts[:30]) == [(101 + n, 1 + n) for n in range(30)]
