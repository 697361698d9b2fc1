"""A million problems that wait, made by SQL: nearly all are young, and a chosen number has waited its twenty hours."""

from datetime import datetime

from django.db import connection

from inbox.models import Channel

CUSTOMERS = """
INSERT INTO inbox_customer (name, organisation, language, timezone, created_at)
SELECT 'Customer ' || n, '', 'en', '', %(now)s - interval '1 day' FROM generate_series(1, %(n)s) n
"""
ADDRESSES = """
INSERT INTO inbox_address (kind, scope, value, name, customer_id, permanent_failures, blocked_reason, created_at)
SELECT 'email', '', 'waiting' || id || '@example.org', name, id, 0, '', created_at FROM inbox_customer
"""
# Spread over the teams and, but for a third that waits in the queues, over the people. The first `due` are old.
CONVERSATIONS = """
INSERT INTO inbox_conversation (channel_id, reply_channel_id, customer_id, address_id, thread_key, subject, preview,
    we_spoke_last, state, team_id, owner_id, level, cycle, priority, opened_at, last_activity_at, last_incoming_at,
    last_message, sorted_at)
SELECT c.channel, c.channel, a.customer_id, a.id, 'old:' || a.id, 'Order ' || a.id, 'Where is my order', false, 'open',
    c.team, CASE WHEN a.n %% 3 > 0 THEN c.people[1 + a.n / 3 %% array_length(c.people, 1)] END, 1, 1, 0, t.opened_at,
    t.opened_at, t.opened_at, 0, t.opened_at
FROM (SELECT id, customer_id, row_number() OVER (ORDER BY id) AS n FROM inbox_address) a
JOIN (SELECT row_number() OVER (ORDER BY ch.id) - 1 AS place, count(*) OVER () AS teams, ch.id AS channel,
          ch.team_id AS team,
          ARRAY(SELECT agent_id FROM inbox_membership m WHERE m.team_id = ch.team_id AND m.role = 'agent'
                ORDER BY 1) AS people
      FROM inbox_channel ch) c ON c.place = a.n %% c.teams
CROSS JOIN LATERAL (SELECT %(now)s - CASE WHEN a.n <= %(due)s THEN interval '20 hours 1 minute'
    ELSE a.n %% 3600 * interval '1 second' END AS opened_at) t
"""
INTERVALS = """
INSERT INTO inbox_interval (conversation_id, team_id, owner_id, level, started_at, began_by, ended_by, reason, note,
    accepted_at)
SELECT id, team_id, owner_id, level, opened_at, 'opened', '', '', '', CASE WHEN owner_id IS NOT NULL THEN opened_at END
FROM inbox_conversation
"""
MESSAGES = """
INSERT INTO inbox_message (conversation_id, direction, key, sender_id, subject, text, reply_text, quoted_text, html,
    remote_images, automatic, language, details, happened_at)
SELECT id, 'incoming', gen_random_uuid(), address_id, subject, preview, preview, '', '', 0, '', 'en', '{}', opened_at
FROM inbox_conversation
"""
ACTIVITY = """
INSERT INTO inbox_activity (verb, at, conversation_id, data)
SELECT 'received', opened_at, id, '{}' FROM inbox_conversation
"""
# As escalation left it when each had come in: it is looked at when its twenty hours are over.
LOOKED_AT = """
UPDATE inbox_conversation SET look_at = opened_at + interval '20 hours', climbs_at = opened_at + interval '20 hours',
    climbs_to = 3
"""


def pile_up(*, conversations: int, due: int, now: datetime) -> None:
    """Fill empty tables, on the channels that there are. Constraints and triggers hold here as everywhere."""
    values: dict[str, int | datetime] = {"n": conversations, "due": due, "now": now}
    assert Channel.objects.exists()
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        for statement in (CUSTOMERS, ADDRESSES):
            cursor.execute(statement, values)
        # Owner and interval are compared when a transaction commits: both must be in one.
        cursor.execute("BEGIN")
        for statement in (CONVERSATIONS, INTERVALS):
            cursor.execute(statement, values)
        cursor.execute("COMMIT")
        for statement in (MESSAGES, ACTIVITY, LOOKED_AT):
            cursor.execute(statement, values)
        cursor.execute("VACUUM ANALYZE")
        cursor.execute("RESET statement_timeout")
