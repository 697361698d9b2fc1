import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# Messages point at the version that stopped them: none is changed or deleted.
GUARD = """
CREATE FUNCTION inbox_guidelineversion_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'versions of guidelines are never changed' USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER inbox_guidelineversion_append_only BEFORE UPDATE OR DELETE ON inbox_guidelineversion
    FOR EACH ROW EXECUTE FUNCTION inbox_guidelineversion_guard();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("inbox", "0009_bought"),
    ]

    operations = [
        migrations.CreateModel(
            name="Guideline",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ],
        ),
        migrations.CreateModel(
            name="GuidelineVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveSmallIntegerField()),
                ("at", models.DateTimeField()),
                ("is_on", models.BooleanField(default=True, verbose_name="in use")),
                (
                    "kind",
                    models.CharField(
                        choices=[("block", "stops it"), ("warn", "asks once"), ("prefer", "suggests")],
                        max_length=6,
                        verbose_name="what it does",
                    ),
                ),
                ("name", models.CharField(max_length=100, verbose_name="name")),
                ("name_ru", models.CharField(blank=True, default="", max_length=100, verbose_name="name, in Russian")),
                ("phrases", models.JSONField(default=list, verbose_name="phrases")),
                ("passes", models.JSONField(blank=True, default=list, verbose_name="what passes all the same")),
                ("reason", models.CharField(max_length=300, verbose_name="reason")),
                (
                    "reason_ru",
                    models.CharField(blank=True, default="", max_length=300, verbose_name="reason, in Russian"),
                ),
                ("better", models.CharField(blank=True, default="", max_length=500, verbose_name="better wording")),
                (
                    "better_ru",
                    models.CharField(blank=True, default="", max_length=500, verbose_name="better wording, in Russian"),
                ),
                (
                    "by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "channels",
                    models.ManyToManyField(blank=True, related_name="+", to="inbox.channel", verbose_name="channels"),
                ),
                (
                    "guideline",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="versions", to="inbox.guideline"
                    ),
                ),
                ("teams", models.ManyToManyField(blank=True, related_name="+", to="inbox.team", verbose_name="teams")),
            ],
        ),
        migrations.CreateModel(
            name="GuidelineCount",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("what", models.CharField(blank=True, default="", max_length=7)),
                ("times", models.PositiveIntegerField(default=0)),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="counts", to="inbox.guidelineversion"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Override",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("found", models.CharField(max_length=500)),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("law", "the law requires it, such as a signed statement"),
                            ("asked", "the customer asked for it himself"),
                            ("danger", "danger to life, health or money: every minute counts"),
                            ("secret", "what he must send may not go through this channel"),
                            ("misread", "the guideline misread the sentence"),
                        ],
                        max_length=7,
                    ),
                ),
                ("words", models.CharField(max_length=500)),
                ("at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "message",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="overrides", to="inbox.message"
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="overrides",
                        to="inbox.guidelineversion",
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="guidelineversion",
            constraint=models.UniqueConstraint(models.F("guideline"), models.F("number"), name="guidelineversion_once"),
        ),
        migrations.AddConstraint(
            model_name="guidelinecount",
            constraint=models.UniqueConstraint(models.F("version"), models.F("what"), name="guidelinecount_once"),
        ),
        migrations.AddConstraint(
            model_name="override",
            constraint=models.UniqueConstraint(models.F("message"), models.F("version"), name="override_once"),
        ),
        migrations.RunSQL(GUARD, migrations.RunSQL.noop),
    ]
