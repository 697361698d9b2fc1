"""What must hold at every moment, as SQL. Each statement returns the rows that break it: none, or something is wrong.

The database's own constraints refuse most of this; these statements would see it even where a constraint was lost, a
dump was loaded by hand or a trigger was off. `now` is the only value they take.
"""

from collections.abc import Iterator
from datetime import datetime

from django.db import connection

INVARIANTS = {
    "somebody answers for every conversation that is not solved": """
        SELECT c.id FROM inbox_conversation c
        WHERE c.state <> 'solved' AND c.owner_id IS NULL AND NOT EXISTS (
            SELECT FROM inbox_leadterm l WHERE l.team_id = c.team_id AND l.ended_at IS NULL)""",
    "a conversation that is not solved has one present interval, which names its team and owner": """
        SELECT c.id FROM inbox_conversation c
        WHERE c.state <> 'solved' AND 1 <> (
            SELECT count(*) FROM inbox_interval i WHERE i.conversation_id = c.id AND i.ended_at IS NULL
              AND i.team_id = c.team_id AND i.owner_id IS NOT DISTINCT FROM c.owner_id)""",
    "nobody answers for what is solved": """
        SELECT c.id FROM inbox_conversation c JOIN inbox_interval i ON i.conversation_id = c.id
        WHERE c.state = 'solved' AND i.ended_at IS NULL""",
    "the intervals of a conversation leave no gap": """
        SELECT i.id FROM inbox_interval i
        WHERE i.ended_at IS NOT NULL AND i.ended_by NOT IN ('solved', 'merged') AND NOT EXISTS (
            SELECT FROM inbox_interval n
            WHERE n.conversation_id = i.conversation_id AND n.started_at = i.ended_at AND n.id <> i.id)""",
    "the intervals of a conversation do not overlap": """
        SELECT a.id FROM inbox_interval a JOIN inbox_interval b ON b.conversation_id = a.conversation_id AND b.id > a.id
        WHERE tstzrange(a.started_at, a.ended_at) && tstzrange(b.started_at, b.ended_at)""",
    "every team has one duty lead": """
        SELECT t.id FROM inbox_team t
        WHERE 1 <> (SELECT count(*) FROM inbox_leadterm l WHERE l.team_id = t.id AND l.ended_at IS NULL)""",
    "what is called sent has its proof": """
        SELECT id FROM inbox_delivery
        WHERE state IN ('sent', 'delivered', 'read') AND sent_by_hand_id IS NULL
          AND (provider_id = '' OR accepted_at IS NULL)""",
    "nothing is still being sent long after its lease": """
        SELECT id FROM inbox_delivery
        WHERE state = 'sending' AND coalesce(lease_until, '-infinity') < %(now)s - interval '5 minutes'""",
    "one answer of a conversation is sent at a time": """
        SELECT conversation_id FROM inbox_delivery WHERE state = 'sending'
        GROUP BY conversation_id HAVING count(*) > 1""",
    "what came in says of its item what became of it": """
        SELECT m.id FROM inbox_message m JOIN inbox_item i ON i.id = m.item_id
        WHERE i.outcome NOT IN ('message', 'automatic', 'receipt', 'bounce')""",
    "an item that is called a message is one": """
        SELECT i.id FROM inbox_item i
        WHERE i.outcome = 'message' AND NOT EXISTS (SELECT FROM inbox_message m WHERE m.item_id = i.id)""",
    "no item waits for long": """
        SELECT id FROM inbox_item
        WHERE outcome = 'waiting' AND coalesce(due_at, received_at) < %(now)s - interval '15 minutes'""",
    "every envelope was split into items": """
        SELECT e.id FROM inbox_envelope e
        WHERE e.channel_id IS NOT NULL AND NOT EXISTS (SELECT FROM inbox_item i WHERE i.envelope_id = e.id)""",
    "an incoming message has its sender, an outgoing one its author or the mail it came with": """
        SELECT id FROM inbox_message
        WHERE (direction = 'incoming' AND sender_id IS NULL)
           OR (direction <> 'incoming' AND author_id IS NULL AND item_id IS NULL)""",
}


def violations(now: datetime) -> dict[str, list[int]]:
    """The ids of the rows that break each invariant, by its name; those that hold are left out."""
    return {name: rows for name, rows in _evaluated(now) if rows}


def _evaluated(now: datetime) -> Iterator[tuple[str, list[int]]]:
    with connection.cursor() as cursor:
        for name, statement in INVARIANTS.items():
            cursor.execute(statement, {"now": now})
            yield name, [row[0] for row in cursor.fetchall()]
