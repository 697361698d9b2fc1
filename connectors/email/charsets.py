"""From bytes to text when the declared charset is missing, misspelt or wrong.

The order: declared, UTF-8, a vote by Cyrillic letter frequency, charset-normalizer, Windows-1252. Measured
on mail of the wild; the vote is right on Russian texts of a single word, where general guessers are not. Where it errs,
a person says what a mail is in, and is not doubted.
"""

import codecs
import re
from collections.abc import Iterable
from functools import cache
from types import MappingProxyType
from typing import Self

from connectors.errors import gettext_noop

# What a person may choose from: all that the order of guesses can mistake for one another. The vote knows the Cyrillic
# ones, and takes short words of Western and Central Europe for them; letters of two bytes are told by no vote.
OFFERED = MappingProxyType(
    {
        "utf-8": gettext_noop("Unicode (UTF-8)"),
        "windows-1251": gettext_noop("Cyrillic (Windows-1251)"),
        "koi8-r": gettext_noop("Cyrillic (KOI8-R, KOI8-U)"),
        "cp866": gettext_noop("Cyrillic (CP866, DOS)"),
        "iso-8859-5": gettext_noop("Cyrillic (ISO-8859-5)"),
        "x-mac-cyrillic": gettext_noop("Cyrillic (of old Macs)"),
        "windows-1252": gettext_noop("Western European (Windows-1252, ISO-8859-1)"),
        "windows-1250": gettext_noop("Central European (Windows-1250)"),
        "windows-1254": gettext_noop("Turkish (Windows-1254, ISO-8859-9)"),
        "gb18030": gettext_noop("Chinese (GB18030, GBK)"),
        "shift_jis": gettext_noop("Japanese (Shift JIS)"),
        "euc-kr": gettext_noop("Korean (EUC-KR)"),
    }
)

_ALIASES = {
    "": "",
    "8bit": "",
    "ansi_x3.110-1983": "cp1252",
    "ascii": "utf-8",
    "cp-1251": "cp1251",
    "cp-850": "cp850",
    "default": "",
    "default_charset": "",
    "euc-kr": "cp949",
    "gb2312": "gb18030",
    "gb2312_charset": "gb18030",
    "gbk": "gb18030",
    "iso-2022-jp": "iso2022_jp_ext",
    "_iso-2022-jp$esc": "iso2022_jp_ext",
    "iso-8859-1": "cp1252",
    "iso-8859-8-i": "iso-8859-8",
    "iso-8859-8-e": "iso-8859-8",
    "iso-8859-9": "cp1254",
    "iso-gb2312": "gb18030",
    "koi8r": "koi8-r",
    "ks_c_5601-1987": "cp949",
    "ks_c_5601": "cp949",
    "latin1": "cp1252",
    "latin-1": "cp1252",
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "sjis": "cp932",
    "tis-620": "cp874",
    "unicode-1-1-utf-7": "utf-7",
    "unicode-1-1-utf-8": "utf-8",
    "unknown": "",
    "unknown-8bit": "",
    "us-ascii": "utf-8",
    "utf8mb4": "utf-8",
    "utf": "utf-8",
    "win-1251": "cp1251",
    "windows-874": "cp874",
    "windows1251": "cp1251",
    "x-cp1251": "cp1251",
    "x-gbk": "gb18030",
    "x-mac-cyrillic": "mac-cyrillic",
    "x-sjis": "cp932",
    "x-unknown": "",
    "x-user-defined": "",
}
# Codecs that are not charsets of mail; decoding punycode or idna takes quadratic time.
_NOT_CHARSETS = {"punycode", "idna", "unicode-escape", "raw-unicode-escape", "undefined", "mbcs", "oem"}
_SEVEN_BIT = ("iso2022", "hz", "utf-7", "utf-16", "utf-32")
_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CYRILLIC = ("cp1251", "koi8-u", "cp866", "iso8859-5", "mac-cyrillic")
_SAME_LETTERS = {"koi8-r": "koi8-u"}

# Percent of all letters in Russian texts; the four Ukrainian ones get what they have in Ukrainian.
_LETTERS = "оеаинтсрвлкмдпуяыьгзбчйхжшюцщэфъёіїєґ"
_PERCENT = (
    "10.97 8.45 8.01 7.35 6.70 6.26 5.47 4.73 4.54 4.40 3.49 3.21 2.98 2.81 2.62 2.01 1.90 1.74 1.70 1.65 1.59"
    " 1.44 1.21 0.97 0.94 0.73 0.64 0.48 0.36 0.32 0.26 0.04 0.04 5.0 0.6 0.6 0.01"
)
_FREQUENCY = dict(zip(_LETTERS, map(float, _PERCENT.split()), strict=True))
_WESTERN = frozenset("äöüßéèêàâçñóíáúôîïëœæøåÄÖÜÉØÅ“”’–—«»§€°")
_HARMLESS = frozenset("№«»—–…“”’€§° ")
_WORD = re.compile(rb"[A-Za-z\x80-\xff]*[\x80-\xff][A-Za-z\x80-\xff]*")
_SAMPLE_WORDS = 120
_SAMPLE_BYTES = 200_000


class Chosen(str):
    """The charset that a person says a mail is in, by Python's name of it; empty for one that nobody knows.

    `wrong` are those that its texts declare instead: a header that names one of them is as wrong as they are.
    """

    __slots__ = ("wrong",)

    wrong: frozenset[str]

    def __new__(cls, name: str, declared: Iterable[str] = ()) -> Self:
        charset = canonical(name)
        chosen = super().__new__(cls, _SAME_LETTERS.get(charset, charset))
        chosen.wrong = frozenset(map(canonical, declared))
        return chosen


