import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("inbox", "0020_draft_and_panes"),
    ]

    operations = [
        migrations.AddField(
            model_name="installation",
            name="push_key",
            field=models.BinaryField(default=b""),
        ),
        migrations.CreateModel(
            name="Browser",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("handle", models.UUIDField(default=uuid.uuid4, unique=True)),
                ("endpoint", models.CharField(max_length=1000, unique=True)),
                ("key", models.BinaryField()),
                ("secret", models.BinaryField()),
                ("name", models.CharField(max_length=100)),
                ("language", models.CharField(max_length=8)),
                ("since", models.DateTimeField()),
                ("told_at", models.DateTimeField(blank=True, null=True)),
                ("failed_at", models.DateTimeField(blank=True, null=True)),
                ("error", models.JSONField(blank=True, null=True)),
                (
                    "agent",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="browsers",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Ring",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("due_at", models.DateTimeField()),
                (
                    "browser",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="rings",
                        to="inbox.browser",
                    ),
                ),
                (
                    "notice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="rings", to="inbox.notice"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(models.F("due_at"), name="ring_due")],
                "constraints": [models.UniqueConstraint(models.F("browser"), models.F("notice"), name="ring_once")],
            },
        ),
    ]
