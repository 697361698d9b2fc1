"""The text of a post or a message as a person reads it: long posts whole, links as they lead, nothing escaped."""

import re
from collections.abc import Iterator

from connectors.twitter.carriers import Json, mapping, mentions, sequence

_LEADING = re.compile(r"\s*@(\w{1,50})\s+")
_ESCAPED = re.compile(r"&(lt|gt|amp);")
_PLAIN = {"lt": "<", "gt": ">", "amp": "&"}
_OWN_FILE = re.compile(r"/(photo|video)/\d+$|/messages/media/\d+$")


def text_of(data: Json) -> str:
    """All of it. X escapes three characters, writes links as t.co and adds one for each file of its own."""
    longer = mapping(data.get("note_post") or data.get("note_tweet")) or mapping(data.get("extended_tweet"))
    text = str(longer.get("full_text") or longer.get("text") or data.get("full_text") or data.get("text") or "")
    for link in _links(data, longer):
        address = str(link.get("expanded_url") or link.get("url"))
        own = link.get("media_key") or _OWN_FILE.search(address)
        text = text.replace(str(link["url"]), "" if own else address)
    return _ESCAPED.sub(lambda found: _PLAIN[found[1]], text).strip()


def _links(data: Json, longer: Json) -> Iterator[Json]:
    for place in (mapping(data.get("entities")), mapping(longer.get("entities"))):
        for kind in ("urls", "media"):
            for link in sequence(place.get(kind)):
                if link.get("url"):
                    # The older format lists files apart from links.
                    yield {**link, "media_key": True} if kind == "media" else link


def without_leading_mentions(text: str, post: Json) -> str:
    """What an answer says, without the names X puts before it. They do not count and nobody typed them."""
    named = {name.lower() for _, name in mentions(post)}
    place = 0
    while (found := _LEADING.match(text, place)) and found[1].lower() in named:
        place = found.end()
    return text[place:]
