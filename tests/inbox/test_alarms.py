"""What is wrong with a channel is told to those who can do something about it, and money is counted exactly."""

from datetime import timedelta
from typing import Any

import pytest

from connectors import meter
from connectors.contract import Batch
from connectors.errors import CredentialsRefused, CreditsSpent, TryLater
from inbox import spending
from inbox.alarms import alarms_for
from inbox.connect import metered
from inbox.desk.channels import pause_channel, resume_channel
from inbox.errors import described
from inbox.inbound import poll
from inbox.models import Activity, Agent, Channel, ChannelState, Delivery, DeliveryState, Spending
from tests.inbox.desk_of_five import NOW, Desk, delivery_of
from tests.inbox.network import network
from tests.inbox.outbound.provider import Provider

PRICES = {"post_read": 5_000, "post_write": 15_000}


@pytest.fixture
def channel(desk: Desk) -> Channel:
    return network(desk)


def change(channel: Channel, **fields: Any) -> None:
    Channel.objects.filter(pk=channel.pk).update(**fields)


def told(agent: Agent) -> list[tuple[str, str]]:
    return [(alarm.tone, alarm.sentence) for alarm in alarms_for(agent, NOW)]


def test_all_is_quiet_where_all_is_well(desk: Desk, channel: Channel) -> None:
    assert told(desk.kim) == told(desk.ada) == []


def test_a_refused_channel_is_told_to_the_admin_and_to_its_team(desk: Desk, channel: Channel) -> None:
    change(channel, state=ChannelState.REFUSED)
    assert [tone for tone, _ in told(desk.kim)] == [tone for tone, _ in told(desk.ada)] == ["over"]


def test_another_teams_channel_is_not_ones_own_affair(desk: Desk) -> None:
    change(desk.channel_elsewhere, state=ChannelState.REFUSED)
    assert (len(told(desk.kim)), told(desk.ada)) == (1, [])


def test_no_credits_pause_the_channel_and_are_told(desk: Desk, channel: Channel) -> None:
    poll.note_failure(channel, CreditsSpent("There are no credits left."), desk.later())
    channel.refresh_from_db()
    assert channel.state == ChannelState.PAUSED
    assert Activity.objects.filter(verb="channel_out_of_credits").exists()
    assert "no credits" in told(desk.kim)[0][1]


def test_a_block_is_told_in_its_own_words_and_ends_when_the_channel_is_resumed(desk: Desk, channel: Channel) -> None:
    poll.note_failure(channel, CreditsSpent("Facebook has blocked what we send as abusive."), desk.later())
    assert "blocked what we send" in told(desk.ada)[0][1]
    resume_channel(channel, by=desk.kim, now=desk.later())
    assert told(desk.ada) == []
    pause_channel(channel, by=desk.kim, now=desk.later())
    assert told(desk.ada) == []


def test_answers_that_are_not_let_out_are_told_though_everything_else_works(desk: Desk) -> None:
    waits = delivery_of(desk.answers(desk.problem()))
    error = described(CredentialsRefused("The app may not write."))
    Delivery.objects.filter(pk=waits.pk).update(state=DeliveryState.QUEUED, due_at=NOW, error=error)
    (alarm,) = told(desk.kim)
    assert alarm[0] == "over"
    assert "The app may not write." in alarm[1]


def test_a_channel_that_cannot_be_looked_at_for_ten_minutes_is_told(desk: Desk, channel: Channel) -> None:
    error = described(TryLater("The certificate of the server is not valid."))
    change(channel, failures=3, last_error=error, last_poll_at=NOW - timedelta(minutes=10))
    assert told(desk.kim) == [], "it may be right again in a minute"
    change(channel, last_poll_at=NOW - timedelta(minutes=10, seconds=1))
    (alarm,) = told(desk.kim)
    assert told(desk.ada) == [alarm]
    assert alarm[0] == "over"
    assert "The certificate of the server is not valid." in alarm[1]
    change(channel, failures=0)
    assert told(desk.kim) == []


def test_a_channel_that_never_could_be_looked_at_is_told(desk: Desk, channel: Channel) -> None:
    change(channel, failures=3, last_error=described(TryLater("Nobody answers.")), created_at=NOW - timedelta(hours=1))
    assert [tone for tone, _ in told(desk.kim)] == ["over"]


