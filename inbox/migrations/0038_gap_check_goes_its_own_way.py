from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("inbox", "0037_fewer_indexes"),
    ]

    operations = [
        migrations.AddField(
            model_name="channel",
            name="looked",
            field=models.TextField(blank=True, db_default="", default=""),
        ),
    ]
