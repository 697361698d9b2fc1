"""Letting an account's owner open it to us on the provider's own page, and taking what comes back.

What was typed into the form waits, sealed, in the admin's session. The state that travels along works once, for ten
minutes, in that session alone; the code that comes back is worth nothing without the verifier that never left us.
"""

import secrets
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

import msgspec
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from django_htmx.http import HttpResponseClientRedirect

from connectors import meter
from connectors.contract import Chosen, Connector, Consented
from connectors.errors import ChannelError
from connectors.registry import kinds
from inbox import vault
from inbox.connect import build
from inbox.desk import channels as desk
from inbox.errors import Invalid, Refusal, described, in_words
from inbox.inbound.standing import ask_standing
from inbox.models import Brand, Channel, ProviderApp, Team
from inbox.permissions import Can, require
from inbox.web import trials
from inbox.web.requests import agent_of

WAITS = timedelta(minutes=10)
KEY = "consent"


def ask(request: HttpRequest, kind: str, connector: Connector, about: dict[str, Any], *, again: bool) -> str | None:
    """The provider's page to send the admin to; None if this account needs no consent.

    `about` says what the form said besides: name, budget, and by their ids team, brand, app and changed channel.
    """
    if not isinstance(connector, Consented):
        return None
    state, verifier = secrets.token_urlsafe(32), secrets.token_urlsafe(48)
    challenge = urlsafe_b64encode(sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    page = connector.consent_address(back=back_address(), state=state, challenge=challenge, again=again)
    if page:
        kept = {"kind": kind, "values": asdict(connector), "about": about, "state": state, "verifier": verifier}  # type: ignore[call-overload]  # a dataclass
        _keep(request, kept, timezone.now())
    return page


def leave(request: HttpRequest, page: str) -> HttpResponse:
    """Send the admin to the provider's page: as a whole, for a browser lets no part of ours follow him there."""
    return HttpResponseClientRedirect(page) if "HX-Request" in request.headers else redirect(page)


@login_required
def consented(request: HttpRequest) -> HttpResponse:
    """The owner came back from the provider's page."""
    agent = agent_of(request)
    require(agent, Can.CONNECT_CHANNELS)
    now = timezone.now()
    try:
        kept = _kept(request, now)
        connector = build(kept["kind"], kept["values"])
        if not isinstance(connector, Consented):
            raise Invalid
        connector = connector.consented(request.GET["code"], back=back_address(), verifier=kept["verifier"], now=now)
        return _go_on(request, kept, connector, now)
    except ChannelError as error:
        messages.error(request, in_words(described(error)))
    except Refusal as refusal:
        messages.error(request, str(refusal))
    return redirect("inbox:channels")


@login_required
@require_POST
def chosen(request: HttpRequest) -> HttpResponse:
    """Which of the accounts that the consent opened becomes the channel."""
    require(agent_of(request), Can.CONNECT_CHANNELS)
    now = timezone.now()
    try:
        kept = _unsealed(request, now)
        connector = build(kept["kind"], kept["values"])
        if not isinstance(connector, Chosen):
            raise Invalid
        return _go_on(request, kept, connector.choose(request.POST.get("account", "")), now)
    except ChannelError as error:
        messages.error(request, in_words(described(error)))
    except Refusal as refusal:
        messages.error(request, str(refusal))
    return redirect("inbox:channels")


def _go_on(request: HttpRequest, kept: dict[str, Any], connector: Connector, now: datetime) -> HttpResponse:
    """Connect the account, or first ask which one. Raise a ChannelError or a Refusal."""
    accounts = connector.accounts() if isinstance(connector, Chosen) else ()
    if len(accounts) == 1 and isinstance(connector, Chosen):
        connector, accounts = connector.choose(accounts[0].id), ()
    if accounts:
        _keep(request, {**kept, "values": asdict(connector)}, now)  # type: ignore[call-overload]  # a dataclass
        return render(request, "channels/choose.html", {"accounts": accounts, "kind": kept["kind"]})
    with meter.listening() as heard:
        connector.check()
    welcome(request, _connect(kept, connector, left=heard.left, request=request, now=now))
    return redirect("inbox:channels")


def welcome(request: HttpRequest, channel: Channel) -> None:
    """A channel was connected: have its provider call us, and say what is still missing."""
    messages.success(request, _("Connected. What customers write is on its way in."))
    register(request, channel)
    trials.begin_if_due(request, channel)


def register(request: HttpRequest, channel: Channel) -> None:
    """Have the provider call us, and ask how the account stands; say so if it will not."""
    try:
        if desk.subscribe(channel, now=timezone.now()):
            messages.success(request, _("The provider calls us from now on."))
        ask_standing(channel, timezone.now())
    except ChannelError as error:
        why = {"why": in_words(described(error))}
        messages.warning(request, _("The provider will not call us yet, so news come by asking: %(why)s") % why)


def _kept(request: HttpRequest, now: datetime) -> dict[str, Any]:
    """What waited in the session, once. Raise Invalid for another state, an old one, or a no of the owner."""
    if "code" not in request.GET:
        request.session.pop(KEY, "")
    kept = _unsealed(request, now)
    if not constant_time_compare(request.GET.get("state", ""), kept["state"]):
        raise Invalid(_("This answer does not belong to what you asked for. Try again."))
    return kept


def _unsealed(request: HttpRequest, now: datetime) -> dict[str, Any]:
    sealed = request.session.pop(KEY, "")
    kept: dict[str, Any] = msgspec.json.decode(vault.unseal(sealed.encode(), _place(request))) if sealed else {}
    if not kept or datetime.fromisoformat(kept["until"]) < now:
        raise Invalid(_("The provider did not let us in, or it took longer than ten minutes. Try again."))
    return kept


def _keep(request: HttpRequest, kept: dict[str, Any], now: datetime) -> None:
    plain = msgspec.json.encode({**kept, "until": now + WAITS})
    request.session[KEY] = vault.seal(plain, _place(request)).decode()


def _connect(
    kept: dict[str, Any], connector: Connector, *, left: Mapping[str, meter.Left], request: HttpRequest, now: datetime
) -> Channel:
    about = kept["about"]
    values = asdict(connector)  # type: ignore[call-overload]  # a dataclass
    named = {
        "name": about["name"],
        "team": get_object_or_404(Team, pk=about["team"]),
        "brand": get_object_or_404(Brand, pk=about["brand"]),
        "app": get_object_or_404(ProviderApp, pk=about["app"]) if about.get("app") else None,
        "monthly_cap": about.get("monthly_cap"),
        "signature": about.get("signature", ""),
        "by": agent_of(request),
        "now": now,
        "left": left,
    }
    if about.get("channel"):
        return desk.change_channel(get_object_or_404(Channel, pk=about["channel"]), values, **named)
    return desk.connect_channel(kept["kind"], values, **named)


def ways_back(kind: str) -> list[tuple[str, str]]:
    """What a provider that asks an account's owner for his consent must be told before: where it sends him back to."""
    asks = issubclass(kinds()[kind], Consented)
    return [(_("Callback address (redirect URI)"), back_address())] if asks else []


def back_address() -> str:
    """Where the provider sends the owner back to: from the settings, never from what a browser claims."""
    return f"{settings.PUBLIC_URL}{reverse('inbox:consented')}"


def _place(request: HttpRequest) -> str:
    return f"session:consent:{agent_of(request).pk}"
