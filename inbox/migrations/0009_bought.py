import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("inbox", "0008_checked"),
    ]

    operations = [
        migrations.CreateModel(
            name="Bought",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField()),
                ("price", models.CharField(max_length=40)),
                ("thing", models.CharField(max_length=64)),
                (
                    "channel",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="inbox.channel",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        models.F("channel"),
                        models.F("day"),
                        models.F("price"),
                        models.F("thing"),
                        name="bought_once_a_day",
                    )
                ],
            },
        ),
    ]
