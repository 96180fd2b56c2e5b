"""BibTeX and the LaTeX in it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asreview_mc.identify import bibtex
from asreview_mc.identify.latex import to_text


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (r"M\"uller", "Müller"),
        (r"M{\"u}ller", "Müller"),
        (r"M\"{u}ller", "Müller"),
        (r"Garc\'{\i}a", "García"),
        (r"Ha\v{c}ek", "Haček"),
        (r"\c{C}a\u{g}lar", "Çağlar"),
        (r"{\AA}ngstr{\"o}m", "Ångström"),
        (r"\O{}rsted", "Ørsted"),
        (r"Stra{\ss}e", "Straße"),
        (r"\L{}\'od\'z", "Łódź"),
        (r"S\o ren", "Søren"),
        (r"The {DNA} of {{Nested}} braces", "The DNA of Nested braces"),
        (r"50\% \& \$5 \#1 a\_b", "50% & $5 #1 a_b"),
        ("50% of all", "50% of all"),
        (r"$\alpha$-helix, $p \leq 5$", "α-helix, p ≤5"),
        ("costs $5 or $6", "costs $5 or $6"),
        ("1990--1995 --- a study", "1990–1995 — a study"),
        ("Fig.~1", "Fig. 1"),
        (r"\emph{all} and \textbf{more}", "all and more"),
        (r"\unknown{x} stays", r"\unknownx stays"),
        (r"a\textendash b", "a–b"),
    ],
)
def test_latex_becomes_text(written, meant):
    """Accents, letters and signs are Unicode; a percent sign ends nothing; what is unknown stays."""
    assert to_text(written) == meant


@given(st.text(st.characters(exclude_characters="\\{}~-", exclude_categories=["C"])))
def test_text_without_latex_stays(text):
    """Nothing is done to what is text already."""
    assert to_text(text) == text


@pytest.mark.parametrize(
    ("fields", "date"),
    [
        ("year=2021, month=may", "2021-05"),
        ("year={2021}, month={May}", "2021-05"),
        ("year=2021, month=5", "2021-05"),
        ("year=2021, month={MAY 4}", "2021-05-04"),
        ("year=2021, month=may, day=4", "2021-05-04"),
        ("date={2021-05-04}", "2021-05-04"),
        ("year=2021", ""),
    ],
)
def test_year_and_month_make_a_date(fields, date):
    """However a month is written, it joins the year; nothing of it is left."""
    record = bibtex.parse(f"@article{{a, title={{T}}, {fields}}}").items[0].record
    assert (record.year, record.date, set(record.extra)) == (2021, date, {"citation key"})


def test_a_month_that_is_none_stays():
    """What is not understood is kept verbatim."""
    record = bibtex.parse("@article{a, title={T}, year=2021, month={spring}}").items[0].record
    assert (record.date, record.extra["month"]) == ("", ["spring"])


def test_failures_have_their_line_and_say_nothing_else(capfd, caplog):
    """An entry that cannot be taken apart is a reject, not a line on the screen; its neighbours are read."""
    parsed = bibtex.parse("@article{a,\n title={One\n}\n\n@article{b,\n title={Two}\n}\n\n@book{c,\n title={Thr")
    assert [(item.position, bool(item.problem)) for item in parsed.items] == [
        ("line 1", True),
        ("line 5", False),
        ("line 9", True),
    ]
    assert parsed.found == 3
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    "author",
    [
        "{Barnes and Noble} and Thiel, Karl",
        "{Barnes and Noble}\nand\nThiel, Karl",
        "{{Barnes} and {Noble}} and Thiel, Karl",
    ],
)
def test_an_organisation_in_braces_is_one_author(author):
    """``and`` separates only outside braces."""
    record = bibtex.parse(f"@article{{a, title={{T}}, author={{{author}}}}}").items[0].record
    assert record.authors == ("Barnes and Noble", "Thiel, Karl")


def test_a_note_that_speaks_of_us_is_a_note():
    """Only what we ourselves wrote is ours, and the kind of entry is taken from nobody else."""
    text = "@phdthesis{k, title={T}, note={asreview-mc was used for the screening}}"
    (item,) = bibtex.parse(text).items
    assert (item.record.notes, item.record.publication_type) == (
        ("asreview-mc was used for the screening",),
        "phdthesis",
    )
