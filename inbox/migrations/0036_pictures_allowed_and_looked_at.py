from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("inbox", "0035_lasting_ids"),
    ]

    operations = [
        migrations.AddField(
            model_name="address",
            name="pictures_allowed_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="verdict",
            name="looked_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
    ]
