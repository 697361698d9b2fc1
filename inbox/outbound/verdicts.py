"""What people decide about spam, told to the provider that puts spam apart: only where an admin asks for it.

A row waits here until something was moved for it, or until a poll has shown that there is nothing to move: where a mail
lies that was moved a moment ago, nobody knows before. Nobody waits for it. What does not work is tried again a few
times, then given up, and shown with the channel.
"""

import logging
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.db.models import F, Q, QuerySet
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
            update_fields=["spam", "given_at", "due_at", "looked_at", "attempts", "error"],
        )
        wake("inbox.outbound.tasks.tell_verdicts_of", channel.pk)


def waiting_channels(now: datetime) -> QuerySet[Channel]:
    """The channels that work and whose providers are to be told of something."""
    unbroken = Q(broken_until=None) | Q(broken_until__lte=now)
    return Channel.objects.filter(unbroken, state=ChannelState.WORKING, pk__in=_due(now).values("item__channel"))


def tell(channel_id: int, now: datetime) -> None:
    """Tell the provider all that is due. One that fails is told again later; nothing is raised for it."""
    for channel in waiting_channels(now).filter(pk=channel_id):
        for spam in (False, True):
            due = _due(now).filter(item__channel=channel, spam=spam)
            while verdicts := list(due.select_related("item__envelope").order_by("pk")[:AT_ONCE]):
                _tell(channel, verdicts, spam=spam, now=now)


def _due(now: datetime) -> QuerySet[Verdict]:
    """What was looked for in vain is due again when a poll has begun since, and brought all that is there."""
    polled = Q(item__channel__last_poll_at__gt=F("looked_at"), item__channel__backlog=0)
    return Verdict.objects.filter(Q(looked_at=None) | polled, due_at__lte=now)


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
        moved = _sort(channel, verdicts, spam=spam, now=now)
    except ChannelError as error:
        _did_not_work(channel, verdicts, error, now)
        return
    except Exception as error:
        log.exception("sorting the spam of channel %s broke its connector", channel.pk)
        failed = gettext_noop("Our own program failed while it sorted the spam.")
        _did_not_work(channel, verdicts, TryLater(failed, words=type(error).__name__), now)
        return
    unseen = [] if moved is None else [v for v in verdicts if not v.looked_at and v.item.envelope.sha256 not in moved]
    for verdict in verdicts:
        his = _unless_he_changed_his_mind(verdict)
        his.update(looked_at=now) if verdict in unseen else his.delete()
    if moved or unseen:  # under which numbers they lie now, or that nothing lies there, is told by a poll
        wake("inbox.inbound.tasks.poll_channel", channel.pk, True)
    if moved:
        forget_given_up(channel)


def _sort(channel: Channel, verdicts: Sequence[Verdict], *, spam: bool, now: datetime) -> set[str] | None:
    """The bytes of what was moved; None where the admin asks for it no longer."""
    places = _known_places(channel, verdicts, spam=spam)
    if not places:
        return set()
    with metered(channel, now):
        connector = renewed(channel, now)
        if not (isinstance(connector, Sorting) and connector.sorts_spam):
            return None
        return {places[key] for key in connector.sort_spam(list(places), spam=spam)}


def _known_places(channel: Channel, verdicts: Sequence[Verdict], *, spam: bool) -> dict[str, str]:
    """Where the same bytes were seen, on the side from which they are to go: the bytes by the key of the place."""
    bytes_of = {verdict.item.envelope.sha256 for verdict in verdicts}
    there = Item.objects.filter(envelope__sha256__in=bytes_of, envelope__channel=channel)
    side = there.filter(envelope__facts__role="inbox" if spam else "junk")
    return dict(side.order_by("pk").values_list("source_key", "envelope__sha256"))


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
