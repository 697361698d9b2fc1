"""Files and links of messages and comments. The files stay at Facebook until we fetch them, which expires."""

from collections.abc import Iterable, Iterator
from mimetypes import guess_type
from pathlib import PurePosixPath
from types import MappingProxyType
from urllib.parse import unquote, urlsplit

from connectors.contract import Remote
from connectors.facebook.shapes import Json, listed, mapping, sequence, text_in

_FILES = MappingProxyType(
    {"image": "image/jpeg", "audio": "audio/mp4", "video": "video/mp4", "file": "", "sticker": ""}
)
_IN_AN_ANSWER = ("image_data", "video_data", "audio_data")


def of_a_message(message: Json) -> tuple[Remote, ...]:
    """The files of a message that a webhook brought."""
    return _each_once(
        _remote(text_in(mapping(each.get("payload")), "url"), media_type=_FILES[text_in(each, "type")])
        for each in sequence(message.get("attachments"))
        if text_in(each, "type") in _FILES
    )


def links_of_a_message(message: Json) -> Iterator[str]:
    """What is no file, as lines to read: shared posts and reels, links, places, templates."""
    for each in sequence(message.get("attachments")):
        if text_in(each, "type") not in _FILES:
            payload = mapping(each.get("payload"))
            told = [
                text_in(each, "title") or text_in(payload, "title"),
                text_in(each, "url") or text_in(payload, "url"),
            ]
            yield from dict.fromkeys(line for line in (*told, *_template(payload), _place(payload)) if line)


def of_a_shown_message(message: Json) -> tuple[Remote, ...]:
    """The files of a message as the API shows it."""
    found = [_shown_file(each) for each in listed(message.get("attachments"))]
    return _each_once([*found, _remote(text_in(message, "sticker"))])


def of_a_post(value: Json) -> tuple[Remote, ...]:
    """The photo or video that came with a post or a comment by webhook."""
    several = value.get("photos")
    photos = [each for each in several if isinstance(each, str)] if isinstance(several, list) else []
    if text_in(value, "item") in ("photo", "video"):
        photos.append(text_in(value, "link"))
    found = [_remote(photo, media_type="image/jpeg") for photo in (text_in(value, "photo"), *photos)]
    return _each_once([*found, _remote(text_in(value, "video"), media_type="video/mp4")])


def of_a_shown_post(node: Json) -> tuple[Remote, ...]:
    """The pictures of a post or a comment as the API shows it."""
    shown = [mapping(node.get("attachment")), *listed(node.get("attachments"))]
    pictures = (text_in(mapping(mapping(each.get("media")).get("image")), "src") for each in shown)
    found = [_remote(picture, media_type="image/jpeg") for picture in pictures]
    return _each_once(found or [_remote(text_in(node, "full_picture"), media_type="image/jpeg")])


def _shown_file(attachment: Json) -> Remote | None:
    inside = next((mapping(attachment.get(name)) for name in _IN_AN_ANSWER if name in attachment), {})
    address = text_in(inside, "url") or text_in(attachment, "file_url")
    size = attachment.get("size")
    return _remote(
        address,
        name=text_in(attachment, "name"),
        media_type=text_in(attachment, "mime_type"),
        size=size if isinstance(size, int) and size >= 0 else 0,
    )


def _remote(address: str, *, name: str = "", media_type: str = "", size: int = 0) -> Remote | None:
    if not address.startswith(("https://", "http://")):
        return None
    try:
        name = name or unquote(PurePosixPath(urlsplit(address).path).name)
    except ValueError:
        return None
    return Remote(address=address, name=name, media_type=guess_type(name)[0] or media_type, size=size)


def _each_once(found: Iterable[Remote | None]) -> tuple[Remote, ...]:
    return tuple(dict.fromkeys(remote for remote in found if remote))


def _template(payload: Json) -> Iterator[str]:
    yield text_in(payload, "text")
    for element in sequence(payload.get("elements")):
        yield " — ".join(part for part in (text_in(element, "title"), text_in(element, "subtitle")) if part)


def _place(payload: Json) -> str:
    where = mapping(payload.get("coordinates"))
    return f"{where.get('lat')}, {where.get('long')}" if where else ""
