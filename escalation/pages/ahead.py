"""The part of a conversation's side pane that tells where it will climb."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from escalation.ahead import ahead_of
from inbox.web.requests import conversation_of


@login_required
@require_safe
def panel(request: HttpRequest, number: int) -> HttpResponse:
    """The rungs ahead of it, each with its hour."""
    ahead = ahead_of(conversation_of(request, number), timezone.now())
    return render(request, "escalation/ahead.html", {"ahead": ahead})
