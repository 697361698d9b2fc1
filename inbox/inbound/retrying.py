"""What could not be opened at once and is looked at again: until when, and why, for whoever asks what waits."""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError
from django.db.models import F, QuerySet
from django.utils.translation import gettext_noop
from psycopg.errors import ProgramLimitExceeded

from connectors.errors import Unreadable
from inbox.errors import described, in_words, sentence
from inbox.inbound.belonging import Source
from inbox.inbound.claims import Claimed
from inbox.models import Item, Outcome

log = logging.getLogger(__name__)

TRIES = 3  # one that kills its reader this often is shown to people instead
PAUSE, LONGEST_PAUSE = timedelta(seconds=20), timedelta(minutes=30)
TOO_EARLY = gettext_noop("It speaks of something that has not come yet or is just being sent: it waits for that.")


@dataclass(frozen=True, slots=True)
class Trouble:
    """How many items of a channel could not be read so far; why the oldest could not, and when it is tried again."""

    items: int
    why: str
    again_at: datetime | None


def wait_for_another(source: Source, item: Claimed) -> None:
    """It came before what it belongs to."""
    pause = min(PAUSE * item.attempts, LONGEST_PAUSE)
    _waiting(item).update(due_at=source.now + pause, reason=sentence(TOO_EARLY))


def wait_for_us(source: Source, item: Claimed, error: Unreadable) -> None:
    """Our own disk is full, or our database in trouble: nothing is known of it yet, and its claim does not count."""
    log.warning("item %s of %s: %s", item.id, source.channel, error)
    reason = {"tries": 0, **described(error)}
    _waiting(item).update(due_at=source.now + PAUSE, reason=reason, attempts=F("attempts") - 1)


def may_be_its_fault(error: Exception) -> bool:
    """Whether the database refused what is in it: too much of something, or what an agent opened meanwhile.

    A lock held too long, a deadlock, a full disk, a lost line are the database's trouble, not the mail's.
    """
    return isinstance(error, IntegrityError) or isinstance(error.__cause__, ProgramLimitExceeded)


def try_again(source: Source, item: Claimed, error: Unreadable) -> None:
    """It could not be read, which may have been bad luck."""
    again_at = source.now + PAUSE * item.attempts
    where = (item.id, source.channel)
    log.warning("item %s of %s: %s Try %s of %s, again at %s", *where, error, item.attempts, TRIES, again_at)
    _waiting(item).update(due_at=again_at, reason={"tries": item.attempts, **described(error)})


def troubles() -> dict[int, Trouble]:
    """By channel, in the reader's language."""
    rows = Item.objects.filter(outcome=Outcome.WAITING, reason__has_key="tries").order_by("pk")
    found: dict[int, Trouble] = {}
    for channel, reason, due_at in rows.values_list("channel", "reason", "due_at"):
        before = found.get(channel) or Trouble(0, in_words(reason), due_at)
        found[channel] = Trouble(before.items + 1, before.why, before.again_at)
    return found


def _waiting(item: Claimed) -> QuerySet[Item]:
    return Item.objects.filter(pk=item.id, outcome=Outcome.WAITING)
