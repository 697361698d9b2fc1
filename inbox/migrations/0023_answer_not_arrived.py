from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("inbox", "0022_mail_in_lower_case"),
    ]

    operations = [
        migrations.AlterField(
            model_name="notice",
            name="kind",
            field=models.CharField(
                choices=[
                    ("given", "it is yours now"),
                    ("gone", "it is not yours any more"),
                    ("mentioned", "you are named in a note"),
                    ("not_accepted", "it was not accepted and waits in the queue"),
                    ("not_arrived", "an answer did not arrive"),
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
