"""Mail that somebody handed on to us: a colleague's is the customer's, a stranger's is a hint at most."""

from dataclasses import dataclass, replace
from datetime import datetime

from connectors.contract import Incoming, Person
from inbox.models import Address, Agent, Conversation, Direction, Hint, Message, State, Suggestion, known_as


@dataclass(frozen=True, slots=True)
class HandedOn:
    """A mail as its first sender wrote it, the colleague who handed it on, and what he wrote above it."""

    incoming: Incoming
    by: Agent | None = None
    lead: str = ""


def taken_apart(incoming: Incoming, verified: bool | None) -> HandedOn:
    """If a colleague of ours, proven by aligned DMARC, forwards a mail, it is from whom he had it.

    Anybody can write "forwarded from": without that proof the sender stays who he is.
    """
    first = incoming.forwarded_from
    if first is None or verified is not True:
        return HandedOn(incoming)
    colleague = Agent.objects.filter(email=incoming.sender.address.lower(), is_active=True).first()
    if colleague is None:
        return HandedOn(incoming)
    lead = incoming.reply_text if incoming.quoted_text else ""
    return HandedOn(as_first_written(incoming, first), colleague, lead.strip())


def as_first_written(incoming: Incoming, first: Person) -> Incoming:
    """A mail that was handed on as that of its first sender, without what was written above it."""
    return replace(
        incoming,
        sender=first,
        reply_to=None,
        cc=(),
        reply_text=incoming.quoted_text or incoming.text,
        quoted_text="",
        forwarded_from=None,
        authentication=None,  # it proved our colleague, not him
    )


def leave_lead(handed: HandedOn, conversation_id: int, now: datetime) -> None:
    """What the colleague wrote above it is for us alone: a note."""
    if handed.by and handed.lead:
        note = Message.objects.create(
            conversation_id=conversation_id,
            direction=Direction.NOTE,
            author=handed.by,
            text=handed.lead,
            reply_text=handed.lead,
            happened_at=now,
        )
        Conversation.objects.filter(pk=conversation_id).update(last_message=note.pk)


def suggest_first_sender(incoming: Incoming, kind: str, conversation_id: int) -> None:
    """A stranger's forward: perhaps it belongs to what its first sender asked us. A person decides."""
    first = incoming.forwarded_from
    known = Address.objects.filter(kind=kind, scope="", value=known_as(kind, first.address)) if first else None
    address = known.first() if known else None
    if address is None:
        return
    his = Conversation.objects.filter(customer=address.customer).exclude(state=State.SOLVED)
    other = his.exclude(pk=conversation_id).order_by("-last_activity_at").first()
    if other:
        Suggestion.objects.get_or_create(
            conversation_id=conversation_id, other=other, defaults={"hint": Hint.FORWARDED}
        )
