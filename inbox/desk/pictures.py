"""Pictures from elsewhere: not loaded unless somebody asks, or has said that those of their sender always are.

Whoever sent them learns that the mail was opened. So what was said of a sender counts only for mails that are proven
to be from him, and not while he is blocked.
"""

from datetime import datetime
from enum import StrEnum

from django.db import transaction
from django.utils.translation import gettext_noop

from inbox.activity import record
from inbox.errors import Invalid
from inbox.models import Address, Agent, Message
from inbox.permissions import Can, require

NOT_PROVEN = gettext_noop("Nobody has proven that this is from its sender: its pictures are shown only when asked for.")


class Pictures(StrEnum):
    """What becomes of the pictures from elsewhere in a mail."""

    NONE = ""  # it has none
    BLOCKED = "blocked"  # they are shown when somebody asks for them
    ALLOWABLE = "allowable"  # so are these; they can be allowed for their sender, who is proven
    UNPROVEN = "unproven"  # so are these: they are allowed for the sender whom the mail names, but it may be forged
    SHOWN = "shown"  # always


def pictures_of(message: Message) -> Pictures:
    """What becomes of the pictures of this one."""
    if not message.remote_images:
        return Pictures.NONE
    sender = message.sender
    if sender is None or sender.kind != "email" or sender.blocked_at:
        return Pictures.BLOCKED
    if sender.pictures_allowed_at:
        return Pictures.SHOWN if message.verified else Pictures.UNPROVEN
    return Pictures.ALLOWABLE if message.verified else Pictures.BLOCKED


def allow(message: Message, *, by: Agent, now: datetime) -> None:
    """From now on the pictures of its sender are always shown. Raise Invalid where it may not be from him."""
    require(by, Can.REPLY, message.conversation)
    if pictures_of(message) not in {Pictures.ALLOWABLE, Pictures.SHOWN}:
        raise Invalid(NOT_PROVEN)
    with transaction.atomic():
        if Address.objects.filter(messages=message, pictures_allowed_at=None).update(pictures_allowed_at=now):
            _record("pictures_allowed", message, by=by, now=now)


def stop(message: Message, *, by: Agent, now: datetime) -> None:
    """From now on the pictures of its sender are shown when somebody asks for them."""
    require(by, Can.REPLY, message.conversation)
    with transaction.atomic():
        allowed = Address.objects.filter(messages=message, pictures_allowed_at__isnull=False)
        if allowed.update(pictures_allowed_at=None):
            _record("pictures_not_allowed", message, by=by, now=now)


def _record(verb: str, message: Message, *, by: Agent, now: datetime) -> None:
    where = message.conversation
    record(verb, now=now, by=by, conversation=where, message=message.pk, address=message.sender_id)
