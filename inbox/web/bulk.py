"""One act on everything that is ticked in a list, and its report beside the list until it is put away."""

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_POST

from inbox.desk.answers import answers_of
from inbox.desk.bulk import MOST, PUT_BACK_WITHIN, Asked, begin, put_back_all
from inbox.desk.judge import AgainstGuidelines
from inbox.desk.reply_to_many import objections_to_many
from inbox.errors import Invalid, Refusal, in_words
from inbox.models import Agent, Bulk, BulkState, BulkVerb, Conversation, Reason, State, Team
from inbox.outbound.outbox import UNDO_WINDOW
from inbox.permissions import Can, allows, visible_to
from inbox.views import listed, rows_of
from inbox.web.courtesy import objecting
from inbox.web.requests import agent_of, insisting_of, receiver_of
from inbox.web.times import put_off_to

SHOWN = 5  # rows that failed, beside the list; the page of the report has all
MENUS = {"reply", "pass_on", "tag", "wait", "more"}
FAILED = (BulkState.FAILED, BulkState.KEPT)


@login_required
@require_POST
def begin_it(request: HttpRequest) -> HttpResponse:
    """Begin it with what is ticked or, with `until`, with all that matched the list then."""
    agent = agent_of(request)
    try:
        bulk = begin(_verb(request), _chosen(request, agent), by=agent, now=timezone.now(), asked=_asked(request))
    except AgainstGuidelines as refusal:
        against = {"against": True, **objecting(request, refusal.objections, asked=True)}
        return _refused(request, refusal, shown_to(agent) | against)
    except Refusal as refusal:
        return _refused(request, refusal, shown_to(agent))
    response = render(request, "desk/bulk.html", {"bulk": told(bulk)})
    response["HX-Trigger"] = "otvet:begun"
    return response


@login_required
def menu(request: HttpRequest, which: str) -> HttpResponse:
    """What an act needs besides: asked for when its menu is opened."""
    if which not in MENUS:
        raise Http404
    agent = agent_of(request)
    people = Agent.objects.filter(is_active=True, memberships__role__in=["agent", "supervisor", "manager"])
    context = {
        "which": which,
        "colleagues": people.exclude(pk=agent.pk).distinct().order_by("name"),
        "teams": Team.objects.filter(closed_at=None).order_by("name"),
        "reasons": Reason.choices,
        "may_block": allows(agent, Can.BLOCK),
        "put_off_to": put_off_to(timezone.now()),
        **(_reply_menu(request, agent) if which == "reply" else {}),
    }
    return render(request, "desk/bulk_menu.html", context)


def _reply_menu(request: HttpRequest, agent: Agent) -> dict[str, object]:
    """Canned answers; the text of the one that was chosen, else of the last answer to many that he took back."""
    offered, wanted = (
        answers_of(agent).select_related("to_agent", "to_team").order_by("name"),
        request.GET.get("answer"),
    )
    chosen = offered.filter(pk=int(wanted)).first() if wanted and wanted.isdecimal() and len(wanted) < 19 else None
    taken_back = Bulk.objects.filter(by=agent, verb=BulkVerb.REPLY, closed_at=None, put_back_at__isnull=False)
    before = taken_back.order_by("-pk").first()
    text = chosen.text if chosen else before.asked["text"] if before else ""
    return {"answers": offered, "chosen": chosen, "text": text, "states": State.choices}


@login_required
@require_POST
def courtesy(request: HttpRequest) -> HttpResponse:
    """What guidelines are against in an answer to all that is ticked, while it is written."""
    agent = agent_of(request)
    related = ("reply_channel__brand", "customer", "address", "team", "topic")
    rows = Conversation.objects.select_related(*related).filter(pk__in=_chosen(request, agent))
    objections = objections_to_many(request.POST.get("text", ""), list(rows), by=agent)
    return render(request, "desk/bulk_courtesy.html", objecting(request, objections))


@login_required
def matching(request: HttpRequest) -> HttpResponse:
    """How many match the list that is shown, and until when what matches was counted: what comes later is not meant."""
    now = timezone.now()
    count = len(_matching(request, agent_of(request), now)[: MOST + 1].values_list("pk"))
    context = {"count": min(count, MOST), "more": count > MOST, "until": now.isoformat()}
    return render(request, "desk/matching.html", context)


@login_required
def report(request: HttpRequest, bulk_id: int) -> HttpResponse:
    """How far it is, what failed and why: beside the list, or a page of its own."""
    bulk = get_object_or_404(Bulk, pk=bulk_id, by=agent_of(request))
    if request.htmx.target == "section#bulk-state":  # type: ignore[attr-defined]  # set by htmx's middleware
        return render(request, "desk/bulk.html", {"bulk": told(bulk)})
    return render(request, "desk/bulk_report.html", {"bulk": told(bulk, most=MOST)})


@login_required
@require_POST
def put_it_back(request: HttpRequest, bulk_id: int) -> HttpResponse:
    """Undo it, where nothing has changed since."""
    agent = agent_of(request)
    bulk = get_object_or_404(Bulk, pk=bulk_id, by=agent)
    try:
        put_back_all(bulk, by=agent, now=timezone.now())
    except Refusal as refusal:
        return _refused(request, refusal, {"bulk": told(bulk)})
    return redirect("inbox:bulk_report", bulk.pk)


