"""Names: lists of authors taken apart as databases write them, and the surname compared in de-duplication."""

from __future__ import annotations

import pytest

from asreview_mc.identify.authors import split_authors, split_list, surname


@pytest.mark.parametrize(
    ("cell", "authors"),
    [
        ("Rotter, Carina; Rusbridge, Clare", ["Rotter, Carina", "Rusbridge, Clare"]),
        ("Liu R., Adler D.G.", ["Liu R.", "Adler D.G."]),
        ("Liu, R., Adler, D.G.", ["Liu, R.", "Adler, D.G."]),
        ("De Vries, Mary Ann", ["De Vries, Mary Ann"]),
        ("van de Schoot, Rens", ["van de Schoot, Rens"]),
        ("Ann Berger, Karl Thiel, Mo Lee", ["Ann Berger", "Karl Thiel", "Mo Lee"]),
        ("Ann Berger and Karl Thiel", ["Ann Berger", "Karl Thiel"]),
        ("['Marx, Karl', 'Lindgren, Astrid']", ["Marx, Karl", "Lindgren, Astrid"]),
        ("Jane McGregor", ["Jane McGregor"]),
        ("[Anonymous]", ["[Anonymous]"]),
        (" ; ", []),
    ],
)
def test_authors_of_one_cell(cell, authors):
    """Each way of joining names gives the names, and a single name with a comma stays whole."""
    assert split_authors(cell) == authors


@pytest.mark.parametrize(
    ("cell", "authors"),
    [
        ("Ann BergerKarl Thiel", ["Ann Berger", "Karl Thiel"]),
        ("Jane McDonaldKarl DeVriesMo Lee", ["Jane McDonald", "Karl DeVries", "Mo Lee"]),
        ("JoAnn SmithMarie-Ève Côté", ["JoAnn Smith", "Marie-Ève Côté"]),
        ("Ann van der BergÉmile Zola", ["Ann van der Berg", "Émile Zola"]),
        ("Ann Berger", ["Ann Berger"]),
        ("Ann Berger; Karl McThiel", ["Ann Berger", "Karl McThiel"]),
    ],
)
def test_springerlink_glues_names_together(cell, authors):
    """Names with nothing between them are split where both sides are whole names."""
    assert split_authors(cell, glued=True) == authors


@pytest.mark.parametrize(
    ("author", "family"),
    [
        ("García-Peñalvo, Francisco J.", "García-Peñalvo"),
        ("Adler D.G.", "Adler"),
        ("Larsen LJ", "Larsen"),
        ("van de Schoot, Rens", "Schoot"),
        ("Rens van de Schoot", "Schoot"),
        ("John Smith Jr.", "Smith"),
        ("J. R. Li", "Li"),
        ("王伟", "王伟"),
        ("UNESCO", "UNESCO"),
        ("", ""),
    ],
)
def test_surname(author, family):
    """One person's surname is the same however the name is written."""
    assert surname(author) == family


@pytest.mark.parametrize(
    ("field", "items"),
    [
        ("a; b;c", ["a", "b", "c"]),
        ("Health &amp; safety", ["Health &amp; safety"]),
        ("cyst (diagnosis, surgery), human", ["cyst (diagnosis, surgery)", "human"]),
        ("['Pippi', 'Nordwind']", ["Pippi", "Nordwind"]),
        ("[1]", ["[1]"]),
    ],
)
def test_keywords_of_one_cell(field, items):
    """Semicolons separate but not those of an entity; commas do where nothing else does, outside brackets."""
    assert split_list(field, commas=True) == items