def test_answers_that_are_tried_again_for_ten_minutes_are_told(desk: Desk) -> None:
    waits = Delivery.objects.filter(pk=delivery_of(desk.answers(desk.problem())).pk)
    waits.update(queued_at=NOW - timedelta(minutes=11))
    assert told(desk.kim) == [], "nobody has tried it yet"
    waits.update(error=described(TryLater("The server cannot be reached.")))
    (alarm,) = told(desk.kim)
    assert alarm[0] == "soon"
    assert "The server cannot be reached." in alarm[1]
    waits.update(queued_at=NOW - timedelta(minutes=9))
    assert told(desk.kim) == []


def test_a_recipient_who_is_tried_again_alone_is_no_trouble_of_the_channel(desk: Desk) -> None:
    delivery = delivery_of(desk.answers(desk.problem()))
    delivery.results.create(recipient="carla@example.com", state=DeliveryState.QUEUED, at=NOW)
    hour_ago = NOW - timedelta(hours=1)
    Delivery.objects.filter(pk=delivery.pk).update(queued_at=hour_ago, error=described(TryLater("Others have it.")))
    assert told(desk.kim) == []


def test_a_pause_that_an_admin_chose_is_no_alarm(desk: Desk, channel: Channel) -> None:
    change(channel, state=ChannelState.PAUSED, last_error=described(TryLater("It was away.")))
    assert told(desk.kim) == []


@pytest.mark.parametrize(
    ("units", "tones"), [(79, []), (80, ["soon"]), (99, ["soon"]), (100, ["over"]), (150, ["over"])]
)
def test_a_budget_warns_at_eighty_percent_and_is_spent_at_a_hundred(
    desk: Desk, channel: Channel, units: int, tones: list[str]
) -> None:
    change(channel, monthly_cap=100 * 5_000)
    spending.note(channel, PRICES, {"post_read": units}, NOW)
    assert [tone for tone, _ in told(desk.ada)] == tones


def test_a_new_month_begins_at_nothing(desk: Desk, channel: Channel) -> None:
    spending.note(channel, PRICES, {"post_read": 2, "free": 7}, NOW)
    spending.note(channel, PRICES, {"post_read": 3}, NOW)
    assert (spending.spent(channel, NOW), spending.spent(channel, NOW + timedelta(days=31))) == (25_000, 0)
    assert Spending.objects.get(price="free").units == 7


def test_what_a_failed_call_cost_is_counted_too(desk: Desk, channel: Channel, monkeypatch: pytest.MonkeyPatch) -> None:
    def call() -> None:
        with metered(channel, NOW):
            meter.used("post_read", 3)
            meter.left(meter.Left("mentions", 299, 300))
            raise TryLater("The line broke.")

    with pytest.raises(TryLater):
        call()
    channel.refresh_from_db()
    assert Spending.objects.get().units == 3
    assert channel.left["mentions"]["remaining"] == 299


def test_a_spent_budget_slows_polling_to_the_floor(
    desk: Desk, channel: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Quiet(Provider):
        def fetch(self, *_: object) -> object:
            return Batch(payloads=[], cursor="")

        def missed(self, *_: object) -> object:
            raise AssertionError

    monkeypatch.setattr(poll, "renewed", lambda channel, now: Quiet())
    change(channel, monthly_cap=5_000)
    poll.poll(Channel.objects.get(pk=channel.pk), NOW)
    assert Channel.objects.get(pk=channel.pk).poll_at == NOW + Provider.pace
    spending.note(channel, PRICES, {"post_read": 1}, NOW)
    poll.poll(Channel.objects.get(pk=channel.pk), NOW)
    assert Channel.objects.get(pk=channel.pk).poll_at == NOW + poll.FLOOR


def test_a_consent_that_ends_is_announced_seven_days_before(desk: Desk, channel: Channel) -> None:
    change(channel, report={"name": "@example", "expires_at": (NOW + timedelta(days=8)).isoformat()})
    assert told(desk.kim) == []
    change(channel, report={"name": "@example", "expires_at": (NOW + timedelta(days=6)).isoformat()})
    assert [tone for tone, _ in told(desk.kim)] == ["soon"]
    assert told(desk.ada) == []
