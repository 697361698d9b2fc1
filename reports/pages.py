"""Pages that only read."""

from datetime import datetime, timedelta

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from inbox.errors import in_words
from inbox.models import Agent, Channel, Checked, Item, Outcome
from inbox.permissions import Can, allows, require, teams_where
from reports import measures

DAYS = 14
SHOWN = 200


@login_required
def ledger(request: HttpRequest) -> HttpResponse:
    """Per channel and day: items = the sum of their outcomes. A difference is shown in red and is an alarm."""
    agent = _agent(request)
    require(agent, Can.SEE_LEDGER)
    channels = _channels(agent)
    zone = timezone.get_current_timezone_name()
    today = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    lines = measures.ledger(channels, today - timedelta(days=DAYS - 1), today + timedelta(days=1), zone)
    context = {
        "lines": lines,
        "outcomes": list(Outcome),
        "days": DAYS,
        "alarm": any(line.difference for line in lines),
        "checks": Checked.objects.order_by("-broken", "name"),
        "definition": measures.ledger.__doc__,
        "may_open": allows(agent, Can.OPEN_QUARANTINE),
    }
    return render(request, "reports/ledger.html", context)


@login_required
def items(request: HttpRequest, channel_id: int, day: str, outcome: str) -> HttpResponse:
    """The items behind one number. An admin sees reason and size, never content."""
    agent = _agent(request)
    require(agent, Can.SEE_LEDGER)
    if channel_id not in _channels(agent) or outcome not in Outcome.values:
        raise Http404
    try:
        start = timezone.make_aware(datetime.fromisoformat(day))
        end = start + timedelta(days=1)
    except (ValueError, OverflowError) as error:
        raise Http404 from error
    found = (
        Item.objects.filter(channel_id=channel_id, outcome=outcome)
        .filter(received_at__gte=start, received_at__lt=end)
        .select_related("envelope", "message__conversation", "channel")
        .order_by("-pk")[:SHOWN]
    )
    may_open = allows(agent, Can.OPEN_QUARANTINE, Channel.objects.get(pk=channel_id).team)
    rows = [{"item": item, "why": in_words(item.reason), "message": getattr(item, "message", None)} for item in found]
    context = {"rows": rows, "outcome": Outcome(outcome), "day": start, "may_open": may_open}
    return render(request, "reports/items.html", context)


def _agent(request: HttpRequest) -> Agent:
    if not isinstance(request.user, Agent):
        raise Http404
    return request.user


def _channels(agent: Agent) -> list[int]:
    """The channels of the teams he watches over; an admin sees all."""
    teams = teams_where(agent, Can.SEE_LEDGER)
    return list(Channel.objects.filter(team__in=teams).values_list("pk", flat=True))
