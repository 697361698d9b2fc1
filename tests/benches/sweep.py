"""One sweep over a million open problems, ten thousand of which have waited too long; and one that finds nothing."""

import argparse
import json
import statistics
import sys
import time
from datetime import datetime, timedelta
from pathlib import Path

from django.utils import timezone

from escalation import sweep
from escalation.models import Climb
from inbox.desk.people import new_agent
from inbox.desk.teams import make_team, set_level
from inbox.models import Agent, Brand, Channel, Conversation, Installation, Interval, Membership, Role, Status
from tests.benches.backlog import pile_up
from tests.benches.plans import Statements, scans

TEAMS, PEOPLE = 4, 10
TABLES = {"inbox_conversation", "inbox_interval", "inbox_activity", "inbox_message"}
MOST_SECONDS, MOST_IDLE_MS = 60.0, 50.0
IDLE_ROUNDS = 21


def run(arguments: list[str], folder: Path) -> int:
    """Print one line of JSON; fail if a bar is missed, something was not raised, or a big table was read through."""
    parser = argparse.ArgumentParser(prog="manage.py bench sweep")
    parser.add_argument("--conversations", type=int, default=1_000_000)
    parser.add_argument("--due", type=int, default=10_000)
    given = parser.parse_args(arguments)
    now = timezone.now()
    company(now)
    pile_up(conversations=given.conversations, due=given.due, now=now)
    before = scans(TABLES)
    seconds, busy = _raised(now)
    idle, quiet = _idle(now)
    read_through = {table: count - before[table] for table, count in scans(TABLES).items() if count > before[table]}
    figures = {
        "conversations": Conversation.objects.exclude(state="solved").count(),
        "due": given.due,
        "raised": _raised_once(now),
        "seconds": round(seconds, 2),
        "idle_ms": round(statistics.median(idle), 1),
        "idle_worst_ms": round(max(idle), 1),
        "statements": len(busy.seen | quiet.seen),
        "sequential": sorted({*busy.scanned(TABLES), *quiet.scanned(TABLES)}),
        "read_through": read_through,
    }
    print(json.dumps(figures), flush=True)
    missed = _missed(figures)
    for sentence in missed:
        print(sentence, file=sys.stderr)
    return 1 if missed else 0


def company(now: datetime) -> None:
    """Forty people on shift in four teams with a channel each, and a ladder of three rungs."""
    Installation.objects.create(created_at=now)
    sam, max_, kim = (new_agent(name=n, email=f"{n}@example.com", by=None, now=now) for n in ("sam", "max", "kim"))
    brand = Brand.objects.create(name="Example")
    for place in range(TEAMS):
        team = make_team(f"Team {place}", lead=sam, by=None, now=now)
        name = f"team{place}"
        fields = {"kind": "email", "name": name, "address": name, "account": name}
        Channel.objects.create(brand=brand, team=team, created_at=now, **fields)
        for n in range(PEOPLE):
            agent = new_agent(name=f"Agent {place}-{n}", email=f"agent{place}-{n}@example.com", by=None, now=now)
            Membership.objects.create(agent=agent, team=team, role=Role.AGENT)
    Agent.objects.update(status=Status.ON_SHIFT)
    for number, holder, deputy in ((1, sam, None), (2, sam, max_), (3, max_, kim)):
        set_level(number, name=f"Level {number}", holder=holder, deputy=deputy, by=None, now=now)


def _raised(now: datetime) -> tuple[float, Statements]:
    statements = Statements()
    began = time.monotonic()
    with statements.listening():
        sweep.run(now)
    return time.monotonic() - began, statements


def _idle(now: datetime) -> tuple[list[float], Statements]:
    """How long a sweep takes that finds nothing due, in ms."""
    statements, taken = Statements(), []
    with statements.listening():
        for n in range(IDLE_ROUNDS):
            began = time.monotonic()
            sweep.run(now + timedelta(seconds=n))
            taken.append((time.monotonic() - began) * 1000)
    return taken, statements


def _raised_once(now: datetime) -> int:
    """How many stand where they should: on the top level, with whoever holds it, raised by one step."""
    there = Conversation.objects.filter(level=3, owner__name__in=["max", "kim"], climbs_at=None)
    begun = Interval.objects.filter(began_by="timed_out", ended_at=None, started_at=now).values("conversation")
    counts = {there.filter(pk__in=begun).count(), Climb.objects.filter(level=3, at=now).count()}
    return counts.pop() if len(counts) == 1 else -1


def _missed(figures: dict[str, object]) -> list[str]:
    bars = {
        f"{figures['raised']} of {figures['due']} were raised": figures["raised"] != figures["due"],
        f"it took more than {MOST_SECONDS:.0f} s": float(str(figures["seconds"])) > MOST_SECONDS,
        f"a sweep with nothing due took more than {MOST_IDLE_MS:.0f} ms": float(str(figures["idle_ms"])) > MOST_IDLE_MS,
        "a big table is read from end to end": bool(figures["sequential"] or figures["read_through"]),
    }
    return [sentence for sentence, is_so in bars.items() if is_so]
