"""Being told while all pages are closed: the service worker, and the browsers that one has switched on."""

from functools import cache
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_POST, require_safe

from connectors.webpush import Subscription, bytes_of
from inbox.connect import push_sender
from inbox.desk import browsers
from inbox.errors import Invalid
from inbox.models import Agent, Browser
from inbox.web.requests import agent_of

COOKIE = "__Host-browser" if settings.SECURE else "otvet_browser"
KEPT_FOR = 400 * 24 * 3600  # seconds; browsers keep no cookie longer
WORKER = Path(__file__).parent / "static" / "inbox" / "worker.js"
# What stands in a User-Agent, and what people call it. Most claim to be several: the first one counts.
PROGRAMS = {
    "Edg": "Edge",
    "OPR/": "Opera",
    "YaBrowser": "Yandex Browser",
    "SamsungBrowser": "Samsung Internet",
    "Firefox": "Firefox",
    "FxiOS": "Firefox",
    "Chrome": "Chrome",
    "CriOS": "Chrome",
    "Safari": "Safari",
}
SYSTEMS = {
    "Windows": "Windows",
    "Android": "Android",
    "iPhone": "iPhone",
    "iPad": "iPad",
    "CrOS": "ChromeOS",
    "Mac OS X": "macOS",
    "Linux": "Linux",
}


@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker. It stands at the root, since it may be told of no page above its own place."""
    return HttpResponse(_script(), content_type="text/javascript; charset=utf-8")


@login_required
def my_browsers(request: HttpRequest) -> HttpResponse:
    """Add this browser. By GET, what it must know first, as JSON: our key, what goes along with a POST, if it is on."""
    agent, handle = agent_of(request), handle_of(request)
    if request.method == "POST":
        return _keeping(_added(request, agent, handle))
    on = handle is not None and Browser.objects.filter(agent=agent, handle=handle).exists()
    return JsonResponse({"key": push_sender(timezone.now()).public, "token": get_token(request), "on": on})


@login_required
@require_POST
def remove(request: HttpRequest, browser_id: int) -> HttpResponse:
    """Nothing rings in this one any more."""
    browsers.remove(agent_of(request), browser_id)
    return redirect("inbox:me")


def browsers_of(agent: Agent) -> list[Browser]:
    """Those in which he is told, newest first."""
    return list(Browser.objects.filter(agent=agent).order_by("-since"))


def handle_of(request: HttpRequest) -> UUID | None:
    """What this browser keeps of itself, if it was ever switched on."""
    try:
        return UUID(request.COOKIES.get(COOKIE, ""))
    except ValueError:
        return None


def name_of(user_agent: str) -> str:
    """A browser as its owner knows it: "Firefox, Linux"."""
    found = [next((name for sign, name in known.items() if sign in user_agent), "") for known in (PROGRAMS, SYSTEMS)]
    return ", ".join(filter(None, found)) or "?"


@receiver(user_logged_out)
def _signed_out(request: HttpRequest | None, **_signal: object) -> None:
    if request and (handle := handle_of(request)):
        browsers.signed_out(handle)


@receiver(user_logged_in)
def _signed_in(request: HttpRequest | None, user: Agent, **_signal: object) -> None:
    if request and (handle := handle_of(request)):
        browsers.signed_in(user, handle)


def _added(request: HttpRequest, agent: Agent, handle: UUID | None) -> Browser:
    name = name_of(request.headers.get("User-Agent", ""))
    language = get_language() or settings.LANGUAGE_CODE
    told = _subscription(request)
    return browsers.add(agent, told, name=name, language=language, replaces=handle, now=timezone.now())


def _keeping(browser: Browser) -> HttpResponse:
    """An answer by which the browser knows from now on which one it is."""
    answer = HttpResponse(status=204)
    handle = str(browser.handle)
    answer.set_cookie(COOKIE, handle, max_age=KEPT_FOR, secure=settings.SECURE, httponly=True, samesite="Lax")
    return answer


def _subscription(request: HttpRequest) -> Subscription:
    said = request.POST
    try:
        return Subscription(said["endpoint"], bytes_of(said["key"]), bytes_of(said["secret"]))
    except (KeyError, ValueError) as error:
        raise Invalid from error


@cache
def _script() -> bytes:
    return WORKER.read_bytes()
