"""Every quirk of every format that we know of, one small file each, named after it, in the folder ``quirks``."""

from __future__ import annotations

from pathlib import Path

import pytest

from asreview_mc.core.errors import ReadError
from asreview_mc.identify import references

QUIRKS = Path(__file__).parent / "quirks"

# Format, records found, read, rejected, stray.
COUNTS = {
    "bibtex_cut_short.bib": ("bibtex", 2, 1, 1, 0),
    "bibtex_duplicate_fields.bib": ("bibtex", 1, 1, 0, 0),
    "bibtex_duplicate_keys.bib": ("bibtex", 2, 2, 0, 0),
    "bibtex_months_braces_accents.bib": ("bibtex", 1, 1, 0, 1),
    "bibtex_text_between_entries.bib": ("bibtex", 1, 1, 0, 1),
    "bibtex_unclosed_brace.bib": ("bibtex", 2, 1, 1, 0),
    "bibtex_web_of_science.bib": ("bibtex", 1, 1, 0, 0),
    "ciw_cut_short.ciw": ("ciw", 2, 2, 0, 0),
    "ciw_missing_er.ciw": ("ciw", 2, 2, 0, 0),
    "ciw_plain_text_crlf.txt": ("ciw", 2, 2, 0, 0),
    "ciw_web_of_science.ciw": ("ciw", 2, 2, 0, 0),
    "csv_ebsco.csv": ("csv", 1, 1, 0, 0),
    "csv_embase_source_cell.csv": ("csv", 1, 1, 0, 0),
    "csv_formula_cell.csv": ("csv", 1, 1, 0, 0),
    "csv_ieee.csv": ("csv", 1, 1, 0, 0),
    "csv_scopus.csv": ("csv", 1, 1, 0, 0),
    "csv_semicolons_cp1252.csv": ("csv", 1, 1, 0, 0),
    "csv_springerlink.csv": ("csv", 1, 1, 0, 0),
    "csv_unmatched_quotation_mark.csv": ("csv", 3, 2, 1, 0),
    "csv_web_of_science_headings.txt": ("tsv", 1, 1, 0, 0),
    "enw_endnote.enw": ("enw", 2, 2, 0, 0),
    "enw_google_scholar.enw": ("enw", 1, 1, 0, 0),
    "json_with_an_item_that_is_no_object.json": ("json", 3, 1, 2, 0),
    "nbib_book_without_abstract.nbib": ("nbib", 1, 1, 0, 0),
    "nbib_crlf_and_byte_order_mark.nbib": ("nbib", 2, 2, 0, 0),
    "nbib_no_newline_at_end.nbib": ("nbib", 2, 2, 0, 0),
    "nbib_stray_text_between_records.nbib": ("nbib", 2, 2, 0, 1),
    "nbib_wrapped_lines_and_two_dois.nbib": ("nbib", 2, 2, 0, 0),
    "openalex_answer.json": ("openalex", 2, 2, 0, 0),
    "openalex_list.json": ("openalex", 1, 1, 0, 0),
    "ris_blank_lines_in_abstract.ris": ("ris", 1, 1, 0, 0),
    "ris_cp1252.ris": ("ris", 2, 2, 0, 0),
    "ris_cr_only.ris": ("ris", 2, 2, 0, 0),
    "ris_crlf.ris": ("ris", 2, 2, 0, 0),
    "ris_ebscohost.ris": ("ris", 1, 1, 0, 0),
    "ris_embase_empty_tag.ris": ("ris", 1, 1, 0, 0),
    "ris_endnote_keywords_on_lines.ris": ("ris", 1, 1, 0, 0),
    "ris_last_record_truncated.ris": ("ris", 2, 2, 0, 0),
    "ris_latin1.ris": ("ris", 2, 2, 0, 0),
    "ris_mendeley.ris": ("ris", 1, 1, 0, 0),
    "ris_missing_er.ris": ("ris", 2, 2, 0, 0),
    "ris_mixed_encodings.ris": ("ris", 2, 2, 0, 0),
    "ris_no_break_spaces_in_tags.ris": ("ris", 2, 2, 0, 0),
    "ris_one_space_tags.ris": ("ris", 2, 2, 0, 0),
    # Ovid's number of the record, and a tag after its end.
    "ris_ovid_medline.ris": ("ris", 1, 1, 0, 2),
    "ris_proquest.ris": ("ris", 1, 1, 0, 0),
    "ris_pubmed_by_endnote.ris": ("ris", 1, 1, 0, 0),
    "ris_record_without_text.ris": ("ris", 3, 2, 1, 0),
    "ris_repeated_er.ris": ("ris", 2, 2, 0, 0),
    "ris_repeated_title_and_abstract.ris": ("ris", 1, 1, 0, 0),
    "ris_scopus_references_and_pmid.ris": ("ris", 1, 1, 0, 0),
    # Two numbers and a link.
    "ris_stray_text_between_records.ris": ("ris", 2, 2, 0, 3),
    "ris_taylor_and_francis.ris": ("ris", 1, 1, 0, 0),
    "ris_utf16.ris": ("ris", 2, 2, 0, 0),
    "ris_utf8_byte_order_mark.ris": ("ris", 2, 2, 0, 0),
    "ris_web_of_science.ris": ("ris", 1, 1, 0, 0),
    "ris_zotero_pmid_in_note.ris": ("ris", 1, 1, 0, 0),
    "xml_bad_character_reference.xml": ("xml", 2, 2, 0, 0),
    "xml_cut_short.xml": ("xml", 2, 1, 1, 0),
    "xml_endnote_styles.xml": ("xml", 2, 2, 0, 0),
    "xml_latin1_called_utf8.xml": ("xml", 2, 2, 0, 0),
    "xml_one_record_malformed.xml": ("xml", 4, 3, 1, 0),
    "xml_zotero_utf16.xml": ("xml", 2, 2, 0, 0),
}
REFUSED = {
    "json_cut_short.json": "no valid JSON",
    "xml_billion_laughs.xml": "declares entities",
    "xml_external_entity.xml": "declares entities",
}

