"""What channels cost where the provider is paid for each call, by month, and the cap that an admin has set.

Amounts are in millionths of a dollar: prices have three decimals, and sums must not round.
"""

from collections.abc import Collection, Mapping
from datetime import UTC, date, datetime
from typing import Any

from django.db import connection
from django.db.models import Sum

from inbox.models import Bought, Channel, Spending

WARN_AT = 0.8
ADD = """
INSERT INTO inbox_spending (channel_id, month, price, units, cost)
VALUES (%(channel)s, %(month)s, %(price)s, %(units)s, %(cost)s)
ON CONFLICT (channel_id, month, price)
DO UPDATE SET units = inbox_spending.units + excluded.units, cost = inbox_spending.cost + excluded.cost
"""
# What is paid for once a day is a row of that day: what is there already was paid for.
BUY = """
WITH bought AS (
    INSERT INTO inbox_bought (channel_id, day, price, thing)
    SELECT %(channel)s, %(day)s, %(price)s, unnest(%(things)s::text[])
    ON CONFLICT DO NOTHING
    RETURNING id)
SELECT count(*) FROM bought
"""


def note(channel: Channel, prices: Mapping[str, int], units: Mapping[str, int], now: datetime) -> None:
    """Add units that were used, each at its price; what has no price is free and counted all the same."""
    with connection.cursor() as cursor:
        for price, count in units.items():
            values: dict[str, Any] = {"channel": channel.pk, "month": month_of(now), "price": price, "units": count}
            cursor.execute(ADD, values | {"cost": prices.get(price, 0) * count})


def note_things(
    channel: Channel, prices: Mapping[str, int], things: Mapping[str, Collection[str]], now: datetime
) -> None:
    """Add things that were read, each once a day at its price."""
    bought: dict[str, int] = {}
    with connection.cursor() as cursor:
        for price, named in things.items():
            values: dict[str, Any] = {"channel": channel.pk, "day": _day_of(now), "price": price}
            cursor.execute(BUY, values | {"things": sorted(named)})
            bought[price] = cursor.fetchone()[0]
    note(channel, prices, {price: count for price, count in bought.items() if count}, now)


def forget_days_before(now: datetime) -> None:
    """Forget what was read on days that are over: it would be paid for again."""
    Bought.objects.filter(day__lt=_day_of(now)).delete()


def month_of(now: datetime) -> date:
    """The month that something is paid in: providers count in UTC."""
    return _day_of(now).replace(day=1)


def _day_of(now: datetime) -> date:
    return now.astimezone(UTC).date()


def spent(channel: Channel, now: datetime) -> int:
    """What the channel cost this month."""
    rows = Spending.objects.filter(channel=channel, month=month_of(now))
    return int(rows.aggregate(total=Sum("cost"))["total"] or 0)


def share(channel: Channel, now: datetime) -> float | None:
    """How much of its cap is spent, 1.0 being all of it; None without a cap."""
    if not channel.monthly_cap:
        return None
    return spent(channel, now) / channel.monthly_cap


def is_used_up(channel: Channel, now: datetime) -> bool:
    """Whether all of its cap is spent: then only what customers wait for is paid for, until the month is over."""
    return (share(channel, now) or 0) >= 1
