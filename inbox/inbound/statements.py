"""The hot path of the way in, as named SQL: each statement does one thing that `receive` speaks of.

The ORM costs about half a millisecond a statement; a mail passes through here in five or six.
"""

# Everything about one thread is decided by one worker at a time: a parent and its answer, or the same mail in
# two mailboxes, may arrive at the same moment.
ARRIVE = """
SELECT a.id, a.customer_id, CASE WHEN a.blocked_at IS NULL THEN NULL ELSE a.blocked_reason END
FROM (SELECT pg_advisory_xact_lock(hashtextextended(%(root)s, 0))) AS locked
LEFT JOIN inbox_address a ON a.value = %(value)s AND a.kind = %(kind)s AND a.scope = %(scope)s
"""
FIND_ADDRESS = """
SELECT id, customer_id FROM inbox_address WHERE value = %(value)s AND kind = %(kind)s AND scope = %(scope)s
"""

# Two workers that meet a new address at once: one makes it, the other finds `address` empty and removes his customer.
MAKE_ADDRESS = """
WITH customer AS (
    INSERT INTO inbox_customer (name, organisation, language, timezone, created_at)
    VALUES (%(name)s, '', %(language)s, '', %(now)s) RETURNING id),
address AS (
    INSERT INTO inbox_address (kind, scope, value, name, customer_id, permanent_failures, blocked_reason, created_at)
    SELECT %(kind)s, %(scope)s, %(value)s, %(name)s, id, 0, '', %(now)s FROM customer
    ON CONFLICT DO NOTHING RETURNING id, customer_id)
SELECT customer.id, address.id FROM customer LEFT JOIN address ON true
"""
REMOVE_CUSTOMER = "DELETE FROM inbox_customer WHERE id = %(customer)s"

# Conversations that this message may belong to, locked, each with the proof that the sender takes part in it, and
# with what we have of it under these references: the same message (by value), or messages it answers.
# A thread that the provider itself keeps (`kept_thread`) goes on after it was solved; the latest conversation of it is
# its home. All are found by their ids, so that one that an agent solves while we wait for its row is still found.
FIND_RELATED = """
WITH known AS MATERIALIZED (
    SELECT p.channel_id, p.value, p.reference, p.delivery_id, m.id, m.conversation_id
    FROM inbox_providerid p JOIN inbox_message m ON m.id = p.message_id WHERE p.reference = ANY(%(references)s))
SELECT c.id, c.number, c.state, c.solved_at, c.merged_into_id,
       EXISTS (SELECT FROM inbox_participant p WHERE p.conversation_id = c.id AND p.address_id = %(address)s::bigint),
       (c.thread_key = %(thread_key)s AND c.channel_id = %(channel)s) IS TRUE,
       known.channel_id, known.value, known.reference, known.delivery_id, known.id
FROM inbox_conversation c LEFT JOIN known ON known.conversation_id = c.id
WHERE c.id = ANY(ARRAY(
    SELECT conversation_id FROM known
    UNION ALL SELECT unnest(%(ids)s::bigint[])
    UNION ALL SELECT id FROM inbox_conversation WHERE number = ANY(%(numbers)s::bigint[])
    UNION ALL SELECT coalesce(
        (SELECT id FROM inbox_conversation
         WHERE thread_key = %(thread_key)s AND channel_id = %(channel)s AND state <> 'solved'),
        (SELECT id FROM inbox_conversation
         WHERE thread_key = %(kept_thread)s AND channel_id = %(channel)s AND state = 'solved'
           AND NOT thread_key LIKE 'mail:%%' ORDER BY solved_at DESC LIMIT 1))))
FOR NO KEY UPDATE OF c
"""

_MESSAGE_COLUMNS = """(id, conversation_id, direction, key, sender_id, item_id, subject, text, reply_text, quoted_text,
    html, remote_images, automatic, verified, language, details, sent_at, happened_at, recheck_at)"""
_MESSAGE_VALUES = """%(direction)s, gen_random_uuid(), %(sender)s::bigint, %(item)s::bigint, %(subject)s, %(text)s,
    %(reply_text)s, %(quoted_text)s, %(html)s, %(remote_images)s, %(automatic)s, %(verified)s::boolean, %(language)s,
    %(details)s::jsonb, %(sent_at)s::timestamptz, %(happened_at)s, %(recheck_at)s::timestamptz"""
