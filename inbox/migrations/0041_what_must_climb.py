from datetime import UTC, datetime

from django.db import migrations, models
from django.db.models.functions import Coalesce

NEVER = models.Value(datetime.max.replace(tzinfo=UTC), models.DateTimeField())


class Migration(migrations.Migration):
    dependencies = [
        ("inbox", "0040_signatures_of_channels"),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="conversation",
            name="conversation_by_climb",
        ),
        migrations.AddIndex(
            model_name="conversation",
            index=models.Index(
                Coalesce("climbs_at", models.Case(models.When(level__gt=1, state="open", then="opened_at")), NEVER),
                models.F("id"),
                name="conversation_must_climb",
            ),
        ),
    ]
