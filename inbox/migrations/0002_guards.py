"""What the database itself guards: no gap in a history, an unchangeable log, full text kept up to date.

The constraint triggers are deferred: they judge what a transaction leaves behind, not its single steps.
"""

from django.db import migrations

# A history of stretches (`started_at`, `ended_at`) has no gap: where one ends, another begins.
LEAD_TERMS = """
CREATE FUNCTION inbox_leadterm_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    team bigint := CASE TG_TABLE_NAME WHEN 'inbox_team' THEN (to_jsonb(NEW)->>'id')::bigint
                   ELSE coalesce((to_jsonb(NEW)->>'team_id')::bigint, (to_jsonb(OLD)->>'team_id')::bigint) END;
BEGIN
    IF NOT EXISTS (SELECT FROM inbox_team WHERE id = team) THEN RETURN NULL; END IF;
    IF NOT EXISTS (SELECT FROM inbox_leadterm WHERE team_id = team AND ended_at IS NULL) THEN
        RAISE EXCEPTION 'team % would be without a duty lead', team USING ERRCODE = 'check_violation';
    END IF;
    IF EXISTS (
        SELECT FROM inbox_leadterm a WHERE a.team_id = team AND a.ended_at IS NOT NULL AND NOT EXISTS (
            SELECT FROM inbox_leadterm b WHERE b.team_id = team AND b.started_at = a.ended_at)
    ) THEN
        RAISE EXCEPTION 'team % would have a time without a duty lead', team USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER inbox_team_has_a_lead AFTER INSERT ON inbox_team
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION inbox_leadterm_guard();
CREATE CONSTRAINT TRIGGER inbox_leadterm_no_gap AFTER INSERT OR UPDATE OR DELETE ON inbox_leadterm
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION inbox_leadterm_guard();
"""

INTERVALS = """
CREATE FUNCTION inbox_interval_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.ended_at IS NOT NULL AND NEW.ended_by NOT IN ('solved', 'merged') AND NOT EXISTS (
        SELECT FROM inbox_interval WHERE conversation_id = NEW.conversation_id AND started_at = NEW.ended_at
                                     AND id <> NEW.id)
    THEN
        RAISE EXCEPTION 'conversation % would have a time without a responsible person', NEW.conversation_id
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER inbox_interval_no_gap AFTER INSERT OR UPDATE ON inbox_interval
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION inbox_interval_guard();

CREATE FUNCTION inbox_conversation_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    now_is inbox_conversation;
    present inbox_interval;
BEGIN
    SELECT * INTO now_is FROM inbox_conversation WHERE id = NEW.id;
    IF NOT FOUND THEN RETURN NULL; END IF;
    SELECT * INTO present FROM inbox_interval WHERE conversation_id = NEW.id AND ended_at IS NULL;
    IF now_is.state = 'solved' AND present.id IS NOT NULL THEN
        RAISE EXCEPTION 'conversation % is solved and somebody still answers for it', NEW.id
            USING ERRCODE = 'check_violation';
    ELSIF now_is.state <> 'solved' AND present.id IS NULL THEN
        RAISE EXCEPTION 'conversation % would be without a responsible person', NEW.id
            USING ERRCODE = 'check_violation';
    ELSIF now_is.state <> 'solved' AND (present.team_id, present.owner_id, present.level)
            IS DISTINCT FROM (now_is.team_id, now_is.owner_id, now_is.level) THEN
        RAISE EXCEPTION 'conversation % and its present interval name different people', NEW.id
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER inbox_conversation_is_somebodys
    AFTER INSERT OR UPDATE OF state, team_id, owner_id, level ON inbox_conversation
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION inbox_conversation_guard();
CREATE FUNCTION inbox_interval_conversation_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM inbox_conversation c LEFT JOIN inbox_interval i ON i.conversation_id = c.id AND i.ended_at IS NULL
        WHERE c.id = OLD.conversation_id
          AND ((c.state = 'solved' AND i.id IS NULL)
               OR (c.state <> 'solved' AND i.team_id = c.team_id AND i.owner_id IS NOT DISTINCT FROM c.owner_id
                   AND i.level = c.level)))
       AND EXISTS (SELECT FROM inbox_conversation WHERE id = OLD.conversation_id)
    THEN
        RAISE EXCEPTION 'conversation % and its intervals would disagree', OLD.conversation_id
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER inbox_interval_agrees AFTER UPDATE OR DELETE ON inbox_interval
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION inbox_interval_conversation_guard();
"""

LOG = """
CREATE FUNCTION inbox_activity_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the log is append-only' USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER inbox_activity_append_only BEFORE UPDATE OR DELETE ON inbox_activity
    FOR EACH ROW EXECUTE FUNCTION inbox_activity_guard();
"""

# One configuration serves both languages: `russian` stems Latin words as English.
# The quoted text is left out: it stands in full in the message it quotes.
SEARCH = """
ALTER TABLE inbox_message ADD COLUMN search tsvector GENERATED ALWAYS AS (
    to_tsvector('russian', left(subject, 500) || ' ' || left(reply_text, 50000))) STORED;
CREATE INDEX message_search ON inbox_message USING gin (search);
ALTER TABLE inbox_customer ADD COLUMN search tsvector GENERATED ALWAYS AS (
    to_tsvector('simple', name || ' ' || organisation)) STORED;
CREATE INDEX customer_search ON inbox_customer USING gin (search);
ALTER TABLE inbox_address ADD COLUMN search tsvector GENERATED ALWAYS AS (
    to_tsvector('simple', translate(lower(value), '@.-_+', '     ') || ' ' || name)) STORED;
CREATE INDEX address_search ON inbox_address USING gin (search);
"""

# Hot tables: an index over rows that change all day must be swept before it is all tombstones.
VACUUM = """
ALTER TABLE inbox_conversation SET (autovacuum_vacuum_scale_factor = 0.02, fillfactor = 85);
ALTER TABLE inbox_delivery SET (autovacuum_vacuum_scale_factor = 0.02, fillfactor = 80);
ALTER TABLE inbox_item SET (autovacuum_vacuum_scale_factor = 0.02, fillfactor = 85);
CREATE INDEX conversation_active ON inbox_conversation (last_activity_at DESC, id DESC)
    INCLUDE (team_id, owner_id, state) WHERE state IN ('open', 'pending');
"""


class Migration(migrations.Migration):
    dependencies = [("inbox", "0001_first")]
    operations = [
        migrations.RunSQL(sql, migrations.RunSQL.noop) for sql in (LEAD_TERMS, INTERVALS, LOG, SEARCH, VACUUM)
    ]
