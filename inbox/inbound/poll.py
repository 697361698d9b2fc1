"""Asking the providers that must be asked, and remembering how that went."""

import logging
import shutil
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from random import uniform
from tempfile import mkdtemp

from django.db.models import F, Q
from django.utils.translation import gettext_noop

from connectors.contract import Batch, GapCheck, Polled
from connectors.errors import ChannelError, CredentialsRefused, CreditsSpent, TryLater
from inbox import blobs, spending
from inbox.activity import record
from inbox.connect import doubt, metered, renewed
from inbox.errors import described
from inbox.failpoints import failpoint
from inbox.inbound import letterbox, posts
from inbox.models import Channel, ChannelState

log = logging.getLogger(__name__)

FLOOR = timedelta(hours=1)  # between two polls of a channel that has spent what it may in this month
LEASE = timedelta(seconds=30)  # after which others look whether the one who polls still lives: his lock tells
SHORTEST_PAUSE, LONGEST_PAUSE = timedelta(seconds=30), timedelta(minutes=15)
REFUSALS_BELIEVED = 3  # providers refuse good passwords now and then; the third time in a row it is true


def claim(channel_id: int, now: datetime, *, early: bool = False) -> Channel | None:
    """The channel if its poll is due (or `early`) and nobody else is at it."""
    due = Channel.objects.filter(pk=channel_id, state=ChannelState.WORKING)
    due = due.filter(Q(broken_until=None) | Q(broken_until__lte=now)) if early else due.filter(poll_at__lte=now)
    return Channel.objects.get(pk=channel_id) if due.update(poll_at=now + LEASE) else None


def poll(channel: Channel, now: datetime) -> int:
    """Bring everything that is new, and say when to come again. Return how many items are new.

    A provider that fails is remembered on the channel and asked again later; nothing is raised for it.
    """
    brought, again_at = 0, None
    try:
        connector = renewed(channel, now)
        if not isinstance(connector, Polled):
            return 0
        more = True
        while more:
            batch, added = _bring(channel, connector, now)
            brought, again_at = brought + added, batch.again_at
            more = batch.more and not spending.is_used_up(channel, now)
    except letterbox.CursorMoved:
        return brought
    except ChannelError as error:
        note_failure(channel, error, now)
        return brought
    except Exception as error:  # a bug, or a key of ours that does not fit: it is shown with the channel, not in a log
        log.exception("channel %s broke its connector", channel.pk)
        why = gettext_noop("Our own program failed while it asked for news.")
        note_failure(channel, TryLater(why, words=type(error).__name__), now)
        return brought
    pause = FLOOR if spending.is_used_up(channel, now) else connector.pace
    again = max(now + pause, again_at or now)
    # Unless somebody asked for another one meanwhile.
    Channel.objects.filter(pk=channel.pk, poll_at=channel.poll_at).update(poll_at=again)
    return brought


def _bring(channel: Channel, connector: Polled, now: datetime) -> tuple[Batch, int]:
    """One batch, committed, and what it cost. Raise a ChannelError or CursorMoved."""
    folder = Path(mkdtemp(dir=blobs.landing()))
    try:
        with metered(channel, now):
            batch = connector.fetch(channel.cursor, folder, now)
        if batch.payloads:
            failpoint("after_fetch")
        return batch, letterbox.drop(channel, batch, now)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def ask_again(channel_id: int, now: datetime) -> None:
    """There is news while somebody is at it, who may have looked already: once more when he has done."""
    Channel.objects.filter(pk=channel_id).update(poll_at=now)


def renew(channel: Channel, now: datetime) -> None:
    """Renew the channel's key before it ends. A failure is remembered as a poll's would be."""
    try:
        renewed(channel, now)
    except ChannelError as error:
        note_failure(channel, error, now)
    except Exception:
        log.exception("the key of channel %s could not be renewed", channel.pk)  # the others are to be renewed, too


def note_failure(channel: Channel, error: ChannelError, now: datetime) -> None:
    """Remember why a channel does not work, and when to try it again: later each time, never more than 15 min."""
    channel.refresh_from_db(fields=["failures", "state"])
    failures = channel.failures + 1
    refused = isinstance(error, CredentialsRefused) and failures >= REFUSALS_BELIEVED
    spent = isinstance(error, CreditsSpent)
    pause = min(LONGEST_PAUSE, SHORTEST_PAUSE * 2 ** min(failures - 1, 10)) * uniform(0.8, 1.2)  # noqa: S311  # spread, not secrecy
    again = max(now + pause, getattr(error, "until", None) or now)  # the provider's own word on when wins
    Channel.objects.filter(pk=channel.pk).update(
        failures=F("failures") + 1,
        broken_until=again,
        poll_at=again,
        last_error=described(error),
        last_error_at=now,
        state=ChannelState.REFUSED if refused else ChannelState.PAUSED if spent else F("state"),
    )
    if isinstance(error, CredentialsRefused):
        doubt(channel, now)
    if (refused or spent) and channel.state == ChannelState.WORKING:
        record("channel_refused" if refused else "channel_out_of_credits", now=now, channel=channel.pk)


def note_revoked(channel: Channel, now: datetime) -> None:
    """The account's owner took our access back: nothing is tried any more until an admin connects it again."""
    error = CredentialsRefused(gettext_noop("The account's owner has taken our access back. Connect it again."))
    waits = Channel.objects.filter(pk=channel.pk, state=ChannelState.WORKING)
    if waits.update(state=ChannelState.REFUSED, last_error=described(error), last_error_at=now):
        record("channel_refused", now=now, channel=channel.pk)


def look_for_missed(channel: Channel, now: datetime) -> int:
    """The gap check: compare what the provider still has with what we hold. Return how many were missing.

    It costs what a poll costs: a channel that has spent what it may in this month is not checked, nor is one that was
    never polled. What does not fit into one batch is asked for again.
    """
    if not channel.cursor:
        return 0
    found, more = 0, True
    while more and not spending.is_used_up(channel, now):
        added, more = _bring_missed(channel, now)
        found += added
    if found:
        record("gap_filled", now=now, channel=channel.pk, items=found)
    return found


def _bring_missed(channel: Channel, now: datetime) -> tuple[int, bool]:
    """One batch of what was missed: how many items are new, and whether there is more that can be brought."""
    folder = Path(mkdtemp(dir=blobs.landing()))
    try:
        with metered(channel, now):
            connector = renewed(channel, now)
            if not isinstance(connector, Polled):
                return 0, False
            check = GapCheck(
                cursor=channel.cursor,
                known=partial(letterbox.known, channel),
                place=channel.looked,
                posts=posts.talked_under(channel, now),
            )
            batch = connector.missed(check, folder, now)
        added = letterbox.drop_missed(channel, batch, now)
    except ChannelError:
        return 0, False  # the next poll will say what is wrong with the channel
    except Exception:
        log.exception("looking for what channel %s missed broke its connector", channel.pk)
        return 0, False  # the others are to be looked at, too
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return added, batch.more and added > 0