def decode(data: bytes, declared: str = "") -> str:
    """Text of `data`; never raises. `declared` is what the mail says and may be nonsense, unless it is `Chosen`."""
    for mark, charset in _BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return data.decode(charset, "replace")
    if isinstance(declared, Chosen) and declared and not data.isascii():
        return data.decode(declared, "replace")
    charset = canonical(declared)
    if data.isascii() and not charset.startswith(_SEVEN_BIT):
        if b"\x1b$" not in data:
            return data.decode("ascii")
        charset = "iso2022_jp_ext"
    text = _strictly(data, charset)
    return repaired(_guessed(data, charset) if text is None else text)


def decode_word(data: bytes, declared: str, around: str) -> str:
    """Text of an encoded word (RFC 2047) in a header whose other bytes are in the charset `around`.

    A proper one tells by itself what it is in, whatever a person chose for what does not.
    """
    improper = isinstance(around, Chosen) and not _is_proper(data, canonical(declared), around.wrong)
    return decode(data, around if improper else declared)


def _is_proper(data: bytes, charset: str, wrong: frozenset[str]) -> bool:
    """Whether bytes are what they are declared as. That they agree says it for UTF-8 alone: no accident looks so."""
    if data.isascii():
        return True
    if charset == "utf-8" or charset not in wrong:
        return bool(charset) and _agrees(data, charset)
    return False


def _agrees(data: bytes, charset: str) -> bool:
    try:
        data.decode(charset)
    except (UnicodeError, ValueError):
        return False
    return True


@cache
def canonical(declared: str) -> str:
    """Python's name of a declared charset, or an empty string for one that nobody knows."""
    name = declared.strip().strip("\"'").split(";")[0].strip().lower()
    name = _ALIASES.get(name, name)
    try:
        known = codecs.lookup(name) if name else None
    except (LookupError, ValueError):
        return ""
    if known is None or not known._is_text_encoding or known.name in _NOT_CHARSETS:
        return ""
    return known.name


def repaired(text: str) -> str:
    """Undo UTF-8 that somebody read as a one-byte charset, only if the way back is exact."""
    if text.isascii() or len(text) > _SAMPLE_BYTES:
        return text
    for charset in ("cp1251", "cp1252"):
        try:
            original = text.encode(charset).decode("utf-8")
        except UnicodeError:
            continue
        if len(original) <= len(text) - 2:
            return original
    return text


def _strictly(data: bytes, charset: str) -> str | None:
    """The declared charset, unless the bytes contradict it."""
    if charset and charset not in ("utf-8", "cp1252"):
        try:
            text = data.decode(charset)
        except (UnicodeError, ValueError):
            return None
        if charset in _CYRILLIC or charset in _SAME_LETTERS:
            return _as_utf8(data) or _as_voted(data, _SAME_LETTERS.get(charset, charset)) or text
        return text
    return _as_utf8(data)


def _as_utf8(data: bytes) -> str | None:
    try:
        return data.decode("utf-8")
    except UnicodeError:
        return None


def _as_voted(data: bytes, declared: str) -> str | None:
    """Text in another Cyrillic charset than the declared one, if the letters speak clearly for it."""
    scores = _scores(data)
    best = max(scores, key=scores.__getitem__)
    if best == declared or scores[best] < 40 or scores[best] < 1.3 * scores.get(declared, 0.0):
        return None
    return data.decode(best, "replace")


def _guessed(data: bytes, charset: str) -> str:
    if charset == "cp1252" or not charset or charset == "utf-8":
        scores = _scores(data)
        best = max(scores, key=scores.__getitem__)
        if best != "cp1252" and scores[best] > 0:
            return data.decode(best, "replace")
    if charset:
        text = data.decode(charset, "replace")
        if text.count("\ufffd") <= max(2, len(text) // 50):
            return text
    return _by_general_guess(data) if charset != "cp1252" else data.decode("cp1252", "replace")


def _by_general_guess(data: bytes) -> str:
    sample = data[:_SAMPLE_BYTES]
    high = sum(map(len, _WORD.findall(sample)))
    if high >= 24:  # a guess on less is worth nothing
        from charset_normalizer import from_bytes  # imports for 60 ms, needed for one mail in a thousand

        best = from_bytes(sample).best()
        if best is not None:
            return data.decode(best.encoding, "replace")
    return data.decode("cp1252", "replace")


def _scores(data: bytes) -> dict[str, float]:
    """How much each charset makes of the words with high bytes in it."""
    sample = b" ".join(_WORD.findall(data[:_SAMPLE_BYTES])[:_SAMPLE_WORDS])[:2000]
    return {charset: _score(sample, charset) for charset in (*_CYRILLIC, "cp1252")}


def _score(sample: bytes, charset: str) -> float:
    text = sample.decode(charset, "replace")
    score = 0.0
    before = " "
    for at, letter in enumerate(text):
        low = letter.lower()
        if low in _FREQUENCY:
            score += _FREQUENCY[low]
            after = text[at + 1] if at + 1 < len(text) else " "
            if letter != low and before.islower():
                score -= 6
            if _is_latin(before) or _is_latin(after):
                score -= 14
        elif charset == "cp1252" and letter in _WESTERN:
            score += 3
        elif not letter.isascii() and letter not in _HARMLESS:
            score -= 8
        before = letter
    return score


def _is_latin(letter: str) -> bool:
    return letter.isascii() and letter.isalpha()