# One publication as each database and program writes it.
SAME = {"year": 2021, "journal": "Journal of Badges", "volume": "3", "issue": "2", "pages": "11-19"}
STACKED = {**SAME, "title": "Stacked badges", "doi": "10.1000/stack", "pmid": "31421429"}
FIELDS = {
    "bibtex_months_braces_accents.bib": {
        "title": "Stacked badges: What β-testers say, 50% of the time",
        "authors": ("Müller, Ann", "Organisation for Badges and Credentials", "de la Fuente, García"),
        "abstract": r"What études and naïve employers see; \unknowncommand stays.",
        "doi": "10.1000/stack_1",
        "date": "2021-05",
        "publication_type": "article",
        **SAME,
    },
    "bibtex_duplicate_fields.bib": {"keywords": ("one", "two")},
    "bibtex_web_of_science.bib": {
        "date": "2021-05-04",
        "references": (
            "Agostini A, 2017, NEUROGASTROENT MOTIL, V29, DOI 10.1111/nmo.12975.",
            "Berger K., 2015, GUT, V29, P1.",
        ),
        "keywords": ("badge", "learning"),
        "publication_type": "Article",
    },
    "ciw_web_of_science.ciw": {
        **STACKED,
        "title": "Stacked badges and what employers in six countries make of them after hiring",
        "journal": "JOURNAL OF BADGES",
        "authors": ("Muller, Ann", "Thiel, Karl"),
        "date": "MAY 4",
        "keywords": ("badge", "micro-credential", "higher education", "EMPLOYABILITY"),
        "references": (
            "Agostini A, 2017, NEUROGASTROENT MOTIL, V29, DOI 10.1111/nmo.12975",
            "Berger K., 2015, GUT, V29, P1",
            "[Anonymous], 2018, BADGES",
        ),
        "language": "English",
        "publication_type": "Article",
    },
    "csv_ebsco.csv": {
        **SAME,
        "pages": "11",
        "date": "20210504",
        "keywords": ("badge", "MICRO-credentials", "EDUCATION"),
    },
    "csv_embase_source_cell.csv": {**STACKED, "date": "4 May 2021", "language": "English"},
    "csv_formula_cell.csv": {"title": '=HYPERLINK("http://example.org","Stacked badges")'},
    "csv_ieee.csv": {
        **SAME,
        "journal": "IEEE Transactions on Badges",
        "date": "May 2021",
        "keywords": ("badge", "learning", "Employment", "Training", "Humans"),
    },
    "csv_scopus.csv": {
        **STACKED,
        "authors": ("Müller A.", "Thiel K."),
        "keywords": ("badge", "micro-credential", "education"),
        "references": (
            "Berger K., Earlier badges, Gut, 29, 3, pp. 1-10, (2015)",
            "Thiel K., Older badges, Neuron, 6, pp. 9-12, (2012)",
        ),
        "issn": "12345679",
    },
    "csv_semicolons_cp1252.csv": {"abstract": "“Micro” – what they see"},
    "csv_springerlink.csv": {"authors": ("Ann Müller", "Karl McThiel"), "doi": "10.1007/s1-020-1"},
    "csv_web_of_science_headings.txt": {
        "authors": ("Muller, A", "Thiel, K"),
        "references": ("Berger K., 2015, GUT, V29, P1", "Thiel K, 2012, NEURON, V6, P9"),
    },
    "enw_endnote.enw": {
        **STACKED,
        "authors": ("Müller, Ann", "Thiel, Karl"),
        "date": "May 4",
        "abstract": "What employers see. And do.",
        "keywords": ("badge", "learning"),
        "issn": "1234-5679",
        "notes": ("seen twice",),
        "extra": {"%W": ["PubMed"], "%+": ["Utrecht"]},
    },
    "nbib_wrapped_lines_and_two_dois.nbib": {
        **STACKED,
        "journal": "Journal of badges",
        "title": "Stacked badges and what employers in six countries make of them after hiring.",
        "abstract": "BACKGROUND: Badges are stacked. RESULTS: Employers look at T2 - weighted evidence.",
        "authors": ("Müller, Ann", "Thiel, Karl"),
        "date": "2021 May 4",
        "keywords": ("*Education, Distance", "Humans", "badge"),
        "publication_type": "Journal Article; Randomized Controlled Trial",
        "language": "eng",
    },
    "nbib_book_without_abstract.nbib": {"title": "GeneBadges", "authors": ("Adam, Margaret P",), "pmid": "20301295"},
    "openalex_answer.json": {
        **STACKED,
        "abstract": "What employers see other employers do.",
        "authors": ("Ann Müller", "Karl Thiel"),
        "date": "2021-05-04",
        "keywords": ("Badge", "Education, Distance/methods"),
        "references": ("https://openalex.org/W1545409067", "https://openalex.org/W1964130465"),
    },
    "ris_blank_lines_in_abstract.ris": {"abstract": "BACKGROUND: badges. RESULTS: What employers see."},
    "ris_cp1252.ris": {"abstract": "“Micro” – what they see."},
    "ris_ebscohost.ris": {**SAME, "title": "Stacked badges.", "publication_type": "Article", "pmid": ""},
    "ris_embase_empty_tag.ris": {"pages": "", "journal": "Journal of Badges", "authors": ("Müller A.",)},
    "ris_endnote_keywords_on_lines.ris": {"keywords": ("badge", "Higher Education, Policy of", "learning")},
    "ris_mendeley.ris": {"pages": "11-19", "doi": "10.1000/stack", "extra": {"L1": ["file:///home/ann/badges.pdf"]}},
    "ris_ovid_medline.ris": STACKED,
    "ris_proquest.ris": {"date": "2021 May 03", "pmid": "", "doi": "10.1000/stack"},
    "ris_pubmed_by_endnote.ris": {"pmid": "31421429"},
    "ris_repeated_title_and_abstract.ris": {"extra": {"TI": ["Insignes"], "AB": ["What employers see."]}},
    "ris_scopus_references_and_pmid.ris": {
        **STACKED,
        "pages": "",
        "references": (
            "Berger, K., Earlier badges (2015) Gut, 29 (3), pp. 1-10",
            "Thiel, K., Older badges, Neuron, 6, 2, pp. 9-12, (2012)",
        ),
        "notes": ("Export Date: 2 January 2022; Cited By: 3",),
    },
    "ris_taylor_and_francis.ris": {"date": "2021/05/04", "doi": "10.1080/01587919.2021.1234567"},
    "ris_web_of_science.ris": {**STACKED, "journal": "JOURNAL OF BADGES", "date": "SEP", "pmid": ""},
    "ris_zotero_pmid_in_note.ris": {"pmid": "31421429", "notes": ("PMID: 31421429",), "date": "2021/05/04/"},
    "xml_endnote_styles.xml": {
        **STACKED,
        "authors": ("Müller, Ann", "Thiel, Karl"),
        "abstract": "What employers see & do.",
        "keywords": ("badge", "learning, lifelong"),
        "date": "May 4",
        "url": "https://example.org/1",
    },
}


