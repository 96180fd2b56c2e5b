"""From bytes to text: UTF-8 first, and a guess only for the lines that are not.

Database exports are joined by hand, so one file may hold lines of several encodings. A line that is valid UTF-8 is
UTF-8; the others share one legacy encoding, cp1252 unless the letters speak against it.
"""

from __future__ import annotations

import codecs
import re

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_LEGACY = ["cp1250", "cp1251", "cp1253", "koi8_r", "gb18030", "big5", "shift_jis", "euc_jp", "euc_kr"]
_LINE = re.compile(rb"[^\r\n]*(?:\r\n|\n|\r|\Z)")
_SYMBOL_IN_WORD = re.compile(r"[^\W\d_][¡-©«-´¶-¹»-¿‚„…†‡‰‹•›™][^\W\d_]")
_WORD = re.compile(r"[^\W\d_]+")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_BLANKED = bytes(32 if code < 32 and code not in (9, 10, 13) else code for code in range(256))
_BLOCK = 2**15
_SAMPLE = 65_536
_FOREIGN = 0.25


def decode(data: bytes) -> tuple[str, str]:
    """Return the text of `data` and the name of its encoding.

    Control characters other than tab and line ends carry nothing and break databases and spreadsheets: each becomes a
    blank. Bytes that no rule can read become U+FFFD. The same bytes always give the same text.

    Parameters
    ----------
    data : bytes
        A whole file.

    Returns
    -------
    text, encoding : str
        `encoding` is a codec's name, or two of them joined by ``+``.
    """
    text, name = to_utf8(data)
    return text.decode(), name


def to_utf8(data: bytes) -> tuple[bytes, str]:
    """Return the text of `data` as UTF-8 without byte-order mark, and the name of its encoding, as `decode` does.

    A large file that is UTF-8 already is not decoded as a whole, which would take two to four times its size.
    """
    name = _bom(data) or _utf16_without_bom(data)
    if name in ("", "utf-8-sig") and _is_utf8(data):
        return data.removeprefix(codecs.BOM_UTF8).translate(_BLANKED), name or "utf-8"
    text, name = _decode(data, name)
    return _CONTROL.sub(" ", text.removeprefix("\ufeff")).encode(), name


def looks_binary(data: bytes) -> bool:
    """Say whether `data` holds control bytes as no text does (more than one in a hundred of its first 64 KiB)."""
    if _bom(data) or _utf16_without_bom(data):
        return False
    head = data[:_SAMPLE]
    control = sum(head.count(code) for code in range(32) if code not in (9, 10, 12, 13))
    return control * 100 > len(head)


def _decode(data: bytes, name: str) -> tuple[str, str]:
    """Decode what is not UTF-8, or not throughout; `name` is that of UTF-16 or UTF-32 where it is known to be that."""
    if name and name != "utf-8-sig":
        return data.decode(name, "replace"), name
    return _decode_lines(data)


def _bom(data: bytes) -> str:
    return next((name for mark, name in _BOMS if data.startswith(mark)), "")


def _utf16_without_bom(data: bytes) -> str:
    """Name the UTF-16 whose every other byte is zero in mostly Latin text, or ``""``."""
    head = data[:4096]
    even, odd = head[0::2].count(0), head[1::2].count(0)
    half = max(len(head) // 2, 1)
    if odd > 0.3 * half and even < 0.05 * half:
        return "utf-16-le"
    return "utf-16-be" if even > 0.3 * half and odd < 0.05 * half else ""


def _decode_lines(data: bytes) -> tuple[str, str]:
    lines = _LINE.findall(data)
    strange = [line for line in lines if not _is_utf8(line)]
    legacy = _legacy_of(b"".join(strange)[:_SAMPLE])
    mixed = any(_is_utf8(line) and not line.isascii() for line in lines)
    text = "".join(_one_line(line, legacy) for line in lines)
    return text, f"utf-8+{legacy}" if mixed else legacy


def _is_utf8(data: bytes) -> bool:
    if data.isascii():
        return True
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for start in range(0, len(data), _BLOCK):
            decoder.decode(data[start : start + _BLOCK], final=start + _BLOCK >= len(data))
    except UnicodeDecodeError:
        return False
    return True


def _one_line(line: bytes, legacy: str) -> str:
    """Decode one line: as UTF-8 with a few foreign bytes where most of it is UTF-8, else in the legacy encoding."""
    if _is_utf8(line):
        return line.decode("utf-8")
    decoded = line.decode("utf-8", "surrogateescape")
    foreign = sum("\udc80" <= character <= "\udcff" for character in decoded)
    if sum(character > "\x7f" for character in decoded) > 2 * foreign:
        return "".join(
            _single(ord(character) - 0xDC00) if "\udc80" <= character <= "\udcff" else character
            for character in decoded
        )
    if legacy == "cp1252":
        return "".join(map(_single, line))
    return line.decode(legacy, "replace")


def _single(byte: int) -> str:
    """Return one byte as cp1252 has it, or as Latin-1 where cp1252 is silent."""
    return bytes((byte,)).decode("cp1252", "ignore") or chr(byte)


def _legacy_of(sample: bytes) -> str:
    """Name the single legacy encoding of text that is not UTF-8.

    charset-normalizer takes short Western text for cp1250 and turns ñ into ń, so it is asked only where cp1252 cannot
    be right: whole words of non-ASCII letters (Cyrillic, Greek, Chinese), or symbols inside words (Polish, Czech).
    """
    western = "".join(map(_single, sample))
    words = _WORD.findall(western)
    foreign = sum(_foreign(word) for word in words)
    accents = sum(_foreign(word) for word in words if _foreign(word) < len(word))
    few = foreign <= _FOREIGN * sum(map(len, words)) or 2 * accents > foreign
    if few and not _SYMBOL_IN_WORD.search(western):
        return "cp1252"
    from charset_normalizer import from_bytes

    best = from_bytes(sample, cp_isolation=_LEGACY).best()
    return best.encoding if best else "cp1252"


def _foreign(word: str) -> int:
    return sum(character > "\x7f" for character in word)
