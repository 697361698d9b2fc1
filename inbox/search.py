"""Finding conversations: by number, by what was said, by who said it. Newest first, and only what one may see."""

import re

from django.db.models import Exists, OuterRef, Q, QuerySet

from inbox.database import storable
from inbox.lists import PAGE, with_reading
from inbox.models import Address, Agent, Conversation, Customer, Message
from inbox.permissions import visible_to

NUMBER = re.compile(r"^#?(\d{5,18})$")
CUSTOMER = re.compile(r"^[CcСс]-(\d{4,18})$")
WORD = re.compile(r"\w+")
NEWEST = 1_000  # of a common word only the newest are looked at: ranking all of them takes seconds


def find(agent: Agent, query: str, size: int = PAGE) -> list[Conversation]:
    """At most `size` conversations, newest activity first."""
    query = storable(query).strip()[:300]
    rows = _matching(agent, query) if query else Conversation.objects.none()
    return list(with_reading(rows, agent).order_by("-last_activity_at", "-id")[:size])


def _matching(agent: Agent, query: str) -> QuerySet[Conversation]:
    visible = visible_to(agent)
    if number := NUMBER.match(query):
        return visible.filter(number=int(number[1]))
    if customer := CUSTOMER.match(query):
        return visible.filter(customer__number=int(customer[1]))
    said = _newest_said(agent, query)
    return visible.filter(Q(pk__in=said) | Q(customer__in=_people(query)))


def _newest_said(agent: Agent, query: str) -> list[int]:
    """Conversations in which it was said, by the newest messages he may see."""
    matches = Message.objects.extra(  # the column is kept out of the model, see Message
        where=["inbox_message.search @@ websearch_to_tsquery('russian', %s)"], params=[query]
    ).filter(Exists(visible_to(agent).filter(pk=OuterRef("conversation_id"))), withdrawn_at=None)
    return list(dict.fromkeys(matches.order_by("-id").values_list("conversation_id", flat=True)[:NEWEST]))


def _people(query: str) -> list[int]:
    """Customers whose name, organisation or address begins with these words."""
    words = WORD.findall(query.lower())
    if not words:
        return []
    prefixes = " & ".join(f"{word}:*" for word in words)
    by_name = Customer.objects.extra(
        where=["inbox_customer.search @@ to_tsquery('simple', %s)"], params=[prefixes]
    ).values_list("pk", flat=True)[:NEWEST]
    by_address = Address.objects.extra(
        where=["inbox_address.search @@ to_tsquery('simple', %s)"], params=[prefixes]
    ).values_list("customer_id", flat=True)[:NEWEST]
    return [*by_name, *by_address]
