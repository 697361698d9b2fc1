"""What somebody's window shows, for those who look at the same: nothing of it is kept."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from inbox.beside import Place, say
from inbox.web.requests import agent_of, conversation_of


@login_required
@require_http_methods(["PUT"])
def beside(request: HttpRequest, window: UUID) -> HttpResponse:
    """The window shows the conversation `at`, and he writes there if it says `writes`; without `at` it shows none.

    By PUT, because it is no sign of life: windows say it again by themselves (inbox/web/seen.py).
    """
    agent, at = agent_of(request), request.GET.get("at", "")
    if at.isdecimal() and len(at) < 19:
        shown = conversation_of(request, int(at))
        place = Place(str(window), agent.pk, agent.name, shown.pk, shown.number, writes="writes" in request.GET)
    else:
        place = Place(str(window), agent.pk, agent.name, 0, 0, writes=False)
    say(place)
    return HttpResponse(status=204)
