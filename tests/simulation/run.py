"""`manage.py simulate`: the real routing, shifts and ladder, with people who are played and a clock that is turned."""

import argparse
import gc
import json
import math
import os
import sys
import time
from datetime import UTC, datetime, timedelta
from random import Random

from django.db import connection

from escalation.models import Policy, Step
from inbox import hot, wake
from inbox.desk.anew import look_anew
from tests.simulation.company import Company, found
from tests.simulation.customers import Customers
from tests.simulation.figures import Imbalance, figures
from tests.simulation.staff import Staff
from tests.simulation.world import World

# A Monday; Europe's clocks are put back on the Sunday, America's a week later.
START = datetime(2026, 10, 19, tzinfo=UTC)


def run(arguments: list[str]) -> int:
    """Print one line of JSON; fail if anything that must always hold did not."""
    parser = argparse.ArgumentParser(prog="manage.py simulate")
    parser.add_argument("--days", type=int, default=30)
    parser.add_argument("--agents", type=int, default=40)
    parser.add_argument("--per-day", type=int, default=500)
    parser.add_argument("--seed", type=int, default=7)
    given = parser.parse_args(arguments)
    began = time.monotonic()
    wake._quiet_until = math.inf  # the broker is down for all this time: what is done, the sweep does
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit = off")
    chance, world = Random(given.seed), World(START)
    company = found(given.agents, given.days, START, chance)
    customers = Customers(company, world, chance)
    staff = Staff(company, world, customers, chance)
    customers.come(given.days, given.per_day, START)
    imbalance = Imbalance(world)
    _change_policies(company, world, given.days)
    end = START + timedelta(days=given.days)
    _share_a_processor()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)  # by Python's own it looks for garbage for a seventh of the time, and finds little
    world.run(end)
    staff.goes_home()
    world.look_at_everything()
    result = figures(world, end) | {"largest_load_imbalance": imbalance.largest, "seconds": time.monotonic() - began}
    print(json.dumps(result), flush=True)
    broken = {name: count for name, count in world.violations.items() if count}
    if broken or result["longest_without_responsible_s"]:
        print(f"What must always hold did not: {broken}", file=sys.stderr)
        return 1
    return 0


def _share_a_processor() -> None:
    """Have the database's process on our own processor: each waits for the other, and is woken at once there.

    On two of them a statement waited as long for that as for its answer; a fifth of the time was gone by it.
    """
    if not hasattr(os, "sched_setaffinity"):  # systems that do not let one choose
        return
    ((server,),) = hot.fetch("SELECT pg_backend_pid()")
    ours = min(os.sched_getaffinity(0))
    for process in (0, server):
        os.sched_setaffinity(process, {ours})


def _change_policies(company: Company, world: World, days: int) -> None:
    """After a third of the time the first step counts, too; after two thirds Gold waits two hours at most for it."""
    world.at(START + timedelta(days=days / 3, hours=10), lambda: _first_step_counts(company.policy))
    world.at(START + timedelta(days=days * 2 / 3, hours=10), lambda: _gold_is_faster(company))


def _first_step_counts(policy: Policy) -> None:
    Step.objects.filter(policy=policy).update(is_on=True)
    look_anew()


def _gold_is_faster(company: Company) -> None:
    policy = Policy.objects.create(name="Gold", position=0)
    Policy.objects.exclude(pk=policy.pk).update(position=1)
    policy.plans.add(company.plans[0])
    Step.objects.create(policy=policy, level=2, after=timedelta(hours=2))
    Step.objects.create(policy=policy, level=3, after=timedelta(hours=10))
    look_anew()
