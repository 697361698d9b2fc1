"""The people who work there, each by the verbs of the desk alone, and only while he is on shift."""

from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random
from typing import Any

from escalation import promises, rostering
from inbox import hot
from inbox.activity import activity_recorded
from inbox.desk import presence, solve
from inbox.desk.pass_on import pass_on, pass_up
from inbox.desk.reply import Draft, reply
from inbox.desk.take import accept, give_back, take_over
from inbox.errors import Refusal
from inbox.models import Activity, Agent, Cause, Conversation, State
from tests.simulation.company import Company
from tests.simulation.customers import Customers
from tests.simulation.world import World

BY_SYSTEM = {Cause.ROUTED, Cause.SHIFT_END, Cause.ABSENCE}
# What somebody does with a problem when its turn has come, and how often.
ACTS = {"asks": 38, "answers": 38, "passes_on": 8, "passes_up": 3, "snoozes": 5, "promises": 4, "leaves_it": 4}
AT_LEVEL = {"asks": 20, "answers": 75, "leaves_it": 5}
NOT_ACCEPTED, VANISHES, STEPS_AWAY = 0.05, 0.01, 0.1
HEARTBEAT = timedelta(minutes=20)
CLOSES_AFTER = timedelta(hours=48)  # what a customer does not answer
# What comes first on his list: it falls due before all else of his that needs him.
NEXT = """
WHERE t.owner_id = %(agent)s AND t.state = 'open' AND NOT t.id = ANY(%(left)s::bigint[])
ORDER BY t.climbs_at ASC NULLS LAST, t.opened_at, t.id LIMIT 1
"""
SNOOZES_NO_LONGER = "SELECT FROM inbox_conversation WHERE id = %s AND snoozed_until <= %s"