@login_required
@require_POST
def close(request: HttpRequest, bulk_id: int) -> HttpResponse:
    """Put its report away."""
    agent = agent_of(request)
    Bulk.objects.filter(pk=bulk_id, by=agent).update(closed_at=timezone.now())
    return render(request, "desk/bulk.html", shown_to(agent))


def shown_to(agent: Agent) -> dict[str, object]:
    """The newest report he has not put away, as a list shows it; nothing where there is none."""
    newest = Bulk.objects.filter(by=agent, closed_at=None).order_by("-pk").first()
    return {"bulk": told(newest)} if newest else {}


def told(bulk: Bulk, most: int = SHOWN) -> dict[str, object]:
    """A report: counts by what became of a row, and at most so many of those that failed, each with its reason."""
    states = Counter(bulk.rows.values_list("state", flat=True))
    failed = bulk.rows.filter(state__in=FAILED).select_related("conversation__customer").order_by("pk")
    left = sum(states[state] for state in (BulkState.DONE if bulk.put_back_at else BulkState.WAITING,))
    count = sum(states.values())
    return {
        "row": bulk,
        "verb": BulkVerb(bulk.verb).label,
        "count": count,
        "done": states[BulkState.DONE],
        "put_back": states[BulkState.PUT_BACK],
        "share": round(100 * (count - left) / count) if count else 100,
        "failed": [{"conversation": row.conversation, "why": in_words(row.error)} for row in failed[:most]],
        "unsaid": max(0, states[BulkState.FAILED] + states[BulkState.KEPT] - most),
        "may_put_back": not bulk.put_back_at and timezone.now() < _until(bulk),
        "until": _until(bulk) if bulk.verb == BulkVerb.REPLY and bulk.finished_at else None,
    }


def _until(bulk: Bulk) -> datetime:
    """Until when it can be put back: an answer only until the last of them has gone out."""
    if bulk.verb != BulkVerb.REPLY:
        return bulk.at + PUT_BACK_WITHIN
    return (bulk.finished_at or timezone.now() + timedelta(seconds=1)) + UNDO_WINDOW


def _refused(request: HttpRequest, refusal: Refusal, shown: dict[str, object]) -> HttpResponse:
    """The sentence over what is reported; the page and what was typed there stay."""
    response = render(request, "desk/bulk.html", {"refused": refusal, **shown}, status=refusal.status)
    response["HX-Retarget"], response["HX-Reswap"] = "#bulk-state", "outerMorph"
    return response


def _verb(request: HttpRequest) -> BulkVerb:
    wanted = request.POST.get("verb", BulkVerb.SNOOZE.value if "snooze_to" in request.POST else "")
    if wanted not in BulkVerb.values:
        raise Invalid
    return BulkVerb(wanted)


def _chosen(request: HttpRequest, agent: Agent) -> list[int]:
    """What is ticked, of what he may see; or all that matched until an instant, in the order of the list."""
    if until := request.POST.get("until"):
        return list(_matching(request, agent, _instant(until))[:MOST].values_list("pk", flat=True))
    ticked = [int(value) for value in request.POST.getlist("rows") if value.isdecimal() and len(value) < 19]
    if len(ticked) > MOST:
        raise Invalid(gettext_noop("At most %(most)s at once."), most=MOST)
    return list(visible_to(agent).filter(pk__in=ticked).order_by("pk").values_list("pk", flat=True))


def _matching(request: HttpRequest, agent: Agent, until: datetime) -> QuerySet[Conversation]:
    """What the list holds that was shown: a view, or what a search found."""
    named = request.POST if request.method == "POST" else request.GET
    view = listed(named.get("view", ""), agent)
    rows = rows_of(view, agent) if view else Conversation.objects.none()
    return rows.filter(last_activity_at__lte=until).order_by("-last_activity_at", "-id")


def _asked(request: HttpRequest) -> Asked:
    receiver = receiver_of(request.POST.get("to", ""))
    until = request.POST.get("snooze_to") or request.POST.get("snooze", "")
    return Asked(
        to=receiver.pk if isinstance(receiver, Agent) else None,
        team=receiver.pk if isinstance(receiver, Team) else None,
        reason=request.POST.get("reason", ""),
        note=request.POST.get("note", ""),
        tags=request.POST.get("tags", "").split(","),
        until=_instant(until).isoformat() if until else "",
        **_answer(request),
    )


def _answer(request: HttpRequest) -> dict[str, Any]:
    """An answer to all of it, of such a form."""
    source, insisting = request.POST.get("answer", ""), insisting_of(request)
    return {
        "text": request.POST.get("text", ""),
        "then": request.POST.get("then", State.PENDING.value),
        "answer": int(source) if source.isdecimal() and len(source) < 19 else None,
        "shown": sorted(insisting.seen),
        "override": insisting.reason,
        "words": insisting.words,
    }


def _instant(written: str) -> datetime:
    """A time from a form, in the reader's zone where it names none. Raise Invalid."""
    try:
        local = datetime.fromisoformat(written)
    except ValueError as error:
        raise Invalid from error
    return local if local.tzinfo else timezone.make_aware(local)
