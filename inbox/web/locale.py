"""Which language a page speaks: the person's own, else what the sign-in page was asked for, else the browser's."""

from collections.abc import Callable
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.middleware.locale import LocaleMiddleware
from django.utils import timezone, translation

from inbox.models import Agent

__all__ = ["AgentLocaleMiddleware", "LocaleMiddleware"]


class AgentLocaleMiddleware:
    """The language and the time zone a person has chosen, for all of his requests."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        agent = request.user
        if not isinstance(agent, Agent):
            return self.get_response(request)
        if agent.language:
            translation.activate(agent.language)
            request.LANGUAGE_CODE = translation.get_language()
        with timezone.override(ZoneInfo(agent.timezone)):
            return self.get_response(request)
