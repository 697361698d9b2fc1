"""What every page has around it: who is here, where one can go, and how much waits there."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache as cache_of_page
from functools import partial
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from inbox.alarms import Alarm, alarms_for
from inbox.dates import dated
from inbox.keys import KEYS, strokes_of
from inbox.keys import shown as printed
from inbox.lists import Held, View, counts
from inbox.models import Agent, Status
from inbox.permissions import Can, allows
from inbox.views import counts_of, views_of
from inbox.web.notices import unread
from inbox.web.panes import panes_of

FRESH_SECONDS, ALARM_SECONDS, SAVED_SECONDS = 3, 30, 10
DOCK = 3  # places at the foot of a phone, beside one's own page, which names all others
VIEW_ICONS = {
    View.MINE: "inbox",
    View.QUEUE: "team",
    View.PROMISES: "promise",
    View.DRAFTS: "pencil",
    View.OPEN: "view",
    View.PENDING: "person",
    View.SNOOZED: "snooze",
    View.SOLVED: "solve",
}


@dataclass(frozen=True, slots=True)
class Place:
    """One line of the rail. `key` names its count."""

    key: str
    label: str
    icon: str
    url: str


# What higher rooms add to the rail: for one person, the places they have for him.
places: list[Callable[[Agent], list[Place]]] = []


def everywhere(request: HttpRequest) -> dict[str, object]:
    """The context of all templates."""
    agent = getattr(request, "user", None)
    shown: dict[str, object] = {"embedded": settings.EMBEDDED, "languages": settings.LANGUAGES}
    if isinstance(agent, Agent):
        shown |= {"me": agent, "here": request.path, "window": uuid4(), **_around_page(agent)}
    return shown


def _around_page(agent: Agent) -> dict[str, object]:
    """What only a whole page shows: templates call it when they come to it, and parts of pages do not."""

    def later(find_out: Callable[[Agent], object]) -> Callable[[], Any]:
        return cache_of_page(partial(find_out, agent))

    work, office = later(work_of), later(office_of)
    return {
        "work": work,
        "office": office,
        "saved": later(saved_of),
        "counts": later(fresh_counts),
        "dock": lambda: dock_of(work(), office()),
        "alarms": later(fresh_alarms),
        "unread": later(unread),
        "presence": later(presence_of),
        "panes": later(panes_of),
        "strokes": later(strokes_for_script),
        "keys": later(keys_of),
    }


def strokes_for_script(agent: Agent) -> str:
    """His keys by action, as JSON."""
    return json.dumps(_strokes_of(agent))


def keys_of(agent: Agent) -> list[dict[str, object]]:
    """His keys for people to read."""
    strokes = _strokes_of(agent)
    return [
        {"action": action, "label": label, "stroke": stroke, "shown": printed(stroke)}
        for action, label, stroke in (
            (action, label, strokes.get(action, "")) for action, (_usual, label) in KEYS.items()
        )
    ]


def _strokes_of(agent: Agent) -> dict[str, str]:
    return strokes_of(agent.keys) if agent.single_keys else {}


def presence_of(agent: Agent) -> str:
    """Whether he is at work, until when, and when his next shift begins."""
    match agent.status:
        case Status.ON_SHIFT if agent.on_shift_until:
            now = _("on shift until %(time)s") % {"time": _moment(agent.on_shift_until)}
        case Status.AWAY if agent.away_since:
            now = _("away since %(time)s") % {"time": _moment(agent.away_since)}
        case _other:
            now = agent.get_status_display()
    if agent.next_shift_at is None:
        return now
    return _("%(now)s, next shift %(time)s") % {"now": now, "time": _moment(agent.next_shift_at)}


def _moment(when: datetime) -> str:
    """An hour of today, else its day, too."""
    local, today = timezone.localtime(when), timezone.localtime()
    far = abs((local.date() - today.date()).days) > 6
    return dated(local, "H:i" if local.date() == today.date() else "j M, H:i" if far else "D H:i")


def work_of(agent: Agent) -> list[Place]:
    """The lists he works from."""
    if not allows(agent, Can.READ):
        return []
    views = [Place(v.value, str(v.label), VIEW_ICONS[v], reverse("inbox:list", args=[v.value])) for v in View]
    if allows(agent, Can.OPEN_QUARANTINE):
        views += [
            Place(held.value, str(held.label), name, reverse("inbox:held", args=[held.value]))
            for held, name in ((Held.QUARANTINE, "quarantine"), (Held.UNREADABLE, "question"))
        ]
    return views


def dock_of(work: Sequence[Place], office: Sequence[Place]) -> Sequence[Place]:
    """What stands at the foot of a phone, beside one's own page: what is worked from, and how anything is found."""
    if not work:
        return office[:DOCK]
    mine, queue = (place for place in work if place.key in {View.MINE, View.QUEUE})
    return [
        mine,
        replace(queue, label=str(_("Queue"))),
        Place("find", str(_("Find")), "search", reverse("inbox:search")),
    ]