_AND_THE_REST = """
files AS (
    INSERT INTO inbox_attachment (uuid, message_id, name, media_type, size, sha256, inline, content_id, position,
        created_at, remote, due_at, attempts, missing)
    SELECT gen_random_uuid(), message.id, f.name, f.media_type, f.size, f.sha256, f.inline, f.content_id, f.position,
        %(now)s, f.remote, CASE WHEN f.sha256 = '' THEN %(now)s::timestamptz END, 0, ''
    FROM message, jsonb_to_recordset(%(files)s::jsonb) AS f (name text, media_type text, size bigint, sha256 text,
        inline boolean, content_id text, position int, remote text)),
provider AS (
    INSERT INTO inbox_providerid (channel_id, value, reference, message_id)
    SELECT %(channel)s, %(provider_id)s, %(reference)s, message.id FROM message),
item AS (
    UPDATE inbox_item SET outcome = %(outcome)s, opened_at = %(now)s, reason = NULL
    WHERE id = %(item)s AND outcome IN ('waiting', 'quarantine', 'unreadable') RETURNING id),
arrives AS (
    UPDATE inbox_address SET permanent_failures = 0 WHERE id = %(sender)s::bigint AND permanent_failures > 0),
activity AS (
    INSERT INTO inbox_activity (verb, at, conversation_id, data)
    SELECT %(verb)s, %(now)s, message.conversation_id, jsonb_build_object('message', message.id) || %(data)s::jsonb
    FROM message RETURNING id)
SELECT message.id, message.conversation_id, activity.id, item.id, pg_notify('otvet_activity', '')
FROM message, activity LEFT JOIN item ON true
"""

OPEN_CONVERSATION = f"""
WITH next AS (SELECT nextval(pg_get_serial_sequence('inbox_message', 'id')) AS id),
conversation AS (
    INSERT INTO inbox_conversation (channel_id, reply_channel_id, customer_id, address_id, thread_key, thread, subject,
        preview, we_spoke_last, state, team_id, level, cycle, priority, former_id, opened_at, last_activity_at,
        last_incoming_at, last_message, post_id, window_until)
    SELECT %(channel)s, %(channel)s, %(customer)s, %(address)s, %(thread_key)s, %(thread)s, %(subject)s,
        %(preview)s, %(we_spoke_last)s, %(state)s, %(team)s::bigint, 1, 1, 0, %(former)s::bigint, %(now)s, %(now)s,
        CASE WHEN %(we_spoke_last)s THEN NULL ELSE %(happened_at)s::timestamptz END, next.id,
        %(post)s::bigint, %(window_until)s::timestamptz FROM next
    RETURNING id),
interval AS (
    INSERT INTO inbox_interval (conversation_id, team_id, level, started_at, began_by, ended_by, reason, note)
    SELECT id, %(team)s, 1, %(now)s, 'opened', '', '', '' FROM conversation),
participant AS (
    INSERT INTO inbox_participant (conversation_id, address_id) SELECT id, %(address)s FROM conversation),
message AS (
    INSERT INTO inbox_message {_MESSAGE_COLUMNS}
    SELECT next.id, conversation.id, {_MESSAGE_VALUES} FROM next, conversation RETURNING id, conversation_id),
{_AND_THE_REST}
"""  # noqa: S608  # put together from the constants above

