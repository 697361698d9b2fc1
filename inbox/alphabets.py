"""One word in two alphabets, Latin and Cyrillic: letters that look alike. Pure."""

import re
import unicodedata
from collections.abc import Sequence
from itertools import takewhile

# Letters that are taken for one another, of which a word of the other alphabet is made without anybody seeing it.
LATIN, CYRILLIC = "aceijkmopstxyABCEHIJKMOPSTXY", "асеіјкморѕтхуАВСЕНІЈКМОРЅТХУ"
TO_CYRILLIC, TO_LATIN = str.maketrans(LATIN, CYRILLIC), str.maketrans(CYRILLIC, LATIN)
IS_LATIN, IS_CYRILLIC = re.compile(r"[A-Za-z]"), re.compile(r"[Ѐ-ӿ]")
LETTERS = re.compile(r"[^\W\d_]+")
# What is written in letters and signs of everyday and nothing else: in it nothing can be hidden.
PLAIN = re.compile(
    r"[\t\n\r\x20-\x7e\xa0-\xac\xae-\xff\u0400-\u0482\u048a-\u04ff\u2010-\u2027\u2030-\u205e\u2116\u20ac]*"
)
UNSEEN = {"Cf", "Cc", "Mn", "Me"}  # formats (the soft hyphen, zero width), controls, marks on the letter before


def as_seen(text: str) -> tuple[str, Sequence[int]]:
    """The text as whoever reads it sees it, and for each of its letters the place where it stands in `text`.

    Without what nobody sees, with plain letters in place of ornate ones, and each word in one alphabet.
    """
    plain, places = (text, range(len(text))) if PLAIN.fullmatch(text) else _without_unseen(text)
    return LETTERS.sub(lambda word: in_one_alphabet(word[0]), plain), places


def _without_unseen(text: str) -> tuple[str, Sequence[int]]:
    letters, places = [], []
    for at, letter in enumerate(text):
        if unicodedata.category(letter) in UNSEEN and letter not in "\t\n\r":
            continue
        seen = _plain(letter, text[at + 1 : at + 3]) if letter.isalnum() else letter
        letters.append(seen)
        places.extend([at] * len(seen))
    return "".join(letters), places


def _plain(letter: str, after: str) -> str:
    """A mark that makes another letter of it, as in "й", belongs to it; the stress on a vowel does not."""
    whole = unicodedata.normalize("NFKC", letter + "".join(takewhile(unicodedata.combining, after)))
    return whole if len(whole) == 1 else unicodedata.normalize("NFKC", letter)


def in_one_alphabet(word: str) -> str:
    """A word in which both alphabets stand, in that of which it has letters that look like none of the other."""
    latin, cyrillic = IS_LATIN.findall(word), IS_CYRILLIC.findall(word)
    if not latin or not cyrillic:
        return word
    only_latin, only_cyrillic = not {*latin} <= {*LATIN}, not {*cyrillic} <= {*CYRILLIC}
    if only_latin and only_cyrillic:
        return word
    is_cyrillic = only_cyrillic or (not only_latin and len(cyrillic) >= len(latin))
    return word.translate(TO_CYRILLIC if is_cyrillic else TO_LATIN)
