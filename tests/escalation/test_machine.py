"""Whatever happens in whatever order: each problem stands where the plain model says, and what must hold holds."""

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from escalation import rostering, sweep
from escalation.models import Climb, Policy, Step
from inbox.desk import presence, solve
from inbox.desk.anew import look_anew
from inbox.desk.pass_on import pass_up
from inbox.desk.take import accept, take_over
from inbox.desk.teams import set_level
from inbox.errors import Refusal
from inbox.models import Agent, Conversation, Interval, Membership, Role
from reports.invariants import violations
from tests.escalation.model import TOP, Company, Problem
from tests.inbox.desk_of_five import NOW, answer_to, five, mail

WHICH = st.integers(min_value=0, max_value=1000)
CAPACITY = 2
POLICIES: list[list[tuple[int, float]]] = [[(3, 20)], [(2, 4), (3, 20)], [(2, 1), (3, 6)], []]
OVERDUE = "nothing overdue stays below its level for more than one sweep"
# Where a worker may die: before or after each of the things that a sweep writes.
DIES_IN = ["looking.write_due", "looking.raise_due", "climbing.climb", "routing.hand", "handover.hand"]


class Crash(BaseException):
    """The process dies in the middle of a transaction; nothing of ours catches it."""


class Desk(RuleBasedStateMachine):
    """Carla writes; ada, sam and kim take turns and answer; max holds the top. All have room for two."""

    def __init__(self) -> None:
        super().__init__()
        self._transaction = transaction.atomic()
        self._transaction.__enter__()
        self.desk = five()
        self.model = Company(CAPACITY, POLICIES[0])
        Membership.objects.create(agent=self.desk.kim, team=self.desk.team, role=Role.AGENT)
        Agent.objects.update(capacity=CAPACITY)
        self.staff = {a.name: Agent.objects.get(pk=a.pk) for a in (self.desk.ada, self.desk.sam, self.desk.kim)}
        set_level(1, name="Front line", holder=self.desk.sam, deputy=None, by=None, now=NOW)
        set_level(2, name="Lead", holder=self.desk.sam, deputy=self.desk.max, by=None, now=NOW)
        set_level(TOP, name="Executive", holder=self.desk.max, deputy=self.desk.kim, by=None, now=NOW)
        self._policy_is(POLICIES[0])
        self.roots: list[str] = []
        self.conversations: list[int] = []
        self.swept = True

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self._transaction.__exit__(None, None, None)

    # -- the customer

    @initialize(here=st.sets(st.sampled_from(["Ada", "Sam", "Kim"]), min_size=2), waiting=st.integers(0, 8))
    def a_day_begins(self, here: set[str], waiting: int) -> None:
        """Mostly with more than fits, else nobody's room would ever be short."""
        self._write(waiting)
        for who in sorted(here):
            self.somebody_comes(who)

    @rule(times=st.integers(min_value=1, max_value=4))
    def she_writes_about_something_new(self, times: int) -> None:
        self._write(times)
        self._sweeps()

    @precondition(lambda self: self.conversations)
    @rule(which=WHICH)
    def she_answers(self, which: int) -> None:
        place = which % len(self.conversations)
        problem = self.model.problems[place]
        received = self.desk.receives(answer_to(self.roots[place]))
        if problem.is_over(self.desk.clock):
            self._comes(received.conversation, self.roots[place])
        else:
            assert received.conversation == self.conversations[place]
            problem.written(self.desk.clock)
        self._sweeps()

    # -- people

    @precondition(lambda self: self.conversations and "Ada" in self.model.here)
    @rule(which=WHICH)
    def ada_answers(self, which: int) -> None:
        row, problem = self._chosen(which)
        self.desk.answers(row)
        if problem.state != "solved":
            problem.owner = problem.owner or "Ada"
        problem.answered(self.desk.clock)
        self._sweeps()

    @precondition(lambda self: self.conversations)
    @rule(which=WHICH)
    def max_solves_it(self, which: int) -> None:
        row, problem = self._chosen(which)
        could = self._tries(solve.solve, row, by=self.desk.max, now=self.desk.later())
        assert could == (problem.state != "solved")
        if could:
            problem.solved(self.desk.clock)
        self._sweeps()

    @precondition(lambda self: self.conversations)
    @rule(which=WHICH)
    def max_opens_it_again(self, which: int) -> None:
        row, problem = self._chosen(which)
        could = self._tries(solve.open_again, row, by=self.desk.max, now=self.desk.later())
        assert could == (problem.state == "solved")
        if could:
            problem.opened_again(self.desk.clock)
        self._sweeps()

    @precondition(lambda self: self.conversations)
    @rule(which=WHICH)
    def max_puts_it_aside(self, which: int) -> None:
        row, problem = self._chosen(which)
        until = self.desk.later() + timedelta(days=30)
        if self._tries(solve.snooze, row, by=self.desk.max, until=until, now=self.desk.clock):
            problem.put_aside()
        self._sweeps()

    @precondition(lambda self: self.conversations and "Ada" in self.model.here)
    @rule(which=WHICH)
    def ada_passes_it_up(self, which: int) -> None:
        row, problem = self._chosen(which)
        could = self._tries(pass_up, row, by=self.desk.ada, note="He is right.", reason="rights", now=self.desk.later())
        assert could == (problem.state != "solved" and problem.level < TOP)
        if could:
            problem.passed_up(self.desk.clock)
        self._sweeps()

    @precondition(lambda self: self.conversations and "Sam" in self.model.here)
    @rule(which=WHICH)
    def sam_takes_it_over(self, which: int) -> None:
        row, problem = self._chosen(which)
        could = self._tries(take_over, row, by=self.desk.sam, now=self.desk.later())
        assert could == (problem.state != "solved" and problem.level < TOP and problem.owner != "Sam")
        if could:
            problem.owner = "Sam"
        self._sweeps()

    @precondition(lambda self: self.conversations)
    @rule(which=WHICH)
    def its_owner_accepts_it(self, which: int) -> None:
        row, problem = self._chosen(which)
        if problem.owner in self.model.here:
            self._tries(accept, row, by=self.staff[problem.owner], now=self.desk.later())
        self._sweeps()

    # -- shifts

    @rule(who=st.sampled_from(["Ada", "Sam", "Kim"]))
    def somebody_comes(self, who: str) -> None:
        presence.come_on_shift(self.staff[who], now=self.desk.later())
        self.model.here.add(who)
        self._sweeps()

    @precondition(lambda self: self.model.here)
    @rule(which=WHICH)
    def somebody_goes(self, which: int) -> None:
        who = sorted(self.model.here)[which % len(self.model.here)]
        presence.go_off_shift(self.staff[who], now=self.desk.later())
        self.model.here.discard(who)
        self._sweeps()

    @precondition(lambda self: "Ada" in self.model.here)
    @rule()
    def ada_is_not_there(self) -> None:
        rostering.absent(self.staff["Ada"], by=self.desk.max, now=self.desk.later())
        self.model.here.discard("Ada")
        self._sweeps()

    # -- the policy, time, and the end of workers

    @rule(steps=st.sampled_from(POLICIES))
    def the_policy_changes(self, steps: list[tuple[int, float]]) -> None:
        self._policy_is(steps)
        self._sweeps()

    @rule(hours=st.sampled_from([0.1, 0.3, 1, 3, 17, 60, 200]))
    def time_passes(self, hours: float) -> None:
        self.desk.later(hours=hours)
        self._sweeps()

    @rule(hours=st.sampled_from([1, 30, 200]))
    def the_server_is_off_for_a_while(self, hours: float) -> None:
        self.desk.later(hours=hours)
        self.swept = False

    @rule(where=st.sampled_from(DIES_IN), hours=st.sampled_from([0, 0.3, 5, 30]))
    def a_worker_dies_in_a_sweep(self, where: str, hours: float) -> None:
        self.desk.later(hours=hours)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(f"escalation.{where}", _dies)
            with suppress(Crash):
                sweep.run(self.desk.clock)
        self._sweeps()

    # -- what must hold after every step

    @invariant()
    def each_stands_where_the_model_says(self) -> None:
        rows = Conversation.objects.in_bulk(self.conversations)
        assert Conversation.objects.count() == len(self.model.problems)
        for pk, problem in zip(self.conversations, self.model.problems, strict=True):
            assert (rows[pk].state, rows[pk].level, rows[pk].cycle) == (problem.state, problem.level, problem.cycle)

    @invariant()
    def what_is_open_is_with_somebody_who_may_have_it(self) -> None:
        if not self.swept:
            return
        now = self.desk.clock
        for problem in self.model.problems:
            if problem.state != "open":
                continue
            if problem.level == TOP:
                assert problem.owner in {"Max", "Kim"}
            elif problem.level == 1 and not problem.owner:
                assert self.model.who_could_have(problem, now) == set(), "it waits though somebody has room"
            elif problem.level == 1 and self.model.here:
                assert problem.owner in self.model.here, "it is with somebody who is away"

    @invariant()
    def the_database_finds_nothing_wrong(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        found = violations(self.desk.clock)
        assert not found.keys() - (set() if self.swept else {OVERDUE}), found
        assert Climb.objects.count() == Interval.objects.filter(began_by="timed_out").count() or self._skipped_steps()

    # -- how it is done

    def _skipped_steps(self) -> bool:
        """Two steps that were due at once lead to one stretch."""
        steps = Climb.objects.values("conversation", "at").distinct().count()
        return steps == Interval.objects.filter(began_by="timed_out").count()

    def _sweeps(self) -> None:
        """The sweep runs, twice as a doubled worker would; then it is seen who got what."""
        before = {place: problem.level for place, problem in enumerate(self.model.problems)}
        self._see(before, sweeping=False)
        sweep.run(self.desk.clock)
        self.model.swept(self.desk.clock)
        sweep.run(self.desk.clock)
        self._see(before, sweeping=True)
        self.swept = True

    def _see(self, before: dict[int, int], *, sweeping: bool) -> None:
        owners = dict(Conversation.objects.values_list("pk", "owner__name"))
        for place, (pk, problem) in enumerate(zip(self.conversations, self.model.problems, strict=True)):
            lapsed = sweeping and before[place] == problem.level
            problem.moved_to(owners[pk] or "", self.model.here if lapsed else set(), self.desk.clock)

    def _policy_is(self, steps: list[tuple[int, float]]) -> None:
        Policy.objects.all().delete()
        policy = Policy.objects.create(name="The one", update_after=timedelta(hours=8))
        for level, hours in steps:
            Step.objects.create(policy=policy, level=level, after=timedelta(hours=hours))
        look_anew()
        self.model.steps = steps

    def _write(self, times: int) -> None:
        for _ in range(times):
            said = mail()
            self._comes(self.desk.receives(said).conversation, said.reference)

    def _comes(self, conversation: int, root: str) -> None:
        self.conversations.append(conversation)
        self.roots.append(root)
        self.model.problems.append(Problem(since=self.desk.clock))

    def _chosen(self, which: int) -> tuple[Conversation, Problem]:
        place = which % len(self.conversations)
        return Conversation.objects.get(pk=self.conversations[place]), self.model.problems[place]

    def _tries(self, verb: Callable[..., object], *what: Any, **how: Any) -> bool:
        """Whether it could be done."""
        try:
            verb(*what, **how)
        except Refusal:
            return False
        return True


def _dies(*_: object, **__: object) -> None:
    raise Crash


@pytest.mark.timeout(900)
@pytest.mark.usefixtures("db")
def test_whatever_happens_one_person_is_responsible_and_nothing_overdue_stays_below() -> None:
    run_state_machine_as_test(
        Desk,
        settings=settings(
            max_examples=12,
            stateful_step_count=25,
            deadline=None,
            derandomize=True,
            phases=[Phase.generate, Phase.shrink],
            suppress_health_check=list(HealthCheck),
        ),
    )


@pytest.mark.usefixtures("db")
def test_more_than_people_can_take_waits() -> None:
    """Whatever luck the search had: a company that is full to the last place, and then somebody comes and goes."""
    crowd = Desk()
    try:
        crowd.a_day_begins({"Ada", "Sam"}, waiting=2 * CAPACITY + 1)
        _holds(crowd)
        for act in (partial(crowd.she_writes_about_something_new, 1), partial(crowd.somebody_comes, "Kim")):
            act()
            _holds(crowd)
        assert [crowd.model.load(who) for who in ("Ada", "Sam", "Kim")] == [CAPACITY] * 3
        crowd.somebody_goes(0)
        _holds(crowd)
        crowd.max_solves_it(0)
        _holds(crowd)
    finally:
        crowd.teardown()


def _holds(desk: Desk) -> None:
    desk.each_stands_where_the_model_says()
    desk.what_is_open_is_with_somebody_who_may_have_it()
    desk.the_database_finds_nothing_wrong()
