from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("inbox", "0023_answer_not_arrived"),
    ]

    operations = [
        migrations.AddField(
            model_name="post",
            name="recheck_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="post",
            name="withdrawn_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddIndex(
            model_name="post",
            index=models.Index(
                models.F("recheck_at"), condition=models.Q(("recheck_at__isnull", False)), name="post_to_recheck"
            ),
        ),
        migrations.RunSQL(
            "UPDATE inbox_post SET recheck_at = now() WHERE text <> '' AND at > now() - interval '30 days'",
            migrations.RunSQL.noop,
        ),
    ]
