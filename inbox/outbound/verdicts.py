"""What people decide about spam, told to the provider that puts spam apart: only where an admin asks for it.

A row waits here until the provider was told; nobody waits for it. What does not work is tried again a few times, then
given up, and shown with the channel.
"""

import logging
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_noop

from connectors.contract import Sorting
from connectors.errors import ChannelError, CredentialsRefused, Rejected, TryLater
from inbox import vault
from inbox.connect import connect, doubt, metered, renewed
from inbox.errors import described
from inbox.models import Channel, ChannelState, Item, Verdict
from inbox.wake import wake

log = logging.getLogger(__name__)

AT_ONCE = 100
TRIES = 6
FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=1), timedelta(hours=1)


def give(items: Iterable[Item], *, spam: bool, now: datetime) -> None:
    """Keep a person's word on these where the provider is to be told; the last word counts. Call in a transaction."""
    by_channel: dict[Channel, list[Item]] = {}
    for item in items:
        by_channel.setdefault(item.channel, []).append(item)
    for channel, theirs in by_channel.items():
        if not _wants_to_know(channel):
            continue
        Verdict.objects.bulk_create(
            [Verdict(item=item, spam=spam, given_at=now, due_at=now) for item in theirs],
            update_conflicts=True,
            unique_fields=["item"],
            update_fields=["spam", "given_at", "due_at", "attempts", "error"],
        )
        wake("inbox.outbound.tasks.tell_verdicts_of", channel.pk)


def waiting_channels(now: datetime) -> QuerySet[Channel]:
    """The channels that work and whose providers are to be told of something."""
    due = Verdict.objects.filter(due_at__lte=now).values("item__channel")
    unbroken = Q(broken_until=None) | Q(broken_until__lte=now)
    return Channel.objects.filter(unbroken, state=ChannelState.WORKING, pk__in=due)


def tell(channel_id: int, now: datetime) -> None:
    """Tell the provider all that is due. One that fails is told again later; nothing is raised for it."""
    for channel in waiting_channels(now).filter(pk=channel_id):
        for spam in (False, True):
            due = Verdict.objects.filter(item__channel=channel, spam=spam, due_at__lte=now)
            while verdicts := list(due.select_related("item__envelope").order_by("pk")[:AT_ONCE]):
                _tell(channel, verdicts, spam=spam, now=now)


def given_up() -> dict[int, dict[str, object]]:
    """By channel, why its provider was not told (see `described`): the last reason, until telling works again."""
    rows = Verdict.objects.filter(due_at=None).order_by("given_at")
    return {channel: error or {} for channel, error in rows.values_list("item__channel", "error")}


def forget_given_up(channel: Channel) -> None:
    """An admin has looked after the channel, or its provider was told of something again."""
    Verdict.objects.filter(item__channel=channel, due_at=None).delete()


def _wants_to_know(channel: Channel) -> bool:
    try:
        connector = connect(channel)
    except vault.WrongKey:
        return False  # nothing goes to or from it, which its own alarm tells; people decide all the same
    return isinstance(connector, Sorting) and connector.sorts_spam


def _tell(channel: Channel, verdicts: Sequence[Verdict], *, spam: bool, now: datetime) -> None:
    try:
        told = _sort(channel, verdicts, spam=spam, now=now)
    except ChannelError as error:
        _did_not_work(channel, verdicts, error, now)
        return
    except Exception as error:
        log.exception("sorting the spam of channel %s broke its connector", channel.pk)
        failed = gettext_noop("Our own program failed while it sorted the spam.")
        _did_not_work(channel, verdicts, TryLater(failed, words=type(error).__name__), now)
        return
    for verdict in verdicts:
        _unless_he_changed_his_mind(verdict).delete()
    if told:
        forget_given_up(channel)


def _sort(channel: Channel, verdicts: Sequence[Verdict], *, spam: bool, now: datetime) -> bool:
    """Whether there was anything to tell, and it was told."""
    places = _known_places(channel, verdicts, spam=spam)
    if not places:
        return False
    with metered(channel, now):
        connector = renewed(channel, now)
        if not (isinstance(connector, Sorting) and connector.sorts_spam):
            return False  # the admin has asked for it no longer
        connector.sort_spam(places, spam=spam)
    # Under which numbers they lie now is told by a poll: a mail whose spam mark is taken back is found by them.
    wake("inbox.inbound.tasks.poll_channel", channel.pk, True)
    return True


def _known_places(channel: Channel, verdicts: Sequence[Verdict], *, spam: bool) -> list[str]:
    """Where the same bytes were seen, on the side from which they are to go."""
    bytes_of = {verdict.item.envelope.sha256 for verdict in verdicts}
    there = Item.objects.filter(envelope__sha256__in=bytes_of, envelope__channel=channel)
    side = there.filter(envelope__facts__role="inbox" if spam else "junk")
    return list(side.order_by("pk").values_list("source_key", flat=True))


def _did_not_work(channel: Channel, verdicts: Sequence[Verdict], error: ChannelError, now: datetime) -> None:
    for verdict in verdicts:
        tries = verdict.attempts + 1
        hopeless = isinstance(error, Rejected) or tries >= TRIES
        again_at = None if hopeless else now + min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (tries - 1))
        if hopeless:
            log.warning("channel %s: its provider is not told about item %s: %s", channel.pk, verdict.item_id, error)
        _unless_he_changed_his_mind(verdict).update(attempts=tries, due_at=again_at, error=described(error))
    if isinstance(error, CredentialsRefused):
        doubt(channel, now)


def _unless_he_changed_his_mind(verdict: Verdict) -> QuerySet[Verdict]:
    return Verdict.objects.filter(pk=verdict.pk, given_at=verdict.given_at, spam=verdict.spam)
