"""Times as templates show them, in the reader's zone. Never "ago": what one reads must still be true in an hour."""

from datetime import datetime, time, timedelta

from django import template
from django.utils import formats, timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from inbox.dates import dated

register = template.Library()
register.filter(dated)

TIME = '<time datetime="{}" title="{}">{}</time>'
MORNING, QUARTER = time(9), 15  # when a day's work begins; minutes
LEFT = '<time datetime="{}" title="{}" data-left>{}</time>'


@register.simple_tag
def moment(when: datetime | None) -> SafeString | str:
    """When something was, in a narrow place: today the hour, this year the day, else the date."""
    if when is None:
        return ""
    local, today = timezone.localtime(when), timezone.localtime()
    if local.date() == today.date():
        return _shown(local, "H:i")
    near = local.year == today.year and (today - local).days < 300
    return _shown(local, "j M" if near else "SHORT_DATE_FORMAT")


@register.simple_tag
def hour(when: datetime) -> SafeString:
    """The hour alone, under a line that tells the day."""
    return _shown(timezone.localtime(when), "H:i")


@register.simple_tag
def instant(when: datetime | None) -> SafeString | str:
    """A time to the minute: its hour always, its day unless that is today, its year unless it is this one."""
    if when is None:
        return ""
    local, today = timezone.localtime(when), timezone.localdate()
    if local.date() == today:
        return _shown(local, "H:i")
    return _shown(local, "j M, H:i" if local.year == today.year else "j M Y, H:i")


def put_off_to(now: datetime) -> dict[str, datetime]:
    """Until when something is mostly put aside, by the reader's clock: by what it is called."""
    local = timezone.localtime(now)
    tomorrow = datetime.combine(local.date() + timedelta(days=1), MORNING, local.tzinfo)
    monday = datetime.combine(local.date() + timedelta(days=7 - local.weekday()), MORNING, local.tzinfo)
    in_hours = local.replace(second=0, microsecond=0) + timedelta(hours=3, minutes=-local.minute % QUARTER)
    times = {_("In 3 hours"): in_hours, _("Tomorrow"): tomorrow, _("On Monday"): monday}
    return times if monday > tomorrow else {name: at for name, at in times.items() if at is not monday}


def left_until(at: datetime, now: datetime) -> SafeString:
    """What is left of a time; the page goes on telling it by itself (desk.js)."""
    return _made(LEFT, timezone.localtime(at), _left(at, now))


def _shown(local: datetime, form: str) -> SafeString:
    return _made(TIME, local, dated(local, form))


def _made(element: str, local: datetime, words: str) -> SafeString:
    return format_html(element, local.isoformat(), dated(local, "DATETIME_FORMAT"), words)


def _left(at: datetime, now: datetime) -> str:
    """What is left of a time, in the largest whole unit but one minute at least."""
    minutes = int((at - now).total_seconds() // 60)
    if minutes < 1:
        return _("0 min")
    if minutes < 60:
        return _("%(n)s min") % {"n": minutes}
    if minutes < 48 * 60:
        return _("%(n)s h") % {"n": minutes // 60}
    return _("%(n)s d") % {"n": minutes // (24 * 60)}


@register.filter
def hours_of(length: timedelta) -> str:
    """A length of time in hours, as people read it."""
    hours = round(length.total_seconds() / 3600, 1)
    return _("%(n)s h") % {"n": formats.number_format(hours, 0 if hours == int(hours) else 1)}


@register.filter
def length_of(length: timedelta) -> str:
    """A length of time in its two largest units: "3 h 08 min"; under a minute is none."""
    minutes = max(0, int(length.total_seconds() // 60))
    days, hours, rest = minutes // 1440, minutes // 60 % 24, minutes % 60
    if days:
        return _("%(d)s d %(h)s h") % {"d": days, "h": hours}
    return _("%(h)s h %(m)s min") % {"h": hours, "m": f"{rest:02}"} if hours else _("%(n)s min") % {"n": rest}


@register.filter
def iso_day(instant: str) -> str:
    """The day of an instant that stands as text, as the reader writes it."""
    return dated(timezone.localtime(datetime.fromisoformat(instant)), "SHORT_DATE_FORMAT")
