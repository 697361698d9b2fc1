from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("inbox", "0005_by_program"),
    ]

    operations = [
        migrations.AddField(
            model_name="agent",
            name="next_shift_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="agent",
            name="on_shift_since",
            field=models.DateTimeField(blank=True, null=True),
        ),
    ]
