"""What supervisors are warned of: gaps in the plan of this week and the next."""

from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from escalation import outlooks
from escalation.models import TeamCalendar
from inbox.alarms import Alarm
from inbox.dates import dated
from inbox.models import Agent
from inbox.permissions import Can, teams_where


def warn_of_gaps(agent: Agent, now: datetime) -> list[Alarm]:
    """One sentence for each team whose shifts he plans and whose cover has a gap until the end of next week."""
    teams = teams_where(agent, Can.PLAN_SHIFTS).filter(closed_at=None)
    today = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    end = today + timedelta(days=14 - today.weekday())
    said = _("%(team)s: %(n)s gaps in the plan until the end of next week, the first on %(day)s.")
    return [
        Alarm(None, "soon", said % {"team": each.team.name, "n": len(gaps), "day": _day(gaps[0].starts)})
        for each in TeamCalendar.objects.filter(team__in=teams).select_related("team").order_by("team__name")
        if (gaps := outlooks.of(each, now, end))
    ]


def _day(when: datetime) -> str:
    return dated(timezone.localtime(when), "D j M, H:i")
