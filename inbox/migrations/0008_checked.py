from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("inbox", "0007_history_of_people"),
    ]

    operations = [
        migrations.CreateModel(
            name="Checked",
            fields=[
                ("name", models.CharField(max_length=200, primary_key=True, serialize=False)),
                ("times", models.PositiveBigIntegerField(default=0)),
                ("broken", models.PositiveBigIntegerField(default=0)),
                ("at", models.DateTimeField()),
            ],
        ),
    ]
