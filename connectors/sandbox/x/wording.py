"""The text of a post: how much it weighs, and how it is shown (shortened links, names of those it answers)."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from html import escape

POST_WEIGHT = 280
URL_WEIGHT = 23
URL = re.compile(
    r"(?<![@\w.])(?:https?://[^\s<>\"]+[^\s<>\".,;:!?'()\]]"
    r"|(?:[a-z0-9-]+\.)+(?:com|net|org|io|info|de|ru|eu|uk|fr|app|dev)\b(?:/[^\s<>\".,;:!?'()\]]*)?)",
    re.IGNORECASE,
)
MENTION = re.compile(r"(?<![\w@/])@(\w{1,15})\b", re.ASCII)
_PICTURE = (
    r"[\U0001F000-\U0001FAFF\u2190-\u21ff\u2300-\u23ff\u25a0-\u27bf\u2934\u2935\u2b05-\u2b55\u3030\u303d\u3297\u3299]"
)
_TAIL = "[\ufe0f\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f]*"
EMOJI = re.compile(f"[\U0001f1e6-\U0001f1ff]{{2}}|[#*0-9]\ufe0f?\u20e3|{_PICTURE}{_TAIL}(?:\u200d{_PICTURE}{_TAIL})*")
_LIGHT = ((0, 4351), (8192, 8205), (8208, 8223), (8242, 8247))


def weight(text: str) -> int:
    """How much of the 280 a text takes: a link 23, an emoji 2, a light character 1, any other 2; counted on NFC.

    (twitter-text, config v3.)
    """
    left, links = URL.subn("", unicodedata.normalize("NFC", text))
    left, emoji = EMOJI.subn("", left)
    light = sum(any(low <= ord(character) <= high for low, high in _LIGHT) for character in left)
    return links * URL_WEIGHT + emoji * 2 + light + (len(left) - light) * 2


def short_link(url: str) -> str:
    """The t.co link that stands for a URL, always the same."""
    return f"https://t.co/{sha256(url.encode()).hexdigest()[:10]}"


@dataclass(frozen=True, slots=True)
class Link:
    """A shortened link and what it stands for."""

    url: str
    expanded: str
    media_key: str = ""


@dataclass(frozen=True, slots=True)
class Shown:
    """A text as readers of the API get it, and where the links in it lead."""

    text: str
    links: Sequence[Link]


def show(text: str, names: Sequence[str], media: Sequence[Link], *, escaped: bool) -> Shown:
    """Put the names it answers before it, its media after it, and short links for long ones."""
    links: list[Link] = []

    def shorten(found: re.Match[str]) -> str:
        expanded = found[0] if "://" in found[0] else f"http://{found[0]}"
        links.append(Link(short_link(expanded), expanded))
        return links[-1].url

    shortened = URL.sub(shorten, text)
    body = escape(shortened, quote=False) if escaped else shortened
    words = [*(f"@{name}" for name in names), *([body] if body else []), *dict.fromkeys(link.url for link in media)]
    return Shown(" ".join(words), [*links, *media])
