"""What is wrong, for the people who can do something about it: shown on top of every page."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet, Sum
from django.utils.translation import gettext as _

from inbox.errors import in_words
from inbox.models import Agent, Channel, ChannelState, Delivery, DeliveryState, RecipientResult, Spending
from inbox.permissions import Can, allows
from inbox.spending import WARN_AT, month_of

ENDS_SOON = timedelta(days=7)
REFUSAL = "CredentialsRefused"
STANDS_STILL = timedelta(minutes=10)  # a line that is away for a moment is nobody's affair


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
    spent, waiting = _spent(channels, now), waiting_answers(now)
    found: list[Alarm] = []
    for channel in channels:
        runs = allows(agent, Can.CONNECT_CHANNELS)
        if runs or allows(agent, Can.READ, channel.team):
            found += _standing_still(channel, waiting.get(channel.pk), now) + money_of(
                channel, spent.get(channel.pk, 0)
            )
        if runs:
            found += _ending(channel, now)
    return found


def waiting_answers(now: datetime) -> dict[int, dict[str, object]]:
    """By channel, why answers wait though it works (see `described`).

    Its provider does not let them out, or they have been tried for ten minutes; a refusal is told first.
    """
    tried = Delivery.objects.filter(state=DeliveryState.QUEUED, channel__state=ChannelState.WORKING)
    late = Q(queued_at__lt=now - STANDS_STILL, error__isnull=False) & ~Exists(_waits_for_some())
    rows = tried.filter(Q(error__kind=REFUSAL) | late).only("channel", "error").order_by("pk")
    errors = [(row.channel_id, row.error or {}) for row in rows]
    return dict(sorted(errors, key=lambda pair: pair[1].get("kind") == REFUSAL))


def _waits_for_some() -> QuerySet[RecipientResult]:
    """Those of its recipients who are tried again alone: that is their servers' affair, not the channel's."""
    return RecipientResult.objects.filter(delivery=OuterRef("pk"), state=DeliveryState.QUEUED)


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


def _standing_still(channel: Channel, waits: dict[str, object] | None, now: datetime) -> list[Alarm]:
    name = {"name": channel.name}
    if channel.state == ChannelState.REFUSED:
        said = _("%(name)s does not let us in any more: an admin must connect it again. Answers wait, none is lost.")
        return [Alarm(channel.pk, "over", said % name)]
    if why := why_paused(channel):
        said = _("%(name)s is paused: %(why)s Answers wait, none is lost.")
        return [Alarm(channel.pk, "over", said % (name | {"why": why}))]
    found = []
    if channel.failures and channel.state == ChannelState.WORKING and _last_looked_at(channel) < now - STANDS_STILL:
        said = _("%(name)s brings nothing for more than 10 minutes: %(why)s What is sent to it is not lost.")
        found.append(Alarm(channel.pk, "over", said % (name | {"why": in_words(channel.last_error)})))
    if waits and waits.get("kind") == REFUSAL:
        said = _("%(name)s does not let our answers out: %(why)s They wait, none is lost.")
        found.append(Alarm(channel.pk, "over", said % (name | {"why": in_words(waits)})))
    elif waits:
        said = _("Answers of %(name)s wait for more than 10 minutes: %(why)s They are tried again, none is lost.")
        found.append(Alarm(channel.pk, "soon", said % (name | {"why": in_words(waits)})))
    return found


def _last_looked_at(channel: Channel) -> datetime:
    return channel.last_poll_at or channel.created_at


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
