import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

AWAY_BEFORE = "UPDATE inbox_agent SET away_since = now() WHERE status = 'away'"

# Whatever changes in a conversation, escalation looks at it: no verb can forget to say so. `opened_at` is an instant
# that has passed by any clock. Who sets `look_at` himself has looked.
LOOK = """
CREATE FUNCTION inbox_conversation_look() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'solved' THEN NEW.look_at := NEW.opened_at; END IF;
    ELSIF NEW.look_at IS NOT DISTINCT FROM OLD.look_at AND
        (NEW.state, NEW.owner_id, NEW.team_id, NEW.level, NEW.cycle, NEW.topic_id, NEW.priority, NEW.customer_id,
         NEW.snoozed_until, NEW.last_message, NEW.promise_at, NEW.we_spoke_last)
        IS DISTINCT FROM
        (OLD.state, OLD.owner_id, OLD.team_id, OLD.level, OLD.cycle, OLD.topic_id, OLD.priority, OLD.customer_id,
         OLD.snoozed_until, OLD.last_message, OLD.promise_at, OLD.we_spoke_last)
    THEN
        NEW.look_at := NEW.opened_at;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER inbox_conversation_look BEFORE INSERT OR UPDATE OF state, owner_id, team_id, level, cycle, topic_id,
    priority, customer_id, snoozed_until, last_message, promise_at, we_spoke_last ON inbox_conversation
    FOR EACH ROW EXECUTE FUNCTION inbox_conversation_look();
UPDATE inbox_conversation SET look_at = opened_at WHERE state <> 'solved';
"""


class Migration(migrations.Migration):
    dependencies = [
        ("inbox", "0002_guards"),
    ]

    operations = [
        migrations.CreateModel(
            name="Collected",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=100)),
                ("value", models.CharField(max_length=1000)),
                ("at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Draft",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("mode", models.CharField(choices=[("reply", "reply"), ("note", "note")], max_length=5)),
                ("text", models.TextField()),
                ("at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Notice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("given", "it is yours now"),
                            ("gone", "it is not yours any more"),
                            ("mentioned", "you are named in a note"),
                            ("not_accepted", "it was not accepted and waits in the queue"),
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
                ("at", models.DateTimeField()),
                ("read_at", models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.AddField(
            model_name="agent",
            name="away_since",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="agent",
            name="capacity",
            field=models.PositiveSmallIntegerField(default=12, verbose_name="capacity"),
        ),
        migrations.AddField(
            model_name="agent",
            name="reserved",
            field=models.PositiveSmallIntegerField(default=0, verbose_name="reserved for important clients"),
        ),
        migrations.AddField(
            model_name="agent",
            name="seen_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="channel",
            name="weight",
            field=models.PositiveSmallIntegerField(default=1, verbose_name="weight"),
        ),
        migrations.AddField(
            model_name="conversation",
            name="climbs_to",
            field=models.PositiveSmallIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="conversation",
            name="look_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="interval",
            name="why",
            field=models.JSONField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="plan",
            name="answer_within",
            field=models.DurationField(blank=True, null=True, verbose_name="response target"),
        ),
        migrations.AddField(
            model_name="plan",
            name="deputy",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="deputy",
            ),
        ),
        migrations.AddField(
            model_name="plan",
            name="is_reserved_for",
            field=models.BooleanField(default=False, verbose_name="people keep capacity free for it"),
        ),
        migrations.AddField(
            model_name="plan",
            name="manager",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="personal manager",
            ),
        ),
        migrations.AddField(
            model_name="topic",
            name="collect",
            field=models.JSONField(blank=True, default=list, verbose_name="what to collect"),
        ),
        migrations.AlterField(
            model_name="plan",
            name="weight",
            field=models.PositiveSmallIntegerField(
                default=1, validators=[django.core.validators.MinValueValidator(1)], verbose_name="weight"
            ),
        ),
        migrations.AlterField(
            model_name="topic",
            name="team",
            field=models.ForeignKey(
                blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to="inbox.team", verbose_name="team"
            ),
        ),
        migrations.AddIndex(
            model_name="conversation",
            index=models.Index(
                models.F("look_at"), condition=models.Q(("look_at__isnull", False)), name="conversation_to_look_at"
            ),
        ),
        migrations.AddIndex(
            model_name="conversation",
            index=models.Index(
                models.F("level"),
                models.F("opened_at"),
                models.F("id"),
                condition=models.Q(("level__gt", 1), models.Q(("state", "solved"), _negated=True)),
                name="conversation_climbed",
            ),
        ),
        migrations.AddIndex(
            model_name="interval",
            index=models.Index(models.F("started_at"), name="interval_by_start"),
        ),
        migrations.AddIndex(
            model_name="interval",
            index=models.Index(
                models.F("ended_at"), condition=models.Q(("ended_at__isnull", False)), name="interval_by_end"
            ),
        ),
        migrations.RunSQL(AWAY_BEFORE, migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name="agent",
            constraint=models.CheckConstraint(
                condition=models.Q(("reserved__lte", models.F("capacity"))), name="agent_reserves_what_he_has"
            ),
        ),
        migrations.AddConstraint(
            model_name="agent",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("away_since__isnull", False), ("status", "away")),
                    models.Q(models.Q(("status", "away"), _negated=True), ("away_since", None)),
                    _connector="OR",
                ),
                name="agent_away_has_a_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="plan",
            constraint=models.CheckConstraint(condition=models.Q(("weight__gte", 1)), name="plan_weighs_something"),
        ),
        migrations.AddField(
            model_name="collected",
            name="by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="collected",
            name="conversation",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="collected", to="inbox.conversation"
            ),
        ),
        migrations.AddField(
            model_name="draft",
            name="agent",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="drafts", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="draft",
            name="conversation",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="drafts", to="inbox.conversation"
            ),
        ),
        migrations.AddField(
            model_name="notice",
            name="about",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="notice",
            name="agent",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="notices", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="notice",
            name="conversation",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="notices",
                to="inbox.conversation",
            ),
        ),
        migrations.AddConstraint(
            model_name="collected",
            constraint=models.UniqueConstraint(models.F("conversation"), models.F("name"), name="collected_once"),
        ),
        migrations.AddConstraint(
            model_name="draft",
            constraint=models.UniqueConstraint(
                models.F("conversation"), models.F("agent"), models.F("mode"), name="draft_once"
            ),
        ),
        migrations.AddIndex(
            model_name="notice",
            index=models.Index(
                models.F("agent"),
                models.OrderBy(models.F("id"), descending=True),
                condition=models.Q(("read_at", None)),
                name="notice_unread",
            ),
        ),
        migrations.AddIndex(
            model_name="notice",
            index=models.Index(
                models.F("agent"), models.OrderBy(models.F("id"), descending=True), name="notice_by_agent"
            ),
        ),
        migrations.RunSQL(LOOK, migrations.RunSQL.noop),
    ]
