from django.db import migrations

# What was said in private kept no thread of its provider's where only the follower it stands beside has it, nor where
# it was taken out of such a one: from whoever has it the thread is carried to all that is tied to him without one.
FILL = """
WITH RECURSIVE same AS (
    SELECT id, former_id, channel_id, thread FROM inbox_conversation WHERE thread <> '' AND NOT public
    UNION
    SELECT c.id, c.former_id, c.channel_id, same.thread
    FROM same JOIN inbox_conversation c ON c.former_id = same.id OR c.id = same.former_id
    WHERE c.channel_id = same.channel_id AND c.thread = '' AND c.thread_key IS NULL)
UPDATE inbox_conversation c SET thread = same.thread FROM same WHERE c.id = same.id AND c.thread = '';
"""


class Migration(migrations.Migration):
    dependencies = [
        ("inbox", "0030_left_early"),
    ]

    operations = [
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
