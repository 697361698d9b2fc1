"""How we serve: policies, rules, plans, topics, what customers are told, and how much each may be given."""

from django.contrib.auth.decorators import login_required
from django.db.models import prefetch_related_objects
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from escalation.models import Acknowledgement, Rule
from escalation.policies import all_climb, hidden, in_order, used_of
from inbox.desk.levels import highest
from inbox.models import Channel, Level, Plan, Topic
from inbox.permissions import Can, allows, require
from inbox.web.requests import agent_of


@login_required
def overview(request: HttpRequest) -> HttpResponse:
    """All of it on one page; each line leads to its own."""
    agent = agent_of(request)
    require(agent, Can.MAKE_RULES)
    told = {row.channel_id: row for row in Acknowledgement.objects.all()}
    policies = in_order()
    prefetch_related_objects(policies, "steps__person")
    used = used_of(policies, highest())
    before, climbs = hidden(used), {each.policy.pk for each in used if each.ladder}
    context = {
        "policies": [(policy, before.get(policy.pk), policy.pk in climbs) for policy in policies],
        "all_climb": all_climb(used),
        "levels": {level.number: level for level in Level.objects.select_related("holder", "deputy")},
        "rules": Rule.objects.all(),
        "plans": Plan.objects.select_related("manager", "deputy").order_by("-weight", "name"),
        "topics": Topic.objects.select_related("team").order_by("name"),
        "channels": [(channel, told.get(channel.pk)) for channel in Channel.objects.order_by("name")],
        "may_decide": allows(agent, Can.MAKE_POLICIES),
    }
    return render(request, "escalation/overview.html", context)
