from django.db import migrations, models
from django.db.models import ExpressionWrapper, Q

# What was split off, or opened again beside a follower, had lost its provider's thread with its key: in public that
# follows from the post, in private the conversation that it came from has it.
FILL = """
UPDATE inbox_conversation SET thread = thread_key WHERE thread_key NOT LIKE 'mail:%';
UPDATE inbox_conversation c SET thread = 'public:' || coalesce(p.reference, '') || ':' || a.value
FROM inbox_conversation self
LEFT JOIN inbox_post p ON p.id = self.post_id
JOIN inbox_address a ON a.id = self.address_id
WHERE c.public AND c.thread = '' AND self.id = c.id;
UPDATE inbox_conversation c SET thread = f.thread FROM inbox_conversation f
WHERE f.id = c.former_id AND f.channel_id = c.channel_id AND NOT (c.public OR f.public)
  AND c.thread_key IS NULL AND c.thread = '' AND f.thread <> '';
"""


class Migration(migrations.Migration):
    dependencies = [
        ("inbox", "0024_post_withdrawn"),
    ]

    operations = [
        migrations.AddField(
            model_name="conversation",
            name="thread",
            field=models.CharField(blank=True, db_default="", default="", max_length=500),
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.RemoveField(model_name="conversation", name="public"),
        migrations.AddField(
            model_name="conversation",
            name="public",
            field=models.GeneratedField(
                db_persist=True,
                expression=ExpressionWrapper(Q(thread__startswith="public:"), output_field=models.BooleanField()),
                output_field=models.BooleanField(),
            ),
        ),
    ]
