"""Settling what nobody knows: look at the provider, never send again before looking."""

import logging
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import F
from django.utils.translation import gettext_noop

from connectors.contract import Findable
from connectors.errors import ChannelError, OutcomeUnknown, Rejected, TryLater
from inbox.activity import record
from inbox.connect import metered, renewed
from inbox.errors import described
from inbox.models import Delivery, DeliveryState
from inbox.outbound import recipients
from inbox.outbound.deliver import LOOK_AFTER, accept, as_outgoing
from inbox.outbound.states import LOOKED_FOR, move

log = logging.getLogger(__name__)

LOOKS_NEEDED = 2  # proven absent twice, a minute apart
ASK_A_PERSON_AFTER = timedelta(minutes=10)
NOT_THERE = gettext_noop("The provider can be reached again and does not have it. Send it again or discard it.")

# A worker whose lock is free is gone. Before the wire nothing happened; after it nobody knows.
ABANDONED = """
UPDATE inbox_delivery SET
    state = CASE phase WHEN 'prep' THEN 'queued' ELSE 'unknown' END,
    due_at = %(now)s + CASE phase WHEN 'prep' THEN interval '0' ELSE %(look_after)s END,
    token = NULL, lease_until = NULL, worker = NULL, phase = ''
WHERE id IN (
    SELECT id FROM inbox_delivery
    WHERE state = 'sending' AND (lease_until < clock_timestamp() OR pg_try_advisory_xact_lock(worker))
    FOR NO KEY UPDATE SKIP LOCKED)
RETURNING id, state
"""


def release_abandoned(now: datetime) -> int:
    """Take back what dead or frozen workers were sending. Return how many rows moved."""
    with transaction.atomic(), connection.cursor() as cursor:
        values: dict[str, Any] = {"now": now, "look_after": LOOK_AFTER}
        cursor.execute(ABANDONED, values)
        return len(cursor.fetchall())


def settle(delivery: Delivery, now: datetime) -> None:
    """Look for one delivery at its provider and decide: sent, queued again, or a person must say.

    Of several who would look at one time one does, and none before it is due again.
    """
    if not Delivery.objects.filter(LOOKED_FOR, pk=delivery.pk, due_at__lte=now).update(due_at=now + LOOK_AFTER):
        return
    try:
        found = _look(delivery, now)
    except ChannelError as error:
        _cannot_tell(delivery, error, now)
        return
    except Exception as error:  # the others are to be settled, too
        log.exception("looking for delivery %s broke its connector", delivery.pk)
        failed = gettext_noop("Our own program failed while it looked for this.")
        _cannot_tell(delivery, TryLater(failed, words=type(error).__name__), now)
        return
    with transaction.atomic():
        if found is not None:
            accept(delivery, found, now)
        else:
            _is_absent(delivery, now)


def _is_absent(delivery: Delivery, now: datetime) -> None:
    """Absent often enough it was not sent: it goes again, unless a person was asked, who has the word then."""
    looked_for = Delivery.objects.filter(LOOKED_FOR, pk=delivery.pk)
    looked_for.update(looks=F("looks") + 1)
    absent = looked_for.filter(looks__gte=LOOKS_NEEDED)
    absent.filter(state=DeliveryState.NEEDS_HUMAN).update(due_at=None, looks=0, error=described(Rejected(NOT_THERE)))
    if absent.exists():
        move(delivery.pk, DeliveryState.QUEUED, only_from={DeliveryState.UNKNOWN}, due_at=now, looks=0)


def _look(delivery: Delivery, now: datetime) -> str | None:
    if recipients.some_wait(delivery):
        raise OutcomeUnknown(gettext_noop("Others had it before: a copy of it tells nothing of those who were left."))
    with metered(delivery.channel, now):
        connector = renewed(delivery.channel, now)
        if not isinstance(connector, Findable):
            raise OutcomeUnknown(gettext_noop("This channel does not tell us what it sent."))
        return connector.find(as_outgoing(delivery, now))


def _cannot_tell(delivery: Delivery, error: ChannelError, now: datetime) -> None:
    """The provider cannot say for certain, or cannot be reached for long: a person decides.

    He may be wrong where it cannot be reached, so that we go on looking until he has decided.
    """
    again_at = None if isinstance(error, OutcomeUnknown) else now + ASK_A_PERSON_AFTER
    if again_at and now - (delivery.first_attempt_at or delivery.queued_at) < ASK_A_PERSON_AFTER:
        return
    with transaction.atomic():
        if move(delivery.pk, DeliveryState.NEEDS_HUMAN, due_at=again_at, error=described(error)):
            record("needs_human", now=now, conversation=delivery.conversation_id, delivery=delivery.pk)
        else:
            Delivery.objects.filter(LOOKED_FOR, pk=delivery.pk).update(due_at=again_at)
