"""Handing one frozen part to Facebook, which knows no key against doubles: what is unclear is never sent again."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType
from typing import Any

from connectors.contract import Outgoing, Sent
from connectors.errors import OutcomeUnknown, Rejected, gettext_noop
from connectors.facebook.api import Api, Upload
from connectors.facebook.composing import ANYBODY, Comment, Enclosed, Message, is_too_late, loads
from connectors.facebook.refusals import WINDOW_IS_SHUT, WindowShut
from connectors.facebook.shapes import Json, id_in

_OF_A_PERSON = MappingProxyType({"messaging_type": "MESSAGE_TAG", "tag": "HUMAN_AGENT"})


def send(api: Api, page: str, outgoing: Outgoing, wire: Callable[[], None]) -> Sent:
    """Send one part. Raise what `Connector.send` does."""
    letter = loads(outgoing.body)
    if isinstance(letter, Message):
        values = _as_message(_heard_by_now(letter, outgoing), outgoing.now)
        file = _upload(letter.file, outgoing, "filedata")
        wire()
        identity = id_in(_posted(api, f"{page}/messages", letter, values, file), "message_id")
    else:
        file = _upload(letter.file, outgoing, "source")
        wire()
        identity = id_in(api.post(f"{letter.answers}/comments", _as_comment(letter), file=file))
    if not identity:
        raise OutcomeUnknown(gettext_noop("Facebook does not say whether it took this."))
    return Sent(provider_id=identity)


def _posted(api: Api, path: str, letter: Message, values: dict[str, Any], file: Upload | None) -> Json:
    """Hand a message over. Where the day is over by the clock of Facebook alone, a person may still answer."""
    try:
        return api.post(path, values, file=file)
    except WindowShut:
        if letter.automatic or letter.comment or values.items() >= _OF_A_PERSON.items():
            raise
        return api.post(path, values | _OF_A_PERSON, file=file)


def _heard_by_now(letter: Message, outgoing: Outgoing) -> Message:
    """An answer may have waited, and the customer may have written meanwhile: his last message opens the window."""
    if letter.heard_at is None or outgoing.heard_at is None:
        return letter
    return replace(letter, heard_at=max(letter.heard_at, outgoing.heard_at))


def terms(letter: Message, now: datetime) -> dict[str, str]:
    """Under which rule it goes: everybody may answer for a day, a person for seven. Raise Rejected after that."""
    if is_too_late(letter, now):
        raise Rejected(WINDOW_IS_SHUT)
    if letter.heard_at is None or letter.comment or now - letter.heard_at <= ANYBODY:
        return {"messaging_type": "RESPONSE"}
    return dict(_OF_A_PERSON)


def _as_message(letter: Message, now: datetime) -> dict[str, Any]:
    content: dict[str, Any] = {"metadata": letter.metadata}
    if letter.file:
        content["attachment"] = {"type": letter.file.form, "payload": {}}
    else:
        content["text"] = letter.text
    recipient = {"comment_id": letter.comment} if letter.comment else {"id": letter.to}
    return {"recipient": recipient, "message": content, **terms(letter, now)}


def _as_comment(letter: Comment) -> dict[str, str]:
    return {"message": letter.text} if letter.text else {}


def _upload(file: Enclosed | None, outgoing: Outgoing, field: str) -> Upload | None:
    if file is None:
        return None
    path = outgoing.files.get(file.sha256)
    if path is None or not path.exists():
        raise Rejected(gettext_noop("A file of this answer is not here any more."))
    return Upload(field=field, name=file.name, media_type=file.media_type, path=path)
