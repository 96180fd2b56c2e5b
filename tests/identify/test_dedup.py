"""From records to clusters and doubts: order, chains, a person's word, the earliest kept, and real records."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations, permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from asreview_mc.core.record import Record
from asreview_mc.core.title import normalise
from asreview_mc.identify import references
from asreview_mc.identify.dedup import SAME_DOI, SAME_TITLE, Duplicate, match, matching
from asreview_mc.identify.dedup.traits import traits, written
from asreview_mc.identify.dedup.verdict import judge

TITLE = "Stackable micro-credentials in higher education"


def certain(records, **known):
    return match(records, **known).certain


def doubtful(records, **known):
    return match(records, **known).doubtful


def numbered(*records: Record) -> list[Record]:
    return [replace(record, record_id=f"r{number:06d}") for number, record in enumerate(records, start=1)]


def merged(*records: Record) -> list[tuple[int, int]]:
    return [(int(one.record_id[1:]), int(one.into[1:])) for one in certain(numbered(*records))]


def record(**fields) -> Record:
    return Record(**{"title": TITLE, "year": 2020, "authors": ("Berger, Ann",), **fields})


def pair(one: int, other: int) -> frozenset[str]:
    return frozenset({f"r{one:06d}", f"r{other:06d}"})


def test_same_doi_with_the_reason():
    """One DOI over one title is one work; the earlier record is kept."""
    first, second = record(doi="10.1000/a"), record(doi="10.1000/a", year=2021, authors=())
    assert certain(numbered(first, second)) == [Duplicate("r000002", "r000001", SAME_DOI)]


def test_same_title_year_and_first_author_with_the_reason():
    """Case, punctuation, accents, mark-up and the way a name is written make no difference."""
    other = record(title="<i>Stackable</i> Micro-Credentials in Higher Éducation.", authors=("BERGER A", "Thiel K"))
    assert certain(numbered(record(), other)) == [Duplicate("r000002", "r000001", SAME_TITLE)]


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
        pytest.param(record(pmid="17"), record(pmid="17", year=2021), id="PMID"),
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
    """A and C contradict each other: a record without DOI between them joins neither, but is offered with both."""
    for order in permutations((record(doi="10.1000/a"), record(), record(doi="10.1000/c"))):
        assert merged(*order) == []
        assert len(doubtful(numbered(*order))) == 3


def test_no_chain_through_a_title_and_abstract():
    """What has only title and abstract joins neither of two records with one abstract that contradict each other."""
    text = "We asked forty employers in three regions how they read badges on the curricula of people who apply. " * 3
    rest = [{"year": 2019, "authors": ("Berger, Ann",)}, {}, {"year": 2020, "authors": ("Thiel, Karl",)}]
    for order in permutations(Record(title=TITLE, abstract=text, **fields) for fields in rest):
        assert merged(*order) == []
        assert len(doubtful(numbered(*order))) == 2


def test_no_chain_through_a_record_without_title():
    """Of two titles under one DOI, a record without title is neither's."""
    for order in permutations(
        (record(doi="10.1000/a"), record(doi="10.1000/a", title=""), record(doi="10.1000/a", title="Annual meeting 2"))
    ):
        assert merged(*order) == []


def test_proof_goes_before_likeness():
    """Between a record with its place and one with only its title, a third goes to the place, whatever the order."""
    place = {"journal": "J Educ", "volume": "3", "pages": "45"}
    for order in permutations((record(doi="10.1000/a", **place), record(**place), record(doi="10.1000/c"))):
        (joined,) = merged(*order)
        assert [order[number - 1].pages for number in joined] == ["45", "45"]


def test_chains_without_contradiction_are_one_cluster():
    """Joined by DOI here and by title there, all point to the earliest record."""
    records = record(), record(doi="10.1000/a"), record(doi="10.1000/a", authors=()), record()
    assert merged(*records) == [(2, 1), (3, 1), (4, 1)]


def test_record_ids_decide_which_is_kept_not_the_order_given():
    """Sequence plays no part, nor does the seventh digit upset the order."""
    records = [replace(record(doi="10.1000/a"), record_id=name) for name in ("r1000000", "r999999")]
    assert certain(records) == certain(records[::-1]) == [Duplicate("r1000000", "r999999", SAME_DOI)]
    with pytest.raises(ValueError, match="not unique"):
        certain([records[0], records[0]])


