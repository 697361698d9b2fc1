from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("inbox", "0015_told_of"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="message",
            index=models.Index("conversation", "happened_at", "id", name="message_by_time"),
        ),
    ]
