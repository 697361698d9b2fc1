from django.db import migrations

# What is for something in particular is asked first now, at the same place. Which policy counts must not change by
# itself: each gets a place of its own, in the order in which they were asked; a manager moves them, and sees what climbs.
PLACES = """
UPDATE escalation_policy p SET position = asked.place - 1 FROM (
    SELECT id, row_number() OVER (ORDER BY position, id) AS place FROM escalation_policy) asked
WHERE p.id = asked.id
"""
# Who was away without a plan was not watched; nothing would look at him of itself.
AWAY = """
UPDATE escalation_roster r SET due_at = a.away_since FROM inbox_agent a
WHERE a.id = r.agent_id AND a.status = 'away' AND r.watch_at IS NULL AND r.due_at IS NULL
"""
# What was split off has waited since it was asked: its deadlines are other ones now.
SPLIT = """
UPDATE inbox_conversation c SET look_at = c.opened_at
WHERE c.state <> 'solved' AND EXISTS (
    SELECT FROM inbox_interval i WHERE i.conversation_id = c.id AND i.began_by = 'split')
"""


class Migration(migrations.Migration):
    dependencies = [("escalation", "0007_watch_the_unplanned"), ("inbox", "0025_thread_of_answers")]

    operations = [
        migrations.AlterModelOptions("policy", options={}),
        migrations.RunSQL(PLACES, migrations.RunSQL.noop),
        migrations.RunSQL(AWAY, migrations.RunSQL.noop),
        migrations.RunSQL(SPLIT, migrations.RunSQL.noop),
    ]
