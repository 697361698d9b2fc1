"""What must hold at every moment, as SQL. Each statement returns the rows that break it: none, or something is wrong.

The database's own constraints refuse most of this; these statements would see it even where a constraint was lost, a
dump was loaded by hand or a trigger was off. `now` is the only value they take.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime

from django.db import connection

from inbox import hot

# What the system, not a person, gave to somebody of the front line at this very instant: only then do the rows still
# tell whether he was there and had room. What climbed in the same instant may have come on top of it.
GIVEN_NOW = """
i.started_at = %(now)s AND i.ended_at IS NULL AND i.by_id IS NULL AND i.level = 1
        AND i.began_by IN ('routed', 'shift_end', 'absence')"""

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
    "the history of a conversation begins when it was opened": """
        SELECT c.id FROM inbox_conversation c WHERE NOT EXISTS (
            SELECT FROM inbox_interval i WHERE i.conversation_id = c.id AND i.started_at <= c.opened_at)""",
    "a duty passes from one lead to the next without a gap": """
        SELECT l.id FROM inbox_leadterm l
        WHERE l.ended_at IS NOT NULL AND NOT EXISTS (
            SELECT FROM inbox_leadterm n WHERE n.team_id = l.team_id AND n.started_at = l.ended_at)""",
    "nothing overdue stays below its level for more than one sweep": """
        SELECT c.id FROM inbox_conversation c
        WHERE c.state <> 'solved' AND c.climbs_at < %(now)s - interval '1 minute' AND c.climbs_to > c.level""",
    "each step is raised once": """
        SELECT min(id) FROM escalation_climb GROUP BY conversation_id, cycle, level HAVING count(*) > 1""",
    "what climbed became somebody's, and what became somebody's by the clock has climbed": """
        SELECT k.id FROM escalation_climb k WHERE NOT EXISTS (
            SELECT FROM inbox_interval i WHERE i.conversation_id = k.conversation_id AND i.began_by = 'timed_out'
              AND i.started_at = k.at AND i.owner_id = k.given_to_id AND i.level >= k.level)
        UNION ALL
        SELECT i.id FROM inbox_interval i WHERE i.began_by = 'timed_out' AND NOT EXISTS (
            SELECT FROM escalation_climb k WHERE k.conversation_id = i.conversation_id AND k.at = i.started_at)""",
    "routing and shift ends give to nobody who is not on shift": f"""
        SELECT i.id FROM inbox_interval i JOIN inbox_agent a ON a.id = i.owner_id
        WHERE {GIVEN_NOW} AND a.status <> 'on_shift'""",  # noqa: S608  # put together from the constant above
    "routing and shift ends give to nobody more than he can take": f"""
        SELECT i.id FROM inbox_interval i JOIN inbox_agent a ON a.id = i.owner_id
        WHERE {GIVEN_NOW} AND a.capacity < (
            SELECT sum(ch.weight * coalesce(p.weight, 1))
            FROM inbox_conversation c JOIN inbox_channel ch ON ch.id = c.channel_id
            JOIN inbox_customer cu ON cu.id = c.customer_id LEFT JOIN inbox_plan p ON p.id = cu.plan_id
            JOIN inbox_interval n ON n.conversation_id = c.id AND n.ended_at IS NULL
            WHERE c.owner_id = a.id AND c.state = 'open'
              AND NOT (n.began_by = 'timed_out' AND n.started_at = %(now)s))""",  # noqa: S608  # as above
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
    "an incoming message has its sender, an outgoing one its author, the mail it came with or a program": """
        SELECT id FROM inbox_message
        WHERE (direction = 'incoming' AND sender_id IS NULL)
           OR (direction <> 'incoming' AND author_id IS NULL AND item_id IS NULL AND automatic = '')""",
}


# The longest time in which nobody answered for a conversation that was not solved, in seconds.
LONGEST_ALONE = """
SELECT coalesce(max(extract(epoch FROM alone)), 0)::float FROM (
    SELECT lead(started_at) OVER (PARTITION BY conversation_id ORDER BY started_at, id) - ended_at AS alone, ended_by
    FROM inbox_interval) gaps WHERE ended_by NOT IN ('', 'solved', 'merged')
UNION ALL
SELECT coalesce(max((SELECT extract(epoch FROM sum(upper(r) - lower(r))) FROM unnest(
    tstzmultirange(tstzrange(i.started_at, coalesce(i.ended_at, %(now)s))) - t.terms) r)), 0)::float
FROM inbox_interval i
JOIN (SELECT team_id, range_agg(tstzrange(started_at, ended_at)) AS terms FROM inbox_leadterm GROUP BY 1) t
  USING (team_id)
WHERE i.owner_id IS NULL
"""


def longest_alone(now: datetime) -> float:
    """The longest time, in seconds, in which nobody was responsible for a conversation that needed somebody."""
    with connection.cursor() as cursor:
        cursor.execute(LONGEST_ALONE, {"now": now})
        return max(float(seconds) for (seconds,) in cursor.fetchall())


def violations(now: datetime, only: Iterable[str] = INVARIANTS) -> dict[str, list[int]]:
    """The ids of the rows that break each invariant, by its name; those that hold are left out."""
    return {name: rows for name, rows in _evaluated(now, only) if rows}


def _evaluated(now: datetime, names: Iterable[str]) -> Iterator[tuple[str, list[int]]]:
    for name in names:
        yield name, [pk for pk, *_ in hot.fetch(INVARIANTS[name], {"now": now})]
