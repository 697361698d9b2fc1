from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("inbox", "0011_starter_guidelines"),
    ]

    operations = [
        migrations.AddField(
            model_name="agent",
            name="keys",
            field=models.JSONField(blank=True, default=dict),
        ),
        migrations.AddField(
            model_name="agent",
            name="single_keys",
            field=models.BooleanField(default=True),
        ),
    ]
