"""Naming a colleague in a note: whom one may be offered, and how he is written so that nobody else is meant."""

import re
from collections import Counter
from collections.abc import Sequence
from functools import reduce
from operator import or_

from django.db.models import Q

from inbox.alphabets import begins, called
from inbox.database import storable
from inbox.models import Agent, Conversation
from inbox.permissions import readers_of

# Not within an address or a link: who is named there may read nothing because of it.
MENTIONED = re.compile(r"(?<![\w/.+-])@([\w.+-]+@[\w.-]+\w|\w+)")


def mentioned_in(text: str) -> list[Agent]:
    """The people who work here and are named in a text."""
    names = {name.lower() for name in MENTIONED.findall(text)}
    if not names:
        return []
    return [a for a in Agent.objects.filter(is_active=True) if {a.email, _short(a)} & names]


def as_written(text: str, named: Sequence[Agent]) -> list[str]:
    """How these people are written in it, in small letters and without the sign."""
    known = {way for agent in named for way in (agent.email, _short(agent))}
    return sorted(known & {name.lower() for name in MENTIONED.findall(text)})


def colleagues(conversation: Conversation, words: str, *, to: Agent, most: int) -> list[tuple[Agent, str]]:
    """Who may read the conversation and is called so, each as he is written: short where that means one person."""
    readers = readers_of(conversation).exclude(pk=to.pk).order_by("name", "pk")
    found = called(storable(words), readers, _is_called)[:most]
    if not found:
        return []
    alike = reduce(or_, (Q(email__startswith=f"{_short(agent)}@") for agent in found))
    times = Counter(_short(agent) for agent in Agent.objects.filter(alike, is_active=True))
    clear = {short for short, count in times.items() if count == 1 and re.fullmatch(r"\w+", short)}
    return [(agent, f"@{_short(agent) if _short(agent) in clear else agent.email}") for agent in found]


def _is_called(agent: Agent, words: str) -> bool:
    return words.lower() in agent.name.lower() or begins(words, agent.name) or begins(words, agent.email)


def _short(agent: Agent) -> str:
    return agent.email.partition("@")[0]
