from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("escalation", "0005_watched")]

    operations = [
        migrations.AddField(
            model_name="promise",
            name="told_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
    ]
