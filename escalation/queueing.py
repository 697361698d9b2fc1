"""How long it takes here: what the queue holds now, and what like cases took lately."""

from datetime import datetime, timedelta

from django.db import connection

from escalation import estimates
from escalation.loads import people_of
from escalation.rosters import HORIZONS, attended
from inbox.models import Conversation, State

# The newest solved cases of the same topic (or, without one, of the same channel), not more than the page may cost.
TOOK = """
SELECT solved_at - opened_at FROM inbox_conversation
WHERE team_id = %(team)s AND state = 'solved' AND merged_into_id IS NULL
  AND CASE WHEN %(topic)s::bigint IS NULL THEN channel_id = %(channel)s ELSE topic_id = %(topic)s END
ORDER BY last_activity_at DESC, id DESC LIMIT 200
"""
# What a piece of work takes: from the moment somebody got it to his next answer.
EACH = """
SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY answered.at - i.started_at)
FROM (SELECT conversation_id, owner_id, started_at FROM inbox_interval
      WHERE team_id = %(team)s AND owner_id IS NOT NULL AND started_at > %(since)s
      ORDER BY started_at DESC LIMIT 200) i
CROSS JOIN LATERAL (
    SELECT a.at FROM inbox_activity a
    WHERE a.conversation_id = i.conversation_id AND a.verb = 'replied' AND a.actor_id = i.owner_id
      AND a.at >= i.started_at ORDER BY a.id LIMIT 1) answered
"""
LATELY = timedelta(days=14)
AHEAD_AT_MOST = 1000


def honest_time(conversation: Conversation, now: datetime) -> datetime:
    """When a customer who has just written is answered: by the queue as it is now, and while somebody is there.

    In a team of which nobody knows when it works: by what like cases took.
    """
    team = conversation.team_id
    people = sum(person.is_member for person in people_of(team))
    waiting = Conversation.objects.filter(team=team, state=State.OPEN, owner=None).exclude(pk=conversation.pk)
    ahead, each = waiting.values("pk")[:AHEAD_AT_MOST].count(), _each(team, now)
    for horizon in HORIZONS:
        there = attended(conversation.team, now, now + horizon)
        if at := estimates.answered_by(there, ahead=ahead, people=people, each=each):
            return at
    return estimates.promised(now, took_lately(conversation)).at


def took_lately(conversation: Conversation) -> list[timedelta]:
    """How long like cases took from opened to solved."""
    about = {
        "team": conversation.team_id,
        "topic": conversation.topic_id,
        "channel": conversation.channel_id,
    }
    with connection.cursor() as cursor:
        cursor.execute(TOOK, about)
        return [took for (took,) in cursor.fetchall()]


def _each(team: int, now: datetime) -> timedelta | None:
    with connection.cursor() as cursor:
        cursor.execute(EACH, {"team": team, "since": now - LATELY})
        row: tuple[timedelta | None] = cursor.fetchone()
    return row[0]
