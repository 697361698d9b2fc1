"""Files of posts and messages, as X names them: they stay there until we fetch them."""

from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from types import MappingProxyType

from connectors.contract import Remote
from connectors.twitter.carriers import Json, mapping, sequence, words

_TYPES = MappingProxyType(
    {
        ".jpg": "image/jpeg",
        ".jpeg": "image/jpeg",
        ".png": "image/png",
        ".webp": "image/webp",
        ".gif": "image/gif",
        ".mp4": "video/mp4",
    }
)
_BY_KIND = MappingProxyType({"photo": "image/jpeg", "video": "video/mp4", "animated_gif": "video/mp4"})


def files_of(data: Json, media: Mapping[str, Json]) -> tuple[Remote, ...]:
    """The files of a post or a message. `media` are those of API v2 by key; version 1.1 has them inside."""
    return tuple(dict.fromkeys(remote for each in _described(data, media) if (remote := _remote(each))))


def _described(data: Json, media: Mapping[str, Json]) -> Iterator[Json]:
    attachments = data.get("attachments")
    for key in words(mapping(attachments).get("media_keys")):
        yield media.get(key, {})
    longer = mapping(data.get("extended_tweet"))
    for place in (longer.get("extended_entities"), data.get("extended_entities")):
        yield from sequence(mapping(place).get("media"))
    attachment = mapping(data.get("attachment"))  # of a direct message in version 1.1
    yield mapping(attachment.get("media"))


def _remote(described: Json) -> Remote | None:
    address = _best_film(described) or described.get("media_url_https") or described.get("url")
    address = address or described.get("preview_image_url")
    if not isinstance(address, str) or not address.startswith("https://"):
        return None
    name = PurePosixPath(address.partition("?")[0]).name
    suffix = PurePosixPath(name).suffix.lower()
    kind = str(described.get("type") or "")
    return Remote(address=address, name=name, media_type=_TYPES.get(suffix) or _BY_KIND.get(kind, ""))


def _best_film(described: Json) -> str:
    """The finest of a video's versions that is one file, not a playlist."""
    variants = described.get("variants") or mapping(described.get("video_info")).get("variants")
    films = [each for each in sequence(variants) if each.get("content_type") == "video/mp4" and each.get("url")]
    return str(max(films, key=_bit_rate, default={}).get("url") or "")


def _bit_rate(film: Json) -> int:
    told = film.get("bit_rate") or film.get("bitrate")
    return told if isinstance(told, int) else 0
