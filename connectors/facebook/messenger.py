"""What was said in Messenger, and what became of it: events of webhooks, and messages as the API shows them."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from types import MappingProxyType

from connectors.contract import Change, Content, Echo, Incoming, Person, Progress, Receipt, Verb
from connectors.errors import Unreadable, gettext_noop
from connectors.facebook import attachments
from connectors.facebook.carriers import Thing, contact_of
from connectors.facebook.moments import moment
from connectors.facebook.shapes import Json, id_in, listed, mapping, text_in

_OURS = re.compile(r"otvet/(.+)/(\d{1,4})")
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


def metadata(key: str, part: int) -> str:
    """What our own messages carry, and their echoes bring back."""
    return f"otvet/{key}/{part}"


def event(thing: Thing, account: str) -> Sequence[Content]:
    """What one event of a webhook says. Raise Unreadable if it names nobody."""
    if not contact_of(thing.data, account):
        raise Unreadable(gettext_noop("This is not what Facebook sends: a message names nobody."))
    read = next(read for name, read in _READERS.items() if isinstance(thing.data.get(name), dict))
    return read(thing, account)


def shown(message: Json, account: str) -> Sequence[Content]:
    """A message as the API shows it; nothing where it shows no more than its id."""
    sender = mapping(message.get("from"))
    if not id_in(sender):
        return []
    ours = bool(account) and id_in(sender) == account
    end = next(iter(listed(message.get("to"))), {}) if ours else sender
    contact = Person(address=id_in(end), name=text_in(end, "name"), scope=account)
    said = Incoming(
        provider_id=id_in(message),
        reference=id_in(message),
        sender=Person(address=account, name=text_in(sender, "name"), scope=account) if ours else contact,
        to=(contact,) if ours else (),
        text=text_in(message, "message"),
        sent_at=moment(message.get("created_time")),
        thread_key=f"dm:{contact.address}",
        remote=attachments.of_a_shown_message(message),
    )
    return [Echo(said=said)] if ours else [said]


def _message(thing: Thing, account: str) -> Sequence[Content]:
    message = mapping(thing.data.get("message"))
    mid = id_in(message, "mid")
    if message.get("is_deleted") is True:
        return [Change(provider_id=mid, verb=Verb.DELETED, at=_at(thing))]
    pressed = text_in(mapping(message.get("quick_reply")), "payload")
    lines = [text_in(message, "text") or pressed, *attachments.links_of_a_message(message)]
    lines.append(_come_by(mapping(message.get("referral"))))
    ours = message.get("is_echo") is True
    said = _said(thing, account, mid, lines, ours=ours)
    if not ours:
        return [said]
    found = _OURS.fullmatch(text_in(message, "metadata"))
    return [Echo(said=said, key=found[1] if found else "", part=int(found[2]) if found else 0)]


def _said(
    thing: Thing, account: str, identity: str, lines: Sequence[str], *, ours: bool, automatic: str = ""
) -> Incoming:
    message = mapping(thing.data.get("message"))
    contact = Person(address=contact_of(thing.data, account), scope=account)
    answered = id_in(mapping(message.get("reply_to")), "mid")
    return Incoming(
        provider_id=identity,
        reference=identity,
        sender=Person(address=account, scope=account) if ours else contact,
        to=(contact,) if ours else (),
        text="\n".join(dict.fromkeys(line for line in lines if line)),
        sent_at=moment(thing.data.get("timestamp")) or moment(thing.told_at),
        parents=(answered,) if answered else (),
        thread_key=f"dm:{contact.address}",
        remote=attachments.of_a_message(message),
        automatic="test" if "/changes/" in thing.part else automatic,
        notices=("unsupported",) if message.get("is_unsupported") is True else (),
    )


def _pressed(thing: Thing, account: str) -> Sequence[Content]:
    button = mapping(thing.data.get("postback"))
    lines = [text_in(button, "title") or text_in(button, "payload"), _come_by(mapping(button.get("referral")))]
    identity = id_in(button, "mid") or thing.source_key
    return [_said(thing, account, identity, lines, ours=False)]


def _came(thing: Thing, account: str) -> Sequence[Content]:
    """Somebody came by a link or an ad and has said nothing yet."""
    lines = [_come_by(mapping(thing.data.get("referral")))]
    return [_said(thing, account, thing.source_key, lines, ours=False, automatic="referral")]


def _come_by(referral: Json) -> str:
    """Which link or ad somebody came by."""
    about = mapping(referral.get("ads_context_data"))
    told = (text_in(referral, "ref"), text_in(about, "ad_title"), text_in(referral, "source"))
    return f"→ {' · '.join(word for word in told if word)}" if referral else ""


def _edited(thing: Thing, account: str) -> Sequence[Content]:
    edit = mapping(thing.data.get("message_edit"))
    return [Change(provider_id=id_in(edit, "mid"), verb=Verb.EDITED, at=_at(thing), text=text_in(edit, "text"))]


def _reacted(thing: Thing, account: str) -> Sequence[Content]:
    reaction = mapping(thing.data.get("reaction"))
    emoji = text_in(reaction, "emoji") or text_in(reaction, "reaction")
    return [
        Change(
            provider_id=id_in(reaction, "mid"),
            verb=Verb.REACTED,
            at=_at(thing),
            text="" if reaction.get("action") == "unreact" else emoji,
            by=Person(address=contact_of(thing.data, account), scope=account),
        )
    ]


def _delivered(thing: Thing, account: str) -> Sequence[Content]:
    """Which messages reached him; where none is named, all until the watermark did."""
    delivery = mapping(thing.data.get("delivery"))
    told, until = delivery.get("mids"), moment(delivery.get("watermark"))
    mids = [mid for mid in told if isinstance(mid, str)] if isinstance(told, list) else []
    contact = contact_of(thing.data, account)
    if mids:
        return [Receipt(provider_id=mid, progress=Progress.DELIVERED, at=until, recipient=contact) for mid in mids]
    return [_until(Progress.DELIVERED, until, until, contact)] if until else []


def _was_read(thing: Thing, account: str) -> Sequence[Content]:
    until = moment(mapping(thing.data.get("read")).get("watermark"))
    at = moment(thing.data.get("timestamp")) or until
    return [_until(Progress.READ, at, until, contact_of(thing.data, account))] if until else []


def _until(progress: Progress, at: datetime | None, until: datetime, contact: str) -> Receipt:
    return Receipt(provider_id="", progress=progress, at=at, recipient=contact, up_to=until)


def _at(thing: Thing) -> datetime:
    return moment(thing.data.get("timestamp")) or moment(thing.told_at) or _LONG_AGO


_READERS: Mapping[str, Callable[[Thing, str], Sequence[Content]]] = MappingProxyType(
    {
        "message": _message,
        "message_edit": _edited,
        "reaction": _reacted,
        "delivery": _delivered,
        "read": _was_read,
        "postback": _pressed,
        "referral": _came,
    }
)
