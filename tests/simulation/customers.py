"""Customers who write, answer or do not, and write again though it was solved."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random

from django.db import transaction

from connectors.contract import Incoming, Person
from inbox import hot
from inbox.inbound.belonging import Source
from inbox.inbound.receive import receive
from inbox.models import Channel, Conversation, Customer
from tests.simulation.company import Company
from tests.simulation.world import World

# What reads the mail has found one of a mailbox.
COMES = """
WITH came AS (
    INSERT INTO inbox_envelope (channel_id, sha256, size, facts, received_at)
    VALUES (%(channel)s, repeat('0', 64), 1, '{}', %(now)s) RETURNING id
)
INSERT INTO inbox_item (channel_id, envelope_id, source_key, part, outcome, attempts, received_at)
SELECT %(channel)s, id, %(key)s, '', 'waiting', 0, %(now)s FROM came RETURNING id
"""
BY_HOUR = (1, 1, 1, 1, 1, 2, 3, 5, 7, 9, 9, 8, 8, 9, 9, 8, 7, 6, 5, 4, 3, 2, 2, 1)  # of UTC
ANSWERS, NEVER_AGAIN, ANOTHER = 0.6, 0.9, 0.02


class Customers:
    """All of them; what they do is drawn from `chance`."""

    def __init__(self, company: Company, world: World, chance: Random) -> None:
        self._company, self._world, self._chance = company, world, chance
        self._first: dict[int, tuple[Incoming, Channel]] = {}  # what opened each conversation
        self._written = 0

    def come(self, days: int, per_day: int, start: datetime) -> None:
        """Let all that they begin by themselves happen in its time."""
        for when in self._arrivals(days, per_day, start):
            self._world.at(when, self.writes)

    def writes(self) -> None:
        """Somebody, new or known, writes about something new."""
        self._written += 1
        known = self._chance.randrange(1 + self._written // 2)  # half of them write more than once
        mail = Incoming(
            provider_id=f"{self._written}@example.org/0",
            reference=f"{self._written}@example.org",
            sender=Person(address=f"customer{known}@example.org", name=f"Customer {known}"),
            subject=f"Order {self._written}",
            text="Where is my order?",
        )
        channel = self._company.channels[known % len(self._company.channels)]
        self._first[self._receive(mail, channel)] = (mail, channel)

    def was_answered(self, conversation: int) -> None:
        """He answers in some hours, or never."""
        if self._chance.random() < ANSWERS:
            after = timedelta(minutes=min(self._chance.expovariate(1 / 240), 5760))
            self._world.at(self._world.now + after, lambda: self._answers(conversation))

    def was_solved(self, conversation: int) -> None:
        """Mostly that was it; some write again within the week, a few later."""
        dice = self._chance.random()
        if dice > NEVER_AGAIN:
            days = self._chance.uniform(7.5, 9) if dice > 1 - ANOTHER else self._chance.uniform(0.05, 6)
            self._world.at(self._world.now + timedelta(days=days), lambda: self._answers(conversation))

    def _answers(self, conversation: int) -> None:
        if conversation not in self._first:
            return
        first, channel = self._first[conversation]
        self._written += 1
        reference = f"{self._written}@example.org"
        mail = Incoming(
            provider_id=f"{reference}/0",
            reference=reference,
            sender=first.sender,
            subject=f"Re: {first.subject}",
            text="It is the red one.",
            parents=(first.reference,),
        )
        opened = self._receive(mail, channel)
        self._first.setdefault(opened, (mail, channel))

    def _receive(self, mail: Incoming, channel: Channel) -> int:
        now = self._world.now
        ((came,),) = hot.fetch(COMES, {"channel": channel.pk, "key": mail.provider_id, "now": now})
        source = Source(channel=channel, item=came, received_at=now, came_at=now, now=now)
        with transaction.atomic():
            received = receive(source, mail)
            self._gets_a_plan(received.conversation)
        return received.conversation

    def _gets_a_plan(self, conversation: int) -> None:
        """One in ten pays for more, from the first day."""
        if conversation in self._first or self._chance.random() > 0.1:
            return
        customer = Conversation.objects.values_list("customer", flat=True).get(pk=conversation)
        Customer.objects.filter(pk=customer, plan=None).update(plan=self._chance.choice(self._company.plans))

    def _arrivals(self, days: int, per_day: int, start: datetime) -> Iterator[datetime]:
        for _ in range(days * per_day):
            day, (hour,) = self._chance.randrange(days), self._chance.choices(range(24), BY_HOUR)
            yield start + timedelta(days=day, hours=hour, seconds=self._chance.randrange(3600))
