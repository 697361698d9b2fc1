from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("inbox", "0038_an_answer_to_many"),
    ]

    operations = [
        migrations.AddField(
            model_name="channel",
            name="looked",
            field=models.TextField(blank=True, db_default="", default=""),
        ),
    ]
