"""Titles as text: what makes two of them one, and the publisher's word that an article is retracted."""

import pytest

from asreview_mc.core.title import normalise, without_retraction

TITLE = "Theatre workshops in prisons"


@pytest.mark.parametrize(
    "title",
    [
        f"RETRACTED: {TITLE}",
        f"Retracted article: {TITLE}",
        f"RETRACTED CHAPTER: {TITLE}",
        f"WITHDRAWN: {TITLE}",
        f"[Retracted] {TITLE}",
        f"(Withdrawn) {TITLE}",
        f"RETRACTED \u2013 {TITLE}",
        f"{TITLE} (Retracted article. See vol. 9, pg. 3, 2020)",
        f"{TITLE}. (Retracted Article. See vol 9 (2), pg 3, 2020).",
        f"{TITLE} [withdrawn]",
        f"{TITLE} - RETRACTED",
    ],
)
def test_the_publishers_word_is_taken_off(title):
    """Wherever a database puts it, the word is about the article and no part of its title."""
    assert normalise(without_retraction(title)) == normalise(TITLE)


@pytest.mark.parametrize(
    "title",
    [
        TITLE,
        "",
        "Retracted articles and their citations",
        "Citations of articles that were retracted: a survey",
        "Drugs (withdrawn in Europe) and their successors",
        "Patients on dialysis (withdrawn from a trial)",
        f"Retraction notice to: {TITLE}",
        f"{TITLE} (Retraction of vol 8, pg 1, 2019)",
    ],
)
def test_a_title_about_retraction_is_left(title):
    """What merely speaks of retraction says nothing about the article that bears the title."""
    assert without_retraction(title) == title


def test_normalise_keeps_every_script():
    """No script is emptied, and C, C++ and C# stay three."""
    assert all(normalise(title) for title in ("微证书", "Микро", "μικρο", "हिंदी", "مصغرة", "마이크로", "ไทย"))
    assert len({normalise(title) for title in ("Programming in C", "Programming in C++", "Programming in C#")}) == 3
    assert normalise("Ｍüller &amp; SONS") == normalise("Muller & Sons") == "mullersons"
    assert normalise("β-cells") == normalise("Beta cells") == "betacells"
