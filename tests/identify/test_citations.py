"""A record that cites another in the pool is found, however the two databases write it."""

from __future__ import annotations

import pytest

from asreview_mc.core.record import Record
from asreview_mc.identify import references
from asreview_mc.identify.citations import key, keys, links, readable

WOS = {
    "Labanski A, 2020, PSYCHONEUROENDO, V111, DOI 10.1016/j.psyneuen.2019.104501": "10.1016/j.psyneuen.2019.104501",
    "Kassin SM, 2010, LAW HUMAN BEHAV, V34, P3": "kassin|2010|34|3",
    "Kassin S. M., 2010, LAW HUMAN BEHAV, V34, P3, DOI [10.1007/S10979-009-9188-6, 10.1/x]": (
        "10.1007/s10979-009-9188-6"
    ),
    "VANDENBERG AB, 1999, GUT, V12, PE34": "vandenberg|1999|12|e34",
    "van den Berg AB, 1999, GUT, V12, ARTN 104": "vandenberg|1999|12|104",
    "MULLER A, 1999, GUT, V12, P9": "muller|1999|12|9",
    "[Anonymous], 2018, COMMON WORLD": "",
    "*WHO, 1999, MENTAL HLTH": "",
}
SCOPUS = {
    "Agostini, A., Ballotta, D., Righi, S., Stress and brain changes (2017) Neurogastroenterol. Motil., 29, pp. 1-10": (
        "agostini|2017|29|1"
    ),
    "Allen, A.P., Hutch, W., Bifidobacterium longum 1714 (2016) Transl. Psychiatry, 6, p. e939": "allen|2016|6|e939",
    "Canavan, C., West, J., The impact (2014) Aliment. Pharmacol. Ther., 40 (9), pp. 1023-1034": (
        "canavan|2014|40|1023"
    ),
    "de Dombal, F.T., Local complications of colitis (1966) Br Med J, 1 (5501), pp. 1442-1447": "dedombal|1966|1|1442",
    "Canavan C., West J., The impact, Aliment. Pharmacol. Ther., 40, 9, pp. 1023-1034, (2014)": "canavan|2014|40|1023",
    "Anthony A., Ulceration of the ileum, J Clin Pathol, 50, pp. 1013-1017, (1997)": "anthony|1997|50|1013",
    "Soares, R.L., Irritable bowel syndrome: a clinical review (2014) World J. Gastroenterol., 20 (34)": "",
    "A book (2014), Badge Press": "",
}
OTHERS = {
    "https://openalex.org/W2146609392": "W2146609392",
    "W1545409067": "W1545409067",
    "Some text, https://doi.org/10.1000/XYZ.": "10.1000/xyz",
    "": "",
}


@pytest.mark.parametrize(("reference", "found"), {**WOS, **SCOPUS, **OTHERS}.items())
def test_key_of_a_reference(reference, found):
    """DOI, else author, year, volume and page, else OpenAlex's id, else nothing."""
    assert key(reference) == found


@pytest.mark.parametrize("author", ["Van den Berg, A. B.", "van den Berg A.B.", "Anna van den Berg"])
def test_particles_do_not_hide_a_record(author):
    """A name is found with its particles and without."""
    record = Record(authors=(author, "Else, S."), year=1999, volume="12", pages="e34-e40")
    assert {"vandenberg|1999|12|e34", "berg|1999|12|e34"} == set(keys(record))


def test_keys_of_a_record():
    """The DOI comes first; without enough to go by there is none."""
    full = Record(
        doi="10.1000/x",
        authors=("Müller, A.",),
        year=1999,
        volume="12",
        pages="9-12",
        extra={"openalex_id": ["https://openalex.org/W2146609392"]},
    )
    assert keys(full) == ["10.1000/x", "muller|1999|12|9", "W2146609392"]
    assert key("MULLER A, 1999, GUT, V12, P9") in keys(full)
    assert keys(Record(title="T", authors=("Müller, A.",), year=1999)) == []


def test_most_references_of_a_real_export_have_a_key(shared_data):
    """Of what Scopus writes, nine in ten references say enough."""
    records = references.read(shared_data / "exports" / "scopus.ris").records
    cited = [key(text) for record in records for text in record.references]
    assert len(cited) == 795
    assert sum(map(bool, cited)) > 0.9 * len(cited)


def test_records_of_a_labelled_review_cite_each_other(shared_data, tmp_path):
    """In a review's data whose references are OpenAlex ids, citing records find the cited."""
    import gzip

    path = tmp_path / "review.csv"
    path.write_bytes(gzip.decompress((shared_data / "reviews" / "Nelson_2002.csv.gz").read_bytes()))
    records = references.read(path).records
    pool = {one: place for place, record in enumerate(records) for one in keys(record)}
    links = {
        (place, pool[one]) for place, r in enumerate(records) for text in r.references if (one := key(text)) in pool
    }
    assert len(links) > 100
    assert all(citing != cited for citing, cited in links)


def test_who_cites_and_who_is_cited_share_a_key():
    """A record is linked to those that cite it, by whichever of its keys they do, and to those that cite the same."""
    cited = Record(
        title="A", doi="10.1/a", authors=("Berger, J.",), year=2015, volume="12", pages="34-40", references=("W123456",)
    )
    citing = Record(title="B", doi="10.1/b", references=("BERGER J, 2015, J TEST, V12, P34", "A report, unnumbered"))
    beside = Record(title="C", references=("https://openalex.org/W123456", "a  Report, unnumbered"))
    a, b, c = map(set, links([cited, citing, beside]))
    assert a & b == {"10.1/a"}
    assert a & c == {"W123456"}
    assert b & c == {"a report, unnumbered"}
    assert links([Record(title="nothing known")]) == [[]]


def test_keys_are_read_out_as_people_say_them():
    """A name and a year, or the key itself."""
    assert [readable(name) for name in ("berger|2015|12|34", "10.1/a", "W1")] == ["Berger 2015", "10.1/a", "W1"]
