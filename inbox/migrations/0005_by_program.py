from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("inbox", "0004_tags"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="message",
            index=models.Index(
                models.F("happened_at"),
                condition=models.Q(
                    ("author", None), ("direction", "outgoing"), models.Q(("automatic", ""), _negated=True)
                ),
                name="message_by_program",
            ),
        ),
    ]
