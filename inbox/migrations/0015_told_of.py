from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("inbox", "0014_after_sending"),
    ]

    operations = [
        migrations.AddField(
            model_name="agent",
            name="quiet",
            field=models.JSONField(blank=True, default=list),
        ),
        migrations.AddField(
            model_name="agent",
            name="sound",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="notice",
            name="note",
            field=models.TextField(blank=True, default=""),
        ),
        migrations.AlterField(
            model_name="notice",
            name="kind",
            field=models.CharField(
                choices=[
                    ("given", "it is yours now"),
                    ("gone", "it is not yours any more"),
                    ("mentioned", "you are named in a note"),
                    ("not_accepted", "it was not accepted and waits in the queue"),
                    ("climbs_soon", "its time is up soon"),
                    ("climbed", "its time was up"),
                    ("promise_soon", "a promise is due soon"),
                    ("promise_broken", "a promise was broken"),
                    ("owes_update", "the customer has heard nothing for long"),
                    ("shift_ends", "your shift ends: look at your hand-over list"),
                    ("away_long", "you are away for long: offer your work to others"),
                    ("absent", "nobody saw him in his shift: his work was moved"),
                ],
                max_length=14,
            ),
        ),
    ]
