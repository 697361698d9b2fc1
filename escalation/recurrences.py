"""Repeated events of a calendar (RFC 5545, 3.8.5): the single ones they come to in a window of time."""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime

import recurring_ical_events
from django.utils.translation import gettext_noop
from icalendar import Calendar, Component

from inbox.errors import Invalid

FREQUENCIES = {"DAILY", "WEEKLY", "MONTHLY", "YEARLY"}
WITHIN_A_DAY = ("BYHOUR", "BYMINUTE", "BYSECOND")
OF_SERIES = re.compile(r"(.+)/\d{8}(?:T\d{6})?")


def is_repeated(event: Component) -> bool:
    """Whether it stands for several, or is one of several that differs from the rest."""
    return any(name in event for name in ("rrule", "rdate", "recurrence-id"))


def occurrences(series: Sequence[Component], start: datetime, end: datetime) -> Iterator[tuple[str, Component]]:
    """What the events of one UID come to between two instants: each by a name of its own that stays the same.

    Days that are left out (EXDATE) and single ones that differ (RECURRENCE-ID) are as the file says. Raise Invalid with
    its title for a rule that makes no sense, or that repeats within a day: no calendar of days off needs that.
    """
    title = str(series[0].get("summary", ""))[:200]
    wrong = Invalid(gettext_noop("“%(title)s” is repeated in a way that makes no sense."), title=title)
    if not all(_is_of_days(rule) for event in series for rule in _rules(event)):
        raise wrong
    calendar = Calendar()
    for event in series:
        calendar.add_component(event)
    try:
        for event in recurring_ical_events.of(calendar).between(start, end):
            yield _name(event), event
    except (ValueError, KeyError, IndexError, AttributeError, TypeError, OverflowError) as error:
        raise wrong from error


def series_of(name: str) -> str:
    """The UID of the series to which one of this name belongs; empty for the name of a single event."""
    found = OF_SERIES.fullmatch(name)
    return found[1] if found else ""


def _rules(event: Component) -> Iterable[object]:
    rules = event.get("rrule") or []
    return rules if isinstance(rules, list) else [rules]


def _is_of_days(rule: object) -> bool:
    """Whether it comes at most once a day."""
    if not isinstance(rule, dict) or any(name in rule for name in WITHIN_A_DAY):
        return False
    return {str(each).upper() for each in rule.get("FREQ", [""])} <= FREQUENCIES


def _name(event: Component) -> str:
    """The UID, and which of its series it is: by when it was to begin at first, wherever it was moved."""
    first = event.decoded("recurrence-id", None) or event.decoded("dtstart")
    if isinstance(first, datetime):
        return f"{event['uid']}/{first:%Y%m%dT%H%M%S}"
    if isinstance(first, date):
        return f"{event['uid']}/{first:%Y%m%d}"
    raise ValueError