def test_a_pair_judged_different_is_not_merged_or_offered():
    """A person's word holds for the pair and for the clusters that the two come to lie in."""
    records = numbered(record(doi="10.1000/a"), record(doi="10.1000/a"), record(doi="10.1000/b"))
    found = match(records)
    assert [(one.record_id, one.other) for one in found.doubtful] == [("r000003", "r000001")]
    assert match(records, settled={pair(2, 3)}).doubtful == []
    assert certain(records, settled={pair(1, 2)}) == []
    offered = {frozenset({one.record_id, one.other}) for one in doubtful(records, settled={pair(1, 2)})}
    assert offered == {pair(1, 3), pair(2, 3)}


def test_a_record_between_two_judged_different_joins_neither():
    """Three records alike, two of which a person told apart: which the third is, nobody can say."""
    records = numbered(record(), record(), record())
    assert certain(records, settled={pair(1, 3)}) == []


def test_what_is_merged_already_stands_and_is_not_said_again():
    """A person's merge is taken as it is: it is not repeated, and what is one with either record follows."""
    records = numbered(record(doi="10.1000/a"), record(doi="10.1000/b"), record(doi="10.1000/b"))
    assert certain(records) == [Duplicate("r000003", "r000002", SAME_DOI)]
    assert certain(records, merged=[("r000003", "r000002")]) == []
    (one,) = certain(records, merged=[("r000002", "r000001")])
    assert (one.record_id, one.into) == ("r000003", "r000001")


@pytest.mark.parametrize("ids", [("r000001", "r000009"), ("r000001",)])
def test_a_pair_of_unknown_records_is_refused(ids):
    """A pair that is no pair of the records is a mistake of the caller's."""
    records = numbered(record(), record())
    with pytest.raises(ValueError, match="not a pair"):
        certain(records, settled={frozenset(ids)})


FEW = st.builds(
    record,
    title=st.sampled_from(["", TITLE, TITLE, TITLE + ": a survey", TITLE.replace("higher", "hihger"), "Editorial"]),
    doi=st.sampled_from(["", "", "10.1000/a", "10.1000/b"]),
    year=st.sampled_from([None, 2019, 2020]),
    authors=st.sampled_from([(), ("Berger, Ann",), ("Thiel, K.",)]),
    journal=st.sampled_from(["", "J Educ", "Journal of Education", "Diabetes"]),
    volume=st.sampled_from(["", "1", "2"]),
    pages=st.sampled_from(["", "", "1-9", "45", "77-9"]),
)


def clusters(records: list[Record]) -> list[list[Record]]:
    into = {one.record_id: one.into for one in certain(records)}
    found: dict[str, list[Record]] = {}
    for one in records:
        found.setdefault(into.get(one.record_id, one.record_id), []).append(one)
    return list(found.values())


@settings(max_examples=150, deadline=None)
@given(st.lists(FEW, max_size=12))
def test_clusters_hold_no_contradiction(records):
    """No cluster holds two records that contradict each other; the earliest is kept; a second run adds nothing."""
    records = numbered(*records)
    found = certain(records)
    gone = {one.record_id for one in found}
    assert len(gone) == len(found)
    assert all(one.into < one.record_id and one.into not in gone for one in found)
    for cluster in clusters(records):
        for one, other in combinations(cluster, 2):
            assert not judge(traits(written(one)), traits(written(other))).contradicts
        assert len({normalise(one.title)[:10] for one in cluster} - {""}) <= 1
    assert certain(records) == found
    assert certain(records, merged=[(one.record_id, one.into) for one in found]) == []


@settings(max_examples=150, deadline=None)
@given(st.lists(FEW, max_size=10), st.randoms(use_true_random=False))
def test_order_decides_nothing_but_which_is_kept(records, chance):
    """The same records under other ids come to the same clusters and as many doubts."""
    shuffled = list(records)
    chance.shuffle(shuffled)

    def shape(given_records: list[Record]) -> list[list[str]]:
        return sorted(
            sorted(repr(replace(one, record_id="")) for one in cluster)
            for cluster in clusters(numbered(*given_records))
        )

    assert shape(records) == shape(shuffled)


