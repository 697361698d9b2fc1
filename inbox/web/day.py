"""What somebody has done today: told where nothing else is shown."""

from datetime import datetime

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from inbox.models import Activity, Agent, Cause
from inbox.web.requests import agent_of


@login_required
@require_safe
def day(request: HttpRequest) -> HttpResponse:
    """His answers of today, and what he solved and passed on, in his own zone."""
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    return render(request, "desk/day.html", {"day": day_of(agent_of(request), midnight)})


def day_of(agent: Agent, since: datetime) -> dict[str, int]:
    """How many answers of his have left since then, and how many problems he has solved and passed on."""
    done = Activity.objects.filter(actor=agent, at__gte=since)
    rows = list(done.values_list("verb", "conversation", "data__message"))
    taken_back = {message for verb, _conversation, message in rows if verb == "send_undone"}
    return {
        "answers": len({message for verb, _conversation, message in rows if verb == "replied"} - taken_back),
        "solved": len({conversation for verb, conversation, _message in rows if verb == Cause.SOLVED}),
        "passed_on": len({conversation for verb, conversation, _message in rows if verb == Cause.PASSED_ON}),
    }
