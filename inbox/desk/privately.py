"""Going on in private with somebody who wrote in public: a conversation of its own, linked to the public one."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext_noop

from connectors.contract import Person, Private
from connectors.errors import ChannelError
from connectors.registry import kinds
from inbox.activity import record
from inbox.connect import metered, renewed
from inbox.desk.fitting import window_end
from inbox.desk.judge import counted
from inbox.desk.ownership import locked, locked_to_write, opened, require_not_merged
from inbox.desk.reply import Draft, reply
from inbox.desk.seen import last_in_private, nothing_new_in_private, nothing_new_since
from inbox.errors import ChannelCannot, Invalid
from inbox.models import Address, Agent, Channel, Conversation, Direction, Message, State
from inbox.permissions import Can, require

PRIVATELY = "continued_privately"


def require_private(channel: Channel, address: Address, reference: str, now: datetime) -> str:
    """The thread key of the private conversation with him, if the provider lets us write there now.

    Asks the provider; `reference` is the public thing that is answered, empty if there is none. Raise ChannelCannot.
    """
    person = _person(address)
    try:
        connector = _lets_us(channel, person, reference, now)
    except ChannelError as error:
        raise ChannelCannot(error.sentence, **error.facts) from error
    if connector is None:
        raise ChannelCannot(gettext_noop("The provider does not let us write to this person in private."))
    return connector.private_thread(person)


def _lets_us(channel: Channel, person: Person, reference: str, now: datetime) -> Private | None:
    with metered(channel, now):
        connector = renewed(channel, now)
        return connector if isinstance(connector, Private) and connector.may_write_to(person, reference) else None


def may_continue_privately(conversation: Conversation, now: datetime) -> bool:
    """Whether the provider lets us write to him in private now. Asks the provider; raise ChannelError."""
    answered = _answered(conversation)
    if answered is None:
        return False
    return bool(_lets_us(conversation.channel, _person(conversation.address), _reference(answered), now))


def continue_privately(
    conversation: Conversation,
    draft: Draft,
    *,
    by: Agent,
    seen_up_to: int,
    seen_brought: int | None = None,
    seen_in_private: int,
    now: datetime,
) -> Message:
    """Answer in private what was said in public. The public conversation stays as it is.

    The answer goes into the person's open private conversation, or begins one that is linked to the public one.
    `seen_up_to` and `seen_brought` are what the agent's screen showed of the public one, see `nothing_new_since`,
    `seen_in_private` what `said_in_private` was then. Raise SomethingNew or NewInPrivate if something was said since,
    MergedAway if the public one is part of another, Invalid if it is not public, ChannelCannot where the provider does
    not let us.
    """
    require(by, Can.REPLY, conversation)
    require_not_merged(conversation)
    answered = _answered(conversation)
    if not conversation.public or answered is None:
        raise Invalid(gettext_noop("Only a public conversation can be continued in private."))
    key = require_private(conversation.channel, conversation.address, _reference(answered), now)
    with counted(), transaction.atomic():
        nothing_new_since(locked_to_write(conversation), seen_up_to, seen_brought)
        about: dict[str, Any] = {"subject": conversation.subject, "team": conversation.team, "former": conversation}
        private = locked(private_with(conversation.address, conversation.channel, key, by=by, now=now, **about))
        nothing_new_in_private(conversation.channel, key, seen_in_private)
        said = reply(
            private,
            replace(draft, cc=(), quote=False, private_answer_to=_reference(answered)),
            by=by,
            seen_up_to=private.last_message,
            now=now,
        )
        said.details["continued_from"] = conversation.pk
        said.save(update_fields=["details"])
        record(PRIVATELY, now=now, by=by, conversation=conversation, other=private.number)
    return said


def said_in_private(conversation: Conversation) -> int:
    """The newest thing said in private with the person of a public conversation; 0 if there is none."""
    kind = kinds()[conversation.channel.kind]
    if not issubclass(kind, Private):
        return 0
    return last_in_private(conversation.channel, kind.private_thread(_person(conversation.address)))


def private_with(
    address: Address, channel: Channel, key: str, *, by: Agent, now: datetime, **about: Any
) -> Conversation:
    """His open private conversation on a network, or a new one of the agent's. `about` are fields of a new one.

    When he last wrote there goes along: until then and somewhat longer we may answer. Call inside a transaction.
    """
    there = Conversation.objects.filter(channel=channel, thread_key=key).exclude(state=State.SOLVED)
    if found := there.first():
        return found
    heard = Conversation.objects.filter(channel=channel, customer=address.customer, thread=key)
    about["last_incoming_at"] = heard.aggregate(at=Max("last_incoming_at"))["at"]
    who: dict[str, Any] = {"channel": channel, "customer": address.customer, "address": address, "owner": by}
    try:
        with transaction.atomic():
            begun = opened(now=now, by=by, thread_key=key, thread=key, **who, **about)
            begun.window_until = window_end(begun)
            begun.save(update_fields=["window_until"])
            return begun
    except IntegrityError:  # he wrote to us in private at this very moment
        return there.get()


def _answered(conversation: Conversation) -> Message | None:
    said = conversation.messages.filter(direction=Direction.INCOMING, withdrawn_at=None)
    return said.order_by("happened_at", "pk").last()


def _reference(message: Message) -> str:
    return message.provider_ids.values_list("value", flat=True).first() or ""


def _person(address: Address) -> Person:
    return Person(address=address.value, name=address.name, scope=address.scope)