@settings(max_examples=100, deadline=None)
@given(st.lists(FEW, min_size=2, max_size=8), st.data())
def test_judged_apart_stays_apart(records, data):
    """Whatever else is said, two records that a person told apart never share a cluster or a doubt."""
    records = numbered(*records)
    numbers = st.integers(1, len(records))
    settled = {pair(*ids) for ids in data.draw(st.lists(st.tuples(numbers, numbers), max_size=4)) if ids[0] != ids[1]}
    found = match(records, settled=settled)
    into = {one.record_id: one.into for one in found.certain}
    apart = {frozenset(into.get(name, name) for name in names) for names in settled}
    assert all(len(names) == 2 for names in apart)
    assert not apart & {frozenset({one.record_id, one.other}) for one in found.doubtful}
    assert all(one.other < one.record_id and not {one.record_id, one.other} & set(into) for one in found.doubtful)


@pytest.mark.parametrize(
    "make",
    [
        pytest.param(lambda n: record(doi="10.1000/a", abstract=f"{n} " * 200), id="one DOI and title"),
        pytest.param(lambda n: record(doi="10.1000/a", title=f"{TITLE} q{n:x}ing"), id="one DOI, titles alike"),
        pytest.param(lambda n: record(title="Editorial", pages=str(n), journal="J Educ"), id="editorials"),
        pytest.param(lambda n: record(pages=str(n)), id="one title on many pages"),
        pytest.param(lambda n: Record(title=TITLE, volume=str(n)), id="one title without authors"),
    ],
)
def test_no_block_is_quadratic(make, monkeypatch):
    """Three times the records under one key are judged in clearly less than nine times as many pairs."""
    judged = []

    def counted(one, other):
        judged.append(1)
        return judge(one, other)

    monkeypatch.setattr(matching, "judge", counted)

    def pairs(n_records: int) -> int:
        judged.clear()
        match(numbered(*(make(number) for number in range(n_records))))
        return len(judged)

    few = pairs(400)
    assert 0 < few < 400 * 399 / 4
    assert pairs(1200) < 4 * few


def test_a_doi_over_many_titles_joins_equal_titles_only():
    """A supplement's DOI over a hundred abstracts is a container: copies of one abstract are joined, others not."""
    words = [f"{chr(97 + n // 10)}{chr(97 + n % 10)}{chr(122 - n % 9)}" * 6 for n in range(100)]
    abstracts = [
        record(doi="10.1000/s", title=f"{word} among learners", pages=f"S{n + 1}") for n, word in enumerate(words)
    ]
    assert merged(*abstracts, *abstracts[:30]) == [(101 + n, 1 + n) for n in range(30)]


def test_thousands_of_records_under_one_doi_and_title_are_one():
    """However many versions a work comes in, one DOI over one title is one work."""
    versions = [record(doi="10.1000/a", year=1000 + n % 900, abstract=f"{n} " * 200) for n in range(2000)]
    assert len(merged(*versions)) == 1999


def test_real_labelled_records_are_never_merged_falsely(shared_data):
    """On ASySD's labelled diabetes records (584 works) no two works are joined, and at most three duplicates remain."""
    path = shared_data / "dedup" / "diabetes_labelled.csv"
    records = numbered(*references.read(path).records)
    source = {one.record_id: one.extra["source"][0] for one in records}
    found = match(records)
    into = {one.record_id: one.into for one in found.certain}
    works: dict[str, int] = {}
    for name, label in source.items():
        cluster = into.get(name, name)
        works[cluster] = works.get(cluster, 0) + (label == "unique")
    assert max(works.values()) == 1
    assert 581 <= len(works) <= 587
    assert len(found.doubtful) <= 30


def test_two_real_exports_of_one_library(shared_data):
    """Of a Zotero library exported twice, what carries one DOI and title is joined; the clean export stays whole."""
    exports = shared_data / "exports"
    clean = references.read(exports / "asysd_zotero_export.csv").records
    records = numbered(*clean, *references.read(exports / "asysd_zotero_export.ris").records)
    by_id = {one.record_id: one for one in records}
    found = certain(records)
    into = {one.record_id: one.into for one in found}
    assert not [one for one in records[: len(clean)] if one.record_id in into]
    two_dois = [one for one in found if len({by_id[one.record_id].doi, by_id[one.into].doi} - {""}) > 1]
    assert all("two DOIs" in one.why for one in two_dois)
    assert len(two_dois) < 10
    known = {(one.doi, normalise(one.title)) for one in clean if one.doi}
    again = [one for one in records[len(clean) :] if (one.doi, normalise(one.title)) in known]
    assert len(again) > 500
    assert all(one.record_id in into for one in again)
