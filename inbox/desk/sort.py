"""Where a conversation belongs, as the rules of a supervisor say: once, when the customer has said what he wants."""

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
    """Do with it what was decided; `rules` are the names of those that decided it. Call with the row locked.

    What a person has set stays as he set it: a topic, a priority, and with whom it is. What somebody has already goes
    to no other team and no other level.
    """
    conversation.topic = conversation.topic or topic
    conversation.priority = conversation.priority or priority or 0
    conversation.tags = list(dict.fromkeys([*conversation.tags, *tags]))
    conversation.save(update_fields=["topic", "priority", "tags"])
    record("sorted", now=now, conversation=conversation, rules=list(rules))
    if conversation.owner_id:
        return
    above = stands_for(level) if level and level > conversation.level else None
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
