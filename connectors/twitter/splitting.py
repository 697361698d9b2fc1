"""A longer answer as several posts, cut between words; a link and an emoji are never cut."""

import re
from collections.abc import Iterator, Sequence

from connectors.twitter.weights import EMOJI, links, weight

POST_WEIGHT = 280
_WORD = re.compile(r"\s*\S+")


def split(text: str, limit: int = POST_WEIGHT) -> Sequence[str]:
    """The posts that together say this; one, as it is, if it fits. What is blank is one empty text."""
    parts: list[str] = []
    present = ""
    for word in _words(text.strip(), limit):
        longer = present + word if present else word.lstrip()
        if weight(longer) <= limit:
            present = longer
        else:
            parts.append(present.rstrip())
            present = word.lstrip()
    return [*parts, present]


def _words(text: str, limit: int) -> Iterator[str]:
    """The words with the blanks before them; what alone is too long, as text in Chinese is, sign by sign."""
    for word in _WORD.findall(text):
        if weight(word.lstrip()) <= limit:
            yield word
        else:
            yield from _signs(word)


def _signs(word: str) -> Iterator[str]:
    """The smallest pieces of a word: links, emoji, single letters with the marks on them."""
    place = 0
    for start, end in [*links(word), (len(word), len(word))]:
        yield from re.findall(
            f"\\s+|(?:{EMOJI.pattern})|.[\\u0300-\\u036f\\ufe0f\\u200d]*", word[place:start], re.DOTALL
        )
        if end > start:
            yield word[start:end]
        place = end
