"""Who listens to the live stream, and what each of them may hear: judged in memory, for a thousand at once."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.contrib.sessions.models import Session

from inbox.beside import Company
from inbox.models import Agent
from inbox.permissions import Audience, is_among, read_roles

QUEUE = 100  # hands that he has not taken yet


@dataclass(frozen=True, slots=True)
class Event:
    """One row of the log, without its content. Everybody may hear of one that is of no conversation."""

    id: int
    verb: str
    conversation: int | None
    number: int | None
    audience: Audience | None


@dataclass(frozen=True, slots=True)
class Beside:
    """Who is at a conversation now."""

    company: Company
    audience: Audience


@dataclass(frozen=True, slots=True)
class Told:
    """These people have a new notice, or have seen those they had."""

    agents: frozenset[int]


News = Event | Beside | Told
LOOK_AGAIN = Event(0, "look_again", None, None, None)


class Listener:
    """Somebody whose browser is open. What does not fit his queue becomes one "look again"."""

    def __init__(self, agent: Agent, session: str, window: str = "") -> None:
        self.agent, self.session, self.window = agent, session, window
        self.proof = agent.get_session_auth_hash()
        self.loop = asyncio.get_running_loop()
        self._queue: asyncio.Queue[Sequence[News] | None] = asyncio.Queue(QUEUE)

    def put(self, news: Sequence[News] | None) -> None:
        """It is his to take; nothing ends him. Called in his own loop."""
        if self._queue.full():
            while not self._queue.empty():
                self._queue.get_nowait()
            news = [LOOK_AGAIN] if news else None
        self._queue.put_nowait(news)

    async def news(self, patience: float) -> AsyncIterator[Sequence[News]]:
        """News as they come, and none of them whenever nothing came for `patience` seconds; until he is ended."""
        while True:
            news: Sequence[News] | None = ()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(patience):
                    news = await self._queue.get()
            if news is None:
                return
            yield news


def hand(listeners: Iterable[Listener], news: Sequence[News]) -> None:
    """Each gets what he may hear of it. Called from the reading thread."""
    his = {listener: [one for one in news if may_hear(listener.agent, one)] for listener in listeners}
    _hand({listener: found for listener, found in his.items() if found})


def _hand(his: Mapping[Listener, Sequence[News] | None]) -> None:
    # A loop is woken once for all who listen in it, not once for each.
    for loop in {listener.loop for listener in his}:
        with contextlib.suppress(RuntimeError):  # it has ended, and so have they
            loop.call_soon_threadsafe(_put, [(one, news) for one, news in his.items() if one.loop is loop])


def _put(pairs: list[tuple[Listener, Sequence[News] | None]]) -> None:
    for listener, news in pairs:
        listener.put(news)


def may_hear(agent: Agent, news: News) -> bool:
    """Whether it is his to know."""
    if isinstance(news, Told):
        return agent.pk in news.agents
    return news.audience is None or is_among(agent, news.audience)


def renew(listeners: Collection[Listener], now: datetime) -> None:
    """Read anew, in three statements for all, who they are and what they may see.

    Who was switched off, has signed out or has a new password is ended.
    """
    agents = list(Agent.objects.filter(pk__in={listener.agent.pk for listener in listeners}, is_active=True))
    read_roles(agents)
    known = {agent.pk: (agent, agent.get_session_auth_hash()) for agent in agents}
    sessions = {listener.session for listener in listeners}
    valid = Session.objects.filter(session_key__in=sessions, expire_date__gt=now)
    signed_in = set(valid.values_list("session_key", flat=True))
    ended = []
    for listener in listeners:
        agent, proof = known.get(listener.agent.pk, (None, ""))
        if agent is None or listener.session not in signed_in or proof != listener.proof:
            ended.append(listener)
        else:
            listener.agent = agent
    _hand(dict.fromkeys(ended))
