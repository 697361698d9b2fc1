import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("inbox", "0018_bulk"),
    ]

    operations = [
        migrations.CreateModel(
            name="SavedView",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=60, verbose_name="name")),
                ("query", models.CharField(max_length=300, verbose_name="what is in it")),
                (
                    "order",
                    models.CharField(
                        choices=[
                            ("newest", "where something happened last"),
                            ("oldest", "where nothing has happened for longest"),
                            ("climbs", "what climbs first"),
                        ],
                        default="newest",
                        max_length=7,
                        verbose_name="what stands first",
                    ),
                ),
                (
                    "facts",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("climb", "time left until it climbs"),
                                ("promise", "what was promised"),
                                ("number", "number"),
                                ("window", "the window for answers"),
                                ("state", "state"),
                                ("tags", "tags"),
                            ],
                            max_length=8,
                        ),
                        blank=True,
                        default=list,
                        size=None,
                    ),
                ),
                ("counted", models.BooleanField(default=True, verbose_name="The rail tells how much is in it")),
                ("position", models.PositiveSmallIntegerField(default=0)),
                ("changed_at", models.DateTimeField()),
            ],
        ),
        migrations.AddIndex(
            model_name="conversation",
            index=models.Index(models.F("climbs_at"), models.F("id"), name="conversation_by_climb"),
        ),
        migrations.AddField(
            model_name="savedview",
            name="owner",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="saved_views",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="savedview",
            name="team",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="saved_views",
                to="inbox.team",
            ),
        ),
        migrations.AddConstraint(
            model_name="savedview",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("owner", None), ("team__isnull", False)),
                    models.Q(("owner__isnull", False), ("team", None)),
                    _connector="OR",
                ),
                name="savedview_is_somebodys",
            ),
        ),
        migrations.AddConstraint(
            model_name="savedview",
            constraint=models.CheckConstraint(
                condition=models.Q(("query", ""), _negated=True), name="savedview_looks_for_something"
            ),
        ),
    ]
