"""What an admin does about channels."""

from typing import Any

import pytest

from connectors.email.connector import Email
from inbox.connect import connect
from inbox.desk.channels import change_channel, connect_channel, pause_channel, resume_channel
from inbox.desk.outside import place_of
from inbox.errors import AlreadyDone, AnotherAccount, ConnectedAlready, NotAllowed
from inbox.models import Activity, Channel, ChannelState
from tests.inbox.desk_of_five import NOW, Desk

VALUES = {"address": "orders@example.com", "password": "first", "imap_host": "localhost", "smtp_host": "localhost"}


def connected(desk: Desk, **values: Any) -> Channel:
    about = {"name": "Orders", "brand": desk.channel.brand, "team": desk.team, "by": desk.kim, "now": NOW}
    return connect_channel("email", {**VALUES, **values}, **about)  # type: ignore[arg-type]  # as above


def changed(desk: Desk, channel: Channel, values: dict[str, object]) -> Channel:
    about = {"name": "Orders", "brand": channel.brand, "team": channel.team, "by": desk.kim, "now": desk.later()}
    return change_channel(channel, values, **about)  # type: ignore[arg-type]  # as above


def opened(channel: Channel) -> Email:
    connector = connect(Channel.objects.get(pk=channel.pk))
    assert isinstance(connector, Email)
    return connector


def test_a_connected_account_is_polled_at_once(desk: Desk) -> None:
    channel = connected(desk)
    assert (channel.address, channel.poll_at, channel.state) == ("orders@example.com", NOW, ChannelState.WORKING)
    assert opened(channel).password == "first"


def test_an_account_is_connected_once(desk: Desk) -> None:
    connected(desk)
    with pytest.raises(ConnectedAlready, match="Orders"):
        connected(desk, password="other")
    assert Channel.objects.filter(address="orders@example.com").count() == 1


def test_a_channel_stays_the_account_it_was_connected_as(desk: Desk) -> None:
    channel = connected(desk)
    with pytest.raises(AnotherAccount, match=r"orders@example\.com for good\. Connect help@example\.com"):
        changed(desk, channel, {"address": "help@example.com"})
    channel.refresh_from_db()
    assert (channel.account, opened(channel).address) == ("orders@example.com", "orders@example.com")


def test_an_account_of_another_channel_is_named(desk: Desk) -> None:
    with pytest.raises(ConnectedAlready, match=r"support@example\.com"):
        changed(desk, connected(desk), {"address": "Support@example.com"})


def test_an_account_in_other_letters_is_the_same(desk: Desk) -> None:
    channel = connected(desk)
    assert changed(desk, channel, {"address": "Orders@Example.com"}).address == "Orders@Example.com"
    with pytest.raises(ConnectedAlready, match="Orders"):
        connected(desk)


def test_the_place_of_a_team_may_be_called_otherwise(desk: Desk) -> None:
    channel = place_of(desk.team, NOW)
    assert changed(desk, channel, {"place": "By phone"}).address == "By phone"
    assert place_of(desk.team, NOW) == channel


def test_a_secret_that_is_left_empty_stays(desk: Desk) -> None:
    channel = connected(desk)
    changed(desk, channel, {"password": "", "imap_host": "mail.example.com"})
    assert (opened(channel).password, opened(channel).imap_host) == ("first", "mail.example.com")
    changed(desk, channel, {"password": "second"})
    assert opened(channel).password == "second"


def test_a_value_that_is_no_field_changes_nothing(desk: Desk) -> None:
    channel = connected(desk)
    before = opened(channel)
    changed(desk, channel, {"owner": "ada"})
    assert opened(channel) == before


def test_a_channel_that_was_refused_works_again_once_it_is_changed(desk: Desk) -> None:
    channel = connected(desk)
    Channel.objects.filter(pk=channel.pk).update(state=ChannelState.REFUSED, failures=3, broken_until=NOW)
    after = changed(desk, channel, {"password": "right"})
    assert (after.state, after.failures, after.broken_until) == (ChannelState.WORKING, 0, None)


def test_a_channel_is_paused_and_resumed_once(desk: Desk) -> None:
    pause_channel(desk.channel, by=desk.kim, now=NOW)
    with pytest.raises(AlreadyDone):
        pause_channel(desk.channel, by=desk.kim, now=NOW)
    assert Channel.objects.get(pk=desk.channel.pk).state == ChannelState.PAUSED
    resume_channel(desk.channel, by=desk.kim, now=NOW)
    with pytest.raises(AlreadyDone):
        resume_channel(desk.channel, by=desk.kim, now=NOW)


def test_only_an_admin_touches_channels(desk: Desk) -> None:
    for by in (desk.ada, desk.sam, desk.max):
        with pytest.raises(NotAllowed):
            pause_channel(desk.channel, by=by, now=NOW)


def test_the_log_knows_no_password(desk: Desk) -> None:
    changed(desk, connected(desk), {"password": "second"})
    told = str(list(Activity.objects.values_list("data", flat=True)))
    assert "first" not in told
    assert "second" not in told
