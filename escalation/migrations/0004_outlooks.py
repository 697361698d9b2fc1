from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("escalation", "0003_rosters"),
    ]

    operations = [
        migrations.AddField(
            model_name="teamcalendar",
            name="gaps",
            field=models.JSONField(default=list, editable=False),
        ),
        migrations.AddField(
            model_name="teamcalendar",
            name="outlook_until",
            field=models.DateTimeField(editable=False, null=True),
        ),
    ]
