"""One word in two alphabets, Latin and Cyrillic: letters that look alike, or sound alike, or share a key. Pure."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from itertools import takewhile
from typing import TypeVar

T = TypeVar("T")

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

# How names sound, in letters that both alphabets come to: those that people write in more than one way are one here.
WRITTEN_SO = (
    "а:a б:b в:v г:g ґ:g д:d е:e є:e ё:e йо:e ж:zh з:z и:i й:i і:i ї:i к:k л:l м:m н:n о:o п:p р:r с:s т:t у:u ф:f х:h"
    " ц:ts ч:ch ш:sh щ:sh ъ: ы:i ь: э:e ю:iu я:ia shch:sh sch:sh sh:sh ch:ch zh:zh kh:h ph:f ck:k tz:ts ya:ia ja:ia"
    " yu:iu ju:iu yo:e ye:e c:k j:dzh q:k w:v x:ks y:i"
)
SOUNDS = dict(re.findall(r"(\w+):(\w*)", WRITTEN_SO))
SOUND = re.compile("|".join(sorted(SOUNDS, key=len, reverse=True)))
DOUBLED = re.compile(r"(.)\1+")
# The keys of the two layouts, from left to right and from top to bottom.
KEYS, CYRILLIC_KEYS = "`qwertyuiop[]asdfghjkl;'zxcvbnm,.", "ёйцукенгшщзхъфывапролджэячсмитьбю"
OTHER_LAYOUT = str.maketrans(KEYS + CYRILLIC_KEYS, CYRILLIC_KEYS + KEYS)


@lru_cache(10_000)  # names are heard again with each letter that is typed
def as_heard(text: str) -> str:
    """How it sounds: "Саша" and "Sasha" are one."""
    composed = unicodedata.normalize("NFC", text.lower())
    sounds = SOUND.sub(lambda letters: SOUNDS[letters[0]], composed)
    bare = "".join(each for each in unicodedata.normalize("NFKD", sounds) if not unicodedata.combining(each))
    return DOUBLED.sub(r"\1", bare)


def begins(words: str, name: str) -> bool:
    """Whether one of the name's words begins so, by how it sounds. What has no sound, as "ь" alone, begins none."""
    heard = as_heard(words)
    return bool(heard) and f" {heard}" in f" {as_heard(name)}"


def called(words: str, rows: Iterable[T], is_called: Callable[[T, str], bool]) -> list[T]:
    """Those of the rows that are called so.

    Where none is, those that would be had the words been typed on the other layout: "ыфь" is "sam".
    """
    rows = list(rows)
    for typed in (words, words.lower().translate(OTHER_LAYOUT)):
        if found := [row for row in rows if is_called(row, typed)]:
            return found
    return []


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
