"""The hand-over list: who gets what, and what he must know."""

from dataclasses import dataclass

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from escalation import handover as desk
from escalation.handover import Line
from escalation.loads import people_of
from escalation.pages.presence import moved_words
from inbox.errors import Refusal
from inbox.models import Agent, Conversation, State
from inbox.permissions import Can, require
from inbox.web.requests import agent_of

SHOWN = 100
WIDTH = 200  # of a bar of load


@dataclass(frozen=True, slots=True)
class Receiver:
    """Somebody who may get something: how much he has, how much this list adds, and how much he may have."""

    agent: Agent
    load: int
    more: int
    capacity: int

    @property
    def drawn(self) -> tuple[int, int]:
        """What he has and what is added, as widths."""
        whole = max(self.capacity, 1)
        has = min(self.load, whole) * WIDTH // whole
        return has, min(self.more * WIDTH // whole, WIDTH - has)


@login_required
def handover(request: HttpRequest) -> HttpResponse:
    """Look at it, change it, or hand over now what is ticked, near the end of a shift."""
    agent = agent_of(request)
    require(agent, Can.PASS_ON)
    lines = desk.lines(agent)
    if request.method == "POST":
        return _done(request, agent, lines)
    waiting = Conversation.objects.filter(owner=agent, state=State.PENDING)
    by_team = _receivers(agent, lines)
    everybody = {each.agent.pk: each for theirs in by_team.values() for each in theirs}
    context = {
        "lines": [(line, by_team[line.conversation.team_id]) for line in lines if not line.stays],
        "stay": [line.conversation for line in lines if line.stays],
        "receivers": sorted(everybody.values(), key=lambda each: each.agent.name),
        "may_go": desk.may_go(agent, timezone.now()),
        "waiting": len(waiting.values_list("pk", flat=True)[:SHOWN]),
    }
    return render(request, "escalation/handover.html", context)


def _done(request: HttpRequest, agent: Agent, lines: list[Line]) -> HttpResponse:
    now, ticked = timezone.now(), set(request.POST.getlist("goes"))
    people = {str(each.agent.pk): each.agent for theirs in _receivers(agent, lines).values() for each in theirs}
    try:
        for line in lines:
            pk = str(line.conversation.pk)
            if not line.stays and f"note_{pk}" in request.POST:
                receiver = people.get(request.POST.get(f"to_{pk}", ""))
                note = request.POST.get(f"note_{pk}", "")
                desk.propose(line.conversation, by=agent, now=now, receiver=receiver, note=note)
        if request.POST.get("what") == "now":
            only = {line.conversation.pk for line in lines if str(line.conversation.pk) in ticked}
            messages.success(request, moved_words(desk.hand_over(agent, now=now, only=only)))
    except Refusal as refusal:
        messages.error(request, str(refusal))
    return redirect("escalation:handover")


def _receivers(agent: Agent, lines: list[Line]) -> dict[int, list[Receiver]]:
    """Who is on shift in each team of the list, but he himself."""
    here = {team: people_of(team) for team in {line.conversation.team_id for line in lines}}
    people = Agent.objects.in_bulk({person.id for theirs in here.values() for person in theirs} - {agent.pk})
    proposed = [line.proposal.receiver_id for line in lines if line.proposal and not line.stays]
    return {
        team: [
            Receiver(people[person.id], person.load, proposed.count(person.id), person.capacity)
            for person in theirs
            if person.is_member and person.id in people
        ]
        for team, theirs in here.items()
    }