def saved_of(agent: Agent) -> list[Place]:
    """The lists that he or a supervisor of his has made."""
    return [
        Place(view.value, view.name, "filter", reverse("inbox:list", args=[view.value])) for view in views_of(agent)
    ]


def office_of(agent: Agent) -> list[Place]:
    """What he runs or watches besides."""
    office = [place for theirs in places for place in theirs(agent)]
    if allows(agent, Can.REPLY):
        office.append(Place("answers", str(_("Canned answers")), "slash", reverse("inbox:answers")))
    if allows(agent, Can.SEE_WORK):
        office.append(Place("guidelines", str(_("Guidelines")), "book", reverse("inbox:guidelines")))
    if allows(agent, Can.SEE_HEALTH):
        office.append(Place("channels", str(_("Channels")), "pulse", reverse("inbox:channels")))
    if allows(agent, Can.SEE_LEDGER):
        office.append(Place("ledger", str(_("Ledger")), "chart", reverse("reports:ledger")))
    if allows(agent, Can.RUN_PEOPLE):
        office.append(Place("people", str(_("People")), "team", reverse("inbox:people")))
    if settings.EMBEDDED:
        office.append(Place("street", str(_("The street")), "globe", reverse("street")))
    return office


def fresh_alarms(agent: Agent) -> list[Alarm]:
    """What is wrong with channels he has to do with, at most half a minute old."""
    known: list[Alarm] | None = cache.get(_alarms_of(agent))
    if known is None:
        known = alarms_for(agent, timezone.now())
        cache.set(_alarms_of(agent), known, ALARM_SECONDS)
    return known


def forget_alarms(agent: Agent) -> None:
    """He sees, or has just changed, how channels stand: nothing on this page may say what was so before."""
    cache.delete(_alarms_of(agent))


def _alarms_of(agent: Agent) -> str:
    return f"alarms:{agent.pk}:{get_language()}"


def fresh_counts(agent: Agent, *, now: bool = False) -> dict[str, int]:
    """Counts of his views, at most three seconds old; counted `now` where something has just changed.

    What is in saved views is counted then alone, and not more often than each SAVED_SECONDS: no page waits for that.
    """
    key, of_saved = f"counts:{agent.pk}", f"saved:{agent.pk}"
    known: dict[str, int] | None = None if now else cache.get(key)
    if known is None:
        known = counts(agent)
        cache.set(key, known, FRESH_SECONDS)
    if now and cache.add(_turn_of(agent), True, SAVED_SECONDS):
        cache.set(of_saved, counts_of(agent))
    saved: dict[str, int] = cache.get(of_saved, {})
    return known | saved


def count_anew(agent: Agent) -> None:
    """His saved views are others now: the rail counts them the next time it is asked for."""
    cache.delete(_turn_of(agent))


def _turn_of(agent: Agent) -> str:
    return f"saved-counted:{agent.pk}"
