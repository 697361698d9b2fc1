"""The page of one customer: who he is, how we know him, everything he asked, and what can be done about it."""

from collections.abc import Callable, Iterable
from datetime import datetime
from functools import wraps
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop
from django.views.decorators.http import require_POST

from connectors.registry import kinds
from inbox.desk import spam
from inbox.desk.begin import begin
from inbox.desk.customers import change_customer, merge_customers, undo_merge
from inbox.desk.judge import AgainstGuidelines, objections_to_first
from inbox.desk.reply import Draft
from inbox.errors import Invalid, Refusal, SentAlready
from inbox.lists import page_of
from inbox.models import Activity, Address, Agent, Channel, ChannelState, Customer, Plan
from inbox.permissions import Can, allows, teams_where, visible_to
from inbox.web.courtesy import objecting
from inbox.web.requests import agent_of, customer_number, customer_of, insisting_of

INPUT = {"class": "input"}
Act = Callable[[HttpRequest, Customer, Agent, datetime], str]


class CustomerForm(forms.Form):
    """What we call him."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=200, required=False, widget=forms.TextInput(INPUT))
    organisation = forms.CharField(
        label=gettext_lazy("Organisation"), max_length=200, required=False, widget=forms.TextInput(INPUT)
    )


@login_required
def customer(request: HttpRequest, number: int) -> HttpResponse:
    """Everything about him that this agent may see."""
    agent = agent_of(request)
    return render(request, "customers/customer.html", _context(request, customer_of(request, number), agent))


def _context(request: HttpRequest, found: Customer, agent: Agent) -> dict[str, Any]:
    conversations = page_of(visible_to(agent).filter(customer=found), agent, request.GET.get("after", ""))
    merges = Activity.objects.filter(verb="customers_merged", data__into=found.pk).order_by("-pk")
    # We can write first only where he has an address.
    kinds = set(found.addresses.values_list("kind", flat=True))
    ours = Channel.objects.filter(team__in=teams_where(agent, Can.REPLY), state=ChannelState.WORKING, kind__in=kinds)
    scopes = ["", *ours.values_list("account", flat=True)]  # a Page knows him by a number that no other one knows
    return {
        "customer": found,
        "form": CustomerForm(initial={"name": found.name, "organisation": found.organisation}),
        "rows": conversations.rows,
        "after": conversations.after,
        "channels": ours,
        "reachable": found.addresses.filter(kind__in=ours.values("kind"), scope__in=scopes).order_by("pk"),
        "absorbed": [(merge, gone) for merge in merges if (gone := _still_gone(merge, found))],
        "may_block": allows(agent, Can.BLOCK),
        "subjects": _subjects(ours),
        "key": uuid4(),
        "plans": Plan.objects.order_by("-weight", "name") if allows(agent, Can.MAKE_RULES) else None,
    }


def _subjects(channels: Iterable[Channel]) -> str:
    """Whether what is written first has a subject: on all of these channels, on some, or on none."""
    have = {kinds()[channel.kind].subjects for channel in channels}
    return "some" if len(have) > 1 else "all" if True in have else ""


def _still_gone(merge: Activity, into: Customer) -> Customer | None:
    return Customer.objects.filter(pk=merge.data["gone"], merged_into=into).first()


def act(verb: Act) -> Callable[..., HttpResponse]:
    """A view for one verb about a customer: POST only; what came of it stands on his page."""

    @login_required
    @require_POST
    @wraps(verb)
    def view(request: HttpRequest, number: int) -> HttpResponse:
        agent = agent_of(request)
        try:
            messages.success(request, verb(request, customer_of(request, number), agent, timezone.now()))
        except Refusal as refusal:
            messages.error(request, str(refusal))
        return redirect("inbox:customer", number)

    return view


@act
def change(request: HttpRequest, customer: Customer, by: Agent, now: datetime) -> str:
    """Call him something else."""
    form = CustomerForm(request.POST)
    if not form.is_valid():
        raise Invalid
    change_customer(customer, by=by, now=now, **form.cleaned_data)
    return _("Saved.")


@act
def merge(request: HttpRequest, customer: Customer, by: Agent, now: datetime) -> str:
    """Another customer is the same person: he is named by his number, as C-1001."""
    known = Customer.objects.filter(conversations__in=visible_to(by)).distinct()
    gone = known.filter(number=customer_number(request.POST.get("number", ""))).first()
    if gone is None:
        raise Invalid(gettext_noop("No customer of that number is known to you."))
    merge_customers(gone, customer, by=by, now=now)
    return _("%(gone)s is the same person as %(kept)s now.") % {"gone": gone.label, "kept": customer.label}


@act
def part(request: HttpRequest, customer: Customer, by: Agent, now: datetime) -> str:
    """They are two after all."""
    pk = _whole(request.POST.get("activity"))
    merged = get_object_or_404(Activity, pk=pk, data__into=customer.pk)
    undo_merge(merged, by=by, now=now)
    return _("They are two customers again.")


@act
def block(request: HttpRequest, customer: Customer, by: Agent, now: datetime) -> str:
    """What comes from an address waits in quarantine from now on, or no more."""
    address = get_object_or_404(Address, pk=_whole(request.POST.get("address")), customer=customer)
    if address.blocked_at:
        spam.unblock(address, by=by, now=now)
        return _("Mail from %(address)s comes in again.") % {"address": address.value}
    spam.block(address, reason=request.POST.get("reason", ""), by=by, now=now)
    return _("Mail from %(address)s waits in quarantine from now on.") % {"address": address.value}


@login_required
@require_POST
def write_first(request: HttpRequest, number: int) -> HttpResponse:
    """Write to him first, with a reason."""
    agent = agent_of(request)
    found = customer_of(request, number)
    address = get_object_or_404(found.addresses, pk=_whole(request.POST.get("address")))
    channel = get_object_or_404(Channel, pk=_whole(request.POST.get("channel")))
    now, reason = timezone.now(), request.POST.get("reason", "")
    try:
        message = begin(address, channel, draft=_first_draft(request), reason=reason, by=agent, now=now)
    except Refusal as refusal:
        return _refused_first(request, found, channel, refusal)
    if message.happened_at < now:
        messages.info(request, _("This was sent already, and is not sent again."))
    return redirect("inbox:conversation", "mine", message.conversation.number)


def _first_draft(request: HttpRequest) -> Draft:
    """What he wrote. The key came with the form: the same one again, after an answer that was lost, sends nothing."""
    form = request.POST
    try:
        key = UUID(form.get("key", ""))
    except ValueError as error:
        raise Invalid from error
    text, subject = form.get("text", ""), form.get("subject", "")
    return Draft(text=text, subject=subject, quote=False, insisting=insisting_of(request), key=key)


def _refused_first(request: HttpRequest, found: Customer, channel: Channel, refusal: Refusal) -> HttpResponse:
    """His page again, with the sentence and with everything that was typed."""
    objections = objections_to_first(request.POST.get("subject", ""), request.POST.get("text", ""), channel)
    context = {
        **_context(request, found, agent_of(request)),
        **objecting(request, objections, asked=isinstance(refusal, AgainstGuidelines)),
        "refusal": refusal,
        "typed": request.POST,
    }
    if not isinstance(refusal, SentAlready):  # with another key it goes out, too
        context["key"] = request.POST.get("key") or context["key"]
    response = render(request, "customers/customer.html", context, status=refusal.status)
    # Else the address would be that of the act, which cannot be loaded again.
    response["HX-Push-Url"] = reverse("inbox:customer", args=[found.number])
    return response


def _whole(value: str | None) -> int:
    return int(value) if value and value.isdecimal() and len(value) < 19 else 0
