from django.db import migrations, models

# What covers a whole month lasts at least so long: few stretches do, and the reports find them here.
LONG = """
CREATE INDEX interval_long ON inbox_interval (ended_at) WHERE ended_at - started_at >= interval '27 days'
"""


class Migration(migrations.Migration):
    dependencies = [
        ("inbox", "0006_presence"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="interval",
            index=models.Index(
                models.F("owner"),
                models.F("started_at"),
                condition=models.Q(("owner__isnull", False)),
                name="interval_of_somebody",
            ),
        ),
        migrations.RunSQL(LONG, "DROP INDEX interval_long"),
    ]
