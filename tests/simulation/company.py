"""The company that is simulated: teams in several time zones, their shifts and absences, plans, policies, a ladder."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from random import Random

from connectors.email.connector import Email
from escalation.models import Change, ChangeKind, Policy, Shift, Step
from escalation.rosters import look_at
from inbox.connect import save
from inbox.desk.people import new_agent
from inbox.desk.teams import make_team, set_level
from inbox.models import Agent, Brand, Channel, Installation, Membership, Plan, Role, Team

ZONES = ("Europe/Moscow", "Europe/Berlin", "America/New_York", "Asia/Vladivostok")
TEAM_OF = 10
EVERY_DAY, WEEK, LATE_WEEK = "1234567", "12345", "34567"


@dataclass
class Company:
    """Its people by id, the teams, and who leads or holds a level and so watches over others."""

    people: dict[int, Agent]
    teams: list[Team]
    channels: list[Channel]
    supervisors: dict[int, Agent]  # by team
    members: dict[int, set[int]]  # of each team, its lead among them
    plans: list[Plan]
    policy: Policy

    def team(self, pk: int) -> Team:
        """One of its teams, without asking the database."""
        return next(team for team in self.teams if team.pk == pk)

    def channel(self, pk: int) -> Channel:
        """One of its channels, without asking the database."""
        return next(channel for channel in self.channels if channel.pk == pk)


def found(agents: int, days: int, start: datetime, chance: Random) -> Company:
    """Make it, on an empty database."""
    Installation.objects.create(created_at=start, company="Example")
    director, deputy = (new_agent(name=n, email=f"{n}@example.com", by=None, now=start) for n in ("max", "kim"))
    brand = Brand.objects.create(name="Example")
    company = Company({director.pk: director, deputy.pk: deputy}, [], [], {}, {}, _plans(director), _policy())
    for person in (director, deputy):
        Membership.objects.create(agent=person, role=Role.MANAGER)
    for place in range(max(agents // TEAM_OF, 1)):
        _team(company, place, min(TEAM_OF, agents), brand, start)
    _shifts(company, [director, deputy], start)
    leads = list(company.supervisors.values())
    set_level(1, name="Front line", holder=leads[0], deputy=None, by=None, now=start)
    set_level(2, name="Lead", holder=leads[0], deputy=leads[-1] if len(leads) > 1 else deputy, by=None, now=start)
    set_level(3, name="Executive", holder=director, deputy=deputy, by=None, now=start)
    _absences(company, days, start, chance)
    look_at(company.people, start)
    return company


def _team(company: Company, place: int, size: int, brand: Brand, start: datetime) -> None:
    lead = new_agent(name=f"sam{place}", email=f"sam{place}@example.com", by=None, now=start)
    team = make_team(f"Team {place}", lead=lead, by=None, now=start)
    Membership.objects.create(agent=lead, team=team, role=Role.SUPERVISOR)
    company.people[lead.pk] = company.supervisors[team.pk] = lead
    company.members[team.pk] = {lead.pk}
    for n in range(size):
        agent = new_agent(name=f"ada{place}-{n}", email=f"ada{place}-{n}@example.com", by=None, now=start)
        agent.reserved = 2
        agent.save(update_fields=["reserved"])
        Membership.objects.create(agent=agent, team=team, role=Role.AGENT)
        company.people[agent.pk] = agent
        company.members[team.pk].add(agent.pk)
    name = f"team{place}@example.com"
    fields = {"kind": "email", "name": name, "address": name, "account": name}
    channel = Channel.objects.create(brand=brand, team=team, created_at=start, **fields)
    save(channel, Email(address=name, password="secret", imap_host="localhost", smtp_host="localhost"))
    company.teams.append(team)
    company.channels.append(channel)


def _plans(manager: Agent) -> list[Plan]:
    gold = Plan.objects.create(name="Gold", weight=3, is_reserved_for=True, manager=manager)
    return [gold, Plan.objects.create(name="Business", weight=2)]


def _policy() -> Policy:
    """Twenty hours to the top; the steps below are there, but off."""
    Policy.objects.all().delete()
    policy = Policy.objects.create(name="Twenty hours")
    Step.objects.create(policy=policy, level=2, after=timedelta(hours=4), is_on=False)
    Step.objects.create(policy=policy, level=None, after=timedelta(hours=20))
    return policy


def _shifts(company: Company, above: list[Agent], start: datetime) -> None:
    """Agents of each team are spread over the zones, a fourth of them with a pause at noon, some at night."""
    rows = []
    for place, agent in enumerate(company.people.values()):
        zone = ZONES[place % len(ZONES)]
        days = WEEK if agent in above else (WEEK, LATE_WEEK, EVERY_DAY)[place % 3 if place % 9 else 2]
        hours = [(9, 13), (14, 18)] if place % 4 == 1 else [(22, 6)] if place % 10 == 7 else [(9, 17)]
        for day in days:
            for first, last in hours:
                about = {"weekday": int(day), "starts": time(first), "ends": time(last), "timezone": zone}
                rows.append(Shift(agent=agent, since=start.date() - timedelta(days=7), **about))
    Shift.objects.bulk_create(rows)


def _absences(company: Company, days: int, start: datetime, chance: Random) -> None:
    """Days off, illness, and swaps, planned before it begins."""
    people = list(company.people.values())
    rows = []
    for agent in people:
        for _ in range(max(days // 10, 1)):
            first = start + timedelta(days=chance.randrange(days), hours=chance.randrange(24))
            kind = chance.choice([ChangeKind.DAY_OFF, ChangeKind.SICK, ChangeKind.SWAP, ChangeKind.EXTRA])
            lasts = {ChangeKind.SICK: 60, ChangeKind.EXTRA: 4}.get(kind, 24)
            instead = chance.choice([p for p in people if p != agent]) if kind == ChangeKind.SWAP else None
            about = {"starts_at": first, "ends_at": first + timedelta(hours=lasts), "at": start}
            rows.append(Change(agent=agent, kind=kind, instead=instead, **about))
    Change.objects.bulk_create(rows)
