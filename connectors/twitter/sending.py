"""Handing one frozen post or message to X, which knows no key against doubles: what is unclear is never sent again."""

from collections.abc import Callable, Sequence
from typing import Any

from connectors import meter
from connectors.contract import Outgoing, Sent
from connectors.errors import OutcomeUnknown, Rejected, gettext_noop
from connectors.http import Answer
from connectors.twitter.api import Api, object_in
from connectors.twitter.carriers import mapping, sequence
from connectors.twitter.composing import Enclosed, Letter, Message, Post, loads
from connectors.twitter.uploading import upload
from connectors.twitter.weights import has_link


def send(api: Api, outgoing: Outgoing, wire: Callable[[], None]) -> Sent:
    """Send one part; files go first, since nothing is published by them. Raise what `Connector.send` does."""
    letter = loads(outgoing.body)
    media = _uploaded(api, letter, outgoing)
    if isinstance(letter, Post):
        path, body, limit = "/2/tweets", _as_post(letter, outgoing.previous, media), "post_write"
    else:
        path, body, limit = _conversation(letter), _as_message(letter, media), "dm_write"
    wire()
    answer = api.post(path, body, limit=limit)
    meter.used(price_of(letter, outgoing.previous))
    return Sent(provider_id=_accepted_as(answer, letter))


def price_of(letter: Letter, previous: str) -> str:
    """What this is charged as. Whoever we answer has called us: X lets through no other answers."""
    if isinstance(letter, Message):
        return "dm_write"
    if has_link(letter.text):
        return "post_write_with_url"
    return "post_write" if previous else "summoned_reply"


def _as_post(letter: Post, previous: str, media: Sequence[str]) -> dict[str, Any]:
    body: dict[str, Any] = {"text": letter.text} if letter.text else {}
    body["reply"] = {"in_reply_to_tweet_id": previous or letter.answers}
    return body | ({"media": {"media_ids": media}} if media else {})


def _as_message(letter: Message, media: Sequence[str]) -> dict[str, Any]:
    body: dict[str, Any] = {"text": letter.text} if letter.text else {}
    return body | ({"attachments": [{"media_id": each} for each in media]} if media else {})


def _conversation(letter: Message) -> str:
    whose = letter.group or f"with/{letter.to}"
    return f"/2/dm_conversations/{whose}/messages"


def _uploaded(api: Api, letter: Letter, outgoing: Outgoing) -> Sequence[str]:
    return [_upload_one(api, file, outgoing, public=isinstance(letter, Post)) for file in letter.files]


def _upload_one(api: Api, file: Enclosed, outgoing: Outgoing, *, public: bool) -> str:
    path = outgoing.files.get(file.sha256)
    if path is None or not path.exists():
        raise Rejected(gettext_noop("A file of this answer is not here any more."))
    return upload(api, file, path, public=public)


def _accepted_as(answer: Answer, letter: Letter) -> str:
    """The id that X gave it. Raise Rejected where it was refused with a 200, OutcomeUnknown where nothing is told."""
    body = object_in(answer, has_effect=True)
    identity = mapping(body.get("data")).get("id" if isinstance(letter, Post) else "dm_event_id")
    if identity:
        return str(identity)
    refused = sequence(body.get("errors"))
    if refused:
        words = str(refused[0].get("detail") or refused[0].get("message") or "")
        raise Rejected(gettext_noop("X refused this."), words)
    raise OutcomeUnknown(gettext_noop("X answered something we do not understand; it may have acted or not."))
