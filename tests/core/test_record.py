"""Records, their digest, and DOIs."""

import json
from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asreview_mc.core.record import Record, bare_doi

TUPLES = ("authors", "keywords", "notes", "references")
NAMES = [item.name for item in fields(Record)]
texts = st.text(max_size=20)
records = st.builds(
    Record,
    **{
        name: st.lists(texts, max_size=3).map(tuple) if name in TUPLES else texts
        for name in NAMES
        if name not in ("year", "extra")
    },
    year=st.none() | st.integers(1000, 2999),
    extra=st.dictionaries(texts, st.lists(texts, max_size=3), max_size=3),
)


@given(records)
def test_a_record_comes_back_from_its_plain_form_through_json(record):
    """`from_dict` undoes `to_dict`, also after JSON."""
    assert Record.from_dict(json.loads(json.dumps(record.to_dict()))) == record
    assert list(record.to_dict()) == NAMES


def test_the_plain_form_shares_nothing_with_the_record():
    """Changing the plain form cannot change the record."""
    record = Record(extra={"C1": ["Kaunas"]})
    record.to_dict()["extra"]["C1"].append("Vilnius")
    assert record.extra == {"C1": ["Kaunas"]}


def test_an_unknown_field_is_a_mistake_of_the_programmer():
    """`from_dict` does not swallow what it does not know."""
    with pytest.raises(TypeError):
        Record.from_dict({"titel": "x"})


CLEAN, GONE = "Theatre workshops in prisons", "RETRACTED: Theatre workshops in prisons"


@pytest.mark.parametrize(
    ("titles", "shown", "beside"),
    [
        pytest.param([CLEAN, "<i>Theatre</i> Workshops in prisons."], CLEAN, None, id="the same"),
        pytest.param([CLEAN, "Atelier de théâtre", "Atelier de Theatre."], CLEAN, ["Atelier de théâtre"], id="another"),
        pytest.param([CLEAN, GONE], GONE, None, id="retracted later"),
        pytest.param(["Theatre in prison", GONE], "RETRACTED: Theatre in prison", [GONE], id="corrected"),
        pytest.param([GONE, CLEAN], GONE, [CLEAN], id="retracted first"),
        pytest.param([CLEAN, "Theatre", f"{CLEAN} (Retracted article. See vol. 9, pg. 3, 2020)", GONE],
                     GONE, ["Theatre", f"{CLEAN} (Retracted article. See vol. 9, pg. 3, 2020)"], id="twice"),
        pytest.param(["", CLEAN], CLEAN, None, id="no title in the kept one"),
        pytest.param([CLEAN, ""], CLEAN, None, id="no title in the other"),
    ],
)  # fmt: skip
def test_a_merged_record_tells_every_title_and_shows_a_retraction(titles, shown, beside):
    """A title that says something else is kept, and a reviewer sees the word of any that says retracted."""
    first, *others = (Record(title=title) for title in titles)
    whole = first.completed(others)
    assert (whole.title, whole.extra.get("other title")) == (shown, beside)


@given(records, texts)
def test_the_digest_is_of_the_content_not_of_the_id(record, other):
    """Law 13: the id is not part of the content's digest."""
    assert replace(record, record_id=other).digest == record.digest
    assert len(record.digest) == 64


@pytest.mark.parametrize("name", [name for name in NAMES if name != "record_id"])
def test_the_digest_changes_with_every_field(name):
    """No field can be amended without the digest showing it."""
    record = Record("r000001", "Title", authors=("A",), year=2020, extra={"X": ["1"]})
    other = {"year": 2021, "extra": {"X": ["2"]}}.get(name, ("other",) if name in TUPLES else "other")
    assert replace(record, **{name: other}).digest != record.digest


def test_the_digest_is_stable_and_tells_fields_apart():
    """The digest depends neither on the order of `extra` nor on where one text ends and the next begins."""
    assert Record(extra={"A": ["1"], "B": ["2"]}).digest == Record(extra={"B": ["2"], "A": ["1"]}).digest
    assert Record(title="ab", abstract="c").digest != Record(title="a", abstract="bc").digest
    assert Record(authors=("a", "b")).digest != Record(authors=("a b",)).digest
    assert Record(title="\ud800").digest != Record(title="\ud801").digest


def test_text_is_title_and_abstract():
    """Rankers read title and abstract; a missing one leaves no space behind."""
    assert Record(title="T", abstract="A").text == "T A"
    assert Record(title="T").text == "T"
    assert Record(abstract="A").text == "A"
    assert Record().text == ""


@pytest.mark.parametrize(
    ("text", "doi"),
    [
        ("10.1108/OTH-08-2015-0044", "10.1108/oth-08-2015-0044"),
        ("https://doi.org/10.3389/feduc.2022.1006811", "10.3389/feduc.2022.1006811"),
        ("http://dx.doi.org/10.1000/182.", "10.1000/182"),
        ("DOI: 10.1000/182;", "10.1000/182"),
        ("doi:10.1000/182, and more", "10.1000/182"),
        ("(10.1016/S0140-6736(05)17872-1)", "10.1016/s0140-6736(05)17872-1"),
        ("10.1016/S0140-6736(05)", "10.1016/s0140-6736(05)"),
        ("<10.1002/(SICI)1097-0258(19980815/30)17:15/16<1661::AID-SIM968>3.0.CO;2-2>",
         "10.1002/(sici)1097-0258(19980815/30)17:15/16<1661::aid-sim968>3.0.co;2-2"),
        ('"10.1000/182"', "10.1000/182"),
        ("{10.1000/182}", "10.1000/182"),
        ("10.1000/", ""),
        ("10.1000/.", ""),
        ("doi 10.1000/182 and 10.1000/183", "10.1000/182"),
        ("10.100/182", ""),
        ("10.1000 182", ""),
        ("no doi", ""),
        ("", ""),
    ],
)  # fmt: skip
def test_a_doi_is_found_bare_and_in_lower_case(text, doi):
    """A DOI compares equal whatever resolver, label, case or punctuation stands around it."""
    assert bare_doi(text) == doi


@given(st.text(max_size=40))
def test_a_bare_doi_is_its_own_bare_form(text):
    """`bare_doi` is idempotent on anything, and never ends in a mark of the sentence around it."""
    doi = bare_doi(f"10.1000/{text}")
    assert bare_doi(doi) == doi
    assert not doi.endswith((".", ",", ";"))
