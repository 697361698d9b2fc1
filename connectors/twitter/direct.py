"""Direct messages, of API v2 and in the older shape that webhooks still carry."""

from connectors.contract import Incoming
from connectors.twitter.carriers import Json, Thing, id_of, mapping
from connectors.twitter.media import files_of
from connectors.twitter.moments import moment
from connectors.twitter.people import known_person
from connectors.twitter.texts import text_of


def said(thing: Thing, account: str) -> Incoming:
    """What a direct message says. `account` is ours, and may be empty where the body does not tell."""
    message = thing.data
    older = mapping(message.get("message_create"))
    data = mapping(older.get("message_data")) or message
    sender = str(older.get("sender_id") or message.get("sender_id") or "")
    partner = _partner(message, older, sender, account)
    group = _group(message)
    to = (known_person(partner, thing.known.users),) if sender != partner else ()
    return Incoming(
        provider_id=id_of(message),
        reference=id_of(message),
        sender=known_person(sender, thing.known.users),
        to=() if group else to,
        text=text_of(data),
        sent_at=moment(message.get("created_at") or message.get("created_timestamp")),
        thread_key=f"group:{group}" if group else f"dm:{partner}",
        remote=files_of(data, thing.known.media),
    )


def _partner(message: Json, older: Json, sender: str, account: str) -> str:
    """The other one of two. A conversation of two is named by both ids, the smaller one first."""
    recipient = str(mapping(older.get("target")).get("recipient_id") or "")
    two = str(message.get("dm_conversation_id") or "").split("-")
    if not recipient and len(two) == 2:
        recipient = next((each for each in two if each != sender), sender)
    return recipient if account and sender == account else sender


def _group(message: Json) -> str:
    """The id of a group's conversation; empty for one of two."""
    conversation = str(message.get("dm_conversation_id") or "")
    return "" if "-" in conversation else conversation
