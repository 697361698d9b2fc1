import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("inbox", "0017_one_index_less"),
    ]

    operations = [
        migrations.CreateModel(
            name="Bulk",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "verb",
                    models.CharField(
                        choices=[
                            ("take", "take"),
                            ("pass_on", "pass on"),
                            ("tag", "tag"),
                            ("untag", "take a tag away"),
                            ("wait", "wait for the customer"),
                            ("snooze", "snooze"),
                            ("open", "open again"),
                            ("solve", "solve"),
                            ("spam", "take for spam"),
                        ],
                        max_length=8,
                    ),
                ),
                ("asked", models.JSONField(default=dict)),
                ("at", models.DateTimeField()),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
                ("put_back_at", models.DateTimeField(blank=True, null=True)),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="bulks", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="BulkRow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "waiting"),
                            ("done", "done"),
                            ("failed", "could not be done"),
                            ("left", "not begun when it was put back"),
                            ("put_back", "put back"),
                            ("kept", "could not be put back"),
                        ],
                        default="waiting",
                        max_length=8,
                    ),
                ),
                ("error", models.JSONField(blank=True, null=True)),
                ("before", models.JSONField(blank=True, null=True)),
                ("mark", models.BigIntegerField(blank=True, null=True)),
                (
                    "bulk",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="rows",
                        to="inbox.bulk",
                    ),
                ),
                (
                    "conversation",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="inbox.conversation",
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="bulk",
            index=models.Index(models.F("id"), condition=models.Q(("finished_at", None)), name="bulk_unfinished"),
        ),
        migrations.AddIndex(
            model_name="bulk",
            index=models.Index(
                models.F("by"),
                models.OrderBy(models.F("id"), descending=True),
                condition=models.Q(("closed_at", None)),
                name="bulk_shown",
            ),
        ),
        migrations.AddIndex(
            model_name="bulkrow",
            index=models.Index(models.F("bulk"), models.F("state"), models.F("id"), name="bulkrow_by_state"),
        ),
        migrations.AddConstraint(
            model_name="bulkrow",
            constraint=models.UniqueConstraint(models.F("bulk"), models.F("conversation"), name="bulkrow_once"),
        ),
    ]
