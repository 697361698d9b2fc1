"""What is wrong, for the people who can do something about it: shown on top of every page."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Sum
from django.utils.translation import gettext as _

from inbox.errors import in_words
from inbox.models import Agent, Channel, ChannelState, Delivery, DeliveryState, Spending
from inbox.permissions import Can, allows
from inbox.spending import WARN_AT, month_of

ENDS_SOON = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Alarm:
    """One sentence, mostly about one channel. `tone` is over for what stands still and soon for what will."""

    channel: int | None
    tone: str
    sentence: str


# What higher rooms have to warn of: for one person, now.
beyond: list[Callable[[Agent, datetime], list[Alarm]]] = []


def alarms_for(agent: Agent, now: datetime) -> list[Alarm]:
    """What he should know now, of channels and of whatever else there is."""
    return [*_of_channels(agent, now), *(alarm for theirs in beyond for alarm in theirs(agent, now))]


def _of_channels(agent: Agent, now: datetime) -> list[Alarm]:
    """An admin is told of every channel, others of those whose team they work in."""
    channels = list(Channel.objects.select_related("team").order_by("name"))
    spent, refused = _spent(channels, now), refused_answers()
    found: list[Alarm] = []
    for channel in channels:
        runs = allows(agent, Can.CONNECT_CHANNELS)
        if runs or allows(agent, Can.READ, channel.team):
            found += _standing_still(channel, refused) + money_of(channel, spent.get(channel.pk, 0))
        if runs:
            found += _ending(channel, now)
    return found


def refused_answers() -> dict[int, dict[str, object]]:
    """By channel, why answers wait that its provider did not let out though the channel works (see `described`)."""
    waits = Delivery.objects.filter(state=DeliveryState.QUEUED, error__kind="CredentialsRefused")
    working = waits.filter(channel__state=ChannelState.WORKING)
    return {delivery.channel_id: delivery.error or {} for delivery in working.only("channel", "error").order_by("pk")}


def why_paused(channel: Channel) -> str:
    """Why its provider has paused a channel, in plain words; empty for one that a person paused, or that works."""
    told = channel.last_error or {}
    return in_words(told) if channel.state == ChannelState.PAUSED and told.get("kind") == "CreditsSpent" else ""


def _spent(channels: list[Channel], now: datetime) -> dict[int, int]:
    capped = [channel.pk for channel in channels if channel.monthly_cap]
    if not capped:
        return {}
    rows = Spending.objects.filter(channel__in=capped, month=month_of(now))
    return dict(rows.values_list("channel").annotate(Sum("cost")))


def _standing_still(channel: Channel, refused: dict[int, dict[str, object]]) -> list[Alarm]:
    name = {"name": channel.name}
    if channel.state == ChannelState.REFUSED:
        said = _("%(name)s does not let us in any more: an admin must connect it again. Answers wait, none is lost.")
        return [Alarm(channel.pk, "over", said % name)]
    if why := why_paused(channel):
        said = _("%(name)s is paused: %(why)s Answers wait, none is lost.")
        return [Alarm(channel.pk, "over", said % (name | {"why": why}))]
    if channel.pk in refused:
        said = _("%(name)s does not let our answers out: %(why)s They wait, none is lost.")
        return [Alarm(channel.pk, "over", said % (name | {"why": in_words(refused[channel.pk])}))]
    return []


def money_of(channel: Channel, spent: int) -> list[Alarm]:
    """What is to be said of a channel that has spent so many millionths of a dollar in this month."""
    if not channel.monthly_cap or spent < WARN_AT * channel.monthly_cap:
        return []
    facts = {"name": channel.name, "percent": round(100 * spent / channel.monthly_cap)}
    if spent >= channel.monthly_cap:
        said = _("%(name)s has spent its budget of this month (%(percent)s %%): news come only once an hour now.")
        return [Alarm(channel.pk, "over", said % facts)]
    return [Alarm(channel.pk, "soon", _("%(name)s has spent %(percent)s %% of its budget of this month.") % facts)]


def _ending(channel: Channel, now: datetime) -> list[Alarm]:
    told = (channel.report or {}).get("expires_at")
    if not told:
        return []
    ends = datetime.fromisoformat(told)
    if ends - now > ENDS_SOON:
        return []
    said = _("The consent for %(name)s ends on %(day)s: connect it again before that.")
    return [Alarm(channel.pk, "soon", said % {"name": channel.name, "day": f"{ends:%Y-%m-%d}"})]
