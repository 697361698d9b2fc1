"""A customer wrote to somebody's own profile or phone: an agent writes it down, and it is a problem like any other.

It is owned, timed and handed over as all are. The answer is written here, given there, and marked as given.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from inbox.activity import record
from inbox.connect import build, save
from inbox.database import storable
from inbox.desk.likeness import note_what_was_given
from inbox.desk.ownership import opened
from inbox.errors import Invalid
from inbox.models import (
    Address,
    Agent,
    Attachment,
    Brand,
    Channel,
    Conversation,
    Customer,
    Direction,
    Message,
    Team,
    preview_of,
)
from inbox.permissions import Can, require

KIND = "outside"


@dataclass(frozen=True, slots=True)
class Told:
    """What an agent writes down: who said it (`address` is his number or profile there), where, what, and when.

    `customer` is named where we know him already.
    """

    who: str
    address: str
    where: str
    text: str
    happened_at: datetime
    customer: Customer | None = None
    attachments: Sequence[UUID] = ()


def log_outside(told: Told, *, team: Team, by: Agent, now: datetime) -> Conversation:
    """Open a conversation for it, owned by who writes it down. Raise Invalid if who, where or the text is missing."""
    require(by, Can.REPLY, team)
    text = storable(told.text).strip()
    if not (text or told.attachments) or not told.where.strip() or not (told.who.strip() or told.address.strip()):
        raise Invalid(gettext_noop("Say who wrote, where, and what he said."))
    if told.happened_at > now:
        raise Invalid(gettext_noop("This has not happened yet: look at the time."))
    with transaction.atomic():
        address = _address(told, now)
        conversation = opened(
            now=now,
            by=by,
            channel=place_of(team, now),
            customer=address.customer,
            address=address,
            subject=f"{_('Elsewhere')}: {told.where.strip()}"[:998],
            preview=preview_of(text),
            team=team,
            owner=by,
            last_incoming_at=told.happened_at,
        )
        message = _message(conversation, told, text, by)
        Conversation.objects.filter(pk=conversation.pk).update(last_message=message.pk)
        note_what_was_given(address.customer_id, f"{told.address} {text}", "", now)
        record("logged_outside", now=now, by=by, conversation=conversation, message=message.pk)
    conversation.refresh_from_db()
    return conversation


def place_of(team: Team, now: datetime) -> Channel:
    """Where a team keeps what was said elsewhere; made when it is needed first."""
    name = str(_("Elsewhere"))
    brand = Brand.objects.filter(channels__team=team).first() or Brand.objects.order_by("pk").first()
    if brand is None:
        brand = Brand.objects.create(name=name)
    label = f"{name}: {team.name}"[:150]
    channel, made = Channel.objects.get_or_create(
        kind=KIND,
        account=f"team:{team.pk}",
        defaults={
            "name": label,
            "address": name,
            "brand": brand,
            "team": team,
            "created_at": now,
        },
    )
    if made:
        save(channel, build(KIND, {"place": channel.name}))
    return channel


def _address(told: Told, now: datetime) -> Address:
    """By his number or profile he is known again. By a name alone nobody is: two people may have it."""
    by_name = not told.address.strip()
    value = " ".join((told.who if by_name else told.address).split()).lower()[:320]
    known = Address.objects.filter(kind=KIND, value=value).select_related("customer")
    known = known.filter(customer=told.customer) if by_name else known.filter(scope="")
    if found := known.first():
        if told.customer and found.customer != told.customer:
            raise Invalid(
                gettext_noop("This number or profile is that of %(customer)s. Leave the customer empty, or link them."),
                customer=found.customer.label,
            )
        return found
    name = storable(told.who).strip()[:200]
    customer = told.customer or Customer.objects.create(name=name, created_at=now)
    scope = uuid4().hex if by_name else ""
    return Address.objects.create(kind=KIND, scope=scope, value=value, name=name, customer=customer, created_at=now)


def _message(conversation: Conversation, told: Told, text: str, by: Agent) -> Message:
    message = Message.objects.create(
        conversation=conversation,
        direction=Direction.INCOMING,
        key=uuid4(),
        author=by,
        sender=conversation.address,
        text=text,
        reply_text=text,
        happened_at=told.happened_at,
        details={"where": told.where.strip()[:200]},
    )
    given = Attachment.objects.filter(uuid__in=told.attachments, uploaded_by=by, message=None)
    if given.update(message=message) != len(set(told.attachments)):
        raise Invalid(gettext_noop("An attachment is not there any more. Add it again."))
    return message


def better_way(conversation: Conversation) -> str:
    """A sentence that shows the customer where he is answered soonest next time; empty if there is no such place."""
    mailbox = Channel.objects.filter(team=conversation.team, kind="email").order_by("pk").first()
    if mailbox is None:
        return ""
    said = _("Next time please write to %(address)s: whoever is on duty sees it there at once, also when I am away.")
    return said % {"address": mailbox.address}
