"""An answer frozen into the posts or messages that will be sent: what, where to, with which files."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest
from types import MappingProxyType
from typing import TypeAlias

import msgspec

from connectors.contract import File, Frozen, Limits, Reply
from connectors.errors import Rejected, gettext_noop
from connectors.twitter.splitting import POST_WEIGHT, split
from connectors.twitter.weights import weight

MESSAGE_LENGTH = 10_000
_MEGABYTE = 1_000_000
# By media type: what X calls it, and how large it may be.
_FILES: Mapping[str, tuple[str, int]] = MappingProxyType(
    {
        "image/jpeg": ("image", 5 * _MEGABYTE),
        "image/png": ("image", 5 * _MEGABYTE),
        "image/webp": ("image", 5 * _MEGABYTE),
        "image/gif": ("gif", 15 * _MEGABYTE),
        "video/mp4": ("video", 512 * _MEGABYTE),
        "video/quicktime": ("video", 512 * _MEGABYTE),
    }
)
PUBLIC = Limits(characters=POST_WEIGHT, attachments=4, attachment_bytes=512 * _MEGABYTE, several_parts=True)
PRIVATE = Limits(characters=MESSAGE_LENGTH, attachments=4, attachment_bytes=512 * _MEGABYTE, several_parts=True)
GROUP = replace(PRIVATE, shared=True)
_PHOTOS_OF_A_POST = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Enclosed:
    """One file: `category` is `image`, `gif` or `video`."""

    sha256: str
    media_type: str
    size: int
    category: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """A post. The first one answers `answers`; each later one the one before it."""

    text: str
    answers: str
    files: tuple[Enclosed, ...] = ()
    to_whom: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A direct message, to one person or into a `group`."""

    text: str
    to: str = ""
    group: str = ""
    files: tuple[Enclosed, ...] = ()


Letter: TypeAlias = Post | Message


class _Envelope(msgspec.Struct, omit_defaults=True):
    post: Post | None = None
    message: Message | None = None


def is_public(thread_key: str) -> bool:
    return thread_key.startswith("public:")


def limits_in(thread_key: str) -> Limits:
    """What an answer must respect there."""
    if is_public(thread_key):
        return PUBLIC
    return GROUP if _is_group(thread_key) else PRIVATE


def parts(text: str, thread_key: str) -> Sequence[str]:
    """The texts of what would be sent."""
    return split(text) if is_public(thread_key) else _cut(text)


def measure(text: str, thread_key: str) -> int:
    """The length of a text as X counts it there."""
    return weight(text) if is_public(thread_key) else len(text)


def compose(reply: Reply) -> Sequence[Frozen]:
    """Freeze an answer. Raise Rejected for files that X does not take, and where nobody is named."""
    public = is_public(reply.thread_key) and not reply.private_answer_to
    texts = split(reply.text) if public else _cut(reply.text)
    enclosed = [_enclosed(file) for file in reply.attachments]
    bundles = list(_bundles(enclosed) if public else ((each,) for each in enclosed))
    paired = [(text or "", files or ()) for text, files in zip_longest(texts, bundles)]
    letters = [_post(reply, *pair) if public else _message(reply, *pair) for pair in paired if any(pair)]
    if not letters:
        raise Rejected(gettext_noop("There is nothing in this answer that could be sent."))
    return [Frozen(provider_id="", recipients=_recipients(letter), body=dumps(letter)) for letter in letters]


def dumps(letter: Letter) -> bytes:
    envelope = _Envelope(post=letter) if isinstance(letter, Post) else _Envelope(message=letter)
    return msgspec.json.encode(envelope)


def loads(body: bytes) -> Letter:
    """The letter that was frozen. Raise Rejected if this is none."""
    try:
        envelope = msgspec.json.decode(body, type=_Envelope)
    except msgspec.DecodeError as error:
        raise Rejected(gettext_noop("This answer was not written for X."), str(error)) from error
    letter = envelope.post or envelope.message
    if letter is None:
        raise Rejected(gettext_noop("This answer was not written for X."))
    return letter


def _post(reply: Reply, text: str, files: tuple[Enclosed, ...]) -> Post:
    answers = next(iter(reply.parents), "")
    if not answers:
        raise Rejected(gettext_noop("There is no post to answer. Write a direct message instead."))
    to = next((person.address for person in reply.to), "")
    return Post(text=text, answers=answers, files=files, to_whom=to)


def _message(reply: Reply, text: str, files: tuple[Enclosed, ...]) -> Message:
    if _is_group(reply.thread_key):
        return Message(text=text, group=reply.thread_key.removeprefix("group:"), files=files)
    to = next((person.address for person in reply.to), reply.thread_key.removeprefix("dm:"))
    if not to.isdigit():
        raise Rejected(gettext_noop("It is not known whom on X this answer is for."))
    return Message(text=text, to=to, files=files)


def _is_group(thread_key: str) -> bool:
    return thread_key.startswith("group:")


def _recipients(letter: Letter) -> tuple[str, ...]:
    who = letter.to_whom if isinstance(letter, Post) else letter.to or letter.group
    return (who,) if who else ()


def _enclosed(file: File) -> Enclosed:
    category, most = _FILES.get(file.media_type, ("", 0))
    if not category:
        raise Rejected(
            gettext_noop("X takes photos (JPEG, PNG, WebP), GIF and MP4 video only, not %(name)s."), name=file.name
        )
    if file.size > most:
        raise Rejected(
            gettext_noop("%(name)s is too large for X, which takes %(most)s MB of this kind."),
            name=file.name,
            most=most // _MEGABYTE,
        )
    return Enclosed(sha256=file.sha256, media_type=file.media_type, size=file.size, category=category)


def _bundles(files: Sequence[Enclosed]) -> Iterator[tuple[Enclosed, ...]]:
    """What goes together into one post: four photos, or one GIF, or one video."""
    photos = [file for file in files if file.category == "image"]
    for start in range(0, len(photos), _PHOTOS_OF_A_POST):
        yield tuple(photos[start : start + _PHOTOS_OF_A_POST])
    yield from ((file,) for file in files if file.category != "image")


def _cut(text: str) -> Sequence[str]:
    """A message, in several where it is longer than X takes; cut at a line or a word where there is one."""
    rest, found = text.strip(), []
    while len(rest) > MESSAGE_LENGTH:
        head = rest[: MESSAGE_LENGTH + 1]
        place = max(head.rfind("\n"), head.rfind(" "))
        place = place if place > 0 else MESSAGE_LENGTH
        found.append(rest[:place].rstrip())
        rest = rest[place:].lstrip()
    return [*found, rest]
