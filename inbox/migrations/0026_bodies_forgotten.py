from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("inbox", "0025_thread_of_answers"),
    ]

    operations = [
        migrations.AddField(
            model_name="envelope",
            name="forgotten_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddIndex(
            model_name="envelope",
            index=models.Index(
                models.F("id"),
                condition=models.Q(("app__isnull", False), ("forgotten_at", None)),
                name="envelope_to_forget",
            ),
        ),
    ]
