"""A desk that has been used for years, made by SQL: what matters is the size of its tables."""

from django.db import connection

from inbox.models import Channel

CUSTOMERS = """
INSERT INTO inbox_customer (name, organisation, language, timezone, created_at)
SELECT 'Customer ' || n, '', 'en', '', now() - n * interval '10 seconds' FROM generate_series(1, %(n)s) n
"""
ADDRESSES = """
INSERT INTO inbox_address (kind, scope, value, name, customer_id, permanent_failures, blocked_reason, created_at)
SELECT 'email', '', 'customer' || id || '@example.org', name, id, 0, '', created_at FROM inbox_customer
WHERE id > %(customers)s
"""
# A fiftieth is open, as much is pending; one open in three has an owner.
CONVERSATIONS = """
INSERT INTO inbox_conversation (channel_id, reply_channel_id, customer_id, address_id, thread_key, subject, preview,
    we_spoke_last, state, team_id, owner_id, level, cycle, priority, opened_at, last_activity_at, last_incoming_at,
    last_message, solved_at)
SELECT %(channel)s, %(channel)s, a.customer_id, a.id, 'old:' || a.id, 'Order ' || a.id, 'Where is my order', false,
    CASE a.id %% 50 WHEN 0 THEN 'open' WHEN 1 THEN 'pending' ELSE 'solved' END, %(team)s,
    CASE WHEN a.id %% 150 = 0 THEN %(owner)s ELSE NULL END, 1, 1, 0, a.created_at,
    a.created_at + interval '1 hour', a.created_at, 0,
    CASE WHEN a.id %% 50 IN (0, 1) THEN NULL ELSE a.created_at + interval '1 hour' END
FROM inbox_address a WHERE a.id > %(addresses)s
"""
INTERVALS = """
INSERT INTO inbox_interval (conversation_id, team_id, owner_id, level, started_at, ended_at, began_by, ended_by, reason,
    note)
SELECT id, team_id, owner_id, level, opened_at, solved_at, 'opened',
    CASE WHEN solved_at IS NULL THEN '' ELSE 'solved' END, '', '' FROM inbox_conversation WHERE id > %(conversations)s
"""
PARTICIPANTS = """
INSERT INTO inbox_participant (conversation_id, address_id)
SELECT id, address_id FROM inbox_conversation WHERE id > %(conversations)s
"""
MESSAGES = """
INSERT INTO inbox_message (conversation_id, direction, key, sender_id, author_id, subject, text, reply_text,
    quoted_text, html, remote_images, automatic, language, details, happened_at)
SELECT c.id, CASE WHEN n %% 2 = 1 THEN 'incoming' ELSE 'outgoing' END, gen_random_uuid(),
    CASE WHEN n %% 2 = 1 THEN c.address_id END, CASE WHEN n %% 2 = 0 THEN %(owner)s END, c.subject, t.text, t.text,
    '', '', 0, '', 'en', '{}', c.opened_at + n * interval '10 minutes'
FROM inbox_conversation c CROSS JOIN generate_series(1, %(each)s) n
CROSS JOIN LATERAL (SELECT 'Where is order ' || c.id || ' that was paid on day ' || n || ' with box' || (c.id * 7 + n)
    || CASE WHEN c.id %% 9973 = 0 AND n = 1 THEN ' chrysanthemum' ELSE '' END AS text) t
WHERE c.id > %(conversations)s
"""
PROVIDER_IDS = """
INSERT INTO inbox_providerid (channel_id, value, reference, message_id)
SELECT %(channel)s, '<old.' || m.id || '@example.org>/0', '<old.' || m.id || '@example.org>', m.id
FROM inbox_message m JOIN inbox_conversation c ON c.id = m.conversation_id WHERE c.id > %(conversations)s
"""
ACTIVITY = """
INSERT INTO inbox_activity (verb, at, conversation_id, data)
SELECT 'received', m.happened_at, m.conversation_id, jsonb_build_object('message', m.id) FROM inbox_message m
WHERE m.conversation_id > %(conversations)s
"""
NEWEST = """
UPDATE inbox_conversation c SET last_message = m.newest
FROM (SELECT conversation_id, max(id) AS newest FROM inbox_message
      WHERE conversation_id > %(conversations)s GROUP BY 1) m
WHERE m.conversation_id = c.id
"""

TABLES = {"customers": "customer", "addresses": "address", "conversations": "conversation"}


def load(channel: Channel, *, conversations: int, messages_each: int) -> None:
    """Add so much to the tables. Constraints and triggers hold here as everywhere; statistics are fresh afterwards."""
    values: dict[str, int] = {
        "n": conversations,
        "each": messages_each,
        "channel": channel.pk,
        "team": channel.team_id,
        "owner": channel.team.lead_id,
    }
    with connection.cursor() as cursor:
        for name in ("customers", "addresses", "conversations"):
            cursor.execute(f"SELECT coalesce(max(id), 0) FROM inbox_{TABLES[name]}")  # of the three below
            values[name] = cursor.fetchone()[0]
        cursor.execute("SET statement_timeout = 0")
        for statement in (CUSTOMERS, ADDRESSES):
            cursor.execute(statement, values)
        # Owner and interval are compared when a transaction commits: both must be in one.
        cursor.execute("BEGIN")
        for statement in (CONVERSATIONS, INTERVALS, PARTICIPANTS):
            cursor.execute(statement, values)
        cursor.execute("COMMIT")
        for statement in (MESSAGES, PROVIDER_IDS, ACTIVITY, NEWEST):
            cursor.execute(statement, values)
        cursor.execute("VACUUM ANALYZE")
        cursor.execute("RESET statement_timeout")
