"""What only a mail shows: when it claims to have been sent, the beginning of a very long one, and its appointments."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

from django import template
from django.core.cache import cache
from django.utils import timezone
from django.utils.translation import gettext_lazy

from inbox.dates import dated
from inbox.models import Address, Channel, Message, known_as

register = template.Library()

KNOWN_SECONDS = 30
LATE, EARLY = timedelta(days=7), timedelta(minutes=10)  # a mail may wait on its way, and clocks differ a little
SHOWN = 200_000  # characters of a text; three megabytes in a page take a server seconds and a browser longer
WHAT_IT_IS = {
    "REQUEST": gettext_lazy("An invitation"),
    "ADD": gettext_lazy("An invitation"),
    "CANCEL": gettext_lazy("Cancelled"),
    "COUNTER": gettext_lazy("Another time is proposed"),
    "REPLY": gettext_lazy("An answer to an invitation"),
}
ANSWERS = {
    "ACCEPTED": gettext_lazy("An answer: accepted"),
    "DECLINED": gettext_lazy("An answer: declined"),
    "TENTATIVE": gettext_lazy("An answer: perhaps"),
}


@register.filter
def claimed(message: Message) -> datetime | None:
    """When its sender says it was sent, where that is not near to when the provider took it in."""
    if message.sent_at is None or -EARLY <= message.happened_at - message.sent_at <= LATE:
        return None
    return message.sent_at


@register.filter
def is_of_ours(sender: Address | None) -> bool:
    """Whether it came from a mailbox of ours: a colleague, a form of our site, or somebody who says so."""
    if sender is None or sender.kind != "email":
        return False
    ours: set[str] = cache.get_or_set("mailboxes", _mailboxes, KNOWN_SECONDS) or set()
    return sender.value in ours


def _mailboxes() -> set[str]:
    addresses = Channel.objects.filter(kind="email").values_list("address", flat=True)
    return {known_as("email", address) for address in addresses}


@register.filter
def beginning(text: str) -> str:
    """As much of a text as a page can hold."""
    return text[:SHOWN]


@register.filter
def goes_on(text: str) -> bool:
    """Whether a text is longer than what `beginning` shows of it."""
    return len(text) > SHOWN


@register.filter
def what_it_is(appointment: Mapping[str, str]) -> str:
    """Invitation, answer or cancellation; empty for what is merely told."""
    said = ANSWERS.get(appointment.get("answer", "")) or WHAT_IT_IS.get(appointment.get("method", ""))
    return str(said) if said else ""


@register.filter
def span(appointment: Mapping[str, str]) -> str:
    """From when to when, in the reader's zone, and when that begins in the one it was written in if it is another."""
    starts, ends = _instant(appointment.get("starts_at")), _instant(appointment.get("ends_at"))
    if starts is None:
        return ""
    if appointment.get("all_day"):
        # RFC 5545, 3.6.1: the end is the day after the last one; whole days are the same in every zone.
        return _from_to(starts.date(), ends.date() - timedelta(days=1) if ends else None)
    local = timezone.localtime(starts)
    shown = _hours(local, timezone.localtime(ends) if ends else None)
    zone = appointment.get("timezone", "")
    there = starts.astimezone(ZoneInfo(zone)) if zone in available_timezones() else local
    return shown if there.utcoffset() == local.utcoffset() else f"{shown} ({there:%H:%M} {zone})"


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _from_to(first: date, last: date | None) -> str:
    days = [first, last] if last and last > first else [first]
    return " – ".join(dated(day, "DATE_FORMAT") for day in days)


def _hours(starts: datetime, ends: datetime | None) -> str:
    shown = dated(starts, "DATETIME_FORMAT")
    if ends is None or ends <= starts:
        return shown
    same_day = ends.date() == starts.date()
    return f"{shown} – {dated(ends, 'TIME_FORMAT' if same_day else 'DATETIME_FORMAT')}"
