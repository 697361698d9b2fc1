"""Answers about direct messages. The app itself may ask for none of them."""

from collections.abc import Sequence
from typing import Any, Literal

import msgspec

from connectors.sandbox.x import messaging
from connectors.sandbox.x.asking import Ask, File, Id, page
from connectors.sandbox.x.fields import FOR_MESSAGES
from connectors.sandbox.x.problems import Problem, invalid, missing, no_dm, not_found
from connectors.sandbox.x.things import Account, Media, Message
from connectors.sandbox.x.uploading import content

LONGEST = 10_000
KINDS = {"MessageCreate", "ParticipantsJoin", "ParticipantsLeave"}


class Attachment(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    media_id: Id


class NewMessage(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The body of the POSTs of direct messages."""

    text: str = ""
    attachments: Sequence[Attachment] = ()


class NewGroup(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    conversation_type: Literal["Group"]
    participant_ids: Sequence[Id]
    message: NewMessage


def events(ask: Ask) -> dict[str, Any]:
    """All conversations together, newest first."""
    return _listed(ask, messaging.readable(ask.world, ask.account))


def events_with(ask: Ask) -> dict[str, Any]:
    return _listed(ask, _of(ask, messaging.conversation_of(ask.account.id, _participant(ask).id)))


def events_of(ask: Ask) -> dict[str, Any]:
    return _listed(ask, _of(ask, ask.path["id"]))


def event(ask: Ask) -> dict[str, Any]:
    rendering = ask.rendering(FOR_MESSAGES)
    answer = {"data": rendering.message(_readable(ask, ask.path["id"])), "includes": rendering.includes()}
    return {name: value for name, value in answer.items() if value}


def hide(ask: Ask) -> dict[str, Any]:
    messaging.hide(ask.world, ask.account, _readable(ask, ask.path["id"]))
    return {"data": {"deleted": True}}


def write_to(ask: Ask) -> dict[str, Any]:
    new = ask.json(NewMessage)
    return _written(ask, messaging.conversation_of(ask.account.id, _participant(ask).id), new)


def write_into(ask: Ask) -> dict[str, Any]:
    return _written(ask, ask.path["id"], ask.json(NewMessage))


def begin_group(ask: Ask) -> dict[str, Any]:
    new = ask.json(NewGroup)
    others = [ask.world.find(Account, wanted) for wanted in new.participant_ids]
    if any(other is None or not messaging.may_message(ask.world, ask.account, other) for other in others):
        raise no_dm()
    _checked_media(ask, new.message)
    group = messaging.gather(ask.world, ask.account, new.participant_ids)
    return _written(ask, group.id, new.message)


def media(ask: Ask) -> File:
    """The bytes of a message's attachment."""
    message = _readable(ask, ask.path["dm_id"])
    found = ask.world.find(Media, ask.path["media_id"])
    if found is None or message.media != found.id or found.name != ask.path["resource_id"]:
        raise not_found()
    return File(content(ask.world, found), found.mime)


def _participant(ask: Ask) -> Account:
    found = ask.world.find(Account, ask.path["participant_id"])
    if found is None or found.id == ask.account.id:
        raise invalid("The participant is not valid.", participant_id=ask.path["participant_id"])
    return found


def _of(ask: Ask, conversation: str) -> list[Message]:
    return [message for message in messaging.readable(ask.world, ask.account) if message.conversation == conversation]


def _readable(ask: Ask, wanted: str) -> Message:
    for message in messaging.readable(ask.world, ask.account):
        if message.id == wanted:
            return message
    raise Problem(404, missing("dm_event", "id", wanted))


def _listed(ask: Ask, messages: Sequence[Message]) -> dict[str, Any]:
    kinds = set(ask.query.get("event_types", ",".join(KINDS)).split(","))
    for strange in kinds - KINDS:
        message = f"The `event_types` query parameter value [{strange}] is not one of [{','.join(sorted(KINDS))}]"
        raise invalid(message, event_types=strange)
    chosen = [message for message in messages if message.kind in kinds]
    shown, meta = page(chosen, lambda message: message.id, ask.number("max_results", 1, 100, 100), ask.token())
    rendering = ask.rendering(FOR_MESSAGES)
    answer = {"data": [rendering.message(message) for message in shown], "includes": rendering.includes(), "meta": meta}
    return {name: value for name, value in answer.items() if value}


def _written(ask: Ask, conversation: str, new: NewMessage) -> dict[str, Any]:
    """Take a message, the same text twice if asked twice."""
    _check_receivers(ask, conversation)
    sent = messaging.send(ask.world, ask.account, conversation, new.text, _checked_media(ask, new))
    return {"data": {"dm_conversation_id": sent.conversation, "dm_event_id": sent.id}}


def _check_receivers(ask: Ask, conversation: str) -> None:
    try:
        participants = messaging.participants_of(ask.world, conversation)
    except LookupError:
        raise Problem(404, missing("dm_conversation", "id", conversation)) from None
    if ask.account.id not in participants:
        raise no_dm()
    if "-" in conversation:
        other = next(who for who in participants if who != ask.account.id)
        if not messaging.may_message(ask.world, ask.account, ask.world.get(Account, other)):
            raise no_dm()


def _checked_media(ask: Ask, new: NewMessage) -> str:
    if not new.text and not new.attachments:
        raise invalid("Either text or attachments must be given.", text=new.text)
    if len(new.text) > LONGEST:
        raise invalid(f"The text of a message has at most {LONGEST} characters.", text=f"{new.text[:20]}...")
    if len(new.attachments) > 1:
        raise invalid("A message has at most 1 attachment.", attachments=[one.media_id for one in new.attachments])
    wanted = new.attachments[0].media_id if new.attachments else ""
    found = ask.world.find(Media, wanted)
    fits = found is not None and found.owner == ask.account.id and found.category.startswith("dm_")
    if wanted and not (fits and found is not None and found.state == "succeeded"):
        raise invalid("Your media IDs are invalid.", media_id=wanted)
    return wanted