# A late parent is older than what the list already shows: it joins without taking the preview, and an answer of ours
# that we hear of late does not make it seem that nobody waits.
JOIN_CONVERSATION = f"""
WITH next AS (SELECT nextval(pg_get_serial_sequence('inbox_message', 'id')) AS id),
conversation AS (
    UPDATE inbox_conversation SET last_message = next.id,
        window_until = greatest(window_until, %(window_until)s::timestamptz),
        last_activity_at = CASE WHEN %(quiet)s THEN last_activity_at ELSE %(now)s END,
        last_incoming_at = CASE WHEN %(quiet)s OR %(we_spoke_last)s THEN last_incoming_at
                                ELSE greatest(last_incoming_at, %(happened_at)s) END,
        preview = CASE WHEN %(quiet)s OR last_incoming_at > %(happened_at)s THEN preview ELSE %(preview)s END,
        we_spoke_last = CASE WHEN %(quiet)s OR (%(we_spoke_last)s AND last_incoming_at > %(happened_at)s)
                             THEN we_spoke_last ELSE %(we_spoke_last)s END,
        state = CASE WHEN %(quiet)s OR %(we_spoke_last)s THEN state ELSE 'open' END,
        snoozed_until = CASE WHEN %(quiet)s OR %(we_spoke_last)s THEN snoozed_until ELSE NULL END,
        reply_channel_id = CASE WHEN %(quiet)s OR %(we_spoke_last)s THEN reply_channel_id ELSE %(channel)s END
    FROM next WHERE inbox_conversation.id = %(conversation)s RETURNING inbox_conversation.id),
message AS (
    INSERT INTO inbox_message {_MESSAGE_COLUMNS}
    SELECT next.id, conversation.id, {_MESSAGE_VALUES} FROM next, conversation RETURNING id, conversation_id),
{_AND_THE_REST}
"""  # noqa: S608  # put together from the constants above

# The post that something public was said under. Most are known: the first look finds them.
KNOW_POST = """
WITH known AS (
    SELECT id, author, text, link, at, look_at FROM inbox_post
    WHERE reference = %(reference)s AND channel_id = %(channel)s),
made AS (
    INSERT INTO inbox_post (channel_id, reference, author, text, link, look_at)
    SELECT %(channel)s, %(reference)s, '', '', '', %(look_at)s::timestamptz WHERE NOT EXISTS (SELECT FROM known)
    ON CONFLICT DO NOTHING RETURNING id, author, text, link, at, look_at)
SELECT * FROM known UNION ALL SELECT * FROM made
"""
FIND_POST = """
SELECT id, author, text, link, at, look_at FROM inbox_post
WHERE reference = %(reference)s AND channel_id = %(channel)s
"""
KEEP_POST = """
UPDATE inbox_post
SET author = %(author)s, text = %(text)s, link = %(link)s, at = coalesce(%(at)s, at, %(now)s), look_at = NULL,
    recheck_at = %(recheck_at)s
WHERE reference = %(reference)s AND channel_id = %(channel)s
  AND (author, text, link, at, look_at)
      IS DISTINCT FROM (%(author)s, %(text)s, %(link)s, coalesce(%(at)s::timestamptz, at, %(now)s), NULL)
"""

FINISH_ITEM = """
UPDATE inbox_item SET outcome = %(outcome)s, opened_at = %(now)s, reason = %(reason)s::jsonb, due_at = NULL
WHERE id = %(item)s AND outcome IN ('waiting', 'quarantine', 'unreadable')
"""

# Items are claimed in a transaction of their own: one that kills its reader has been counted. With each comes its
# twin: the very same bytes, which came before under another key.
CLAIM_ITEMS = """
WITH next AS (
    SELECT id FROM inbox_item
    WHERE channel_id = %(channel)s AND outcome = 'waiting' AND (due_at IS NULL OR due_at <= %(now)s)
    ORDER BY id LIMIT %(count)s FOR NO KEY UPDATE SKIP LOCKED)
UPDATE inbox_item i SET attempts = attempts + 1 FROM next, inbox_envelope e
WHERE i.id = next.id AND e.id = i.envelope_id
RETURNING i.id, i.attempts, i.received_at, i.source_key, i.part, e.sha256, e.size, e.facts,
    (SELECT min(t.id) FROM inbox_envelope te JOIN inbox_item t ON t.envelope_id = te.id
     WHERE te.sha256 = e.sha256 AND te.channel_id = e.channel_id AND t.id <> i.id
       AND t.outcome NOT IN ('waiting', 'duplicate', 'unreadable'))
"""

# What the provider itself calls the same thing, whatever its bytes. It is looked for as it is opened: both may have
# been claimed together.
FIND_TWIN = """
SELECT min(i.id) FROM inbox_envelope e JOIN inbox_item i ON i.envelope_id = e.id
WHERE e.facts ->> 'lasting_id' = %(lasting_id)s AND e.facts ? 'lasting_id' AND e.channel_id = %(channel)s
  AND i.id <> %(item)s AND i.outcome NOT IN ('waiting', 'duplicate', 'unreadable')
"""
