"""Where somebody goes when he has sent an answer, as he chose on his own page."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _

from inbox.errors import Refusal
from inbox.lists import next_after
from inbox.models import AfterSending, Agent, Conversation
from inbox.outbound.outbox import UNDO_WINDOW
from inbox.views import Listed, rows_of


def onward(request: HttpRequest, conversation: Conversation, agent: Agent, view: Listed) -> HttpResponse:
    """Stay, or go on to the next one or to the list, with a way back for as long as the answer can be undone.

    `conversation` is as it was read before the answer: that is where it stood in the list.
    """
    if agent.after_sending == AfterSending.STAY:
        return redirect("inbox:conversation", view.value, conversation.number)
    back = reverse("inbox:conversation", args=[view.value, conversation.number])
    link = format_html('<a class="link" href="{}">{}</a>', back, conversation.label)
    said = _("Your answer in %(number)s goes out in a moment. Until then it can be taken back there.")
    until = (timezone.now() + UNDO_WINDOW).isoformat()  # then the sentence goes: it is true no more
    messages.success(request, format_html(said.replace("%(number)s", "{}"), link), extra_tags=until)
    goes_on = agent.after_sending == AfterSending.NEXT
    number = _next(conversation, agent, view) if goes_on else None
    return redirect("inbox:conversation", view.value, number) if number else redirect("inbox:list", view.value)


def _next(conversation: Conversation, agent: Agent, view: Listed) -> int | None:
    try:
        return next_after(conversation, rows_of(view, agent), view.order)
    except Refusal:  # of a search that nobody can understand: the list says so, and the answer is on its way
        return None
