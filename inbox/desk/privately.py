"""Going on in private with somebody who wrote in public: a conversation of its own, linked to the public one."""

from dataclasses import replace
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_noop

from connectors.contract import Person, Private
from connectors.errors import ChannelError
from connectors.registry import kinds
from inbox.activity import record
from inbox.connect import metered, renewed
from inbox.desk.judge import counted
from inbox.desk.ownership import locked, locked_to_write, opened
from inbox.desk.reply import Draft, reply
from inbox.desk.seen import last_in_private, nothing_new_in_private, nothing_new_since
from inbox.errors import ChannelCannot, Invalid
from inbox.models import Agent, Conversation, Direction, Message, State
from inbox.permissions import Can, require

PRIVATELY = "continued_privately"


def may_continue_privately(conversation: Conversation, now: datetime) -> bool:
    """Whether the provider lets us write to him in private now. Asks the provider; raise ChannelError."""
    answered = _answered(conversation)
    if answered is None:
        return False
    with metered(conversation.channel, now):
        connector = renewed(conversation.channel, now)
        return isinstance(connector, Private) and connector.may_write_to(_person(conversation), _reference(answered))


def continue_privately(
    conversation: Conversation, draft: Draft, *, by: Agent, seen_up_to: int, seen_in_private: int, now: datetime
) -> Message:
    """Answer in private what was said in public. The public conversation stays as it is.

    The answer goes into the person's open private conversation, or begins one that is linked to the public one.
    `seen_up_to` is the newest message of the public one on the agent's screen, `seen_in_private` what `said_in_private`
    was then. Raise SomethingNew or NewInPrivate if something was said since, MergedAway if the public one is part of
    another, Invalid if it is not public, ChannelCannot where the provider does not let us.
    """
    require(by, Can.REPLY, conversation)
    answered = _answered(conversation)
    if not conversation.public or answered is None:
        raise Invalid(gettext_noop("Only a public conversation can be continued in private."))
    try:
        if not may_continue_privately(conversation, now):
            raise ChannelCannot(gettext_noop("The provider does not let us write to this person in private."))
        connector = renewed(conversation.channel, now)
    except ChannelError as error:
        raise ChannelCannot(error.sentence, **error.facts) from error
    key = connector.private_thread(_person(conversation)) if isinstance(connector, Private) else ""
    with counted(), transaction.atomic():
        nothing_new_since(locked_to_write(conversation), seen_up_to)
        private = locked(_private(conversation, key, by=by, now=now))
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
    return last_in_private(conversation.channel, kind.private_thread(_person(conversation)))


def _private(conversation: Conversation, key: str, *, by: Agent, now: datetime) -> Conversation:
    there = Conversation.objects.filter(channel=conversation.channel, thread_key=key).exclude(state=State.SOLVED)
    if found := there.first():
        return found
    try:
        with transaction.atomic():
            return opened(
                now=now,
                by=by,
                channel=conversation.channel,
                customer=conversation.customer,
                address=conversation.address,
                thread_key=key,
                subject=conversation.subject,
                team=conversation.team,
                owner=by,
                former=conversation,
            )
    except IntegrityError:  # he wrote to us in private at this very moment
        return there.get()


def _answered(conversation: Conversation) -> Message | None:
    said = conversation.messages.filter(direction=Direction.INCOMING, withdrawn_at=None)
    return said.order_by("happened_at", "pk").last()


def _reference(message: Message) -> str:
    return message.provider_ids.values_list("value", flat=True).first() or ""


def _person(conversation: Conversation) -> Person:
    address = conversation.address
    return Person(address=address.value, name=address.name, scope=address.scope)