class Staff:
    """Hears of the log, as a person hears of it on his screen, and acts on it some time later."""

    def __init__(self, company: Company, world: World, customers: Customers, chance: Random) -> None:
        self._company, self._world, self._customers, self._chance = company, world, customers, chance
        self._owner: dict[int, int | None] = {}
        self._here: set[int] = set()
        self._at_work: set[int] = set()
        self._left: dict[int, set[int]] = defaultdict(set)  # what each does not come to in this shift
        self._shift: Counter[int] = Counter()  # how many each has had: what was begun in one ends with it
        self._done_at: dict[int, datetime] = {}  # with what he has in hand
        activity_recorded.connect(self._hears, sender=Activity)

    def goes_home(self) -> None:
        """It is over: hear no more."""
        activity_recorded.disconnect(self._hears, sender=Activity)

    def _hears(self, activity: Activity, **_: Any) -> None:
        data, conversation = activity.data, activity.conversation_id
        if activity.verb == "came_on_shift":
            self._comes(data["agent"])
        elif activity.verb == "went_off_shift":
            self._here.discard(data["agent"])
        elif conversation is not None and activity.verb == "received":
            self._needs_its_owner(conversation)
        elif conversation is not None and activity.verb == "solved":
            self._customers.was_solved(conversation)
        elif conversation is not None and activity.verb in Cause.values:
            self._world.given |= activity.verb in BY_SYSTEM
            self._belongs(conversation, data.get("owner"))
            if activity.actor_id is None:
                self._soon(3, 12, lambda: self._accepts(conversation))

    def _belongs(self, conversation: int, owner: int | None) -> None:
        self._owner[conversation] = owner
        self._needs_its_owner(conversation)

    def _comes(self, agent: int) -> None:
        self._here.add(agent)
        self._shift[agent] += 1
        self._left[agent].clear()
        self._at_work.discard(agent)
        if self._chance.random() < VANISHES:
            self._here.discard(agent)  # his shift begins, but he does not
            return
        self._sits_down(agent)
        self._soon(20, 20, lambda: self._is_seen(agent))
        if self._chance.random() < STEPS_AWAY:
            self._soon(60, 200, lambda: self._steps_away(agent))
        if any(agent == lead.pk for lead in self._company.supervisors.values()):
            self._soon(60, 120, lambda: self._watches(agent))

    def _needs_its_owner(self, conversation: int) -> None:
        """Something is new in it: he has it before him again, though he had left it."""
        if agent := self._owner.get(conversation):
            self._left[agent].discard(conversation)
            self._sits_down(agent)

    def _sits_down(self, agent: int) -> None:
        """Who is here and has nothing in hand begins with what comes first on his list."""
        if agent in self._here and agent not in self._at_work:
            self._at_work.add(agent)
            self._done_at[agent] = self._world.now
            self._takes_the_next(agent)

    def _takes_the_next(self, agent: int) -> None:
        self._done_at[agent] += timedelta(minutes=2 + self._chance.expovariate(1 / 4))
        shift = self._shift[agent]
        self._world.at(self._done_at[agent], lambda: self._works(agent, shift))

    def _works(self, agent: int, shift: int) -> None:
        """He does what there is to do in one, and goes on to the next; where nothing is left, he waits."""
        if agent not in self._here or self._shift[agent] != shift:
            return
        found = hot.rows(Conversation, NEXT, {"agent": agent, "left": list(self._left[agent])})
        if not found:
            self._at_work.discard(agent)
            return
        (row,) = found
        self._takes_the_next(agent)
        row.team, row.reply_channel = self._company.team(row.team_id), self._company.channel(row.reply_channel_id)
        acts = AT_LEVEL if row.level > 1 else ACTS
        (act,) = self._chance.choices(list(acts), list(acts.values()))
        try:
            getattr(self, f"_{act}")(row, self._company.people[agent])
        except Refusal:
            self._left[agent].add(row.pk)
            raise

    def _asks(self, row: Conversation, by: Agent) -> None:
        reply(row, Draft("Which one is it?"), by=by, seen_up_to=row.last_message, now=self._world.now)
        self._customers.was_answered(row.pk)
        self._world.at(self._world.now + CLOSES_AFTER, lambda: self._closes(row.pk, by.pk))

    def _answers(self, row: Conversation, by: Agent) -> None:
        draft = Draft("It comes tomorrow.", then=State.SOLVED)
        reply(row, draft, by=by, seen_up_to=row.last_message, now=self._world.now)

    def _passes_on(self, row: Conversation, by: Agent) -> None:
        words: dict[str, Any] = {"note": "He has paid.", "reason": "knowledge", "by": by, "now": self._world.now}
        if self._chance.random() < 0.5:
            pass_on(row, team=self._chance.choice(self._company.teams), **words)
        else:
            here = sorted((self._company.members[row.team_id] & self._here) - {by.pk})
            colleague = self._company.people[self._chance.choice(here)] if here else None
            pass_on(row, to=colleague, team=row.team, **words)

    def _passes_up(self, row: Conversation, by: Agent) -> None:
        pass_up(row, by=by, note="He wants his money back.", reason="rights", now=self._world.now)

    def _snoozes(self, row: Conversation, by: Agent) -> None:
        until = self._world.now + timedelta(hours=self._chance.randrange(1, 9))
        solve.snooze(row, by=by, until=until, now=self._world.now)
        self._world.at(until, lambda: self._wakes(row.pk))

    def _promises(self, row: Conversation, by: Agent) -> None:
        now = self._world.now
        promises.promise(row, promises.proposed(row, now).at, by=by, now=now)

    def _leaves_it(self, row: Conversation, by: Agent) -> None:
        """He does not find the time today, until the customer writes, or the ladder or somebody else does."""
        self._left[by.pk].add(row.pk)

    def _accepts(self, conversation: int) -> None:
        owner = self._owner.get(conversation)
        if owner in self._here and self._chance.random() > NOT_ACCEPTED:
            accept(Conversation(pk=conversation), by=self._company.people[owner], now=self._world.now)

    def _closes(self, conversation: int, agent: int) -> None:
        row = Conversation.objects.select_related("team").get(pk=conversation)
        if row.state == State.PENDING and row.owner_id == agent and row.snoozed_until is None:
            solve.solve(row, by=self._company.people[agent], now=self._world.now)

    def _wakes(self, conversation: int) -> None:
        if hot.fetch(SNOOZES_NO_LONGER, [conversation, self._world.now]):
            solve.wake_up(Conversation(pk=conversation), now=self._world.now)
            self._needs_its_owner(conversation)

    def _is_seen(self, agent: int) -> None:
        if agent in self._here:
            presence.seen(self._company.people[agent], self._world.now)
            self._world.at(self._world.now + HEARTBEAT, lambda: self._is_seen(agent))

    def _steps_away(self, agent: int) -> None:
        presence.step_away(self._company.people[agent], now=self._world.now)
        self._soon(10, 50, lambda: presence.come_back(self._company.people[agent], now=self._world.now))

    def _watches(self, agent: int) -> None:
        """A supervisor takes something over now and then, or says that somebody is not there."""
        if agent not in self._here:
            return
        self._soon(120, 240, lambda: self._watches(agent))
        now, (team,) = self._world.now, [t for t, lead in self._company.supervisors.items() if lead.pk == agent]
        lead = self._company.supervisors[team]
        if self._chance.random() < 0.02:
            held = Agent.objects.filter(memberships__team=team, memberships__role="agent", status="on_shift").first()
            if held:
                rostering.absent(held, by=lead, now=now)
        row = Conversation.objects.filter(team=team, state=State.OPEN, level=1, owner__isnull=False).order_by("pk")
        if found := row.exclude(owner=agent).first():
            take_over(found, by=lead, now=now, note="I shall see to it.")
            self._soon(30, 90, lambda: self._gives_back(found.pk, lead))

    def _gives_back(self, conversation: int, lead: Agent) -> None:
        give_back(Conversation(pk=conversation), by=lead, now=self._world.now, note="Calm again.")

    def _soon(self, least: int, most: int, happens: Callable[[], None]) -> None:
        """Some minutes from now."""
        self._world.at(self._world.now + timedelta(minutes=self._chance.uniform(least, most)), happens)
