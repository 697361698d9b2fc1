"""The panel of a conversation in which a promise is made, and which says when one is due."""

from datetime import datetime

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, override
from django.views.decorators.http import require_http_methods

from escalation import promises
from escalation.estimates import HOUR
from escalation.informing import written
from escalation.models import Promise
from inbox.errors import Invalid, Refusal
from inbox.models import Conversation, State
from inbox.permissions import Can, may
from inbox.web.requests import agent_of, conversation_of

SOON = HOUR  # so long before its time an update is proposed


@login_required
@require_http_methods(["GET", "POST"])
def panel(request: HttpRequest, number: int) -> HttpResponse:
    """What was promised, the time to promise now, and, where a promise or an update is due, words for one."""
    conversation = conversation_of(request, number)
    now, refusal = timezone.now(), ""
    if request.method == "POST":
        try:
            promises.promise(conversation, _time(request), by=agent_of(request), now=now)
        except Refusal as refused:
            refusal = str(refused)
        conversation.refresh_from_db()
    standing = promises.standing_in(conversation.pk) if conversation.promise_at else None
    proposed = promises.proposed(conversation, now)
    context = {
        "conversation": conversation,
        "may_promise": conversation.state != State.SOLVED and may(agent_of(request), Can.REPLY, conversation),
        "standing": standing,
        "proposed": proposed.at,
        "ground": proposed.ground.name,
        "words": _words(conversation, proposed.at, now),
        "telling": _telling(conversation, standing),
        "refusal": refusal,
        "now": now,
    }
    return render(request, "escalation/promise.html", context, status=400 if refusal else 200)


def _time(request: HttpRequest) -> datetime:
    try:
        local = datetime.fromisoformat(request.POST.get("until", ""))
    except ValueError as error:
        raise Invalid(gettext_noop("Write a day and a time.")) from error
    return local if local.tzinfo else timezone.make_aware(local)


def _words(conversation: Conversation, proposed: datetime, now: datetime) -> str:
    """An honest update to send, in the customer's language, where he expects one by now or has heard nothing.

    The time in it is promised with the answer in which it is sent.
    """
    due = conversation.promise_at is not None and conversation.promise_at - now < SOON
    owes = conversation.owes_update_at is not None and conversation.owes_update_at <= now
    if conversation.state == State.SOLVED or not (due or owes):
        return ""
    with override("ru" if conversation.customer.language == "ru" else "en"):
        said = _("We are still working on your question %(number)s. You will hear from us by %(time)s.")
        when = written(conversation, proposed)
        return said % {"number": conversation.label, "time": when}


def _telling(conversation: Conversation, standing: Promise | None) -> str:
    """Words that tell him of the promise, in his language, until somebody has said something since he wrote."""
    if standing is None or standing.told_at or conversation.we_spoke_last:
        return ""
    with override("ru" if conversation.customer.language == "ru" else "en"):
        return _("You will hear from us by %(time)s.") % {"time": written(conversation, standing.due_at)}
