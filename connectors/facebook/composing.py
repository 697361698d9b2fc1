"""An answer frozen into the messages or the comment that will be sent: what, where to, with which file."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeAlias

import msgspec

from connectors.contract import File, Frozen, Limits, Reply
from connectors.errors import Rejected, gettext_noop
from connectors.facebook.messenger import metadata
from connectors.facebook.refusals import WINDOW_IS_SHUT

MESSAGE_LENGTH, COMMENT_LENGTH = 2000, 8000
MOST_BYTES = 25 * 1024 * 1024
ANYBODY, PERSON = timedelta(hours=24), timedelta(days=7)
PUBLIC = Limits(characters=COMMENT_LENGTH, attachments=1, attachment_bytes=MOST_BYTES)
PRIVATE = Limits(
    characters=MESSAGE_LENGTH,
    attachment_bytes=MOST_BYTES,
    several_parts=True,
    reply_window=ANYBODY,
    human_window=PERSON,
)
_FORMS = frozenset({"image", "audio", "video"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Enclosed:
    """One file: `form` is `image`, `audio`, `video` or `file`."""

    sha256: str
    name: str
    media_type: str
    form: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A message in Messenger, of a text or a file: both in one call are refused.

    It goes `to` a person, or answers a `comment` of his. `heard_at` is when he last wrote.
    """

    to: str
    text: str = ""
    file: Enclosed | None = None
    comment: str = ""
    metadata: str = ""
    heard_at: datetime | None = None
    automatic: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Comment:
    """A comment under what it `answers`: a comment, or the `post` itself."""

    answers: str
    post: str
    to: str
    text: str = ""
    file: Enclosed | None = None


Letter: TypeAlias = Message | Comment


class _Envelope(msgspec.Struct, omit_defaults=True):
    message: Message | None = None
    comment: Comment | None = None


def is_public(thread_key: str) -> bool:
    return thread_key.startswith("public:")


def parts(text: str, thread_key: str) -> Sequence[str]:
    """The texts of what would be sent."""
    return [text] if is_public(thread_key) else _cut(text)


def compose(reply: Reply) -> Sequence[Frozen]:
    """Freeze an answer. Raise Rejected for what Facebook does not carry, and where nobody is named."""
    letters: Sequence[Letter]
    if reply.private_answer_to:
        letters = [_answer_in_private(reply)]
    elif is_public(reply.thread_key):
        letters = [_comment(reply)]
    else:
        letters = _messages(reply)
    if not any(letter.text or letter.file for letter in letters):
        raise Rejected(gettext_noop("There is nothing in this answer that could be sent."))
    return [Frozen(provider_id="", recipients=(letter.to,), body=dumps(letter)) for letter in letters]


def dumps(letter: Letter) -> bytes:
    envelope = _Envelope(message=letter) if isinstance(letter, Message) else _Envelope(comment=letter)
    return msgspec.json.encode(envelope)


def loads(body: bytes) -> Letter:
    """The letter that was frozen. Raise Rejected if this is none."""
    try:
        envelope = msgspec.json.decode(body, type=_Envelope)
    except msgspec.DecodeError as error:
        raise Rejected(gettext_noop("This answer was not written for Facebook."), str(error)) from error
    letter = envelope.message or envelope.comment
    if letter is None:
        raise Rejected(gettext_noop("This answer was not written for Facebook."))
    return letter


def is_too_late(letter: Message, now: datetime) -> bool:
    """Whether nobody may answer any more, or no machine."""
    if letter.comment or letter.heard_at is None:
        return False  # only Facebook knows
    return now - letter.heard_at > (ANYBODY if letter.automatic else PERSON)


def _messages(reply: Reply) -> Sequence[Message]:
    """The text in as many messages as it needs, then each file in one of its own."""
    texts = [(text, None) for text in _cut(reply.text) if text]
    contents = [*texts, *(("", _enclosed(file)) for file in reply.attachments)]
    to = _whom(reply) or reply.thread_key.removeprefix("dm:")
    if not to:
        raise Rejected(gettext_noop("It is not known whom on Facebook this answer is for."))
    messages = [
        Message(
            to=to,
            text=text,
            file=file,
            metadata=metadata(reply.key, part),
            heard_at=reply.heard_at,
            automatic=reply.automatic,
        )
        for part, (text, file) in enumerate(contents)
    ]
    if any(is_too_late(message, reply.now) for message in messages):
        raise Rejected(WINDOW_IS_SHUT)
    return messages


def _answer_in_private(reply: Reply) -> Message:
    """The one message that Facebook takes to a comment, until its author writes himself."""
    if reply.attachments or len(reply.text.strip()) > MESSAGE_LENGTH:
        raise Rejected(
            gettext_noop(
                "A private answer to a comment is one message of at most %(most)s characters, without files, until "
                "the customer answers it."
            ),
            most=MESSAGE_LENGTH,
        )
    return Message(
        to=_whom(reply), text=reply.text.strip(), comment=reply.private_answer_to, metadata=metadata(reply.key, 0)
    )


def _comment(reply: Reply) -> Comment:
    post = reply.thread_key.split(":")[1]
    if len(reply.text) > COMMENT_LENGTH:
        raise Rejected(gettext_noop("A comment may have %(most)s characters."), most=COMMENT_LENGTH)
    if len(reply.attachments) > PUBLIC.attachments:
        raise Rejected(gettext_noop("A comment carries one photo. Send more in private."))
    files = [_enclosed(file) for file in reply.attachments]
    if any(file.form != "image" for file in files):
        raise Rejected(gettext_noop("A comment carries a photo, no other file. Send the file in private."))
    return Comment(
        answers=next(iter(reply.parents), post),
        post=post,
        to=_whom(reply),
        text=reply.text.strip(),
        file=next(iter(files), None),
    )


def _whom(reply: Reply) -> str:
    return next((person.address for person in reply.to), "")


def _enclosed(file: File) -> Enclosed:
    if file.size > MOST_BYTES:
        raise Rejected(
            gettext_noop("%(name)s is too large for Facebook, which takes %(most)s MB."),
            name=file.name,
            most=MOST_BYTES // (1024 * 1024),
        )
    kind = file.media_type.partition("/")[0]
    form = kind if kind in _FORMS and file.media_type != "image/svg+xml" else "file"
    return Enclosed(sha256=file.sha256, name=file.name, media_type=file.media_type, form=form)


def _cut(text: str) -> Sequence[str]:
    """A message, in several where it is longer than Messenger takes; cut at a line or a word where there is one."""
    rest, found = text.strip(), []
    while len(rest) > MESSAGE_LENGTH:
        head = rest[: MESSAGE_LENGTH + 1]
        place = max(head.rfind("\n"), head.rfind(" "))
        place = place if place > 0 else MESSAGE_LENGTH
        found.append(rest[:place].rstrip())
        rest = rest[place:].lstrip()
    return [*found, rest]
