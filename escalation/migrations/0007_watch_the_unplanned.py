from django.db import migrations

# Who is on shift without a plan was not watched; nothing would look at him of itself.
LOOK = """
UPDATE escalation_roster r SET due_at = a.on_shift_since FROM inbox_agent a
WHERE a.id = r.agent_id AND a.status = 'on_shift' AND r.watch_at IS NULL AND r.due_at IS NULL
"""


class Migration(migrations.Migration):
    dependencies = [("escalation", "0006_promise_told"), ("inbox", "0006_presence")]

    operations = [migrations.RunSQL(LOOK, migrations.RunSQL.noop)]
