from django.db import migrations, models
from django.db.models.fields.json import KeyTextTransform


class Migration(migrations.Migration):
    dependencies = [
        ("inbox", "0034_activity_of_somebody"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="envelope",
            index=models.Index(
                KeyTextTransform("lasting_id", "facts"),
                models.F("channel"),
                condition=models.Q(("facts__has_key", "lasting_id")),
                name="envelope_by_lasting_id",
            ),
        ),
    ]
