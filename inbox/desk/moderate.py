"""Liking and hiding what people said in public under our posts. Doing it twice changes nothing."""

from collections.abc import Callable
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_noop

from connectors.contract import Connector, Hideable, Likeable
from connectors.errors import ChannelError
from inbox.activity import record
from inbox.connect import metered, renewed
from inbox.errors import ChannelCannot
from inbox.models import Agent, Message
from inbox.permissions import Can, require


def like(message: Message, *, on: bool, by: Agent, now: datetime) -> None:
    """Like it as the company, or take that back: for supervisors. Raise ChannelCannot in the provider's words."""
    require(by, Can.MODERATE, message.conversation)

    def do(connector: Connector, provider_id: str) -> None:
        if not isinstance(connector, Likeable):
            raise ChannelCannot(gettext_noop("Nothing can be liked on this channel."))
        connector.like(provider_id, on=on)

    _do(message, do, "liked", on=on, by=by, now=now)


def hide(message: Message, *, on: bool, by: Agent, now: datetime) -> None:
    """Hide it from the public, or show it again: for supervisors. We go on seeing it. Raise ChannelCannot."""
    require(by, Can.MODERATE, message.conversation)

    def do(connector: Connector, provider_id: str) -> None:
        if not isinstance(connector, Hideable):
            raise ChannelCannot(gettext_noop("Nothing can be hidden on this channel."))
        connector.hide(provider_id, on=on)

    _do(message, do, "hidden", on=on, by=by, now=now)


def _do(
    message: Message, do: Callable[[Connector, str], None], mark: str, *, on: bool, by: Agent, now: datetime
) -> None:
    conversation = message.conversation
    provider_id = message.provider_ids.filter(channel=conversation.channel).values_list("value", flat=True).first()
    if not conversation.public or provider_id is None:
        raise ChannelCannot(gettext_noop("This was not said in public."))
    try:
        with metered(conversation.channel, now):
            do(renewed(conversation.channel, now), provider_id)
    except ChannelError as error:
        raise ChannelCannot(error.sentence, **error.facts) from error
    with transaction.atomic():
        locked = Message.objects.select_for_update(no_key=True).get(pk=message.pk)
        locked.details[mark] = on
        locked.save(update_fields=["details"])
        verb = f"message_{mark}" if on else f"message_not_{mark}"
        record(verb, now=now, by=by, conversation=conversation, message=message.pk)
