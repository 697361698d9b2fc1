"""Testing what a channel can do before it is used: the account sends itself something, which must come back.

How it stands is kept with the settings of the channel (see connectors.contract.Tried).
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from connectors.contract import Connector, Tried
from connectors.errors import ChannelError, OutcomeUnknown
from inbox.connect import connect, metered, renewed, save
from inbox.models import Agent, Channel
from inbox.permissions import Can, require

PATIENCE = timedelta(minutes=15)  # after which an admin is told that it did not come; one that is later still counts


def wants(connector: object) -> bool:
    """Whether a setting is chosen that a test must show first."""
    return isinstance(connector, Tried) and connector.trial is not None


def begin(channel: Channel, *, by: Agent, now: datetime) -> None:
    """Send a test. What it is to show is used no more until it has come. Raise a ChannelError."""
    require(by, Can.CONNECT_CHANNELS)
    _note(channel, now)
    sender = Channel.objects.select_related("app").get(pk=channel.pk)
    try:
        with metered(sender, now):
            _send(renewed(sender, now), now)
    except OutcomeUnknown:
        raise  # it may come all the same
    except ChannelError:
        _note(channel, None)
        raise


def begin_if_due(channel: Channel, before: Connector | None, *, by: Agent, now: datetime) -> None:
    """The settings were saved, and were `before`, where that is known: send a test if this is chosen only now.

    And if none has come yet, unless one is awaited. Raise a ChannelError.
    """
    connector = connect(Channel.objects.select_related("app").get(pk=channel.pk))
    trial = connector.trial if isinstance(connector, Tried) else None
    if trial is None or (trial.asked_at and now - trial.asked_at < PATIENCE):
        return
    if trial.came_at is None or (before and not wants(before)):
        begin(channel, by=by, now=now)


def note_came(channel: Channel, now: datetime) -> None:
    """The test has come. Call inside a transaction."""
    row = _locked(channel)
    connector = connect(row)
    if isinstance(connector, Tried):
        save(row, connector.passed(now))


def _note(channel: Channel, asked_at: datetime | None) -> None:
    with transaction.atomic():
        row = _locked(channel)
        connector = connect(row)
        if isinstance(connector, Tried):
            save(row, connector.trying(asked_at))


def _send(connector: Connector, now: datetime) -> None:
    if isinstance(connector, Tried):
        connector.send_test(
            _("Test of an address with a plus"),
            _("Otvet sends this mail to see whether the mailbox takes such addresses. Nobody needs to answer it."),
            now,
        )


def _locked(channel: Channel) -> Channel:
    return Channel.objects.select_for_update(of=("self",), no_key=True).select_related("app").get(pk=channel.pk)
