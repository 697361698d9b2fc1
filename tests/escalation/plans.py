"""Plans of people, as tests write them."""

from datetime import UTC, date, datetime, time

from escalation.models import Change, ChangeKind, Cover, Shift, TeamCalendar
from escalation.rosters import look_at
from inbox.models import Agent, Team

# 2 November 2026, on which the tests' clock stands at nine, is a Monday.
ALWAYS = date(2026, 1, 1)


def at(text: str) -> datetime:
    """An instant in UTC: `03T17:00` is the third of November."""
    full = text if len(text) > 8 else f"2026-11-{text}"
    return datetime.fromisoformat(full).replace(tzinfo=UTC)


def works(agent: Agent, starts: str, ends: str, *, days: str = "1234567", zone: str = "UTC", **more: object) -> None:
    """He works so on these days of the week."""
    for day in days:
        values = {"since": ALWAYS, "timezone": zone, **more}
        Shift.objects.create(
            agent=agent,
            weekday=int(day),
            starts=time.fromisoformat(starts),
            ends=time.fromisoformat(ends),
            **values,
        )
    look_at([agent.pk], at("2026-01-01T00:00"))


def otherwise(agent: Agent, kind: ChangeKind, starts: str, ends: str, instead: Agent | None = None) -> Change:
    """It is otherwise in this stretch."""
    values = {"starts_at": at(starts), "ends_at": at(ends), "at": at("01T00:00"), "instead": instead}
    change = Change.objects.create(agent=agent, kind=kind, **values)
    look_at([agent.pk, *([instead.pk] if instead else [])], at("2026-01-01T00:00"))
    return change


def needs(team: Team, starts: str, ends: str, *, people: int = 1, days: str = "1234567", **calendar: str) -> None:
    """So many people must be there."""
    TeamCalendar.objects.update_or_create(team=team, defaults=calendar)
    for day in days:
        Cover.objects.create(
            team=team,
            weekday=int(day),
            starts=time.fromisoformat(starts),
            ends=time.fromisoformat(ends),
            people=people,
        )
