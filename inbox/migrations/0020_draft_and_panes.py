from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("inbox", "0019_saved_views"),
    ]

    operations = [
        migrations.AddField(
            model_name="draft",
            name="beside",
            field=models.JSONField(default=dict),
        ),
        migrations.AddField(
            model_name="agent",
            name="panes",
            field=models.JSONField(blank=True, default=dict),
        ),
    ]
