"""Bytes to text: every encoding that exports come in, mixed ones too, and always the same answer."""

from __future__ import annotations

import pytest

from asreview_mc.identify.encoding import decode, looks_binary

TEXT = "TI  - L’évaluation à l’école\nAU  - García-Peñalvo, José\n"
GREEK = "TI  - Μικροδιαπιστευτήρια στην ανώτατη εκπαίδευση: μια επισκόπηση\n"
RUSSIAN = "TI  - Микроквалификации в высшем образовании: обзор литературы\n"
POLISH = "TI  - Mikropoświadczenia w szkolnictwie wyższym: źródła i przegląd\n"
CHINESE = "TI  - 高等教育中的微证书：系统综述\n"


@pytest.mark.parametrize(
    ("text", "codec", "name"),
    [
        (TEXT, "utf-8", "utf-8"),
        (TEXT, "utf-8-sig", "utf-8-sig"),
        (TEXT, "utf-16", "utf-16"),
        (TEXT, "utf-16-le", "utf-16-le"),
        (TEXT, "utf-16-be", "utf-16-be"),
        (TEXT, "cp1252", "cp1252"),
        (TEXT.replace("’", "'"), "latin-1", "cp1252"),
        (GREEK, "cp1253", "cp1253"),
        (RUSSIAN, "cp1251", "cp1251"),
        (POLISH, "cp1250", "cp1250"),
        (CHINESE, "gb18030", "gb18030"),
    ],
)
def test_every_encoding_is_read_and_named(text, codec, name):
    """Text comes back as it was, from Unicode and from the legacy encoding its letters speak for."""
    assert decode(text.encode(codec)) == (text, name)


def test_lines_in_different_encodings_are_each_read_in_their_own():
    """Joined exports: a UTF-8 line stays UTF-8 beside cp1252 lines."""
    data = "AU  - Strojan, Primož\n".encode() + "AU  - Müller, Jörg – 1\n".encode("cp1252")
    assert decode(data) == ("AU  - Strojan, Primož\nAU  - Müller, Jörg – 1\n", "utf-8+cp1252")


def test_a_few_foreign_bytes_in_a_line_of_utf8_do_not_spoil_it():
    """A line that is mostly UTF-8 keeps its letters; only the bytes that are not UTF-8 are guessed."""
    data = "AB  - école, été, où, ça, à côté ".encode() + b"\x96 \x81\n"
    assert decode(data)[0] == "AB  - école, été, où, ça, à côté – \x81\n"


def test_control_characters_become_blanks():
    """Form feeds and zero bytes carry nothing and would break spreadsheets and databases."""
    assert decode(b"a\x00b\x0cc\td\r\n")[0] == "a b c\td\r\n"


def test_decoding_is_deterministic():
    """The same bytes give the same text, however often asked."""
    data = bytes(range(256)) * 40
    assert len({decode(data) for _ in range(3)}) == 1


@pytest.mark.parametrize(
    ("data", "binary"),
    [(bytes(range(256)), True), (b"\x00\x01\x02" * 50, True), (TEXT.encode("utf-16"), False), (TEXT.encode(), False)],
)
def test_binary_is_told_from_utf16(data, binary):
    """Zero bytes make a file binary, unless they are every second one."""
    assert looks_binary(data) is binary


def test_short_western_text_is_not_taken_for_central_european():
    """Accents in words that are otherwise plain are cp1252, however short the file."""
    text = "TY  - JOUR\nTI  - Ünï tïtle café\nER  - \n"
    assert decode(text.encode("latin-1")) == (text, "cp1252")
