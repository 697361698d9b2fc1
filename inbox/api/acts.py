"""What people do with a conversation. Each address is one verb of the desk, and answers with the conversation after."""

from collections.abc import Callable
from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext_noop
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import api_view
from rest_framework.request import Request
from rest_framework.response import Response

from inbox.api.access import caller, conversation_of
from inbox.api.bodies import Nothing, Strict, read
from inbox.api.conversations import WholeConversationShape, shown
from inbox.api.refusals import RefusalShape
from inbox.desk import pass_on as passing_on
from inbox.desk import settle, solve, take
from inbox.errors import Invalid
from inbox.models import Agent, Conversation, Delivery, Reason, Team

ANSWERS = {200: WholeConversationShape, **dict.fromkeys((400, 403, 404, 409), RefusalShape)}
LARGEST_ID = 2**63 - 1
DECISIONS = {"arrived": settle.it_arrived, "again": settle.send_again, "discard": settle.discard}


class PassOnBody(Strict):
    """Who gets it, and what he must know. Either `agent` or `team`, or both: that person, in that team."""

    agent = serializers.IntegerField(min_value=1, max_value=LARGEST_ID, required=False)
    team = serializers.IntegerField(min_value=1, max_value=LARGEST_ID, required=False)
    note = serializers.CharField(help_text="For the next one, so that he need not ask the customer again.")
    reason = serializers.ChoiceField(choices=Reason.choices)


class PassUpBody(Strict):
    """Why it must go up, and what the next one must know."""

    note = serializers.CharField(help_text="For the next one, so that he need not ask the customer again.")
    reason = serializers.ChoiceField(choices=Reason.choices)


class GiveBackBody(Strict):
    """A note for whoever had it before."""

    note = serializers.CharField()


class TakeOverBody(Strict):
    """A note for the colleague it is taken from."""

    note = serializers.CharField(default="", allow_blank=True)


class WaitBody(Strict):
    """Until when nothing is to be done; without it, until the customer writes."""

    until = serializers.DateTimeField(required=False)


class DecisionBody(Strict):
    """What a person knows about a sending: it arrived, send the very same bytes again, or give it up."""

    decision = serializers.ChoiceField(choices=list(DECISIONS))


def act(name: str, verb: Callable[..., Any], body: type[Strict] = Nothing) -> Callable[..., Any]:
    """An address for a verb that takes the conversation, the caller, the clock, and the values of the body."""

    @extend_schema(operation_id=name, request=body, responses=ANSWERS, description=(verb.__doc__ or "").split("\n")[0])
    @api_view(["POST"])
    def view(request: Request, number: int) -> Response:
        conversation = conversation_of(request, number)
        verb(conversation, **read(body, request.data), by=caller(request), now=timezone.now())
        return Response(shown(conversation_of(request, number)))

    answering: Callable[..., Any] = view
    return answering


def _wait(conversation: Conversation, *, until: Any = None, **who_and_when: Any) -> None:
    """It is the customer's turn, or, with `until`, nothing is to be done before then."""
    if until is None:
        solve.wait_for_customer(conversation, **who_and_when)
    else:
        solve.snooze(conversation, until=until, **who_and_when)


def _pass_on(
    conversation: Conversation, *, note: str, reason: str, agent: int = 0, team: int = 0, **who_and_when: Any
) -> None:
    """Give it to a person, or to a team's queue, with a note for the next one."""
    to = Agent.objects.filter(pk=agent, is_active=True).first()
    goes_to = Team.objects.filter(pk=team).first()
    if (agent and not to) or (team and not goes_to):
        raise Invalid(gettext_noop("Say who gets it: a person or a team."))
    passing_on.pass_on(conversation, to=to, team=goes_to, note=note, reason=reason, **who_and_when)


take_it = act("take", take.take)
take_over = act("take_over", take.take_over, TakeOverBody)
accept = act("accept", take.accept)
pass_on = act("pass_on", _pass_on, PassOnBody)
pass_up = act("pass_up", passing_on.pass_up, PassUpBody)
give_back = act("give_back", take.give_back, GiveBackBody)
solve_it = act("solve", solve.solve)
open_again = act("open_again", solve.open_again)
wait = act("wait", _wait, WaitBody)
needs_us = act("needs_us", solve.needs_us)


@extend_schema(operation_id="decide_delivery", request=DecisionBody, responses=ANSWERS)
@api_view(["POST"])
def decide(request: Request, number: int, delivery: int) -> Response:
    """Decide a sending of which nobody knows whether it arrived, or that failed."""
    chosen = get_object_or_404(Delivery, conversation=conversation_of(request, number), pk=delivery)
    decision = read(DecisionBody, request.data)["decision"]
    DECISIONS[decision](chosen, by=caller(request), now=timezone.now())
    return Response(shown(conversation_of(request, number)))