@pytest.mark.parametrize("name", COUNTS)
def test_everything_is_found(name):
    """Each file's format, and how many records are found, read, rejected, and how much text is stray."""
    reading = references.read(QUIRKS / name)
    counts = (len(reading.records), len(reading.rejected), len(reading.stray))
    assert (reading.format, reading.found, *counts) == COUNTS[name]
    assert all(reject.excerpt and reject.position for reject in reading.rejected)


@pytest.mark.parametrize("name", FIELDS)
def test_fields_are_understood(name):
    """What the first record of a file says, in the places that it belongs to."""
    record = references.read(QUIRKS / name).records[0]
    assert {field: getattr(record, field) for field in FIELDS[name]} == FIELDS[name]


@pytest.mark.parametrize("name", REFUSED)
def test_some_files_are_refused(name):
    """A file that cannot be trusted as a whole is refused in one line."""
    with pytest.raises(ReadError, match=REFUSED[name]) as caught:
        references.read(QUIRKS / name)
    assert "\n" not in str(caught.value)


def test_every_quirk_is_in_a_table():
    """A new file must be said something about."""
    assert {path.name for path in QUIRKS.iterdir()} == COUNTS.keys() | REFUSED.keys()


@pytest.mark.parametrize(
    ("quirk", "plain"),
    [
        ("ris_cr_only.ris", "ris_crlf.ris"),
        ("ris_utf16.ris", "ris_utf8_byte_order_mark.ris"),
        ("ris_missing_er.ris", "ris_repeated_er.ris"),
        ("ris_no_break_spaces_in_tags.ris", "ris_one_space_tags.ris"),
        ("ris_stray_text_between_records.ris", "ris_crlf.ris"),
        ("nbib_crlf_and_byte_order_mark.nbib", "nbib_wrapped_lines_and_two_dois.nbib"),
        ("ciw_plain_text_crlf.txt", "ciw_web_of_science.ciw"),
        ("ciw_missing_er.ciw", "ciw_web_of_science.ciw"),
        ("xml_zotero_utf16.xml", "xml_endnote_styles.xml"),
        ("xml_latin1_called_utf8.xml", "xml_endnote_styles.xml"),
    ],
)
def test_a_quirk_changes_no_record(quirk, plain):
    """Line ends, encodings, missing ends and text in between leave the records as they are."""
    assert references.read(QUIRKS / quirk).records == references.read(QUIRKS / plain).records
