"""Asking providers how our accounts stand: who we are there, what we may do, what is missing, when a consent ends."""

import logging
from datetime import datetime, timedelta

import msgspec

from connectors.contract import Reporting
from connectors.errors import ChannelError
from inbox import spending
from inbox.activity import record
from inbox.connect import metered, renewed
from inbox.models import Channel, ChannelState

log = logging.getLogger(__name__)

EVERY = timedelta(days=1)
ANNOUNCED = timedelta(days=7)  # how long before a consent ends an admin is told


def ask_standing(channel: Channel, now: datetime) -> None:
    """Ask one channel's provider and write it down. Raise a ChannelError."""
    with metered(channel, now):
        connector = renewed(channel, now)
        if not isinstance(connector, Reporting):
            return
        report = connector.report(now)
    before, asked_before = channel.report or {}, channel.reported_at
    channel.report, channel.reported_at = msgspec.to_builtins(report), now
    channel.save(update_fields=["report", "reported_at"])
    ends = report.expires_at
    if ends is None or ends - now >= ANNOUNCED:
        return
    same = before.get("expires_at") == channel.report["expires_at"]
    told = same and asked_before is not None and ends - asked_before < ANNOUNCED
    if not told:
        record("consent_ends", now=now, channel=channel.pk, at=ends.isoformat())


def ask_all(now: datetime) -> None:
    """Every working channel that was not asked for a day. One that fails is asked again at the next turn."""
    due = Channel.objects.filter(state=ChannelState.WORKING).exclude(reported_at__gt=now - EVERY)
    for channel in due.select_related("app"):
        if spending.is_used_up(channel, now):
            continue  # it is paid for, too
        try:
            ask_standing(channel, now)
        except ChannelError as error:
            log.info("%s does not tell how it stands: %s", channel, error)
        except Exception:
            log.exception("asking how %s stands broke its connector", channel)  # the others are to be asked, too
