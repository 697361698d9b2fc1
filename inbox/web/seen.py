"""Noticing that somebody is at his desk: by what he does, and by keys and pointer that his browser tells of."""

from collections.abc import Callable

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.utils import timezone
from django.views.decorators.http import require_POST

from inbox.desk import presence
from inbox.models import Agent
from inbox.web.requests import agent_of


class SeenMiddleware:
    """Whoever posts is here. What pages ask for by themselves is never posted, so it counts for nothing."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method == "POST" and isinstance(request.user, Agent):
            presence.seen(request.user, timezone.now())
        return self.get_response(request)


@login_required
def signed_in(request: HttpRequest) -> JsonResponse:
    """Who is signed in, for a page that was left open, and the token that its forms need from now on."""
    return JsonResponse({"me": agent_of(request).pk, "token": get_token(request)})


@require_POST
def seen(request: HttpRequest) -> HttpResponse:
    """Keys or pointer were moved; the middleware has noticed it."""
    return HttpResponse(status=204)
