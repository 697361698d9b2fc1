from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("inbox", "0026_bodies_forgotten"),
    ]

    operations = [
        migrations.AddField(
            model_name="conversation",
            name="last_brought",
            field=models.BigIntegerField(db_default=0, default=0),
        ),
    ]
