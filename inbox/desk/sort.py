"""Where a new conversation belongs, as the rules of a supervisor say: once, before anybody gets it."""

from collections.abc import Iterable
from datetime import datetime

from inbox.activity import record
from inbox.desk.levels import stands_for
from inbox.desk.ownership import hand
from inbox.models import Cause, Conversation, Team, Topic


def sort(
    conversation: Conversation,
    *,
    now: datetime,
    rules: Iterable[str],
    why: dict[str, object],
    team: Team | None = None,
    topic: Topic | None = None,
    priority: int | None = None,
    level: int | None = None,
    tags: Iterable[str] = (),
) -> None:
    """Do with it what was decided; `rules` are the names of those that decided it. Call with the row locked."""
    conversation.topic = topic or conversation.topic
    conversation.priority = conversation.priority if priority is None else priority
    conversation.tags = list(dict.fromkeys([*conversation.tags, *tags]))
    conversation.save(update_fields=["topic", "priority", "tags"])
    record("sorted", now=now, conversation=conversation, rules=list(rules))
    above = stands_for(level) if level and level > conversation.level else None
    if conversation.owner_id:
        return  # somebody was quicker than the rules: what he has stays with him
    if above or (team and team != conversation.team):
        hand(
            conversation,
            now=now,
            cause=Cause.ROUTED,
            owner=above,
            team=team,
            level=level if above else None,
            why=why,
        )
