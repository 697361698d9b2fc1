"""Reading what a browser sent."""

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404

from inbox.desk.judge import Insisting
from inbox.lists import View
from inbox.models import Agent, Conversation, Customer, Team
from inbox.permissions import may_see, visible_to
from inbox.views import Listed, listed


def agent_of(request: HttpRequest) -> Agent:
    """Who is signed in. Raise Http404 for nobody: the view forgot to ask."""
    if not isinstance(request.user, Agent):
        raise Http404
    return request.user


def conversation_of(request: HttpRequest, number: int) -> Conversation:
    """A conversation he may see. Raise Http404 for all others: that it exists is nobody's business either."""
    # What most do not have (a plan, a topic, a post, one into which it was merged) is asked for where there is one.
    rows = Conversation.objects.select_related("channel", "customer", "address", "team", "owner")
    found = get_object_or_404(rows, number=number)
    if found.reply_channel_id == found.channel_id:
        found.reply_channel = found.channel
    if not may_see(agent_of(request), found):
        raise Http404
    return found


def customer_of(request: HttpRequest, number: int) -> Customer:
    """A customer of whose conversations he may see at least one. Raise Http404 for all others."""
    seen = visible_to(agent_of(request))
    found = get_object_or_404(Customer.objects.select_related("merged_into", "plan"), number=number)
    if not seen.filter(customer=found.merged_into_id or found.pk).exists():
        raise Http404
    return found


def customer_number(written: str) -> int:
    """A customer's number as people write it, C-1001 or 1001, the C of either alphabet; 0 for what is none."""
    digits = written.strip().upper().removeprefix("C-").removeprefix("С-")
    return int(digits) if digits.isdecimal() and len(digits) < 18 else 0


def view_of(name: str, agent: Agent) -> Listed:
    """The list that a page stands beside; all open ones for a name that is none of his."""
    return listed(name, agent) or Listed(View.OPEN.value, str(View.OPEN.label), base=View.OPEN.value)


def insisting_of(request: HttpRequest) -> Insisting:
    """What he answers to guidelines that are against his text: those he was shown, and why it is sent all the same."""
    seen = {int(value) for value in request.POST.getlist("seen") if value.isdecimal() and len(value) < 19}
    reason, words = request.POST.get("override_reason", ""), request.POST.get("override_words", "")
    return Insisting(seen=frozenset(seen), reason=reason, words=words)


def receiver_of(code: str) -> Agent | Team | None:
    """A person (`agent:3`) or a team's queue (`team:2`); None for what is neither."""
    kind, _sep, pk = code.partition(":")
    if not pk.isdecimal() or len(pk) > 18:
        return None
    if kind == "agent":
        return Agent.objects.filter(pk=int(pk)).first()
    return Team.objects.filter(pk=int(pk)).first() if kind == "team" else None


def code_of(receiver: Agent | Team | None) -> str:
    """A receiver as `receiver_of` reads him; empty for nobody."""
    if receiver is None:
        return ""
    return f"{'agent' if isinstance(receiver, Agent) else 'team'}:{receiver.pk}"
