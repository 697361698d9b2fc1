"""The page of one conversation: what was said, and what can be done about it."""

from datetime import timedelta

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from inbox.desk import drafts
from inbox.desk.customers import likenesses_of
from inbox.desk.levels import highest, holds, is_at_the_top
from inbox.desk.ownership import responsible_for
from inbox.desk.reply import addressee
from inbox.desk.take import BY_LOOKING, take_note
from inbox.desk.tell import seen_of
from inbox.models import Activity, Agent, Cause, Conversation, Interval, Mode, Rearranged, Reason, State, Team, Topic
from inbox.news import NO_NEWS, mark_read, news_of
from inbox.permissions import Can, allows, may_work, visible_to
from inbox.thread import Stretch, history_of, last_incoming, read_newest
from inbox.web import panels
from inbox.web.copies import answers_go_to, copies_of
from inbox.web.files import SHOWN, uploads_of
from inbox.web.formatting import framed
from inbox.web.lists import list_context, listed_or_404, rows_shown
from inbox.web.narrowing import head_of
from inbox.web.offering import along_again, form_of
from inbox.web.requests import agent_of, conversation_of, view_of
from inbox.web.stretches import has_shown, named_in
from inbox.web.times import put_off_to
from inbox.web.ways import around, way_of

OTHERS = 8
SPLITTABLE = 20


@login_required
def conversation(request: HttpRequest, view: str, number: int) -> HttpResponse:
    """A conversation beside the list it was chosen from; only the conversation, or its head, where that is asked.

    The address says where in it one reads, see `named_in`. The head is asked for alone when something happens in the
    conversation: what is being written stays.
    """
    agent, chosen = agent_of(request), conversation_of(request, number)
    listed = view_of(view, agent)
    context: dict[str, object] = {"view": listed, "query": listed.query}
    part = request.htmx.target  # type: ignore[attr-defined]  # set by htmx's middleware
    if part == "header#talk-head":
        return render(request, "talk/head.html", context | _head(chosen, agent))
    context |= _opened(request, chosen, agent)
    if part == "div#conversation":
        return render(request, "talk/conversation.html", context)
    if request.htmx:  # type: ignore[attr-defined]  # as above
        beside = list_context(agent, listed_or_404(view, agent), chosen=number, size=rows_shown(request))
        return render(request, "desk/desk.html", {**beside, **context})
    # Opened by its address: the conversation is there at once, its list comes after it.
    head = {} if listed.query else head_of(agent, listed)
    return render(request, "desk/desk.html", {**context, **head, "chosen": number, "comes": True})


def _opened(request: HttpRequest, chosen: Conversation, agent: Agent) -> dict[str, object]:
    """The context of a conversation that somebody opens. What is only read ahead he has not on his screen yet."""
    ahead, news = "X-Ahead" in request.headers, news_of(chosen, agent)
    stretch = named_in(request, chosen, news)
    shown = stretch.shown_up_to if has_shown(stretch, news) else 0
    if not ahead:
        _has_it_before_him(chosen, agent, shown)
    context = {"news": news, "opens_at": request.GET.get("at", ""), "ahead": ahead, "shown": shown}
    return {**talk_context(chosen, agent, stretch), **context}


@login_required
@require_http_methods(["PUT"])
def opened(request: HttpRequest, view: str, number: int) -> HttpResponse:
    """It is on his screen, up to a message: read ahead, come while he looks, or standing where he scrolled to.

    By PUT, because it is no sign of life (inbox/web/seen.py).
    """
    shown = request.GET.get("shown", "")
    chosen = conversation_of(request, number)
    up_to = min(int(shown), chosen.last_message) if shown.isdecimal() and len(shown) < 19 else 0
    _has_it_before_him(chosen, agent_of(request), up_to)
    return HttpResponse(status=204)


def _has_it_before_him(chosen: Conversation, agent: Agent, shown_up_to: int) -> None:
    """He reads it, up to a message, if any, and what he was told of it is no news any more."""
    now = timezone.now()
    take_note(chosen, agent, now)
    if shown_up_to:
        mark_read(chosen, agent, shown_up_to, now)
    seen_of(agent, chosen, now=now)


def talk_context(chosen: Conversation, agent: Agent, stretch: Stretch | None = None) -> dict[str, object]:
    """What the talk and the composer show; of what was said the last, unless a stretch is given."""
    stretch = stretch or read_newest(chosen)
    last, written = last_incoming(chosen, stretch), drafts.of(chosen, agent)
    beside = written[Mode.REPLY].beside if Mode.REPLY in written else {}
    return {
        **_head(chosen, agent),
        "stretch": stretch,
        "news": NO_NEWS,
        "drafts": written,
        "kept": [draft.text for draft in written.values()],  # shown where nothing can be written
        "way": way_of(chosen, agent, timezone.now()),
        "around": around(chosen, agent),
        "copies": copies_of(chosen, last, beside.get("cc")),
        "addressee": addressee(chosen, last),
        "answers_go_to": answers_go_to(last),
        "uploads": uploads_of(agent, beside.get("attachments", ())),
        **along_again(form_of(beside)),
        "pictures": SHOWN,
    }


