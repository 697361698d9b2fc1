from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("escalation", "0002_twenty_hours"),
    ]

    operations = [
        migrations.RemoveField(
            model_name="roster",
            name="next_start_at",
        ),
        migrations.AddField(
            model_name="roster",
            name="moves",
            field=models.CharField(
                blank=True,
                choices=[
                    ("opened", "opened"),
                    ("routed", "routed"),
                    ("passed_on", "passed on"),
                    ("passed_up", "passed up"),
                    ("timed_out", "timed out"),
                    ("shift_end", "shift end"),
                    ("absence", "absence"),
                    ("taken_over", "taken over"),
                    ("given_back", "given back"),
                    ("relief", "relief"),
                    ("merged", "merged"),
                    ("split", "split"),
                    ("solved", "solved"),
                    ("reopened", "reopened"),
                ],
                default="",
                max_length=10,
            ),
        ),
        migrations.AddField(
            model_name="roster",
            name="told_away",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="roster",
            name="watched_since",
            field=models.DateTimeField(blank=True, null=True),
        ),
    ]
