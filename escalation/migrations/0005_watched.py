from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("escalation", "0004_outlooks"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="roster",
            name="watch_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddIndex(
            model_name="roster",
            index=models.Index(
                models.F("watch_at"), condition=models.Q(("watch_at__isnull", False)), name="roster_watched"
            ),
        ),
    ]
