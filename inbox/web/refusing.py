"""A refusal that no view has answered becomes a page with its sentence and its status, or is said where one asked."""

import json
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseRedirectBase
from django.shortcuts import render, resolve_url
from django.utils.translation import gettext as _
from django.views.csrf import csrf_failure

from inbox.errors import Refusal

NOT_FOR_HIM = {403, 404}


class RefusalMiddleware:
    """Show refusals as pages. What a page asked for a part of itself replaces nothing: trouble.js says it there.

    Nor does an act on what he may not see any more: what he typed for it would be lost with the page.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if _is_by_script(request) and _leads_to_signing_in(response):
            return HttpResponse(status=401)
        if response.status_code < 400 or "HX-Request" not in request.headers or "HX-Retarget" in response:
            return response
        if _is_of_a_part(request):
            return _said_there(response.status_code) if response.status_code in NOT_FOR_HIM else response
        if request.method != "GET" and response.status_code == 404:
            return _said_there(404)
        response["HX-Retarget"], response["HX-Reswap"] = "body", "innerMorph"
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, Refusal):
            return None
        return render(request, "refused.html", {"refusal": exception}, status=exception.status)


def old_token(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Django's CSRF_FAILURE_VIEW: a form's token is of before somebody signed in again, or is none of ours.

    A page that asks by itself gets the new one then, and says that nothing was sent (signed.js).
    """
    if _is_by_script(request):
        return HttpResponse(status=401)
    return csrf_failure(request, reason)


def _is_by_script(request: HttpRequest) -> bool:
    """Whether a script asks, or a picture does: it can do nothing with the page where people sign in."""
    return "HX-Request" in request.headers or request.headers.get("Sec-Fetch-Mode", "navigate") != "navigate"


def _leads_to_signing_in(response: HttpResponse) -> bool:
    return isinstance(response, HttpResponseRedirectBase) and response.url.startswith(resolve_url(settings.LOGIN_URL))


def _is_of_a_part(request: HttpRequest) -> bool:
    return request.headers.get("HX-Request-Type") == "partial"


def _said_there(status: int) -> HttpResponse:
    words = _("You may not see this any more. What stands here is from before; what you wrote can still be copied.")
    trigger = json.dumps({"otvet:refused": words})
    return HttpResponse(status=status, headers={"HX-Reswap": "none", "HX-Push-Url": "false", "HX-Trigger": trigger})
