import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("inbox", "0012_keys"),
    ]

    operations = [
        migrations.CreateModel(
            name="CannedAnswer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=80, verbose_name="name")),
                ("text", models.TextField(max_length=20000, verbose_name="text")),
                (
                    "tags",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=50), blank=True, default=list, size=None
                    ),
                ),
                (
                    "then",
                    models.CharField(
                        blank=True,
                        choices=[("open", "open"), ("pending", "pending"), ("solved", "solved")],
                        default="",
                        max_length=8,
                        verbose_name="what follows",
                    ),
                ),
                (
                    "reason",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("knowledge", "somebody else knows more about it"),
                            ("rights", "somebody else may decide it"),
                            ("topic", "another team takes care of such problems"),
                            ("language", "somebody else speaks the language"),
                            ("time", "I have no time for it now"),
                            ("relation", "the customer should talk to somebody else"),
                        ],
                        default="",
                        max_length=9,
                        verbose_name="why it is passed on",
                    ),
                ),
                (
                    "note",
                    models.TextField(blank=True, default="", max_length=2000, verbose_name="note for the next one"),
                ),
                ("changed_at", models.DateTimeField()),
                (
                    "owner",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="canned_answers",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "team",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="canned_answers",
                        to="inbox.team",
                    ),
                ),
                (
                    "to_agent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "to_team",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="inbox.team",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("owner", None), ("team", None), _connector="OR"), name="cannedanswer_of_one"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("to_agent", None), ("to_team", None), _connector="OR"),
                        name="cannedanswer_to_one",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("then", ""), models.Q(("to_agent", None), ("to_team", None)), _connector="OR"
                        ),
                        name="cannedanswer_passed_on_needs_us",
                    ),
                    models.UniqueConstraint(
                        django.db.models.functions.text.Lower("name"),
                        models.F("owner"),
                        models.F("team"),
                        name="cannedanswer_name_once",
                        nulls_distinct=False,
                    ),
                ],
            },
        ),
    ]
