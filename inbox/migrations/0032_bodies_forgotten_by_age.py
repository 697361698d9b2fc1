from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("inbox", "0031_thread_of_relatives"),
    ]

    operations = [
        migrations.RemoveIndex(model_name="envelope", name="envelope_to_forget"),
        migrations.AddIndex(
            model_name="envelope",
            index=models.Index(
                models.F("received_at"),
                condition=models.Q(("app__isnull", False), ("forgotten_at", None)),
                name="envelope_to_forget",
            ),
        ),
    ]
