"""How long X counts a text: config v3 of the twitter-text specification (github.com/twitter/twitter-text).

Latin, Cyrillic, Greek, Arabic and most other alphabets weigh 1, everything else 2, an emoji 2 however it is put
together, a link 23 however long it is. The text is counted as Unicode composes it (NFC).
"""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from unicodedata import normalize

LINK_WEIGHT = 23
_LIGHT = ((0, 4351), (8192, 8205), (8208, 8223), (8242, 8247))
_LONGEST_LINK = 4096
_LONGEST_SHORTENED = 40  # characters behind t.co/

_FLAG = "[\U0001f1e6-\U0001f1ff]{2}"
_KEYCAP = "[0-9#*]\ufe0f?\u20e3"
_PICTURE = "(?:[\u203c-\u3299\U0001f000-\U0001faff](?:\ufe0f|[\U0001f3fb-\U0001f3ff])?)"
_TAGGED = "(?:[\U000e0020-\U000e007e]+\U000e007f)?"
EMOJI = re.compile(f"{_FLAG}|{_KEYCAP}|[\xa9\xae]\ufe0f|{_PICTURE}{_TAGGED}(?:\u200d{_PICTURE})*")


_NO_LETTER = "!-/:-@\\[-`{-~\\s\x00-\x1f\x7f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff"
_LETTER = f"[^{_NO_LETTER}]"  # of a domain, in any script
_DOMAIN = f"(?:(?:{_LETTER}(?:[_-]|{_LETTER})*)?{_LETTER}\\.)*(?:{_LETTER}(?:-|{_LETTER})*)?{_LETTER}\\."
_LATIN = (
    "a-z0-9\xc0-\xd6\xd8-\xf6\xf8-\xff\u0100-\u024f\u0253\u0254\u0256\u0257\u0259\u025b\u0263\u0268\u026f\u0272"
    "\u0289\u028b\u02bb\u0300-\u036f\u1e00-\u1eff"
)
_PATH = f"[{_LATIN}\u0400-\u04ff!*';:=+,.$/%#\\[\\]\u2010-\u2015_~@|&-]"
_IN_BRACKETS = f"\\((?:{_PATH}|\\({_PATH}+\\))+\\)"
_PATH_END = f"(?:[{_LATIN}\u0400-\u04ff=_#/+-]|{_IN_BRACKETS})"
_QUERY = "\\?[a-z0-9!?*'@();:&=+$/%#\\[\\]_.,~|-]*[a-z0-9_&=#/-]"
_REST = f"(?::[0-9]+)?(?:/(?:(?:{_PATH}|{_IN_BRACKETS})*{_PATH_END}|@{_PATH}+/)?)?(?:{_QUERY})?"
_SHORTENED = re.compile("https?://t\\.co/([a-z0-9]+)(?:\\?[^\\s]*)?", re.IGNORECASE)


@cache
def _link() -> re.Pattern[str]:
    """A link with its scheme in any script, or a bare one in Latin letters. Not behind @, #, $ or another letter."""
    names = (Path(__file__).parent / "tlds.txt").read_text(encoding="utf-8").split()
    ending = f"(?:{'|'.join(sorted(names, key=len, reverse=True))}|xn--[a-z0-9-]+)(?![0-9a-z@+-])"
    behind = "a-z0-9@\uff20$#\uff03\ufeff\ufffe\uffff"
    whole = f"(?<![{behind}])https?://(?P<domain>{_DOMAIN}{ending}){_REST}"
    bare = f"(?<![{behind}._/-])(?P<bare>(?:[{_LATIN}-]+\\.)+{ending}){_REST}"
    return re.compile(f"{whole}|{bare}", re.IGNORECASE)


def links(text: str) -> Iterator[tuple[int, int]]:
    """Where the links of a text begin and end."""
    place = 0
    while found := _link().search(text, place):
        place = max(found.end(), place + 1)
        shortened = _SHORTENED.match(text, found.start())
        if shortened and len(shortened[1]) > _LONGEST_SHORTENED:
            continue
        if shortened:
            place = shortened.end()
        if _is_real(found["domain"] or found["bare"], place - found.start()):
            yield found.start(), place


def _is_real(domain: str, length: int) -> bool:
    try:
        encoded = domain.encode("idna")
    except UnicodeError:  # a label that is too long, or no name at all
        return False
    return length + len(encoded) - len(domain) <= _LONGEST_LINK


def weight(text: str) -> int:
    """The length of a post as X counts it; a post may weigh 280."""
    composed = normalize("NFC", text.replace("\r\n", "\n"))
    total = place = 0
    for start, end in links(composed):
        total += _weight_without_links(composed[place:start]) + LINK_WEIGHT
        place = end
    return total + _weight_without_links(composed[place:])


def _weight_without_links(text: str) -> int:
    plain, emoji = EMOJI.subn("", text)
    return 2 * emoji + sum(_weight_of(ord(letter)) for letter in plain)


def _weight_of(code: int) -> int:
    return 1 if any(first <= code <= last for first, last in _LIGHT) else 2


def has_link(text: str) -> bool:
    return next(links(text), None) is not None


def without_links(text: str) -> str:
    """The text with one sign for each link, so that two texts can be compared whose links X has rewritten."""
    kept: list[str] = []
    place = 0
    for start, end in links(text):
        kept += [text[place:start], "\ufffc"]
        place = end
    return "".join([*kept, text[place:]])
