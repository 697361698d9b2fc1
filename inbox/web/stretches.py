"""A conversation is read in stretches: the one an address names, and those before and after it as somebody scrolls."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from inbox import thread
from inbox.lists import position
from inbox.models import Conversation
from inbox.news import News, Place, news_since
from inbox.permissions import may_work
from inbox.thread import Stretch
from inbox.web.files import SHOWN
from inbox.web.requests import agent_of, conversation_of, view_of
from inbox.web.ways import way_of


def named_in(request: HttpRequest, conversation: Conversation, news: News) -> Stretch:
    """Where an address opens: at a message, before or from a place, at the end; else at what is new to the reader."""
    asked = request.GET
    if place := _message(asked.get("at", ""), conversation):
        return thread.read_around(conversation, place, news)
    if before := position(asked.get("before", "")):
        return thread.read_before(conversation, before, news)
    if begins := position(asked.get("from", "")):
        return thread.read_from(conversation, begins, news)
    if news.first and "end" not in asked:
        return thread.read_around(conversation, news.first, news)
    return thread.read_newest(conversation, news)


def has_shown(stretch: Stretch, news: News) -> bool:
    """Whether its reader has seen everything up to its end: nothing that is new to him stands before it.

    Whoever opens a conversation at its end has it on his screen, however much he leaves out.
    """
    return not (stretch.ends and stretch.begins and news.first and stretch.begins > news.first)


@login_required
def stretch(request: HttpRequest, view: str, number: int) -> HttpResponse:
    """One more stretch: `before` a place or `from` it on; or one that is there as it is now, by `begins` and `ends`.

    It may be asked for by a window that nobody looks at: what he has read is told by itself, see `opened`.
    """
    agent, conversation, asked = agent_of(request), conversation_of(request, number), request.GET
    news = news_since(conversation, _whole(asked.get("seen", "")))
    shown = _asked_for(request, conversation, news)
    context = {"view": view_of(view, agent), "conversation": conversation, "stretch": shown, "news": news}
    context |= {"pictures": SHOWN, "way": way_of(conversation, agent, timezone.now())}
    context |= {"may_work": may_work(agent, conversation)}
    context |= {"leads_back": "before" in asked, "leads_on": "before" not in asked and not asked.get("ends")}
    return render(request, "talk/stretch.html", context)


def _asked_for(request: HttpRequest, conversation: Conversation, news: News) -> Stretch:
    asked = {name: position(request.GET[name]) for name in request.GET}
    if before := asked.get("before"):
        return thread.read_before(conversation, before, news)
    if begins := asked.get("from"):
        return thread.read_from(conversation, begins, news)
    return thread.read_between(conversation, asked.get("begins"), asked.get("ends"), news)


def _message(asked: str, conversation: Conversation) -> Place | None:
    return thread.place_of(conversation, whole) if (whole := _whole(asked)) else None


def _whole(value: str) -> int:
    return int(value) if value.isdecimal() and len(value) < 19 else 0
