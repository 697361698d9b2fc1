"""A refusal that no view has answered becomes a page with its sentence and its status."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from inbox.errors import Refusal


class RefusalMiddleware:
    """Show refusals as pages. One that htmx asked for takes the place of the whole page, not of a part."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code >= 400 and "HX-Request" in request.headers and "HX-Retarget" not in response:
            response["HX-Retarget"], response["HX-Reswap"] = "body", "innerMorph"
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, Refusal):
            return None
        return render(request, "refused.html", {"refusal": exception}, status=exception.status)