def _head(chosen: Conversation, agent: Agent) -> dict[str, object]:
    """What stands over what was said: whose it is, what can be done at once, what somebody must decide."""
    handed, works = _handed_to(chosen, agent), may_work(agent, chosen)
    return {
        "conversation": chosen,
        "responsible": responsible_for(chosen, timezone.now()),
        "may_work": works,
        "may_take": works and chosen.owner_id is None and chosen.state != State.SOLVED,
        "may_take_over": _may_take_over(chosen, agent),
        "may_give_back": _may_give_back(chosen, agent),
        "handed": handed,
        "checklist": _checklist(chosen) if handed else [],
        "highest": highest(),
        "reasons": Reason.choices,
        "suggestions": chosen.suggestions.filter(settled_at=None).select_related("other__customer", "other__channel"),
    }


@login_required
def side(request: HttpRequest, view: str, number: int) -> HttpResponse:
    """The customer and all that stands around what was said: asked for once the conversation can be read."""
    agent, chosen = agent_of(request), conversation_of(request, number)
    context = {
        "view": view_of(view, agent),
        "conversation": chosen,
        "history": history_of(chosen),
        "had_for": sum((interval.kept for interval in history_of(chosen)), timedelta()),
        "checklist": _checklist(chosen),
        "topics": Topic.objects.order_by("name"),
        "panels": panels.conversation,
        "after_history": panels.after_history,
        "others": _others(chosen, agent),
        "likenesses": likenesses_of(chosen.customer, agent),
        "may_work": may_work(agent, chosen),
    }
    return render(request, "talk/side.html", context)


@login_required
def menu(request: HttpRequest, view: str, number: int) -> HttpResponse:
    """What else can be done with a conversation: asked for when the menu is opened."""
    agent = agent_of(request)
    chosen = conversation_of(request, number)
    team = Agent.objects.filter(is_active=True, memberships__team=chosen.team)
    context = {
        "view": view_of(view, agent),
        "conversation": chosen,
        "colleagues": team.exclude(pk=agent.pk).distinct().order_by("name"),
        "teams": Team.objects.filter(closed_at=None).order_by("name"),
        "reasons": Reason.choices,
        "may_go_up": chosen.level < highest(),
        "put_off_to": put_off_to(timezone.now()),
        "undoable": _undoable(chosen),
        "splittable": chosen.messages.filter(withdrawn_at=None).order_by("-happened_at", "-pk")[:SPLITTABLE],
    }
    return render(request, "talk/menu_inside.html", context)


@login_required
def formatted(request: HttpRequest, number: int, message: int) -> HttpResponse:
    """A message as its sender laid it out, cleaned, for a frame that can run and load nothing."""
    chosen = get_object_or_404(conversation_of(request, number).messages, pk=message)
    if not chosen.html:
        raise Http404
    return framed(chosen, remote="pictures" in request.GET)


def _may_take_over(chosen: Conversation, agent: Agent) -> bool:
    if chosen.owner_id in {None, agent.pk} or not allows(agent, Can.ASSIGN, chosen.team):
        return False
    return not is_at_the_top(chosen.level) or holds(agent, chosen.level)


def _handed_to(chosen: Conversation, agent: Agent) -> Interval | None:
    """What was given to him and he has not accepted yet: he sees its note before all else."""
    if chosen.owner_id != agent.pk:
        return None
    last = history_of(chosen)[-1]
    waits = last.owner_id == agent.pk and not last.ended_at and not last.accepted_at
    return last if waits and last.began_by not in BY_LOOKING else None


def _may_give_back(chosen: Conversation, agent: Agent) -> bool:
    """Whether he took it over from somebody."""
    last = history_of(chosen)[-1]
    return chosen.owner_id == agent.pk and last.ended_at is None and last.began_by == Cause.TAKEN_OVER


def _checklist(chosen: Conversation) -> list[dict[str, str]]:
    """What its topic wants to know, and what is known."""
    if chosen.topic is None:
        return []
    there = dict(chosen.collected.values_list("name", "value"))
    return [{"name": name, "value": there.get(name, "")} for name in chosen.topic.collect]


def _others(chosen: Conversation, agent: Agent) -> list[dict[str, object]]:
    """The customer's other conversations; of one he may not read only number, channel and state are told."""
    rows = Conversation.objects.filter(customer=chosen.customer).exclude(pk=chosen.pk).select_related("channel")
    newest = list(rows.order_by("-last_activity_at")[:OTHERS])
    doubtful = [row.pk for row in newest if row.owner_id != agent.pk and not allows(agent, Can.READ, row.team_id)]
    visible = visible_to(agent).filter(pk__in=doubtful).values_list("pk", flat=True) if doubtful else ()
    hidden = set(doubtful) - set(visible)
    return [{"row": row, "visible": row.pk not in hidden} for row in newest]


def _undoable(chosen: Conversation) -> list[Activity]:
    """Merges and splits of this conversation that were not undone."""
    acts = list(chosen.activities.filter(verb__in=[Rearranged.MERGED, Rearranged.SPLIT]).order_by("-pk")[:3])
    undone = set(chosen.activities.filter(verb=Rearranged.UNDONE).values_list("data__undid", flat=True))
    return [act for act in acts if act.pk not in undone]
