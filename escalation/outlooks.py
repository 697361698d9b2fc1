"""Where people will be missing, kept with each team's calendar: computed when a plan has changed, and once a day."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from escalation.models import TeamCalendar
from escalation.rosters import gaps
from escalation.shifts import Gap
from inbox import hot

AHEAD = timedelta(days=16)  # to the end of next week by anybody's clock, and a day more until it is computed again
AT_LEAST_EVERY = timedelta(days=1)
SOMETHING_DUE = "SELECT FROM escalation_teamcalendar WHERE outlook_until IS NULL OR outlook_until <= %s LIMIT 1"


def changed(agents: Iterable[int]) -> None:
    """The plans of these people have changed: the outlook of their teams is another one. Call in its transaction."""
    TeamCalendar.objects.filter(team__memberships__agent__in=set(agents)).update(outlook_until=None)


def all_changed() -> None:
    """Who works where has changed."""
    TeamCalendar.objects.update(outlook_until=None)


def run(now: datetime) -> None:
    """Compute what is due. What changes meanwhile waits for this one, and is due again after it."""
    if not hot.fetch(SOMETHING_DUE, [now]):
        return
    with transaction.atomic():
        due = TeamCalendar.objects.filter(Q(outlook_until=None) | Q(outlook_until__lte=now)).select_related("team")
        calendars = list(due.select_for_update(no_key=True, skip_locked=True, of=("self",)))
        found = gaps([calendar.team for calendar in calendars], now, now + AHEAD) if calendars else {}
        for calendar in calendars:
            calendar.gaps = [
                (gap.starts.isoformat(), gap.ends.isoformat(), gap.missing) for gap in found.get(calendar.pk, [])
            ]
            calendar.outlook_until = now + AT_LEAST_EVERY
        TeamCalendar.objects.bulk_update(calendars, ["gaps", "outlook_until"])


def of(calendar: TeamCalendar, now: datetime, end: datetime) -> list[Gap]:
    """What of it lies between two instants."""
    known = [Gap(datetime.fromisoformat(a), datetime.fromisoformat(b), people) for a, b, people in calendar.gaps]
    return [Gap(max(gap.starts, now), gap.ends, gap.missing) for gap in known if gap.ends > now and gap.starts < end]
