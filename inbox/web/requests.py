"""Reading what a browser sent."""

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404

from inbox.models import Agent, Conversation
from inbox.permissions import visible_to


def agent_of(request: HttpRequest) -> Agent:
    """Who is signed in. Raise Http404 for nobody: the view forgot to ask."""
    if not isinstance(request.user, Agent):
        raise Http404
    return request.user


def conversation_of(request: HttpRequest, number: int) -> Conversation:
    """A conversation he may see. Raise Http404 for all others: that it exists is nobody's business either."""
    rows = visible_to(agent_of(request)).select_related("channel", "reply_channel__brand", "customer__plan", "team")
    return get_object_or_404(rows.select_related("owner", "address", "merged_into"), number=number)
