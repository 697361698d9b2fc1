from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("inbox", "0013_canned_answers"),
    ]

    operations = [
        migrations.AddField(
            model_name="agent",
            name="after_sending",
            field=models.CharField(
                blank=True,
                choices=[("", "the same conversation"), ("next", "the next one in the list"), ("list", "the list")],
                default="",
                max_length=4,
            ),
        ),
    ]
