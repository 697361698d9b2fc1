"""What one was told: the bell, the page behind it, and what rings at one's place."""

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from inbox.desk import tell
from inbox.models import Agent, Matter, Notice
from inbox.web.requests import agent_of

SHOWN, CAP = 100, 100


class NoticesForm(forms.Form):
    """Of what he wants to be told, and whether he hears it."""

    told_of = forms.MultipleChoiceField(
        label=gettext_lazy("Tell me when"),
        choices=Matter.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    sound = forms.BooleanField(label=gettext_lazy("With a sound"), required=False)

    def __init__(self, agent: Agent, data: object = None) -> None:
        told_of = [matter for matter in Matter.values if matter not in agent.quiet]
        super().__init__(data, initial={"told_of": told_of, "sound": agent.sound})  # type: ignore[arg-type]  # a POST


@login_required
def notices(request: HttpRequest) -> HttpResponse:
    """The newest, those not seen yet marked; by POST the one that is named, or all of them, are seen."""
    agent = agent_of(request)
    if request.method == "POST":
        only = request.POST.get("notice", "")
        tell.seen(agent, now=timezone.now(), only=int(only) if only.isdecimal() and len(only) < 19 else None)
        return redirect("inbox:notices")
    of = ("conversation__customer", "conversation__channel", "conversation__owner", "conversation__team", "about")
    rows = Notice.objects.filter(agent=agent).select_related(*of)
    return render(request, "notices/list.html", {"rows": rows.order_by("-pk")[:SHOWN]})


@login_required
def bell(request: HttpRequest) -> HttpResponse:
    """The bell, asked for again when something was told or seen."""
    return render(request, "parts/bell.html", {"unread": unread(agent_of(request))})


@login_required
def calls(request: HttpRequest) -> JsonResponse:
    """What rings, as JSON: what is new since the notice `after`, and the newest of it for the next time."""
    agent, after = agent_of(request), request.GET.get("after", "")
    since = int(after) if after.isdecimal() and len(after) < 19 else 0
    rows = list(tell.calling(agent, since, now=timezone.now()).select_related("conversation__customer", "about"))
    newest = rows[-1].pk if rows else since
    if len(rows) > tell.AT_ONCE:
        many = {"title": _("New notices: %(n)s") % {"n": len(rows)}, "body": "", "tag": "notices"}
        many["url"] = reverse("inbox:notices")
        return JsonResponse({"newest": newest, "calls": [many]})
    return JsonResponse({"newest": newest, "calls": [_call(row) for row in rows]})


@login_required
@require_POST
def my_notices(request: HttpRequest) -> HttpResponse:
    """Choose of what one is told."""
    agent = agent_of(request)
    form = NoticesForm(agent, request.POST)
    if form.is_valid():
        of = [Matter(value) for value in form.cleaned_data["told_of"]]
        tell.be_told(agent, of=of, sound=form.cleaned_data["sound"])
        messages.success(request, _("Saved."))
    return redirect("inbox:me")


def unread(agent: Agent) -> int:
    """How many he has not seen, at most CAP."""
    return Notice.objects.filter(agent=agent, read_at=None).values("pk")[:CAP].count()


def _call(notice: Notice) -> dict[str, object]:
    """What a window shows of it: why, by whom, of what, and where a click leads."""
    why = capfirst(notice.get_kind_display()) + (f": {notice.about.name}" if notice.about else "")
    row = notice.conversation
    if row is None:
        return {"title": why, "body": "", "tag": notice.tag, "url": reverse("inbox:notices")}
    what = f"{row.label} {row.subject or row.preview}".strip()
    body = f"{what}\n{notice.note}" if notice.note else what
    return {
        "title": why,
        "body": body[:300],
        "tag": notice.tag,
        "url": reverse("inbox:conversation", args=["mine", row.number]),
        "number": row.number,
    }
